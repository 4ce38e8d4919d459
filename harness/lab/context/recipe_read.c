/* SPDX-License-Identifier: MIT */

#include <stddef.h>
#include <string.h>

#include "harness/lab/context/recipe_field.h"
#include "harness/reader.h"
#include "harness/recording.h"

/* ---- words ---- */

static const struct word kind_rows[] = {
    {"bytes", RECIPE_HEX},
    {"text", RECIPE_TEXT},
    {"zero", RECIPE_ZERO},
    {"number", RECIPE_NUMBER},
    {"address", RECIPE_ADDRESS},
    {"port", RECIPE_PORT},
    {"sockaddr", RECIPE_SOCKADDR},
    {"family", RECIPE_FAMILY},
    {"protocol", RECIPE_PROTOCOL},
    {"process", RECIPE_PROCESS},
    {"proxy-process", RECIPE_PROXY},
    {"interface", RECIPE_INTERFACE},
    {"time", RECIPE_TIME},
    {"connection", RECIPE_CONNECTION},
    {"size", RECIPE_SELF_SIZE},
    {"image", RECIPE_IMAGE},
    {"image-counted", RECIPE_IMAGE_COUNTED},
    {"input", RECIPE_INPUT},
};
const struct words recipe_kind_words = WORDS(kind_rows);

static const struct word order_rows[] = {{"little", RECIPE_LITTLE}, {"big", RECIPE_BIG}};
const struct words recipe_order_words = WORDS(order_rows);

static const struct word only_rows[] = {{"ipv4", RECIPE_ONLY_IPV4}, {"ipv6", RECIPE_ONLY_IPV6}};
static const struct words only_words = WORDS(only_rows);

static const struct word of_rows[] = {{"destination", RECIPE_DESTINATION},
                                      {"source", RECIPE_SOURCE}};
static const struct words of_words = WORDS(of_rows);

static const struct word form_rows[] = {{"mapped", RECIPE_MAPPED}, {"front", RECIPE_FRONT}};
static const struct words form_words = WORDS(form_rows);

static const struct word layout_rows[] = {
    {"in", RECIPE_IN}, {"in6", RECIPE_IN6}, {"inet", RECIPE_INET}, {"storage", RECIPE_STORAGE}};
static const struct words layout_words = WORDS(layout_rows);

static const struct word encoding_rows[] = {{"utf-8", RECIPE_UTF8}, {"utf-16", RECIPE_UTF16}};
static const struct words encoding_words = WORDS(encoding_rows);

static const struct word counts_rows[] = {{"bytes", RECIPE_COUNTS_BYTES},
                                          {"characters", RECIPE_COUNTS_CHARACTERS}};
static const struct words counts_words = WORDS(counts_rows);

/* ---- members ---- */

static const struct text_rule rule_hex = {2, (size_t)2 * RECIPE_SIZE_MAX, recording_is_hex,
                                          "pairs of the digits 0-9 and a-f"};
static const struct text_rule rule_text = {1, 4096, NULL, "a text of 1 to 4096 characters"};
static const struct text_rule rule_field_name = {1, 64, NULL, "a name of 1 to 64 characters"};
static const struct range range_offset = {0, RECIPE_SIZE_MAX - 1};
static const struct range range_width = {1, RECIPE_SIZE_MAX};
static const struct range range_align = {1, 16};
static const struct range range_any = {0, UINT32_MAX};

/* ^0x[0-9a-fA-F]{1,16}$ */
static bool hex_number(const char *text, uint64_t *number)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    size_t length = strlen(text);
    uint64_t value = 0;

    if (length < 3 || length > 18 || strncmp(text, "0x", 2) != 0 ||
        strspn(text + 2, digits) != length - 2) {
        return false;
    }
    for (text += 2; *text != '\0'; text++) {
        const size_t digit = (size_t)(strchr(digits, *text) - digits);

        value = value << 4 | (digit < 16 ? digit : digit - 6);
    }
    *number = value;
    return true;
}

bool recipe_read_value(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field)
{
    const char *text = json_string_value(value);
    (void)rule;

    if (text != NULL && hex_number(text, field)) {
        return true;
    }
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *(uint64_t *)field = (uint64_t)json_integer_value(value);
        return true;
    }
    return reader_complain_value(reader, place, "a whole number from 0, or \"0x...\" in quotes",
                                 value);
}

