/* SPDX-License-Identifier: MIT */

#define _POSIX_C_SOURCE 200809L

#include "harness/platform/console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool console_is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

void console_binary_standard_streams(void)
{
}

bool program_directory(char *buffer, size_t size)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    char *separator;

    /* A length of the whole room may have been cut. */
    if (length <= 0 || (size_t)length == sizeof path - 1) {
        return false;
    }
    path[length] = '\0';
    separator = strrchr(path, '/');
    if (separator == NULL) {
        return false;
    }
    separator[separator == path] = '\0';
    if (strlen(path) >= size) {
        return false;
    }
    strcpy(buffer, path);
    return true;
}

bool program_arguments(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    return true;
}
