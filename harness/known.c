/* SPDX-License-Identifier: MIT */

#include "harness/known.h"

#include <stdlib.h>
#include <string.h>

#include "harness/document.h"
#include "harness/reader.h"
#include "harness/text.h"

enum { KNOWN_LIMIT = 1048576, CASE_MAX = 200 };

struct entry {
    const char *name; /* of the case */
    const char *message;
    const char *reason;
    const char *link;
    const char *until;
    enum verdict verdict;
    bool expired;
    bool met;
    json_t *json;
};

struct known {
    struct document *document;
    const char *target;
    json_t *list;
    struct entry *entries;
    size_t count;
};

/* ---- reading ---- */

/* Is the text from `from` up to the first of `ends` an id? Moves `from` there. */
static bool skip_id(const char **from, const char *ends)
{
    char id[CASE_MAX + 1];
    size_t length = strcspn(*from, ends);
    if (length > CASE_MAX) {
        return false;
    }
    memcpy(id, *from, length);
    id[length] = '\0';
    *from += length;
    return rule_id.fits(id);
}

static const char member_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+_-";

/* id or id@member, up to one of `ends` */
static bool skip_member(const char **text, const char *ends)
{
    if (!skip_id(text, ends)) {
        return false;
    }
    if (**text == '@') {
        size_t length = strspn(*text + 1, member_characters);
        if (length == 0) {
            return false;
        }
        *text += 1 + length;
    }
    return true;
}

/* "PRX-04[", a scenario, "]" */
static bool skip_rule(const char **text)
{
    if (strncmp(*text, "PRX-", 4) != 0 || strspn(*text + 4, "0123456789") != 2 ||
        (*text)[6] != '[') {
        return false;
    }
    *text += 7;
    return skip_member(text, "@]") && *(*text)++ == ']';
}

/* id[profile], id@member[profile], or of a rule: PRX-04[id@member][profile] */
static bool fits_case(const char *text)
{
    if (strncmp(text, "PRX-", 4) == 0 ? !skip_rule(&text) : !skip_member(&text, "@[")) {
        return false;
    }
    if (*text++ != '[' || !skip_id(&text, "]")) {
        return false;
    }
    return strcmp(text, "]") == 0;
}

static bool fits_link(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : 7;
    if (scheme == 7 && strncmp(text, "http://", 7) != 0) {
        return false;
    }
    return text[scheme] != '\0' && strchr(text, ' ') == NULL;
}

/* A date of this century whose month and day can be. */
static bool fits_until(const char *text)
{
    if (!rule_date.fits(text) || strncmp(text, "20", 2) != 0) {
        return false;
    }
    /* The shape makes byte order the order of numbers. */
    return strncmp(text + 5, "01", 2) >= 0 && strncmp(text + 5, "12", 2) <= 0 &&
           strcmp(text + 8, "01") >= 0 && strcmp(text + 8, "31") <= 0;
}

static const struct text_rule rule_case = {1, CASE_MAX, fits_case,
                                           "a case, as vector@member[profile] or "
                                           "PRX-04[scenario][profile]"};
static const struct text_rule rule_message = {3, 300, NULL, "a text of 3 to 300 characters"};
static const struct text_rule rule_reason = {10, 300, NULL, "a text of 10 to 300 characters"};
static const struct text_rule rule_link = {1, 300, fits_link, "an http or https address"};
static const struct text_rule rule_until = {1, 10, fits_until, "a date, as 2026-12-31"};

static const struct word verdict_rows[] = {
    {"fail", VERDICT_FAIL}, {"undecided", VERDICT_UNDECIDED}, {"broken", VERDICT_BROKEN}};
static const struct words verdict_words = WORDS(verdict_rows);

static const struct member entry_members[] = {
    {"case", read_text, &rule_case, offsetof(struct entry, name)},
    {"verdict", read_word, &verdict_words, offsetof(struct entry, verdict)},
    {"message", read_text, &rule_message, offsetof(struct entry, message)},
    {"reason", read_text, &rule_reason, offsetof(struct entry, reason)},
    {"link", read_text, &rule_link, offsetof(struct entry, link)},
    {"until", read_text, &rule_until, offsetof(struct entry, until)},
};
static const struct shape entry_shape = {entry_members, 6, MEMBERS_ALL, MEMBERS_ALL};

static const struct member known_members[] = {
    {"target", read_text, &rule_id, offsetof(struct known, target)},
    {"entries", read_later, NULL, offsetof(struct known, list)},
};
static const struct shape known_shape = {known_members, 2, MEMBERS_ALL, MEMBERS_ALL};

