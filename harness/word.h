/* SPDX-License-Identifier: MIT */

/* Words of a file that stand for numbers, in tables. */

#ifndef HARNESS_WORD_H
#define HARNESS_WORD_H

#include <stddef.h>

struct word {
    const char *text;
    int value;
};

struct words {
    const struct word *rows;
    size_t count;
};

#define WORDS(table)                                                                               \
    {                                                                                              \
        (table), sizeof(table) / sizeof((table)[0])                                                \
    }

/* The text of a value, NULL when the table has none; and the row of a text, NULL. */
const char *word_text(const struct words *words, int value);
const struct word *word_find(const struct words *words, const char *text);

#endif
