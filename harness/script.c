/* SPDX-License-Identifier: MIT */

#include "harness/script.h"

#include <stdio.h>
#include <string.h>

#include "harness/address.h"
#include "harness/reader.h"
#include "harness/script_line.h"
#include "harness/script_message.h"
#include "harness/text.h"
#include "harness/vector.h"

enum { HEX_SHOWN = 32 };

static void put_defined(struct script_line *line, const struct step *step)
{
    if (step->as != NULL) {
        script_put(line, "%s = ", step->as);
    }
    script_put(line, "%s", step_kind_name(step->kind));
}

static void put_size(struct script_line *line, struct size size)
{
    char text[SIZE_TEXT_MAX];
    uint32_t bytes;
    if (line->n != NULL && size_resolve(size, *line->n, true, &bytes)) {
        size = (struct size){.value = bytes};
    }
    size_print(size, text, sizeof text);
    script_put(line, "%s", text);
}

/* ---- sockets and handles ---- */

static void put_socket_words(struct script_line *line, const struct step *step)
{
    script_put(line, " %s %s%s", word_text(&type_words, (int)step->type),
               word_text(&family_words, (int)step->family),
               step->overlapped_socket ? "" : " overlapped=no");
}

static void put_redirect(struct script_line *line, const struct redirect *redirect)
{
    if (strcmp(redirect->handle, "self") != 0) {
        script_put(line, " handle=%s", redirect->handle);
    }
    script_put(line, " context=%lu", (unsigned long)redirect->context);
    if (redirect->target_pid == 0) {
        script_put(line, " target-pid=0");
    }
    script_put(line, "%s%s%s", redirect->layer == WFP_LAYER_BIND_REDIRECT ? " layer=bind" : "",
               redirect->remote ? " remote" : "", redirect->lost ? " lost" : "");
}

static void put_accepting(struct script_line *line, const struct step *step)
{
    put_defined(line, step);
    put_socket_words(line, step);
    if (step->kind == STEP_REDIRECTED_ACCEPT) {
        put_redirect(line, &step->redirect);
    }
    if (step->from != NULL) {
        script_put(line, " from=%s", step->from);
    }
    script_put(line, "%s", step->update ? "" : " update=no");
}

static void put_socket(struct script_line *line, const struct step *step)
{
    put_defined(line, step);
    put_socket_words(line, step);
    if (step->kernel.owner.given) {
        script_put(line, " owner=%lu", (unsigned long)step->kernel.owner.number);
    }
}

/* The kinds that have no more to say than which name they act on. */
static void put_named(struct script_line *line, const struct step *step)
{
    put_defined(line, step);
    script_put(line, "%s%s", step->on != NULL ? " " : "", step->on != NULL ? step->on : "");
    if (step->kernel.request != NULL) {
        script_put(line, " %s", step->kernel.request);
    }
    if (step->kernel.address.given) {
        char text[ADDRESS_TEXT_MAX];
        address_print(&step->kernel.address.address, text, sizeof text);
        script_put(line, " %s", text);
    }
    script_put(line, "%s%s", step->of != NULL ? " " : "", step->of != NULL ? step->of : "");
    script_put(line, "%s%s", step->handle != NULL ? " " : "",
               step->handle != NULL ? step->handle : "");
    if (step->kernel.flags != 0) {
        script_put(line, " flags=%lu", (unsigned long)step->kernel.flags);
    }
    if (step->kernel.size > 0) {
        script_put(line, " size=%lu", (unsigned long)step->kernel.size);
    }
    script_put(line, "%s", step->update ? "" : " update=no");
}

static void put_connect(struct script_line *line, const struct step *step)
{
    script_put(line, "connect %s", step->on);
    if (step->to != NULL) {
        script_put(line, " to=%s", step->to);
    }
    if (step->redirected) {
        script_put(line, " redirected");
        put_redirect(line, &step->redirect);
    }
}

/* ---- processes and threads ---- */

static void put_process(struct script_line *line, const struct step *step)
{
    script_put(line, "process");
    if (step->started.given) {
        script_put(line, " started=%s", step->started.value ? "yes" : "no");
    }
    if (step->elevated.given) {
        script_put(line, " elevated=%s", step->elevated.value ? "yes" : "no");
    }
}

