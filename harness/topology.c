/* SPDX-License-Identifier: MIT */

#include "harness/topology.h"

#include <string.h>

/* ---- words ---- */

static const struct word state_rows[] = {
    {"NOT_REDIRECTED", WFP_NOT_REDIRECTED},
    {"REDIRECTED_BY_SELF", WFP_REDIRECTED_BY_SELF},
    {"REDIRECTED_BY_OTHER", WFP_REDIRECTED_BY_OTHER},
    {"PREVIOUSLY_REDIRECTED_BY_SELF", WFP_PREVIOUSLY_REDIRECTED_BY_SELF},
};
const struct words state_words = WORDS(state_rows);

static const struct word form_rows[] = {
    {"ipv4", WFP_PATH_IPV4}, {"ipv6", WFP_PATH_IPV6}, {"v4-mapped", WFP_PATH_MAPPED}};
const struct words form_words = WORDS(form_rows);

static const struct word dials_rows[] = {{"same", WFP_PATH_SAME},
                                         {"ipv4", WFP_PATH_IPV4},
                                         {"ipv6", WFP_PATH_IPV6},
                                         {"v4-mapped", WFP_PATH_MAPPED},
                                         {"other-family", WFP_PATH_OTHER}};
static const struct words dials_words = WORDS(dials_rows);

static const struct word deed_rows[] = {{"redirect", WFP_DEED_REDIRECT},
                                        {"permit", WFP_DEED_PERMIT},
                                        {"continue", WFP_DEED_CONTINUE},
                                        {"block", WFP_DEED_BLOCK}};
const struct words deed_words = WORDS(deed_rows);

static const struct word auth_rows[] = {
    {"permit", WFP_DEED_PERMIT}, {"continue", WFP_DEED_CONTINUE}, {"block", WFP_DEED_BLOCK}};
static const struct words auth_words = WORDS(auth_rows);

static const struct word family_rows[] = {
    {"both", WFP_PATH_V4 | WFP_PATH_V6}, {"ipv4", WFP_PATH_V4}, {"ipv6", WFP_PATH_V6}};
static const struct words families_words = WORDS(family_rows);

static const struct word handle_rows[] = {{"shared", WFP_PATH_HANDLE_SHARED},
                                          {"per-filter", WFP_PATH_HANDLE_PER_FILTER},
                                          {"per-classify", WFP_PATH_HANDLE_PER_CLASSIFY}};
static const struct words handle_words = WORDS(handle_rows);

static const struct word chain_rows[] = {
    {"ignored", WFP_CHAIN_IGNORED}, {"newest", WFP_CHAIN_NEWEST}, {"whole", WFP_CHAIN_WHOLE}};
static const struct words chain_words = WORDS(chain_rows);

static const struct word propagation_rows[] = {
    {"correctly", WFP_PATH_CORRECTLY}, {"never", WFP_PATH_NEVER},
    {"late", WFP_PATH_LATE},           {"first-only", WFP_PATH_FIRST_ONLY},
    {"truncated", WFP_PATH_TRUNCATED}, {"wrong-socket", WFP_PATH_WRONG_SOCKET},
    {"record-lost", WFP_PATH_LOST},
};
static const struct words propagation_words = WORDS(propagation_rows);

static const struct word without_rows[] = {{"refuses", 1}, {"goes-on", 0}};
static const struct words without_words = WORDS(without_rows);

/* ---- one service ---- */

static const struct member deed_members[] = {
    {"NOT_REDIRECTED", read_word, &deed_words, 0},
    {"REDIRECTED_BY_SELF", read_word, &deed_words, sizeof(int)},
    {"REDIRECTED_BY_OTHER", read_word, &deed_words, 2 * sizeof(int)},
    {"PREVIOUSLY_REDIRECTED_BY_SELF", read_word, &deed_words, 3 * sizeof(int)},
};
static const struct shape deed_shape = {deed_members, 4, 0, 0xF};

