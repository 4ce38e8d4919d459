/* SPDX-License-Identifier: MIT */

#include "harness/lab/context/utf16.h"

#include <stddef.h>

#include "harness/text.h"

enum { BEYOND = 0x10000, HIGH = 0xD800, LOW = 0xDC00 };

static void put_unit(uint8_t *out, uint32_t unit)
{
    out[0] = (uint8_t)unit;
    out[1] = (uint8_t)(unit >> 8);
}

static void put_character(uint8_t *out, uint32_t character)
{
    if (character < BEYOND) {
        put_unit(out, character);
        return;
    }
    put_unit(out, HIGH + ((character - BEYOND) >> 10));
    put_unit(out + 2, LOW + ((character - BEYOND) & 0x3FF));
}

uint32_t utf16_write(const char *text, uint8_t *out, uint32_t room)
{
    uint32_t used = 0;

    for (uint32_t character; (character = text_decode(&text)) != 0;) {
        const uint32_t size = character < BEYOND ? 2 : 4;

        if (size > room - used) {
            break;
        }
        if (out != NULL) {
            put_character(out + used, character);
        }
        used += size;
    }
    return used;
}
