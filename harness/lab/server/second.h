/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_SERVER_SECOND_H
#define HARNESS_LAB_SERVER_SECOND_H

#include "harness/lab/server/order.h"
#include "harness/status.h"

struct complaints;
struct second;

/*
 * Loads the file of --second: an object with `listen` and `udp` (lists of addresses), `context` and
 * `stand-in` (paths, as from here) and `command` (a list of words). The caller frees it; the
 * program is its own.
 */
enum status second_load(const char *path, struct complaints *complaints, struct second **second);
const struct lab_program *second_program(const struct second *second);
void second_free(struct second *second);

#endif