static void put_thread(struct script_line *line, const struct step *step)
{
    script_put(line, "%s", step_kind_name(step->kind));
    if (step->thread > 0) {
        script_put(line, " thread=%lu", (unsigned long)step->thread);
    }
}

static void put_result(struct script_line *line, const struct step *step)
{
    script_put(line, "result %s %s%s", step->of, channel_name(step->channel),
               step->wait ? "" : " wait=no");
}

/* ---- ioctls ---- */

static bool is_swept(const struct step *step, enum sweep_field field)
{
    return step->sweep != NULL && step->sweep->of == field;
}

/* "{0 | 1..3 | N}" */
static void put_bands(struct script_line *line, const struct step *step)
{
    for (size_t i = 0; i < step->sweep->count; i++) {
        script_put(line, "%s%s", i == 0 ? "{" : " | ", step->sweep->bands[i].name);
    }
    script_put(line, "}");
}

static void put_code(struct script_line *line, const struct step *step)
{
    const char *name = ioctl_code_name(step->ioctl.code);
    script_put(line, " ");
    if (is_swept(step, SWEEP_CODE)) {
        put_bands(line, step);
        return;
    }
    script_put(line, "%s", name != NULL ? name : step->ioctl.code_text);
}

static void put_content(struct script_line *line, const struct input *input)
{
    switch (input->kind) {
    case INPUT_NONE:
        script_put(line, " in=%lu", (unsigned long)input->size);
        return;
    case INPUT_BLOB:
        script_put(line, " in=%s", input->from);
        return;
    case INPUT_FILL:
        script_put(line, " in=%lu*%02lx", (unsigned long)input->size, (unsigned long)input->fill);
        return;
    case INPUT_HEX:
        script_put(line, " in=hex:%.*s%s", HEX_SHOWN, input->hex,
                   strlen(input->hex) > HEX_SHOWN ? "..." : "");
        return;
    }
}

static void put_edits(struct script_line *line, const struct input *input)
{
    if (input->cut > 0) {
        script_put(line, " cut=%lu", (unsigned long)input->cut);
    }
    if (input->extend > 0) {
        script_put(line, " extend=%lu", (unsigned long)input->extend);
    }
    if (input->altered) {
        script_put(line, " alter=%lu", (unsigned long)input->alter);
    }
}

static void put_input_sweep(struct script_line *line, const struct step *step)
{
    if (step->sweep == NULL) {
        return;
    }
    const char *field = sweep_field_name(step->sweep->of);
    if (strncmp(field, "in.", 3) == 0) {
        script_put(line, " %s=", field);
        put_bands(line, step);
    }
}

static void put_input(struct script_line *line, const struct step *step)
{
    const struct input *input = &step->ioctl.in;
    bool absent =
        input->kind == INPUT_NONE && input->size == 0 && input->pointer == WFP_POINTER_NULL;
    if (!absent) {
        put_content(line, input);
        put_edits(line, input);
        bool usual = input->pointer == WFP_POINTER_HEAP;
        script_put(line, "%s%s", usual ? "" : " ", usual ? "" : pointer_name(input->pointer));
    }
    put_input_sweep(line, step);
}

static void put_output(struct script_line *line, const struct step *step)
{
    const struct output *output = &step->ioctl.out;
    bool sized = is_swept(step, SWEEP_OUT_SIZE);
    bool pointed = is_swept(step, SWEEP_OUT_POINTER);
    bool absent =
        output->pointer == WFP_POINTER_NULL && !output->size.symbolic && output->size.value == 0;
    if (absent && !sized && !pointed) {
        return;
    }
    script_put(line, " out=");
    if (sized) {
        put_bands(line, step);
    } else {
        put_size(line, output->size);
    }
    script_put(line, " ");
    if (pointed) {
        put_bands(line, step);
    } else {
        script_put(line, "%s", pointer_name(output->pointer));
    }
}

/* valid, null or unmapped; left out where it is the usual one. */
static void put_pointer(struct script_line *line, const char *name, enum wfp_pointer pointer,
                        enum wfp_pointer usual)
{
    if (pointer != usual) {
        script_put(line, " %s=%s", name, word_text(&count_words, (int)pointer));
    }
}

