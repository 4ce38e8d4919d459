/* SPDX-License-Identifier: MIT */

/* The fields of a recipe, and of what a driver stand-in answers. */

#ifndef HARNESS_LAB_CONTEXT_RECIPE_FIELD_H
#define HARNESS_LAB_CONTEXT_RECIPE_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/lab/context/recipe.h"
#include "harness/locate.h"

struct reader;

enum { RECIPE_FIELDS_MAX = 128 };

enum recipe_kind {
    RECIPE_HEX,
    RECIPE_TEXT,
    RECIPE_ZERO,
    RECIPE_NUMBER,
    RECIPE_ADDRESS,
    RECIPE_PORT,
    RECIPE_SOCKADDR,
    RECIPE_FAMILY,
    RECIPE_PROTOCOL,
    RECIPE_PROCESS,
    RECIPE_PROXY,
    RECIPE_INTERFACE,
    RECIPE_TIME,
    RECIPE_CONNECTION,
    RECIPE_SELF_SIZE,
    RECIPE_IMAGE,         /* in a field of fixed width */
    RECIPE_IMAGE_COUNTED, /* behind its length */
    RECIPE_INPUT,         /* bytes of the input of a device control */
    RECIPE_KINDS
};

enum recipe_of { RECIPE_DESTINATION, RECIPE_SOURCE };
enum recipe_order { RECIPE_LITTLE, RECIPE_BIG, RECIPE_ORDER_OPEN };
/* How an IPv4 address stands in 16 bytes: as ::ffff:a.b.c.d, or in the first four. */
enum recipe_form { RECIPE_FORM_OPEN, RECIPE_MAPPED, RECIPE_FRONT };
enum recipe_layout { RECIPE_IN, RECIPE_IN6, RECIPE_INET, RECIPE_STORAGE };
enum recipe_encoding { RECIPE_UTF8, RECIPE_UTF16 };
enum recipe_counts { RECIPE_COUNTS_BYTES, RECIPE_COUNTS_CHARACTERS };

/* Sets of families: bits by enum wfp_family. */
enum { RECIPE_ONLY_IPV4 = 1 << WFP_IPV4, RECIPE_ONLY_IPV6 = 1 << WFP_IPV6, RECIPE_BOTH = 3 };

/* One field, in the words of the schema. */
struct recipe_field {
    const char *name; /* NULL: none */
    int kind;
    int only; /* a set of families; zeros for a client of another */
    int of, order, form, layout, encoding, counts;
    uint32_t at; /* offset in the context; UINT32_MAX: behind the field before */
    uint32_t align;
    uint32_t width; /* bytes; 0: as many as the value has */
    uint32_t prefix;
    uint32_t from;
    uint32_t ipv4, ipv6;
    uint64_t value;
    const char *hex, *text;
};

struct recipe_fields {
    uint32_t count;
    struct recipe_field *items; /* belong to the document */
    uint32_t size;              /* of the whole, with what is added to it; 0: as it comes */
};

/* What the fields may speak of. */
struct recipe_scope {
    int families;
    bool client;    /* there is one */
    bool input;     /* so is the input of a device control */
    const char *no; /* what to do where a field speaks of a client, and there is none */
};

/* ---- reading ---- */

/* Reads the member `name` of `holder`, and checks that the whole can be laid out. */
bool recipe_fields_read(struct reader *reader, json_t *holder, const char *name,
                        const struct recipe_scope *scope, struct recipe_fields *fields);

/* A number, or one in quotes that begins with 0x. rule: NULL; field: uint64_t */
bool recipe_read_value(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field);

/* Is what the field says possible, for the families that its list serves? `holder` is the field. */
bool recipe_field_check(struct reader *reader, json_t *holder, const struct recipe_scope *scope,
                        const struct recipe_field *field);

extern const struct words recipe_kind_words;
extern const struct words recipe_order_words;

/* ---- writing ---- */

/* Where a field stands in a context. */
struct recipe_piece {
    const struct recipe_field *field;
    uint32_t offset, size;
};

/* Gives the size of the whole. `pieces` has room for every field. */
uint32_t recipe_lay_out(const struct recipe_fields *fields, const struct recipe_facts *facts,
                        struct recipe_piece *pieces);

/* The bytes of a field for any client; a longer image than these facts have takes no more. */
uint32_t recipe_field_size(const struct recipe_field *field, const struct recipe_facts *facts);

/* Writes one field of a context of `whole` bytes; `out` is at its place, and all zeros. */
void recipe_field_write(const struct recipe_field *field, const struct recipe_facts *facts,
                        uint32_t whole, uint8_t *out);

/* As recipe_build(). */
bool recipe_fields_write(const struct recipe_fields *fields, const struct recipe_facts *facts,
                         uint8_t *out, size_t room, size_t *size);

#endif
