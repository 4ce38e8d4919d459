/* SPDX-License-Identifier: MIT */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/bench.h"
#include "harness/cli.h"
#include "harness/command.h"
#include "harness/json_line.h"
#include "harness/platform/console.h"

static const char *const formats[] = {"human", "jsonl", NULL};

static const struct option table[] = {
    {.name = "format", .help = "how to print", .kind = OPTION_CHOICE, .choices = formats},
};

static const struct command command = {
    .name = "wfpcheck bench",
    .summary = "Measures the model, the runner, serve and the start of the program.",
    .options = table,
    .option_count = 1,
};

enum { PROGRAM_MAX = 1200, FIGURES_MAX = 16 };

struct figure {
    const char *name;
    const char *unit;
    double value;
};

struct figures {
    size_t count;
    struct figure items[FIGURES_MAX];
};

static void note(struct figures *figures, const char *name, const char *unit, double value)
{
    figures->items[figures->count++] = (struct figure){name, unit, value};
}

static enum status measure_model(struct figures *figures)
{
    struct bench_model model;

    if (bench_model(&model) != STATUS_OK) {
        return STATUS_BROKEN;
    }
    note(figures, "QUERY RECORDS, 1024-byte buffer, N = 780", "ns", model.query_records);
    note(figures, "QUERY RECORDS, one byte short", "ns", model.query_too_small);
    note(figures, "QUERY CONTEXT, 32 bytes", "ns", model.query_context);
    note(figures, "SET RECORDS, 780 bytes", "ns", model.set_records);
    note(figures, "memcpy of 780 bytes, to compare", "ns", model.copy);
    return STATUS_OK;
}

static enum status measure_paths(struct figures *figures)
{
    double per_second;

    if (bench_paths(&per_second) != STATUS_OK) {
        return STATUS_BROKEN;
    }
    note(figures, "paths of 6 services, all propagating (aim 100,000)", "per second", per_second);
    return STATUS_OK;
}

static enum status measure_suite(const struct session *session, struct figures *figures)
{
    double per_second;

    if (bench_plan(&session->plan, &session->backend, &per_second) != STATUS_OK) {
        return STATUS_BROKEN;
    }
    note(figures, "cases in process", "per second", per_second);
    note(figures, "the whole suite, all profiles", "ms",
         (double)session->plan.count * 1000 / per_second);
    return STATUS_OK;
}

static enum status measure_serve(const struct session *session, char *program,
                                 struct figures *figures)
{
    const char **ids = calloc(session->tree.count + 1, sizeof *ids);
    struct bench_serve served = {0};
    size_t count = 0;
    bool worked;

    for (size_t i = 0; ids != NULL && i < session->tree.count; i++) {
        if (vector_sweep(session->tree.vectors[i]) == NULL) {
            ids[count++] = session->tree.vectors[i]->id;
        }
    }
    worked = ids != NULL && bench_serve(program, ids, count, "observed", &served);
    free(ids);
    if (!worked) {
        return STATUS_BROKEN;
    }
    note(figures, "serve, by id, one request at a time", "per second", served.one_by_one);
    note(figures, "serve, by id, 64 requests on the way", "per second", served.pipelined);
    return STATUS_OK;
}

static enum status measure_start(const struct session *session, char *program,
                                 struct figures *figures)
{
    static char version[] = "--version";
    static char run[] = "run";
    char *one = malloc(VECTOR_FILE_MAX);
    char *starts[] = {program, version, NULL};
    char *runs[] = {program, run, one, NULL};
    double start = 0;
    double first = 0;
    bool worked = one != NULL && session->tree.count > 0;

    if (worked) {
        (void)snprintf(one, VECTOR_FILE_MAX, "%s", session->tree.vectors[0]->id);
        worked = bench_start(starts, &start) && bench_start(runs, &first);
    }
    free(one);
    if (!worked) {
        return STATUS_BROKEN;
    }
    note(figures, "start and end of the program", "ms", start);
    note(figures, "start, one vector, end", "ms", first);
    return STATUS_OK;
}

static void print_human(const struct figure *figure)
{
    (void)printf("  %-50s %14.1f %s\n", figure->name, figure->value, figure->unit);
}

static void print_json(const struct figure *figure)
{
    json_t *json = json_pack("{s:s, s:f, s:s}", "what", figure->name, "value", figure->value,
                             "unit", figure->unit);

    json_line_print(json, 0, stdout);
}

static enum status measure(struct session *session, struct figures *figures)
{
    static const struct plan_filter all = {NULL, NULL, 0};
    char program[PROGRAM_MAX];
    char folder[PROGRAM_MAX - 16];
    enum status status = session_add_profile(session, "all");

    if (status == STATUS_OK) {
        status = session_open_backend(session, "sim");
    }
    if (status == STATUS_OK) {
        status = session_load(session, NULL, 0);
    }
    if (status == STATUS_OK) {
        status = session_plan(session, &all);
    }
    if (status == STATUS_OK) {
        status = measure_model(figures);
    }
    if (status == STATUS_OK) {
        status = measure_paths(figures);
    }
    if (status == STATUS_OK) {
        status = measure_suite(session, figures);
    }
    if (status != STATUS_OK || !program_directory(folder, sizeof folder)) {
        return status != STATUS_OK ? status : STATUS_BROKEN;
    }
    (void)snprintf(program, sizeof program, "%s/wfpcheck", folder);
    status = measure_serve(session, program, figures);
    return status == STATUS_OK ? measure_start(session, program, figures) : status;
}

int cli_bench(int argc, char **argv)
{
    struct session session = {0};
    struct options options;
    struct figures figures = {0};
    enum status status;
    bool human;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    human = options_text(&options, 0, "human")[0] == 'h';
    status = session_open(&session);
    if (status == STATUS_OK) {
        status = measure(&session, &figures);
    }
    for (size_t i = 0; i < figures.count; i++) {
        (human ? print_human : print_json)(&figures.items[i]);
    }
    return command_end(&options, &session, status);
}
