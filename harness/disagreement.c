/* SPDX-License-Identifier: MIT */

#include "harness/disagreement.h"

#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

enum field { VECTOR, MEMBER, LABEL, CLAUSE, SETTLES, ACTUAL, FIELD_COUNT };

/* What is kept of a result: copies, in one block. */
struct side {
    char *fields[FIELD_COUNT];
};

enum column {
    COLUMN_CLAUSE,
    COLUMN_LABEL,
    COLUMN_LEFT,
    COLUMN_RIGHT,
    COLUMN_SETTLES,
    COLUMN_COUNT
};

struct line {
    struct text cells[COLUMN_COUNT];
};

struct lines {
    struct line *lines;
    size_t count;
    bool failed;
};

/* ---- noting ---- */

static bool side_copy(const struct result *result, struct side *side)
{
    const char *clauses = result->clauses != NULL ? result->clauses : "";
    const char *fields[FIELD_COUNT] = {result->vector, result->member,  result->band,
                                       clauses,        result->settles, result->actual};
    size_t lengths[FIELD_COUNT];
    size_t room = 0;
    char *block;

    if (fields[LABEL] == NULL) {
        fields[LABEL] = result->vector;
    }
    for (int i = 0; i < FIELD_COUNT; i++) {
        fields[i] = fields[i] != NULL ? fields[i] : "";
        lengths[i] = i == CLAUSE ? strcspn(fields[i], " ") : strlen(fields[i]);
        room += lengths[i] + 1;
    }
    block = calloc(room, 1);
    for (int i = 0; block != NULL && i < FIELD_COUNT; i++) {
        side->fields[i] = memcpy(block, fields[i], lengths[i]);
        block += lengths[i] + 1;
    }
    return block != NULL;
}

static void side_add(const struct result *result, struct side **sides, size_t *count, size_t *room,
                     bool *failed)
{
    if (*count == *room) {
        size_t more = *room > 0 ? *room * 2 : 64;
        struct side *larger = realloc(*sides, more * sizeof *larger);
        if (larger == NULL) {
            *failed = true;
            return;
        }
        *sides = larger;
        *room = more;
    }
    if (side_copy(result, &(*sides)[*count])) {
        (*count)++;
    } else {
        *failed = true;
    }
}

void disagreements_note(struct disagreements *disagreements, const struct result *result)
{
    struct disagreements *d = disagreements;

    if (result->actual == NULL || result->profile == NULL) {
        return;
    }
    if (strcmp(result->profile, "documented") == 0) {
        side_add(result, &d->documented, &d->documented_count, &d->documented_room, &d->failed);
    } else if (strcmp(result->profile, "observed") == 0) {
        side_add(result, &d->observed, &d->observed_count, &d->observed_room, &d->failed);
    }
}

/* ---- comparing ---- */

static int by_case(const void *a, const void *b)
{
    const struct side *left = a, *right = b;
    int order = strcmp(left->fields[VECTOR], right->fields[VECTOR]);

    return order != 0 ? order : strcmp(left->fields[MEMBER], right->fields[MEMBER]);
}

static void line_clear(struct line *line)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        text_clear(&line->cells[i]);
    }
}

static struct line line_of(const struct side *documented, const struct side *observed)
{
    /* Either profile may leave its key open or have no key of its own for this. */
    const char *settles = documented->fields[SETTLES];
    struct line line = {0};

    if (settles[0] == '\0') {
        settles = observed->fields[SETTLES];
    }
    text_add_safe(&line.cells[COLUMN_CLAUSE], documented->fields[CLAUSE], false);
    text_add_safe(&line.cells[COLUMN_LABEL], documented->fields[LABEL], false);
    answer_in_words(documented->fields[ACTUAL], &line.cells[COLUMN_LEFT]);
    answer_in_words(observed->fields[ACTUAL], &line.cells[COLUMN_RIGHT]);
    text_add_safe(&line.cells[COLUMN_SETTLES], settles, false);
    return line;
}

/* A number that is not 0 stands for any other: the same answer to records of several sizes. */
static const char *skip_number(const char *at, bool *zero)
{
    const size_t digits = strspn(at, "0123456789");

    *zero = digits == 1 && *at == '0';
    return at + digits;
}

static bool same_words(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        bool zero[2];
        const char *after_a = skip_number(a, &zero[0]);
        const char *after_b = skip_number(b, &zero[1]);

        if ((after_a == a) != (after_b == b) || zero[0] != zero[1] || (after_a == a && *a != *b)) {
            return false;
        }
        a = after_a == a ? a + 1 : after_a;
        b = after_b == b ? b + 1 : after_b;
    }
    return *a == *b;
}

/* The same question with the same pair of answers, whatever case asked it. */
static bool same_disagreement(const struct line *a, const struct line *b)
{
    return strcmp(text_bytes(&a->cells[COLUMN_SETTLES]), text_bytes(&b->cells[COLUMN_SETTLES])) ==
               0 &&
           same_words(text_bytes(&a->cells[COLUMN_LEFT]), text_bytes(&b->cells[COLUMN_LEFT])) &&
           same_words(text_bytes(&a->cells[COLUMN_RIGHT]), text_bytes(&b->cells[COLUMN_RIGHT]));
}

