/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/scope.h"
#include "harness/vector_load.h"

/* ---- names and answers, step after step ---- */

struct answers {
    struct reader *reader;
    const struct scope *scope;
    struct place place;
    enum step_kind kind;
    bool queries; /* every call that may give the answer is a query */
    bool counts;  /* ... a query or a SET, whose N is the length of its input */
};

static const char *answer_wants(const struct answers *answers, const struct expected *expected)
{
    bool returned = expected->answer.outcome == WFP_RETURNED;
    bool equals = expected->equals_blob != NULL || expected->equals_context != NULL;
    bool calls = answers->kind == STEP_IOCTL || answers->kind == STEP_RESULT ||
                 answers->kind == STEP_RECEIVE;
    if (returned && expected->answer.count == WFP_COUNT_NEEDED && !answers->counts) {
        return "N in the answer of a query or a SET only";
    }
    const struct expected_message *message = &expected->message;
    bool shows = message->flags != 0 || message->count > 0 || message->part;
    if (shows && answers->kind != STEP_RECEIVE) {
        return "flags and objects on a receive only";
    }
    if (message->data_hex != NULL && answers->kind != STEP_RECEIVE &&
        answers->kind != STEP_OPTION_GET) {
        return "data on a receive or an option-get only";
    }
    if (expected->answer.outcome == WFP_STATE && answers->kind != STEP_STATE &&
        answers->kind != STEP_FLOW_STATE) {
        return "a redirect state in the answer of a state step only";
    }
    if (expected->answer.outcome >= WFP_ACTION && !kernel_kind_answers((int)answers->kind)) {
        return "an action, a presence or misuse in the answer of a step of the kernel face only";
    }
    bool bytes = answers->queries || answers->kind == STEP_SIO_RECORDS;
    bool succeeds = returned && expected->answer.error == 0 && bytes;
    if (equals && !succeeds && expected->answer.outcome != WFP_STATE) {
        return "equals beside an OK of a query only";
    }
    return expected->changed != CHANGED_DEFAULT && !calls
               ? "changed on an ioctl, a result or a receive only"
               : NULL;
}

static bool check_expected(void *context, const struct expected *expected)
{
    const struct answers *answers = context;
    struct reader *reader = answers->reader;
    const char *wants = answer_wants(answers, expected);
    if (wants != NULL) {
        return reader_complain(reader, answers->place, wants, "%s", expected->text);
    }
    if (expected->equals_blob != NULL &&
        !scope_check(reader, answers->place, expected->equals_blob, NAME_BLOB, answers->scope)) {
        return false;
    }
    for (size_t i = 0; i < expected->message.count; i++) {
        const struct expected_object *object = &expected->message.objects[i];
        if ((object->equals_blob != NULL &&
             !scope_check(reader, answers->place, object->equals_blob, NAME_BLOB,
                          answers->scope)) ||
            (object->equals_context != NULL &&
             !scope_check(reader, answers->place, object->equals_context, NAME_HANDLE,
                          answers->scope))) {
            return false;
        }
    }
    return expected->equals_context == NULL ||
           scope_check(reader, answers->place, expected->equals_context, NAME_HANDLE,
                       answers->scope);
}

static bool code_counts(uint32_t code)
{
    return ioctl_code_queries(code) || code == WFP_SIO_SET_RECORDS;
}

static void check_members(struct vector_load *load, json_t *value, const struct step *step,
                          const struct band *band, struct answers *answers)
{
    json_t *members = json_object_get(value, "members");
    for (size_t i = 0; i < band->count; i++) {
        struct step copy = *step;
        const struct sweep_member *member = &band->members[i];
        step_with_member(step, member, &copy);
        answers->queries &= ioctl_code_queries(copy.ioctl.code);
        answers->counts &= code_counts(copy.ioctl.code);
        if (member->of == SWEEP_ON) {
            scope_check(&load->reader, place_item(members, i), member->on, NAME_INVALID,
                        answers->scope);
        }
    }
}

