/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "harness/backend.h"
#include "harness/backend/winsock_codes.h"
#include "harness/backend/winsock_message.h"
#include "harness/backend/winsock_worker.h"
#include "harness/pattern.h"
#include "harness/platform/child.h"
#include "harness/platform/console.h"
#include "harness/platform/system.h"

enum { PATH_MAX_BYTES = 4096, TARGET_MAX = 96 };

/* Never NEED_REDIRECT and the kernel's: nothing on a stock machine redirects. */
static const uint32_t always_offered = NEED_BIT(NEED_BAD_POINTERS) | NEED_BIT(NEED_THREADS) |
                                       NEED_BIT(NEED_ACCEPT_EX) | NEED_BIT(NEED_DUPLICATE);

struct winsock {
    char target[TARGET_MAX];
    struct child worker;
    bool alive;
    const struct vector *vector; /* of the run under way */
    uint8_t *out;                /* behind backend_reply.out */
    size_t out_room;
};

/* ---- the worker process ---- */

/* One at a time: a child inherits whatever is inheritable at that moment, another's pipes too. */
static SRWLOCK starting = SRWLOCK_INIT;

static bool start_worker(struct winsock *winsock, char *trouble)
{
    char folder[PATH_MAX_BYTES];
    char path[PATH_MAX_BYTES + 16];
    char command[] = WINSOCK_WORKER_COMMAND;
    char *const arguments[] = {path, command, NULL};

    if (!program_directory(folder, sizeof folder)) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "the folder of this program is not known");
        return false;
    }
    (void)snprintf(path, sizeof path, "%s\\wfpcheck.exe", folder);
    AcquireSRWLockExclusive(&starting);
    winsock->alive = child_start(arguments, &winsock->worker);
    ReleaseSRWLockExclusive(&starting);
    if (!winsock->alive) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX,
                       "no worker can be started beside this program");
    }
    return winsock->alive;
}

/* Closes the pipes, which ends a worker that lives, and says how it ended. */
static uint32_t stop_worker(struct winsock *winsock)
{
    int code = 0;

    if (!winsock->alive) {
        return 0;
    }
    winsock->alive = false;
    return child_wait(&winsock->worker, &code) ? (uint32_t)code : 0;
}

static void describe_end(uint32_t code, char *trouble)
{
    const char *what = "the worker ended";

    if (code == WINSOCK_EXIT_HUNG) {
        what = "hung: the step did not come back within 10 s";
    } else if (code == WINSOCK_EXIT_FAULT) {
        what = "the worker itself failed, outside any call under test";
    }
    (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "%s (exit code 0x%08lX)", what,
                   (unsigned long)code);
}

enum outcome { ANSWERED, REFUSED, ABSENT, DIED, ENDED };

/* ANSWERED: clear `answer` when done. Else `trouble` says why not. */
static enum outcome ask(struct winsock *winsock, const struct winsock_order *order,
                        struct winsock_answer *answer, char *trouble)
{
    enum outcome refused;
    uint32_t code;

    if (winsock_order_write(winsock->worker.in, order) &&
        winsock_answer_read(winsock->worker.out, answer)) {
        if (answer->trouble == NULL) {
            return ANSWERED;
        }
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "%s", answer->trouble);
        refused = answer->absent != 0 ? ABSENT : REFUSED;
        winsock_answer_clear(answer);
        return refused;
    }
    code = stop_worker(winsock);
    if (code == EXCEPTION_ACCESS_VIOLATION) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "access violation in a call of the set-up");
        return DIED;
    }
    describe_end(code, trouble);
    return ENDED;
}

static bool ask_for(struct winsock *winsock, enum winsock_verb verb, uint32_t *raw, char *trouble)
{
    const struct winsock_order order = {.verb = (uint32_t)verb};
    struct winsock_answer answer;

    if (ask(winsock, &order, &answer, trouble) != ANSWERED) {
        return false;
    }
    *raw = answer.raw_sockets;
    winsock_answer_clear(&answer);
    return true;
}

/* ---- a step as an order ---- */

static bool asks_port(const struct step *step, const char *operation)
{
    return step->kind == STEP_RESULT && step->channel == WFP_CHANNEL_PORT &&
           strcmp(step->of, operation) == 0;
}

/* A socket has to be on its completion port before the call: look ahead for who will ask there. */
static bool port_wanted(const struct vector *vector, const struct step *step)
{
    const struct control *control = vector->control;
    bool wanted = false;

    for (size_t i = 0; step->as != NULL && i < vector->step_count; i++) {
        wanted = wanted || asks_port(&vector->steps[i], step->as);
    }
    for (size_t i = 0; step->as != NULL && control != NULL && i < control->count; i++) {
        wanted = wanted || asks_port(&control->replacements[i], step->as);
    }
    return wanted;
}

static void add_ioctl(const struct winsock *winsock, const struct backend_call *call,
                      struct winsock_order *order)
{
    const struct ioctl_step *ioctl = &call->step->ioctl;

