/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_COMMAND_LINE_H
#define HARNESS_PLATFORM_COMMAND_LINE_H

#include <wchar.h>

/*
 * Windows only: a process gets one text and not a list. The arguments up to a NULL (UTF-8) as the
 * line that CommandLineToArgvW and every C library take apart again. To be freed; NULL without
 * memory or with ill-formed UTF-8.
 */
wchar_t *command_line(char *const *arguments);

#endif
