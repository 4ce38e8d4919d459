/* SPDX-License-Identifier: MIT */

/* A callout as data. It makes only the calls that a driver has. */

#include "sim/policy.h"

#include <string.h>

enum { SAMPLE_CAP = 3 };

void wfp_policy_recommended(struct wfp_policy *policy)
{
    static const uint8_t deeds[4] = {WFP_DEED_REDIRECT, WFP_DEED_PERMIT, WFP_DEED_REDIRECT,
                                     WFP_DEED_PERMIT};

    memset(policy, 0, sizeof *policy);
    memcpy(policy->deeds, deeds, sizeof deeds);
    policy->chain = WFP_CHAIN_WHOLE;
    policy->cap = SAMPLE_CAP;
}

/* One classifyFn at work. */
struct work {
    struct wfp_world *world;
    uint32_t classification;
    const struct wfp_policy *policy;
    struct wfp_classify_fixed values;
};

/* An impossible call is misuse, as for the functions of callouts. */
static struct wfp_answer make(const struct work *work, struct wfp_classify_call *call)
{
    static const struct wfp_answer misuse = {0, 0, WFP_COUNT_UNCHANGED, WFP_MISUSE};
    struct wfp_reply reply;

    call->classification = work->classification;
    if (wfp_classify(work->world, call, &reply) != WFP_OK) {
        return misuse;
    }
    if (work->policy->observe != NULL) {
        work->policy->observe(work->policy->observer, call, &reply);
    }
    return reply.answer;
}

static struct wfp_answer make_plain(const struct work *work, enum wfp_call call)
{
    return make(work, &(struct wfp_classify_call){.call = call});
}

static void leave(const struct work *work, uint32_t action, uint32_t rights)
{
    (void)make(work, &(struct wfp_classify_call){
                         .call = WFP_CALL_ACTION, .action = action, .rights = rights});
}

/* A block that kept the write right could be overruled by the next callout. */
static void decide_on(const struct work *work, uint32_t action)
{
    leave(work, action, action == WFP_ACTION_BLOCK ? 0 : work->values.rights);
}

static enum wfp_redirect_state state_of(const struct work *work)
{
    const struct wfp_answer answer =
        work->policy->without_query
            ? (struct wfp_answer){.outcome = WFP_STATE, .error = WFP_NOT_REDIRECTED}
            : make(work, &(struct wfp_classify_call){.call = WFP_CALL_REDIRECT_STATE,
                                                     .handle = work->policy->handle});

    return answer.outcome == WFP_STATE ? (enum wfp_redirect_state)answer.error : WFP_NOT_REDIRECTED;
}

/* ---- the chain ---- */

static bool is_foreign(const struct work *work, const struct wfp_version *version)
{
    return version->filter != work->values.filter && version->handle != 0 &&
           version->handle != work->policy->handle;
}

static bool chain_forbids(const struct work *work)
{
    struct wfp_version version;

    if (work->policy->chain == WFP_CHAIN_IGNORED) {
        return false;
    }
    for (uint32_t back = 0;
         wfp_classify_previous(work->world, work->classification, back, &version); back++) {
        if (is_foreign(work, &version)) {
            return true;
        }
        if (work->policy->chain == WFP_CHAIN_NEWEST) {
            return false;
        }
    }
    return false;
}

static bool above_cap(const struct work *work)
{
    struct wfp_version version;
    uint32_t own = 0;

    if (work->policy->cap == UINT32_MAX) {
        return false;
    }
    for (uint32_t back = 0;
         wfp_classify_previous(work->world, work->classification, back, &version); back++) {
        own += version.filter == work->values.filter;
    }
    return own > work->policy->cap;
}

/* ---- the redirect ---- */

static bool is_unspecified(const struct wfp_address *address)
{
    return wfp_address_unspecified(address);
}

/* RED-11: where the socket is, or loopback where it is nowhere in particular. */
static struct wfp_address service_for(const struct wfp_policy *policy,
                                      const struct wfp_classify_fixed *values)
{
    static const uint8_t loopback4[4] = {127, 0, 0, 1};
    struct wfp_address service = policy->service;
    const bool ipv6 = values->layer == WFP_CONNECT_REDIRECT_V6;

    if (!is_unspecified(&service)) {
        return service;
    }
    if (!is_unspecified(&values->local)) {
        memcpy(service.bytes, values->local.bytes, sizeof service.bytes);
        service.family = values->local.family;
        return service;
    }
    service.family = ipv6 ? WFP_IPV6 : WFP_IPV4;
    if (ipv6) {
        service.bytes[sizeof service.bytes - 1] = 1;
    } else {
        memcpy(service.bytes, loopback4, sizeof loopback4);
    }
    return service;
}

