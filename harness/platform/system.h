/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_SYSTEM_H
#define HARNESS_PLATFORM_SYSTEM_H

#include <stdbool.h>

enum { SYSTEM_TEXT_MAX = 96 };

/* The system that this process runs on, as it names itself. */
struct system_description {
    char name[SYSTEM_TEXT_MAX];         /* "Windows", "Wine", "Linux" */
    char build[SYSTEM_TEXT_MAX];        /* "10.0.26100"; of Wine "8.0, as Windows 10.0.19043" */
    char architecture[SYSTEM_TEXT_MAX]; /* of this process: "x64", "x86", "arm64" ... */
    bool elevated;                      /* administrator's or root's rights are in force */
};

/* What cannot be told is "unknown", or false. */
void system_describe(struct system_description *description);

#endif
