/* SPDX-License-Identifier: MIT */

#include "harness/replay/figure.h"

#include <inttypes.h>

const char *figure_text(uint64_t number, char text[FIGURE_MAX])
{
    char digits[FIGURE_MAX];
    const size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number);
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            text[at++] = ',';
        }
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

void figure_add(struct text *text, uint64_t number, int width)
{
    char digits[FIGURE_MAX];

    text_add(text, "%*s", width, figure_text(number, digits));
}
