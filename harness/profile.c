/* SPDX-License-Identifier: MIT */

#include "harness/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/choice.h"
#include "harness/reader.h"

enum { FILE_LIMIT = 1048576, PATH_LIMIT = 4096 };

static enum status join_path(const char *root, const char *name, char path[PATH_LIMIT])
{
    int length = snprintf(path, PATH_LIMIT, "%s/profiles/%s.json", root, name);
    return length > 0 && length < PATH_LIMIT ? STATUS_OK : STATUS_BROKEN;
}

static const struct text_rule rule_title = {10, 120, NULL, "a text of 10 to 120 characters"};

struct profile_row {
    const char *name;
    const char *title;
    json_t *extends;
    json_t *keys;
};

static const struct member profile_members[] = {
    {"name", read_text, &rule_id, offsetof(struct profile_row, name)},
    {"title", read_text, &rule_title, offsetof(struct profile_row, title)},
    {"extends", read_later, NULL, offsetof(struct profile_row, extends)},
    {"keys", read_later, NULL, offsetof(struct profile_row, keys)},
};
static const struct shape profile_shape = {profile_members, 4, MEMBERS_ALL, MEMBERS_ALL};
static void read_profile_keys(struct reader *reader, json_t *root, json_t *keys,
                              const struct key_catalogue *catalogue, struct profile *profile)
{
    if (!json_is_object(keys)) {
        reader_complain_value(reader, place_member(root, "keys"), "an object", keys);
        return;
    }
    const char *name;
    json_t *choice;
    json_object_foreach(keys, name, choice) {
        const struct key_entry *entry = key_entry_named(catalogue, name);
        if (entry != NULL) {
            choice_read(reader, place_member(keys, name), choice, entry, profile);
            continue;
        }
        char legal[KEY_LIST_MAX];
        key_names(legal, sizeof legal);
        reader_complain(reader, place_member(keys, name), legal, "%s", name);
    }
}

static void check_complete(struct reader *reader, json_t *root, json_t *keys)
{
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        const char *name = wfp_key_name((enum wfp_key)key);
        if (json_object_get(keys, name) == NULL) {
            reader_complain(reader, place_member(root, "keys"),
                            "every key, as the profile extends none", "no %s", name);
        }
    }
}

static bool is_file_name(const char *text)
{
    size_t length = strlen(text);
    return strchr(text, '/') != NULL || (length > 5 && strcmp(text + length - 5, ".json") == 0);
}

