/* SPDX-License-Identifier: MIT */

#define _POSIX_C_SOURCE 200809L

#include "harness/platform/system.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The words that Windows uses. */
static const char *architecture(const char *machine)
{
    if (strcmp(machine, "x86_64") == 0) {
        return "x64";
    }
    return strcmp(machine, "aarch64") == 0 ? "arm64" : machine;
}

static void copy(char *to, const char *from)
{
    (void)snprintf(to, SYSTEM_TEXT_MAX, "%s", from);
}

void system_describe(struct system_description *description)
{
    struct utsname names;
    const bool known = uname(&names) >= 0;

    copy(description->name, known ? names.sysname : "unknown");
    copy(description->build, known ? names.release : "unknown");
    copy(description->architecture, known ? architecture(names.machine) : "unknown");
    description->elevated = geteuid() == 0;
}
