/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend.h"
#include "harness/backend/redirector.h"
#include "harness/backend/winsock_parent.h"
#include "harness/kernel_step.h"
#include "harness/pattern.h"
#include "harness/platform/system.h"

/* Only a redirector offers NEED_REDIRECT and the kernel's: nothing on a stock machine redirects. */
static const uint32_t always_offered = NEED_BIT(NEED_BAD_POINTERS) | NEED_BIT(NEED_THREADS) |
                                       NEED_BIT(NEED_ACCEPT_EX) | NEED_BIT(NEED_DUPLICATE) |
                                       NEED_BIT(NEED_DATAGRAMS);
static const uint32_t shim_offered = NEED_BIT(NEED_REDIRECT) | NEED_BIT(NEED_KERNEL_FACE) |
                                     NEED_BIT(NEED_FAULT_INJECTION) | NEED_BIT(NEED_ELEVATION) |
                                     NEED_BIT(NEED_DATAGRAM_REDIRECT) | NEED_BIT(NEED_CLOCK) |
                                     NEED_BIT(NEED_RAW_SOCKETS);

/* ---- an answer as a reply ---- */

static bool reserve(struct winsock *winsock, uint32_t size)
{
    uint8_t *out;

    if (winsock->out != NULL && size <= winsock->out_room) {
        return true;
    }
    out = realloc(winsock->out, (size_t)size + 1);
    if (out == NULL) {
        return false;
    }
    winsock->out = out;
    winsock->out_room = size;
    return true;
}

/* The bytes of the control data become the backend's, until the next step. */
static void keep_control(struct winsock *winsock, struct winsock_answer *answer,
                         struct backend_reply *reply)
{
    free(winsock->control);
    winsock->control = answer->control.bytes;
    reply->message = (struct backend_message){answer->received != 0, answer->control.bytes,
                                              answer->control.size, answer->flags};
    answer->control.bytes = NULL;
}

/* What the worker leaves out of the output buffer is as it was filled before the call. */
static bool reply_with(struct winsock *winsock, struct winsock_answer *answer,
                       struct backend_reply *reply)
{
    if (!reserve(winsock, answer->out_size) || answer->out.size > answer->out_size) {
        return false;
    }
    pattern_fill(winsock->out, answer->out_size);
    if (answer->out.size > 0) {
        memcpy(winsock->out, answer->out.bytes, answer->out.size);
    }
    reply->answer.error = answer->error;
    reply->answer.outcome = answer->state != 0 ? WFP_STATE : WFP_RETURNED;
    reply->answer.bytes = answer->bytes;
    reply->answer.count = answer->counted != 0 ? WFP_COUNT_VALUE : WFP_COUNT_UNCHANGED;
    reply->out = winsock->out;
    reply->out_size = answer->out_size;
    keep_control(winsock, answer, reply);
    return true;
}

static enum status exchange(struct winsock *winsock, const struct backend_call *call,
                            const struct winsock_order *order, struct backend_reply *reply)
{
    struct winsock_answer answer;
    const enum winsock_outcome outcome = winsock_ask(winsock, order, &answer, reply->trouble);
    bool replied;

    if (outcome == WINSOCK_DIED && step_kind_answers(call->step->kind)) {
        reply->answer.outcome = WFP_DIED;
        return STATUS_OK;
    }
    if (outcome != WINSOCK_ANSWERED) {
        return outcome == WINSOCK_ABSENT ? STATUS_BAD_INPUT : STATUS_BROKEN;
    }
    replied = reply_with(winsock, &answer, reply);
    winsock_answer_clear(&answer);
    if (!replied) {
        (void)snprintf(reply->trouble, sizeof reply->trouble, "no memory for the output buffer");
        return STATUS_BROKEN;
    }
    return STATUS_OK;
}

/* ---- the backend ---- */

static const char *target(void *state)
{
    const struct winsock *winsock = state;

    return winsock->target;
}

static enum status begin(void *state, const struct vector *vector, const struct profile *profile,
                         char *trouble)
{
    struct winsock *winsock = state;

    winsock->vector = vector;
    winsock->profile = profile;
    winsock->redirect_count = 0;
    if (winsock->worker == NULL && !winsock_worker_start(winsock, trouble)) {
        return STATUS_BROKEN;
    }
    return winsock_redirect_begin(winsock, trouble);
}

static enum status refuse(struct backend_reply *reply, enum status status, const char *why)
{
    (void)snprintf(reply->trouble, sizeof reply->trouble, "%s", why);
    return status;
}

static enum status perform_order(struct winsock *winsock, const struct backend_call *call,
                                 struct backend_reply *reply)
{
    struct winsock_order order;
    enum status status;

    winsock_order_make(winsock, call, &order);
    if (!winsock_order_input(call, &order)) {
        return refuse(reply, STATUS_BROKEN, "no memory for the input buffer");
    }
    status = exchange(winsock, call, &order, reply);
    winsock_order_forget(&order);
    return status;
}

/* A helper's handle comes into being when it is first named. */
static enum status perform_by_helper(struct winsock *winsock, const struct backend_call *call,
                                     struct backend_reply *reply)
{
    switch (call->step->kind) {
    case STEP_HANDLE:
        return STATUS_OK;
    case STEP_DESTROY_HANDLE:
        return refuse(reply, STATUS_BAD_INPUT, "needs a redirector that destroys handles");
    default:
        return winsock_redirect_state(winsock, call->step, reply);
    }
}

/* What happens inside the kernel alone; no process sees it, and no shim in one can play it. */
static bool is_drivers(const struct step *step)
{
    const struct kernel_step *kernel = &step->kernel;

    return kernel_step_is(step) || kernel->request != NULL || kernel->flags != 0 ||
           kernel->size != 0 || kernel->local_address.given || kernel->owner.given;
}

