/* SPDX-License-Identifier: MIT */

/* The functions of fwpsk.h, one call each: what a driver author's classifyFn is written with. */

#include <wfp/kernel.h>

static struct wfp_answer make(struct wfp_world *world, const struct wfp_classify_call *call)
{
    static const struct wfp_answer misuse = {0, 0, WFP_COUNT_UNCHANGED, WFP_MISUSE};
    struct wfp_reply reply;

    return wfp_classify(world, call, &reply) == WFP_OK ? reply.answer : misuse;
}

static struct wfp_answer make_plain(struct wfp_world *world, uint32_t classification,
                                    enum wfp_call call)
{
    const struct wfp_classify_call made = {.call = call, .classification = classification};

    return make(world, &made);
}

struct wfp_answer wfp_acquire_classify_handle(struct wfp_world *world, uint32_t classification)
{
    return make_plain(world, classification, WFP_CALL_ACQUIRE_HANDLE);
}

struct wfp_answer wfp_acquire_writable_layer_data(struct wfp_world *world, uint32_t classification)
{
    return make_plain(world, classification, WFP_CALL_ACQUIRE_DATA);
}

struct wfp_answer wfp_edit_number(struct wfp_world *world, uint32_t classification,
                                  enum wfp_member member, uint32_t number)
{
    const struct wfp_classify_call call = {.call = WFP_CALL_EDIT,
                                           .classification = classification,
                                           .member = member,
                                           .number = number};

    return make(world, &call);
}

struct wfp_answer wfp_edit_address(struct wfp_world *world, uint32_t classification,
                                   enum wfp_member member, const struct wfp_address *address)
{
    const struct wfp_classify_call call = {.call = WFP_CALL_EDIT,
                                           .classification = classification,
                                           .member = member,
                                           .address = *address};

    return make(world, &call);
}

struct wfp_answer wfp_apply_modified_layer_data(struct wfp_world *world, uint32_t classification,
                                                uint32_t flags)
{
    const struct wfp_classify_call call = {
        .call = WFP_CALL_APPLY, .classification = classification, .flags = flags};

    return make(world, &call);
}

struct wfp_answer wfp_release_classify_handle(struct wfp_world *world, uint32_t classification)
{
    return make_plain(world, classification, WFP_CALL_RELEASE_HANDLE);
}

struct wfp_answer wfp_pend_classify(struct wfp_world *world, uint32_t classification)
{
    return make_plain(world, classification, WFP_CALL_PEND);
}

struct wfp_answer wfp_complete_classify(struct wfp_world *world, uint32_t classification,
                                        bool decides, uint32_t action)
{
    const struct wfp_classify_call call = {.call = WFP_CALL_COMPLETE,
                                           .classification = classification,
                                           .decides = decides,
                                           .action = action,
                                           .rights = WFP_RIGHT_ACTION_WRITE};

    return make(world, &call);
}

struct wfp_answer wfp_query_redirect_state(struct wfp_world *world, uint32_t classification,
                                           uint32_t handle, struct wfp_buffer *context)
{
    struct wfp_classify_call call = {
        .call = WFP_CALL_REDIRECT_STATE, .classification = classification, .handle = handle};

    if (context != NULL) {
        call.out = *context;
    }
    return make(world, &call);
}

struct wfp_answer wfp_query_sio_records(struct wfp_world *world, uint32_t classification,
                                        struct wfp_buffer *out)
{
    const struct wfp_classify_call call = {
        .call = WFP_CALL_SIO_RECORDS, .classification = classification, .out = *out};

    return make(world, &call);
}

struct wfp_answer wfp_classify_out(struct wfp_world *world, uint32_t classification,
                                   uint32_t action, uint32_t rights)
{
    const struct wfp_classify_call call = {.call = WFP_CALL_ACTION,
                                           .classification = classification,
                                           .action = action,
                                           .rights = rights};

    return make(world, &call);
}
