/* SPDX-License-Identifier: MIT */

/* What the commands share on their way in and out. */

#ifndef HARNESS_COMMAND_H
#define HARNESS_COMMAND_H

#include "harness/options.h"
#include "harness/session.h"

enum {
    EXIT_WELL = 0,
    EXIT_VERDICTS = 1, /* verdicts that fail the run */
    EXIT_USAGE = 2,    /* wrong usage or unreadable input */
    EXIT_BROKEN = 3    /* the harness or its set-up is broken, or nothing was executed */
};

/*
 * Reads the command line. True: go on. False: the command ends with `*code`, the help or the
 * complaints are printed.
 */
bool command_begin(const struct command *command, int argc, char **argv, struct options *options,
                   int *code);

/* Prints what is left to say and closes both; gives the exit code for `status`, 0 for STATUS_OK. */
int command_end(struct options *options, struct session *session, enum status status);

#endif
