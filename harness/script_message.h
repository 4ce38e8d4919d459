/* SPDX-License-Identifier: MIT */

/* The part of a script line that the steps about datagrams have of their own (harness/script.h). */

#ifndef HARNESS_SCRIPT_MESSAGE_H
#define HARNESS_SCRIPT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

struct step;

/* Begins with a space. `n`: what N is, or NULL. */
void script_message(const struct step *step, const uint32_t *n, char *buffer, size_t size);

#endif
