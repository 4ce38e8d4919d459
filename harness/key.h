/* SPDX-License-Identifier: MIT */

/* The keys: what a profile decides (vectors/profiles/keys.json). */

#ifndef HARNESS_KEY_H
#define HARNESS_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "harness/status.h"

struct complaints;
struct document;

/* KEY_LIST_MAX holds what key_names() and key_legal_values() write. */
enum { KEY_VALUES_MAX = 8, KEY_LIST_MAX = 3000 };

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

/* "a | b | c": every key of the model, for a complaint. */
void key_names(char *buffer, size_t size);

/* NULL when there is no such key. */
const struct key_entry *key_entry_named(const struct key_catalogue *catalogue, const char *name);

/* value_parse() for this key; false too when the value is none of its legal ones. */
bool key_value_parse(const struct key_entry *entry, const char *text, struct wfp_value *value);

/* What is legal, for a complaint: "pass | WSAEFAULT/N", "a number from 64 to 4096" ... */
void key_legal_values(const struct key_entry *entry, char *buffer, size_t size);

#endif
