/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_WIDE_H
#define HARNESS_PLATFORM_WIDE_H

#include <wchar.h>

/*
 * Windows only: its own strings are UTF-16, ours are UTF-8. Both allocate; NULL without memory.
 * Ill-formed UTF-8 is NULL too, with ERROR_NO_UNICODE_TRANSLATION as the last error; in the other
 * direction what cannot be translated becomes U+FFFD.
 */
wchar_t *wide_from_utf8(const char *text);
char *wide_to_utf8(const wchar_t *text);

#endif
