/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_TEXT_H
#define HARNESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined(__MINGW_PRINTF_FORMAT)
#define TEXT_FORMAT(string, first) __attribute__((format(__MINGW_PRINTF_FORMAT, string, first)))
#elif defined(__GNUC__)
#define TEXT_FORMAT(string, first) __attribute__((format(printf, string, first)))
#else
#define TEXT_FORMAT(string, first)
#endif

/*
 * A text that grows at its end. Zeroed memory is an empty one, with `bytes` NULL. Without memory it
 * stays as it was, and `failed` says from then on that something is missing.
 */
struct text {
    char *bytes; /* NUL-terminated */
    size_t length;
    size_t room;
    bool failed;
};

void text_add(struct text *text, const char *format, ...) TEXT_FORMAT(2, 3);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
/* One Unicode character, in UTF-8. */
void text_add_character(struct text *text, uint32_t character);
/*
 * Adds a string so that it is safe on a terminal and in a file: ill-formed UTF-8 becomes U+FFFD,
 * control characters become '?'. Line ends and tabs stay if `lines`; else they become spaces.
 */
void text_add_safe(struct text *text, const char *raw, bool lines);
/* Adds spaces until the text since offset `start` is `columns` wide. */
void text_pad(struct text *text, size_t start, size_t columns);
/* What has been added, "" if nothing. */
const char *text_bytes(const struct text *text);
/* Frees the bytes; the text is empty again. */
void text_clear(struct text *text);

/*
 * The character at *cursor, and moves past it: 0 at the end, which it never passes; U+FFFD for each
 * byte that is not part of well-formed UTF-8.
 */
uint32_t text_decode(const char **cursor);
bool text_is_control(uint32_t character);

/* How many columns of a terminal a string takes: combining characters none, East Asian wide ones
 * two. */
size_t text_columns(const char *string);

/* Finds the name that a mistyped word was meant to be; starts as {.word = ...}. */
struct nearest {
    const char *word;
    const char *name; /* the nearest so far, or NULL: none is near enough */
    size_t distance;
};

void nearest_offer(struct nearest *nearest, const char *name);

#endif
