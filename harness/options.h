/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_OPTIONS_H
#define HARNESS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/complaint.h"
#include "harness/status.h"

/*
 * The command line of one command, described by a table. `--name value` and `--name=value`, options
 * and positional arguments in any order; what follows `--` is positional. A value that begins with
 * "--" needs the second form. With `--help` or `-h` before any `--` nothing else is looked at.
 */
enum option_kind {
    OPTION_FLAG,   /* takes no value; may be repeated */
    OPTION_STRING, /* at most once, like the next two */
    OPTION_NUMBER, /* `min` to `max`, decimal */
    OPTION_CHOICE, /* one of `choices` */
    OPTION_LIST    /* may be repeated; every value counts */
};

struct option {
    const char *name; /* without the dashes */
    const char
        *argument;    /* what the help calls the value; NULL for a flag, and a choice has its own */
    const char *help; /* one line, lower case, no full stop */
    enum option_kind kind;
    const char *const *choices; /* ends with a NULL */
    uint32_t min, max;
};

struct command {
    const char *name;       /* "wfpcheck run" */
    const char *summary;    /* one line for the help */
    const char *positional; /* what the help calls the others: "[PATH...]", "-- COMMAND ARG...";
                               NULL: none */
    size_t positional_min, positional_max; /* SIZE_MAX: any number */
    const struct option *options;          /* --help is not listed */
    size_t option_count;
};

struct given {
    size_t option; /* row of the table */
    const char *text;
    uint32_t number;
};

/* What was on a command line. The texts are those of argv. */
struct options {
    const struct command *command;
    struct given *given; /* in the order of the command line */
    size_t given_count;
    const char **positionals; /* followed by a NULL */
    size_t positional_count;
    bool help; /* asked for; then the rest is empty */
};

/*
 * Reads argv[0] ... argv[argc - 1], which are what follows the command's name. STATUS_BAD_INPUT
 * after complaints, which name the nearest option or choice for a mistyped one. To be released.
 */
enum status options_parse(const struct command *command, int argc, char *const *argv,
                          struct complaints *complaints, struct options *options);
void options_release(struct options *options);

/* `option` is the row in the command's table. */
bool options_flag(const struct options *options, size_t option);
const char *options_text(const struct options *options, size_t option, const char *otherwise);
uint32_t options_number(const struct options *options, size_t option, uint32_t otherwise);
/* The index-th value of a list; NULL after the last. */
const char *options_item(const struct options *options, size_t option, size_t index);

/* What --help says, made from the table. */
void options_help(const struct command *command, FILE *out);

#endif
