/* SPDX-License-Identifier: MIT */

#include "harness/platform/wide.h"

#include <stdlib.h>
#include <windows.h>

wchar_t *wide_from_utf8(const char *text)
{
    int room = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
    wchar_t *wide = room > 0 ? malloc((size_t)room * sizeof *wide) : NULL;

    if (wide != NULL) {
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, room);
    }
    return wide;
}

char *wide_to_utf8(const wchar_t *text)
{
    int room = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *bytes = room > 0 ? malloc((size_t)room) : NULL;

    if (bytes != NULL) {
        WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, room, NULL, NULL);
    }
    return bytes;
}