static void check_answers(struct vector_load *load, json_t *value, const struct step *step,
                          const struct scope *scope)
{
    const struct step *call = vector_call(load->vector, step);
    struct answers answers = {&load->reader,
                              scope,
                              place_member(value, "expect"),
                              step->kind,
                              call != NULL && ioctl_code_queries(call->ioctl.code),
                              call != NULL && code_counts(call->ioctl.code)};
    if (step->expect != NULL) {
        expectation_each(step->expect, check_expected, &answers);
    }
    json_t *bands = json_object_get(json_object_get(value, "sweep"), "bands");
    for (size_t i = 0; step->sweep != NULL && i < step->sweep->count; i++) {
        const struct band *band = &step->sweep->bands[i];
        json_t *json = json_array_get(bands, i);
        answers.place = place_member(json, "expect");
        answers.queries = true;
        answers.counts = true;
        check_members(load, json, step, band, &answers);
        expectation_each(band->expect, check_expected, &answers);
    }
}

void vector_check_steps(struct vector_load *load)
{
    struct scope scope;
    scope_begin(&scope);
    for (size_t i = 0; i < load->vector->step_count; i++) {
        json_t *value = json_array_get(load->row.steps, i);
        check_answers(load, value, &load->steps[i], &scope);
        scope_step(&load->reader, value, &load->steps[i], &scope);
    }
}

void vector_check_control(struct vector_load *load)
{
    struct scope scope;
    scope_begin(&scope);
    for (size_t i = 0; i < load->vector->step_count; i++) {
        const struct step *step = vector_control_step(load->vector, i);
        json_t *value = step->replaces ? vector_replacement(load->vector, load->root, step->number)
                                       : json_array_get(load->row.steps, i);
        scope_step(&load->reader, value, step, &scope);
    }
}

/* ---- the claim ---- */

static bool note_success(void *context, const struct expected *expected)
{
    const struct wfp_answer *answer = &expected->answer;
    bool returned = answer->outcome == WFP_RETURNED && answer->error == 0;
    bool told = answer->outcome == WFP_STATE || answer->outcome == WFP_ACTION ||
                answer->outcome == WFP_FIELD;
    *(bool *)context |= returned || told;
    return true;
}

/* A claim that wrong code meets by failing must be held against a call that does not fail. */
void vector_check_claim(struct vector_load *load)
{
    const struct step *claim = load->vector->claim;
    if (claim == NULL) {
        reader_complain(&load->reader, place_member(load->root, "steps"),
                        "a step with an expectation", "none");
        return;
    }
    /* What a wait answers when nothing was to be waited for is 0, so no other answer is a failure.
     */
    bool success = claim->kind == STEP_ALERTABLE_WAIT;
    step_each_expected(claim, note_success, &success);
    if (!success && load->vector->control == NULL) {
        reader_complain(&load->reader, place_member(load->root, "control"),
                        "a control, as the claim can only fail", "none for step %u",
                        (unsigned)claim->number);
    }
}

/* ---- needs ---- */

static bool fits_need(const char *text)
{
    for (unsigned need = 0; need < NEED_COUNT; need++) {
        if (strcmp(need_name((enum need)need), text) == 0) {
            return true;
        }
    }
    return false;
}

static const struct text_rule rule_need = {
    1, 32, fits_need,
    "redirect | kernel-face | kernel-entry | provider-entry | fault-injection | bad-pointers | "
    "elevation | threads | raw-sockets | accept-ex | duplicate | clock | datagrams | "
    "datagram-redirect | layout-64 | layout-32"};

void vector_check_needs(struct vector_load *load)
{
    const char *names[NEED_COUNT];
    size_t count;
    struct place place = place_member(load->root, "needs");
    if (!read_texts(&load->reader, place, load->row.needs, &rule_need, 0, NEED_COUNT, names,
                    &count)) {
        return;
    }
    uint32_t *needs = &load->vector->needs;
    for (size_t i = 0; i < load->vector->step_count; i++) {
        *needs |= step_needs(&load->steps[i]);
    }
    for (unsigned need = 0; need < NEED_COUNT; need++) {
        const char *name = need_name((enum need)need);
        bool listed = false;
        for (size_t i = 0; i < count; i++) {
            listed |= strcmp(names[i], name) == 0;
        }
        bool needed = (*needs & NEED_BIT(need)) != 0;
        if (needed != listed) {
            reader_complain(&load->reader, place,
                            needed ? "all that the steps need" : "only what the steps need",
                            listed ? "%s" : "no %s", name);
        }
    }
}
