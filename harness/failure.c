/* SPDX-License-Identifier: MIT */

#include "harness/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/profile.h"
#include "harness/script.h"

enum { HEX_ROW = 16, HEX_ROWS_MAX = 8 };

void failure_message(const struct failure *failure, char *buffer, size_t size)
{
    const enum mismatch mismatch =
        judge_alternative(failure->context, failure->allowed->items[0], failure->played);
    struct text text = {0};
    char actual[ANSWER_TEXT_MAX];

    answer_print(failure->played->reply.answer, actual, sizeof actual);
    text_add(&text, "step %zu: expected ", failure->index + 1);
    for (size_t i = 0; i < failure->allowed->count; i++) {
        text_add(&text, "%s%s", i == 0 ? "" : " or ", failure->allowed->items[i]->text);
    }
    text_add(&text, ", actual %s", actual);
    if (mismatch >= MISMATCH_CHANGED) {
        text_add(&text, ": %s differ", mismatch_name(mismatch));
    }
    (void)snprintf(buffer, size, "%s", text_bytes(&text));
    text_clear(&text);
}

/* ---- the parts of the description, from top to bottom ---- */

void failure_head(const struct plan_case *planned, const char *where, int line, struct text *text)
{
    const struct vector *vector = planned->vector;
    char name[CASE_NAME_MAX];

    plan_case_name(planned, name, sizeof name);
    text_add(text, "%s   %s   %s   %s\n", name, vector->clause_list,
             source_kind_name(vector->source.kind), where);
    text_add(text, "  %s\n  %s:%d\n", vector->story, vector->path, line);
}

static void add_script(const struct failure *failure, struct text *text)
{
    const struct vector *vector = failure->planned->vector;

    for (size_t i = 0; i < vector->step_count; i++) {
        const bool failing = i == failure->index;
        const struct learned *learned = failure->planned->learned;
        const uint32_t *n = learned->known[i] ? &learned->n[i] : NULL;
        char line[SCRIPT_LINE_MAX];
        size_t start;

        script_print(failing ? &failure->played->step : &vector->steps[i], n, line, sizeof line);
        start = text->length;
        text_add(text, "  %s %3zu  %s", failing ? ">" : " ", i + 1, line);
        if (i < failure->index) {
            text_pad(text, start, 90);
            text_add(text, " ok");
        }
        text_add(text, "\n");
    }
}

static void add_answer(struct wfp_answer answer, const char *written, struct text *text)
{
    const size_t start = text->length;
    char printed[ANSWER_TEXT_MAX];

    answer_print(answer, printed, sizeof printed);
    text_add(text, "%s", written == NULL ? printed : written);
    if (answer.outcome == WFP_RETURNED && answer.error != 0) {
        text_add(text, "  (%s %lu)", "SOCKET_ERROR", (unsigned long)answer.error);
    }
    text_pad(text, start, 56);
}

static void add_allowed(const struct failure *failure, struct text *text)
{
    for (size_t i = 0; i < failure->allowed->count; i++) {
        const struct expected *expected = failure->allowed->items[i];

        text_add(text, "         %-16s ",
                 i > 0                         ? "or"
                 : failure->allowed->count > 1 ? "expected one of"
                                               : "expected");
        add_answer(expected->answer, expected->text, text);
        for (size_t r = 0; r < expected->reason_count; r++) {
            text_add(text, " %s", expected->reasons[r]);
        }
        if (expected->changed == CHANGED_NONE) {
            text_add(text, ", buffer untouched");
        }
        if (expected->equals_blob != NULL || expected->equals_context != NULL) {
            text_add(text, ", the bytes of %s%s",
                     expected->equals_context != NULL ? "the context of " : "",
                     expected->equals_context != NULL ? expected->equals_context
                                                      : expected->equals_blob);
        }
        text_add(text, "\n");
    }
}

