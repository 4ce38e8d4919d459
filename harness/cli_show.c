/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "harness/cli.h"
#include "harness/command.h"
#include "harness/expectation_text.h"
#include "harness/path_text.h"
#include "harness/script.h"

static const struct command command = {
    .name = "wfpcheck show",
    .summary = "Shows one vector: its story, its script and what is allowed to come back.",
    .positional = "ID",
    .positional_min = 1,
    .positional_max = 1,
};

static void add_sweep(const struct sweep *sweep, struct text *text)
{
    for (size_t b = 0; b < sweep->count; b++) {
        text_add(text, "        %s (", sweep->bands[b].name);
        for (size_t m = 0; m < sweep->bands[b].count; m++) {
            text_add(text, "%s%s", m == 0 ? "" : ", ", sweep->bands[b].members[m].text);
        }
        text_add(text, ")\n");
        expectation_text(sweep->bands[b].expect, 10, text);
    }
}

static void add_step(const struct step *step, struct text *text)
{
    char line[SCRIPT_LINE_MAX];

    script_print(step, NULL, line, sizeof line);
    text_add(text, "  %3u  %s\n", (unsigned)step->number, line);
    if (step->expect != NULL) {
        expectation_text(step->expect, 8, text);
    }
    if (step->sweep != NULL) {
        add_sweep(step->sweep, text);
    }
}

static void add_needs(const struct vector *vector, struct text *text)
{
    for (unsigned need = 0; need < NEED_COUNT; need++) {
        if ((vector->needs & NEED_BIT(need)) != 0) {
            text_add(text, " %s", need_name((enum need)need));
        }
    }
}

static void add_control(const struct control *control, struct text *text)
{
    text_add(text, "  control: with the steps below, step %u must %s\n", (unsigned)control->of,
             control->kind == CONTROL_SUCCESS ? "succeed" : "answer differently");
    for (size_t i = 0; i < control->count; i++) {
        add_step(&control->replacements[i], text);
    }
}

static void show(const struct vector *vector)
{
    struct text text = {0};

    text_add(&text, "%s   %s\n  %s\n  %s: %s\n  needs:", vector->id, vector->clause_list,
             vector->story, source_kind_name(vector->source.kind), vector->source.reference);
    add_needs(vector, &text);
    text_add(&text, "\n  %s\n\n", vector->path);
    if (vector->route != NULL) {
        path_claim_text(vector->route, &text);
    }
    for (size_t i = 0; i < vector->step_count; i++) {
        add_step(&vector->steps[i], &text);
    }
    if (vector->control != NULL) {
        add_control(vector->control, &text);
    }
    (void)fputs(text_bytes(&text), stdout);
    text_clear(&text);
}

int cli_show(int argc, char **argv)
{
    struct session session = {0};
    struct options options;
    struct vector *vector;
    enum status status;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    status = session_open(&session);
    if (status == STATUS_OK) {
        status = tree_load_one(session.root, options.positionals[0], session.keys,
                               &session.complaints, &vector);
    }
    if (status == STATUS_OK) {
        show(vector);
        vector_free(vector);
    }
    return command_end(&options, &session, status);
}
