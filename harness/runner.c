/* SPDX-License-Identifier: MIT */

#include "harness/runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/failure.h"
#include "harness/judge.h"
#include "harness/platform/clock.h"
#include "harness/profile.h"

enum { NO_SUCH_OPTION = 10042 };

/* One case under way. */
struct run {
    const struct runner *runner;
    const struct plan_case *planned;
    struct judged *judged;
    struct script script;
    struct wfp_answer claim; /* what the claim's step answered */
    uint32_t in_sizes[VECTOR_STEPS_MAX];
};

void judged_conclude(struct judged *judged, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(judged->message, sizeof judged->message, format, arguments);
    va_end(arguments);
    judged->result.verdict = verdict;
    judged->result.message = judged->message;
}

/* ---- one step ---- */

void runner_note_rule(const struct runner *runner, const struct wfp_rule *rule)
{
    const struct wfp_rules *rules = wfp_rules_shipped();

    if (runner->visited != NULL && rule >= rules->rows && rule < rules->rows + rules->count) {
        const size_t row = (size_t)(rule - rules->rows);

        runner->visited[row / 64] |= UINT64_C(1) << (row % 64);
    }
}

static void note_claim(struct run *run, const struct played *played)
{
    struct result *result = &run->judged->result;
    const struct wfp_rule *rule = played->reply.rule;

    run->claim = played->reply.answer;
    answer_print(played->reply.answer, run->judged->actual, sizeof run->judged->actual);
    result->actual = run->judged->actual;
    result->answered_by = played->reply.answered_by;
    if (rule != NULL) {
        result->rule = rule->id;
    }
    if (rule != NULL && rule->source == WFP_ANSWER_KEY && run->runner->keys != NULL) {
        result->settles = run->runner->keys->entries[rule->key].settles;
    }
}

/* A real provider is only held to what somebody stated or saw, not to our own inference. */
static enum verdict verdict_of_mismatch(const struct run *run, const struct played *played)
{
    const bool provider = strcmp(played->reply.answered_by, "provider") == 0;

    return provider && run->planned->vector->source.kind == SOURCE_INFERRED ? VERDICT_UNDECIDED
                                                                            : VERDICT_FAIL;
}

static bool is_allowed(const struct judge_context *context, const struct expected_list *allowed,
                       const struct played *played)
{
    for (size_t i = 0; i < allowed->count; i++) {
        if (judge_alternative(context, allowed->items[i], played) == MISMATCH_NONE) {
            return true;
        }
    }
    return false;
}

/* The rule that the model would have used where something else answered. */
struct rule_watch {
    size_t index;
    const struct wfp_rule *rule;
};

static enum status watch_rule(void *context, size_t index, const struct played *played,
                              const struct blobs *blobs)
{
    struct rule_watch *watch = context;

    (void)blobs;
    if (index == watch->index) {
        watch->rule = played->reply.rule;
    }
    return STATUS_OK;
}

static const struct wfp_rule *model_rule(const struct run *run, size_t index,
                                         const struct played *played)
{
    struct rule_watch watch = {index, played->reply.rule};
    char trouble[PLAY_TROUBLE_MAX];

    if (watch.rule == NULL && run->runner->reference != NULL) {
        (void)play_script(run->runner->reference, &run->script, watch_rule, &watch, trouble);
    }
    return watch.rule;
}

static void reject(struct run *run, const struct judge_context *context,
                   const struct expected_list *allowed, size_t index, const struct played *played)
{
    const struct backend *backend = run->runner->backend;
    char where[128];
    const struct failure failure = {
        .planned = run->planned,
        .context = context,
        .allowed = allowed,
        .played = played,
        .index = index,
        .rule = run->runner->details ? model_rule(run, index, played) : NULL,
        .where = where,
        .root = run->runner->root,
        .options = run->runner->options,
    };

    (void)snprintf(where, sizeof where, "%s · %s", backend->name, backend->target(backend->state));
    failure_message(&failure, run->judged->message, sizeof run->judged->message);
    run->judged->result.message = run->judged->message;
    run->judged->result.verdict = verdict_of_mismatch(run, played);
    if (run->runner->details) {
        failure_describe(&failure, &run->judged->detail);
        run->judged->result.detail = text_bytes(&run->judged->detail);
    }
}

