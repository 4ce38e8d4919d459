/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/document.h"
#include "harness/key.h"
#include "harness/path_failure.h"
#include "harness/path_vector.h"
#include "harness/runner.h"

/* One case under way. */
struct path_case {
    const struct runner *runner;
    const struct plan_case *planned;
    struct judged *judged;
    const struct path_scene *scene;
    const struct expectation *expect;
    struct path_trace trace;
    bool keeps; /* the trace is wanted */
};

static void note_call(void *context, const struct wfp_path_call *call)
{
    struct path_case *made = context;

    runner_note_rule(made->runner, call->reply.rule);
    if (made->keeps) {
        path_trace_note(&made->trace, call);
    }
}

static void note_outcome(struct path_case *made, const struct path_outcome *outcome)
{
    const struct expectation *expect = made->expect;
    struct judged *judged = made->judged;

    path_outcome_text(outcome, made->scene->names, &judged->outcome);
    judged->result.actual = text_bytes(&judged->outcome);
    judged->result.answered_by = "model";
    if (expect->kind == EXPECTATION_KEY && made->runner->keys != NULL) {
        judged->result.settles = made->runner->keys->entries[expect->key].settles;
    }
}

/* NULL where there is none, or no memory. */
static const char *dump(const json_t *json, struct text *text)
{
    char *printed = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

    if (printed != NULL) {
        text_add_bytes(text, printed, strlen(printed));
        free(printed);
        return text_bytes(text);
    }
    return NULL;
}

static void note_trace(struct path_case *made)
{
    struct judged *judged = made->judged;
    json_t *json = made->runner->traces ? path_trace_json(&made->trace, made->scene->names) : NULL;

    judged->result.trace = dump(json, &judged->trace);
    if (judged->result.trace != NULL) {
        judged->result.document = dump(made->planned->vector->document->root, &judged->document);
    }
    json_decref(json);
}

static void reject(struct path_case *made, const struct wfp_path *path,
                   const struct path_outcome *outcome, const struct expected_list *allowed)
{
    const struct backend *backend = made->runner->backend;
    struct judged *judged = made->judged;
    char where[128];
    const struct path_failure failure = {
        .planned = made->planned,
        .scene = made->scene,
        .allowed = allowed,
        .path = path,
        .actual = outcome,
        .trace = &made->trace,
        .answered_by = "model",
        .where = where,
        .root = made->runner->root,
        .options = made->runner->options,
    };

    (void)snprintf(where, sizeof where, "%s · %s", backend->name, backend->target(backend->state));
    path_failure_message(&failure, judged->message, sizeof judged->message);
    judged->result.message = judged->message;
    judged->result.verdict = VERDICT_FAIL;
    if (made->runner->details) {
        path_failure_describe(&failure, &judged->detail);
        judged->result.detail = text_bytes(&judged->detail);
    }
}

static void judge(struct path_case *made, const struct wfp_path *path, struct path_outcome *outcome)
{
    struct expected_list allowed;

    path_outcome_of(path, outcome);
    note_outcome(made, outcome);
    note_trace(made);
    if (!expectation_leaves(made->expect, made->planned->profile, &allowed)) {
        judged_conclude(made->judged, VERDICT_UNDECIDED, "the vector says nothing about %s",
                        allowed.missing);
        return;
    }
    for (size_t i = 0; i < allowed.count; i++) {
        if (path_outcome_compare(allowed.items[i]->path, outcome).part == OUTCOME_SAME) {
            return;
        }
    }
    reject(made, path, outcome, &allowed);
}

/* ---- the control ---- */

/* What callouts were told and did on the way is no contrast: the connection must fare otherwise. */
static bool contrasts(const struct path_outcome *tested, const struct path_outcome *controlled)
{
    struct path_outcome way = *tested;

    way.told_hops = 0;
    way.did_hops = 0;
    way.condition_hops = 0;
    return path_outcome_compare(&way, controlled).part != OUTCOME_SAME;
}

static bool travel(const struct backend *backend, const struct path_scene *scene,
                   const struct profile *profile, struct path_outcome *outcome)
{
    const struct backend_path asked = {.scene = scene, .profile = profile};
    const struct wfp_path *path = NULL;
    char trouble[BACKEND_TROUBLE_MAX] = "";

    if (backend->path == NULL ||
        backend->path(backend->state, &asked, &path, trouble) != STATUS_OK) {
        return false;
    }
    path_outcome_of(path, outcome);
    return true;
}

static void check_control(struct path_case *made, const struct path_outcome *tested)
{
    const struct plan_case *planned = made->planned;
    const struct path_scene *scene = path_claim_control(planned->vector->route, planned->member);
    struct path_outcome controlled;
    struct text text = {0};

    if (scene == NULL || made->judged->result.verdict != VERDICT_PASS) {
        return;
    }
    if (!planned->controllable) {
        made->judged->result.uncontrolled = true;
        return;
    }
    if (!travel(made->runner->backend, scene, planned->profile, &controlled)) {
        judged_conclude(made->judged, VERDICT_UNDECIDED,
                        "the control could not be played to its end");
    } else if (!contrasts(tested, &controlled)) {
        path_outcome_text(&controlled, scene->names, &text);
        judged_conclude(made->judged, VERDICT_UNDECIDED,
                        "control failed: expected another outcome than the tested path's, "
                        "actual %s",
                        text_bytes(&text));
        text_clear(&text);
    }
}

bool path_control_possible(const struct plan_case *planned, const struct backend *reference)
{
    const struct path_claim *claim = planned->vector->route;
    const struct path_scene *scene = path_claim_control(claim, planned->member);
    struct path_outcome tested;
    struct path_outcome controlled;

    if (scene == NULL) {
        return true;
    }
    return travel(reference, path_claim_scene(claim, planned->member), planned->profile, &tested) &&
           travel(reference, scene, planned->profile, &controlled) &&
           contrasts(&tested, &controlled);
}

/* ---- the case ---- */

void path_run_case(const struct runner *runner, const struct plan_case *planned,
                   struct judged *judged)
{
    const struct backend *backend = runner->backend;
    const struct path_claim *claim = planned->vector->route;
    const struct wfp_path *path = NULL;
    char trouble[BACKEND_TROUBLE_MAX] = "";
    struct path_outcome tested;
    struct path_case made = {
        .runner = runner,
        .planned = planned,
        .judged = judged,
        .scene = path_claim_scene(claim, planned->member),
        .expect = path_claim_expect(claim, planned->member),
        .keeps = runner->traces || runner->details,
    };
    const struct backend_path asked = {
        .scene = made.scene, .profile = planned->profile, .observer = note_call, .context = &made};

    if (backend->path == NULL) {
        judged_conclude(judged, VERDICT_UNSUPPORTED, "needs %s", need_name(NEED_KERNEL_FACE));
    } else if (backend->path(backend->state, &asked, &path, trouble) != STATUS_OK) {
        judged_conclude(judged, VERDICT_BROKEN, "%s", trouble);
    } else {
        judge(&made, path, &tested);
        check_control(&made, &tested);
    }
    path_trace_clear(&made.trace);
}
