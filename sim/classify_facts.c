/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/classify.h"
#include "sim/facts.h"

#define KERNEL(name) WFP_BIT(WFP_KERNEL_##name)

static uint64_t when(bool holds, uint64_t facts)
{
    return holds ? facts : 0;
}

static const uint64_t looks[WFP_FIELD_COUNT] = {
    [WFP_FIELD_WRITE_RIGHT] = KERNEL(LOOK_RIGHT),
    [WFP_FIELD_ACTION] = KERNEL(LOOK_ACTION),
    [WFP_FIELD_IS_REAUTHORIZE] = KERNEL(LOOK_REAUTHORIZE),
    [WFP_FIELD_IS_CONNECTION_REDIRECTED] = KERNEL(LOOK_REDIRECTED),
    [WFP_FIELD_IS_PROXY_CONNECTION] = KERNEL(LOOK_PROXY),
    [WFP_FIELD_REAUTHORIZE_REASON] = KERNEL(LOOK_REASON),
    [WFP_FIELD_TARGET_PID] = KERNEL(LOOK_TARGET_PID),
    [WFP_FIELD_ORIGINAL_DESTINATION] = KERNEL(LOOK_DESTINATION),
    [WFP_FIELD_RECORD_HANDLE] = KERNEL(LOOK_RECORD_HANDLE),
    [WFP_FIELD_APPLICATION] = KERNEL(LOOK_FIXED),
    [WFP_FIELD_ORIGINAL_APPLICATION] = KERNEL(LOOK_FIXED) | KERNEL(LOOK_ORIGINAL_APP),
    [WFP_FIELD_LOCAL_ADDRESS] = KERNEL(LOOK_FIXED),
    [WFP_FIELD_REMOTE_ADDRESS] = KERNEL(LOOK_FIXED),
    [WFP_FIELD_PREVIOUS_FILTER] = KERNEL(LOOK_PREVIOUS),
    [WFP_FIELD_PREVIOUS_REMOTE] = KERNEL(LOOK_PREVIOUS),
    [WFP_FIELD_PREVIOUS_HANDLE] = KERNEL(LOOK_PREVIOUS),
};

struct record_view classify_list(const struct wfp_world *world,
                                 const struct classification *classification)
{
    if (classification->of_datagrams) {
        return world_record(world, classification->flow == 0
                                       ? classification->list
                                       : world_flow_at(world, classification->flow)->list);
    }
    return world_record_classified(world, world_endpoint_at(world, classification->endpoint));
}

struct record_view classify_records(const struct wfp_world *world,
                                    const struct classification *classification)
{
    static const struct record_view none = {NULL, 0};

    return classify_at_auth(classification) ? none : classify_list(world, classification);
}

uint64_t facts_of_classification(const struct classification *c)
{
    return c->facts | (uint64_t)classify_at_auth(c) << WFP_KERNEL_AT_AUTH_CONNECT |
           (uint64_t)(c->action == WFP_ACTION_BLOCK) << WFP_KERNEL_BLOCKED |
           (uint64_t)(c->out_rights & WFP_RIGHT_ACTION_WRITE) << WFP_KERNEL_RIGHT;
}

/* ---- the arguments ---- */

/* A look is at one thing, and only what that depends on is worked out. */
static uint64_t facts_of_look(const struct wfp_world *world,
                              const struct classification *classification,
                              const struct wfp_classify_call *call)
{
    const uint64_t look = (size_t)call->field < WFP_FIELD_COUNT ? looks[call->field] : 0;
    const uint64_t about_list =
        KERNEL(LOOK_PROXY) | KERNEL(LOOK_RECORD_HANDLE) | KERNEL(LOOK_ORIGINAL_APP);
    const uint64_t about_redirect =
        KERNEL(LOOK_REDIRECTED) | KERNEL(LOOK_TARGET_PID) | KERNEL(LOOK_DESTINATION);

    if ((look & about_list) != 0) {
        return look | facts_of_list(world, classify_list(world, classification), 0);
    }
    if ((look & about_redirect) != 0) {
        return look | when(classify_redirected(classification), KERNEL(REDIRECTED));
    }
    return look | when(call->back < classification->version_count, KERNEL(PREVIOUS));
}

static uint64_t facts_of_edit(const struct wfp_world *world, const struct wfp_classify_call *call)
{
    const bool context = call->member == WFP_MEMBER_CONTEXT && call->number != 0;

    return when(call->member == WFP_MEMBER_LOCAL_ADDRESS, KERNEL(LOCAL_ADDRESS)) |
           when(context && wfp_context_owner(world, call->number) != WFP_CONTEXT_CALLOUT,
                KERNEL(CONTEXT_GONE));
}

static uint64_t facts_of_out(struct record_view record, const struct wfp_buffer *out)
{
    return when(record.size == 0, KERNEL(LIST_EMPTY)) |
           when(out->size < record.size || out->pointer > WFP_POINTER_MISALIGNED,
                KERNEL(OUT_SHORT)) |
           when(out->size > 0 && out->pointer == WFP_POINTER_MISALIGNED, KERNEL(OUT_MISALIGNED));
}

static uint64_t facts_of_arguments(const struct wfp_world *world,
                                   const struct classification *classification,
                                   const struct wfp_classify_call *call, struct classify_view *view)
{
    switch (call->call) {
    case WFP_CALL_NEXT:
        view->next = classify_next(world, classification);
        return when(view->next.callout != 0 && !view->next.again, KERNEL(CALLOUT_LEFT)) |
               when(view->next.again, KERNEL(MODIFIED));
    case WFP_CALL_ACQUIRE_HANDLE:
        return when(wfp_callout_of(world, classification->callout)->classify0, KERNEL(CLASSIFY0));
    case WFP_CALL_LOOK:
        return facts_of_look(world, classification, call);
    case WFP_CALL_REDIRECT_STATE:
        return facts_of_list(world, classify_records(world, classification), call->handle);
    case WFP_CALL_SIO_RECORDS:
        return facts_of_out(classify_records(world, classification), &call->out);
    case WFP_CALL_EDIT:
        return facts_of_edit(world, call);
    case WFP_CALL_APPLY:
        return when(call->flags != 0, KERNEL(FLAGS)) |
               when(classification->edited_any && classification->edited.handle != 0,
                    KERNEL(REDIRECTS));
    case WFP_CALL_COMPLETE:
        return when(call->decides, KERNEL(DECIDES));
    case WFP_CALL_ACTION:
        return when(call->action == WFP_ACTION_BLOCK, KERNEL(VETO));
    default:
        return 0;
    }
}

void facts_of_call(const struct wfp_world *world, const struct classification *classification,
                   const struct wfp_classify_call *call, struct classify_view *view)
{
    const bool sets = call->call == WFP_CALL_ACTION;
    struct inquiry *inquiry = &view->inquiry;

    inquiry->call = call->call;
    inquiry->facts = facts_of_classification(classification) |
                     facts_of_arguments(world, classification, call, view);
    inquiry->needed =
        call->call == WFP_CALL_SIO_RECORDS ? classify_records(world, classification).size : 0;
    /* What is stored is an action: the callout's, before or after it set one. */
    inquiry->stored.error = sets ? call->action : classification->out_action;
    inquiry->stored.bytes = 0;
    inquiry->stored.count = WFP_COUNT_UNCHANGED;
    inquiry->stored.outcome = WFP_ACTION;
}
