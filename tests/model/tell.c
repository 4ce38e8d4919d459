/* SPDX-License-Identifier: MIT */

#include "tests/model/tell.h"

#include <stdio.h>

static bool aloud;

void tell(bool telling)
{
    aloud = telling;
}

static unsigned number_of(const struct journey *journey)
{
    return (unsigned)(journey - model.journeys);
}

static void tell_topology(unsigned topology)
{
    const unsigned order = topology / 2;
    const bool shared = topology % 2;

    for (unsigned service = 1; service <= SERVICES; service++) {
        const unsigned weight = journey_weight(order, service);

        printf("{\"event\": \"service\", \"service\": %u, \"weight\": %u, \"sublayer\": %u}\n",
               service, weight, shared ? 1 : weight);
    }
}

static void tell_dial(unsigned j, const char *propagation)
{
    printf("{\"event\": \"dial\", \"journey\": %u, \"dialler\": %u, \"propagation\": \"%s\", "
           "\"had_record\": %s}\n",
           j, model.journeys[j].dialler, propagation,
           model.journeys[j].has_record ? "true" : "false");
}

void tell_step(unsigned j, enum step step, unsigned argument)
{
    static const char *const manners[] = {"correctly", "never", "late"};

    if (!aloud) {
        return;
    }
    if (step == STEP_SET_UP) {
        tell_topology(argument);
    }
    if (step == STEP_PASS_ON) {
        tell_dial(j, manners[argument]);
    }
    if (step == STEP_OPEN && model.journeys[j].dialler == 0) {
        tell_dial(j, "nothing-to-pass-on");
    }
    if (step == STEP_REFUSE) {
        printf("{\"event\": \"end\", \"journey\": %u, \"end\": \"refused\", \"by\": %u}\n", j,
               model.journeys[j].dialler);
    }
}

void tell_asked(const struct journey *journey, bool at_auth_connect, unsigned conduct)
{
    static const char *const conducts[] = {"undecided", "redirect", "permit", "block"};

    if (aloud) {
        printf("{\"event\": \"asked\", \"journey\": %u, \"service\": %u, \"layer\": \"%s\", "
               "\"told\": %u, \"conduct\": \"%s\"}\n",
               number_of(journey), journey->asked,
               at_auth_connect ? "auth-connect" : "connect-redirect", journey->told,
               conducts[conduct]);
    }
}

static const char *end_of(enum wfp_status status, const struct wfp_connected *connected)
{
    if (status != WFP_OK) {
        return "no-room";
    }
    return connected->blocked ? "blocked" : "reached";
}

void tell_connected(const struct journey *journey, enum wfp_status status,
                    const struct wfp_connected *connected, bool lost)
{
    if (!aloud) {
        return;
    }
    if (connected->listener != 0 && status == WFP_OK) {
        printf("{\"event\": \"redirected\", \"journey\": %u, \"by\": %u, \"lost\": %s}\n",
               number_of(journey), connected->handle, lost ? "true" : "false");
        return;
    }
    printf("{\"event\": \"end\", \"journey\": %u, \"end\": \"%s\"}\n", number_of(journey),
           end_of(status, connected));
}

void tell_wrong(unsigned j)
{
    static const char *const sentences[] = {
        [WRONG_NOTHING] = "",
        [WRONG_TOO_MANY_REDIRECTS] =
            "more redirects than there are handles, and no hop is to blame",
        [WRONG_UNBLAMED_NO_ROOM] = "the record outgrew its room, and no hop is to blame",
        [WRONG_TOLD] = "a callout was told another state than its socket has",
        [WRONG_LEFT_BEHIND] = "all journeys ended, and the world is not as it was before",
        [WRONG_NOT_REPEATABLE] = "one step, made twice, gave different bytes",
        [WRONG_REFUSED_CALL] = "a call that has to succeed was refused",
    };

    if (aloud && model.wrong != WRONG_NOTHING) {
        printf("{\"event\": \"wrong\", \"journey\": %u, \"what\": \"%s\"}\n", j,
               sentences[model.wrong]);
    }
}
