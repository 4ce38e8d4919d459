/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/redirector.h"
#include "harness/backend/simulator.h"
#include "harness/backend/winsock_parent.h"
#include "harness/lab/shim/shim.h"
#include "harness/pattern.h"
#include "harness/profile.h"

_Static_assert((int)REDIRECTOR_TROUBLE_MAX <= (int)BACKEND_TROUBLE_MAX, "a sentence must fit");

static enum status status_of(enum winsock_outcome outcome)
{
    if (outcome == WINSOCK_ANSWERED) {
        return STATUS_OK;
    }
    return outcome == WINSOCK_ABSENT ? STATUS_BAD_INPUT : STATUS_BROKEN;
}

/* What the target lacks is no fault of anybody. */
static enum status status_told(enum redirector_outcome outcome)
{
    if (outcome == REDIRECTOR_DONE) {
        return STATUS_OK;
    }
    return outcome == REDIRECTOR_LACKS ? STATUS_BAD_INPUT : STATUS_BROKEN;
}

/* Both ends are the same program: the bytes mean the same there. */
static uint8_t *make_shim(const struct winsock *winsock, uint32_t *size)
{
    struct shim_begin *begin = calloc(1, sizeof *begin);

    if (begin != NULL) {
        begin->profile = winsock->profile->values;
        begin->limits = simulator_limits(winsock->vector, winsock->profile);
        begin->limits.sockets *= 2; /* here destinations are sockets, too */
        begin->every_code = 1;
        *size = (uint32_t)sizeof *begin;
    }
    return (uint8_t *)begin;
}

enum status winsock_redirect_begin(struct winsock *winsock, char *trouble)
{
    struct winsock_order order = {.verb = WINSOCK_BEGIN};
    struct winsock_answer answer;
    enum status status;

    if (winsock->shim) {
        order.in.bytes = make_shim(winsock, &order.in.size);
    }
    if (winsock->shim && order.in.bytes == NULL) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "no memory for the shim");
        return STATUS_BROKEN;
    }
    status = status_of(winsock_ask(winsock, &order, &answer, trouble));
    free(order.in.bytes);
    if (status == STATUS_OK) {
        winsock_answer_clear(&answer);
    }
    return status == STATUS_OK ? STATUS_OK : STATUS_BROKEN;
}

static uint8_t *make_context(const struct redirect *redirect, char *trouble)
{
    uint8_t *context = malloc((size_t)redirect->context + 1);

    if (context == NULL) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "no memory for the redirect context");
        return NULL;
    }
    pattern_context(redirect->handle, context, redirect->context);
    return context;
}

/* ---- by a helper ---- */

static enum status redirect_by_helper(struct winsock *winsock, const struct step *step,
                                      const struct winsock_answer *prepared, uint8_t *context,
                                      char *trouble)
{
    const struct redirector_request request = {
        .connection = {step->family, prepared->from, prepared->to},
        .handle = step->redirect.handle,
        .listener = prepared->listener,
        /* A real driver wants the process that listens; 0 is a question of its own (RED-10). */
        .target_pid = step->redirect.target_pid == 0 ? 0 : prepared->process,
        .context = context,
        .context_size = step->redirect.context,
        .layer = step->redirect.layer,
        .remote = step->redirect.remote,
    };
    const enum redirector_outcome outcome = redirector_redirect(
        winsock->helper, &request, &winsock->redirects[winsock->redirect_count], trouble);

    winsock->redirect_count += outcome == REDIRECTOR_DONE;
    return status_told(outcome);
}

/* ---- by the shim ---- */

static bool is_datagrams(const struct step *step)
{
    return step->kind == STEP_SEND || step->kind == STEP_DATAGRAM_CONNECT;
}

static enum status redirect_by_shim(struct winsock *winsock, const struct step *step,
                                    uint8_t *context, char *trouble)
{
    const struct winsock_order order = {
        .verb = WINSOCK_REDIRECT,
        .on = is_datagrams(step) ? step->on : NULL,
        .to = is_datagrams(step) ? step->message.service : NULL,
        .handle = step->redirect.handle,
        .target_pid = step->redirect.target_pid,
        .layer = step->redirect.layer,
        .remote = step->redirect.remote,
        .lost = step->redirect.lost,
        .in = {context, step->redirect.context},
    };
    struct winsock_answer answer;
    const enum status status = status_of(winsock_ask(winsock, &order, &answer, trouble));

    if (status == STATUS_OK) {
        winsock_answer_clear(&answer);
    }
    return status;
}

/* ---- both ---- */

static enum status prepare(struct winsock *winsock, const struct step *step,
                           struct winsock_answer *prepared, char *trouble)
{
    const struct winsock_order order = {
        .verb = WINSOCK_PREPARE,
        .family = step->family,
        .overlapped_socket = step->overlapped_socket,
        .bind = winsock->helper != NULL,
        .on = step->kind == STEP_CONNECT ? step->on : NULL,
        .to = step->to,
        .from = step->from,
    };

    return status_of(winsock_ask(winsock, &order, prepared, trouble));
}

static enum status redirect_connection(struct winsock *winsock, const struct step *step,
                                       uint8_t *context, char *trouble)
{
    struct winsock_answer prepared;
    enum status status = prepare(winsock, step, &prepared, trouble);

    if (status != STATUS_OK) {
        return status;
    }
    status = winsock->helper != NULL
                 ? redirect_by_helper(winsock, step, &prepared, context, trouble)
                 : redirect_by_shim(winsock, step, context, trouble);
    winsock_answer_clear(&prepared);
    return status;
}

enum status winsock_redirect(struct winsock *winsock, const struct step *step, char *trouble)
{
    uint8_t *context = make_context(&step->redirect, trouble);
    enum status status;

    if (context == NULL) {
        return STATUS_BROKEN;
    }
    status = is_datagrams(step) ? redirect_by_shim(winsock, step, context, trouble)
                                : redirect_connection(winsock, step, context, trouble);
    free(context);
    return status;
}

enum status winsock_redirect_state(struct winsock *winsock, const struct step *step,
                                   struct backend_reply *reply)
{
    const struct winsock_order order = {.verb = STEP_STATE, .on = step->on};
    struct redirector_connection connection;
    enum wfp_redirect_state state = WFP_NOT_REDIRECTED;
    struct winsock_answer addresses;
    enum status status = status_of(winsock_ask(winsock, &order, &addresses, reply->trouble));

    if (status != STATUS_OK) {
        return status;
    }
    connection = (struct redirector_connection){(enum wfp_family)addresses.family, addresses.from,
                                                addresses.to};
    status = status_told(
        redirector_state(winsock->helper, &connection, step->handle, &state, reply->trouble));
    winsock_answer_clear(&addresses);
    reply->answer.outcome = WFP_STATE;
    reply->answer.error = (uint32_t)state;
    reply->answered_by = "helper";
    return status;
}

enum status winsock_redirect_release(struct winsock *winsock, char *trouble)
{
    enum status status = STATUS_OK;

    while (winsock->redirect_count > 0 && status == STATUS_OK) {
        status = status_told(redirector_release(
            winsock->helper, winsock->redirects[--winsock->redirect_count], trouble));
    }
    winsock->redirect_count = 0;
    return status;
}
