/* SPDX-License-Identifier: MIT */

#include "sim/effect.h"

#include <string.h>

#include "sim/overlapped.h"

static enum wfp_status copy_subject(struct wfp_world *world, const struct wfp_ioctl *call,
                                    const struct ioctl_view *view, struct wfp_reply *reply)
{
    const struct record_view subject = view->subject;
    const uint32_t size = subject.size < call->out.size ? subject.size : call->out.size;
    struct endpoint *endpoint = world_endpoint(world, view->endpoint);

    if (endpoint == NULL || reply->answer.error != 0) {
        return WFP_OK;
    }
    endpoint->asked = true;
    if (call->out.pointer <= WFP_POINTER_MISALIGNED && size > 0) {
        memcpy(call->out.bytes, subject.bytes, size);
        reply->written = size;
    }
    return WFP_OK;
}

/* What is accepted but is no record of this world is kept from the socket. */
static bool is_record(const struct ioctl_view *view, const struct wfp_ioctl *call)
{
    const uint64_t not_one = WFP_BIT(WFP_FACT_BLOB_GARBAGE) | WFP_BIT(WFP_FACT_BLOB_TRUNCATED) |
                             WFP_BIT(WFP_FACT_BLOB_EXTENDED) | WFP_BIT(WFP_FACT_BLOB_FOREIGN);

    return (view->inquiry.facts & not_one) == 0 && call->in.size > 0 &&
           call->in.pointer <= WFP_POINTER_MISALIGNED;
}

static enum wfp_status attach(struct wfp_world *world, const struct wfp_ioctl *call,
                              const struct ioctl_view *view, struct wfp_reply *reply)
{
    struct endpoint *endpoint = world_endpoint(world, view->endpoint);
    const uint32_t link = world_free_record_slot(world);

    if (endpoint == NULL || endpoint->state == ENDPOINT_ACCEPTED || reply->answer.error != 0 ||
        !is_record(view, call)) {
        return WFP_OK;
    }
    if (link == 0 || call->in.size > world->limits.record_bytes) {
        return WFP_NO_ROOM;
    }
    if (endpoint->record != endpoint->classified) {
        world_drop_record(world, &endpoint->record);
    }
    memcpy(world_record_room(world, link), call->in.bytes, call->in.size);
    world_keep_record(world, link, call->in.size);
    endpoint->record = link;
    endpoint->attached = true;
    return WFP_OK;
}

static enum wfp_status pend(struct wfp_world *world, const struct wfp_ioctl *call,
                            const struct ioctl_view *view, struct wfp_reply *reply)
{
    (void)view;
    return overlapped_start(world, call, &reply->operation);
}

static enum wfp_status abort_all(struct wfp_world *world, const struct wfp_ioctl *call,
                                 const struct ioctl_view *view, struct wfp_reply *reply)
{
    (void)call;
    if (view->endpoint != 0 && reply->answer.error == 0) {
        overlapped_abort(world, OVERLAPPED_OF_ENDPOINT, view->endpoint, true);
    }
    return WFP_OK;
}

typedef enum wfp_status effect_function(struct wfp_world *world, const struct wfp_ioctl *call,
                                        const struct ioctl_view *view, struct wfp_reply *reply);

static effect_function *const effects[] = {
    [WFP_EFFECT_COPY_RECORD] = copy_subject, [WFP_EFFECT_COPY_CONTEXT] = copy_subject,
    [WFP_EFFECT_ATTACH_RECORD] = attach,     [WFP_EFFECT_PEND] = pend,
    [WFP_EFFECT_ABORT] = abort_all,
};

enum wfp_status effect_apply(struct wfp_world *world, enum wfp_effect effect,
                             const struct wfp_ioctl *call, const struct ioctl_view *view,
                             struct wfp_reply *reply)
{
    if ((size_t)effect >= sizeof effects / sizeof effects[0] || effects[effect] == NULL) {
        return WFP_OK;
    }
    return effects[effect](world, call, view, reply);
}
