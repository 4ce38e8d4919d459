/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/lab.h"

#include <signal.h>
#include <stdlib.h>

#include "harness/complaint.h"
#include "harness/lab/context/recipe.h"
#include "harness/lab/server/peer.h"
#include "harness/lab/server/process.h"
#include "harness/platform/clock.h"

/* ---- being told to stop ---- */

static void on_signal(uv_signal_t *signal, int number)
{
    struct lab *lab = signal->data;

    (void)number;
    lab->interrupted = true;
}

/* Once each: a second one ends the process as if nobody had listened. */
static bool watch_signals(struct lab *lab)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    bool good = true;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uv_signal_t *signal = &lab->signals[i];

        signal->data = lab;
        good &= uv_signal_init(&lab->loop, signal) == 0 &&
                uv_signal_start_oneshot(signal, on_signal, numbers[i]) == 0;
        uv_unref((uv_handle_t *)signal);
    }
    return good;
}

/* ---- opening and closing ---- */

static bool reserve(struct lab *lab)
{
    bool good = true;

    for (size_t i = 0; i < sizeof lab->room / sizeof lab->room[0]; i++) {
        lab->room[i] = malloc(EVENT_BYTES_MAX);
        good &= lab->room[i] != NULL;
    }
    for (size_t i = 0; i < LAB_PROXIES_MAX; i++) {
        lab->contexts[i] = malloc(RECIPE_SIZE_MAX);
        good &= lab->contexts[i] != NULL;
    }
    return good;
}

static void release(struct lab *lab)
{
    for (size_t i = 0; i < sizeof lab->room / sizeof lab->room[0]; i++) {
        free(lab->room[i]);
    }
    for (size_t i = 0; i < LAB_PROXIES_MAX; i++) {
        free(lab->contexts[i]);
    }
}

static bool start(struct lab *lab)
{
    if (uv_timer_init(&lab->loop, &lab->timer) != 0) {
        return false;
    }
    lab->timer.data = lab;
    lab->trace = trace_new();
    return reserve(lab) && watch_signals(lab) && lab->trace != NULL && peers_listen(lab);
}

enum status lab_open(struct lab *lab, const struct lab_order *order, struct complaints *complaints)
{
    lab->order = order;
    lab->complaints = complaints;
    lab->began = clock_nanoseconds();
    if (uv_loop_init(&lab->loop) != 0 || !start(lab)) {
        complain(complaints, "wfpcheck proxy", 0, "lab", "a loop and a port on 127.0.0.1",
                 "what the system would not give");
        return STATUS_BROKEN;
    }
    return STATUS_OK;
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

void lab_close(struct lab *lab)
{
    peers_close(lab);
    uv_walk(&lab->loop, close_handle, NULL);
    while (uv_run(&lab->loop, UV_RUN_DEFAULT) != 0) {
    }
    (void)uv_loop_close(&lab->loop);
    processes_free(lab);
    trace_free(lab->trace);
    model_end(&lab->model);
    release(lab);
}

/* ---- the trace ---- */

uint64_t lab_time(const struct lab *lab)
{
    return (clock_nanoseconds() - lab->began) / 1000;
}

void lab_tell(struct lab *lab, struct event *event)
{
    event_set_number(event, FIELD_TIME, lab_time(lab));
    lab->trace_full |= lab->trace != NULL && !trace_add(lab->trace, event);
}

void lab_note(struct lab *lab, enum event_kind kind, const char *text)
{
    struct event event = {.kind = kind};

    event_set_text(&event, FIELD_TEXT, text);
    lab_tell(lab, &event);
}

void lab_break(struct lab *lab, const char *what)
{
    if (lab->broken) {
        return;
    }
    lab->broken = true;
    lab_note(lab, EVENT_BROKEN, what);
    complain(lab->complaints, "wfpcheck proxy", 0, "run",
             "wfpcheck-launch to last until the lab stops the proxy", "%s", what);
}

/* ---- waiting ---- */

static void on_timer(uv_timer_t *timer)
{
    struct lab *lab = timer->data;

    lab->timer_due = true;
}

bool lab_wait(struct lab *lab, bool (*done)(struct lab *lab, void *context), void *context,
              unsigned milliseconds)
{
    bool ready = done(lab, context);

    lab->timer_due = false;
    uv_update_time(&lab->loop);
    (void)uv_timer_start(&lab->timer, on_timer, milliseconds, 0);
    while (!ready && !lab->timer_due && !lab->interrupted) {
        (void)uv_run(&lab->loop, UV_RUN_ONCE);
        ready = done(lab, context);
    }
    (void)uv_timer_stop(&lab->timer);
    return ready;
}
