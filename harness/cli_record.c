/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/backend/redirector.h"
#include "harness/cli.h"
#include "harness/command.h"
#include "harness/document.h"
#include "harness/output.h"
#include "harness/path_outcome.h"
#include "harness/path_trace.h"
#include "harness/path_vector.h"
#include "harness/platform/console.h"
#include "harness/platform/interrupt.h"
#include "harness/platform/system.h"
#include "harness/recording.h"
#include "harness/script.h"

enum record_option {
    RECORD_BACKEND,
    RECORD_REDIRECTOR,
    RECORD_CHECK,
    RECORD_OUTPUT,
    RECORD_PROFILE,
    RECORD_OPTION_COUNT
};

static const char *const backends[] = {"sim", "winsock", NULL};

static const struct option table[RECORD_OPTION_COUNT] = {
    [RECORD_BACKEND] = {.name = "backend",
                        .help = "where to run: the model, or the Winsock of this machine "
                                "(default: sim)",
                        .kind = OPTION_CHOICE,
                        .choices = backends},
    [RECORD_REDIRECTOR] = {.name = "redirector",
                           .argument = "none|shim|CMD",
                           .help = "who redirects connections for the winsock backend: nobody, the "
                                   "model in the provider's place, or a helper program "
                                   "(vectors/REDIRECTOR.md; default: none)",
                           .kind = OPTION_STRING},
    [RECORD_CHECK] = {.name = "check",
                      .help = "record nothing; ask the redirector CMD everything once and tell "
                              "whether it keeps to its contract",
                      .kind = OPTION_FLAG},
    [RECORD_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .help = "write the recording there; the file appears when it is complete",
                       .kind = OPTION_STRING},
    [RECORD_PROFILE] = {.name = "profile",
                        .argument = "NAME|FILE",
                        .help = "what the model answers by; only with --backend sim "
                                "(default: observed)",
                        .kind = OPTION_STRING},
};

static const struct command command = {
    .name = "wfpcheck record",
    .summary = "Plays vectors and records every call with its answer, to be judged elsewhere "
               "(wfpcheck judge) or compared (wfpcheck diff). PATH is a file, a folder, a vector's "
               "id or a case's name; without any, all vectors are played.",
    .positional = "[PATH...]",
    .positional_max = SIZE_MAX,
    .options = table,
    .option_count = RECORD_OPTION_COUNT,
};

/* A recording under way. */
struct session_recorder {
    struct session *session;
    struct recorder recorder;
    bool on_model;
    const struct plan_case *planned;
    const struct learned *learned; /* N of the steps of the case */
    const struct path_scene *scene;
    uint32_t calls; /* of the path */
};

/* ---- one case ---- */

/* The name without the profile: it is the same for every target. */
static void name_case(const struct plan_case *planned, struct recorded_case *begun)
{
    plan_case_name(planned, begun->name, sizeof begun->name);
    begun->name[strcspn(begun->name, "[")] = '\0';
    (void)snprintf(begun->member, sizeof begun->member, "%s",
                   planned->member == NULL ? "" : planned->member->text);
    (void)snprintf(begun->topic, sizeof begun->topic, "%s", planned->vector->topic);
    begun->vector = planned->vector->document->root;
}

/* Says in `why` what the target lacks; false if there is something. */
static bool can_play(const struct session_recorder *session, struct recorded_case *begun)
{
    const uint32_t lacking = session->planned->vector->needs & ~session->session->backend.needs;

    for (unsigned need = 0; need < NEED_COUNT; need++) {
        if ((lacking & NEED_BIT(need)) != 0) {
            (void)snprintf(begun->why, sizeof begun->why, "needs %s", need_name((enum need)need));
            begun->end = VERDICT_UNSUPPORTED;
            return false;
        }
    }
    return true;
}

static void describe(const struct session_recorder *session, size_t index,
                     const struct played *played, struct recorded_step *step)
{
    const struct backend_reply *reply = &played->reply;
    const bool known = session->learned->known[index];

    step->number = (uint32_t)index + 1;
    step->in_size = played->in_size;
    step->out_size = played->out_size;
    step->n = known ? session->learned->n[index] : RECORDED_UNKNOWN;
    step->changed = played->changed;
    step->answer = reply->answer;
    step->control_size = played->control_size;
    step->received = reply->message.received && reply->message.control != NULL;
    step->flags = reply->message.flags;
    step->control_returned = reply->message.control_size;
    step->control = reply->message.control;
    (void)snprintf(step->by, sizeof step->by, "%s", reply->answered_by);
    script_print(&played->step, known ? &session->learned->n[index] : NULL, step->call,
                 sizeof step->call);
}

