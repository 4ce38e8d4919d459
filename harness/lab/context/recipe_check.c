/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/lab/context/recipe_field.h"
#include "harness/reader.h"

enum { NUMBER_WIDTHS = 1 | 2 | 4 | 8 };

/* Which widths a field of each kind can have: a set of powers of two. 0: any. */
static const uint32_t widths[RECIPE_KINDS] = {
    [RECIPE_NUMBER] = NUMBER_WIDTHS, [RECIPE_ADDRESS] = 4 | 16,          [RECIPE_PORT] = 2 | 4 | 8,
    [RECIPE_FAMILY] = NUMBER_WIDTHS, [RECIPE_PROTOCOL] = NUMBER_WIDTHS,  [RECIPE_PROCESS] = 4 | 8,
    [RECIPE_PROXY] = 4 | 8,          [RECIPE_INTERFACE] = 4 | 8,         [RECIPE_TIME] = 8,
    [RECIPE_CONNECTION] = 4 | 8,     [RECIPE_SELF_SIZE] = NUMBER_WIDTHS,
};

static bool check_power(struct reader *reader, json_t *holder, const char *member, uint32_t set,
                        uint32_t width)
{
    char expected[48] = "";

    if (set == 0 || ((width & (width - 1)) == 0 && (width & set) != 0)) {
        return true;
    }
    for (uint32_t bit = 1; bit <= set; bit <<= 1) {
        const size_t used = strlen(expected);

        if ((set & bit) != 0) {
            (void)snprintf(expected + used, sizeof expected - used, "%s%u", used > 0 ? " | " : "",
                           (unsigned)bit);
        }
    }
    return reader_complain(reader, place_member(holder, member), expected, "%u", (unsigned)width);
}

static bool check_fits(struct reader *reader, json_t *holder, const char *member, uint64_t value,
                       const struct recipe_field *field)
{
    char expected[64];

    if (field->width >= sizeof value || value >> (8 * field->width) == 0) {
        return true;
    }
    (void)snprintf(expected, sizeof expected, "a number that %u byte%s can hold",
                   (unsigned)field->width, field->width == 1 ? "" : "s");
    return reader_complain(reader, place_member(holder, member), expected, "%llu",
                           (unsigned long long)value);
}

static bool check_text(struct reader *reader, json_t *holder, const struct recipe_field *field)
{
    static const struct recipe_facts none;
    struct recipe_field bare = *field;

    bare.width = 0;
    const uint32_t size = recipe_field_size(&bare, &none);
    return field->width == 0 || size <= field->width ||
           reader_complain(reader, place_member(holder, "width"), "room for the text",
                           "%u for %u bytes", (unsigned)field->width, (unsigned)size);
}

/* An IPv6 address has 16 bytes; in as many an IPv4 address can stand in two ways. */
static bool check_address(struct reader *reader, json_t *holder, const struct recipe_field *field)
{
    const bool four = (field->only & RECIPE_ONLY_IPV4) != 0;
    const bool six = (field->only & RECIPE_ONLY_IPV6) != 0;

    if (field->width == 4 && six) {
        return reader_complain(reader, place_member(holder, "width"),
                               "16, or \"only\": \"ipv4\" in a list that serves both families",
                               "4, for IPv6 addresses too");
    }
    if (field->width == 16 && four && field->form == RECIPE_FORM_OPEN) {
        return reader_complain(reader, place_member(holder, "form"),
                               "mapped or front, as IPv4 addresses stand here too", "none");
    }
    if (field->form != RECIPE_FORM_OPEN && (field->width == 4 || !four)) {
        return reader_complain(reader, place_member(holder, "form"),
                               "a form only of IPv4 addresses in 16 bytes", "one");
    }
    if (field->order == RECIPE_LITTLE && (!four || field->form == RECIPE_MAPPED)) {
        return reader_complain(reader, place_member(holder, "order"),
                               "big: only the four bytes of an IPv4 address can be turned round",
                               "little");
    }
    return true;
}

static bool check_sockaddr(struct reader *reader, json_t *holder, const struct recipe_field *field)
{
    return field->layout != RECIPE_IN || (field->only & RECIPE_ONLY_IPV6) == 0 ||
           reader_complain(reader, place_member(holder, "layout"),
                           "in6, inet or storage, as the list serves IPv6 clients", "in");
}

static bool check_kind(struct reader *reader, json_t *holder, const struct recipe_field *field)
{
    switch (field->kind) {
    case RECIPE_NUMBER:
        return check_fits(reader, holder, "value", field->value, field);
    case RECIPE_FAMILY:
        return check_fits(reader, holder, "ipv4", field->ipv4, field) &&
               check_fits(reader, holder, "ipv6", field->ipv6, field);
    case RECIPE_TEXT:
        return check_text(reader, holder, field);
    case RECIPE_ADDRESS:
        return check_address(reader, holder, field);
    case RECIPE_SOCKADDR:
        return check_sockaddr(reader, holder, field);
    case RECIPE_IMAGE:
        return (field->width % 2 == 0 && field->width >= 4) ||
               reader_complain(reader, place_member(holder, "width"),
                               "an even number of bytes, at least 4", "%u", (unsigned)field->width);
    case RECIPE_IMAGE_COUNTED:
        return check_power(reader, holder, "prefix", 2 | 4, field->prefix);
    default:
        return true;
    }
}

static bool check_scope(struct reader *reader, json_t *holder, const struct recipe_scope *scope,
                        const struct recipe_field *field)
{
    static const uint32_t alone = 1u << RECIPE_HEX | 1u << RECIPE_TEXT | 1u << RECIPE_ZERO |
                                  1u << RECIPE_NUMBER | 1u << RECIPE_PROXY |
                                  1u << RECIPE_SELF_SIZE | 1u << RECIPE_TIME | 1u << RECIPE_INPUT;

    if (field->kind == RECIPE_INPUT && !scope->input) {
        return reader_complain(reader, place_member(holder, "is"),
                               "input only in what a device answers", "input");
    }
    if (!scope->client && ((alone >> field->kind & 1) == 0)) {
        return reader_complain(reader, place_member(holder, "is"), scope->no, "%s",
                               word_text(&recipe_kind_words, field->kind));
    }
    if (scope->families != RECIPE_BOTH && json_object_get(holder, "only") != NULL) {
        return reader_complain(reader, place_member(holder, "only"),
                               "none in a list for one family", "one");
    }
    return true;
}

bool recipe_field_check(struct reader *reader, json_t *holder, const struct recipe_scope *scope,
                        const struct recipe_field *field)
{
    return check_power(reader, holder, "align", 1 | 2 | 4 | 8 | 16, field->align) &&
           check_power(reader, holder, "width", widths[field->kind], field->width) &&
           check_scope(reader, holder, scope, field) && check_kind(reader, holder, field);
}
