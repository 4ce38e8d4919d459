/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/path_outcome.h"
#include "harness/reader.h"

enum { PATH_ITEMS_MAX = 48, HOPS_READ_MAX = 48 };

struct outcome_row {
    json_t *path;
    json_t *by;
    json_t *loop;
    json_t *told;
    json_t *did;
    json_t *flags;
    const char *ended_by;
    int end;
};

static const struct text_rule rule_station = {1, 16, NULL, "app, destination or a service"};

static const struct member outcome_members[] = {
    {"path", read_later, NULL, offsetof(struct outcome_row, path)},
    {"end", read_word, &path_end_words, offsetof(struct outcome_row, end)},
    {"by", read_later, NULL, offsetof(struct outcome_row, by)},
    {"ended-by", read_text, &rule_station, offsetof(struct outcome_row, ended_by)},
    {"loop", read_later, NULL, offsetof(struct outcome_row, loop)},
    {"told", read_later, NULL, offsetof(struct outcome_row, told)},
    {"did", read_later, NULL, offsetof(struct outcome_row, did)},
    {"flags", read_later, NULL, offsetof(struct outcome_row, flags)},
};
static const struct shape outcome_shape = {outcome_members, 8, 0x7, MEMBERS_ALL};

/* What goes through the reading of one outcome. */
struct outcome_load {
    struct reader *reader;
    const struct topology_rows *rows;
    struct path_outcome *outcome;
};

/* ---- stations ---- */

static bool find_service(const struct topology_rows *rows, const char *name, uint32_t *number)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->services[i].name, name) == 0) {
            *number = i + 1;
            return true;
        }
    }
    return false;
}

static bool read_station(const struct outcome_load *load, struct place place, json_t *value,
                         bool first, bool last, uint8_t *station)
{
    const char *name = json_string_value(value);
    uint32_t number = 0;
    if (name != NULL && first && strcmp(name, "app") == 0) {
        *station = STATION_APPLICATION;
        return true;
    }
    if (name != NULL && last && !first && strcmp(name, "destination") == 0) {
        *station = STATION_DESTINATION;
        return true;
    }
    if (name == NULL || first || !find_service(load->rows, name, &number)) {
        return reader_complain_value(load->reader, place,
                                     first ? "app, who dials first" : "one of the services", value);
    }
    *station = (uint8_t)number;
    return true;
}

static bool read_path(const struct outcome_load *load, json_t *holder, json_t *list)
{
    struct path_outcome *outcome = load->outcome;
    if (!check_array(load->reader, place_member(holder, "path"), list, 1, PATH_ITEMS_MAX)) {
        return false;
    }
    bool good = true;
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value) {
        const bool last = index + 1 == json_array_size(list);
        good &= read_station(load, place_item(list, index), value, index == 0,
                             last && outcome->end == WFP_PATH_REACHED, &outcome->stations[index]);
    }
    outcome->count = json_array_size(list);
    if (good && outcome->end == WFP_PATH_REACHED &&
        outcome->stations[outcome->count - 1] != STATION_DESTINATION) {
        return reader_complain(load->reader, place_member(holder, "path"),
                               "destination at the end of what is reached", "none");
    }
    return good;
}

/* Every hop's end is the next station, but for a connect that was blocked or closes a loop. */
static size_t hops_of(const struct path_outcome *outcome)
{
    const bool arrives = outcome->end == WFP_PATH_REACHED || outcome->end == WFP_PATH_REFUSED;
    return outcome->count - (arrives ? 1 : 0);
}

