/* SPDX-License-Identifier: MIT */

#include "harness/topology.h"

#include <string.h>

#include "harness/reader.h"

enum { NAME_MAX_LENGTH = 16, FIELD_TEXT_MAX = 64, CAP_MAX = 16, NUMBER_MAX = 65535 };

/* ---- one service ---- */

/* ^[A-Z][A-Za-z0-9-]*$ */
static bool fits_service(const char *text)
{
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    return *text >= 'A' && *text <= 'Z' && text[strspn(text, rest)] == '\0';
}

static const struct text_rule rule_service = {
    1, NAME_MAX_LENGTH, fits_service,
    "a name of at most 16 of A-Z, a-z, 0-9 and '-' that begins with a capital"};
static const struct range range_number = {0, NUMBER_MAX};
static const struct range range_context = {0, WFP_PATH_CONTEXT_MAX};
static const struct range range_cap = {0, CAP_MAX};
static const struct range range_rounds = {0, WFP_PATH_REAUTHORIZATIONS_MAX};

static bool read_inner(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field)
{
    return read_object(reader, place, value, rule, field);
}

static const struct member deed_members[] = {
    {"NOT_REDIRECTED", read_word, &deed_words, 0},
    {"REDIRECTED_BY_SELF", read_word, &deed_words, sizeof(int)},
    {"REDIRECTED_BY_OTHER", read_word, &deed_words, 2 * sizeof(int)},
    {"PREVIOUSLY_REDIRECTED_BY_SELF", read_word, &deed_words, 3 * sizeof(int)},
};
static const struct shape deed_shape = {deed_members, 4, 0, 0xF};

static const struct member service_members[] = {
    {"name", read_text, &rule_service, offsetof(struct service_row, name)},
    {"families", read_word, &families_words, offsetof(struct service_row, families)},
    {"handle", read_word, &handle_words, offsetof(struct service_row, handle)},
    {"propagates", read_word, &propagation_words, offsetof(struct service_row, propagates)},
    {"dials", read_word, &form_words, offsetof(struct service_row, dials)},
    {"refuses", read_flag, NULL, offsetof(struct service_row, refuses)},
    {"deeds", read_inner, &deed_shape, offsetof(struct service_row, deeds)},
    {"at-auth-connect", read_inner, &deed_shape, offsetof(struct service_row, at_auth_connect)},
    {"chain", read_word, &chain_words, offsetof(struct service_row, chain)},
    {"keeps-right", read_flag, NULL, offsetof(struct service_row, keeps_right)},
    {"without-right", read_flag, NULL, offsetof(struct service_row, without_right)},
    {"without-query", read_flag, NULL, offsetof(struct service_row, without_query)},
    {"when-reauthorizing", read_flag, NULL, offsetof(struct service_row, when_reauthorizing)},
    {"weight", read_number, &range_number, offsetof(struct service_row, weight)},
    {"sublayer", read_number, &range_number, offsetof(struct service_row, sublayer)},
    {"context", read_number, &range_context, offsetof(struct service_row, context)},
    {"cap", read_number, &range_cap, offsetof(struct service_row, cap)},
};
static const struct shape service_shape = {service_members, 17, 0x1, MEMBERS_ALL};

static const struct member journey_members[] = {
    {"dials", read_word, &journey_form_words, offsetof(struct journey_row, dials)},
    {"protocol", read_word, &protocol_words, offsetof(struct journey_row, protocol)},
    {"reauthorizations", read_number, &range_rounds,
     offsetof(struct journey_row, reauthorizations)},
};
static const struct shape journey_shape = {journey_members, 3, 0, MEMBERS_ALL};

static void recommend(uint32_t index, struct service_row *row)
{
    struct wfp_path_service service;
    wfp_path_service_recommended(&service, WFP_PATH_SERVICES_MAX - index,
                                 WFP_PATH_SERVICES_MAX - index);
    *row = (struct service_row){.families = service.families,
                                .handle = service.handle,
                                .propagates = service.propagation,
                                .dials = service.outgoing,
                                .chain = (int)service.policy.chain,
                                .refuses = service.refuses,
                                .weight = service.weight,
                                .sublayer = service.sublayer,
                                .context = service.policy.context_size,
                                .cap = service.policy.cap};
    for (int state = 0; state < 4; state++) {
        row->deeds[state] = service.policy.deeds[state];
        row->at_auth_connect[state] = service.policy.at_auth_connect[state];
    }
}