static bool succeeded(const struct wfp_answer *answer)
{
    return answer->outcome == WFP_RETURNED && answer->error == 0;
}

static enum status judge_expected(struct run *run, const struct judge_context *context,
                                  size_t index, const struct played *played)
{
    struct expected_list allowed;

    if (!expectation_leaves(played->step.expect, run->planned->profile, &allowed)) {
        judged_conclude(run->judged, VERDICT_UNDECIDED,
                        "step %zu: the vector says nothing about %s", index + 1, allowed.missing);
        return STATUS_BAD_INPUT;
    }
    if (!is_allowed(context, &allowed, played)) {
        reject(run, context, &allowed, index, played);
        return STATUS_BAD_INPUT;
    }
    return STATUS_OK;
}

/* What N is for this step: the true size of what is asked for; of a SET, the size handed in. */
static void find_n(const struct run *run, size_t index, struct judge_context *context)
{
    const size_t origin = play_origin(&run->script, index);
    const struct step *step = &run->planned->vector->steps[origin];

    context->n_known = run->planned->learned->known[index];
    context->n = run->planned->learned->n[index];
    if (step->kind == STEP_IOCTL && step->ioctl.code == WFP_SIO_SET_RECORDS) {
        context->n_known = true;
        context->n = run->in_sizes[origin];
    }
}

/* The size must still be what the twin said, once all steps are done. */
static enum status check_size(struct run *run)
{
    const struct vector *vector = run->planned->vector;
    const struct learned *learned = run->planned->learned;
    const size_t at = vector->claim->number - 1;
    uint32_t n;

    if (!vector_uses_n(vector) || !learned->known[at] || vector->claim->kind != STEP_IOCTL ||
        !ioctl_code_queries(vector->claim->ioctl.code) ||
        !play_ask_again(run->runner->backend, vector->claim, &n) || n == learned->n[at]) {
        return STATUS_OK;
    }
    judged_conclude(run->judged, VERDICT_UNDECIDED,
                    "unstable size: N was %lu on the twin and is %lu now",
                    (unsigned long)learned->n[at], (unsigned long)n);
    return STATUS_BAD_INPUT;
}

/* What is told is no failure, unless it is that something is missing. */
static bool serves_as_set_up(const struct wfp_answer *answer)
{
    const bool told = answer->outcome == WFP_STATE || answer->outcome == WFP_ACTION ||
                      (answer->outcome == WFP_FIELD && answer->error == WFP_PRESENT);

    return told || succeeded(answer);
}

static enum status judge_set_up(struct run *run, size_t index, const struct played *played)
{
    char text[ANSWER_TEXT_MAX];

    if (serves_as_set_up(&played->reply.answer)) {
        return STATUS_OK;
    }
    answer_print(played->reply.answer, text, sizeof text);
    if (played->step.kind == STEP_OPTION_SET && played->reply.answer.error == NO_SUCH_OPTION) {
        judged_conclude(run->judged, VERDICT_UNSUPPORTED,
                        "needs the options 60 and 70; %s answered", text);
        return STATUS_BAD_INPUT;
    }
    judged_conclude(run->judged, VERDICT_BROKEN, "step %zu must succeed as set-up, answered %s",
                    index + 1, text);
    return STATUS_BAD_INPUT;
}

static enum status judge_step(void *context, size_t index, const struct played *played,
                              const struct blobs *blobs)
{
    struct run *run = context;
    struct judge_context judge = {.script = &run->script, .blobs = blobs};
    enum status status;

    run->in_sizes[index] = played->in_size;
    find_n(run, index, &judge);
    runner_note_rule(run->runner, played->reply.rule);
    if (played->step.number == run->planned->vector->claim->number) {
        note_claim(run, played);
    }
    status = played->step.expect != NULL ? judge_expected(run, &judge, index, played)
                                         : judge_set_up(run, index, played);
    if (status == STATUS_OK && index + 1 == run->planned->vector->step_count) {
        status = check_size(run);
    }
    return status;
}

/* ---- the control ---- */

