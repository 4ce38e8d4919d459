/* SPDX-License-Identifier: MIT */

#include "harness/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLACEMENT = 0xFFFD, WORD_MAX = 40 };

/* ---- growing ---- */

static bool make_room(struct text *text, size_t more)
{
    size_t wanted = text->length + more + 1;
    size_t room = text->room > 0 ? text->room : 64;
    char *larger;

    if (wanted <= text->room) {
        return true;
    }
    while (room < wanted) {
        room *= 2;
    }
    larger = realloc(text->bytes, room);
    if (larger == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = larger;
    text->room = room;
    return true;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !make_room(text, (size_t)length)) {
        text->failed = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!make_room(text, length)) {
        return;
    }
    if (length > 0) {
        memcpy(text->bytes + text->length, bytes, length);
    }
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add_character(struct text *text, uint32_t character)
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = 1u + (character >= 0x80) + (character >= 0x800) + (character >= 0x10000);
    char bytes[4];

    for (size_t i = size - 1; i > 0; i--, character >>= 6) {
        bytes[i] = (char)(unsigned char)(0x80 | (character & 0x3F));
    }
    bytes[0] = (char)(unsigned char)(character | (size > 1 ? marks[size] : 0));
    text_add_bytes(text, bytes, size);
}

void text_add_safe(struct text *text, const char *raw, bool lines)
{
    uint32_t character;

    while ((character = text_decode(&raw)) != 0) {
        bool blank = character == '\n' || character == '\t';
        if (blank && !lines) {
            character = ' ';
        } else if (!blank && text_is_control(character)) {
            character = '?';
        }
        text_add_character(text, character);
    }
}

void text_pad(struct text *text, size_t start, size_t columns)
{
    size_t width = text_columns(text_bytes(text) + start);

    if (width < columns) {
        text_add(text, "%*s", (int)(columns - width), "");
    }
}

const char *text_bytes(const struct text *text)
{
    return text->bytes != NULL ? text->bytes : "";
}

void text_clear(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

/* ---- UTF-8 ---- */

/* By the number of bytes: what the first looks like and the least character worth so many. */
static const struct {
    unsigned char mask, mark;
    uint32_t least;
} forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

static uint32_t decode_form(const unsigned char *bytes, size_t form)
{
    uint32_t character = bytes[0] & (unsigned char)~forms[form].mask;

    for (size_t i = 1; i <= form; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return REPLACEMENT;
        }
        character = character << 6 | (bytes[i] & 0x3Fu);
    }
    if (character < forms[form].least || character > 0x10FFFF ||
        (character >= 0xD800 && character <= 0xDFFF)) {
        return REPLACEMENT;
    }
    return character;
}

uint32_t text_decode(const char **cursor)
{
    unsigned char bytes[4] = {0};
    size_t form = 0;
    uint32_t character;

    /* The copy ends at the NUL, which no form accepts as its second byte or later. */
    for (size_t i = 0; i < sizeof bytes && (*cursor)[i] != '\0'; i++) {
        bytes[i] = (unsigned char)(*cursor)[i];
    }
    if (bytes[0] == 0) {
        return 0;
    }
    while (form < 4 && (bytes[0] & forms[form].mask) != forms[form].mark) {
        form++;
    }
    character = form < 4 ? decode_form(bytes, form) : REPLACEMENT;
    /* U+FFFD itself has three bytes. */
    if (character == REPLACEMENT && memcmp(bytes, "\xEF\xBF\xBD", 3) != 0) {
        form = 0;
    }
    *cursor += form + 1;
    return character;
}

bool text_is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

/* ---- columns ---- */

/* The ranges that matter for names and messages; in order. */
static const struct {
    uint32_t first, last;
    unsigned columns;
} widths[] = {{0x0300, 0x036F, 0},   {0x1100, 0x115F, 2},   {0x200B, 0x200F, 0},
              {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},
              {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},
              {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},
              {0x1F300, 0x1F64F, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2}};

static unsigned columns_of(uint32_t character)
{
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        if (character >= widths[i].first && character <= widths[i].last) {
            return widths[i].columns;
        }
    }
    return 1;
}

size_t text_columns(const char *string)
{
    size_t columns = 0;
    uint32_t character;

    while ((character = text_decode(&string)) != 0) {
        columns += columns_of(character);
    }
    return columns;
}

/* ---- the nearest name ---- */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/*
 * How many single characters have to be put in, left out, changed or swapped with their neighbour.
 * Both are shorter than WORD_MAX.
 */
static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX];
    size_t length = strlen(a), width = strlen(b);

    for (size_t j = 0; j <= width; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], two_above[j - 2] + 1, SIZE_MAX);
            }
        }
    }
    return rows[length % 3][width];
}

void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t length = strlen(nearest->word);
    size_t distance;
    if (length >= WORD_MAX || strlen(name) >= WORD_MAX) {
        return;
    }
    /* A beginning is near however much is missing. */
    distance = length > 0 && strncmp(name, nearest->word, length) == 0
                   ? 1
                   : edit_distance(nearest->word, name);
    if (distance > 1 + length / 4) {
        return;
    }
    if (nearest->name == NULL || distance < nearest->distance) {
        nearest->name = name;
        nearest->distance = distance;
    }
}