static void put_ioctl(struct script_line *line, const struct step *step)
{
    const struct ioctl_step *ioctl = &step->ioctl;
    put_defined(line, step);
    script_put(line, " ");
    if (is_swept(step, SWEEP_ON)) {
        put_bands(line, step);
    } else {
        script_put(line, "%s", step->on);
    }
    put_code(line, step);
    put_input(line, step);
    put_output(line, step);
    if (is_swept(step, SWEEP_COUNT_POINTER)) {
        script_put(line, " count=");
        put_bands(line, step);
    } else {
        put_pointer(line, "count", ioctl->count, WFP_POINTER_HEAP);
    }
    put_pointer(line, "overlapped", ioctl->overlapped, WFP_POINTER_NULL);
    put_pointer(line, "routine", ioctl->routine, WFP_POINTER_NULL);
    if (ioctl->entry != WFP_ENTRY_WSAIOCTL) {
        script_put(line, " entry=%s", entry_name(ioctl->entry));
    }
    if (ioctl->fault != WFP_FAULT_NONE) {
        script_put(line, " fault=%s", fault_name(ioctl->fault));
    }
    if (step->thread > 0) {
        script_put(line, " thread=%lu", (unsigned long)step->thread);
    }
    if (ioctl->save != NULL) {
        script_put(line, " save=%s", ioctl->save);
    }
}

/* ---- datagrams ---- */

static void put_message(struct script_line *line, const struct step *step)
{
    char text[SCRIPT_LINE_MAX];
    script_message(step, line->n, text, sizeof text);
    put_defined(line, step);
    script_put(line, "%s", text);
    if (step->redirected) {
        script_put(line, " redirected");
        put_redirect(line, &step->redirect);
    }
    put_pointer(line, "count", step->ioctl.count, WFP_POINTER_HEAP);
    put_pointer(line, "overlapped", step->ioctl.overlapped, WFP_POINTER_NULL);
    if (step->ioctl.save != NULL) {
        script_put(line, " save=%s", step->ioctl.save);
    }
}

/* ---- every kind ---- */

static void (*const printers[STEP_KIND_COUNT])(struct script_line *line,
                                               const struct step *step) = {
    [STEP_SOCKET] = put_socket,
    [STEP_BIND] = put_named,
    [STEP_LISTEN] = put_named,
    [STEP_SHUTDOWN] = put_named,
    [STEP_CLOSE] = put_named,
    [STEP_DUPLICATE] = put_named,
    [STEP_CONNECT] = put_connect,
    [STEP_ACCEPT] = put_named,
    [STEP_PLAIN_ACCEPT] = put_accepting,
    [STEP_REDIRECTED_ACCEPT] = put_accepting,
    [STEP_HANDLE] = put_named,
    [STEP_DESTROY_HANDLE] = put_named,
    [STEP_PROCESS] = put_process,
    [STEP_THREAD_EXIT] = put_thread,
    [STEP_IOCTL] = put_ioctl,
    [STEP_RESULT] = put_result,
    [STEP_EVENT] = put_named,
    [STEP_CANCEL] = put_named,
    [STEP_FINISH] = put_named,
    [STEP_ALERTABLE_WAIT] = put_thread,
    [STEP_LAST_ERROR] = put_thread,
    [STEP_STATE] = put_named,
    [STEP_OPTION_SET] = put_message,
    [STEP_OPTION_GET] = put_message,
    [STEP_DATAGRAM_CONNECT] = put_message,
    [STEP_SEND] = put_message,
    [STEP_RECEIVE] = put_message,
    [STEP_CLOCK] = put_message,
    [STEP_FLOW_STATE] = put_message,
};

void script_print(const struct step *step, const uint32_t *n, char *buffer, size_t size)
{
    struct script_line line = {.buffer = buffer, .size = size, .n = n};
    buffer[0] = '\0';
    if (kernel_step_is(step)) {
        kernel_step_print(step, buffer, size);
        return;
    }
    printers[step->kind](&line, step);
}
