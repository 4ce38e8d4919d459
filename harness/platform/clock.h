/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_CLOCK_H
#define HARNESS_PLATFORM_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some fixed moment; never goes back. Only differences mean anything. */
uint64_t clock_nanoseconds(void);

#endif
