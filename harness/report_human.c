/* SPDX-License-Identifier: MIT */

#include "harness/report.h"

#include <stdlib.h>
#include <string.h>

#include "harness/disagreement.h"
#include "harness/text.h"

#define DOT " \xC2\xB7 "

struct cell {
    size_t verdicts[VERDICT_COUNT];
};

struct row {
    struct text topic;
    struct cell *cells; /* one for each column */
};

/* The columns are the profiles of the head. */
struct human {
    FILE *out;
    bool colour;
    struct text *columns;
    size_t column_count;
    struct row *rows;
    size_t row_count;
    struct disagreements disagreements;
    bool failed;
};

/* How a verdict looks where it is said while the run goes on; without a word it is not. */
static const struct {
    const char *word;
    const char *colour;
} looks[VERDICT_COUNT] = {
    [VERDICT_FAIL] = {"FAIL", "31"},
    [VERDICT_FIXED] = {"FIXED", "33"},
    [VERDICT_UNDECIDED] = {"UNDECIDED", "33"},
    [VERDICT_BROKEN] = {"BROKEN", "35"},
};

static void flush(struct text *text, FILE *out)
{
    fputs(text_bytes(text), out);
    text_clear(text);
}

/* ---- the head ---- */

static void add_part(struct text *text, const char *before, const char *part, const char *unless)
{
    if (part == NULL || strcmp(part, unless) == 0) {
        return;
    }
    text_add(text, "%s", before);
    text_add_safe(text, part, false);
}

