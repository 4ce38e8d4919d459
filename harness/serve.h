/* SPDX-License-Identifier: MIT */

/*
 * Requests in JSON lines, answered in order, one line each; protocol version 1. The README of
 * harness/python and vectors/README.md describe it for users.
 *
 *   run      judge a vector: by its id, perhaps a member of its sweep, or a document that it brings
 *   list     the cases that there are
 *   play     play a document and give every answer and what the rules allow; judge nothing
 *   profile  what a profile decides
 *
 * A request that cannot be used is answered with an error; the server goes on. The end of the input
 * ends it.
 */

#ifndef HARNESS_SERVE_H
#define HARNESS_SERVE_H

#include <stdio.h>

#include "harness/status.h"

struct session;

enum { SERVE_PROTOCOL = 1, SERVE_LINE_MAX = 4194304, SERVE_PLAYED_BYTES = 64 };

/* STATUS_BROKEN when `out` cannot be written any more. */
enum status serve(FILE *in, FILE *out, struct session *session);

#endif
