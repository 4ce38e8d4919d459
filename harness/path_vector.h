/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PATH_VECTOR_H
#define HARNESS_PATH_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/locate.h"
#include "harness/path_outcome.h"
#include "harness/topology.h"
#include "harness/vector.h"

/*
 * What is claimed of one connection through several services: its outcome, or that of each member
 * of a family in which a few fields vary.
 */

enum {
    PATH_VARIED_MAX = 4,
    PATH_BAND_MEMBERS_MAX = 256,
    PATH_MEMBER_TEXT_MAX = 96,
    PATH_SETTINGS_MAX = 8
};

/* A field of the control and its value. */
struct path_setting {
    struct varied_field field;
    json_t *value;
    struct place place;
    const char *text; /* "A.handle=shared" */
};

/*
 * The same connection with these fields set must take another way: its path, end, `ended-by` or
 * loop must differ from the tested run's.
 */
struct path_control {
    size_t count; /* at least 1 */
    struct path_setting settings[PATH_SETTINGS_MAX];
    struct place place; /* of all of them */
};

struct path_claim {
    struct path_scene scene;
    const struct path_control *control;     /* NULL: none */
    const struct path_scene *control_scene; /* NULL: none, or each member has its own */
    size_t varied_count;
    struct varied_field varied[PATH_VARIED_MAX];
    const struct expectation *expect; /* NULL with a family, or where it is only played */
    const struct sweep *family;       /* NULL: none */
};

/* What is played and expected for a member; NULL: the vector has no family, or none was chosen. */
const struct path_scene *path_claim_scene(const struct path_claim *claim,
                                          const struct sweep_member *member);
const struct expectation *path_claim_expect(const struct path_claim *claim,
                                            const struct sweep_member *member);

/* What is played as the control; NULL: there is none. */
const struct path_scene *path_claim_control(const struct path_claim *claim,
                                            const struct sweep_member *member);

/* Does an expectation of it depend on the profile's value of this key? */
bool path_claim_asks(const struct path_claim *claim, enum wfp_key key);

/* path_control.c: the member `control`; `rows` has the services as they are listed. */
bool path_control_read(struct reader *reader, json_t *holder, json_t *value,
                       const struct topology_rows *rows, struct path_claim *claim);
/* The scene of `rows` with the control's fields set. NULL after a complaint: it changes nothing. */
const struct path_scene *path_control_make(struct reader *reader,
                                           const struct path_control *control,
                                           const struct topology_rows *whole,
                                           const struct topology_rows *rows);
/* Wrong code, too, may loop, block or refuse: a vector that only expects that needs a control. */
bool path_control_check(struct reader *reader, json_t *holder, const struct path_claim *claim);

/* path_family.c: a value as a case's name has it: "true", "3", "ipv4". */
void path_value_text(json_t *value, char *text, size_t size);

/* path_family.c: the member `family`; `rows` has the services as they are listed. */
bool path_family_read(struct reader *reader, json_t *holder, json_t *family,
                      const struct key_catalogue *keys, const struct topology_rows *rows,
                      struct path_claim *claim);

#endif
