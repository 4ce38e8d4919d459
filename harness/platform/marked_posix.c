/* SPDX-License-Identifier: MIT */

#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "harness/platform/marked.h"

enum { ENVIRONMENT_MAX = 65536 /* bytes; what stands behind them is not looked at */ };

/* How many bytes of its environment there are: entries, each with a 0 behind it. */
static size_t read_environment(const char *process, char bytes[ENVIRONMENT_MAX])
{
    char path[64];
    FILE *file;
    size_t size;

    (void)snprintf(path, sizeof path, "/proc/%.20s/environ", process);
    file = fopen(path, "rb");
    if (file == NULL) {
        return 0;
    }
    size = fread(bytes, 1, ENVIRONMENT_MAX - 1, file);
    (void)fclose(file);
    bytes[size] = '\0';
    return size;
}

static bool is_marked(const char *process, const char *entry)
{
    static char bytes[ENVIRONMENT_MAX];
    const size_t size = read_environment(process, bytes);

    for (size_t at = 0; at < size; at += strlen(bytes + at) + 1) {
        if (strcmp(bytes + at, entry) == 0) {
            return true;
        }
    }
    return false;
}

void marked_kill(const char *entry)
{
    DIR *processes = opendir("/proc");
    const struct dirent *each;

    while (processes != NULL && (each = readdir(processes)) != NULL) {
        char *end;
        const long number = strtol(each->d_name, &end, 10);

        if (*end == '\0' && number > 1 && number != (long)getpid() &&
            is_marked(each->d_name, entry)) {
            (void)kill((pid_t)number, SIGKILL);
        }
    }
    if (processes != NULL) {
        (void)closedir(processes);
    }
}
