/* SPDX-License-Identifier: MIT */

/*
 * What the program prints: it writes into a pipe of this system, and what comes is copied to where
 * the launcher prints itself. Under Wine that may be something of the other system, which a program
 * that looks at its standard handles would not know.
 */

#ifndef HARNESS_LAB_LAUNCH_OUTPUT_H
#define HARNESS_LAB_LAUNCH_OUTPUT_H

#include <stdbool.h>
#include <windows.h>

struct output {
    HANDLE write; /* for the program; inherited */
    HANDLE read;
    HANDLE to;
    HANDLE copier; /* a thread */
};

/* `which`: STD_OUTPUT_HANDLE or STD_ERROR_HANDLE. False, and the error is the system's. */
bool output_open(struct output *output, DWORD which);
/* The program has the pipe, or there will be none: from now on only others write to it. */
void output_handed_over(struct output *output);
/* All who could write have ended. Waits for what they left, though not for ever. */
void output_finish(struct output *output);

#endif