static bool fill_edit(struct wfp_world *world, const struct wfp_policy *policy,
                      const struct wfp_classify_fixed *values, struct wfp_classify_call *call)
{
    switch (call->member) {
    case WFP_MEMBER_REMOTE_ADDRESS:
        call->address = service_for(policy, values);
        return true;
    case WFP_MEMBER_TARGET_PID:
        call->number = policy->target_pid;
        return true;
    case WFP_MEMBER_REDIRECT_HANDLE:
        call->number = policy->handle;
        return true;
    case WFP_MEMBER_CONTEXT:
        return policy->context_size > 0 &&
               wfp_context_allocate(world, policy->context, policy->context_size, &call->number) ==
                   WFP_OK;
    case WFP_MEMBER_PORT_RESERVATION_TOKEN:
    case WFP_MEMBER_LOCAL_ADDRESS:
    default:
        return false;
    }
}

bool policy_fill(struct wfp_world *world, const struct wfp_policy *policy,
                 const struct wfp_classify_fixed *values, struct wfp_classify_call *call)
{
    call->handle = policy->handle;
    return call->call != WFP_CALL_EDIT || fill_edit(world, policy, values, call);
}

static void edit_all(const struct work *work)
{
    static const enum wfp_member members[] = {WFP_MEMBER_REMOTE_ADDRESS, WFP_MEMBER_TARGET_PID,
                                              WFP_MEMBER_REDIRECT_HANDLE, WFP_MEMBER_CONTEXT};

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        struct wfp_classify_call call = {.call = WFP_CALL_EDIT, .member = members[i]};

        if (fill_edit(work->world, work->policy, &work->values, &call)) {
            (void)make(work, &call);
        }
    }
}

static bool succeeded(struct wfp_answer answer)
{
    return answer.outcome == WFP_RETURNED && answer.error == 0;
}

static void redirect(const struct work *work)
{
    const uint32_t rights = work->policy->keeps_right ? 0 : work->values.rights;

    if (!succeeded(make_plain(work, WFP_CALL_ACQUIRE_HANDLE))) {
        return;
    }
    if (succeeded(make_plain(work, WFP_CALL_ACQUIRE_DATA))) {
        edit_all(work);
        (void)make_plain(work, WFP_CALL_APPLY);
        leave(work, WFP_ACTION_PERMIT, rights);
    }
    (void)make_plain(work, WFP_CALL_RELEASE_HANDLE);
}

/* ---- one classification ---- */

static void do_deed(const struct work *work, enum wfp_deed deed)
{
    static const uint32_t actions[] = {
        [WFP_DEED_PERMIT] = WFP_ACTION_PERMIT,
        [WFP_DEED_CONTINUE] = WFP_ACTION_CONTINUE,
        [WFP_DEED_BLOCK] = WFP_ACTION_BLOCK,
    };

    if (deed == WFP_DEED_REDIRECT) {
        redirect(work);
        return;
    }
    decide_on(work, actions[deed]);
}

static bool is_reauthorized(const struct work *work)
{
    const struct wfp_answer answer =
        make(work,
             &(struct wfp_classify_call){.call = WFP_CALL_LOOK, .field = WFP_FIELD_IS_REAUTHORIZE});

    return answer.outcome == WFP_FIELD && answer.error == WFP_PRESENT;
}

/* Without the right nothing is said: what has been decided stays. */
static void at_connect_redirect(const struct work *work)
{
    const struct wfp_policy *policy = work->policy;
    enum wfp_deed deed;

    if ((work->values.rights & WFP_RIGHT_ACTION_WRITE) == 0 && !policy->without_right) {
        return;
    }
    if (is_reauthorized(work) && !policy->when_reauthorizing) {
        do_deed(work, WFP_DEED_PERMIT);
        return;
    }
    deed = (enum wfp_deed)policy->deeds[state_of(work)];
    if (deed == WFP_DEED_REDIRECT && chain_forbids(work)) {
        deed = WFP_DEED_PERMIT;
    }
    if (deed == WFP_DEED_REDIRECT && above_cap(work)) {
        deed = WFP_DEED_BLOCK;
    }
    do_deed(work, deed);
}

/* The records are not to be had here: what the handle was told before is what counts. */
static void at_auth_connect(const struct work *work)
{
    enum wfp_redirect_state state = WFP_NOT_REDIRECTED;
    uint8_t deed;

    (void)wfp_classify_told(work->world, work->classification, work->policy->handle, &state);
    deed = work->policy->at_auth_connect[state];
    do_deed(work, deed == WFP_DEED_REDIRECT ? WFP_DEED_PERMIT : (enum wfp_deed)deed);
}

void wfp_policy_classify(struct wfp_world *world, uint32_t classification, void *policy)
{
    struct work work = {.world = world, .classification = classification, .policy = policy};

    if (wfp_classify_fixed(world, classification, &work.values) != WFP_OK) {
        return;
    }
    if (work.values.layer >= WFP_AUTH_CONNECT_V4) {
        at_auth_connect(&work);
    } else {
        at_connect_redirect(&work);
    }
}
