/* SPDX-License-Identifier: MIT */

#include <stdarg.h>
#include <stdio.h>

#include "harness/address.h"
#include "harness/answer.h"
#include "harness/kernel_step.h"
#include "harness/reader.h"
#include "harness/vector.h"

struct line {
    char *buffer;
    size_t size;
    size_t used;
};

static void put(struct line *line, const char *format, ...) TEXT_FORMAT(2, 3);

static void put(struct line *line, const char *format, ...)
{
    va_list arguments;
    int length;

    if (line->used >= line->size) {
        return;
    }
    va_start(arguments, format);
    length = vsnprintf(line->buffer + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    line->used += length > 0 ? (size_t)length : 0;
}

static void put_name(struct line *line, const char *before, const char *name)
{
    if (name != NULL) {
        put(line, " %s%s", before, name);
    }
}

static void put_number(struct line *line, const char *before, const struct given_number *number)
{
    if (number->given) {
        put(line, " %s=%lu", before, (unsigned long)number->number);
    }
}

static void put_address(struct line *line, const char *before, const struct given_address *given)
{
    char text[ADDRESS_TEXT_MAX];

    if (given->given) {
        address_print(&given->address, text, sizeof text);
        put(line, " %s%s", before, text);
    }
}

static void put_callout(struct line *line, const struct step *step)
{
    const struct kernel_step *kernel = &step->kernel;

    put(line, " %s %s filter=%lu sublayer=%lu weight=%lu%s",
        kernel->auth_connect ? "auth-connect" : "connect-redirect",
        word_text(&family_words, (int)step->family), (unsigned long)kernel->filter,
        (unsigned long)kernel->sublayer, (unsigned long)kernel->weight,
        kernel->classify0 ? " classify0" : "");
}

static void put_action(struct line *line, const struct kernel_step *kernel)
{
    char text[ANSWER_TEXT_MAX];

    if (kernel->action != 0) {
        answer_print((struct wfp_answer){.outcome = WFP_ACTION, .error = kernel->action}, text,
                     sizeof text);
        put(line, " %s%s", text, kernel->keeps_right ? " right-taken" : "");
    }
}

static void put_buffer(struct line *line, const struct step *step)
{
    const enum wfp_pointer pointer = step->ioctl.out.pointer;

    if (step->kind == STEP_CONTEXT || step->kernel.size > 0) {
        put(line, " size=%lu", (unsigned long)step->kernel.size);
    }
    if (pointer != WFP_POINTER_NULL && pointer != WFP_POINTER_HEAP) {
        put(line, " %s", pointer_name(pointer));
    }
}

static void put_look(struct line *line, const struct kernel_step *kernel)
{
    put(line, " %s", kernel_field_name(kernel->field));
    if (kernel->back > 0) {
        put(line, " back=%lu", (unsigned long)kernel->back);
    }
}

void kernel_step_print(const struct step *step, char *buffer, size_t size)
{
    const struct kernel_step *kernel = &step->kernel;
    struct line line = {buffer, size, 0};

    if (step->as != NULL) {
        put(&line, "%s = ", step->as);
    }
    put(&line, "%s", step_kind_name(step->kind));
    put_name(&line, "", kernel->request);
    put_name(&line, "", step->on);
    if (step->kind == STEP_CALLOUT) {
        put_callout(&line, step);
    }
    if (step->kind == STEP_LOOK) {
        put_look(&line, kernel);
    }
    if (step->kind == STEP_ACQUIRE && kernel->acquired != ACQUIRED_BOTH) {
        put(&line, " %s", kernel->acquired == ACQUIRED_HANDLE ? "handle" : "data");
    }
    put_name(&line, "callout=", kernel->callout);
    put_name(&line, "handle=", step->handle);
    put_name(&line, "context=", kernel->context);
    put_address(&line, "", &kernel->address);
    put_address(&line, "local=", &kernel->local_address);
    put_number(&line, "number", &kernel->number);
    put_number(&line, "target-pid", &kernel->target_pid);
    put_number(&line, "token", &kernel->token);
    put_action(&line, kernel);
    put_buffer(&line, step);
    if (kernel->flags != 0) {
        put(&line, " flags=%lu", (unsigned long)kernel->flags);
    }
    if (step->kind == STEP_REAUTHORIZE) {
        put(&line, " reason=0x%lx", (unsigned long)kernel->reason);
    }
}
