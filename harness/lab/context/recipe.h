/* SPDX-License-Identifier: MIT */

/*
 * A recipe says how a proxy's own driver lays out the bytes that it attaches to a connection as
 * localRedirectContext: a list of fields, from first to last. The lab attaches such bytes in the
 * driver's place. The platform never looks into them (CTX-01); what they mean is between the proxy
 * and its driver. vectors/recipes/README.md is for authors, vectors/schema/recipe.schema.json has
 * the form.
 */

#ifndef HARNESS_LAB_CONTEXT_RECIPE_H
#define HARNESS_LAB_CONTEXT_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <wfp/sim.h>

#include "harness/status.h"

struct complaints;
struct recipe;

enum {
    RECIPE_SIZE_MAX = 65536, /* bytes of a context */
    RECIPE_IMAGE_MAX = 260   /* UTF-16 units of a path that are used */
};

/* What the fields of one context are made of. */
struct recipe_facts {
    struct wfp_address destination; /* before the redirect; its family is the layer's */
    struct wfp_address source;      /* the client's own */
    uint32_t protocol;              /* IPPROTO */
    uint32_t process;               /* the client's system number */
    uint32_t proxy;                 /* that of the proxy */
    uint32_t interface_index;
    uint64_t time;        /* as FILETIME: 100 ns since 1601 */
    uint64_t connection;  /* counts them, from 1 */
    const char *image;    /* path of the client's program, UTF-8 */
    const uint8_t *input; /* of a device control */
    uint32_t input_size;
};

/*
 * STATUS_BAD_INPUT after complaints with file and line: what cannot be read, and what contradicts
 * itself (fields that overlap, a value wider than its field, a context larger than
 * RECIPE_SIZE_MAX). The caller frees the recipe.
 */
enum status recipe_load(const char *path, struct complaints *complaints, struct recipe **recipe);
void recipe_free(struct recipe *recipe);

/* Does it say what a client of this family gets? */
bool recipe_covers(const struct recipe *recipe, enum wfp_family family);

/*
 * Writes the context of one client. False, with nothing written, when `room` is too small or the
 * family is not covered; with a room of RECIPE_SIZE_MAX only the latter.
 */
bool recipe_build(const struct recipe *recipe, const struct recipe_facts *facts, uint8_t *out,
                  size_t room, size_t *size);

/*
 * Prints the context of an example client for each family that is covered, a field a line, to be
 * held against the driver's struct.
 */
enum status recipe_explain(const struct recipe *recipe, FILE *out);

#endif
