/* SPDX-License-Identifier: MIT */

#include "harness/word.h"

#include <string.h>

const char *word_text(const struct words *words, int value)
{
    for (size_t i = 0; i < words->count; i++) {
        if (words->rows[i].value == value) {
            return words->rows[i].text;
        }
    }
    return NULL;
}

const struct word *word_find(const struct words *words, const char *text)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->rows[i].text, text) == 0) {
            return &words->rows[i];
        }
    }
    return NULL;
}