#define AT(member) offsetof(struct recipe_field, member)

enum row {
    IS,
    NAME,
    OFFSET,
    ALIGN,
    ONLY,
    HEX,
    TEXT,
    ENCODING,
    WIDTH,
    VALUE,
    ORDER,
    OF,
    FORM,
    LAYOUT,
    IPV4,
    IPV6,
    PREFIX,
    COUNTS,
    FROM,
    ROWS
};

static const struct member field_members[ROWS] = {
    [IS] = {"is", read_word, &recipe_kind_words, AT(kind)},
    [NAME] = {"name", read_text, &rule_field_name, AT(name)},
    [OFFSET] = {"at", read_number, &range_offset, AT(at)},
    [ALIGN] = {"align", read_number, &range_align, AT(align)},
    [ONLY] = {"only", read_word, &only_words, AT(only)},
    [HEX] = {"hex", read_text, &rule_hex, AT(hex)},
    [TEXT] = {"text", read_text, &rule_text, AT(text)},
    [ENCODING] = {"encoding", read_word, &encoding_words, AT(encoding)},
    [WIDTH] = {"width", read_number, &range_width, AT(width)},
    [VALUE] = {"value", recipe_read_value, NULL, AT(value)},
    [ORDER] = {"order", read_word, &recipe_order_words, AT(order)},
    [OF] = {"of", read_word, &of_words, AT(of)},
    [FORM] = {"form", read_word, &form_words, AT(form)},
    [LAYOUT] = {"layout", read_word, &layout_words, AT(layout)},
    [IPV4] = {"ipv4", read_number, &range_any, AT(ipv4)},
    [IPV6] = {"ipv6", read_number, &range_any, AT(ipv6)},
    [PREFIX] = {"prefix", read_number, &range_width, AT(prefix)},
    [COUNTS] = {"counts", read_word, &counts_words, AT(counts)},
    [FROM] = {"from", read_number, &range_offset, AT(from)},
};

#define BIT(row) MEMBER_BIT(row)

enum { EVERYWHERE = 1 << IS | 1 << NAME | 1 << OFFSET | 1 << ALIGN | 1 << ONLY };

/* What a field of each kind must have, and may have beside EVERYWHERE. */
static const struct {
    uint64_t required, optional;
} kind_shapes[RECIPE_KINDS] = {
    [RECIPE_HEX] = {BIT(HEX), 0},
    [RECIPE_TEXT] = {BIT(TEXT), BIT(ENCODING) | BIT(WIDTH)},
    [RECIPE_ZERO] = {BIT(WIDTH), 0},
    [RECIPE_NUMBER] = {BIT(VALUE) | BIT(WIDTH), BIT(ORDER)},
    [RECIPE_ADDRESS] = {BIT(WIDTH), BIT(OF) | BIT(FORM) | BIT(ORDER)},
    [RECIPE_PORT] = {BIT(WIDTH) | BIT(ORDER), BIT(OF)},
    [RECIPE_SOCKADDR] = {BIT(LAYOUT), BIT(OF)},
    [RECIPE_FAMILY] = {BIT(WIDTH), BIT(ORDER) | BIT(IPV4) | BIT(IPV6)},
    [RECIPE_PROTOCOL] = {BIT(WIDTH), BIT(ORDER)},
    [RECIPE_PROCESS] = {BIT(WIDTH), BIT(ORDER)},
    [RECIPE_PROXY] = {BIT(WIDTH), BIT(ORDER)},
    [RECIPE_INTERFACE] = {BIT(WIDTH), BIT(ORDER)},
    [RECIPE_TIME] = {BIT(WIDTH), BIT(ORDER)},
    [RECIPE_CONNECTION] = {BIT(WIDTH), BIT(ORDER)},
    [RECIPE_SELF_SIZE] = {BIT(WIDTH), BIT(ORDER)},
    [RECIPE_IMAGE] = {BIT(WIDTH), 0},
    [RECIPE_IMAGE_COUNTED] = {BIT(PREFIX), BIT(COUNTS) | BIT(ORDER)},
    [RECIPE_INPUT] = {BIT(FROM) | BIT(WIDTH), 0},
};

