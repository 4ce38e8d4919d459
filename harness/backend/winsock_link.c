/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "harness/backend/winsock_parent.h"
#include "harness/backend/winsock_worker.h"
#include "harness/platform/console.h"
#include "harness/platform/partner.h"

enum { END_LIMIT = 2000 }; /* milliseconds */

enum { PATH_MAX_BYTES = 4096, ANSWER_MAX = 16777216 };

bool winsock_worker_start(struct winsock *winsock, char *trouble)
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
    if (!partner_start(arguments, &winsock->worker)) {
        winsock->worker = NULL;
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX,
                       "no worker can be started beside this program");
        return false;
    }
    return true;
}

/* Ending its input ends a worker that lives. */
static struct partner_end end_worker(struct winsock *winsock, unsigned milliseconds)
{
    struct partner *worker = winsock->worker;

    winsock->worker = NULL;
    return partner_end(worker, milliseconds);
}

void winsock_worker_stop(struct winsock *winsock)
{
    if (winsock->worker != NULL) {
        (void)end_worker(winsock, END_LIMIT);
    }
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

/* It gave no answer: why? */
static enum winsock_outcome bury(struct winsock *winsock, enum partner_outcome outcome,
                                 char *trouble)
{
    const struct partner_end end = end_worker(winsock, outcome == PARTNER_ENDED ? END_LIMIT : 0);

    if (outcome == PARTNER_LATE || end.killed) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX,
                       "hung: no answer from the worker within %u ms, not even its own watchdog's; "
                       "it was killed",
                       winsock->patience);
        return WINSOCK_ENDED;
    }
    if (end.code == EXCEPTION_ACCESS_VIOLATION) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "access violation in a call of the set-up");
        return WINSOCK_DIED;
    }
    describe_end(end.code, trouble);
    return WINSOCK_ENDED;
}

static enum partner_outcome exchange(struct winsock *winsock, const struct winsock_order *order,
                                     const char **line, size_t *size)
{
    char *text = winsock_order_line(order);
    enum partner_outcome outcome = PARTNER_BROKEN;

    if (text != NULL) {
        outcome = partner_write(winsock->worker, text, strlen(text), winsock->patience);
    }
    free(text);
    return outcome != PARTNER_DONE
               ? outcome
               : partner_line(winsock->worker, ANSWER_MAX, winsock->patience, line, size);
}

enum winsock_outcome winsock_ask(struct winsock *winsock, const struct winsock_order *order,
                                 struct winsock_answer *answer, char *trouble)
{
    const char *line = "";
    size_t size = 0;
    const enum partner_outcome outcome = exchange(winsock, order, &line, &size);
    enum winsock_outcome refused;

    if (outcome != PARTNER_DONE || !winsock_answer_parse(line, size, answer)) {
        return bury(winsock, outcome, trouble);
    }
    if (answer->trouble == NULL) {
        return WINSOCK_ANSWERED;
    }
    (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "%s", answer->trouble);
    refused = answer->absent != 0 ? WINSOCK_ABSENT : WINSOCK_REFUSED;
    winsock_answer_clear(answer);
    return refused;
}

bool winsock_ask_for(struct winsock *winsock, enum winsock_verb verb, uint32_t *raw, char *trouble)
{
    const struct winsock_order order = {.verb = (uint32_t)verb};
    struct winsock_answer answer;

    if (winsock_ask(winsock, &order, &answer, trouble) != WINSOCK_ANSWERED) {
        return false;
    }
    *raw = answer.raw_sockets;
    winsock_answer_clear(&answer);
    return true;
}
