/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/catalogue.h"
#include "harness/cli.h"
#include "harness/command.h"
#include "harness/execute.h"
#include "harness/known.h"
#include "harness/output.h"
#include "harness/platform/console.h"
#include "harness/platform/interrupt.h"
#include "harness/platform/system.h"
#include "harness/report.h"

enum run_option {
    RUN_BACKEND,
    RUN_REDIRECTOR,
    RUN_PROFILE,
    RUN_SET,
    RUN_KNOWN,
    RUN_SELECT,
    RUN_FORMAT,
    RUN_OUTPUT,
    RUN_JOBS,
    RUN_ALLOW_UNDECIDED,
    RUN_OPTION_COUNT
};

static const char *const backends[] = {"sim", "winsock", NULL};
static const char *const formats[] = {"human", "tap", "junit", "jsonl", NULL};

static const struct option table[RUN_OPTION_COUNT] = {
    [RUN_BACKEND] = {.name = "backend",
                     .help = "where to run: the model, or the Winsock of this machine",
                     .kind = OPTION_CHOICE,
                     .choices = backends},
    [RUN_REDIRECTOR] = {.name = "redirector",
                        .argument = "none|shim|CMD",
                        .help = "who redirects connections for the winsock backend: nobody, the "
                                "model in the provider's place, or a helper program "
                                "(vectors/REDIRECTOR.md; default: none)",
                        .kind = OPTION_STRING},
    [RUN_PROFILE] = {.name = "profile",
                     .argument = "NAME|FILE",
                     .help = "hold the answers against this profile; \"all\" is every shipped one "
                             "(default: observed)",
                     .kind = OPTION_LIST},
    [RUN_SET] = {.name = "set",
                 .argument = "KEY=VALUE",
                 .help = "decide one key of the profiles; see vectors/profiles/keys.json",
                 .kind = OPTION_LIST},
    [RUN_KNOWN] = {.name = "known",
                   .argument = "FILE",
                   .help = "known gaps of the target",
                   .kind = OPTION_STRING},
    [RUN_SELECT] = {.name = "select",
                    .argument = "GLOB",
                    .help = "only cases whose vector, or vector@member, matches",
                    .kind = OPTION_STRING},
    [RUN_FORMAT] = {.name = "format",
                    .help = "how to report",
                    .kind = OPTION_CHOICE,
                    .choices = formats},
    [RUN_OUTPUT] = {.name = "output",
                    .argument = "FILE",
                    .help = "write the report there; the file appears when it is complete",
                    .kind = OPTION_STRING},
    [RUN_JOBS] = {.name = "jobs",
                  .argument = "N",
                  .help = "cases to run at the same time (default: 1)",
                  .kind = OPTION_NUMBER,
                  .min = 1,
                  .max = EXECUTE_JOBS_MAX},
    [RUN_ALLOW_UNDECIDED] = {.name = "allow-undecided",
                             .help = "undecided cases do not fail the run",
                             .kind = OPTION_FLAG},
};

static const struct command command = {
    .name = "wfpcheck run",
    .summary = "Runs vectors and judges every answer. PATH is a file, a folder, a vector's id or a "
               "case's name; without any, all vectors run.",
    .positional = "[PATH...]",
    .positional_max = SIZE_MAX,
    .options = table,
    .option_count = RUN_OPTION_COUNT,
};

struct run {
    struct options *options;
    struct session session;
    const char *backend;
    const char *redirector;
    struct known *known;
    struct output_file output;
    const struct report_format *format;
    void *report;
};

/* ---- set-up ---- */

static enum status choose_profiles(struct run *run)
{
    const char *name = options_item(run->options, RUN_PROFILE, 0);
    const char *setting;
    enum status status = STATUS_OK;

