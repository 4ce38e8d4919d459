/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_INTERRUPT_H
#define HARNESS_PLATFORM_INTERRUPT_H

#include <stdbool.h>

/*
 * Being told to stop: SIGINT and SIGTERM, on Windows the console's Ctrl-C, Ctrl-Break and close.
 * The first one only sets a flag, so that a report can be ended or removed; a second one of the
 * same kind ends the process at once, as without a handler.
 */
void interrupt_watch(void);

/* Has it happened since interrupt_watch()? May be asked from any thread. */
bool interrupted(void);

#endif
