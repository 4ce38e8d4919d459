/* SPDX-License-Identifier: MIT */

#include "harness/address.h"

#include <stdio.h>
#include <string.h>

enum { GROUPS = 8, IPV4_SIZE = 4 };

/* A number of at most `most` in the base, without more than `digits` digits; moves on behind it. */
static bool take_number(const char **text, unsigned base, unsigned digits, unsigned most,
                        unsigned *number)
{
    static const char letters[] = "0123456789abcdef";
    unsigned value = 0;
    unsigned taken = 0;
    const char *digit;

    while (**text != '\0' && (digit = strchr(letters, **text)) != NULL &&
           (unsigned)(digit - letters) < base) {
        value = value * base + (unsigned)(digit - letters);
        (*text)++;
        if (++taken > digits || value > most) {
            return false;
        }
    }
    *number = value;
    return taken > 0;
}

static bool take(const char **text, char wanted)
{
    if (**text != wanted) {
        return false;
    }
    (*text)++;
    return true;
}

static bool take_ipv4(const char **text, uint8_t *bytes)
{
    for (unsigned i = 0; i < IPV4_SIZE; i++) {
        unsigned number;

        if ((i > 0 && !take(text, '.')) || !take_number(text, 10, 3, 255, &number)) {
            return false;
        }
        bytes[i] = (uint8_t)number;
    }
    return true;
}

static bool is_dotted(const char *text)
{
    return text[strspn(text, "0123456789")] == '.';
}

/* Groups up to the end or a double colon; two of them at once where an IPv4 address stands. */
static bool take_groups(const char **text, uint8_t *bytes, unsigned room, unsigned *count)
{
    *count = 0;
    while (**text != ']' && **text != ':') {
        unsigned number;

        if (is_dotted(*text)) {
            const bool fits = *count + 2 <= room && take_ipv4(text, bytes + (size_t)2 * *count);

            *count += 2;
            return fits;
        }
        if (*count == room || !take_number(text, 16, 4, 0xFFFF, &number)) {
            return false;
        }
        bytes[(size_t)2 * *count] = (uint8_t)(number >> 8);
        bytes[(size_t)2 * *count + 1] = (uint8_t)number;
        ++*count;
        if ((*text)[0] == ':' && (*text)[1] != ':') {
            (*text)++;
            if (**text == ']') {
                return false;
            }
        }
    }
    return true;
}

static bool take_ipv6(const char **text, uint8_t *bytes)
{
    uint8_t tail[2 * GROUPS] = {0};
    unsigned head_count;
    unsigned tail_count;

    if (!take_groups(text, bytes, GROUPS, &head_count)) {
        return false;
    }
    if (strncmp(*text, "::", 2) != 0) {
        return head_count == GROUPS;
    }
    *text += 2;
    if (!take_groups(text, tail, GROUPS - 1 - (head_count < GROUPS ? head_count : GROUPS - 1),
                     &tail_count)) {
        return false;
    }
    memcpy(bytes + (size_t)2 * (GROUPS - tail_count), tail, 2 * (size_t)tail_count);
    return head_count + tail_count < GROUPS;
}

static bool take_host(const char **text, struct wfp_address *address)
{
    if (!take(text, '[')) {
        address->family = WFP_IPV4;
        return take_ipv4(text, address->bytes);
    }
    address->family = WFP_IPV6;
    return take_ipv6(text, address->bytes) && take(text, ']');
}

bool address_parse(const char *text, struct wfp_address *address)
{
    struct wfp_address parsed = {.port = 0};
    unsigned port;

    if (!take_host(&text, &parsed) || !take(&text, ':') ||
        !take_number(&text, 10, 5, UINT16_MAX, &port) || *text != '\0') {
        return false;
    }
    parsed.port = (uint16_t)port;
    *address = parsed;
    return true;
}

/* ---- printing, as RFC 5952 has it ---- */

enum { HOST_MAX = 40 /* bytes, of the longest without brackets */ };

static unsigned group_at(const uint8_t *bytes, size_t i)
{
    return (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* Groups that "::" stands for: the longest row of zeros, and of several the first. */
struct gap {
    size_t start;
    size_t end; /* GROUPS and GROUPS: there is none */
};

static struct gap find_gap(const uint8_t *bytes)
{
    struct gap longest = {GROUPS, GROUPS};

    for (size_t start = 0; start < GROUPS; start++) {
        size_t end = start;

        while (end < GROUPS && group_at(bytes, end) == 0) {
            end++;
        }
        if (end > start + 1 && end - start > longest.end - longest.start) {
            longest = (struct gap){start, end};
        }
    }
    return longest;
}

static void print_ipv6(const uint8_t *bytes, char host[HOST_MAX])
{
    const struct gap gap = find_gap(bytes);
    size_t used = 0;

    for (size_t i = 0; i < GROUPS; i++) {
        if (i < gap.start || i >= gap.end) {
            used += (size_t)snprintf(host + used, HOST_MAX - used, "%s%x",
                                     i == 0 || i == gap.end ? "" : ":", group_at(bytes, i));
        } else if (i == gap.start) {
            used += (size_t)snprintf(host + used, HOST_MAX - used, "::");
        }
    }
}

static void print_ipv4(const uint8_t *b, char host[HOST_MAX])
{
    (void)snprintf(host, HOST_MAX, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}

void address_print(const struct wfp_address *address, char *buffer, size_t size)
{
    const struct wfp_address plain = wfp_address_unmapped(address);
    char host[HOST_MAX];

    if (plain.family == WFP_IPV4) {
        print_ipv4(plain.bytes, host);
    } else {
        print_ipv6(plain.bytes, host);
    }
    if (address->family == WFP_IPV4) {
        (void)snprintf(buffer, size, "%s:%u", host, address->port);
    } else {
        (void)snprintf(buffer, size, "[%s%s]:%u", plain.family == WFP_IPV4 ? "::ffff:" : "", host,
                       address->port);
    }
}
