/* SPDX-License-Identifier: MIT */

/*
 * What the system's own libraries call from within a replaced call is theirs, and must not be
 * replaced again. Both calls leave GetLastError as it was.
 */

#ifndef HARNESS_LAB_INTERPOSE_GUARD_H
#define HARNESS_LAB_INTERPOSE_GUARD_H

#include <stdbool.h>

/* Once, before any other. False when the system does not give the means. */
bool guard_open(void);
/* False if this thread is inside already: call the original, and do not leave. */
bool guard_enter(void);
void guard_leave(void);

#endif
