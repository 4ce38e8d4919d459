/* SPDX-License-Identifier: MIT */

/*
 * What the interposer says to the lab, and what it is answered. The connection is made at the first
 * event, and is the only one of the process: one event at a time goes over it, from whatever
 * thread. A lab that does not answer within ten seconds, or is gone, stays gone. Without
 * WFPCHECK_LAB in the environment, or where the lab does not want this process, nothing is told,
 * and all is passed.
 *
 * What is told and asked from within another event's way passes too: it is not the program's.
 * GetLastError stays what it was.
 */

#ifndef HARNESS_LAB_DLL_LINK_H
#define HARNESS_LAB_DLL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/lab/wire/event.h"

enum link_outcome {
    LINK_PASSED,   /* make the call as it is, then link_done() */
    LINK_ANSWERED, /* as the answer says */
    LINK_GONE      /* there is no lab any more: let the call fail */
};

struct link_answer {
    struct event event;
    void *memory; /* where its bytes are */
};

/* Whether somebody listens: what is costly to find out need not be found out for nobody. */
bool link_wanted(void);

/* The thread is added to the event. */
void link_tell(struct event *event);
/* link_answer_free() belongs to LINK_ANSWERED; after the others it does no harm. */
enum link_outcome link_ask(struct event *event, struct link_answer *answer);
void link_answer_free(struct link_answer *answer);

/* What became of a call that was passed, or made as an answer said. */
void link_done(enum event_kind kind, uint64_t socket, uint32_t error, uint64_t count);
/* A call of this name is not followed; told once. */
void link_passed(const char *name);

/*
 * To be told before the next event: from where nothing may be sent, under the loader's lock. False,
 * and forgotten, when there is no room for it.
 */
bool link_defer(const struct event *event);
/*
 * EVENT_EXIT, once, however often it is tried. At the end of a process other threads may be gone in
 * the middle of what they did: nothing is waited for.
 */
void link_tell_end(struct event *event);

#endif