static const struct member auth_members[] = {
    {"NOT_REDIRECTED", read_word, &auth_words, 0},
    {"REDIRECTED_BY_SELF", read_word, &auth_words, sizeof(int)},
    {"REDIRECTED_BY_OTHER", read_word, &auth_words, 2 * sizeof(int)},
    {"PREVIOUSLY_REDIRECTED_BY_SELF", read_word, &auth_words, 3 * sizeof(int)},
};
static const struct shape auth_shape = {auth_members, 4, 0, 0xF};

static bool read_shape(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field)
{
    return read_object(reader, place, value, rule, field);
}

static const struct range range_weight = {1, 1000};
static const struct range range_cap = {0, CAP_NONE};
static const struct range range_context = {0, WFP_PATH_CONTEXT_MAX};

#define AT(field) offsetof(struct service_row, field)

static const struct member service_members[] = {
    {"as", read_text, &rule_name, AT(name)},
    {"weight", read_number, &range_weight, AT(weight)},
    {"sublayer", read_number, &range_weight, AT(sublayer)},
    {"families", read_word, &families_words, AT(families)},
    {"handle", read_word, &handle_words, AT(handle)},
    {"deeds", read_shape, &deed_shape, AT(deeds)},
    {"at-auth-connect", read_shape, &auth_shape, AT(at_auth_connect)},
    {"chain", read_word, &chain_words, AT(chain)},
    {"cap", read_number, &range_cap, AT(cap)},
    {"without-right", read_flag, NULL, AT(without_right)},
    {"when-reauthorizing", read_flag, NULL, AT(when_reauthorizing)},
    {"without-query", read_flag, NULL, AT(without_query)},
    {"keeps-right", read_flag, NULL, AT(keeps_right)},
    {"propagates", read_word, &propagation_words, AT(propagates)},
    {"without-record", read_word, &without_words, AT(without_record)},
    {"dials", read_word, &dials_words, AT(dials)},
    {"context", read_number, &range_context, AT(context)},
};
enum { SERVICE_MEMBERS = sizeof service_members / sizeof service_members[0] };
static const struct shape service_shape = {service_members, SERVICE_MEMBERS, 0x3, 0x1FFFF};

static const struct range range_reauthorized = {0, WFP_PATH_REAUTHORIZATIONS_MAX};

static const struct member journey_members[] = {
    {"to", read_word, &form_words, offsetof(struct journey_row, to)},
    {"reauthorized", read_number, &range_reauthorized, offsetof(struct journey_row, reauthorized)},
};
static const struct shape journey_shape = {journey_members, 2, 0x1, 0x3};

/* What a service does that the pages would have no fault with. */
static const struct service_row recommended = {
    .families = WFP_PATH_V4 | WFP_PATH_V6,
    .deeds = {WFP_DEED_REDIRECT, WFP_DEED_PERMIT, WFP_DEED_REDIRECT, WFP_DEED_PERMIT},
    .chain = WFP_CHAIN_WHOLE,
    .cap = 3,
    .without_record = 1,
    .context = 32,
};

uint32_t topology_named(const struct topology *topology, const char *name)
{
    for (size_t i = 0; i < topology->count; i++) {
        if (strcmp(topology->services[i].name, name) == 0) {
            return (uint32_t)i + 1;
        }
    }
    return 0;
}

static bool is_reserved(const char *name)
{
    return strcmp(name, "every") == 0 || strcmp(name, "journey") == 0;
}

static bool read_service(struct reader *reader, struct place place, json_t *value,
                         struct topology *made)
{
    struct service_row row = recommended;

    if (!read_object(reader, place, value, &service_shape, &row)) {
        return false;
    }
    if (topology_named(made, row.name) != 0 || is_reserved(row.name)) {
        return reader_complain(reader, place_member(value, "as"), "a name of its own", "%s",
                               row.name);
    }
    made->services[made->count++] = row;
    return true;
}

struct topology_row {
    json_t *services;
};

static const struct member topology_members[] = {
    {"services", read_later, NULL, offsetof(struct topology_row, services)},
};
static const struct shape topology_shape = {topology_members, 1, 0x1, 0x1};

bool topology_read(struct reader *reader, json_t *root, json_t *topology, json_t *journey,
                   struct topology *made)
{
    struct topology_row row = {NULL};
    bool good = true;
    size_t index;
    json_t *value;