static bool is_kernels(const struct step *step)
{
    return step->kind == STEP_HANDLE || step->kind == STEP_DESTROY_HANDLE ||
           step->kind == STEP_STATE;
}

static enum status perform(void *state, const struct backend_call *call,
                           struct backend_reply *reply)
{
    struct winsock *winsock = state;
    const struct backend_reply nothing = {
        .answer = {0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED},
        .answered_by = winsock->shim ? "shim" : "provider",
    };
    const struct step *step = call->step;
    enum status status = STATUS_OK;

    *reply = nothing;
    if (winsock->worker == NULL) {
        return refuse(reply, STATUS_BROKEN, "the worker died earlier");
    }
    if (is_drivers(step)) {
        return refuse(reply, STATUS_BAD_INPUT, "needs a driver inside the kernel");
    }
    if (is_kernels(step) && winsock->helper != NULL) {
        return perform_by_helper(winsock, call, reply);
    }
    if (step->redirected) {
        status = winsock_redirect(winsock, step, reply->trouble);
    }
    return status == STATUS_OK ? perform_order(winsock, call, reply) : status;
}

/* What the worker cannot get rid of ends with it, and is no fault unless it is ours. */
static enum status end_worker(struct winsock *winsock, char *trouble)
{
    const struct winsock_order order = {.verb = WINSOCK_END};
    struct winsock_answer answer;
    enum winsock_outcome outcome;

    if (winsock->worker == NULL) {
        return STATUS_OK;
    }
    outcome = winsock_ask(winsock, &order, &answer, trouble);
    if (outcome == WINSOCK_ANSWERED) {
        winsock_answer_clear(&answer);
        return STATUS_OK;
    }
    winsock_worker_stop(winsock);
    return outcome == WINSOCK_ABSENT ? STATUS_OK : STATUS_BROKEN;
}

static enum status end(void *state, char *trouble)
{
    char second[BACKEND_TROUBLE_MAX];
    struct winsock *winsock = state;
    const enum status ended = end_worker(winsock, trouble);
    const enum status released =
        winsock_redirect_release(winsock, ended == STATUS_OK ? trouble : second);

    return ended != STATUS_OK ? ended : released;
}

static void close_winsock(void *state)
{
    char ignored[REDIRECTOR_TROUBLE_MAX];
    struct winsock *winsock = state;

    winsock_worker_stop(winsock);
    if (winsock->helper != NULL) {
        (void)redirector_close(winsock->helper, false, ignored);
    }
    free(winsock->out);
    free(winsock->control);
    free(winsock);
}

/* ---- what answers ---- */

/* "Wine 8.0 x64": without the Windows that Wine passes for. */
static void name_target(char *name)
{
    struct system_description system;

    system_describe(&system);
    system.build[strcspn(system.build, ",")] = '\0';
    (void)snprintf(name, WINSOCK_TARGET_MAX, "%.20s %.40s %.20s", system.name, system.build,
                   system.architecture);
}

/* False with a sentence: it was asked for, but cannot be had. */
static bool open_redirector(struct winsock *winsock, const char *name, char *trouble)
{
    const struct redirector_offer *offer;

    (void)snprintf(winsock->redirector, sizeof winsock->redirector, "none");
    if (strcmp(name, "none") == 0) {
        return true;
    }
    if (strcmp(name, "shim") == 0) {
        (void)snprintf(winsock->redirector, sizeof winsock->redirector, "shim");
        winsock->shim = true;
        return true;
    }
    winsock->helper = redirector_open(name, trouble);
    if (winsock->helper == NULL) {
        return false;
    }
    offer = redirector_offered(winsock->helper);
    (void)snprintf(winsock->redirector, sizeof winsock->redirector, "%s %s", offer->name,
                   offer->version);
    return true;
}

static uint32_t needs_of(const struct winsock *winsock, uint32_t raw_sockets)
{
    uint32_t needs = always_offered;

    needs |= sizeof(void *) == 8 ? NEED_BIT(NEED_LAYOUT_64) : NEED_BIT(NEED_LAYOUT_32);
    /* What enters below Winsock, WSPIoctl or the kernel, nothing in this process can answer. */
    needs |= winsock->shim ? shim_offered : 0;
    needs |= raw_sockets != 0 ? NEED_BIT(NEED_RAW_SOCKETS) : 0;
    if (winsock->helper != NULL) {
        const uint32_t has = redirector_offered(winsock->helper)->capabilities;

        needs |= NEED_BIT(NEED_REDIRECT);
        needs |= (has & REDIRECTOR_STATES) != 0 ? NEED_BIT(NEED_KERNEL_FACE) : 0;
    }
    return needs;
}

enum status backend_winsock_open(const char *redirector, struct backend *backend, char *trouble)
{
    struct winsock *winsock = calloc(1, sizeof *winsock);
    struct backend opened = {
        .name = "winsock",
        .layout = sizeof(void *) == 8 ? WFP_LAYOUT_64 : WFP_LAYOUT_32,
        .target = target,
        .begin = begin,
        .perform = perform,
        .end = end,
        .close = close_winsock,
        .state = winsock,
    };
    uint32_t raw = 0;

    if (winsock == NULL) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "no memory");
        return STATUS_BROKEN;
    }
    winsock->patience = WINSOCK_PATIENCE;
    name_target(winsock->target);
    if (!open_redirector(winsock, redirector, trouble) || !winsock_worker_start(winsock, trouble) ||
        !winsock_ask_for(winsock, WINSOCK_HELLO, &raw, trouble)) {
        close_winsock(winsock);
        return STATUS_BROKEN;
    }
    opened.needs = needs_of(winsock, raw);
    opened.redirector = winsock->redirector;
    *backend = opened;
    return STATUS_OK;
}