static enum status record_step(void *context, size_t index, const struct played *played,
                               const struct blobs *blobs)
{
    struct session_recorder *session = context;
    struct recorded_step step;
    struct backend_call call = {.step = NULL};
    struct play_inputs inputs;

    describe(session, index, played, &step);
    if (!play_inputs_make(blobs, &played->step, played->layout, &call, &inputs)) {
        session->recorder.chain.failed = true;
        return STATUS_BROKEN;
    }
    recorder_step(&session->recorder, &step, inputs.in, played->reply.out);
    play_inputs_free(&inputs);
    return session->recorder.chain.failed ? STATUS_BROKEN : STATUS_OK;
}

static void play(struct session_recorder *session, struct learned *learned)
{
    const struct plan_case *planned = session->planned;
    struct script script = {planned->vector, planned->profile, planned->member, false, NULL, false};
    const struct backend *backend = &session->session->backend;
    char trouble[PLAY_TROUBLE_MAX] = "";
    enum status status;

    memset(learned, 0, sizeof *learned);
    if ((planned->vector->needs & NEED_BIT(NEED_REDIRECT)) != 0) {
        play_learn(backend, &script, learned);
    }
    session->learned = learned;
    script.learned = learned;
    status = play_script(backend, &script, record_step, session, trouble);
    if (status != STATUS_OK && !session->recorder.chain.failed) {
        recorder_stop(&session->recorder,
                      status == STATUS_BROKEN ? VERDICT_BROKEN : VERDICT_UNSUPPORTED, trouble);
    }
}

/* ---- one path ---- */

static void record_call(void *context, const struct wfp_path_call *call)
{
    struct session_recorder *session = context;
    struct recorded_step step;

    path_trace_record(call, session->scene->names, &step);
    step.number = ++session->calls;
    recorder_call(&session->recorder, &step);
}

static void record_outcome(struct session_recorder *session, const struct wfp_path *path)
{
    struct path_outcome outcome;
    struct text text = {0};

    path_outcome_of(path, &outcome);
    path_outcome_text(&outcome, session->scene->names, &text);
    recorder_outcome(&session->recorder, text_bytes(&text));
    text_clear(&text);
}

static void play_path(struct session_recorder *session)
{
    const struct plan_case *planned = session->planned;
    const struct backend *backend = &session->session->backend;
    const struct wfp_path *path = NULL;
    char trouble[BACKEND_TROUBLE_MAX] = "";
    struct backend_path asked = {
        .profile = planned->profile, .observer = record_call, .context = session};

    session->scene = path_claim_scene(planned->vector->route, planned->member);
    session->calls = 0;
    asked.scene = session->scene;
    if (backend->path(backend->state, &asked, &path, trouble) == STATUS_OK) {
        record_outcome(session, path);
    } else {
        recorder_stop(&session->recorder, VERDICT_BROKEN, trouble);
    }
}

static void record_case(struct session_recorder *session, struct recorded_case *begun)
{
    struct learned learned;
    bool possible;

    begun->end = VERDICT_PASS;
    name_case(session->planned, begun);
    possible = can_play(session, begun);
    recorder_case(&session->recorder, begun);
    if (possible && session->planned->vector->kind == VECTOR_PATH) {
        play_path(session);
    } else if (possible) {
        play(session, &learned);
    }
}

/* ---- all of them ---- */

static void copy(char *to, const char *from)
{
    (void)snprintf(to, RECORDING_TEXT_MAX, "%s", from);
}

