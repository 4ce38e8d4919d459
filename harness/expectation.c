/* SPDX-License-Identifier: MIT */

#include "harness/expectation.h"

#include <string.h>

#include "harness/answer.h"
#include "harness/clause_pattern.h"
#include "harness/key.h"
#include "harness/path_outcome.h"
#include "harness/reader.h"
#include "harness/step_message.h"

enum { ANSWERS_MAX = 6, BRANCHES_MAX = 8, LEGAL_MAX = 3000 };

/* ---- one literal answer ---- */

static const struct word changed_rows[] = {
    {"none", CHANGED_NONE},
    {"0..N", CHANGED_RETURNED},
    {"any", CHANGED_ANY},
};
static const struct words changed_words = WORDS(changed_rows);

static const char context_prefix[] = "context:";
enum { CONTEXT_PREFIX = sizeof context_prefix - 1 };

static bool fits_answer(const char *text)
{
    struct wfp_answer answer;
    return answer_parse(text, &answer) && answer.outcome != WFP_PASS;
}

static bool fits_equals(const char *text)
{
    bool context = strncmp(text, context_prefix, CONTEXT_PREFIX) == 0;
    return rule_name.fits(context ? text + CONTEXT_PREFIX : text);
}

static const struct text_rule rule_answer = {
    1, ANSWER_TEXT_MAX, fits_answer,
    "an answer ERROR/BYTES with a known error and N, unchanged or a number; died; a state; an "
    "action; present, absent or different; or misuse"};
static const struct text_rule rule_equals = {1, 48, fits_equals,
                                             "the name of a blob, or context:HANDLE"};

/* ^([0-9a-f]{2})*$ */
static bool fits_hex(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");
    return text[length] == '\0' && length % 2 == 0;
}

static const struct text_rule rule_data = {0, 512, fits_hex,
                                           "at most 256 pairs of the digits 0-9 and a-f"};

struct expected_row {
    const char *answer;
    json_t *by;
    enum changed changed;
    const char *equals;
    struct expected_message message;
};

static const struct member expected_members[] = {
    {"answer", read_text, &rule_answer, offsetof(struct expected_row, answer)},
    {"by", read_later, NULL, offsetof(struct expected_row, by)},
    {"changed", read_word, &changed_words, offsetof(struct expected_row, changed)},
    {"equals", read_text, &rule_equals, offsetof(struct expected_row, equals)},
    {"flags", read_message_flags, NULL, offsetof(struct expected_row, message.flags)},
    {"data", read_text, &rule_data, offsetof(struct expected_row, message.data_hex)},
    {"objects", read_expected_objects, NULL, offsetof(struct expected_row, message)},
};
static const struct shape expected_shape = {expected_members, 7, 0x3, 0x7F};

static bool read_expected(struct reader *reader, struct place place, json_t *value,
                          struct expected *expected)
{
    struct expected_row row = {.changed = CHANGED_DEFAULT};
    if (!read_object(reader, place, value, &expected_shape, &row) ||
        !read_texts(reader, place_member(value, "by"), row.by, &rule_reason, 1,
                    EXPECTED_REASONS_MAX, expected->reasons, &expected->reason_count)) {
        return false;
    }
    expected->text = row.answer;
    expected->changed = row.changed;
    expected->message = row.message;
    if (row.equals != NULL && strncmp(row.equals, context_prefix, CONTEXT_PREFIX) == 0) {
        expected->equals_context = row.equals + CONTEXT_PREFIX;
    } else {
        expected->equals_blob = row.equals;
    }
    return answer_parse(row.answer, &expected->answer);
}

/* ---- one outcome of a path ---- */

static const char *outcome_text(struct reader *reader, const struct path_outcome *outcome,
                                const struct topology_rows *services)
{
    const char *names[WFP_PATH_SERVICES_MAX] = {NULL};
    struct text text = {0};
    for (uint32_t i = 0; i < services->count; i++) {
        names[i] = services->services[i].name;
    }
    path_outcome_text(outcome, names, &text);
    path_outcome_hops_text(outcome, names, &text);
    const char *kept = reader_join(reader, (const char *const[]){text_bytes(&text)}, 1, ' ');
    text_clear(&text);
    return kept;
}

