/* SPDX-License-Identifier: MIT */

/* The filter engine asks, the callouts of the services answer by their policies. */

#include "sim/path.h"

#include <string.h>

#include "sim/classify.h"
#include "sim/policy.h"

enum { STRANGE_PROVIDER = 0x73747261 };

/*
 * Who is asked now: a place in path->callouts, or callout_count. Numbers are mostly in a row.
 */
static uint32_t find_callout(const struct wfp_path *path, uint32_t number)
{
    uint32_t at = number - path->callouts[0].number;

    if (at < path->callout_count && path->callouts[at].number == number) {
        return at;
    }
    at = 0;
    while (at < path->callout_count && path->callouts[at].number != number) {
        at++;
    }
    return at;
}

static bool is_present(struct wfp_path *path, uint32_t classification, enum wfp_field field,
                       const char *name)
{
    const struct wfp_classify_call look = {
        .call = WFP_CALL_LOOK, .classification = classification, .field = field};
    struct wfp_reply reply;

    return path_classify_call(path, WFP_PATH_ENGINE, name, &look, &reply) == WFP_OK &&
           reply.answer.error == WFP_PRESENT;
}

static void watch(struct wfp_path *path, uint32_t classification)
{
    uint32_t *conditions = &path->hops[path->hop_count].conditions;

    *conditions = 0;
    if (is_present(path, classification, WFP_FIELD_IS_CONNECTION_REDIRECTED,
                   "look-connection-redirected")) {
        *conditions |= WFP_CONDITION_IS_CONNECTION_REDIRECTED;
    }
    if (is_present(path, classification, WFP_FIELD_IS_PROXY_CONNECTION, "look-proxy-connection")) {
        *conditions |= WFP_CONDITION_IS_PROXY_CONNECTION;
    }
}

/* A handle that no list knows yet. It is never destroyed while the journey lasts: a driver that
 * makes one for each classification has nowhere to keep it. */
static enum wfp_status renew_handle(struct wfp_path *path, struct wfp_policy *policy)
{
    enum wfp_status status =
        wfp_handle_create(path->world, STRANGE_PROVIDER + path->fresh_count, &policy->handle);

    if (status == WFP_OK) {
        path->fresh[path->fresh_count++] = policy->handle;
    }
    return status;
}

static uint8_t told_to(const struct wfp_path *path, uint32_t classification, uint32_t handle)
{
    enum wfp_redirect_state state = WFP_NOT_REDIRECTED;

    return wfp_classify_told(path->world, classification, handle, &state)
               ? (uint8_t)state
               : (uint8_t)WFP_PATH_NOT_TOLD;
}

static uint8_t deed_of(uint32_t action)
{
    switch (action) {
    case WFP_ACTION_BLOCK:
        return WFP_DEED_BLOCK;
    case WFP_ACTION_PERMIT:
        return WFP_DEED_PERMIT;
    case WFP_ACTION_CONTINUE:
        return WFP_DEED_CONTINUE;
    default:
        return WFP_PATH_NOTHING;
    }
}

static void pass_on(void *observer, const struct wfp_classify_call *call,
                    const struct wfp_reply *reply)
{
    path_tell(observer, call, reply);
}

/* A call that only callouts make, as the policy would make it. */
static bool from_trace(struct wfp_path *path, const struct wfp_path_call *next,
                       const struct wfp_policy *policy, struct wfp_classify_call *call)
{
    struct wfp_classify_fixed values;

    for (int kind = 0; kind < WFP_CALL_COUNT; kind++) {
        if (strcmp(next->name, wfp_call_name((enum wfp_call)kind)) == 0) {
            call->call = (enum wfp_call)kind;
            return wfp_classify_fixed(path->world, call->classification, &values) == WFP_OK &&
                   policy_fill(path->world, policy, &values, call);
        }
    }
    return false;
}

/* What the callout did elsewhere, up to and without its return. */
static void follow(struct wfp_path *path, uint32_t classification, const struct wfp_policy *policy)
{
    const struct wfp_path_call *next = path_trace_next(path);
    enum wfp_status status = WFP_OK;
    uint32_t context = 0;
    struct wfp_reply reply;

    while (status == WFP_OK && next != NULL && next->party == path->turn &&
           strcmp(next->name, "return") != 0) {
        struct wfp_classify_call call = {.classification = classification,
                                         .field = WFP_FIELD_IS_REAUTHORIZE,
                                         .member = (enum wfp_member)next->with,
                                         .action = next->with,
                                         .rights = next->rights};

        status = from_trace(path, next, policy, &call)
                     ? path_classify_call(path, path->turn, next->name, &call, &reply)
                     : WFP_BAD_STATE;
        context = call.member == WFP_MEMBER_CONTEXT ? call.number : context;
        next = path_trace_next(path);
    }
    /* What was not applied is the callout's to free, however far it came. */
    (void)wfp_context_free(path->world, context, &reply);
}