static void add_notes(struct text *text, const char *notes)
{
    struct text safe = {0};

    text_add_safe(&safe, notes, true);
    for (const char *line = text_bytes(&safe); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        text_add(text, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    text_clear(&safe);
}

static void print_head(FILE *out, const struct report_head *head)
{
    struct text text = {0};

    text_add(&text, "wfpcheck %s" DOT "%zu vector%s, %zu case%s planned", head->version,
             head->vectors, head->vectors == 1 ? "" : "s", head->cases,
             head->cases == 1 ? "" : "s");
    add_part(&text, DOT, head->backend, "");
    /* The simulator's target goes without saying. */
    add_part(&text, DOT, head->target, "model");
    add_part(&text, DOT "redirector ", head->redirector, "none");
    for (size_t i = 0; i < head->profile_count; i++) {
        if (i == 0) {
            text_add(&text, DOT "profile%s", head->profile_count == 1 ? "" : "s");
        }
        add_part(&text, i == 0 ? " " : ", ", head->profiles[i], "");
    }
    text_add(&text, "\n");
    if (head->notes != NULL) {
        add_notes(&text, head->notes);
    }
    flush(&text, out);
}

static void *begin(FILE *out, const struct report_head *head, bool colour)
{
    struct human *human = calloc(1, sizeof *human);
    size_t count = head->profile_count;

    if (human == NULL) {
        return NULL;
    }
    *human = (struct human){.out = out, .colour = colour, .column_count = count};
    human->columns = calloc(count > 0 ? count : 1, sizeof *human->columns);
    if (human->columns == NULL) {
        free(human);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        text_add_safe(&human->columns[i], head->profiles[i], false);
    }
    print_head(out, head);
    return human;
}

/* ---- a result ---- */

static void add_coloured(struct text *text, const char *word, const char *colour, bool on)
{
    if (on) {
        text_add(text, "\x1B[%sm%s\x1B[0m", colour, word);
    } else {
        text_add(text, "%s", word);
    }
}

static void print_result(const struct human *human, const struct result *result)
{
    struct text text = {0};
    size_t last;

    add_coloured(&text, looks[result->verdict].word, looks[result->verdict].colour, human->colour);
    text_add(&text, "  ");
    if (result->detail != NULL) {
        text_add_safe(&text, result->detail, true);
    } else {
        text_add_safe(&text, result->name, false);
        add_part(&text, "  ", result->message, "");
    }
    last = text.length;
    if (last > 0 && text.bytes[last - 1] != '\n') {
        text_add(&text, "\n");
    }
    flush(&text, human->out);
}

static struct row *row_of(struct human *human, const char *topic)
{
    struct row *rows;

    for (size_t i = 0; i < human->row_count; i++) {
        if (strcmp(text_bytes(&human->rows[i].topic), topic) == 0) {
            return &human->rows[i];
        }
    }
    rows = realloc(human->rows, (human->row_count + 1) * sizeof *rows);
    if (rows == NULL) {
        return NULL;
    }
    human->rows = rows;
    rows += human->row_count;
    *rows = (struct row){.cells = calloc(human->column_count + 1, sizeof *rows->cells)};
    if (rows->cells == NULL) {
        return NULL;
    }
    text_add(&rows->topic, "%s", topic);
    human->row_count++;
    return rows;
}

static void count(struct human *human, const struct result *result)
{
    struct row *row = row_of(human, result->topic != NULL ? result->topic : "");

    human->failed = human->failed || row == NULL;
    for (size_t i = 0; row != NULL && result->profile != NULL && i < human->column_count; i++) {
        if (strcmp(text_bytes(&human->columns[i]), result->profile) == 0) {
            row->cells[i].verdicts[result->verdict]++;
        }
    }
}

static void result_noted(void *state, const struct result *result)
{
    struct human *human = state;

    if (looks[result->verdict].word != NULL) {
        print_result(human, result);
    }
    count(human, result);
    disagreements_note(&human->disagreements, result);
}

/* ---- the table ---- */

static void add_cell(struct text *text, const struct cell *cell)
{
    const char *before = "";

    for (int i = 0; i < VERDICT_COUNT; i++) {
        if (cell->verdicts[i] == 0) {
            continue;
        }
        text_add(text, "%s%zu %s", before, cell->verdicts[i], verdict_name((enum verdict)i));
        before = " ";
    }
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t topic_width(const struct human *human)
{
    size_t width = strlen("topic");

    for (size_t i = 0; i < human->row_count; i++) {
        width = larger(width, text_columns(text_bytes(&human->rows[i].topic)));
    }
    return width;
}

static size_t column_width(const struct human *human, size_t column)
{
    size_t width = text_columns(text_bytes(&human->columns[column]));

    for (size_t i = 0; i < human->row_count; i++) {
        struct text cell = {0};
        add_cell(&cell, &human->rows[i].cells[column]);
        width = larger(width, cell.length);
        text_clear(&cell);
    }
    return width;
}

/* A NULL row is the heading. */
static void add_row(const struct human *human, const struct row *row, struct text *text)
{
    size_t start = text->length;

    text_add(text, "  ");
    text_add_safe(text, row != NULL ? text_bytes(&row->topic) : "topic", false);
    text_pad(text, start, 2 + topic_width(human));
    for (size_t i = 0; i < human->column_count; i++) {
        text_add(text, "    ");
        start = text->length;
        if (row != NULL) {
            add_cell(text, &row->cells[i]);
        } else {
            text_add(text, "%s", text_bytes(&human->columns[i]));
        }
        if (i + 1 < human->column_count) {
            text_pad(text, start, column_width(human, i));
        }
    }
    text_add(text, "\n");
}

static void add_table(const struct human *human, struct text *text)
{
    if (human->row_count == 0) {
        return;
    }
    add_row(human, NULL, text);
    for (size_t i = 0; i < human->row_count; i++) {
        add_row(human, &human->rows[i], text);
    }
    if (human->failed) {
        text_add(text, "  (not all: out of memory)\n");
    }
}

/* ---- the foot ---- */

static void add_foot(const struct human *human, const struct report_totals *totals,
                     struct text *text)
{
    const char *before = "  ";

    for (int i = 0; i < VERDICT_COUNT; i++) {
        size_t number = totals->verdicts[i];
        if (number == 0 && i != VERDICT_PASS && i != VERDICT_FAIL) {
            continue;
        }
        text_add(text, "%s%zu ", before, number);
        add_coloured(text, verdict_name((enum verdict)i), looks[i].colour,
                     human->colour && number > 0 && looks[i].colour != NULL);
        before = DOT;
    }
    if (totals->uncontrolled > 0) {
        text_add(text, DOT "%zu uncontrolled", totals->uncontrolled);
    }
    text_add(text, DOT "%.2f s\n", totals->seconds);
    if (totals->interrupted || totals->executed < totals->planned) {
        text_add(text, "  %s: %zu of %zu cases ran\n",
                 totals->interrupted ? "interrupted" : "incomplete", totals->executed,
                 totals->planned);
    }
}

static void release(struct human *human)
{
    for (size_t i = 0; i < human->row_count; i++) {
        text_clear(&human->rows[i].topic);
        free(human->rows[i].cells);
    }
    for (size_t i = 0; i < human->column_count; i++) {
        text_clear(&human->columns[i]);
    }
    free(human->rows);
    free(human->columns);
    disagreements_clear(&human->disagreements);
    free(human);
}

static void end(void *state, const struct report_totals *totals)
{
    struct human *human = state;
    struct text text = {0};

    add_table(human, &text);
    disagreements_add(&human->disagreements, &text);
    add_foot(human, totals, &text);
    flush(&text, human->out);
    release(human);
}

const struct report_format report_human = {"human", begin, result_noted, end};
