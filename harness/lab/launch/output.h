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
};

/* The liveliest first. */
enum output_state {
    OUTPUT_PASSED, /* something was copied; there may be more */
    OUTPUT_SILENT,
    OUTPUT_ENDED /* nobody is left who could write */
};

/* What the program writes goes on to `to`. False, and the error is the system's. */
bool output_open(struct output *output, HANDLE to);
/* The program has the pipe, or there will be none: from now on only others write to it. */
void output_handed_over(struct output *output);
/* Copies what is there, and does not wait for more. */
enum output_state output_pass(const struct output *output);

#endif
