/* SPDX-License-Identifier: MIT */

#include "harness/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/answer.h"

enum { END_TEXT_MAX = 16, OFFSET_DIGITS_MAX = 6 };

/* ^[+-][1-9][0-9]{0,5}$ */
static bool parse_offset(const char *text, int64_t *offset)
{
    uint32_t number;
    if ((text[0] != '+' && text[0] != '-') || text[1] < '1' || text[1] > '9') {
        return false;
    }
    if (strlen(text + 1) > OFFSET_DIGITS_MAX || !number_parse(text + 1, &number)) {
        return false;
    }
    *offset = text[0] == '-' ? -(int64_t)number : (int64_t)number;
    return true;
}

bool size_parse(const char *text, struct size *size)
{
    struct size parsed = {.symbolic = text[0] == 'N'};
    if (parsed.symbolic) {
        if (text[1] != '\0' && !parse_offset(text + 1, &parsed.value)) {
            return false;
        }
        *size = parsed;
        return true;
    }
    uint32_t number;
    if (!number_parse(text, &number) || number > SIZE_MAX_BYTES) {
        return false;
    }
    parsed.value = number;
    *size = parsed;
    return true;
}

void size_print(struct size size, char *buffer, size_t room)
{
    if (!size.symbolic) {
        snprintf(buffer, room, "%" PRId64, size.value);
        return;
    }
    if (size.value == 0) {
        snprintf(buffer, room, "N");
        return;
    }
    snprintf(buffer, room, "N%+" PRId64, size.value);
}

bool size_resolve(struct size size, uint32_t n, bool has_n, uint32_t *bytes)
{
    if (size.symbolic && !has_n) {
        return false;
    }
    int64_t value = size.value + (size.symbolic ? (int64_t)n : 0);
    if (value < 0 || value > UINT32_MAX) {
        return false;
    }
    *bytes = (uint32_t)value;
    return true;
}

/* ---- bands ---- */

struct ends {
    struct size low;
    struct size high;
};

static bool parse_end(const char *text, size_t length, struct size *end)
{
    char copy[END_TEXT_MAX];
    if (length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return size_parse(copy, end);
}

/* "above" ends where sizes end. */
static bool parse_band(const char *band, struct ends *ends)
{
    if (strcmp(band, "above") == 0) {
        *ends = (struct ends){.low = {true, 1}, .high = {false, UINT32_MAX}};
        return true;
    }
    const char *dots = strstr(band, "..");
    if (dots == NULL) {
        bool good = parse_end(band, strlen(band), &ends->low);
        ends->high = ends->low;
        return good;
    }
    return parse_end(band, (size_t)(dots - band), &ends->low) &&
           parse_end(dots + 2, strlen(dots + 2), &ends->high);
}

static int64_t value_at(struct size size, uint32_t n)
{
    return size.value + (size.symbolic ? (int64_t)n : 0);
}

bool band_holds(const char *band, uint32_t value, uint32_t n)
{
    struct ends ends = {0};
    return parse_band(band, &ends) && value >= value_at(ends.low, n) &&
           value <= value_at(ends.high, n);
}

bool band_is_range(const char *band)
{
    struct ends ends = {0};
    return parse_band(band, &ends);
}

bool band_is_symbolic(const char *band)
{
    struct ends ends = {0};
    return parse_band(band, &ends) && (ends.low.symbolic || ends.high.symbolic);
}
