/* SPDX-License-Identifier: MIT */

/* Between the files that load a vector: what is read is checked step after step. */

#ifndef HARNESS_VECTOR_LOAD_H
#define HARNESS_VECTOR_LOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/reader.h"
#include "harness/vector.h"

/* The members of the file. */
struct vector_row {
    const char *id;
    const char *story;
    struct source source;
    json_t *clauses;
    json_t *needs;
    json_t *control;
    json_t *steps;
    json_t *services; /* of a path vector, as are the next three */
    json_t *journey;
    json_t *expect;
    json_t *family;
    int kind;
};

/* What goes through the whole of a load. */
struct vector_load {
    struct reader reader;
    const struct key_catalogue *keys;
    struct vector *vector;
    struct vector_row row;
    struct step *steps;
    json_t *root;
    bool only_played; /* nothing will be judged, so it needs no claim */
};

/* path_vector.c: the members of a path vector; false after a complaint. */
bool vector_read_path(struct vector_load *load);

/* vector_control.c: the member `control`; false after a complaint. The steps must be read. */
bool vector_read_control(struct vector_load *load);
/* The replacing step of that number as it was read. */
json_t *vector_replacement(const struct vector *vector, json_t *root, uint32_t number);

/* vector_check.c: complain to the reader. Does `needs` say exactly what the steps require? */
void vector_check_needs(struct vector_load *load);
/* Are names defined before they are used, in the tested run? Do answers fit their calls? */
void vector_check_steps(struct vector_load *load);
/* The control run, too, must name what it has. */
void vector_check_control(struct vector_load *load);
/* Is there a claim, and a control if wrong code would meet it by failing? */
void vector_check_claim(struct vector_load *load);

#endif