static bool read_loop(const struct outcome_load *load, json_t *holder, json_t *list)
{
    struct path_outcome *outcome = load->outcome;
    const size_t count = json_array_size(list);
    if ((list != NULL) != (outcome->end == WFP_PATH_LOOPS)) {
        return reader_complain(load->reader, place_member(holder, "loop"),
                               "a loop beside the end loop and no other", "%s",
                               list == NULL ? "none" : "one");
    }
    if (list == NULL) {
        return true;
    }
    if (!check_array(load->reader, place_member(holder, "loop"), list, 1, outcome->count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t station = 0;
        json_t *value = json_array_get(list, i);
        if (!read_station(load, place_item(list, i), value, count == outcome->count && i == 0,
                          false, &station)) {
            return false;
        }
        if (station != outcome->stations[outcome->count - count + i]) {
            return reader_complain_value(load->reader, place_item(list, i),
                                         "the last stations of the path", value);
        }
    }
    outcome->loop_count = count;
    return true;
}

static bool read_ended_by(const struct outcome_load *load, json_t *holder, const char *name)
{
    const enum wfp_path_end end = load->outcome->end;
    const bool wanted = end == WFP_PATH_BLOCKED || end == WFP_PATH_REFUSED;
    if ((name != NULL) != wanted) {
        return reader_complain(load->reader, place_member(holder, "ended-by"),
                               "who blocked or refused, and only then", "%s",
                               name == NULL ? "nobody" : name);
    }
    return name == NULL || find_service(load->rows, name, &load->outcome->by) ||
           reader_complain(load->reader, place_member(holder, "ended-by"), "one of the services",
                           "%s", name);
}

/* ---- what is said of the hops ---- */

/* One word, of the connect; or a list, of the connect and its reauthorisations. */
static bool read_rounds(const struct outcome_load *load, struct place place, json_t *value,
                        enum outcome_part part, uint32_t number, struct outcome_hop *hop)
{
    const struct words *words = part == OUTCOME_TOLD ? &told_words : &did_words;
    const size_t count = json_is_array(value) ? json_array_size(value) : 1;
    if (json_is_array(value) && !check_array(load->reader, place, value, 1, OUTCOME_ROUNDS)) {
        return false;
    }
    for (size_t round = 0; round < count; round++) {
        const bool listed = json_is_array(value);
        int word = 0;
        if (!read_word(load->reader, listed ? place_item(value, round) : place,
                       listed ? json_array_get(value, round) : value, words, &word)) {
            return false;
        }
        path_outcome_say(hop, part, (uint32_t)round, number, word);
    }
    return true;
}

static bool read_said(const struct outcome_load *load, json_t *object, struct place place,
                      enum outcome_part part, struct outcome_hop *hop)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        return reader_complain_value(load->reader, place, "an object", object);
    }
    json_object_foreach(object, name, value) {
        uint32_t number = 0;
        if (!find_service(load->rows, name, &number)) {
            return reader_complain(load->reader, place_member(object, name), "one of the services",
                                   "another name");
        }
        if (!read_rounds(load, place_member(object, name), value, part, number, hop)) {
            return false;
        }
    }
    return true;
}

static bool check_hops(const struct outcome_load *load, json_t *holder, const char *name,
                       json_t *list)
{
    const size_t most = hops_of(load->outcome);
    return check_array(load->reader, place_member(holder, name), list, 1,
                       most < HOPS_READ_MAX ? most : HOPS_READ_MAX);
}

static bool read_told(const struct outcome_load *load, json_t *holder, json_t *list)
{
    struct path_outcome *outcome = load->outcome;
    if (list == NULL) {
        return true;
    }
    bool good = check_hops(load, holder, "told", list);
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        good = read_said(load, json_array_get(list, i), place_item(list, i), OUTCOME_TOLD,
                         &outcome->hops[i]);
    }
    outcome->told_hops = json_array_size(list);
    return good;
}

static bool read_did(const struct outcome_load *load, json_t *holder, json_t *list)
{
    struct path_outcome *outcome = load->outcome;
    if (list == NULL) {
        return true;
    }
    bool good = check_hops(load, holder, "did", list);
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        good = read_said(load, json_array_get(list, i), place_item(list, i), OUTCOME_DID,
                         &outcome->hops[i]);
    }
    outcome->did_hops = json_array_size(list);
    return good;
}

static bool read_conditions(const struct outcome_load *load, struct place place, json_t *list,
                            uint32_t *conditions)
{
    if (!check_array(load->reader, place, list, 0, condition_words.count)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *value = json_array_get(list, i);
        int bit = 0;
        if (!read_word(load->reader, place_item(list, i), value, &condition_words, &bit)) {
            return false;
        }
        if ((*conditions & (uint32_t)bit) != 0) {
            return reader_complain_value(load->reader, place_item(list, i), "each flag once",
                                         value);
        }
        *conditions |= (uint32_t)bit;
    }
    return true;
}

static bool read_flags(const struct outcome_load *load, json_t *holder, json_t *list)
{
    struct path_outcome *outcome = load->outcome;
    if (list == NULL) {
        return true;
    }
    bool good = check_hops(load, holder, "flags", list);
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        good = read_conditions(load, place_item(list, i), json_array_get(list, i),
                               &outcome->hops[i].conditions);
    }
    outcome->condition_hops = json_array_size(list);
    return good;
}

bool path_outcome_read(struct reader *reader, struct place place, json_t *value,
                       const struct topology_rows *rows, struct path_outcome *outcome, json_t **by)
{
    const struct outcome_load load = {reader, rows, outcome};
    struct outcome_row row = {0};
    memset(outcome, 0, sizeof *outcome);
    for (size_t i = 0; i < WFP_PATH_HOPS_MAX; i++) {
        path_outcome_fill(&outcome->hops[i], TOLD_UNSAID, DID_UNSAID);
    }
    if (!read_object(reader, place, value, &outcome_shape, &row)) {
        return false;
    }
    *by = row.by;
    outcome->end = (enum wfp_path_end)row.end;
    return read_path(&load, value, row.path) && read_loop(&load, value, row.loop) &&
           read_ended_by(&load, value, row.ended_by) && read_told(&load, value, row.told) &&
           read_did(&load, value, row.did) && read_flags(&load, value, row.flags);
}
