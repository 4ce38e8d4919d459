/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_SCRIPT_H
#define HARNESS_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

struct step;

/* Vectors as people read them. */

enum { SCRIPT_LINE_MAX = 512 };

/*
 * Writes one step as one line: "ioctl proxy QUERY_RECORDS out=779 heap",
 * "proxy = redirected-accept tcp ipv4 context=32". What is as usual is left out. Sizes that speak
 * of N are resolved where `n` is given; NULL: they stay "N-1". A swept field shows its bands.
 * Longer lines are cut; `size` is at least 1.
 */
void script_print(const struct step *step, const uint32_t *n, char *buffer, size_t size);

#endif
