/* SPDX-License-Identifier: MIT */

#include <jansson.h>
#include <stdio.h>

#include "harness/cli.h"
#include "harness/command.h"
#include "harness/json_line.h"

static const char *const formats[] = {"human", "jsonl", NULL};

static const struct option table[] = {
    {.name = "format", .help = "how to print", .kind = OPTION_CHOICE, .choices = formats},
};

static const struct command command = {
    .name = "wfpcheck list",
    .summary = "Lists vectors with their clauses and stories.",
    .positional = "[PATH...]",
    .positional_max = SIZE_MAX,
    .options = table,
    .option_count = 1,
};

static void print_human(const struct vector *vector)
{
    (void)printf("%s   %s\n    %s\n", vector->id, vector->clause_list, vector->story);
}

static json_t *needs_json(const struct vector *vector)
{
    json_t *needs = json_array();

    for (unsigned need = 0; need < NEED_COUNT; need++) {
        if ((vector->needs & NEED_BIT(need)) != 0) {
            (void)json_array_append_new(needs, json_string(need_name((enum need)need)));
        }
    }
    return needs;
}

static json_t *members_json(const struct vector *vector)
{
    json_t *members = json_array();

    const struct sweep *sweep = vector_sweep(vector);

    for (size_t b = 0; sweep != NULL && b < sweep->count; b++) {
        const struct band *band = &sweep->bands[b];

        for (size_t m = 0; m < band->count; m++) {
            (void)json_array_append_new(members, json_string(band->members[m].text));
        }
    }
    return members;
}

static void print_json(const struct vector *vector)
{
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "vector", vector->id, "topic",
                  vector->topic, "path", vector->path, "clauses", vector->clause_list, "story",
                  vector->story, "source", source_kind_name(vector->source.kind), "needs",
                  needs_json(vector), "members", members_json(vector));

    json_line_print(json, 0, stdout);
}

int cli_list(int argc, char **argv)
{
    struct session session = {0};
    struct options options;
    enum status status;
    bool human;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    human = options_text(&options, 0, "human")[0] == 'h';
    status = session_open(&session);
    if (status == STATUS_OK) {
        status = session_load(&session, options.positionals, options.positional_count);
    }
    for (size_t i = 0; status == STATUS_OK && i < session.tree.count; i++) {
        (human ? print_human : print_json)(session.tree.vectors[i]);
    }
    if (status == STATUS_OK && session.tree.bad > 0) {
        status = STATUS_BAD_INPUT;
    }
    return command_end(&options, &session, status);
}