static bool read_field(struct reader *reader, struct place place, json_t *value,
                       const struct recipe_scope *scope, struct recipe_field *field)
{
    int kind;

    *field = (struct recipe_field){.only = scope->families,
                                   .order = RECIPE_ORDER_OPEN,
                                   .at = UINT32_MAX,
                                   .align = 1,
                                   .ipv4 = 2,
                                   .ipv6 = 23};
    if (!read_kind(reader, place, value, "is", &recipe_kind_words, &kind)) {
        return false;
    }
    const struct shape shape = {field_members, ROWS, BIT(IS) | kind_shapes[kind].required,
                                (uint64_t)EVERYWHERE | kind_shapes[kind].required |
                                    kind_shapes[kind].optional};
    return read_object(reader, place, value, &shape, field) &&
           recipe_field_check(reader, value, scope, field);
}

/* ---- the whole ---- */

static bool check_piece(struct reader *reader, json_t *holder, const struct recipe_piece *piece,
                        uint32_t end, bool varies)
{
    char expected[96];

    if (piece->field->at == UINT32_MAX) {
        return true;
    }
    if (varies) {
        return reader_complain(reader, place_member(holder, "at"),
                               "no offset behind a field whose size varies", "%u",
                               (unsigned)piece->offset);
    }
    if (piece->offset >= end) {
        return true;
    }
    (void)snprintf(expected, sizeof expected, "at least %u, where the fields before it end",
                   (unsigned)end);
    return reader_complain(reader, place_member(holder, "at"), expected, "%u",
                           (unsigned)piece->offset);
}

static bool check_whole(struct reader *reader, json_t *holder, const char *name,
                        const struct recipe_fields *fields, uint32_t end)
{
    char expected[96];

    if (end > RECIPE_SIZE_MAX) {
        (void)snprintf(expected, sizeof expected, "at most %d bytes in all", RECIPE_SIZE_MAX);
        return reader_complain(reader, place_member(holder, name), expected, "%u", (unsigned)end);
    }
    if (fields->size > 0 && end > fields->size) {
        (void)snprintf(expected, sizeof expected, "at least the %u bytes of the fields",
                       (unsigned)end);
        return reader_complain(reader, place_member(holder, "size"), expected, "%u",
                               (unsigned)fields->size);
    }
    return true;
}

static bool check_self_size(struct reader *reader, json_t *holder, const struct recipe_field *field,
                            uint32_t whole)
{
    return field->kind != RECIPE_SELF_SIZE || field->width > 2 ||
           whole >> (8 * field->width) == 0 ||
           reader_complain(reader, place_member(holder, "width"), "room for the whole size",
                           "%u for %u bytes in all", (unsigned)field->width, (unsigned)whole);
}

static bool check_layout(struct reader *reader, json_t *holder, const char *name,
                         const struct recipe_fields *fields)
{
    struct recipe_piece pieces[RECIPE_FIELDS_MAX];
    char longest[RECIPE_IMAGE_MAX + 1] = "";
    const struct recipe_facts widest = {.image = longest};
    json_t *list = json_object_get(holder, name);
    bool varies = false;
    bool good = true;
    uint32_t end = 0;

    memset(longest, 'x', RECIPE_IMAGE_MAX);
    const uint32_t whole = recipe_lay_out(fields, &widest, pieces);
    for (uint32_t i = 0; i < fields->count; i++) {
        json_t *field = json_array_get(list, i);

        good &= check_piece(reader, field, &pieces[i], end, varies);
        good &= check_self_size(reader, field, pieces[i].field, whole);
        varies |= pieces[i].field->kind == RECIPE_IMAGE_COUNTED;
        end = pieces[i].offset + pieces[i].size;
    }
    return good && check_whole(reader, holder, name, fields, end);
}

bool recipe_fields_read(struct reader *reader, json_t *holder, const char *name,
                        const struct recipe_scope *scope, struct recipe_fields *fields)
{
    json_t *list = json_object_get(holder, name);
    bool good = true;

    if (!check_array(reader, place_member(holder, name), list, 1, RECIPE_FIELDS_MAX)) {
        return false;
    }
    fields->count = (uint32_t)json_array_size(list);
    fields->items = reader_keep(reader, fields->count, sizeof *fields->items);
    if (fields->items == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < fields->count; i++) {
        good &= read_field(reader, place_item(list, i), json_array_get(list, i), scope,
                           &fields->items[i]);
    }
    return good && check_layout(reader, holder, name, fields);
}
