/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PROFILE_H
#define HARNESS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "harness/status.h"

struct complaints;
struct document;

/* ---- keys: what a profile decides (vectors/profiles/keys.json) ---- */

enum { KEY_VALUES_MAX = 8 };

struct key_entry {
    enum wfp_key key;
    const char *name;
    enum wfp_key_type type;
    size_t value_count; /* ANSWER and FLAG: the legal values */
    const char *texts[KEY_VALUES_MAX];
    struct wfp_value values[KEY_VALUES_MAX];
    uint32_t min; /* SIZE */
    uint32_t max;
    const char *settles; /* "UNK-06 CON-02" */
    const char *asks;    /* the question, for people */
};

struct key_catalogue {
    struct key_entry entries[WFP_KEY_COUNT]; /* by enum wfp_key; that of WFP_KEY_NONE is empty */
    struct document *document;
};

/*
 * Loads ROOT/profiles/keys.json. Every key of the model must be there and no other. The caller
 * frees the catalogue, after everything that was read with it.
 */
enum status key_catalogue_load(const char *root, struct complaints *complaints,
                               struct key_catalogue **catalogue);
void key_catalogue_free(struct key_catalogue *catalogue);

/* NULL when there is no such key. */
const struct key_entry *key_entry_named(const struct key_catalogue *catalogue, const char *name);

/* value_parse() for this key; false too when the value is none of its legal ones. */
bool key_value_parse(const struct key_entry *entry, const char *text, struct wfp_value *value);

/* What is legal, for a complaint: "pass | WSAEFAULT/N", "a number from 64 to 4096" ... */
void key_legal_values(const struct key_entry *entry, char *buffer, size_t size);

/* ---- profiles ---- */

enum { PROFILE_CHAIN_MAX = 8 };

enum key_source_kind { KEY_DOCUMENTED, KEY_OBSERVED, KEY_INFERRED, KEY_SET_BY_USER };

/* Who says that a key has its value. */
struct key_source {
    enum key_source_kind kind;
    const char *reference;
};

struct profile {
    const char *name;
    const char *title;
    size_t chain_count;                   /* at least 1 */
    const char *chain[PROFILE_CHAIN_MAX]; /* its own name, then what it extends, nearest first */
    struct wfp_profile values;
    struct key_source sources[WFP_KEY_COUNT];
    struct document *documents[PROFILE_CHAIN_MAX]; /* own everything above */
};

/*
 * Loads a profile. `name_or_file` is the path of a file if it has a '/' or ends in ".json", else
 * the name of ROOT/profiles/NAME.json; what it extends is found by name. The caller frees the
 * profile.
 */
enum status profile_load(const char *root, const char *name_or_file,
                         const struct key_catalogue *keys, struct complaints *complaints,
                         struct profile **profile);
void profile_free(struct profile *profile);

/*
 * Applies "KEY=VALUE" or "KEY=VALUE|VALUE" (an open key); `assignment` must outlive the profile. An
 * unknown key or value is a complaint that lists the legal ones; the profile is then unchanged.
 */
enum status profile_set(struct profile *profile, const char *assignment,
                        const struct key_catalogue *keys, struct complaints *complaints);

#endif
