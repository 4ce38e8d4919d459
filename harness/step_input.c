/* SPDX-License-Identifier: MIT */

#include "harness/step_input.h"

#include <string.h>

#include "harness/reader.h"
#include "harness/vector.h"

/* ^([0-9a-f]{2})*$ */
static bool fits_hex(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");
    return text[length] == '\0' && length % 2 == 0;
}

static const struct text_rule rule_hex = {0, 4096, fits_hex,
                                          "at most 2048 pairs of the digits 0-9 and a-f"};
static const struct range range_byte = {0, 255};
static const struct range range_bytes = {0, SIZE_MAX_BYTES};
static const struct range range_some = {1, SIZE_MAX_BYTES};

static const struct member input_members[] = {
    {"from", read_text, &rule_name, offsetof(struct input, from)},
    {"fill", read_number, &range_byte, offsetof(struct input, fill)},
    {"size", read_number, &range_bytes, offsetof(struct input, size)},
    {"hex", read_text, &rule_hex, offsetof(struct input, hex)},
    {"cut", read_number, &range_some, offsetof(struct input, cut)},
    {"extend", read_number, &range_some, offsetof(struct input, extend)},
    {"alter", read_number, &range_bytes, offsetof(struct input, alter)},
    {"pointer", read_word, &pointer_words, offsetof(struct input, pointer)},
};
static const struct shape input_shape = {input_members, 8, 0, MEMBERS_ALL};

bool read_input(struct reader *reader, struct place place, json_t *value, const void *rule,
                void *field)
{
    (void)rule;
    struct input *input = field;
    input->pointer = WFP_POINTER_HEAP;
    if (!read_object(reader, place, value, &input_shape, input)) {
        return false;
    }
    static const struct {
        const char *member;
        enum input_kind kind;
    } contents[] = {{"from", INPUT_BLOB}, {"fill", INPUT_FILL}, {"hex", INPUT_HEX}};
    size_t found = 0;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        if (json_object_get(value, contents[i].member) != NULL) {
            input->kind = contents[i].kind;
            found++;
        }
    }
    input->altered = json_object_get(value, "alter") != NULL;
    return found <= 1 ||
           reader_complain(reader, place, "only one of from, fill and hex", "%zu", found);
}

bool check_input_size(struct reader *reader, json_t *value, const struct step *step)
{
    json_t *in = json_object_get(value, "in");
    const char *of = json_string_value(json_object_get(json_object_get(value, "sweep"), "of"));
    if (in == NULL) {
        return true;
    }
    enum input_kind kind = step->ioctl.in.kind;
    bool sized = kind == INPUT_FILL || kind == INPUT_NONE;
    bool given = json_object_get(in, "size") != NULL;
    if (given && !sized) {
        return reader_complain(reader, place_member(in, "size"), "no size beside from or hex",
                               "one");
    }
    bool swept = of != NULL && strcmp(of, "in.size") == 0;
    return given || !sized || swept ||
           reader_complain(reader, place_member(in, "size"), "a size", "none");
}

const char *input_wants(const struct input *input)
{
    if (input->kind == INPUT_NONE) {
        bool absent = input->pointer == WFP_POINTER_NULL || input->pointer == WFP_POINTER_UNMAPPED;
        bool edited = input->cut > 0 || input->extend > 0 || input->altered;
        return absent && !edited ? NULL : "from, fill, hex, or only a pointer null or unmapped";
    }
    if (input->kind == INPUT_BLOB) {
        return NULL;
    }
    size_t size = input->kind == INPUT_HEX ? strlen(input->hex) / 2 : input->size;
    if (input->cut > size) {
        return "no more cut off than there is";
    }
    bool outside = input->altered && input->alter >= size - input->cut + input->extend;
    return outside ? "the altered byte within the input" : NULL;
}
