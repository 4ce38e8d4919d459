/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/clause_pattern.h"
#include "harness/path_outcome.h"

struct outcome_row {
    json_t *path;
    enum wfp_path_end end;
    const char *who;
    json_t *cycle;
    json_t *told;
    json_t *flags;
    json_t *by;
};

#define AT(field) offsetof(struct outcome_row, field)

static const struct member outcome_members[] = {
    {"path", read_later, NULL, AT(path)},    {"end", read_word, &end_words, AT(end)},
    {"who", read_text, &rule_name, AT(who)}, {"cycle", read_later, NULL, AT(cycle)},
    {"told", read_later, NULL, AT(told)},    {"flags", read_later, NULL, AT(flags)},
    {"by", read_later, NULL, AT(by)},
};
static const struct shape outcome_shape = {outcome_members, 7, 0x43, 0x7F};

/* One leaf under way. */
struct leaf {
    struct reader *reader;
    const struct topology *topology;
    json_t *value;
    struct outcome_row row;
    struct path_outcome *outcome;
};

static bool read_service_name(const struct leaf *leaf, struct place place, json_t *value,
                              uint8_t *service)
{
    const char *name = json_string_value(value);

    *service = (uint8_t)(name == NULL ? 0 : topology_named(leaf->topology, name));
    return *service != 0 ||
           reader_complain_value(leaf->reader, place, "the name of one of the services", value);
}

static bool read_stops(const struct leaf *leaf, const char *member, json_t *list, size_t min,
                       uint8_t *stops, size_t *count)
{
    bool good =
        check_array(leaf->reader, place_member(leaf->value, member), list, min, OUTCOME_STOPS_MAX);
    size_t index;
    json_t *item;

    *count = 0;
    json_array_foreach(list, index, item) {
        good = good && read_service_name(leaf, place_item(list, index), item, &stops[index]);
        *count += good;
    }
    return good;
}

static bool read_path(const struct leaf *leaf)
{
    const char *word = json_string_value(leaf->row.path);

    if (word == NULL) {
        return read_stops(leaf, "path", leaf->row.path, 0, leaf->outcome->stops,
                          &leaf->outcome->stop_count);
    }
    leaf->outcome->weight_order = true;
    return strcmp(word, "weight-order") == 0 ||
           reader_complain(leaf->reader, place_member(leaf->value, "path"),
                           "names of services, or weight-order", "%s", word);
}

/* ---- the end ---- */

static bool read_who(const struct leaf *leaf)
{
    const bool wanted = leaf->row.end == WFP_PATH_BLOCKED || leaf->row.end == WFP_PATH_REFUSED;
    const struct place place = place_member(leaf->value, "who");

    if (wanted != (leaf->row.who != NULL)) {
        return reader_complain(leaf->reader, place,
                               wanted ? "who blocks or refuses" : "none, as nobody ends it",
                               leaf->row.who == NULL ? "nothing" : "%s", leaf->row.who);
    }
    return !wanted ||
           read_service_name(leaf, place, json_object_get(leaf->value, "who"), &leaf->outcome->who);
}

static bool repeats_end(const struct path_outcome *outcome, const uint8_t *cycle, size_t length)
{
    return outcome->weight_order ||
           (length <= outcome->stop_count &&
            memcmp(&outcome->stops[outcome->stop_count - length], cycle, length) == 0);
}

static bool read_cycle(const struct leaf *leaf)
{
    const bool wanted = leaf->row.end == WFP_PATH_LOOPS;
    const struct place place = place_member(leaf->value, "cycle");
    uint8_t cycle[OUTCOME_STOPS_MAX];

    if (wanted != (leaf->row.cycle != NULL)) {
        return reader_complain(leaf->reader, place,
                               wanted ? "the smallest cycle of the loop" : "none without a loop",
                               wanted ? "nothing" : "one");
    }
    if (!wanted) {
        return true;
    }
    if (!read_stops(leaf, "cycle", leaf->row.cycle, 1, cycle, &leaf->outcome->cycle_length)) {
        return false;
    }
    return repeats_end(leaf->outcome, cycle, leaf->outcome->cycle_length) ||
           reader_complain(leaf->reader, place, "the end of the path", "something else");
}

/* ---- hop by hop ---- */

/* How many hops have callouts asked: the last stop of a refusal or a loop dials no more. */
static size_t hop_count(const struct path_outcome *outcome)
{
    const bool dials_on = outcome->end == WFP_PATH_REACHED || outcome->end == WFP_PATH_BLOCKED;

    return outcome->stop_count + (dials_on ? 1 : 0);
}

