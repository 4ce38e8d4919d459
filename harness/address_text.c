/* SPDX-License-Identifier: MIT */

#include "harness/address_text.h"

#include <stddef.h>
#include <string.h>

#include "harness/answer.h"

enum { TEXT_MAX = 64, IPV4_BYTES = 4, GROUPS = 8 };

static bool parse_port(const char *text, uint16_t *port)
{
    uint32_t number;

    if (!number_parse(text, &number) || number > UINT16_MAX) {
        return false;
    }
    *port = (uint16_t)number;
    return true;
}

/* Four numbers, to the end of the text. */
static bool parse_ipv4(const char *text, uint8_t *bytes)
{
    for (unsigned i = 0; i < IPV4_BYTES; i++) {
        const size_t length = strcspn(text, ".");
        char part[4] = {0};
        uint32_t number;

        if (length >= sizeof part || (text[length] == '.') != (i + 1 < IPV4_BYTES)) {
            return false;
        }
        memcpy(part, text, length);
        if (!number_parse(part, &number) || number > UINT8_MAX) {
            return false;
        }
        bytes[i] = (uint8_t)number;
        text += length + (text[length] == '.');
    }
    return true;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

/* One to four digits; gives how many, or 0. */
static size_t parse_group(const char *text, uint8_t *bytes)
{
    unsigned value = 0;
    size_t length = 0;

    while (length < 5 && digit_of(text[length]) >= 0) {
        value = value << 4 | (unsigned)digit_of(text[length++]);
    }
    if (length > 4) {
        return 0;
    }
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
    return length;
}

/* Groups separated by single colons, to the end; gives the bytes, or more than 16. */
static size_t parse_groups(const char *text, uint8_t *bytes)
{
    size_t used = 0;

    while (*text != '\0') {
        const bool dotted = strchr(text, '.') != NULL && strchr(text, ':') == NULL;
        size_t length = 0;

        if (used + (dotted ? IPV4_BYTES : 2) > 2 * GROUPS) {
            return SIZE_MAX;
        }
        if (dotted) {
            return parse_ipv4(text, bytes + used) ? used + IPV4_BYTES : SIZE_MAX;
        }
        length = parse_group(text, bytes + used);
        used += 2;
        if (length == 0 || (text[length] != '\0' && text[length] != ':') ||
            (text[length] == ':' && text[length + 1] == '\0')) {
            return SIZE_MAX;
        }
        text += length + (text[length] == ':');
    }
    return used;
}

static bool parse_ipv6(char *text, uint8_t *bytes)
{
    char *gap = strstr(text, "::");
    uint8_t tail[2 * GROUPS] = {0};
    size_t before;
    size_t after;

    if (gap == NULL) {
        return parse_groups(text, bytes) == 2 * GROUPS;
    }
    *gap = '\0';
    before = parse_groups(text, bytes);
    after = parse_groups(gap + 2, tail);
    if (before > 2 * GROUPS || after > 2 * GROUPS || before + after >= 2 * GROUPS) {
        return false;
    }
    memcpy(bytes + 2 * GROUPS - after, tail, after);
    return true;
}

bool address_parse(const char *text, struct wfp_address *address)
{
    struct wfp_address parsed = {.family = text[0] == '[' ? WFP_IPV6 : WFP_IPV4};
    char copy[TEXT_MAX];
    char *colon;

    if (strlen(text) >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, strlen(text) + 1);
    colon = strrchr(copy, ':');
    if (colon == NULL || !parse_port(colon + 1, &parsed.port)) {
        return false;
    }
    *colon = '\0';
    if (parsed.family == WFP_IPV6) {
        if (colon[-1] != ']') {
            return false;
        }
        colon[-1] = '\0';
    }
    if (parsed.family == WFP_IPV4 ? !parse_ipv4(copy, parsed.bytes)
                                  : !parse_ipv6(copy + 1, parsed.bytes)) {
        return false;
    }
    *address = parsed;
    return true;
}