/* Takes `line`. */
static void lines_add(struct lines *lines, struct line line)
{
    struct line *larger = NULL;

    for (size_t i = 0; i < lines->count; i++) {
        if (same_disagreement(&lines->lines[i], &line)) {
            line_clear(&line);
            return;
        }
    }
    larger = realloc(lines->lines, (lines->count + 1) * sizeof *larger);
    if (larger == NULL) {
        lines->failed = true;
        line_clear(&line);
        return;
    }
    lines->lines = larger;
    larger[lines->count++] = line;
}

static void compare(const struct disagreements *disagreements, struct lines *lines)
{
    const struct side *observed = disagreements->observed;

    for (size_t i = 0; i < disagreements->documented_count; i++) {
        const struct side *left = &disagreements->documented[i];
        const struct side *right =
            bsearch(left, observed, disagreements->observed_count, sizeof *observed, by_case);
        if (right != NULL && strcmp(left->fields[ACTUAL], right->fields[ACTUAL]) != 0) {
            lines_add(lines, line_of(left, right));
        }
    }
}

/* ---- showing ---- */

static size_t column_width(const struct lines *lines, enum column column, const char *heading)
{
    size_t width = text_columns(heading);

    for (size_t i = 0; i < lines->count; i++) {
        size_t columns = text_columns(text_bytes(&lines->lines[i].cells[column]));
        width = columns > width ? columns : width;
    }
    return width;
}

static void add_line(struct text *text, const struct line *line, const size_t *widths)
{
    text_add(text, "  ");
    for (int i = 0; i < COLUMN_COUNT; i++) {
        size_t start = text->length;
        text_add(text, "  %s", text_bytes(&line->cells[i]));
        text_pad(text, start, widths[i] + 2);
    }
    while (text->length > 0 && text->bytes[text->length - 1] == ' ') {
        text->bytes[--text->length] = '\0';
    }
    text_add(text, "\n");
}

static void find_widths(const struct lines *lines, size_t title, size_t widths[COLUMN_COUNT])
{
    static const char *const headings[COLUMN_COUNT] = {
        [COLUMN_CLAUSE] = "",        [COLUMN_LABEL] = "",   [COLUMN_LEFT] = "documented",
        [COLUMN_RIGHT] = "observed", [COLUMN_SETTLES] = "",
    };

    for (int i = 0; i < COLUMN_COUNT; i++) {
        widths[i] = column_width(lines, (enum column)i, headings[i]);
    }
    /* The title stands above the first two columns. */
    if (widths[COLUMN_CLAUSE] + widths[COLUMN_LABEL] + 6 < title) {
        widths[COLUMN_LABEL] = title - 6 - widths[COLUMN_CLAUSE];
    }
}

static void add_lines(struct text *text, const struct lines *lines)
{
    size_t widths[COLUMN_COUNT];
    size_t start = text->length;

    text_add(text, "  where the columns disagree (%zu)", lines->count);
    find_widths(lines, text->length - start, widths);
    text_pad(text, start, 6 + widths[COLUMN_CLAUSE] + widths[COLUMN_LABEL]);
    start = text->length;
    text_add(text, "  documented");
    text_pad(text, start, widths[COLUMN_LEFT] + 2);
    text_add(text, "  observed\n");
    for (size_t i = 0; i < lines->count; i++) {
        add_line(text, &lines->lines[i], widths);
    }
}

void disagreements_add(struct disagreements *disagreements, struct text *text)
{
    struct lines lines = {0};

    if (disagreements->observed_count > 0) {
        qsort(disagreements->observed, disagreements->observed_count,
              sizeof *disagreements->observed, by_case);
    }
    if (disagreements->observed_count > 0) {
        compare(disagreements, &lines);
    }
    if (lines.count > 0) {
        add_lines(text, &lines);
    }
    if (disagreements->failed || lines.failed) {
        text_add(text, "    (not all: out of memory)\n");
    }
    for (size_t i = 0; i < lines.count; i++) {
        line_clear(&lines.lines[i]);
    }
    free(lines.lines);
}

void disagreements_clear(struct disagreements *disagreements)
{
    for (size_t i = 0; i < disagreements->documented_count; i++) {
        free(disagreements->documented[i].fields[0]);
    }
    for (size_t i = 0; i < disagreements->observed_count; i++) {
        free(disagreements->observed[i].fields[0]);
    }
    free(disagreements->documented);
    free(disagreements->observed);
    *disagreements = (struct disagreements){0};
}

void answer_in_words(const char *answer, struct text *text)
{
    const char *slash = strchr(answer, '/');
    const char *bytes = slash != NULL ? slash + 1 : "";

    if (strcmp(answer, "died") == 0) {
        text_add(text, "died: access violation");
        return;
    }
    if (slash == NULL) {
        text_add_safe(text, answer, false);
        return;
    }
    text_add(text, "%.*s, ", (int)(slash - answer), answer);
    if (strcmp(bytes, "unchanged") == 0) {
        text_add(text, "bytes unchanged");
    } else {
        text_add(text, "%s byte%s", bytes, strcmp(bytes, "1") == 0 ? "" : "s");
    }
}
