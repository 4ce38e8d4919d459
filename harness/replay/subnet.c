/* SPDX-License-Identifier: MIT */

#include "harness/replay/subnet.h"

#include <stdio.h>
#include <string.h>

#include "harness/address.h"

enum { IPV4_BITS = 32, IPV6_BITS = 128, HALF_BITS = 64, IPV4_BYTES = 4 };

/* The upper `bits` of 64. */
static uint64_t upper(unsigned bits)
{
    return bits == 0 ? 0 : UINT64_MAX << (HALF_BITS - bits);
}

/* As masks of the two words; an IPv4 address is the lower half of the second. */
static void masks(const struct subnet *subnet, uint64_t mask[2])
{
    const unsigned bits = subnet->family == 4 ? IPV6_BITS - IPV4_BITS + subnet->bits : subnet->bits;

    mask[0] = upper(bits < HALF_BITS ? bits : HALF_BITS);
    mask[1] = bits > HALF_BITS ? upper(bits - HALF_BITS) : 0;
}

static uint64_t number(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static bool parse_address(const char *text, size_t length, struct subnet *subnet)
{
    const bool ipv6 = memchr(text, ':', length) != NULL;
    char whole[SUBNET_TEXT_MAX + 8];
    struct wfp_address address;

    (void)snprintf(whole, sizeof whole, ipv6 ? "[%.*s]:1" : "%.*s:1", (int)length, text);
    if (!address_parse(whole, &address)) {
        return false;
    }
    subnet->family = ipv6 ? 6 : 4;
    subnet->words[0] = ipv6 ? number(address.bytes, 8) : 0;
    subnet->words[1] = ipv6 ? number(address.bytes + 8, 8) : number(address.bytes, IPV4_BYTES);
    return true;
}

static bool parse_bits(const char *text, unsigned max, uint8_t *bits)
{
    unsigned value = 0;
    const char *at = text;

    while (*at >= '0' && *at <= '9' && at - text < 3) {
        value = value * 10 + (unsigned)(*at++ - '0');
    }
    if (at == text || *at != '\0' || value > max || (*text == '0' && at - text > 1)) {
        return false;
    }
    *bits = (uint8_t)value;
    return true;
}

bool subnet_parse(const char *text, struct subnet *subnet)
{
    const char *slash = strchr(text, '/');
    struct subnet found;
    uint64_t mask[2];

    if (slash == NULL || slash == text || slash - text >= SUBNET_TEXT_MAX ||
        !parse_address(text, (size_t)(slash - text), &found) ||
        !parse_bits(slash + 1, found.family == 4 ? IPV4_BITS : IPV6_BITS, &found.bits)) {
        return false;
    }
    masks(&found, mask);
    if ((found.words[0] & ~mask[0]) != 0 || (found.words[1] & ~mask[1]) != 0) {
        return false;
    }
    *subnet = found;
    return true;
}

bool subnet_has(const struct subnet *subnet, const uint64_t words[2], uint8_t family)
{
    uint64_t mask[2];

    if (subnet->family != family) {
        return false;
    }
    masks(subnet, mask);
    return (words[0] & mask[0]) == subnet->words[0] && (words[1] & mask[1]) == subnet->words[1];
}
