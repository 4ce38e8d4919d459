/* SPDX-License-Identifier: MIT */

/* The member `in` of an ioctl step. */

#ifndef HARNESS_STEP_INPUT_H
#define HARNESS_STEP_INPUT_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/locate.h"

struct input;
struct reader;
struct step;

/* For tables (harness/reader.h). Rule: NULL; field: struct input. */
bool read_input(struct reader *reader, struct place place, json_t *value, const void *rule,
                void *field);

/* `size` stands with `fill`, or alone; a sweep may stand in for it. `value` is the whole step. */
bool check_input_size(struct reader *reader, json_t *value, const struct step *step);

/* NULL when the input can be made, else what to expect instead. */
const char *input_wants(const struct input *input);

#endif
