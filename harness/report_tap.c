/* SPDX-License-Identifier: MIT */

/* TAP version 14, https://testanything.org/tap-version-14-specification.html */

#include "harness/report.h"

#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

struct tap {
    FILE *out;
    size_t number;
};

/* How a verdict is said: the word in front, and the directive behind that carries the message. */
static const struct {
    const char *word;
    const char *directive;
    bool diagnosed;
} forms[VERDICT_COUNT] = {
    [VERDICT_PASS] = {"ok", NULL, false},          [VERDICT_FAIL] = {"not ok", NULL, true},
    [VERDICT_KNOWN] = {"not ok", "TODO", false},   [VERDICT_FIXED] = {"not ok", NULL, true},
    [VERDICT_UNSUPPORTED] = {"ok", "SKIP", false}, [VERDICT_UNDECIDED] = {"not ok", NULL, true},
    [VERDICT_BROKEN] = {"not ok", NULL, true},
};

static void flush(struct text *text, FILE *out)
{
    fputs(text_bytes(text), out);
    text_clear(text);
}

/* A '#' would start a directive. */
static void add_escaped(struct text *text, const char *raw)
{
    struct text safe = {0};

    text_add_safe(&safe, raw, false);
    for (const char *byte = text_bytes(&safe); *byte != '\0'; byte++) {
        if (*byte == '#' || *byte == '\\') {
            text_add_bytes(text, "\\", 1);
        }
        text_add_bytes(text, byte, 1);
    }
    text_clear(&safe);
}

/* ---- the YAML block ---- */

static void add_quoted(struct text *text, const char *name, const char *raw)
{
    struct text safe = {0};

    if (raw == NULL) {
        return;
    }
    text_add_safe(&safe, raw, false);
    text_add(text, "  %s: \"", name);
    for (const char *byte = text_bytes(&safe); *byte != '\0'; byte++) {
        if (*byte == '"' || *byte == '\\') {
            text_add_bytes(text, "\\", 1);
        }
        text_add_bytes(text, byte, 1);
    }
    text_add(text, "\"\n");
    text_clear(&safe);
}

/*
 * The 2 says how far the lines are indented. It is needed where the first begins with spaces of its
 * own, and left out elsewhere because not every reader of TAP knows it.
 */
static void add_literal(struct text *text, const char *name, const char *raw)
{
    struct text safe = {0};
    const char *line;

    if (raw == NULL || raw[0] == '\0') {
        return;
    }
    text_add_safe(&safe, raw, true);
    line = text_bytes(&safe);
    text_add(text, "  %s: |%s\n", name, line[strspn(line, "\n")] == ' ' ? "2" : "");
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        text_add(text, "    ");
        text_add_bytes(text, line, length);
        text_add(text, "\n");
        line += length + (line[length] == '\n');
    }
    text_clear(&safe);
}

static void add_diagnosis(struct text *text, const struct result *result)
{
    text_add(text, "  ---\n");
    add_quoted(text, "verdict", verdict_name(result->verdict));
    add_quoted(text, "message", result->message);
    add_quoted(text, "profile", result->profile);
    add_quoted(text, "clauses", result->clauses);
    add_quoted(text, "actual", result->actual);
    add_quoted(text, "rule", result->rule);
    add_quoted(text, "answered_by", result->answered_by);
    add_literal(text, "detail", result->detail);
    text_add(text, "  ...\n");
}

/* ---- the format ---- */

static void comment(struct text *text, const char *name, const char *value)
{
    if (value == NULL) {
        return;
    }
    text_add(text, "# %s: ", name);
    text_add_safe(text, value, false);
    text_add(text, "\n");
}

static void comment_lines(struct text *text, const char *lines)
{
    while (lines != NULL && *lines != '\0') {
        size_t length = strcspn(lines, "\n");
        struct text line = {0};
        text_add_bytes(&line, lines, length);
        comment(text, "note", text_bytes(&line));
        text_clear(&line);
        lines += length + (lines[length] == '\n');
    }
}

static void *begin(FILE *out, const struct report_head *head, bool colour)
{
    struct tap *tap = calloc(1, sizeof *tap);
    struct text text = {0};

    (void)colour;
    if (tap == NULL) {
        return NULL;
    }
    tap->out = out;
    text_add(&text, "TAP version 14\n1..%zu", head->cases);
    text_add(&text, head->cases == 0 ? " # SKIP nothing to run\n" : "\n");
    comment(&text, "wfpcheck", head->version);
    comment(&text, "backend", head->backend);
    comment(&text, "target", head->target);
    comment(&text, "redirector", head->redirector);
    for (size_t i = 0; i < head->profile_count; i++) {
        comment(&text, "profile", head->profiles[i]);
    }
    text_add(&text, "# vectors: %zu\n", head->vectors);
    comment_lines(&text, head->notes);
    flush(&text, out);
    return tap;
}

static void result_line(void *state, const struct result *result)
{
    struct tap *tap = state;
    const char *directive = forms[result->verdict].directive;
    struct text text = {0};

    text_add(&text, "%s %zu - ", forms[result->verdict].word, ++tap->number);
    add_escaped(&text, result->name);
    if (directive != NULL) {
        text_add(&text, " # %s ", directive);
        text_add_safe(&text, result->message != NULL ? result->message : "", false);
    }
    text_add(&text, "\n");
    if (forms[result->verdict].diagnosed) {
        add_diagnosis(&text, result);
    }
    flush(&text, tap->out);
}

static void end(void *state, const struct report_totals *totals)
{
    struct tap *tap = state;

    for (int i = 0; i < VERDICT_COUNT; i++) {
        fprintf(tap->out, "# %s: %zu\n", verdict_name((enum verdict)i), totals->verdicts[i]);
    }
    fprintf(tap->out, "# uncontrolled: %zu\n# seconds: %.3f\n", totals->uncontrolled,
            totals->seconds);
    if (totals->interrupted || totals->executed < totals->planned) {
        fprintf(tap->out, "Bail out! %s: %zu of %zu cases ran\n",
                totals->interrupted ? "interrupted" : "incomplete", totals->executed,
                totals->planned);
    }
    free(tap);
}

const struct report_format report_tap = {"tap", begin, result_line, end};
