/* SPDX-License-Identifier: MIT */

/* Traces made by hand, for tests of what is made of them. */

#ifndef TESTS_UNIT_PROXY_SCRIPT_H
#define TESTS_UNIT_PROXY_SCRIPT_H

#include "harness/lab/trace/trace.h"

/*
 * An event a line: its kind, and its fields as name=value. A value is a number, an address, the
 * name of a code or of a kind, or a text without spaces; bytes are SEED/SIZE (an invented record of
 * that size, another for each seed), CUT/SEED/SIZE/END (the same, ended after so many bytes, zeros
 * behind its size), OBJECT/LEVEL/SEED/SIZE (one control object of type 60 for a 64-bit process) or
 * VALUE (one such byte). `process` is 1 where it is not told. To be freed with trace_free().
 */
struct trace *proxy_script(const char *script);

#endif