    memset(made, 0, sizeof *made);
    if (!read_object(reader, place_member(root, "topology"), topology, &topology_shape, &row) ||
        !check_array(reader, place_member(topology, "services"), row.services, 1,
                     WFP_PATH_SERVICES_MAX)) {
        return false;
    }
    json_array_foreach(row.services, index, value) {
        good &= read_service(reader, place_item(row.services, index), value, made);
    }
    return good && read_object(reader, place_member(root, "journey"), journey, &journey_shape,
                               &made->journey);
}

/* ---- one field by its name ---- */

static const struct member *find_member(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->members[i].name, name) == 0) {
            return &shape->members[i];
        }
    }
    return NULL;
}

/* "a.weight": which services, a bit for each, and which member. The name itself does not vary. */
static const struct member *split(const struct topology *topology, const char *field,
                                  uint32_t *services)
{
    const char *dot = strchr(field, '.');
    const size_t length = dot == NULL ? 0 : (size_t)(dot - field);
    const struct member *member = dot == NULL ? NULL : find_member(&service_shape, dot + 1);

    *services = 0;
    for (size_t i = 0; i < topology->count && dot != NULL; i++) {
        const char *name = topology->services[i].name;
        const bool named = strlen(name) == length && strncmp(name, field, length) == 0;
        const bool every = length == 5 && strncmp(field, "every", length) == 0;

        *services |= named || every ? UINT32_C(1) << i : 0;
    }
    return *services == 0 || member == &service_members[0] ? NULL : member;
}

static const struct member *journey_member(const char *field)
{
    static const char prefix[] = "journey.";
    const size_t length = sizeof prefix - 1;

    return strncmp(field, prefix, length) == 0 ? find_member(&journey_shape, field + length) : NULL;
}

bool topology_has_field(const struct topology *topology, const char *field)
{
    uint32_t services;

    return strcmp(field, "services") == 0 || strcmp(field, "order") == 0 ||
           journey_member(field) != NULL || split(topology, field, &services) != NULL;
}

static bool assign_count(struct reader *reader, struct place place, json_t *value,
                         struct topology *topology)
{
    const struct range range = {1, (uint32_t)topology->count};
    uint32_t count;

    if (!read_number(reader, place, value, &range, &count)) {
        return false;
    }
    topology->count = count;
    return true;
}

static void reverse(struct topology *topology)
{
    for (size_t i = 0; i < topology->count / 2; i++) {
        struct service_row *a = &topology->services[i];
        struct service_row *b = &topology->services[topology->count - 1 - i];
        const uint32_t weight = a->weight;

        a->weight = b->weight;
        b->weight = weight;
    }
}

static bool assign_order(struct reader *reader, struct place place, json_t *value,
                         struct topology *topology)
{
    static const struct word rows[] = {{"given", 0}, {"reversed", 1}};
    static const struct words words = WORDS(rows);
    int reversed;

    if (!read_word(reader, place, value, &words, &reversed)) {
        return false;
    }
    if (reversed != 0) {
        reverse(topology);
    }
    return true;
}

bool topology_assign(struct reader *reader, struct place place, json_t *value, const char *field,
                     struct topology *topology)
{
    const struct member *member = journey_member(field);
    bool good = true;
    uint32_t services;

    if (strcmp(field, "services") == 0) {
        return assign_count(reader, place, value, topology);
    }
    if (strcmp(field, "order") == 0) {
        return assign_order(reader, place, value, topology);
    }
    if (member != NULL) {
        return member->read(reader, place, value, member->rule,
                            (char *)&topology->journey + member->offset);
    }
    member = split(topology, field, &services);
    for (size_t i = 0; member != NULL && i < topology->count && good; i++) {
        if ((services & (UINT32_C(1) << i)) != 0) {
            good = member->read(reader, place, value, member->rule,
                                (char *)&topology->services[i] + member->offset);
        }
    }
    return good;
}

/* ---- for the engine ---- */

