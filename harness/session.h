/* SPDX-License-Identifier: MIT */

/* What a command works with: the vectors, the keys, the profiles, a backend and the reference. */

#ifndef HARNESS_SESSION_H
#define HARNESS_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/backend.h"
#include "harness/complaint.h"
#include "harness/plan.h"
#include "harness/profile.h"
#include "harness/status.h"
#include "harness/tree.h"

enum { SESSION_PROFILES_MAX = 8, SESSION_ROOT_MAX = 1024, SESSION_OPTIONS_MAX = 512 };

struct session {
    char root[SESSION_ROOT_MAX]; /* the folder of the vectors */
    struct complaints complaints;
    struct key_catalogue *keys;
    size_t profile_count;
    struct profile *profiles[SESSION_PROFILES_MAX];
    struct tree tree;       /* its `bad` counts what could not be loaded */
    const char *redirector; /* for the winsock backend; NULL: "none" */
    struct backend backend;
    struct backend reference;
    struct plan plan;
    char options[SESSION_OPTIONS_MAX]; /* what to type to repeat a case */
};

/* Zeroed memory is a session that is not open yet. Finds the vectors and loads the keys. */
enum status session_open(struct session *session);
void session_close(struct session *session);

/* The shipped profiles, in the order in which they are shown. */
extern const char *const session_shipped_profiles[];

/* Loads a profile by name or file; "all" is every shipped one. */
enum status session_add_profile(struct session *session, const char *name_or_file);
/* The loaded profile of that name, loaded now if need be; NULL after a complaint. */
struct profile *session_profile(struct session *session, const char *name_or_file);
/* Applies KEY=VALUE to every loaded profile. */
enum status session_set(struct session *session, const char *assignment);

/* Loads the vectors at these paths (none: all). Bad ones are complained about, the others loaded.
 */
enum status session_load(struct session *session, const char *const *paths, size_t count);

/* Complains about a redirector for a backend that needs none. */
enum status session_check_redirector(struct session *session, const char *backend);

/* "sim" or "winsock"; also opens the reference. */
enum status session_open_backend(struct session *session, const char *name);

/* Plans every loaded vector under every loaded profile. */
enum status session_plan(struct session *session, const struct plan_filter *filter);

/* Prints the complaints to standard error, once. */
void session_complain(struct session *session);

#endif
