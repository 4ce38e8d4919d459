/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FIGURE_H
#define HARNESS_REPLAY_FIGURE_H

#include <stdint.h>

#include "harness/text.h"

enum { FIGURE_MAX = 32 };

/* 1234567 as "1,234,567"; gives `text`. */
const char *figure_text(uint64_t number, char text[FIGURE_MAX]);
/* The same, with spaces before it up to `width` columns. */
void figure_add(struct text *text, uint64_t number, int width);

#endif