static bool read_outcome(struct reader *reader, struct place place, json_t *value,
                         const struct topology_rows *services, struct expected *expected)
{
    struct path_outcome *outcome = reader_keep(reader, 1, sizeof *outcome);
    json_t *by = NULL;
    if (outcome == NULL || !path_outcome_read(reader, place, value, services, outcome, &by) ||
        !read_texts(reader, place_member(value, "by"), by, &rule_reason, 1, EXPECTED_REASONS_MAX,
                    expected->reasons, &expected->reason_count)) {
        return false;
    }
    expected->path = outcome;
    expected->text = outcome_text(reader, outcome, services);
    return expected->text != NULL;
}

/* ---- the tree ---- */

struct growth {
    struct reader *reader;
    const struct key_catalogue *keys;
    const struct topology_rows *services; /* NULL: the alternatives are answers of a call */
    unsigned depth;
};

static bool grow_leaf(struct growth growth, struct place place, json_t *value,
                      struct expected *expected)
{
    return growth.services == NULL
               ? read_expected(growth.reader, place, value, expected)
               : read_outcome(growth.reader, place, value, growth.services, expected);
}

static bool grow(struct growth growth, struct place place, json_t *value, struct expectation *made);

static bool grow_answers(struct growth growth, struct place place, json_t *list,
                         struct expectation *made)
{
    if (!check_array(growth.reader, place, list, 2, ANSWERS_MAX)) {
        return false;
    }
    struct expected *answers = reader_keep(growth.reader, json_array_size(list), sizeof *answers);
    bool good = answers != NULL;
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item) {
        good = good && grow_leaf(growth, place_item(list, index), item, &answers[index]);
    }
    made->count = json_array_size(list);
    made->answers = answers;
    return good;
}

static bool grow_single(struct growth growth, struct place place, json_t *value,
                        struct expectation *made)
{
    struct expected *answer = reader_keep(growth.reader, 1, sizeof *answer);
    made->count = 1;
    made->answers = answer;
    return answer != NULL && grow_leaf(growth, place, value, answer);
}

/* The branch's name: of a profile, or a legal value of the key. */
static bool read_branch_name(struct growth growth, struct place place,
                             const struct key_entry *entry, struct branch *branch)
{
    char legal[LEGAL_MAX];
    if (entry == NULL) {
        size_t length = strlen(branch->name);
        return (rule_id.fits(branch->name) && length <= rule_id.max) ||
               reader_complain(growth.reader, place, rule_id.expected, "another name");
    }
    if (key_value_parse(entry, branch->name, &branch->value)) {
        return true;
    }
    key_legal_values(entry, legal, sizeof legal);
    return reader_complain(growth.reader, place, legal, "%s", branch->name);
}

static bool is_repeated(const struct key_entry *entry, const struct branch *branches, size_t index)
{
    for (size_t i = 0; entry != NULL && i < index; i++) {
        if (value_equal(entry->type, &branches[i].value, &branches[index].value)) {
            return true;
        }
    }
    return false;
}

static bool grow_branch(struct growth growth, struct place place, json_t *value,
                        const struct key_entry *entry, struct branch *branch)
{
    struct expectation *child = reader_keep(growth.reader, 1, sizeof *child);
    branch->expectation = child;
    growth.depth++;
    return child != NULL && read_branch_name(growth, place, entry, branch) &&
           grow(growth, place, value, child);
}

