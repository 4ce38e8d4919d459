/* SPDX-License-Identifier: MIT */

/* What a profile says of one key: its value, or the values of an open key, and who says so. */

#ifndef HARNESS_CHOICE_H
#define HARNESS_CHOICE_H

#include <jansson.h>
#include <stdbool.h>

#include <wfp/sim.h>

#include "harness/locate.h"

struct key_entry;
struct profile;
struct reader;

bool choice_has(const struct wfp_choice *choice, enum wfp_key_type type,
                const struct wfp_value *value);

/* Reads the key's member of a profile's file into the profile; false after a complaint. */
bool choice_read(struct reader *reader, struct place place, json_t *json,
                 const struct key_entry *entry, struct profile *profile);

#endif
