/* SPDX-License-Identifier: MIT */

#define _XOPEN_SOURCE 700

#include "harness/platform/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

/* Not sig_atomic_t: other threads look at it. */
static atomic_bool stop_asked;

static void note(int signal_number)
{
    (void)signal_number;
    atomic_store(&stop_asked, true);
}

void interrupt_watch(void)
{
    static const int signals[] = {SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = note};

    sigemptyset(&action.sa_mask);
    /* No SA_RESTART: a program that waits for its input is to notice. */
    action.sa_flags = (int)SA_RESETHAND;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sigaction(signals[i], &action, NULL);
    }
}

bool interrupted(void)
{
    return atomic_load(&stop_asked);
}
