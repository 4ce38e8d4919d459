/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/classify.h"
#include "sim/facts.h"

#define KERNEL(name) WFP_BIT(WFP_KERNEL_##name)

static uint64_t when(bool holds, uint64_t facts)
{
    return holds ? facts : 0;
}

struct look {
    uint64_t facts;
    uint32_t look; /* as in struct inquiry */
};

#define NUMBER(name) (1 + WFP_KERNEL_LOOK_##name - WFP_KERNEL_LOOK_RIGHT)
#define LOOK(name)                                                                                 \
    {                                                                                              \
        KERNEL(LOOK_##name), NUMBER(name)                                                          \
    }

/* The last is for what is no field. */
static const struct look looks[WFP_FIELD_COUNT + 1] = {
    [WFP_FIELD_WRITE_RIGHT] = LOOK(RIGHT),
    [WFP_FIELD_ACTION] = LOOK(ACTION),
    [WFP_FIELD_IS_REAUTHORIZE] = LOOK(REAUTHORIZE),
    [WFP_FIELD_IS_CONNECTION_REDIRECTED] = LOOK(REDIRECTED),
    [WFP_FIELD_IS_PROXY_CONNECTION] = LOOK(PROXY),
    [WFP_FIELD_REAUTHORIZE_REASON] = LOOK(REASON),
    [WFP_FIELD_TARGET_PID] = LOOK(TARGET_PID),
    [WFP_FIELD_ORIGINAL_DESTINATION] = LOOK(DESTINATION),
    [WFP_FIELD_RECORD_HANDLE] = LOOK(RECORD_HANDLE),
    [WFP_FIELD_APPLICATION] = LOOK(FIXED),
    [WFP_FIELD_ORIGINAL_APPLICATION] = {KERNEL(LOOK_FIXED) | KERNEL(LOOK_ORIGINAL_APP),
                                        NUMBER(ORIGINAL_APP)},
    [WFP_FIELD_LOCAL_ADDRESS] = LOOK(FIXED),
    [WFP_FIELD_REMOTE_ADDRESS] = LOOK(FIXED),
    [WFP_FIELD_PREVIOUS_FILTER] = LOOK(PREVIOUS),
    [WFP_FIELD_PREVIOUS_REMOTE] = LOOK(PREVIOUS),
    [WFP_FIELD_PREVIOUS_HANDLE] = LOOK(PREVIOUS),
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
    return c->facts | when(c->action == WFP_ACTION_BLOCK, KERNEL(BLOCKED));
}

/* ---- the arguments ---- */

/* A look is at one thing, and only what that depends on is worked out. */
static uint64_t facts_of_look(const struct wfp_world *world,
                              const struct classification *classification,
                              const struct wfp_classify_call *call, struct inquiry *inquiry)
{
    const unsigned field = (unsigned)call->field;
    const struct look *at = &looks[field < WFP_FIELD_COUNT ? field : WFP_FIELD_COUNT];
    const uint64_t look = at->facts;
    const uint64_t about_list =
        KERNEL(LOOK_PROXY) | KERNEL(LOOK_RECORD_HANDLE) | KERNEL(LOOK_ORIGINAL_APP);
    const uint64_t about_redirect =
        KERNEL(LOOK_REDIRECTED) | KERNEL(LOOK_TARGET_PID) | KERNEL(LOOK_DESTINATION);

    inquiry->look = at->look;
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

static uint64_t facts_of_out(struct record_view record, const struct wfp_buffer *out,
                             struct inquiry *inquiry)
{
    inquiry->needed = record.size;
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
        return facts_of_look(world, classification, call, &view->inquiry);
    case WFP_CALL_REDIRECT_STATE:
        return facts_of_list(world, classify_records(world, classification), call->handle);
    case WFP_CALL_SIO_RECORDS:
        return facts_of_out(classify_records(world, classification), &call->out, &view->inquiry);
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

/* What is stored is an action: the callout's, before or after it set one. */
void facts_of_call(const struct wfp_world *world, const struct classification *classification,
                   const struct wfp_classify_call *call, struct classify_view *view)
{
    const uint32_t action =
        call->call == WFP_CALL_ACTION ? call->action : classification->out_action;

    view->inquiry = (struct inquiry){.call = call->call,
                                     .stored = {action, 0, WFP_COUNT_UNCHANGED, WFP_ACTION}};
    view->inquiry.facts = facts_of_classification(classification) |
                          facts_of_arguments(world, classification, call, view);
}
