/* SPDX-License-Identifier: MIT */

#include "harness/clause_pattern.h"

#include <string.h>

const char *const clause_families[REASON_FAMILIES] = {
    "DEF", "API", "OVL", "QRY", "CTX", "SET",  "BUF", "ERR", "WSK", "CMSG", "MSG",
    "OPT", "UDP", "RED", "KRN", "ST",  "LOOP", "MET", "DIA", "CON", "UNK"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool fits_numbered(const char *text, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        size_t length = strlen(clause_families[i]);
        const char *rest = text + length;
        if (strncmp(text, clause_families[i], length) == 0 && rest[0] == '-' && is_digit(rest[1]) &&
            is_digit(rest[2]) && rest[3] == '\0') {
            return true;
        }
    }
    return false;
}

static bool fits_clause(const char *text)
{
    return fits_numbered(text, 0, CLAUSE_FAMILIES);
}

static bool fits_reason(const char *text)
{
    return fits_numbered(text, 0, REASON_FAMILIES);
}

static bool fits_contradiction(const char *text)
{
    return fits_numbered(text, CLAUSE_FAMILIES, CLAUSE_FAMILIES + 1);
}

static bool fits_unknown(const char *text)
{
    return fits_numbered(text, CLAUSE_FAMILIES + 1, REASON_FAMILIES);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One line without blanks around it. */
static bool fits_line(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && !is_blank(text[0]) && !is_blank(text[length - 1]) &&
           strchr(text, '\n') == NULL;
}

/* ^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$ */
static bool fits_source(const char *text)
{
    char before = '-';
    if (is_digit(*text)) {
        return false;
    }
    for (; *text != '\0'; before = *text++) {
        bool dash = *text == '-' && before != '-';
        if (!dash && !(*text >= 'A' && *text <= 'Z') && !is_digit(*text)) {
            return false;
        }
    }
    return before != '-';
}

static const char *const uncoverable_reasons[] = {"documentation-history", "header-provenance",
                                                  "provider-only", "statement-of-purpose"};

static bool fits_uncoverable(const char *text)
{
    for (size_t i = 0; i < sizeof uncoverable_reasons / sizeof uncoverable_reasons[0]; i++) {
        if (strcmp(uncoverable_reasons[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static bool fits_grade(const char *text)
{
    return *text != '\0' && strchr("DHSOPWI", *text) != NULL && text[1] == '\0';
}

static bool fits_only(const char *text)
{
    return strcmp(text, "documented") == 0 || strcmp(text, "observed") == 0;
}

const struct text_rule rule_clause = {1, 16, fits_clause, "the id of a clause, as QRY-06"};
const struct text_rule rule_reason = {1, 16, fits_reason,
                                      "the id of a clause, a CON or an UNK, as QRY-06"};

const struct text_rule rule_contradiction = {1, 16, fits_contradiction, "an id as CON-02"};
const struct text_rule rule_unknown = {1, 16, fits_unknown, "an id as UNK-06"};
const struct text_rule rule_line = {1, 400, fits_line, "one line of at most 400 characters"};
const struct text_rule rule_source = {1, 64, fits_source, "a key of `sources`, as K-REC"};
const struct text_rule rule_grade = {1, 1, fits_grade, "D | H | S | O | P | W | I | null"};
const struct text_rule rule_only = {1, 16, fits_only, "documented | observed"};
const struct text_rule rule_uncoverable = {
    1, 32, fits_uncoverable,
    "documentation-history | header-provenance | provider-only | statement-of-purpose"};