/* The callout's turn, up to and without its return. */
static void ask(struct wfp_path *path, uint32_t classification, uint32_t at,
                struct wfp_path_asked *asked)
{
    struct wfp_policy *policy =
        &path->policies[path->callouts[at].service - 1][path->callouts[at].family];
    const struct classification *state = classify_of(path->world, classification);
    const uint32_t versions = state->version_count;

    path->turn = path->callouts[at].service;
    policy->observe = path->observer == NULL ? NULL : pass_on;
    policy->observer = path;
    if (path->trace != NULL) {
        follow(path, classification, policy);
    } else {
        wfp_policy_classify(path->world, classification, policy);
    }
    asked->layer = path->callouts[at].layer;
    asked->told = asked->layer >= WFP_AUTH_CONNECT_V4
                      ? (uint8_t)WFP_PATH_NOT_TOLD
                      : told_to(path, classification, policy->handle);
    asked->did =
        state->version_count > versions ? (uint8_t)WFP_DEED_REDIRECT : deed_of(state->out_action);
}

static bool renews_handle(const struct wfp_path *path, uint32_t at)
{
    return path_service(path, path->callouts[at].service)->handle == WFP_PATH_HANDLE_PER_CLASSIFY &&
           path->callouts[at].layer < WFP_AUTH_CONNECT_V4;
}

static enum wfp_status ask_service(struct wfp_path *path, uint32_t classification, uint32_t at,
                                   uint32_t round)
{
    struct wfp_path_hop *hop = &path->hops[path->hop_count];
    struct wfp_path_asked *asked = &hop->asked[hop->asked_count];
    const uint8_t service = path->callouts[at].service;

    if (hop->asked_count == WFP_PATH_ASKED_MAX ||
        path->fresh_count == sizeof path->fresh / sizeof path->fresh[0]) {
        return WFP_NO_ROOM;
    }
    if (renews_handle(path, at) &&
        renew_handle(path, &path->policies[service - 1][path->callouts[at].family]) != WFP_OK) {
        return WFP_NO_ROOM;
    }
    asked->service = service;
    asked->round = (uint8_t)round;
    ask(path, classification, at, asked);
    if (asked->did == WFP_DEED_BLOCK) {
        hop->blocked_by = service;
    }
    hop->asked_count++;
    return WFP_OK;
}

static uint32_t service_asked(const struct wfp_path *path, uint32_t classification)
{
    const uint32_t at = find_callout(path, wfp_classify_callout(path->world, classification));

    return at == path->callout_count ? 0 : path->callouts[at].service;
}

static enum wfp_status come_back(struct wfp_path *path, uint32_t classification, uint8_t service)
{
    const struct wfp_classify_call back = {.call = WFP_CALL_RETURN,
                                           .classification = classification};
    const uint32_t party = service == 0 ? WFP_PATH_ENGINE : service; /* the engine watches */
    struct wfp_reply reply;

    return path_classify_call(path, party, "return", &back, &reply);
}

/* One callout; `*asked` is false where nobody was left. */
static enum wfp_status take_turn(struct wfp_path *path, uint32_t classification, uint32_t round,
                                 bool *asked)
{
    struct wfp_reply reply;
    enum wfp_status status = path_next_callout(path, classification, service_asked, &reply);
    const uint32_t at = find_callout(path, wfp_classify_callout(path->world, classification));

    *asked = at != path->callout_count;
    if (status != WFP_OK || !*asked) {
        return status;
    }
    if (path->callouts[at].service == 0) {
        watch(path, classification);
    } else {
        status = ask_service(path, classification, at, round);
    }
    return status == WFP_OK ? come_back(path, classification, path->callouts[at].service) : status;
}

enum wfp_status path_classify(struct wfp_path *path, uint32_t classification, uint32_t round)
{
    enum wfp_status status = WFP_OK;
    bool asked = true;

    for (uint32_t turn = 0; turn <= path->callout_count && status == WFP_OK; turn++) {
        status = take_turn(path, classification, round, &asked);
        if (!asked) {
            return status;
        }
    }
    return status == WFP_OK ? WFP_BAD_STATE : status;
}
