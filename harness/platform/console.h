/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_CONSOLE_H
#define HARNESS_PLATFORM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Does a person read this stream: is it a terminal, not a file, a pipe or the null device? */
bool console_is_terminal(FILE *stream);

/*
 * To be called once, before anything is read or written. On Windows: standard input and output pass
 * bytes unchanged (no CRLF), and a console takes UTF-8 and colours. Elsewhere that is so already.
 */
void console_binary_standard_streams(void);

/* Does the user want no colour anywhere (NO_COLOR is set and not empty, https://no-color.org)? */
bool console_no_colour(void);

/*
 * The folder of the running executable, UTF-8, without a separator at its end. False, with the
 * buffer untouched, when the system does not tell or `size` bytes do not hold it.
 */
bool program_directory(char *buffer, size_t size);

/*
 * Replaces what main() was given by the same arguments in UTF-8 (on Windows main() gets them in the
 * user's code page). They live as long as the process. False, with both untouched, without memory.
 */
bool program_arguments(int *count, char ***arguments);

#endif
