/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/hex.h"
#include "harness/lab/context/recipe_field.h"
#include "harness/lab/context/sockaddr.h"
#include "harness/lab/context/utf16.h"

enum {
    UNIT = 2, /* bytes of UTF-16 */
    IPV4_SIZE = 4
};

/* ---- numbers ---- */

static void put_number(uint8_t *out, uint64_t value, uint32_t width, int order)
{
    for (uint32_t i = 0; i < width; i++) {
        const uint32_t byte = order == RECIPE_BIG ? width - 1 - i : i;

        out[byte] = (uint8_t)(i < sizeof value ? value >> (8 * i) : 0);
    }
}

static const struct wfp_address *address_of(const struct recipe_field *field,
                                            const struct recipe_facts *facts)
{
    return field->of == RECIPE_SOURCE ? &facts->source : &facts->destination;
}

static uint64_t number_of(const struct recipe_field *field, const struct recipe_facts *facts,
                          uint32_t whole)
{
    switch (field->kind) {
    case RECIPE_PORT:
        return address_of(field, facts)->port;
    case RECIPE_FAMILY:
        return facts->destination.family == WFP_IPV6 ? field->ipv6 : field->ipv4;
    case RECIPE_PROTOCOL:
        return facts->protocol;
    case RECIPE_PROCESS:
        return facts->process;
    case RECIPE_PROXY:
        return facts->proxy;
    case RECIPE_INTERFACE:
        return facts->interface_index;
    case RECIPE_TIME:
        return facts->time;
    case RECIPE_CONNECTION:
        return facts->connection;
    case RECIPE_SELF_SIZE:
        return whole;
    default:
        return field->value;
    }
}

/* ---- addresses ---- */

static void put_ipv4(uint8_t *out, const struct wfp_address *address, int order)
{
    for (uint32_t i = 0; i < IPV4_SIZE; i++) {
        out[i] = address->bytes[order == RECIPE_LITTLE ? IPV4_SIZE - 1 - i : i];
    }
}

static void put_address(const struct recipe_field *field, const struct wfp_address *address,
                        uint8_t *out)
{
    if (address->family == WFP_IPV6 || field->form == RECIPE_MAPPED) {
        sockaddr_ipv6_write(address, out);
        return;
    }
    put_ipv4(out, address, field->order);
}

/* ---- texts and bytes ---- */

static const char *image_of(const struct recipe_facts *facts)
{
    return facts->image == NULL ? "" : facts->image;
}

static uint32_t image_size(const struct recipe_facts *facts)
{
    return utf16_write(image_of(facts), NULL, UNIT * RECIPE_IMAGE_MAX);
}

static void put_counted(const struct recipe_field *field, const struct recipe_facts *facts,
                        uint8_t *out)
{
    const uint32_t size = image_size(facts);
    const uint32_t count = field->counts == RECIPE_COUNTS_CHARACTERS ? size / UNIT : size;

    put_number(out, count, field->prefix, field->order);
    (void)utf16_write(image_of(facts), out + field->prefix, size);
}

static void put_text(const struct recipe_field *field, uint32_t size, uint8_t *out)
{
    if (field->encoding == RECIPE_UTF16) {
        (void)utf16_write(field->text, out, size);
        return;
    }
    memcpy(out, field->text, strlen(field->text));
}

static void put_input(const struct recipe_field *field, const struct recipe_facts *facts,
                      uint8_t *out)
{
    if (field->from < facts->input_size) {
        const uint32_t left = facts->input_size - field->from;

        memcpy(out, facts->input + field->from, left < field->width ? left : field->width);
    }
}

/* ---- fields ---- */

uint32_t recipe_field_size(const struct recipe_field *field, const struct recipe_facts *facts)
{
    static const uint32_t sockaddr[] = {[RECIPE_IN] = SOCKADDR_IN_SIZE,
                                        [RECIPE_IN6] = SOCKADDR_IN6_SIZE,
                                        [RECIPE_INET] = SOCKADDR_IN6_SIZE,
                                        [RECIPE_STORAGE] = 128};

    if (field->width > 0) {
        return field->width;
    }
    switch (field->kind) {
    case RECIPE_HEX:
        return (uint32_t)(strlen(field->hex) / 2);
    case RECIPE_TEXT:
        return field->encoding == RECIPE_UTF16 ? utf16_write(field->text, NULL, RECIPE_SIZE_MAX)
                                               : (uint32_t)strlen(field->text);
    case RECIPE_SOCKADDR:
        return sockaddr[field->layout];
    default:
        return field->prefix + image_size(facts);
    }
}

void recipe_field_write(const struct recipe_field *field, const struct recipe_facts *facts,
                        uint32_t whole, uint8_t *out)
{
    if ((field->only >> facts->destination.family & 1) == 0) {
        return;
    }
    switch (field->kind) {
    case RECIPE_ZERO:
        return;
    case RECIPE_HEX:
        hex_bytes(field->hex, out, (uint32_t)(strlen(field->hex) / 2));
        return;
    case RECIPE_TEXT:
        put_text(field, recipe_field_size(field, facts), out);
        return;
    case RECIPE_ADDRESS:
        put_address(field, address_of(field, facts), out);
        return;
    case RECIPE_SOCKADDR:
        (void)sockaddr_write(address_of(field, facts), field->layout == RECIPE_IN6, out);
        return;
    case RECIPE_IMAGE: /* ended by a zero, whatever is cut */
        (void)utf16_write(image_of(facts), out, field->width - UNIT);
        return;
    case RECIPE_IMAGE_COUNTED:
        put_counted(field, facts, out);
        return;
    case RECIPE_INPUT:
        put_input(field, facts, out);
        return;
    default:
        put_number(out, number_of(field, facts, whole), field->width, field->order);
    }
}

static uint32_t begin_of(const struct recipe_field *field, uint32_t end)
{
    if (field->at != UINT32_MAX) {
        return field->at;
    }
    return (end + field->align - 1) / field->align * field->align;
}

uint32_t recipe_lay_out(const struct recipe_fields *fields, const struct recipe_facts *facts,
                        struct recipe_piece *pieces)
{
    uint32_t end = 0;

    for (uint32_t i = 0; i < fields->count; i++) {
        const struct recipe_field *field = &fields->items[i];
        const uint32_t offset = begin_of(field, end);

        pieces[i] = (struct recipe_piece){field, offset, recipe_field_size(field, facts)};
        end = offset + pieces[i].size;
    }
    return end > fields->size ? end : fields->size;
}

bool recipe_fields_write(const struct recipe_fields *fields, const struct recipe_facts *facts,
                         uint8_t *out, size_t room, size_t *size)
{
    struct recipe_piece pieces[RECIPE_FIELDS_MAX];
    const uint32_t whole = recipe_lay_out(fields, facts, pieces);

    if (whole > room) {
        return false;
    }
    memset(out, 0, whole);
    for (uint32_t i = 0; i < fields->count; i++) {
        recipe_field_write(pieces[i].field, facts, whole, out + pieces[i].offset);
    }
    *size = whole;
    return true;
}
