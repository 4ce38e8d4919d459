/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/scenario.h"

#include <stdio.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/clause_pattern.h"
#include "harness/platform/files.h"
#include "harness/reader.h"

/* ---- patterns ---- */

static bool fits_proxy_rule(const char *text)
{
    return strlen(text) == 6 && strncmp(text, "PRX-", 4) == 0 &&
           strspn(text + 4, "0123456789") == 2;
}

static bool fits_answer(const char *text)
{
    struct wfp_answer answer;

    return answer_parse(text, &answer) && answer.outcome == WFP_RETURNED;
}

static const struct text_rule rule_proxy_rule = {6, 6, fits_proxy_rule,
                                                 "the id of a proxy rule, as PRX-04"};
static const struct text_rule rule_setting = {3, 120, NULL, "KEY=VALUE of a profile"};
static const struct text_rule rule_answer = {3, 64, fits_answer, "an answer, as WSAEFAULT/2048"};

/* ---- words ---- */

static const struct word protocol_rows[] = {{"tcp", WFP_TCP}, {"udp", WFP_UDP}};
static const struct words protocol_words = WORDS(protocol_rows);
static const struct word is_rows[] = {
    {"redirected", SCENARIO_REDIRECTED}, {"direct", SCENARIO_DIRECT}, {"lost", SCENARIO_LOST}};
static const struct words is_words = WORDS(is_rows);
static const struct word side_rows[] = {{"client", SCENARIO_CLIENT},
                                        {"destination", SCENARIO_DESTINATION}};
static const struct words side_words = WORDS(side_rows);
static const struct word destination_rows[] = {{"there", SCENARIO_THERE},
                                               {"refused", SCENARIO_REFUSED},
                                               {"unreachable", SCENARIO_UNREACHABLE}};
static const struct words destination_words = WORDS(destination_rows);
static const struct word context_rows[] = {{"whole", SCENARIO_WHOLE},
                                           {"short", SCENARIO_SHORT},
                                           {"empty", SCENARIO_EMPTY},
                                           {"garbage", SCENARIO_GARBAGE}};
static const struct words context_words = WORDS(context_rows);
static const struct word call_rows[] = {{"query-records", SCENARIO_QUERY_RECORDS},
                                        {"query-context", SCENARIO_QUERY_CONTEXT},
                                        {"set-records", SCENARIO_SET_RECORDS}};
static const struct words call_words = WORDS(call_rows);
static const struct word kind_rows[] = {{"proxy", 0}};
static const struct words kind_words = WORDS(kind_rows);

/* ---- clients ---- */

static const struct range range_clients = {1, SCENARIO_CLIENTS_MAX};
static const struct range range_bytes = {1, SCENARIO_BYTES_MAX};
static const struct range range_few = {1, 16};

#define OF_GROUP(field) offsetof(struct scenario_group, field)

static const struct member group_members[] = {
    {"count", read_number, &range_clients, OF_GROUP(count)},
    {"protocol", read_word, &protocol_words, OF_GROUP(type)},
    {"family", read_word, &family_words, OF_GROUP(family)},
    {"is", read_word, &is_words, OF_GROUP(is)},
    {"first", read_word, &side_words, OF_GROUP(first)},
    {"half-close", read_word, &side_words, OF_GROUP(half_close)},
    {"reset", read_word, &side_words, OF_GROUP(reset)},
    {"destination", read_word, &destination_words, OF_GROUP(destination)},
    {"refused", read_number, &range_few, OF_GROUP(refused)},
    {"together", read_flag, NULL, OF_GROUP(together)},
    {"bytes", read_number, &range_bytes, OF_GROUP(bytes)},
    {"datagrams", read_number, &range_few, OF_GROUP(datagrams)},
    {"flows", read_number, &range_few, OF_GROUP(flows)},
};
static const struct shape group_shape = {group_members, 13, 0, MEMBERS_ALL};

/* Members that only one of the two protocols can have. */
static bool check_group(struct reader *reader, json_t *value, const struct scenario_group *group)
{
    static const char *const of_tcp[] = {"first", "half-close", "reset", "destination", "refused"};
    static const char *const of_udp[] = {"datagrams", "flows"};
    const bool udp = group->type == WFP_UDP;
    const char *const *foreign = udp ? of_tcp : of_udp;
    const size_t count = udp ? sizeof of_tcp / sizeof *of_tcp : sizeof of_udp / sizeof *of_udp;
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        if (json_object_get(value, foreign[i]) != NULL) {
            good = reader_complain(reader, place_member(value, foreign[i]),
                                   udp ? "none with udp" : "none with tcp", "one");
        }
    }
    if (udp && (group->bytes < SCENARIO_TOKEN || group->bytes > SCENARIO_DATAGRAM_MAX)) {
        good = reader_complain(reader, place_member(value, "bytes"), "8 to 1400 with udp", "%lu",
                               (unsigned long)group->bytes);
    }
    if (group->together &&
        (group->first == SCENARIO_DESTINATION || group->bytes < SCENARIO_TOKEN)) {
        good = reader_complain(reader, place_member(value, "together"),
                               "clients that send at least 8 bytes first", "others");
    }
    return good;
}

