/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_CATALOGUE_H
#define HARNESS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/status.h"

struct complaints;
struct document;
struct vector;

/* The catalogue of requirements: vectors/clauses.json in machine form. */

enum strength { STRENGTH_MUST, STRENGTH_SHOULD, STRENGTH_MAY, STRENGTH_UNKNOWN };

/* "MUST" ... */
const char *strength_name(enum strength strength);

struct clause_family {
    const char *name; /* "QRY" */
    const char *title;
    bool in_scope; /* must a vector cover its MUST and SHOULD clauses? */
};

/* A list of ids or of source keys. */
struct id_list {
    size_t count;
    const char *const *ids;
};

struct clause {
    const char *id;
    const struct clause_family *family;
    enum strength strength;
    const char *grade; /* one letter of D H S O P W I, or NULL where nothing is known */
    const char *says;
    const char *pages;    /* what the pages say, or NULL */
    const char *observed; /* what was observed, by whom, or NULL */
    const char *model;    /* what the model does */
    struct id_list sources;
    struct id_list see;
    const char *only;               /* the one profile that it is about, or NULL: all */
    const char *uncoverable_reason; /* of a closed list, or NULL: a vector can cover it */
    const char *uncoverable_why;
};

struct contradiction {
    const char *id;
    const char *between;
    const char *what;
    const char *resolution;
};

struct unknown {
    const char *id;
    const char *question;
    const char *evidence;
    const char *documented;
    const char *observed;
    const char *probe;
    bool needs_driver;
};

struct source_page {
    const char *key; /* "REC" */
    const char *what;
};

/* In the order of the file; ids are unique and every reference leads to something. */
struct catalogue {
    size_t family_count;
    struct clause_family *families;
    size_t source_count;
    struct source_page *sources;
    size_t clause_count;
    struct clause *clauses;
    size_t contradiction_count;
    struct contradiction *contradictions;
    size_t unknown_count;
    struct unknown *unknowns;
    struct document *document; /* owns all of this */
};

/* Loads ROOT/clauses.json. The caller frees the catalogue. */
enum status catalogue_load(const char *root, struct complaints *complaints,
                           struct catalogue **catalogue);
void catalogue_free(struct catalogue *catalogue);

/* NULL when there is none of that id. */
const struct clause *catalogue_clause(const struct catalogue *catalogue, const char *id);
const struct contradiction *catalogue_contradiction(const struct catalogue *catalogue,
                                                    const char *id);
const struct unknown *catalogue_unknown(const struct catalogue *catalogue, const char *id);
const struct source_page *catalogue_source(const struct catalogue *catalogue, const char *key);

/* Is there a clause, a contradiction or an unknown of that id? */
bool catalogue_has(const struct catalogue *catalogue, const char *id);

/* Must some vector cover it: MUST or SHOULD, of a family in scope, not uncoverable? */
bool clause_must_be_covered(const struct clause *clause);

/* Does everything exist that the vector cites, in `clauses` and in its expectations? */
enum status catalogue_check(const struct catalogue *catalogue, const struct vector *vector,
                            struct complaints *complaints);

#endif