static bool check_hops(const struct leaf *leaf, const char *member, json_t *list)
{
    const struct place place = place_member(leaf->value, member);
    const size_t hops = hop_count(leaf->outcome);

    if (leaf->outcome->weight_order || leaf->row.end == WFP_PATH_NO_ROOM) {
        return reader_complain(leaf->reader, place, "none beside weight-order or no-room", "some");
    }
    return check_array(leaf->reader, place, list, hops, hops);
}

static bool read_hop_told(const struct leaf *leaf, struct place place, json_t *hop, uint8_t *told)
{
    const char *name;
    json_t *value;

    if (!json_is_object(hop)) {
        return reader_complain_value(leaf->reader, place, "an object SERVICE: STATE", hop);
    }
    json_object_foreach(hop, name, value) {
        const uint32_t service = topology_named(leaf->topology, name);
        int state;

        if (service == 0) {
            return reader_complain(leaf->reader, place_member(hop, name),
                                   "the name of one of the services", "%s", name);
        }
        if (!read_word(leaf->reader, place_member(hop, name), value, &state_words, &state)) {
            return false;
        }
        told[service - 1] = (uint8_t)state;
    }
    return true;
}

static bool read_told(const struct leaf *leaf)
{
    json_t *list = leaf->row.told;
    bool good = list == NULL || check_hops(leaf, "told", list);
    size_t index;
    json_t *hop;

    memset(leaf->outcome->told, OUTCOME_NOT_TOLD, sizeof leaf->outcome->told);
    json_array_foreach(list, index, hop) {
        good =
            good && read_hop_told(leaf, place_item(list, index), hop, leaf->outcome->told[index]);
    }
    leaf->outcome->told_count = list == NULL ? 0 : json_array_size(list);
    return good;
}

static bool read_hop_flags(const struct leaf *leaf, struct place place, json_t *hop, uint8_t *flags)
{
    static const struct text_rule rule_flag = {1, 16, NULL, "redirected | proxy"};
    const char *names[2];
    size_t count;

    if (!read_texts(leaf->reader, place, hop, &rule_flag, 0, 2, names, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], "redirected") == 0) {
            *flags |= OUTCOME_REDIRECTED;
        } else if (strcmp(names[i], "proxy") == 0) {
            *flags |= OUTCOME_PROXY;
        } else {
            return reader_complain(leaf->reader, place_item(hop, i), rule_flag.expected, "%s",
                                   names[i]);
        }
    }
    return true;
}

static bool read_flags(const struct leaf *leaf)
{
    json_t *list = leaf->row.flags;
    bool good = list == NULL || check_hops(leaf, "flags", list);
    size_t index;
    json_t *hop;

    json_array_foreach(list, index, hop) {
        good = good &&
               read_hop_flags(leaf, place_item(list, index), hop, &leaf->outcome->flags[index]);
    }
    leaf->outcome->flags_count = list == NULL ? 0 : json_array_size(list);
    return good;
}

/* ---- the leaf ---- */

static const char *keep_text(struct reader *reader, const struct path_outcome *outcome,
                             const struct topology *topology)
{
    struct text text = {0};
    const char *kept;

    if (outcome->weight_order) {
        text_add(&text, "weight-order, %s", word_text(&end_words, (int)outcome->end));
    } else {
        outcome_add(outcome, topology, &text);
    }
    kept = document_keep_text(reader->document, text_bytes(&text));
    reader->broken |= kept == NULL;
    text_clear(&text);
    return kept;
}

bool outcome_read(struct reader *reader, struct place place, json_t *value, const void *rule,
                  struct expected *expected)
{
    struct leaf leaf = {.reader = reader, .topology = rule, .value = value};

    leaf.outcome = reader_keep(reader, 1, sizeof *leaf.outcome);
    if (leaf.outcome == NULL || !read_object(reader, place, value, &outcome_shape, &leaf.row) ||
        !read_texts(reader, place_member(value, "by"), leaf.row.by, &rule_reason, 1,
                    EXPECTED_REASONS_MAX, expected->reasons, &expected->reason_count)) {
        return false;
    }
    leaf.outcome->end = leaf.row.end;
    if (!read_path(&leaf) || !read_who(&leaf) || !read_cycle(&leaf) || !read_told(&leaf) ||
        !read_flags(&leaf)) {
        return false;
    }
    expected->path = leaf.outcome;
    expected->text = keep_text(reader, leaf.outcome, leaf.topology);
    return expected->text != NULL;
}