static void read_groups(struct reader *reader, json_t *root, json_t *list,
                        struct scenario *scenario)
{
    size_t index;
    json_t *item;

    if (!check_array(reader, place_member(root, "clients"), list, 1, SCENARIO_GROUPS_MAX)) {
        return;
    }
    scenario->group_count = json_array_size(list);
    json_array_foreach(list, index, item) {
        struct scenario_group *group = &scenario->groups[index];

        *group = (struct scenario_group){
            .count = 1, .first = SCENARIO_CLIENT, .bytes = 1000, .datagrams = 3, .flows = 1};
        if (read_object(reader, place_item(list, index), item, &group_shape, group)) {
            (void)check_group(reader, item, group);
        }
    }
}

/* ---- scripted answers ---- */

static const struct range range_nth = {1, 1000};

static const struct member scripted_members[] = {
    {"call", read_word, &call_words, offsetof(struct scenario_scripted, call)},
    {"from", read_number, &range_nth, offsetof(struct scenario_scripted, from)},
    {"to", read_number, &range_nth, offsetof(struct scenario_scripted, to)},
    {"answer", read_text, &rule_answer, offsetof(struct scenario_scripted, text)},
};
static const struct shape scripted_shape = {scripted_members, 4, 0x9, MEMBERS_ALL};

static void read_scripted(struct reader *reader, json_t *root, json_t *list,
                          struct scenario *scenario)
{
    size_t index;
    json_t *item;

    if (list == NULL ||
        !check_array(reader, place_member(root, "answers"), list, 1, SCENARIO_SCRIPTED_MAX)) {
        return;
    }
    scenario->scripted_count = json_array_size(list);
    json_array_foreach(list, index, item) {
        struct scenario_scripted *scripted = &scenario->scripted[index];

        *scripted = (struct scenario_scripted){.from = 1, .to = UINT32_MAX};
        if (read_object(reader, place_item(list, index), item, &scripted_shape, scripted)) {
            (void)answer_parse(scripted->text, &scripted->answer);
        }
    }
}

/* ---- settings ---- */

static bool read_setting(struct reader *reader, struct place place, const char *text,
                         const struct key_catalogue *keys, struct scenario_setting *setting)
{
    const char *equals = strchr(text, '=');
    const size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    const struct key_entry *entry;
    char legal[KEY_LIST_MAX];
    char name[64];

    (void)snprintf(name, sizeof name, "%.*s", (int)length, text);
    entry = key_entry_named(keys, name);
    if (entry == NULL) {
        key_names(legal, sizeof legal);
        return reader_complain(reader, place, legal, "%s", name);
    }
    setting->key = entry->key;
    setting->text = text;
    if (key_value_parse(entry, equals + 1, &setting->value)) {
        return true;
    }
    key_legal_values(entry, legal, sizeof legal);
    return reader_complain(reader, place, legal, "%s", equals + 1);
}

static void read_settings(struct reader *reader, json_t *root, json_t *list,
                          const struct key_catalogue *keys, struct scenario *scenario)
{
    const char *texts[SCENARIO_SETTINGS_MAX];
    size_t count = 0;

    if (list == NULL || !read_texts(reader, place_member(root, "set"), list, &rule_setting, 1,
                                    SCENARIO_SETTINGS_MAX, texts, &count)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        (void)read_setting(reader, place_item(list, i), texts[i], keys, &scenario->settings[i]);
    }
    scenario->setting_count = count;
}

/* What an answer for too small a buffer is: values of that key. */
static void read_errors(struct reader *reader, json_t *root, json_t *list,
                        const struct key_catalogue *keys, struct scenario *scenario)
{
    const struct key_entry *entry = &keys->entries[WFP_KEY_TOO_SMALL];
    const char *texts[KEY_VALUES_MAX];
    char legal[KEY_LIST_MAX];
    size_t count = 0;

    if (list == NULL || !read_texts(reader, place_member(root, "too-small"), list, &rule_answer, 1,
                                    KEY_VALUES_MAX, texts, &count)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct scenario_setting *error = &scenario->errors[i];

        *error = (struct scenario_setting){.key = entry->key, .text = texts[i]};
        if (!key_value_parse(entry, texts[i], &error->value)) {
            key_legal_values(entry, legal, sizeof legal);
            (void)reader_complain(reader, place_item(list, i), legal, "%s", texts[i]);
        }
    }
    scenario->error_count = count;
}

