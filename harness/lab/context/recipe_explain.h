/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_CONTEXT_RECIPE_EXPLAIN_H
#define HARNESS_LAB_CONTEXT_RECIPE_EXPLAIN_H

#include "harness/lab/context/recipe_field.h"

/* Prints what the fields come to for an example client of the family. */
enum status recipe_fields_explain(const struct recipe_fields *fields, enum wfp_family family,
                                  FILE *out);

#endif