static bool grow_branches(struct growth growth, struct place place, json_t *object, size_t min,
                          const struct key_entry *entry, struct expectation *made)
{
    size_t count = json_object_size(object);
    if (!json_is_object(object) || count < min || count > BRANCHES_MAX) {
        return reader_complain(growth.reader, place, "an object of at most 8 branches", "%zu",
                               count);
    }
    struct branch *branches = reader_keep(growth.reader, count, sizeof *branches);
    made->branches = branches;
    bool good = branches != NULL;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        struct place branch = place_member(object, name);
        if (!good) {
            return false;
        }
        branches[made->count].name = name;
        good = grow_branch(growth, branch, value, entry, &branches[made->count]);
        if (good && is_repeated(entry, branches, made->count)) {
            good = reader_complain(growth.reader, branch, "each value once", "%s", name);
        }
        made->count++;
    }
    return good;
}

static const struct member any_members[] = {{"any", read_later, NULL, 0}};
static const struct shape any_shape = {any_members, 1, 0x1, 0x1};

static const struct member profile_members[] = {{"profile", read_later, NULL, 0}};
static const struct shape profile_shape = {profile_members, 1, 0x1, 0x1};

struct key_row {
    const char *key;
    json_t *values;
};

static const struct member key_members[] = {
    {"key", read_text, &rule_name, offsetof(struct key_row, key)},
    {"values", read_later, NULL, offsetof(struct key_row, values)},
};
static const struct shape key_shape = {key_members, 2, 0x3, 0x3};

static bool grow_key(struct growth growth, struct place place, json_t *value,
                     struct expectation *made)
{
    struct key_row row = {0};
    if (!read_object(growth.reader, place, value, &key_shape, &row)) {
        return false;
    }
    const struct key_entry *entry = key_entry_named(growth.keys, row.key);
    if (entry == NULL) {
        return reader_complain(growth.reader, place_member(value, "key"),
                               "a key of profiles/keys.json", "%s", row.key);
    }
    made->kind = EXPECTATION_KEY;
    made->key = entry->key;
    return grow_branches(growth, place_member(value, "values"), row.values, 2, entry, made);
}

static bool grow(struct growth growth, struct place place, json_t *value, struct expectation *made)
{
    json_t *part;
    struct reader *reader = growth.reader;
    if (growth.depth > EXPECTATION_DEPTH_MAX) {
        return reader_complain(reader, place, "at most 4 levels of branches", "more");
    }
    made->kind = EXPECTATION_ANSWERS;
    if (json_object_get(value, "any") != NULL) {
        return read_object(reader, place, value, &any_shape, &part) &&
               grow_answers(growth, place_member(value, "any"), part, made);
    }
    if (json_object_get(value, "profile") != NULL) {
        made->kind = EXPECTATION_PROFILE;
        return read_object(reader, place, value, &profile_shape, &part) &&
               grow_branches(growth, place_member(value, "profile"), part, 1, NULL, made);
    }
    if (json_object_get(value, "key") != NULL) {
        return grow_key(growth, place, value, made);
    }
    return grow_single(growth, place, value, made);
}

bool expectation_read_path(struct reader *reader, json_t *holder, const char *name,
                           const struct key_catalogue *keys, const struct topology_rows *services,
                           const struct expectation **expectation)
{
    struct growth growth = {.reader = reader, .keys = keys, .services = services};
    struct expectation *made = reader_keep(reader, 1, sizeof *made);
    json_t *value = json_object_get(holder, name);
    if (made == NULL || !grow(growth, place_member(holder, name), value, made)) {
        return false;
    }
    *expectation = made;
    return true;
}

bool expectation_read(struct reader *reader, json_t *holder, const char *name,
                      const struct key_catalogue *keys, const struct expectation **expectation)
{
    return expectation_read_path(reader, holder, name, keys, NULL, expectation);
}

bool expectation_each(const struct expectation *expectation,
                      bool (*visit)(void *context, const struct expected *expected), void *context)
{
    for (size_t i = 0; i < expectation->count; i++) {
        bool go_on = expectation->kind == EXPECTATION_ANSWERS
                         ? visit(context, &expectation->answers[i])
                         : expectation_each(expectation->branches[i].expectation, visit, context);
        if (!go_on) {
            return false;
        }
    }
    return true;
}
