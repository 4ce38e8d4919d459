/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_SIZE_H
#define HARNESS_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A size in a vector: a number of bytes, or one that is known only when N, the true size of what is
 * asked for, has been learnt: "N", "N-1", "N+16".
 */
struct size {
    bool symbolic;
    int64_t value; /* bytes; if symbolic, what is added to N */
};

enum { SIZE_MAX_BYTES = 1048576, SIZE_TEXT_MAX = 24 };

/* "N", "N-1" or a decimal number up to SIZE_MAX_BYTES, with nothing after it. */
bool size_parse(const char *text, struct size *size);

/* Writes the text that size_parse() reads; `room` of SIZE_TEXT_MAX always suffices. */
void size_print(struct size size, char *buffer, size_t room);

/*
 * The size in bytes. False where it has none: it is symbolic and N is not known, or it falls
 * outside 0 .. UINT32_MAX (N-16 of a record of 8 bytes).
 */
bool size_resolve(struct size size, uint32_t n, bool has_n, uint32_t *bytes);

/*
 * A band of sizes is named by its range: "0", "1..3", "4..N-1", "N", or "above" (above N).
 * Which sizes a band holds; false too for a name that is no range.
 */
bool band_holds(const char *band, uint32_t value, uint32_t n);

/* Is the name a range at all, and does it speak of N? */
bool band_is_range(const char *band);
bool band_is_symbolic(const char *band);

#endif
