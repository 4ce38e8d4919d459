/* SPDX-License-Identifier: MIT */

/* The shapes of the rows of clauses.json. */

#ifndef HARNESS_CATALOGUE_SHAPE_H
#define HARNESS_CATALOGUE_SHAPE_H

#include "harness/reader.h"

extern const struct shape clause_shape;        /* struct clause, but for its family */
extern const struct shape contradiction_shape; /* struct contradiction */
extern const struct shape unknown_shape;       /* struct unknown */
extern const struct shape family_shape;        /* struct clause_family, but for its name */

#endif
