/* SPDX-License-Identifier: MIT */

#include "harness/retrial_step.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/control.h"
#include "harness/pattern.h"
#include "harness/play.h"

void trial_conclude(struct tried_step *step, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(step->message, sizeof step->message, format, arguments);
    va_end(arguments);
    step->verdict = verdict;
}

static bool succeeded(const struct wfp_answer *answer)
{
    return answer->outcome == WFP_RETURNED && answer->error == 0;
}

/* ---- what the model cannot know ---- */

static bool is_doubtful(const struct trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->doubtful_count; i++) {
        if (strcmp(trial->doubtful[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Keeps the returned bytes; they are doubtful where the model had none to return. */
static bool save(struct trial *trial, const struct step *step, const struct tried_step *judged,
                 const struct wfp_answer *answer, const struct backend_reply *reply)
{
    const uint32_t size = answer->bytes < reply->out_size ? answer->bytes : reply->out_size;
    uint32_t changed;

    if (step->kind == STEP_RECEIVE && step->ioctl.save != NULL) {
        return play_save_record(
            &trial->blobs, step, reply,
            control_layout_of(step->message.room.layout, trial->retrial->model->layout));
    }
    if (step->ioctl.save == NULL || !succeeded(answer) || reply->out == NULL) {
        return true;
    }
    changed = pattern_changed(reply->out, reply->out_size);
    if (changed == 0 || !trial->sizes_fit || (judged->rule == NULL && changed != size)) {
        trial->doubtful[trial->doubtful_count++] = step->ioctl.save;
    }
    return blobs_save(&trial->blobs, step->ioctl.save, reply->out, size);
}

static bool is_about_records(const struct step *step)
{
    return step->of != NULL ||
           (step->kind == STEP_IOCTL &&
            (step->ioctl.code == WFP_SIO_QUERY_RECORDS || step->ioctl.code == WFP_SIO_SET_RECORDS));
}

/* Why the trace cannot tell whether the answer is allowed; NULL if it can. */
static const char *doubt(const struct trial *trial, const struct step *step,
                         const struct recorded_step *recorded, uint32_t in_size)
{
    if (step->kind == STEP_IOCTL && step->ioctl.in.kind == INPUT_BLOB &&
        is_doubtful(trial, step->ioctl.in.from)) {
        return "the model does not know the bytes that were handed in";
    }
    if (step->kind == STEP_IOCTL && in_size != recorded->in_size) {
        return "what was handed in has another size than in the model";
    }
    if (!trial->sizes_fit && is_about_records(step)) {
        return "no record of the model has the recorded size N";
    }
    return NULL;
}

/* A real target is not held to what we only infer. */
static bool only_inferred(const struct trial *trial, const struct wfp_answer_set *allowed)
{
    for (size_t i = 0; i < allowed->count; i++) {
        const struct wfp_rule *rule = allowed->rules[i];

        if (rule->source != WFP_ANSWER_KEY ||
            trial->retrial->profile->sources[rule->key].kind != KEY_INFERRED) {
            return false;
        }
    }
    return allowed->count > 0;
}

/* ---- one step ---- */

static const struct wfp_rule *rule_of(const struct wfp_answer_set *allowed,
                                      struct wfp_answer answer)
{
    for (size_t i = 0; i < allowed->count; i++) {
        if (wfp_answer_equal(allowed->answers[i], answer)) {
            return allowed->rules[i];
        }
    }
    return NULL;
}

static void list_allowed(const struct wfp_answer_set *allowed, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < allowed->count && used < size; i++) {
        char answer[ANSWER_TEXT_MAX];

        answer_print(allowed->answers[i], answer, sizeof answer);
        used += (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : " or ", answer);
    }
}

/* "step 3", or "hop 2: A redirect-state". */
static const char *place_of(const struct recorded_step *recorded, char *text, size_t size)
{
    if (recorded->of_path.hop > 0) {
        return recorded->call;
    }
    (void)snprintf(text, size, "step %lu", (unsigned long)recorded->number);
    return text;
}

static void reject(const struct trial *trial, const struct recorded_step *recorded,
                   struct tried_step *step)
{
    const bool inferred =
        strcmp(recorded->by, "provider") == 0 && only_inferred(trial, &step->allowed);
    char allowed[256];
    char actual[ANSWER_TEXT_MAX];
    char place[32];

    list_allowed(&step->allowed, allowed, sizeof allowed);
    answer_print(recorded->answer, actual, sizeof actual);
    trial_conclude(step, inferred ? VERDICT_UNDECIDED : VERDICT_FAIL,
                   "%s: expected %s%s, actual %s", place_of(recorded, place, sizeof place),
                   allowed[0] == '\0' ? "no answer" : allowed,
                   inferred ? ", which is only inferred" : "", actual);
}

/* After a success no byte behind those that the call returned may have changed. */
static bool overran(const struct recorded_step *recorded)
{
    return recorded->returned && succeeded(&recorded->answer) &&
           recorded->answer.count == WFP_COUNT_VALUE && recorded->changed > recorded->answer.bytes;
}

void trial_judge(const struct trial *trial, const struct recorded_step *recorded,
                 const char *doubted, struct tried_step *step)
{
    char place[32];

    step->judged = true;
    step->verdict = VERDICT_PASS;
    step->rule = rule_of(&step->allowed, recorded->answer);
    if (doubted != NULL) {
        trial_conclude(step, VERDICT_UNDECIDED, "%s: %s", place_of(recorded, place, sizeof place),
                       doubted);
    } else if (step->rule == NULL) {
        reject(trial, recorded, step);
    } else if (overran(recorded)) {
        trial_conclude(step, VERDICT_FAIL,
                       "step %lu: expected at most %lu bytes changed, actual %lu",
                       (unsigned long)recorded->number, (unsigned long)recorded->answer.bytes,
                       (unsigned long)recorded->changed);
    }
}

/* The step with the sweep's member put in. */
static void prepare(const struct trial *trial, size_t index, struct step *step)
{
    *step = trial->tried->vector->steps[index];
    if (step->sweep != NULL && trial->member != NULL) {
        (void)step_with_member(step, trial->member, step);
    }
    step->sweep = NULL;
}

static bool play(struct trial *trial, size_t index, const struct step *step,
                 struct backend_call *call, struct backend_reply *reply)
{
    const struct recorded_step *recorded = &trial->recorded->steps[index];
    struct tried_step *judged = &trial->tried->steps[index];
    const struct backend *model = trial->retrial->model;

    call->step = step;
    call->out_size = recorded->out_size;
    call->allowed = &judged->allowed;
    call->observed = &recorded->answer;
    if (model->perform(model->state, call, reply) != STATUS_OK) {
        trial_conclude(judged, VERDICT_UNDECIDED, "step %lu: the model cannot follow: %s",
                       (unsigned long)recorded->number, reply->trouble);
        return false;
    }
    if (step_kind_answers(step->kind)) {
        trial_judge(trial, recorded, doubt(trial, step, recorded, call->in_size), judged);
    }
    return save(trial, step, judged, &recorded->answer, reply);
}

bool trial_step(struct trial *trial, size_t index)
{
    struct backend_call call = {0};
    struct backend_reply reply;
    struct play_inputs inputs;
    struct step step;
    bool played;

    memset(&reply, 0, sizeof reply);
    prepare(trial, index, &step);
    if (!play_inputs_make(&trial->blobs, &step, trial->retrial->model->layout, &call, &inputs)) {
        trial_conclude(&trial->tried->steps[index], VERDICT_UNDECIDED,
                       "step %zu: what was handed in is not in the trace", index + 1);
        return false;
    }
    if (step.kind == STEP_RECEIVE) {
        call.control_size = trial->recorded->steps[index].control_size;
    }
    played = play(trial, index, &step, &call, &reply);
    play_inputs_free(&inputs);
    return played;
}
