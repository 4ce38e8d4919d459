/* SPDX-License-Identifier: MIT */

/*
 * Pointers that a program under test passed. The system is asked what is there before anything is
 * touched, and bytes are copied by calls that fail instead of faulting: memory may go meanwhile.
 */

#ifndef HARNESS_LAB_INTERPOSE_POINTER_H
#define HARNESS_LAB_INTERPOSE_POINTER_H

#include <stdbool.h>
#include <stddef.h>

#include <wfp/sim.h>

enum pointer_use { POINTER_READ, POINTER_WRITE, POINTER_EXECUTE };

/* What `size` bytes at `at` are for this use; for a size of 0 as for 1. */
enum wfp_pointer pointer_classify(const void *at, size_t size, enum pointer_use use);

/* Is it one of the kinds that may be touched? */
bool pointer_is_valid(enum wfp_pointer kind);

/* False, with nothing or a part of it copied, when the other side is not (any more) there. */
bool pointer_read(void *to, const void *from, size_t size);
bool pointer_write(void *to, const void *from, size_t size);

#endif
