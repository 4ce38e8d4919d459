/* SPDX-License-Identifier: MIT */

/* What a callout sees: fixed values, condition flags, metadata, and its own classifyOut. */

#include <string.h>

#include "sim/classify.h"

struct seen {
    bool is_address;
    uint32_t number;
    struct wfp_address address;
};

static struct seen number(uint32_t value)
{
    return (struct seen){.number = value};
}

static struct seen address(struct wfp_address value)
{
    return (struct seen){.is_address = true, .address = value};
}

/* KRN-15: who connected first in the list of redirects. */
static uint32_t first_requester(const struct wfp_world *world,
                                const struct classification *classification)
{
    const struct endpoint *endpoint = world_endpoint_at(world, classification->endpoint);
    const struct record_view record = classify_list(world, classification);
    struct record_walk walk = record_walk(record);
    struct record_hop hop;

    return record.size > 0 && record_walk_next(&walk, &hop) ? hop.requester : endpoint->process;
}

static struct wfp_version version_at(const struct classification *classification, uint32_t back)
{
    static const struct wfp_version none;

    return back < classification->version_count
               ? classification->versions[classification->version_count - 1 - back]
               : none;
}

/* Before auth-connect the condition is still the application's. */
static struct wfp_address remote_of(const struct classification *classification)
{
    return classify_at_auth(classification) ? classify_effective(classification).remote
                                            : classification->destination;
}

/* `requester`: the first requester is meant, not the process of the socket. */
static struct seen value_of(const struct wfp_world *world,
                            const struct classification *classification, enum wfp_field field,
                            uint32_t back, bool requester)
{
    const struct endpoint *endpoint = world_endpoint_at(world, classification->endpoint);
    const struct wfp_version effective = classify_effective(classification);
    const struct wfp_version version = version_at(classification, back);

    switch (field) {
    case WFP_FIELD_REAUTHORIZE_REASON:
        return number(classification->reason);
    case WFP_FIELD_TARGET_PID:
        return number(effective.target_pid);
    case WFP_FIELD_ORIGINAL_DESTINATION:
        return address(classification->destination);
    case WFP_FIELD_APPLICATION:
        return number(endpoint->process);
    case WFP_FIELD_ORIGINAL_APPLICATION:
        return number(requester ? first_requester(world, classification) : endpoint->process);
    case WFP_FIELD_LOCAL_ADDRESS:
        return address(endpoint->local);
    case WFP_FIELD_REMOTE_ADDRESS:
        return address(remote_of(classification));
    case WFP_FIELD_PREVIOUS_FILTER:
        return number(version.filter);
    case WFP_FIELD_PREVIOUS_REMOTE:
        return address(version.remote);
    case WFP_FIELD_PREVIOUS_HANDLE:
        return number(version.handle);
    default:
        return number(0);
    }
}

static bool is_wanted(struct seen seen, const struct wfp_classify_call *call)
{
    return seen.is_address ? wfp_address_equal(&seen.address, &call->address)
                           : seen.number == call->number;
}

void metadata_compare(const struct wfp_world *world, const struct classification *classification,
                      const struct wfp_classify_call *call, const struct wfp_rule *rule,
                      struct wfp_answer *answer)
{
    struct seen seen;

    if (!call->compared || answer->outcome != WFP_FIELD || answer->error != WFP_PRESENT) {
        return;
    }
    seen = call->call == WFP_CALL_NEXT ? number(classify_next(world, classification).callout)
                                       : value_of(world, classification, call->field, call->back,
                                                  rule->effect == WFP_EFFECT_TELL_REQUESTER);
    if (!is_wanted(seen, call)) {
        answer->error = WFP_DIFFERENT;
    }
}

/* ---- all at once ---- */

static bool look(const struct wfp_world *world, const struct classification *classification,
                 enum wfp_field field, struct seen *seen)
{
    const struct wfp_classify_call call = {.call = WFP_CALL_LOOK, .field = field};
    struct classify_view view;
    struct decision decision;

    facts_of_call(world, classification, &call, &view);
    decision = decide(world, &view.inquiry);
    if (decision.answer.outcome != WFP_FIELD || decision.answer.error != WFP_PRESENT) {
        return false;
    }
    *seen = value_of(world, classification, field, 0,
                     decision.rule->effect == WFP_EFFECT_TELL_REQUESTER);
    return true;
}

static const struct {
    enum wfp_field field;
    uint32_t bit;
} conditions[] = {
    {WFP_FIELD_IS_REAUTHORIZE, WFP_CONDITION_IS_REAUTHORIZE},
    {WFP_FIELD_IS_CONNECTION_REDIRECTED, WFP_CONDITION_IS_CONNECTION_REDIRECTED},
    {WFP_FIELD_IS_PROXY_CONNECTION, WFP_CONDITION_IS_PROXY_CONNECTION},
};

static uint32_t conditions_of(const struct wfp_world *world, const struct classification *c)
{
    uint32_t bits = 0;
    struct seen seen;

    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        bits |= look(world, c, conditions[i].field, &seen) ? conditions[i].bit : 0;
    }
    return bits;
}

enum wfp_status wfp_classify_metadata(const struct wfp_world *world, uint32_t classification,
                                      struct wfp_classify_metadata *metadata)
{
    const struct classification *c = classify_of(world, classification);
    struct seen seen = number(0);

    memset(metadata, 0, sizeof *metadata);
    if (c == NULL || c->callout == 0) {
        return c == NULL ? WFP_NO_SOCKET : WFP_BAD_STATE;
    }
    metadata->conditions = conditions_of(world, c);
    metadata->reason = c->reason;
    if (look(world, c, WFP_FIELD_ORIGINAL_APPLICATION, &seen)) {
        metadata->original = seen.number;
    }
    if (look(world, c, WFP_FIELD_RECORD_HANDLE, &seen)) {
        metadata->present |= WFP_METADATA_REDIRECT_RECORD_HANDLE;
    }
    if (look(world, c, WFP_FIELD_TARGET_PID, &seen)) {
        metadata->present |= WFP_METADATA_LOCAL_REDIRECT_TARGET_PID;
        metadata->target_pid = seen.number;
    }
    if (look(world, c, WFP_FIELD_ORIGINAL_DESTINATION, &seen)) {
        metadata->present |= WFP_METADATA_ORIGINAL_DESTINATION;
        metadata->destination = seen.address;
    }
    return WFP_OK;
}

enum wfp_status wfp_classify_fixed(const struct wfp_world *world, uint32_t classification,
                                   struct wfp_classify_fixed *fixed)
{
    const struct classification *c = classify_of(world, classification);
    const struct wfp_callout *callout = c == NULL ? NULL : wfp_callout_of(world, c->callout);
    const struct endpoint *endpoint;

    if (callout == NULL) {
        memset(fixed, 0, sizeof *fixed);
        return c == NULL ? WFP_NO_SOCKET : WFP_BAD_STATE;
    }
    endpoint = world_endpoint_at(world, c->endpoint);
    *fixed = (struct wfp_classify_fixed){.layer = callout->layer,
                                         .filter = callout->filter,
                                         .local = endpoint->local,
                                         .remote = remote_of(c),
                                         .application = endpoint->process,
                                         .rights = classify_out_rights(c),
                                         .action = c->out_action};
    return WFP_OK;
}

bool wfp_classify_previous(const struct wfp_world *world, uint32_t classification, uint32_t back,
                           struct wfp_version *version)
{
    const struct classification *c = classify_of(world, classification);

    if (c == NULL || back >= c->version_count) {
        return false;
    }
    *version = version_at(c, back);
    return true;
}