    if (name == NULL) {
        status = session_add_profile(&run->session, "observed");
    }
    for (size_t i = 0; name != NULL && status == STATUS_OK;
         name = options_item(run->options, RUN_PROFILE, ++i)) {
        status = session_add_profile(&run->session, name);
    }
    setting = options_item(run->options, RUN_SET, 0);
    for (size_t i = 0; setting != NULL && status == STATUS_OK;
         setting = options_item(run->options, RUN_SET, ++i)) {
        status = session_set(&run->session, setting);
    }
    return status;
}

/* What has to be typed, besides the case and the profile, to get the same run. */
static void note_options(struct run *run)
{
    char *text = run->session.options;
    const size_t room = sizeof run->session.options;
    const char *setting = options_item(run->options, RUN_SET, 0);
    size_t used = 0;

    if (strcmp(run->backend, "sim") != 0) {
        used = (size_t)snprintf(text, room, " --backend %s", run->backend);
    }
    if (strcmp(run->redirector, "none") != 0 && used < room) {
        used += (size_t)snprintf(text + used, room - used, " --redirector '%s'", run->redirector);
    }
    for (size_t i = 0; setting != NULL && used < room;
         setting = options_item(run->options, RUN_SET, ++i)) {
        used += (size_t)snprintf(text + used, room - used, " --set '%s'", setting);
    }
}

static enum status load_known(struct run *run)
{
    const char *path = options_text(run->options, RUN_KNOWN, NULL);
    const time_t now = time(NULL);
    char today[16] = "";

    if (path == NULL) {
        return STATUS_OK;
    }
    (void)strftime(today, sizeof today, "%Y-%m-%d", gmtime(&now));
    return known_load(path, today, &run->session.complaints, &run->known);
}

static enum status prepare(struct run *run)
{
    const struct plan_filter filter = {
        .select = options_text(run->options, RUN_SELECT, NULL),
        .names = run->options->positionals,
        .name_count = run->options->positional_count,
    };
    enum status status = session_open(&run->session);

    if (status == STATUS_OK) {
        status = session_check_redirector(&run->session, run->backend);
    }
    if (status == STATUS_OK) {
        status = choose_profiles(run);
    }
    if (status == STATUS_OK) {
        status = load_known(run);
    }
    if (status == STATUS_OK) {
        status = session_open_backend(&run->session, run->backend);
    }
    if (status == STATUS_OK) {
        status =
            session_load(&run->session, run->options->positionals, run->options->positional_count);
    }
    return status == STATUS_OK ? session_plan(&run->session, &filter) : status;
}

static bool is_narrowed(const struct run *run)
{
    return run->options->positional_count > 0 ||
           options_text(run->options, RUN_SELECT, NULL) != NULL;
}

/* ---- the report ---- */

/* How many clauses no vector can cover: belongs to the head of a whole run. */
static void note_uncoverable(struct run *run, char *notes, size_t size)
{
    struct catalogue *catalogue;
    size_t uncoverable = 0;

    notes[0] = '\0';
    if (is_narrowed(run) ||
        catalogue_load(run->session.root, &run->session.complaints, &catalogue) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < catalogue->clause_count; i++) {
        const struct clause *clause = &catalogue->clauses[i];

        uncoverable += clause->family->in_scope && clause->uncoverable_reason != NULL;
    }
    (void)snprintf(notes, size,
                   "%zu clauses in scope cannot be covered by a vector; wfpcheck coverage lists "
                   "them with their reasons",
                   uncoverable);
    catalogue_free(catalogue);
}

static void begin_report(struct run *run)
{
    const struct session *session = &run->session;
    const char *names[SESSION_PROFILES_MAX];
    char notes[160];
    const bool colour = console_is_terminal(run->output.stream) && !console_no_colour();
    const time_t now = time(NULL);
    char date[32];
    struct system_description system;
    struct report_head head = {
        .version = WFPCHECK_VERSION,
        .backend = session->backend.name,
        .target = session->backend.target(session->backend.state),
        .redirector = session->backend.redirector,
        .os = system.name,
        .build = system.build,
        .architecture = system.architecture,
        .date = date,
        .profiles = names,
        .profile_count = session->profile_count,
        .vectors = session->plan.vectors,
        .cases = session->plan.count,
        .notes = notes,
    };

    for (size_t i = 0; i < session->profile_count; i++) {
        names[i] = session->profiles[i]->name;
    }
    note_uncoverable(run, notes, sizeof notes);
    system_describe(&system);
    head.elevated = system.elevated;
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    run->report = run->format->begin(run->output.stream, &head, colour);
}