static struct entry *entry_named(const struct known *known, const char *name)
{
    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->entries[i].name, name) == 0) {
            return &known->entries[i];
        }
    }
    return NULL;
}

static void read_entry(struct reader *reader, struct known *known, size_t index, json_t *json,
                       const char *today)
{
    struct entry entry = {.json = json};
    if (!read_object(reader, place_item(known->list, index), json, &entry_shape, &entry)) {
        return;
    }
    if (entry_named(known, entry.name) != NULL) {
        reader_complain(reader, place_member(json, "case"), "each case once", "%s again",
                        entry.name);
        return;
    }
    /* The shape makes byte order the order of days. */
    entry.expired = strcmp(today, entry.until) > 0;
    known->entries[known->count++] = entry;
}

static void read_known(struct reader *reader, struct known *known, const char *today)
{
    json_t *root = known->document->root;
    if (!read_object(reader, place_whole(root), root, &known_shape, known) ||
        !check_array(reader, place_member(root, "entries"), known->list, 0, 100000)) {
        return;
    }
    size_t count = json_array_size(known->list);
    known->entries = reader_keep(reader, count + 1, sizeof *known->entries);
    if (known->entries == NULL) {
        return;
    }
    size_t index;
    json_t *json;
    json_array_foreach(known->list, index, json) {
        read_entry(reader, known, index, json, today);
    }
}

enum status known_load(const char *path, const char *today, struct complaints *complaints,
                       struct known **known)
{
    struct known *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return STATUS_BROKEN;
    }
    enum status status = document_load(path, KNOWN_LIMIT, complaints, &made->document);
    if (status == STATUS_OK) {
        struct reader reader = {.document = made->document, .complaints = complaints};
        read_known(&reader, made, today);
        status = reader_status(&reader);
    }
    if (status != STATUS_OK) {
        known_free(made);
        return status;
    }
    *known = made;
    return STATUS_OK;
}

void known_free(struct known *known)
{
    if (known != NULL) {
        document_free(known->document);
        free(known);
    }
}

/* ---- judging again ---- */

/* Takes the text; without memory the message stays what it was. */
static void reword(struct known *known, struct result *result, struct text *text)
{
    char *kept = text->failed ? NULL : document_keep_text(known->document, text_bytes(text));
    if (kept != NULL) {
        result->message = kept;
    }
    text_clear(text);
}

static bool is_as_listed(const struct entry *entry, const struct result *result)
{
    return entry->verdict == result->verdict && result->message != NULL &&
           strstr(result->message, entry->message) != NULL;
}

static const char *message_of(const struct result *result)
{
    return result->message != NULL ? result->message : "no message";
}

/* The verdict in the light of the entry, and the message that goes with it; "" for no new one. */
static void judge_again(const struct known *known, const struct entry *entry, struct result *result,
                        struct text *text)
{
    if (result->verdict == VERDICT_PASS) {
        result->verdict = VERDICT_FIXED;
        text_add(text, "listed in %s as a known gap, but it passed: take the entry out",
                 known->document->name);
    } else if (is_as_listed(entry, result) && entry->expired) {
        text_add(text, "%s (a known gap until %s, which is over)", result->message, entry->until);
    } else if (is_as_listed(entry, result)) {
        result->verdict = VERDICT_KNOWN;
        text_add(text, "%s (%s, until %s)", entry->reason, entry->link, entry->until);
    } else if (verdict_fails(result->verdict, false)) {
        text_add(text, "%s (the known gap says: %s, \"%s\")", message_of(result),
                 verdict_name(entry->verdict), entry->message);
    }
}

void known_apply(struct known *known, struct result *result)
{
    struct entry *entry = entry_named(known, result->name);
    struct text text = {0};
    if (entry == NULL) {
        return;
    }
    entry->met = true;
    judge_again(known, entry, result, &text);
    if (text.length > 0) {
        reword(known, result, &text);
    }
}

size_t known_unmatched(const struct known *known, struct complaints *complaints)
{
    struct reader reader = {.document = known->document, .complaints = complaints};
    for (size_t i = 0; i < known->count; i++) {
        const struct entry *entry = &known->entries[i];
        if (!entry->met) {
            reader_complain(&reader, place_member(entry->json, "case"), "a case of this run", "%s",
                            entry->name);
        }
    }
    return reader.found;
}
