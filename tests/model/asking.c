/* SPDX-License-Identifier: MIT */

/* A connect while the callouts are asked. */

#include <string.h>

#include "tests/model/hop.h"
#include "tests/model/services.h"
#include "tests/model/setting.h"
#include "tests/model/tell.h"

/* The callout of a service is registered under twice its number, or one less. */
static void look_ahead(struct journey *journey)
{
    const struct wfp_classify_call next = {.call = WFP_CALL_NEXT,
                                           .classification = journey->classification};
    enum wfp_redirect_state state = WFP_NOT_REDIRECTED;
    struct wfp_classify_fixed fixed;
    struct wfp_reply reply;

    demand(wfp_classify(world(), &next, &reply));
    journey->asked = (uint8_t)((wfp_classify_callout(world(), journey->classification) + 1) / 2);
    journey->told = 0;
    if (journey->asked == 0) {
        return;
    }
    demand(wfp_classify_fixed(world(), journey->classification, &fixed));
    if (fixed.layer == WFP_AUTH_CONNECT_V4) {
        (void)wfp_classify_told(world(), journey->classification, journey->asked, &state);
        journey->told = (uint8_t)state;
        return;
    }
    demand(wfp_redirect_state(world(), journey->outgoing, journey->asked, &reply));
    journey->told = (uint8_t)reply.answer.error;
}

void hop_begin(struct journey *journey, unsigned argument)
{
    const struct wfp_address to = {.bytes = {203, 0, 113, 10}, .port = 443};
    uint32_t classification = 0;

    (void)argument;
    demand(wfp_connect_begin(world(), journey->outgoing, &to, &classification));
    journey->classification = (uint8_t)classification;
    look_ahead(journey);
}

bool hop_at_auth_connect(const struct journey *journey)
{
    struct wfp_classify_fixed fixed;

    return wfp_classify_fixed(world(), journey->classification, &fixed) == WFP_OK &&
           fixed.layer == WFP_AUTH_CONNECT_V4;
}

/* In every other state it permits: it is told no other one. */
static struct wfp_policy *policy_for(const struct journey *journey, unsigned conduct)
{
    struct wfp_policy *policy = services_policy(journey->asked);

    wfp_policy_recommended(policy);
    memset(policy->deeds, WFP_DEED_PERMIT, sizeof policy->deeds);
    memset(policy->at_auth_connect, WFP_DEED_PERMIT, sizeof policy->at_auth_connect);
    policy->handle = journey->asked;
    policy->service = service_address(journey->asked);
    policy->target_pid = process_of(journey->asked);
    if (conduct == CONDUCT_REDIRECT) {
        policy->deeds[journey->told] = WFP_DEED_REDIRECT;
    }
    if (conduct == CONDUCT_BLOCK) {
        policy->at_auth_connect[journey->told] = WFP_DEED_BLOCK;
    }
    return policy;
}

static void check_told(const struct journey *journey)
{
    enum wfp_redirect_state state;

    if (wfp_classify_told(world(), journey->classification, journey->asked, &state) &&
        state != journey->told) {
        complain(WRONG_TOLD);
    }
}

void hop_ask(struct journey *journey, unsigned conduct)
{
    const uint32_t number = wfp_classify_callout(world(), journey->classification);
    const struct wfp_callout *callout = wfp_callout_of(world(), number);
    const struct wfp_classify_call back = {.call = WFP_CALL_RETURN,
                                           .classification = journey->classification};
    struct wfp_reply reply;

    if (setting()->fixed) {
        model.conducts[journey->asked - 1][journey->told] = (uint8_t)conduct;
    }
    tell_asked(journey, hop_at_auth_connect(journey), conduct);
    callout->classify(world(), journey->classification, policy_for(journey, conduct));
    check_told(journey);
    demand(wfp_classify(world(), &back, &reply));
    look_ahead(journey);
}
