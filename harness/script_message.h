/* SPDX-License-Identifier: MIT */

/* The part of a script line that the steps about datagrams have of their own (harness/script.h). */

#ifndef HARNESS_SCRIPT_MESSAGE_H
#define HARNESS_SCRIPT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

struct control_input;
struct script_line;
struct step;

/* Control data that a step hands in; nothing where there are none. */
void script_sent(struct script_line *line, const struct control_input *control);

/* Begins with a space. `n`: what N is, or NULL. */
void script_message(const struct step *step, const uint32_t *n, char *buffer, size_t size);

#endif
