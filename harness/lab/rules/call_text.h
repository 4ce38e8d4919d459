/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_RULES_CALL_TEXT_H
#define HARNESS_LAB_RULES_CALL_TEXT_H

#include <stddef.h>

#include "harness/lab/rules/view.h"
#include "harness/text.h"

/*
 * Adds an event as a person reads it, without a line end:
 * "call 17  ioctl s5 QUERY_RECORDS out=1024 -> WSAEFAULT, 2049". The number is the line that it has
 * in a trace file; sockets are s and their number.
 */
void call_text_add(const struct view *view, size_t event, struct text *text);

#endif