static bool is_repeated(const struct topology_rows *rows)
{
    const char *name = rows->services[rows->count].name;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->services[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_service(struct reader *reader, struct place place, json_t *value,
                         struct topology_rows *rows)
{
    struct service_row *row = &rows->services[rows->count];
    recommend(rows->count, row);
    if (!read_object(reader, place, value, &service_shape, row)) {
        return false;
    }
    if (is_repeated(rows)) {
        return reader_complain(reader, place_member(value, "name"), "each name once", "%s",
                               row->name);
    }
    rows->count++;
    return true;
}

bool topology_read(struct reader *reader, json_t *holder, json_t *services, json_t *journey,
                   struct topology_rows *rows)
{
    *rows = (struct topology_rows){.journey = {.dials = WFP_PATH_IPV4, .protocol = WFP_TCP}};
    bool good = journey == NULL || read_object(reader, place_member(holder, "journey"), journey,
                                               &journey_shape, &rows->journey);
    if (!check_array(reader, place_member(holder, "services"), services, 1,
                     WFP_PATH_SERVICES_MAX)) {
        return false;
    }
    size_t index;
    json_t *value;
    json_array_foreach(services, index, value) {
        good &= read_service(reader, place_item(services, index), value, rows);
    }
    return good;
}

/* ---- what the engine takes ---- */

static void build(const struct service_row *row, struct wfp_path_service *service)
{
    wfp_path_service_recommended(service, row->sublayer, row->weight);
    service->families = (uint8_t)row->families;
    service->handle = (uint8_t)row->handle;
    service->propagation = (uint8_t)row->propagates;
    service->outgoing = (uint8_t)row->dials;
    service->refuses = row->refuses;
    service->policy.chain = (enum wfp_chain)row->chain;
    service->policy.keeps_right = row->keeps_right;
    service->policy.without_right = row->without_right;
    service->policy.without_query = row->without_query;
    service->policy.when_reauthorizing = row->when_reauthorizing;
    service->policy.context_size = row->context;
    service->policy.cap = row->cap;
    for (int state = 0; state < 4; state++) {
        service->policy.deeds[state] = (uint8_t)row->deeds[state];
        service->policy.at_auth_connect[state] = (uint8_t)row->at_auth_connect[state];
    }
}

void topology_scene(const struct topology_rows *rows, struct path_scene *scene)
{
    *scene = (struct path_scene){.topology.count = 0};
    scene->topology.count = rows->count;
    scene->journey.type = (enum wfp_type)rows->journey.protocol;
    scene->journey.to = (enum wfp_path_form)rows->journey.dials;
    scene->journey.reauthorizations = rows->journey.reauthorizations;
    for (uint32_t i = 0; i < WFP_PATH_SERVICES_MAX; i++) {
        scene->names[i] = rows->services[i].name;
        if (i < rows->count) {
            build(&rows->services[i], &scene->topology.services[i]);
        }
    }
}

/* ---- fields that vary ---- */

static const struct member *find_member(const struct shape *shape, const char *name, size_t length)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (strncmp(shape->members[i].name, name, length) == 0 &&
            shape->members[i].name[length] == '\0') {
            return &shape->members[i];
        }
    }
    return NULL;
}

/* Follows "deeds.NOT_REDIRECTED" to one value; a whole object or a name is none. */
static bool find_field(const struct shape *shape, const char *way, struct varied_field *field)
{
    const size_t length = strcspn(way, ".");
    const struct member *member = find_member(shape, way, length);
    if (member == NULL) {
        return false;
    }
    field->offset += member->offset;
    if (member->read == read_inner) {
        return way[length] == '.' && find_field(member->rule, way + length + 1, field);
    }
    field->member = member;
    return way[length] == '\0' && member->read != read_text;
}

static bool find_services(const struct topology_rows *rows, const char *name, size_t length,
                          struct varied_field *field)
{
    field->first = 0;
    field->last = rows->count - 1;
    if (length == 1 && *name == '*') {
        return true;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        if (strlen(rows->services[i].name) == length &&
            strncmp(rows->services[i].name, name, length) == 0) {
            field->first = i;
            field->last = i;
            return true;
        }
    }
    return false;
}

bool topology_field(struct reader *reader, struct place place, const char *text,
                    const struct topology_rows *rows, struct varied_field *field)
{
    const size_t length = strcspn(text, ".");
    bool found = false;
    *field = (struct varied_field){.text = text};
    if (strcmp(text, "services") == 0) {
        return true;
    }
    if (text[length] == '.' && length == 7 && strncmp(text, "journey", length) == 0) {
        field->journey = true;
        found = find_field(&journey_shape, text + length + 1, field);
    } else if (text[length] == '.' && find_services(rows, text, length, field)) {
        found = find_field(&service_shape, text + length + 1, field);
    }
    return found || reader_complain(reader, place,
                                    "services, journey.FIELD, or SERVICE.FIELD with a service (* "
                                    "is every one) and a field with a single value",
                                    "%s", text);
}

bool topology_vary(struct reader *reader, struct place place, json_t *value,
                   const struct topology_rows *whole, const struct varied_field *field,
                   struct topology_rows *rows)
{
    const struct member *member = field->member;
    const struct range range_count = {1, whole->count};
    bool good = true;
    if (member == NULL) {
        return read_number(reader, place, value, &range_count, &rows->count);
    }
    if (field->journey) {
        char *target = (char *)&rows->journey + field->offset;
        return member->read(reader, place, value, member->rule, target);
    }
    for (uint32_t i = field->first; i <= field->last && good; i++) {
        char *target = (char *)&rows->services[i] + field->offset;
        good = member->read(reader, place, value, member->rule, target);
    }
    return good;
}
