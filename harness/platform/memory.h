/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_MEMORY_H
#define HARNESS_PLATFORM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Memory that grows in place: a range of addresses of which the beginning can be used. What is in
 * it never moves, and growing copies nothing. Zeroed is no range.
 */
struct memory_range {
    uint8_t *start; /* at a multiple of MEMORY_LARGE_PAGE */
    size_t usable;  /* bytes */
    size_t reserved;
    void *mapped; /* with what stands before `start`: the system's */
    size_t mapped_size;
};

enum { MEMORY_LARGE_PAGE = 2 * 1024 * 1024 };

/* Takes addresses for `size` bytes, none of them usable yet; false when there are none. */
bool memory_reserve(struct memory_range *range, size_t size);

/*
 * Makes the first `usable` bytes usable, a multiple of 64 KiB, and the new ones zero. Where whole
 * large pages become usable at once, the system is asked to use such: a place in them is found
 * faster. False without memory, or beyond what is reserved; then nothing has changed.
 */
bool memory_extend(struct memory_range *range, size_t usable);

/* The range is none afterwards; none is fine, too. */
void memory_release(struct memory_range *range);

#endif
