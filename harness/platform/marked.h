/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_MARKED_H
#define HARNESS_PLATFORM_MARKED_H

/*
 * Kills every other process that was started with this entry, "NAME=value", in its environment:
 * who starts a program with one, and gives no other the same, reaches what it has started in its
 * turn. Only where the system shows environments (Linux); elsewhere nothing happens.
 */
void marked_kill(const char *entry);

#endif
