/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PATH_VECTOR_H
#define HARNESS_PATH_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/path_outcome.h"
#include "harness/topology.h"
#include "harness/vector.h"

/*
 * What is claimed of one connection through several services: its outcome, or that of each member
 * of a family in which a few fields vary.
 */

enum { PATH_VARIED_MAX = 4, PATH_BAND_MEMBERS_MAX = 256, PATH_MEMBER_TEXT_MAX = 96 };

struct path_claim {
    struct path_scene scene;
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

/* Does an expectation of it depend on the profile's value of this key? */
bool path_claim_asks(const struct path_claim *claim, enum wfp_key key);

/* path_family.c: the member `family`; `rows` has the services as they are listed. */
bool path_family_read(struct reader *reader, json_t *holder, json_t *family,
                      const struct key_catalogue *keys, const struct topology_rows *rows,
                      struct path_claim *claim);

#endif
