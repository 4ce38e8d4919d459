/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PROFILE_H
#define HARNESS_PROFILE_H

#include <stddef.h>

#include <wfp/sim.h>

#include "harness/key.h"
#include "harness/status.h"

struct complaints;
struct document;

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
