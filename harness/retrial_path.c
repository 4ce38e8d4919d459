/* SPDX-License-Identifier: MIT */

/* A recorded path: the model follows its calls one by one, and each answer is judged there. */

#include <stdlib.h>
#include <string.h>

#include "harness/path_outcome.h"
#include "harness/path_text.h"
#include "harness/path_trace.h"
#include "harness/retrial_step.h"

struct followed {
    struct trial *trial;
    size_t count; /* calls that the model has made */
};

/* ---- one call ---- */

static void judge_asked(const struct recorded_step *recorded, const char *expected,
                        struct tried_step *step)
{
    const char *actual = recorded->of_path.asked;

    if (strcmp(expected, actual) != 0) {
        trial_conclude(step, VERDICT_FAIL, "hop %lu: expected %s to be asked, actual %s",
                       (unsigned long)recorded->of_path.hop,
                       expected[0] == '\0' ? "none of the services" : expected,
                       actual[0] == '\0' ? "none of them" : actual);
        step->allowed.count = 0;
        step->rule = NULL;
    }
}

/* Some calls answer, in every trace, and the others do not. */
static void judge_silence(const struct recorded_step *recorded, bool answers,
                          struct tried_step *step)
{
    if (answers == recorded->of_path.silent) {
        trial_conclude(step, VERDICT_FAIL, "%s: expected %s", recorded->call,
                       answers ? "an answer, actual none" : "no answer, actual one");
    }
}

static void look_at(void *context, const struct wfp_path_call *call)
{
    struct followed *followed = context;
    const struct trial *trial = followed->trial;
    const struct recorded_step *recorded = &trial->recorded->steps[followed->count];
    struct tried_step *step = &trial->tried->steps[followed->count++];
    const char *const *names = trial->tried->scene->names;

    if (call->allowed != NULL && !recorded->of_path.silent) {
        step->allowed = *call->allowed;
        trial_judge(trial, recorded,
                    trial->sizes_fit || strcmp(call->name, "query-records") != 0
                        ? NULL
                        : "no record of the model has the recorded size",
                    step);
    }
    judge_silence(recorded, call->allowed != NULL, step);
    if (strcmp(call->name, "next-callout") == 0) {
        judge_asked(recorded, call->asked == 0 ? "" : path_station_name(names, call->asked), step);
    }
}

/* ---- where the trace and the model part ---- */

static void part(const struct trial *trial, const struct wfp_path *path, size_t at)
{
    const char *const *names = trial->tried->scene->names;
    struct tried_step *step = &trial->tried->steps[at];

    if (at > 0 && at < trial->recorded->count &&
        trial->tried->steps[at - 1].verdict == VERDICT_FAIL && path->wanted.asked != 0) {
        trial_conclude(step, VERDICT_UNDECIDED, "the model cannot follow who else is asked");
    } else if (path->strayed) {
        trial_conclude(step, VERDICT_UNDECIDED,
                       "the model cannot follow: hop %lu: expected %s %s, actual %s",
                       (unsigned long)path->wanted.hop + 1,
                       path_party_name(names, path->wanted.party), path->wanted.name,
                       at < trial->recorded->count ? trial->recorded->steps[at].call : "the end");
    } else {
        trial_conclude(step, VERDICT_UNDECIDED, "the model cannot follow: %s",
                       path->end == WFP_PATH_NO_ROOM ? "there the call before this one fails"
                                                     : "the path has ended before this call");
    }
}

static void judge_outcome(const struct trial *trial, const struct wfp_path *path)
{
    struct tried *tried = trial->tried;
    struct path_outcome outcome;
    struct text text = {0};

    path_outcome_of(path, &outcome);
    path_outcome_text(&outcome, tried->scene->names, &text);
    if (strcmp(text_bytes(&text), trial->recorded->outcome) != 0) {
        trial_conclude(&tried->steps[trial->recorded->count], VERDICT_FAIL,
                       "the end: expected %s, actual %s", text_bytes(&text),
                       trial->recorded->outcome);
    }
    text_clear(&text);
}

static void conclude(const struct trial *trial, const struct wfp_path *path)
{
    const struct recorded_case *recorded = trial->recorded;
    const size_t at = path->followed_count;
    const bool whole = recorded->end == VERDICT_PASS;

    if (at < recorded->count || (path->strayed && whole)) {
        part(trial, path, at);
    } else if (whole) {
        judge_outcome(trial, path);
    }
}

static void draw(const struct wfp_path *path, struct tried *tried)
{
    for (uint32_t i = 0; i < path->hop_count; i++) {
        text_add(&tried->hops, "%3u  ", (unsigned)i + 1);
        path_hop_text(&path->hops[i], tried->scene->names, &tried->hops);
        text_add(&tried->hops, "\n");
    }
}

/* ---- all calls ---- */

static enum status read_calls(const struct trial *trial, struct wfp_path_call *calls)
{
    const struct recorded_case *recorded = trial->recorded;

    for (size_t i = 0; i < recorded->count; i++) {
        if (!path_trace_read(&recorded->steps[i], trial->tried->scene, &calls[i])) {
            return trial_refuse(trial, recorded->steps[i].line, "call",
                                "a call of a party of the vector", recorded->steps[i].call);
        }
    }
    return STATUS_OK;
}

static void follow(struct trial *trial, const struct wfp_path_call *calls)
{
    const struct backend *model = trial->retrial->model;
    struct followed followed = {trial, 0};
    const struct backend_path asked = {
        .scene = trial->tried->scene,
        .profile = trial->retrial->profile,
        .observer = look_at,
        .context = &followed,
        .followed = calls,
        .followed_count = (uint32_t)trial->recorded->count,
    };
    const struct wfp_path *path = NULL;
    char trouble[BACKEND_TROUBLE_MAX] = "";

    if (model->path(model->state, &asked, &path, trouble) != STATUS_OK) {
        trial_conclude(&trial->tried->steps[0], VERDICT_UNDECIDED, "the model cannot follow: %s",
                       trouble);
        return;
    }
    conclude(trial, path);
    draw(path, trial->tried);
}

enum status trial_path(struct trial *trial)
{
    const struct recorded_case *recorded = trial->recorded;
    struct wfp_path_call *calls = calloc(recorded->count + 1, sizeof *calls);
    enum status status = STATUS_BROKEN;

    trial->tried->scene = path_claim_scene(trial->tried->vector->route, trial->member);
    if (calls != NULL) {
        status = read_calls(trial, calls);
    }
    if (status == STATUS_OK && recorded->count > 0) {
        trial->sizes_fit = retrial_fit_path_sizes(trial->retrial, trial->tried->scene, recorded);
        follow(trial, calls);
    }
    free(calls);
    return status;
}