static void add_actual(const struct failure *failure, struct text *text)
{
    const struct played *played = failure->played;

    text_add(text, "         %-16s ", "actual");
    add_answer(played->reply.answer, NULL, text);
    text_add(text, " answered by %s", played->reply.answered_by);
    if (played->reply.out != NULL) {
        text_add(text, ", %lu bytes of the buffer changed", (unsigned long)played->changed);
    }
    if (played->reply.message.received) {
        text_add(text, ", flags 0x%lx, %lu bytes of control data",
                 (unsigned long)played->reply.message.flags,
                 (unsigned long)played->reply.message.control_size);
    }
    text_add(text, "\n");
}

static void add_hex_row(const char *label, const uint8_t *bytes, uint32_t size, uint32_t at,
                        struct text *text)
{
    text_add(text, "         %-9s %06lx ", label, (unsigned long)at);
    for (uint32_t i = at; i < at + HEX_ROW && i < size; i++) {
        text_add(text, " %02x", bytes[i]);
    }
    text_add(text, "\n");
}

static bool row_differs(const uint8_t *wanted, uint32_t wanted_size, const uint8_t *actual,
                        uint32_t actual_size, uint32_t at)
{
    for (uint32_t i = at; i < at + HEX_ROW; i++) {
        if ((i < wanted_size) != (i < actual_size) || (i < wanted_size && wanted[i] != actual[i])) {
            return true;
        }
    }
    return false;
}

/* The first rows that differ between the bytes asked for and those returned. */
static void add_hex_diff(const struct failure *failure, struct text *text)
{
    const struct backend_reply *reply = &failure->played->reply;
    const uint32_t size =
        reply->answer.bytes < reply->out_size ? reply->answer.bytes : reply->out_size;
    uint32_t wanted_size;
    uint8_t *wanted;
    int rows = 0;

    if (reply->out == NULL ||
        judge_alternative(failure->context, failure->allowed->items[0], failure->played) !=
            MISMATCH_CONTENT ||
        !judge_wanted_bytes(failure->context, failure->allowed->items[0], &wanted, &wanted_size)) {
        return;
    }
    for (uint32_t at = 0; at < wanted_size || at < size; at += HEX_ROW) {
        if (row_differs(wanted, wanted_size, reply->out, size, at) && rows++ < HEX_ROWS_MAX) {
            add_hex_row("expected", wanted, wanted_size, at, text);
            add_hex_row("actual", reply->out, size, at, text);
        }
    }
    if (rows > HEX_ROWS_MAX) {
        text_add(text, "         and %d rows more\n", rows - HEX_ROWS_MAX);
    }
    free(wanted);
}

static void add_rule(const struct failure *failure, struct text *text)
{
    const struct wfp_rule *rule = failure->rule;
    char value[VALUE_TEXT_MAX];

    if (rule == NULL) {
        return;
    }
    text_add(text, "         %-16s rule %s", "the model", rule->id);
    if (rule->source == WFP_ANSWER_KEY) {
        value_print(wfp_key_type(rule->key),
                    &failure->planned->profile->values.keys[rule->key].values[0], value,
                    sizeof value);
        text_add(text, " (profile key %s = %s)", wfp_key_name(rule->key), value);
    }
    text_add(text, "\n");
}

/* The command that repeats it: by name, or by file where the name would not find it. */
void failure_command(const struct plan_case *planned, const char *root, const char *options,
                     struct text *text)
{
    const struct vector *vector = planned->vector;
    const bool by_name = root == NULL || strncmp(vector->path, root, strlen(root)) == 0;
    char name[CASE_NAME_MAX];

    plan_case_name(planned, name, sizeof name);
    name[strcspn(name, "[")] = '\0';
    text_add(text, "  again: wfpcheck run %s", by_name ? name : vector->path);
    if (!by_name && planned->member != NULL) {
        text_add(text, " --select %s", name);
    }
    text_add(text, " --profile %s%s\n", planned->profile->name, options);
}

void failure_describe(const struct failure *failure, struct text *text)
{
    failure_head(failure->planned, failure->where,
                 vector_step_line(failure->planned->vector, &failure->played->step), text);
    add_script(failure, text);
    add_allowed(failure, text);
    add_actual(failure, text);
    add_hex_diff(failure, text);
    add_rule(failure, text);
    failure_command(failure->planned, failure->root, failure->options, text);
}
