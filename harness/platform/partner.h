/* SPDX-License-Identifier: MIT */

/*
 * A child process that is talked to in lines, with a time limit on every exchange: one that is
 * silent, never reads, or never ends, cannot hold this process up.
 */

#ifndef HARNESS_PLATFORM_PARTNER_H
#define HARNESS_PLATFORM_PARTNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct partner;

enum partner_outcome {
    PARTNER_DONE,
    PARTNER_LATE,     /* the time is over */
    PARTNER_ENDED,    /* it has closed its end, or has ended */
    PARTNER_TOO_LONG, /* its line is longer than allowed */
    PARTNER_BROKEN    /* without memory, or the system refused */
};

/*
 * Starts arguments[0] (a path, or a name that is searched for) with the arguments up to a NULL, all
 * UTF-8. Its standard error is ours. False when it cannot be started; a program that cannot be
 * found may instead start and end at once.
 */
bool partner_start(char *const *arguments, struct partner **partner);

/* Milliseconds for all of it. Anything but PARTNER_DONE: only end it from now on. */
enum partner_outcome partner_write(struct partner *partner, const char *bytes, size_t size,
                                   unsigned milliseconds);

/*
 * The next line of at most `limit` bytes, without its end and followed by a NUL that `*size` does
 * not count; it lives until the next call. At PARTNER_ENDED, PARTNER_LATE and PARTNER_TOO_LONG the
 * line is what there was of one, perhaps nothing.
 */
enum partner_outcome partner_line(struct partner *partner, size_t limit, unsigned milliseconds,
                                  const char **line, size_t *size);

struct partner_end {
    bool killed;   /* it did not end by itself in time */
    uint32_t code; /* exit code (128 + number when a signal ended it); 0 if killed */
};

/*
 * Closes its standard input, waits so long for it to end, and kills it with all that it started if
 * it does not. Frees `partner`.
 */
struct partner_end partner_end(struct partner *partner, unsigned milliseconds);

/* ---- between partner.c and its twins for each system ---- */

/* `ends` are the system's names for our ends of its standard input and output, `owner` for more. */
struct partner_system {
    intptr_t in;
    intptr_t out;
    intptr_t process;
    intptr_t owner;
};

bool partner_system_start(char *const *arguments, struct partner_system *system);
/* Reads at least one byte; `*size` is the room, then how much was read. */
enum partner_outcome partner_system_read(const struct partner_system *system, char *bytes,
                                         size_t *size, unsigned milliseconds);
enum partner_outcome partner_system_write(const struct partner_system *system, const char *bytes,
                                          size_t size, unsigned milliseconds);
struct partner_end partner_system_end(const struct partner_system *system, unsigned milliseconds);

#endif