static void check_control(struct run *run)
{
    const struct control *control = run->planned->vector->control;
    struct wfp_answer answer;
    char text[ANSWER_TEXT_MAX];

    if (!run->planned->controllable) {
        run->judged->result.uncontrolled = true;
        return;
    }
    run->script.control = true;
    if (!play_claim(run->runner->backend, &run->script, &answer)) {
        judged_conclude(run->judged, VERDICT_UNDECIDED,
                        "the control could not be played to its end");
        return;
    }
    answer_print(answer, text, sizeof text);
    if (control->kind == CONTROL_SUCCESS && !succeeded(&answer)) {
        judged_conclude(run->judged, VERDICT_UNDECIDED,
                        "control failed: expected a success, actual %s", text);
    }
    if (control->kind == CONTROL_CONTRAST && wfp_answer_equal(answer, run->claim)) {
        judged_conclude(run->judged, VERDICT_UNDECIDED,
                        "control failed: expected another answer than the tested call's, actual %s",
                        text);
    }
}

/* ---- the case ---- */

static bool has_needs(struct run *run)
{
    const struct vector *vector = run->planned->vector;
    const uint32_t own = vector->needs & ~run->runner->backend->needs;
    const uint32_t needs =
        own | (vector->control == NULL ? 0 : vector->control->needs & ~run->runner->backend->needs);

    for (unsigned need = 0; need < NEED_COUNT; need++) {
        if ((needs & NEED_BIT(need)) != 0) {
            judged_conclude(run->judged, VERDICT_UNSUPPORTED, "%sneeds %s",
                            own == 0 ? "its control " : "", need_name((enum need)need));
            return false;
        }
    }
    return true;
}

/* The sizes of such a band have no meaning while N is not known. */
static bool lacks_n(const struct run *run)
{
    const struct sweep_member *member = run->planned->member;

    return member != NULL && member->of == SWEEP_OUT_SIZE && band_is_symbolic(member->band->name) &&
           !run->planned->learned->known[run->planned->vector->swept->number - 1];
}

static void play(struct run *run)
{
    char trouble[PLAY_TROUBLE_MAX] = "";
    enum status status;

    status = play_script(run->runner->backend, &run->script, judge_step, run, trouble);
    if (status != STATUS_OK && trouble[0] != '\0') {
        judged_conclude(run->judged, status == STATUS_BROKEN ? VERDICT_BROKEN : VERDICT_UNSUPPORTED,
                        "%s", trouble);
        return;
    }
    if (run->judged->result.verdict == VERDICT_PASS && run->planned->vector->control != NULL) {
        check_control(run);
    }
}

static void introduce(const struct plan_case *planned, struct judged *judged)
{
    struct result *result = &judged->result;

    memset(judged, 0, sizeof *judged);
    plan_case_name(planned, judged->name, sizeof judged->name);
    result->name = judged->name;
    result->vector = planned->vector->id;
    result->member = planned->member == NULL ? NULL : planned->member->text;
    result->band = planned->member == NULL ? NULL : planned->member->band->name;
    result->profile = planned->profile->name;
    result->topic = planned->vector->topic;
    result->clauses = planned->vector->clause_list;
    result->story = planned->vector->story;
    result->verdict = VERDICT_PASS;
}

void runner_run(const struct runner *runner, const struct plan_case *planned, struct judged *judged)
{
    const uint64_t start = clock_nanoseconds();
    struct run run = {
        .runner = runner,
        .planned = planned,
        .judged = judged,
        .script = {planned->vector, planned->profile, planned->member, false, planned->learned,
                   false},
    };

    introduce(planned, judged);
    if (has_needs(&run)) {
        if (planned->vector->kind == VECTOR_PATH) {
            path_run_case(runner, planned, judged);
        } else if (lacks_n(&run)) {
            judged_conclude(judged, VERDICT_UNSUPPORTED, "needs a record");
        } else {
            play(&run);
        }
    }
    judged->result.seconds = (double)(clock_nanoseconds() - start) / 1e9;
}

void judged_clear(struct judged *judged)
{
    text_clear(&judged->detail);
    text_clear(&judged->outcome);
    text_clear(&judged->trace);
    text_clear(&judged->document);
}
