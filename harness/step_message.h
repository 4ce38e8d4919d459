/* SPDX-License-Identifier: MIT */

/* The members of the steps about datagrams, for the table in step.c. */

#ifndef HARNESS_STEP_MESSAGE_H
#define HARNESS_STEP_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/locate.h"

struct expected;
struct message_step;
struct reader;
struct step;

/* For tables (harness/reader.h), rule NULL. Field: struct message_step. */
bool read_peer(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field);
/* ... struct control_input, struct control_room, struct option_value. */
bool read_control_input(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field);
bool read_control_room(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field);
bool read_option(struct reader *reader, struct place place, json_t *value, const void *rule,
                 void *field);
/* ... uint32_t: a list of the flags' names. */
bool read_message_flags(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field);
/* ... struct expected_message: its control objects. */
bool read_expected_objects(struct reader *reader, struct place place, json_t *value,
                           const void *rule, void *field);

/* Do the members of a step about datagrams fit together? */
bool message_check(struct reader *reader, struct place place, const struct step *step);

#endif
