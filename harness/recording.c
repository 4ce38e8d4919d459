/* SPDX-License-Identifier: MIT */

#include "harness/recording.h"

#include <string.h>

/* FNV-1a: each byte is taken in by a step that can be undone, so one altered byte always shows. */
static uint64_t take_in(uint64_t sum, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ at[i]) * UINT64_C(0x100000001B3);
    }
    return sum;
}

uint64_t recording_digest(const uint8_t *bytes, size_t size)
{
    return take_in(UINT64_C(0xCBF29CE484222325), bytes, size);
}

uint64_t recording_sum(uint64_t before, const char *line, size_t size)
{
    char digits[RECORDING_SUM_DIGITS + 1];

    (void)snprintf(digits, sizeof digits, "%016llx", (unsigned long long)before);
    return take_in(recording_digest((const uint8_t *)digits, RECORDING_SUM_DIGITS), line, size);
}

static const char hex_digits[] = "0123456789abcdef";

bool recording_number(const char *digits, uint64_t *number)
{
    uint64_t value = 0;

    for (size_t i = 0; i < RECORDING_SUM_DIGITS; i++) {
        const char *digit = digits[i] == '\0' ? NULL : strchr(hex_digits, digits[i]);

        if (digit == NULL) {
            return false;
        }
        value = value * 16 + (uint64_t)(digit - hex_digits);
    }
    *number = value;
    return true;
}

void recording_hex(const uint8_t *bytes, uint32_t size, char *text)
{
    for (uint32_t i = 0; i < size; i++) {
        *text++ = hex_digits[bytes[i] >> 4];
        *text++ = hex_digits[bytes[i] & 15];
    }
    *text = '\0';
}

void recorded_call_text(const struct recorded_call *call, char *text, size_t size)
{
    const char *with = call->asked[0] != '\0' ? call->asked : call->with;
    const bool told = with[0] != '\0';

    (void)snprintf(text, size, "hop %lu: %s %s%s%s%s", (unsigned long)call->hop, call->party,
                   call->name, told ? " (" : "", with, told ? ")" : "");
}

bool recording_is_hex(const char *text)
{
    const size_t length = strlen(text);

    return length % 2 == 0 && strspn(text, hex_digits) == length;
}
