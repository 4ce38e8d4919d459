/* SPDX-License-Identifier: MIT */

#include "harness/reader.h"

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ^[a-z0-9]+(-[a-z0-9]+)*$ */
static bool fits_id(const char *text)
{
    char before = '-';
    for (; *text != '\0'; before = *text++) {
        bool dash = *text == '-' && before != '-';
        if (!dash && !is_lower(*text) && !is_digit(*text)) {
            return false;
        }
    }
    return before != '-';
}

/* ^[a-z][a-z0-9-]*$ */
static bool fits_name(const char *text)
{
    if (!is_lower(*text)) {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (!is_lower(*text) && !is_digit(*text) && *text != '-') {
            return false;
        }
    }
    return true;
}

/* ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ */
static bool fits_date(const char *text)
{
    const char *shape = "dddd-dd-dd";
    for (; *shape != '\0' && *text != '\0'; shape++, text++) {
        if (*shape == 'd' ? !is_digit(*text) : *text != *shape) {
            return false;
        }
    }
    return *shape == *text;
}

const struct text_rule rule_id = {1, 64, fits_id, "lower-case words joined by '-'"};
const struct text_rule rule_name = {1, 32, fits_name, "a name of at most 32 of a-z, 0-9 and '-'"};
const struct text_rule rule_date = {1, 10, fits_date, "a date, as 2024-09-27"};
