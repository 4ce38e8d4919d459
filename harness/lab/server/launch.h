/* SPDX-License-Identifier: MIT */

/* The command that starts a program with the interposer in it, here and now. */

#ifndef HARNESS_LAB_SERVER_LAUNCH_H
#define HARNESS_LAB_SERVER_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/status.h"

struct complaints;

enum { LAUNCH_PATH_MAX = 4096, LAUNCH_VARIABLES_MAX = 2, LAUNCH_MARK_MAX = 128 };

struct launch {
    char **arguments; /* up to a NULL; the first is the program that is started */
    char *launcher;   /* path of wfpcheck-launch.exe */
    char *wine;       /* NULL where Windows programs need none */
    char *variables[LAUNCH_VARIABLES_MAX]; /* "NAME=VALUE", to be added to the environment */
};

struct launch_wish {
    const char *const *command; /* of the program under test, up to a NULL */
    const char *shim;           /* folder of launcher and DLL; NULL: where they usually are */
    bool follow;                /* child processes too */
    unsigned port;              /* of the lab */
    const char *token;
};

/*
 * STATUS_BAD_INPUT after a complaint where the program is none for Windows; STATUS_BROKEN where the
 * launcher or Wine is not to be found: it says what to do. To be released in any case.
 */
enum status launch_make(const struct launch_wish *wish, struct complaints *complaints,
                        struct launch *launch);
void launch_release(struct launch *launch);

/* The environment of this process with the launch's variables; NULL without memory. */
char **launch_environment(const struct launch *launch);
/* Frees a list of texts that ends with a NULL. */
void launch_texts_free(char **texts);

/* The entry of its environment by which a program, and what it starts, finds this lab. */
void launch_mark(unsigned port, const char *token, char mark[LAUNCH_MARK_MAX]);

/* What the system calls itself, "Linux 6.1.0 x64"; and whether it is Windows, or Wine. */
bool launch_system(char *text, size_t size);
/*
 * Wine's own messages are not the program's: it keeps them to itself, and starts no debugger,
 * unless the user has said something of these (WINEDEBUG, WINEDLLOVERRIDES).
 */
void launch_quiet_wine(void);
/* Wine's version, "8.0"; "" where there is none. */
void launch_wine_version(char *text, size_t size);

#endif
