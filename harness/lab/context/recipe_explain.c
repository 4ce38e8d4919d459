/* SPDX-License-Identifier: MIT */

#include "harness/lab/context/recipe_explain.h"

#include <stdlib.h>

#include "harness/address.h"
#include "harness/word.h"

enum { LINE_BYTES = 16, ZEROS_SHOWN = 8 };

/* ---- an example client ---- */

static const struct recipe_facts examples[] = {
    [WFP_IPV4] = {.destination = {{198, 18, 0, 1}, 443, WFP_IPV4, 0},
                  .source = {{192, 0, 2, 77}, 49731, WFP_IPV4, 0},
                  .protocol = 6,
                  .process = 4242,
                  .proxy = 1337,
                  .interface_index = 12,
                  .time = UINT64_C(133801632000000000), /* 2025-01-01 */
                  .connection = 1,
                  .image = "C:\\Program Files\\Client\\client.exe"},
    [WFP_IPV6] = {.destination = {{0x20, 1, 0x0d, 0xb8, [15] = 1}, 443, WFP_IPV6, 0},
                  .source = {{0x20, 1, 0x0d, 0xb8, [13] = 2, [15] = 0x77}, 49731, WFP_IPV6, 0},
                  .protocol = 6,
                  .process = 4242,
                  .proxy = 1337,
                  .interface_index = 12,
                  .time = UINT64_C(133801632000000000),
                  .connection = 1,
                  .image = "C:\\Program Files\\Client\\client.exe"},
};

static void print_client(const struct recipe_facts *facts, uint32_t whole, FILE *out)
{
    char from[ADDRESS_TEXT_MAX];
    char to[ADDRESS_TEXT_MAX];

    address_print(&facts->source, from, sizeof from);
    address_print(&facts->destination, to, sizeof to);
    (void)fprintf(out,
                  "\n%s: %u bytes for a client at %s that dials %s\n"
                  "its process %u, %s; interface %u, the proxy's process %u, connection 1\n"
                  "  offset   size  is              name                    bytes\n",
                  facts->destination.family == WFP_IPV6 ? "IPv6" : "IPv4", (unsigned)whole, from,
                  to, (unsigned)facts->process, facts->image, (unsigned)facts->interface_index,
                  (unsigned)facts->proxy);
}

/* ---- its bytes ---- */

static uint32_t without_zeros(const uint8_t *bytes, uint32_t size)
{
    uint32_t end = size;

    while (end > 0 && bytes[end - 1] == 0) {
        end--;
    }
    return size - end < ZEROS_SHOWN ? size : end;
}

static void print_bytes(const uint8_t *bytes, uint32_t size, FILE *out)
{
    const uint32_t shown = without_zeros(bytes, size);

    for (uint32_t i = 0; i < shown; i++) {
        if (i > 0 && i % LINE_BYTES == 0) {
            (void)fprintf(out, "\n%57s", "");
        }
        (void)fprintf(out, "%s%02x", i % LINE_BYTES == 0 ? "" : " ", bytes[i]);
    }
    if (shown < size) {
        (void)fprintf(out, "%s%u zeros", shown > 0 ? " and " : "", (unsigned)(size - shown));
    }
    (void)fputc('\n', out);
}

static void print_row(const char *is, const char *name, uint32_t offset, const uint8_t *bytes,
                      uint32_t size, FILE *out)
{
    if (size > 0) {
        (void)fprintf(out, "  %6u %6u  %-14s  %-22s  ", (unsigned)offset, (unsigned)size, is, name);
        print_bytes(bytes, size, out);
    }
}

enum status recipe_fields_explain(const struct recipe_fields *fields, enum wfp_family family,
                                  FILE *out)
{
    const struct recipe_facts *facts = &examples[family];
    struct recipe_piece pieces[RECIPE_FIELDS_MAX];
    const uint32_t whole = recipe_lay_out(fields, facts, pieces);
    uint8_t *bytes = malloc(RECIPE_SIZE_MAX);
    uint32_t end = 0;
    size_t size;

    if (bytes == NULL || !recipe_fields_write(fields, facts, bytes, RECIPE_SIZE_MAX, &size)) {
        free(bytes);
        return STATUS_BROKEN;
    }
    print_client(facts, whole, out);
    for (uint32_t i = 0; i < fields->count; i++) {
        const struct recipe_piece *piece = &pieces[i];
        const char *name = piece->field->name == NULL ? "" : piece->field->name;

        print_row("(filler)", "", end, bytes + end, piece->offset - end, out);
        print_row(word_text(&recipe_kind_words, piece->field->kind), name, piece->offset,
                  bytes + piece->offset, piece->size, out);
        end = piece->offset + piece->size;
    }
    print_row("(filler)", "", end, bytes + end, whole - end, out);
    free(bytes);
    return STATUS_OK;
}