static void take_result(void *context, struct result *result)
{
    struct run *run = context;

    if (run->known != NULL) {
        known_apply(run->known, result);
    }
    run->format->result(run->report, result);
}

static enum status open_backend(void *context, struct backend *backend)
{
    const struct run *run = context;
    char trouble[BACKEND_TROUBLE_MAX];

    return strcmp(run->backend, "winsock") == 0
               ? backend_winsock_open(run->redirector, backend, trouble)
               : backend_simulator_open(wfp_rules_shipped(), backend);
}

static int exit_code(struct run *run, const struct report_totals *totals)
{
    const bool allow = options_flag(run->options, RUN_ALLOW_UNDECIDED);
    size_t failing = 0;

    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        failing += verdict_fails((enum verdict)verdict, allow) ? totals->verdicts[verdict] : 0;
    }
    if (run->session.tree.bad > 0) {
        return EXIT_USAGE;
    }
    if (totals->interrupted || totals->executed == 0) {
        (void)fprintf(stderr, "wfpcheck run: %s\n",
                      totals->interrupted ? "interrupted" : "nothing was executed");
        return EXIT_BROKEN;
    }
    if (run->known != NULL && !is_narrowed(run)) {
        failing += known_unmatched(run->known, &run->session.complaints);
    }
    return failing > 0 ? EXIT_VERDICTS : EXIT_WELL;
}

static int finish(struct run *run, const struct report_totals *totals)
{
    const int code = exit_code(run, totals);

    if (totals->interrupted) {
        output_abandon(&run->output);
        return code;
    }
    return output_commit(&run->output, &run->session.complaints) == STATUS_OK ? code : EXIT_BROKEN;
}

static int run_plan(struct run *run)
{
    const struct execution execution = {
        .plan = &run->session.plan,
        .keys = run->session.keys,
        .root = run->session.root,
        .options = run->session.options,
        .traces = run->format == &report_jsonl,
        .jobs = options_number(run->options, RUN_JOBS, 1),
        .open = open_backend,
        .result = take_result,
        .context = run,
        .progress =
            console_is_terminal(stderr) && options_text(run->options, RUN_OUTPUT, NULL) != NULL,
    };
    struct report_totals totals;

    begin_report(run);
    if (run->report == NULL || execute(&execution, &totals) != STATUS_OK) {
        output_abandon(&run->output);
        (void)fprintf(stderr, "wfpcheck run: no memory, or the backend cannot be opened again\n");
        return EXIT_BROKEN;
    }
    run->format->end(run->report, &totals);
    return finish(run, &totals);
}

int cli_run(int argc, char **argv)
{
    struct options options;
    struct run run = {.options = &options};
    enum status status;
    int ended;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    run.backend = options_text(&options, RUN_BACKEND, "sim");
    run.redirector = options_text(&options, RUN_REDIRECTOR, "none");
    run.session.redirector = run.redirector;
    run.format = report_format_named(options_text(&options, RUN_FORMAT, "human"));
    note_options(&run);
    status = prepare(&run);
    if (status == STATUS_OK) {
        interrupt_watch(); /* before there is a half written file to be left behind */
        status = output_open(options_text(&options, RUN_OUTPUT, NULL), &run.session.complaints,
                             &run.output);
    }
    code = status == STATUS_OK ? run_plan(&run) : EXIT_WELL;
    if (run.known != NULL) {
        session_complain(&run.session);
        known_free(run.known);
    }
    ended = command_end(&options, &run.session, status);
    return code != EXIT_WELL ? code : ended;
}