static void record_head(struct session_recorder *session)
{
    const struct session *with = session->session;
    const time_t now = time(NULL);
    struct system_description system;
    struct recorded_head head = {.vectors = (uint32_t)with->plan.vectors,
                                 .cases = (uint32_t)with->plan.count};

    system_describe(&system);
    copy(head.tool, WFPCHECK_VERSION);
    copy(head.backend, with->backend.name);
    copy(head.target, with->backend.target(with->backend.state));
    copy(head.os, system.name);
    copy(head.build, system.build);
    copy(head.architecture, system.architecture);
    copy(head.redirector, with->backend.redirector);
    copy(head.profile, session->on_model ? with->profiles[0]->name : "");
    head.elevated = system.elevated;
    (void)strftime(head.date, sizeof head.date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    recorder_head(&session->recorder, &head);
}

static enum status record_all(struct session_recorder *session)
{
    const struct plan *plan = &session->session->plan;
    struct recorded_case *begun = malloc(sizeof *begun);

    if (begun == NULL) {
        return STATUS_BROKEN;
    }
    record_head(session);
    for (size_t i = 0; i < plan->count && !session->recorder.chain.failed && !interrupted(); i++) {
        session->planned = &plan->cases[i];
        record_case(session, begun);
    }
    recorder_end(&session->recorder);
    free(begun);
    return session->recorder.chain.failed || interrupted() ? STATUS_BROKEN : STATUS_OK;
}

static void sum_up(const struct recorder *recorder)
{
    const struct recorded_totals *totals = &recorder->totals;

    (void)fprintf(stderr, "recorded %lu cases, %lu steps · %lu unsupported · %lu broken\n",
                  (unsigned long)totals->cases, (unsigned long)totals->steps,
                  (unsigned long)totals->unsupported, (unsigned long)totals->broken);
}

static int exit_code(const struct session_recorder *session)
{
    if (session->session->tree.bad > 0) {
        return EXIT_USAGE;
    }
    if (session->recorder.totals.steps == 0) {
        (void)fprintf(stderr, "wfpcheck record: nothing was executed\n");
        return EXIT_BROKEN;
    }
    return session->recorder.totals.broken > 0 ? EXIT_BROKEN : EXIT_WELL;
}

static int record(const struct options *options, struct session *session, bool on_model)
{
    struct session_recorder recorder = {.session = session, .on_model = on_model};
    struct output_file output;

    interrupt_watch(); /* before there is a half written file to be left behind */
    if (output_open(options_text(options, RECORD_OUTPUT, NULL), &session->complaints, &output) !=
        STATUS_OK) {
        return EXIT_USAGE;
    }
    recorder.recorder.chain.out = output.stream;
    if (record_all(&recorder) != STATUS_OK) {
        output_abandon(&output);
        (void)fprintf(stderr, "wfpcheck record: %s\n", interrupted() ? "interrupted" : "no memory");
        return EXIT_BROKEN;
    }
    if (output_commit(&output, &session->complaints) != STATUS_OK) {
        return EXIT_BROKEN;
    }
    sum_up(&recorder.recorder);
    return exit_code(&recorder);
}

/* ---- set-up ---- */

static enum status prepare(const struct options *options, struct session *session, bool on_model)
{
    const struct plan_filter filter = {NULL, options->positionals, options->positional_count};
    const char *profile = options_text(options, RECORD_PROFILE, NULL);
    enum status status = session_open(session);

    if (status == STATUS_OK) {
        status = session_check_redirector(session, on_model ? "sim" : "winsock");
    }
    if (status == STATUS_OK && profile != NULL && !on_model) {
        complain(&session->complaints, "wfpcheck record", 0, "--profile", "only with --backend sim",
                 "%s", profile);
        return STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = session_profile(session, profile == NULL ? "observed" : profile) == NULL
                     ? STATUS_BAD_INPUT
                     : STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = session_open_backend(session, on_model ? "sim" : "winsock");
    }
    if (status == STATUS_OK) {
        status = session_load(session, options->positionals, options->positional_count);
    }
    return status == STATUS_OK ? session_plan(session, &filter) : status;
}

/* The dialogue alone: it works where there is nothing to redirect, too. */
static int check_redirector(const char *redirector)
{
    if (strcmp(redirector, "none") == 0 || strcmp(redirector, "shim") == 0) {
        (void)fprintf(stderr, "wfpcheck record: --check: expected --redirector CMD, actual %s\n",
                      redirector);
        return EXIT_USAGE;
    }
    return redirector_check(redirector, stdout) ? EXIT_WELL : EXIT_VERDICTS;
}

int cli_record(int argc, char **argv)
{
    struct session session = {0};
    struct options options;
    enum status status;
    bool on_model;
    int ended;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    session.redirector = options_text(&options, RECORD_REDIRECTOR, "none");
    if (options_flag(&options, RECORD_CHECK)) {
        code = check_redirector(session.redirector);
        options_release(&options);
        return code;
    }
    on_model = strcmp(options_text(&options, RECORD_BACKEND, "sim"), "sim") == 0;
    status = prepare(&options, &session, on_model);
    code = status == STATUS_OK ? record(&options, &session, on_model) : EXIT_WELL;
    ended = command_end(&options, &session, status);
    return code != EXIT_WELL ? code : ended;
}