    order->code = ioctl->code;
    order->in_pointer = ioctl->in.pointer;
    order->in_size = call->in_size;
    order->out_pointer = ioctl->out.pointer;
    order->out_size = call->out_size;
    order->count = ioctl->count;
    order->overlapped = ioctl->overlapped;
    order->routine = ioctl->routine;
    order->port = ioctl->overlapped != WFP_POINTER_NULL && port_wanted(winsock->vector, call->step);
}

static void make_order(const struct winsock *winsock, const struct backend_call *call,
                       struct winsock_order *order)
{
    const struct step *step = call->step;
    const struct winsock_order made = {
        .verb = step->kind,
        .family = step->family,
        .type = step->type,
        .overlapped_socket = step->overlapped_socket,
        .update = step->update,
        .start = step->started.given && step->started.value,
        .stop = step->started.given && !step->started.value,
        .thread = step->thread,
        .channel = step->channel,
        .wait = step->wait,
        .on = step->on,
        .as = step->as,
        .of = step->of,
        .to = step->to,
    };

    *order = made;
    if (step->kind == STEP_IOCTL) {
        add_ioctl(winsock, call, order);
    }
}

/* A copy, because the bytes of an order are not const: one that was read owns them. */
static bool add_input(const struct backend_call *call, struct winsock_order *order)
{
    if (call->in == NULL) {
        return true;
    }
    order->in.bytes = malloc((size_t)call->in_size + 1);
    if (order->in.bytes == NULL) {
        return false;
    }
    memcpy(order->in.bytes, call->in, call->in_size);
    order->in.size = call->in_size;
    return true;
}

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

/* What the worker leaves out of the output buffer is as it was filled before the call. */
static bool reply_with(struct winsock *winsock, const struct winsock_answer *answer,
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
    reply->answer.bytes = answer->bytes;
    reply->answer.count = answer->counted != 0 ? WFP_COUNT_VALUE : WFP_COUNT_UNCHANGED;
    reply->out = winsock->out;
    reply->out_size = answer->out_size;
    return true;
}

static enum status exchange(struct winsock *winsock, const struct backend_call *call,
                            const struct winsock_order *order, struct backend_reply *reply)
{
    struct winsock_answer answer;
    const enum outcome outcome = ask(winsock, order, &answer, reply->trouble);
    bool replied;

    if (outcome == DIED && step_kind_answers(call->step->kind)) {
        reply->answer.outcome = WFP_DIED;
        return STATUS_OK;
    }
    if (outcome != ANSWERED) {
        return outcome == ABSENT ? STATUS_BAD_INPUT : STATUS_BROKEN;
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
    uint32_t raw;

    (void)profile;
    winsock->vector = vector;
    if (!winsock->alive && !start_worker(winsock, trouble)) {
        return STATUS_BROKEN;
    }
    return ask_for(winsock, WINSOCK_BEGIN, &raw, trouble) ? STATUS_OK : STATUS_BROKEN;
}

static enum status refuse(struct backend_reply *reply, const char *why)
{
    (void)snprintf(reply->trouble, sizeof reply->trouble, "%s", why);
    return STATUS_BROKEN;
}

static enum status perform(void *state, const struct backend_call *call,
                           struct backend_reply *reply)
{
    static const struct backend_reply nothing = {
        .answer = {0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED},
        .answered_by = "provider",
    };
    struct winsock *winsock = state;
    struct winsock_order order;
    enum status status;

    *reply = nothing;
    if (!winsock->alive) {
        return refuse(reply, "the worker died earlier");
    }
    if (call->step->redirected || call->step->elevated.given) {
        return refuse(reply, "not possible on this machine");
    }
    make_order(winsock, call, &order);
    if (!add_input(call, &order)) {
        return refuse(reply, "no memory for the input buffer");
    }
    status = exchange(winsock, call, &order, reply);
    free(order.in.bytes);
    return status;
}

static void end(void *state)
{
    char trouble[BACKEND_TROUBLE_MAX];
    struct winsock *winsock = state;
    uint32_t raw;

    if (winsock->alive && !ask_for(winsock, WINSOCK_END, &raw, trouble)) {
        (void)stop_worker(winsock);
    }
}

static void close_winsock(void *state)
{
    struct winsock *winsock = state;

    (void)stop_worker(winsock);
    free(winsock->out);
    free(winsock);
}

/* ---- what answers ---- */

/* "Wine 8.0 x64": without the Windows that Wine passes for. */
static void name_target(char *name)
{
    struct system_description system;

    system_describe(&system);
    system.build[strcspn(system.build, ",")] = '\0';
    (void)snprintf(name, TARGET_MAX, "%.20s %.40s %.20s", system.name, system.build,
                   system.architecture);
}

enum status backend_winsock_open(struct backend *backend, char *trouble)
{
    struct winsock *winsock = calloc(1, sizeof *winsock);
    struct backend opened = {
        .name = "winsock",
        .needs = always_offered,
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
    name_target(winsock->target);
    if (!start_worker(winsock, trouble) || !ask_for(winsock, WINSOCK_HELLO, &raw, trouble)) {
        close_winsock(winsock);
        return STATUS_BROKEN;
    }
    if (raw != 0) {
        opened.needs |= NEED_BIT(NEED_RAW_SOCKETS);
    }
    *backend = opened;
    return STATUS_OK;
}
