/* SPDX-License-Identifier: MIT */

#include "harness/replay/address.h"

#include <stdio.h>

enum { GROUPS = 8 };

static unsigned group(const uint64_t words[2], unsigned index)
{
    return (unsigned)(words[index / 4] >> (48 - index % 4 * 16)) & 0xFFFF;
}

static unsigned zeros_at(const uint64_t words[2], unsigned index)
{
    unsigned count = 0;

    while (index + count < GROUPS && group(words, index + count) == 0) {
        count++;
    }
    return count;
}

/* The longest run of zero groups; *count is 0 where there is none worth shortening. */
static unsigned longest_zeros(const uint64_t words[2], unsigned *count)
{
    unsigned first = GROUPS;

    *count = 1;
    for (unsigned i = 0; i < GROUPS; i++) {
        const unsigned zeros = zeros_at(words, i);

        if (zeros > *count) {
            first = i;
            *count = zeros;
        }
    }
    if (first == GROUPS) {
        *count = 0;
    }
    return first;
}

static void ipv6_text(const uint64_t words[2], char text[ADDRESS_TEXT_MAX])
{
    unsigned count;
    const unsigned first = longest_zeros(words, &count);
    size_t length = 0;

    for (unsigned i = 0; i < GROUPS; i++) {
        const char *colon = i > 0 && i != first + count ? ":" : "";

        if (i == first) {
            length += (size_t)snprintf(text + length, ADDRESS_TEXT_MAX - length, "::");
            i += count - 1;
            continue;
        }
        length += (size_t)snprintf(text + length, ADDRESS_TEXT_MAX - length, "%s%x", colon,
                                   group(words, i));
    }
}

void address_text(const uint64_t words[2], uint8_t family, char text[ADDRESS_TEXT_MAX])
{
    const uint32_t number = (uint32_t)words[1];

    if (family == 6) {
        ipv6_text(words, text);
        return;
    }
    (void)snprintf(text, ADDRESS_TEXT_MAX, "%u.%u.%u.%u", (unsigned)(number >> 24),
                   (unsigned)(number >> 16 & 255), (unsigned)(number >> 8 & 255),
                   (unsigned)(number & 255));
}
