/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "harness/address.h"
#include "harness/answer.h"
#include "harness/kernel_step.h"
#include "harness/reader.h"
#include "harness/script_line.h"
#include "harness/script_message.h"
#include "harness/vector.h"

static void put_name(struct script_line *line, const char *before, const char *name)
{
    if (name != NULL) {
        script_put(line, " %s%s", before, name);
    }
}

static void put_number(struct script_line *line, const char *before,
                       const struct given_number *number)
{
    if (number->given) {
        script_put(line, " %s=%lu", before, (unsigned long)number->number);
    }
}

static void put_address(struct script_line *line, const char *before,
                        const struct given_address *given)
{
    char text[ADDRESS_TEXT_MAX];

    if (given->given) {
        address_print(&given->address, text, sizeof text);
        script_put(line, " %s%s", before, text);
    }
}

static void put_callout(struct script_line *line, const struct step *step)
{
    const struct kernel_step *kernel = &step->kernel;

    script_put(line, " %s %s filter=%lu sublayer=%lu weight=%lu%s",
               kernel->auth_connect ? "auth-connect" : "connect-redirect",
               word_text(&family_words, (int)step->family), (unsigned long)kernel->filter,
               (unsigned long)kernel->sublayer, (unsigned long)kernel->weight,
               kernel->classify0 ? " classify0" : "");
}

static void put_action(struct script_line *line, const struct kernel_step *kernel)
{
    char text[ANSWER_TEXT_MAX];

    if (kernel->action != 0) {
        answer_print((struct wfp_answer){.outcome = WFP_ACTION, .error = kernel->action}, text,
                     sizeof text);
        script_put(line, " %s%s", text, kernel->keeps_right ? " right-taken" : "");
    }
}

static void put_buffer(struct script_line *line, const struct step *step)
{
    const enum wfp_pointer pointer = step->ioctl.out.pointer;

    if (step->kind == STEP_CONTEXT || step->kernel.size > 0) {
        script_put(line, " size=%lu", (unsigned long)step->kernel.size);
    }
    if (pointer != WFP_POINTER_NULL && pointer != WFP_POINTER_HEAP) {
        script_put(line, " %s", pointer_name(pointer));
    }
}

static void put_look(struct script_line *line, const struct kernel_step *kernel)
{
    script_put(line, " %s", kernel_field_name(kernel->field));
    if (kernel->back > 0) {
        script_put(line, " back=%lu", (unsigned long)kernel->back);
    }
}

void kernel_step_print(const struct step *step, char *buffer, size_t size)
{
    const struct kernel_step *kernel = &step->kernel;
    struct script_line line = {.buffer = buffer, .size = size};

    if (step->as != NULL) {
        script_put(&line, "%s = ", step->as);
    }
    script_put(&line, "%s", step_kind_name(step->kind));
    put_name(&line, "", kernel->request);
    put_name(&line, "", step->on);
    if (step->kind == STEP_CALLOUT) {
        put_callout(&line, step);
    }
    if (step->kind == STEP_LOOK) {
        put_look(&line, kernel);
    }
    if (step->kind == STEP_ACQUIRE && kernel->acquired != ACQUIRED_BOTH) {
        script_put(&line, " %s", kernel->acquired == ACQUIRED_HANDLE ? "handle" : "data");
    }
    put_name(&line, "callout=", kernel->callout);
    put_name(&line, "handle=", step->handle);
    put_name(&line, "context=", kernel->context);
    put_address(&line, "", &kernel->address);
    put_address(&line, "local=", &kernel->local_address);
    if (step->kind == STEP_CONNECT_REQUEST) {
        script_sent(&line, &step->message.control);
    }
    put_number(&line, "number", &kernel->number);
    put_number(&line, "target-pid", &kernel->target_pid);
    put_number(&line, "token", &kernel->token);
    put_action(&line, kernel);
    put_buffer(&line, step);
    if (kernel->flags != 0) {
        script_put(&line, " flags=%lu", (unsigned long)kernel->flags);
    }
    if (step->kind == STEP_REAUTHORIZE) {
        script_put(&line, " reason=0x%lx", (unsigned long)kernel->reason);
    }
}
