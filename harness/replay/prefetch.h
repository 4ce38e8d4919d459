/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_PREFETCH_H
#define HARNESS_REPLAY_PREFETCH_H

/* Asks for memory that will be needed soon; a hint that changes nothing but the time. */
#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

#endif
