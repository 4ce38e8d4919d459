/* SPDX-License-Identifier: MIT */

#include "harness/path_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/path_failure.h"
#include "harness/path_trace.h"
#include "harness/path_vector.h"
#include "harness/profile.h"

/* One case under way. */
struct run {
    const struct runner *runner;
    const struct plan_case *planned;
    const struct path_case *is;
    struct judged *judged;
    struct path_trace trace;
};

static void conclude(struct judged *judged, enum verdict verdict, const char *format, ...)
    TEXT_FORMAT(3, 4);

static void conclude(struct judged *judged, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(judged->message, sizeof judged->message, format, arguments);
    va_end(arguments);
    judged->result.verdict = verdict;
    judged->result.message = judged->message;
}

/* ---- the rules that answered ---- */

static void observe(void *context, const struct wfp_path_call *call)
{
    struct run *run = context;
    const struct wfp_rules *rules = wfp_rules_shipped();
    const struct wfp_rule *rule = call->reply.rule;

    if (run->runner->visited != NULL && rule >= rules->rows && rule < rules->rows + rules->count) {
        const size_t row = (size_t)(rule - rules->rows);

        run->runner->visited[row / 64] |= UINT64_C(1) << (row % 64);
    }
    if (run->runner->traces) {
        path_trace_add(&run->trace, call);
    }
}

static enum status travel(struct run *run, const struct topology *topology,
                          const struct wfp_path **path)
{
    const struct backend *backend = run->runner->backend;
    const bool watched = run->runner->visited != NULL || run->runner->traces;
    char trouble[BACKEND_TROUBLE_MAX] = "";
    enum status status = STATUS_BROKEN;

    if (backend->travel != NULL) {
        status = backend->travel(backend->state, topology, run->planned->profile,
                                 watched ? observe : NULL, run, path, trouble);
    }
    if (status != STATUS_OK) {
        conclude(run->judged, VERDICT_BROKEN, "%s", trouble);
    }
    return status;
}

/* ---- the judgement ---- */

static void note_actual(struct run *run, const struct wfp_path *path)
{
    struct result *result = &run->judged->result;
    struct text text = {0};

    outcome_add_actual(&run->is->topology, path, &text);
    (void)snprintf(run->judged->actual, sizeof run->judged->actual, "%s", text_bytes(&text));
    text_clear(&text);
    result->actual = run->judged->actual;
    result->answered_by = "model";
}

static bool is_allowed(const struct run *run, const struct expected_list *allowed,
                       const struct wfp_path *path)
{
    size_t hop;

    for (size_t i = 0; i < allowed->count; i++) {
        if (outcome_compare(allowed->items[i]->path, &run->is->topology, path, &hop) ==
            OUTCOME_ALLOWED) {
            return true;
        }
    }
    return false;
}

static void reject(struct run *run, const struct expected_list *allowed,
                   const struct wfp_path *path)
{
    const struct backend *backend = run->runner->backend;
    char where[128];
    const struct path_failure failure = {
        .about = {.planned = run->planned,
                  .where = where,
                  .root = run->runner->root,
                  .options = run->runner->options},
        .backend = run->runner->reference,
        .is = run->is,
        .allowed = allowed,
        .path = path,
    };

    (void)snprintf(where, sizeof where, "%s · %s", backend->name, backend->target(backend->state));
    path_failure_message(&failure, run->judged->message, sizeof run->judged->message);
    run->judged->result.message = run->judged->message;
    run->judged->result.verdict = VERDICT_FAIL;
    if (run->runner->details) {
        path_failure_describe(&failure, &run->judged->detail);
        run->judged->result.detail = text_bytes(&run->judged->detail);
    }
}

static bool judge(struct run *run, const struct wfp_path *path)
{
    struct expected_list allowed;

    if (!expectation_leaves(run->is->expect, run->planned->profile, &allowed)) {
        conclude(run->judged, VERDICT_UNDECIDED, "the vector says nothing about %s",
                 allowed.missing);
        return false;
    }
    if (!is_allowed(run, &allowed, path)) {
        reject(run, &allowed, path);
        return false;
    }
    return true;
}

/* ---- the control ---- */

static bool control_holds(enum control_kind kind, const char *tested, const char *controlled,
                          const struct wfp_path *path)
{
    return kind == CONTROL_SUCCESS ? path->end == WFP_PATH_REACHED
                                   : strcmp(tested, controlled) != 0;
}

static void check_control(struct run *run)
{
    const struct path_control *control = run->planned->vector->path_vector->control;
    struct text controlled = {0};
    const struct wfp_path *path;

    if (!run->planned->controllable) {
        run->judged->result.uncontrolled = true;
        return;
    }
    if (travel(run, &run->is->control, &path) != STATUS_OK) {
        return;
    }
    outcome_add_actual(&run->is->control, path, &controlled);
    if (!control_holds(control->kind, run->judged->actual, text_bytes(&controlled), path)) {
        conclude(run->judged, VERDICT_UNDECIDED, "control failed: expected %s, actual %s",
                 control->kind == CONTROL_SUCCESS ? "that the destination is reached"
                                                  : "another path than the tested one",
                 text_bytes(&controlled));
    }
    text_clear(&controlled);
}

static bool travel_for_plan(const struct plan_case *planned, const struct backend *reference,
                            const struct topology *topology, struct text *text,
                            const struct wfp_path **path)
{
    char trouble[BACKEND_TROUBLE_MAX];

    if (reference->travel(reference->state, topology, planned->profile, NULL, NULL, path,
                          trouble) != STATUS_OK) {
        return false;
    }
    outcome_add_actual(topology, *path, text);
    return true;
}

bool path_control_possible(const struct plan_case *planned, const struct backend *reference)
{
    const struct path_case *is = path_case_of(planned->vector, planned->member);
    const struct path_control *control = planned->vector->path_vector->control;
    struct text tested = {0};
    struct text controlled = {0};
    const struct wfp_path *path = NULL;
    bool possible;

    if (control == NULL) {
        return true;
    }
    possible = travel_for_plan(planned, reference, &is->topology, &tested, &path) &&
               travel_for_plan(planned, reference, &is->control, &controlled, &path) &&
               control_holds(control->kind, text_bytes(&tested), text_bytes(&controlled), path);
    text_clear(&tested);
    text_clear(&controlled);
    return possible;
}

/* ---- the case ---- */

void path_run(const struct runner *runner, const struct plan_case *planned, struct judged *judged)
{
    struct run run = {.runner = runner,
                      .planned = planned,
                      .is = path_case_of(planned->vector, planned->member),
                      .judged = judged};
    const struct wfp_path *path = NULL;

    path_trace_begin(&run.trace, &run.is->topology);
    if (travel(&run, &run.is->topology, &path) == STATUS_OK) {
        note_actual(&run, path);
        if (runner->traces) {
            path_trace_end(&run.trace, path, &judged->trace);
            judged->result.trace = text_bytes(&judged->trace);
        }
        if (judge(&run, path) && planned->vector->path_vector->control != NULL) {
            check_control(&run);
        }
    }
    path_trace_clear(&run.trace);
}