static void read_sizes(struct reader *reader, json_t *root, json_t *list, struct scenario *scenario)
{
    static const struct range range = {SCENARIO_RECORD_MIN, SCENARIO_RECORD_MAX};
    size_t index;
    json_t *item;

    if (list == NULL ||
        !check_array(reader, place_member(root, "record"), list, 1, SCENARIO_SIZES_MAX)) {
        return;
    }
    scenario->size_count = json_array_size(list);
    json_array_foreach(list, index, item) {
        (void)read_number(reader, place_item(list, index), item, &range, &scenario->sizes[index]);
    }
}

/* ---- the whole ---- */

struct scenario_row {
    struct scenario scenario;
    int kind;
    json_t *clauses, *rules, *set, *record, *too_small, *answers, *clients;
};

static const struct range range_pending = {1, 2000};

#define OF_ROW(field) offsetof(struct scenario_row, field)

static const struct member scenario_members[] = {
    {"id", read_text, &rule_id, OF_ROW(scenario.id)},
    {"kind", read_word, &kind_words, OF_ROW(kind)},
    {"story", read_text, &rule_story, OF_ROW(scenario.story)},
    {"clauses", read_later, NULL, OF_ROW(clauses)},
    {"source", read_source, NULL, OF_ROW(scenario.source)},
    {"rules", read_later, NULL, OF_ROW(rules)},
    {"clients", read_later, NULL, OF_ROW(clients)},
    {"set", read_later, NULL, OF_ROW(set)},
    {"record", read_later, NULL, OF_ROW(record)},
    {"too-small", read_later, NULL, OF_ROW(too_small)},
    {"answers", read_later, NULL, OF_ROW(answers)},
    {"pending", read_number, &range_pending, OF_ROW(scenario.pending)},
    {"context", read_word, &context_words, OF_ROW(scenario.context)},
    {"strange-objects", read_flag, NULL, OF_ROW(scenario.strange)},
    {"two-proxies", read_flag, NULL, OF_ROW(scenario.two)},
    {"leak", read_flag, NULL, OF_ROW(scenario.leak)},
    {"fresh", read_flag, NULL, OF_ROW(scenario.fresh)},
};
static const struct shape scenario_shape = {scenario_members, 17, 0x7F, MEMBERS_ALL};

/* The id is the name of the file, so that a name leads to it. */
static void check_id(struct reader *reader, json_t *root, const char *path, const char *id)
{
    const char *stem = path;

    for (const char *at = path; *at != '\0'; at++) {
        stem = files_is_separator(*at) ? at + 1 : stem;
    }
    if (strncmp(stem, id, strlen(id)) != 0 || strcmp(stem + strlen(id), ".json") != 0) {
        (void)reader_complain(reader, place_member(root, "id"), "the name of the file", "%s", id);
    }
}

static void read_scenario(struct reader *reader, json_t *root, const struct key_catalogue *keys,
                          struct scenario *scenario)
{
    struct scenario_row row = {0};

    if (!read_object(reader, place_whole(root), root, &scenario_shape, &row)) {
        return;
    }
    *scenario = row.scenario;
    check_id(reader, root, reader->document->name, scenario->id);
    (void)read_texts(reader, place_member(root, "clauses"), row.clauses, &rule_clause, 1,
                     VECTOR_CLAUSES_MAX, scenario->clauses, &scenario->clause_count);
    (void)read_texts(reader, place_member(root, "rules"), row.rules, &rule_proxy_rule, 1,
                     SCENARIO_RULES_MAX, scenario->rules, &scenario->rule_count);
    read_settings(reader, root, row.set, keys, scenario);
    read_sizes(reader, root, row.record, scenario);
    read_errors(reader, root, row.too_small, keys, scenario);
    read_scripted(reader, root, row.answers, scenario);
    read_groups(reader, root, row.clients, scenario);
}

enum status scenario_load(const char *path, const struct key_catalogue *keys,
                          struct complaints *complaints, struct scenario **scenario)
{
    struct reader reader = {.complaints = complaints};
    struct scenario *loaded;
    enum status status = document_load(path, SCENARIO_FILE_MAX, complaints, &reader.document);

    if (status != STATUS_OK) {
        return status;
    }
    loaded = reader_keep(&reader, 1, sizeof *loaded);
    if (loaded != NULL) {
        read_scenario(&reader, reader.document->root, keys, loaded);
        loaded->path = reader.document->name;
        loaded->document = reader.document;
    }
    status = reader_status(&reader);
    if (status != STATUS_OK) {
        document_free(reader.document);
        return status;
    }
    *scenario = loaded;
    return STATUS_OK;
}

void scenario_free(struct scenario *scenario)
{
    if (scenario != NULL) {
        document_free(scenario->document);
    }
}