static void make_service(const struct service_row *row, struct wfp_path_service *service)
{
    wfp_path_service_recommended(service, row->sublayer != 0 ? row->sublayer : row->weight,
                                 row->weight);
    for (size_t state = 0; state < 4; state++) {
        service->policy.deeds[state] = (uint8_t)row->deeds[state];
        service->policy.at_auth_connect[state] = (uint8_t)row->at_auth_connect[state];
    }
    service->policy.chain = (enum wfp_chain)row->chain;
    service->policy.cap = row->cap == CAP_NONE ? UINT32_MAX : row->cap;
    service->policy.without_right = row->without_right;
    service->policy.when_reauthorizing = row->when_reauthorizing;
    service->policy.without_query = row->without_query;
    service->policy.keeps_right = row->keeps_right;
    service->policy.context_size = row->context;
    service->families = (uint8_t)row->families;
    service->handle = (uint8_t)row->handle;
    service->propagation = (uint8_t)row->propagates;
    service->outgoing = (uint8_t)row->dials;
    service->refuses = row->without_record != 0;
}

void topology_make(const struct topology *topology, struct wfp_path_topology *services,
                   struct wfp_path_journey *journey)
{
    memset(services, 0, sizeof *services);
    services->count = (uint32_t)topology->count;
    services->watched = topology->watched;
    for (size_t i = 0; i < topology->count; i++) {
        make_service(&topology->services[i], &services->services[i]);
    }
    *journey = (struct wfp_path_journey){WFP_TCP, (enum wfp_path_form)topology->journey.to,
                                         topology->journey.reauthorized};
}

void topology_weight_order(const struct topology *topology, uint8_t order[WFP_PATH_SERVICES_MAX])
{
    for (size_t i = 0; i < topology->count; i++) {
        size_t at = i;

        while (at > 0 && topology->services[order[at - 1]].weight < topology->services[i].weight) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = (uint8_t)i;
    }
}

/* ---- to be read ---- */

static void add_deeds(const char *what, const int *deeds, const int *usual, struct text *text)
{
    for (size_t state = 0; state < 4; state++) {
        if (deeds[state] != usual[state]) {
            text_add(text, "  %ss%s in %s", word_text(&deed_words, deeds[state]), what,
                     word_text(&state_words, (int)state));
        }
    }
}

static void add_word(const char *what, const struct words *words, int value, int usual,
                     struct text *text)
{
    if (value != usual) {
        text_add(text, "  %s %s", what, word_text(words, value));
    }
}

static void add_flag(const char *what, bool value, struct text *text)
{
    if (value) {
        text_add(text, "  %s", what);
    }
}

void topology_add_service(const struct topology *topology, size_t index, struct text *text)
{
    const struct service_row *row = &topology->services[index];

    text_add(text, "service %s  weight %lu", row->name, (unsigned long)row->weight);
    if (row->sublayer != 0) {
        text_add(text, "  sublayer %lu", (unsigned long)row->sublayer);
    }
    add_word("families", &families_words, row->families, recommended.families, text);
    add_word("handle", &handle_words, row->handle, recommended.handle, text);
    add_word("propagates", &propagation_words, row->propagates, recommended.propagates, text);
    add_word("without a record", &without_words, row->without_record, recommended.without_record,
             text);
    add_word("dials", &dials_words, row->dials, recommended.dials, text);
    add_word("chain", &chain_words, row->chain, recommended.chain, text);
    add_deeds("", row->deeds, recommended.deeds, text);
    add_deeds(" at auth-connect", row->at_auth_connect, recommended.at_auth_connect, text);
    if (row->cap != recommended.cap) {
        text_add(text, "  cap %lu", (unsigned long)row->cap);
    }
    add_flag("redirects without the write right", row->without_right, text);
    add_flag("redirects when reauthorizing", row->when_reauthorizing, text);
    add_flag("redirects without asking for the state", row->without_query, text);
    add_flag("keeps the write right", row->keeps_right, text);
    if (row->context != recommended.context) {
        text_add(text, "  context %lu", (unsigned long)row->context);
    }
}

void topology_add_journey(const struct topology *topology, struct text *text)
{
    text_add(text, "journey tcp to %s", word_text(&form_words, topology->journey.to));
    if (topology->journey.reauthorized > 0) {
        text_add(text, ", each connection reauthorized %lu times",
                 (unsigned long)topology->journey.reauthorized);
    }
}