static bool chain_has(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->chain_count; i++) {
        if (strcmp(profile->chain[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* One file of the chain. `wanted` is the name it must have, or NULL; `*next` what it extends. */
static void read_link(struct reader *reader, const char *wanted, struct profile *profile,
                      struct profile_row *row, const char **next)
{
    json_t *root = reader->document->root;
    *next = NULL;
    if (!read_object(reader, place_whole(root), root, &profile_shape, row)) {
        return;
    }
    if (wanted != NULL && strcmp(wanted, row->name) != 0) {
        reader_complain(reader, place_member(root, "name"), "the name of the file", "%s",
                        row->name);
        return;
    }
    profile->chain[profile->chain_count++] = row->name;
    if (json_is_null(row->extends)) {
        return;
    }
    struct place place = place_member(root, "extends");
    if (!read_text(reader, place, row->extends, &rule_id, next)) {
        return;
    }
    if (chain_has(profile, *next) || profile->chain_count == PROFILE_CHAIN_MAX) {
        reader_complain(reader, place, "a chain of at most 8 profiles that ends", "%s", *next);
    }
}

struct chain {
    struct reader readers[PROFILE_CHAIN_MAX];
    struct profile_row rows[PROFILE_CHAIN_MAX];
    size_t count;
};

static enum status load_chain(const char *root, const char *path, const char *wanted,
                              struct complaints *complaints, struct profile *profile,
                              struct chain *chain)
{
    char next_path[PATH_LIMIT];
    const char *next = wanted;
    do {
        size_t i = chain->count;
        struct document **document = &profile->documents[i];
        enum status status = document_load(path, FILE_LIMIT, complaints, document);
        if (status != STATUS_OK) {
            return status;
        }
        chain->readers[i] = (struct reader){.document = *document, .complaints = complaints};
        read_link(&chain->readers[i], next, profile, &chain->rows[i], &next);
        status = reader_status(&chain->readers[i]);
        if (status == STATUS_OK && next != NULL) {
            path = next_path;
            status = join_path(root, next, next_path);
        }
        if (status != STATUS_OK) {
            return status;
        }
        chain->count++;
    } while (next != NULL);
    return STATUS_OK;
}

/* From the far end, so that the nearer profile has the last word. */
static enum status apply_chain(struct chain *chain, const struct key_catalogue *keys,
                               struct profile *profile)
{
    for (size_t i = chain->count; i-- > 0;) {
        struct reader *reader = &chain->readers[i];
        json_t *root = reader->document->root;
        read_profile_keys(reader, root, chain->rows[i].keys, keys, profile);
        if (i + 1 == chain->count) {
            check_complete(reader, root, chain->rows[i].keys);
        }
        enum status status = reader_status(reader);
        if (status != STATUS_OK) {
            return status;
        }
    }
    profile->name = chain->rows[0].name;
    profile->title = chain->rows[0].title;
    return STATUS_OK;
}

enum status profile_load(const char *root, const char *name_or_file,
                         const struct key_catalogue *keys, struct complaints *complaints,
                         struct profile **profile)
{
    char path[PATH_LIMIT];
    bool file = is_file_name(name_or_file);
    if (!file && join_path(root, name_or_file, path) != STATUS_OK) {
        complain(complaints, "--profile", 0, "profile", "a name or a file", "an overlong text");
        return STATUS_BAD_INPUT;
    }
    struct profile *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return STATUS_BROKEN;
    }
    struct chain chain = {.count = 0};
    enum status status = load_chain(root, file ? name_or_file : path, file ? NULL : name_or_file,
                                    complaints, made, &chain);
    if (status == STATUS_OK) {
        status = apply_chain(&chain, keys, made);
    }
    if (status != STATUS_OK) {
        profile_free(made);
        return status;
    }
    *profile = made;
    return STATUS_OK;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL) {
        return;
    }
    for (size_t i = 0; i < PROFILE_CHAIN_MAX; i++) {
        document_free(profile->documents[i]);
    }
    free(profile);
}

/* ---- --set ---- */

static enum status complain_set(struct complaints *complaints, const char *name,
                                const char *expected, const char *actual)
{
    complain(complaints, "--set", 0, name, expected, "\"%s\"", actual);
    return STATUS_BAD_INPUT;
}

static enum status parse_values(const struct key_entry *entry, const char *text,
                                struct complaints *complaints, struct wfp_choice *choice)
{
    char one[VALUE_TEXT_MAX];
    char legal[KEY_LIST_MAX];
    key_legal_values(entry, legal, sizeof legal);
    for (const char *next = text; next != NULL; text = next + 1) {
        size_t length = strcspn(text, "|");
        next = text[length] == '|' ? text + length : NULL;
        struct wfp_value value;
        snprintf(one, sizeof one, "%.*s", (int)(length < sizeof one ? length : sizeof one), text);
        if (length >= sizeof one || !key_value_parse(entry, one, &value)) {
            return complain_set(complaints, entry->name, legal, one);
        }
        if (choice->count == WFP_VALUES_MAX || choice_has(choice, entry->type, &value)) {
            return complain_set(complaints, entry->name, "at most 4 different values", one);
        }
        choice->values[choice->count++] = value;
    }
    return STATUS_OK;
}

enum status profile_set(struct profile *profile, const char *assignment,
                        const struct key_catalogue *keys, struct complaints *complaints)
{
    const char *equals = strchr(assignment, '=');
    char name[64];
    size_t length = equals == NULL ? 0 : (size_t)(equals - assignment);
    if (length == 0 || length >= sizeof name) {
        return complain_set(complaints, "argument", "KEY=VALUE", assignment);
    }
    memcpy(name, assignment, length);
    name[length] = '\0';
    const struct key_entry *entry = key_entry_named(keys, name);
    if (entry == NULL) {
        char legal[KEY_LIST_MAX];
        key_names(legal, sizeof legal);
        return complain_set(complaints, "key", legal, name);
    }
    struct wfp_choice choice = {.count = 0};
    enum status status = parse_values(entry, equals + 1, complaints, &choice);
    if (status == STATUS_OK) {
        profile->values.keys[entry->key] = choice;
        profile->sources[entry->key] = (struct key_source){KEY_SET_BY_USER, assignment};
    }
    return status;
}
