/* SPDX-License-Identifier: MIT */

#include "sim/facts.h"

#include <string.h>

#define FACT(name) WFP_BIT(WFP_FACT_##name)
#define KERNEL(name) WFP_BIT(WFP_KERNEL_##name)

enum { TINY = 4 /* sizeof(ULONG), QRY-08 */ };

static uint64_t when(bool holds, uint64_t facts)
{
    return holds ? facts : 0;
}

static enum wfp_call call_of(uint32_t code)
{
    switch (code) {
    case WFP_SIO_QUERY_RECORDS:
        return WFP_CALL_QUERY_RECORDS;
    case WFP_SIO_QUERY_CONTEXT:
        return WFP_CALL_QUERY_CONTEXT;
    case WFP_SIO_SET_RECORDS:
        return WFP_CALL_SET_RECORDS;
    case WFP_SIO_FLUSH:
        return WFP_CALL_FLUSH;
    default:
        return WFP_CALL_OTHER_CODE;
    }
}

static bool unmapped(enum wfp_pointer pointer)
{
    return pointer == WFP_POINTER_UNMAPPED || pointer == WFP_POINTER_PARTLY_UNMAPPED;
}

static bool readable(const struct wfp_buffer *buffer)
{
    return buffer->size > 0 && buffer->pointer != WFP_POINTER_NULL && !unmapped(buffer->pointer);
}

static uint64_t facts_of_process(const struct wfp_world *world, const struct wfp_ioctl *call)
{
    return when(world->not_started, FACT(NOT_STARTED)) | when(world->unelevated, FACT(UNELEVATED)) |
           when(call->fault == WFP_FAULT_NETWORK_DOWN, FACT(NETWORK_DOWN)) |
           when(call->fault == WFP_FAULT_INTERRUPTED, FACT(INTERRUPTED)) |
           when(call->fault == WFP_FAULT_CALLBACK_RUNNING, FACT(CALLBACK_RUNNING)) |
           when(call->fault == WFP_FAULT_PROTOCOL, FACT(PROTOCOL_FAULT)) |
           when(call->entry == WFP_ENTRY_WSK, FACT(KERNEL_ENTRY));
}

static uint64_t facts_of_buffers(const struct wfp_ioctl *call)
{
    const struct wfp_buffer *in = &call->in;
    const struct wfp_buffer *out = &call->out;

    return when(out->size > 0, FACT(OUT_GIVEN)) |
           when(out->size > 0 && out->size < TINY, FACT(OUT_TINY)) |
           when(out->size > 0 && out->pointer == WFP_POINTER_NULL, FACT(OUT_NULL)) |
           when(out->size > 0 && unmapped(out->pointer), FACT(OUT_UNMAPPED)) |
           when(out->size > 0 && out->pointer == WFP_POINTER_MISALIGNED, FACT(OUT_MISALIGNED)) |
           when(in->size > 0, FACT(IN_GIVEN)) |
           when(in->size > 0 && in->pointer == WFP_POINTER_NULL, FACT(IN_NULL)) |
           when(in->size > 0 && unmapped(in->pointer), FACT(IN_UNMAPPED));
}

/*
 * The arguments that only matter while the call starts. The kernel entry has an IRP in their place;
 * and where the call is not asynchronous, nobody looks at its routine (OVL-01, OVL-03).
 */
static uint64_t facts_of_start(const struct wfp_ioctl *call, const struct endpoint *endpoint)
{
    const bool overlapped = call->overlapped != WFP_POINTER_NULL;
    const bool asynchronous = overlapped && endpoint != NULL && endpoint->overlapped;

    if (call->entry == WFP_ENTRY_WSK) {
        return 0;
    }
    return when(overlapped, FACT(OVERLAPPED)) | when(asynchronous, FACT(ASYNCHRONOUS)) |
           when(unmapped(call->overlapped), FACT(OVERLAPPED_UNMAPPED)) |
           when(asynchronous && unmapped(call->routine), FACT(ROUTINE_UNMAPPED)) |
           when(call->byte_count == WFP_POINTER_NULL, FACT(COUNT_NULL)) |
           when(unmapped(call->byte_count), FACT(COUNT_UNMAPPED));
}

static uint64_t facts_of_socket(const struct endpoint *endpoint)
{
    if (endpoint == NULL) {
        return FACT(NOT_A_SOCKET);
    }
    return when(endpoint->type == WFP_UDP, FACT(UDP)) | when(endpoint->type == WFP_RAW, FACT(RAW)) |
           when(endpoint->state == ENDPOINT_LISTENING, FACT(LISTENING)) |
           when(endpoint->state == ENDPOINT_BOUND || endpoint->state == ENDPOINT_LISTENING,
                FACT(BOUND)) |
           when(endpoint->state >= ENDPOINT_CONNECTED, FACT(CONNECTED)) |
           when(endpoint->not_updated, FACT(ACCEPT_NOT_UPDATED)) |
           when(endpoint->shut_down, FACT(SHUT_DOWN)) | when(endpoint->asked, FACT(ASKED_BEFORE)) |
           when(endpoint->attached, FACT(ATTACHED));
}

struct record_view facts_context_of(struct record_view record, bool last)
{
    struct record_walk walk = record_walk(record);
    struct record_view context = {NULL, 0};
    struct record_hop hop;

    while (record_walk_next(&walk, &hop)) {
        context = hop.context;
        if (!last) {
            break;
        }
    }
    return context;
}

static void look_at_record(const struct wfp_world *world, const struct endpoint *endpoint,
                           struct reading reading, uint32_t room, struct ioctl_view *view)
{
    struct inquiry *inquiry = &view->inquiry;

    if (endpoint == NULL || (endpoint->attached && !reading.set_record_visible)) {
        return;
    }
    view->subject = world_record(world, endpoint->record);
    inquiry->facts |= when(view->subject.size > 0, FACT(RECORD));
    if (inquiry->call == WFP_CALL_QUERY_CONTEXT) {
        view->subject = facts_context_of(view->subject, reading.context_of_last);
        inquiry->facts |= when(view->subject.size > 0, FACT(CONTEXT));
    }
    inquiry->needed = view->subject.size;
    inquiry->facts |= when(room < inquiry->needed, FACT(OUT_SHORT));
}

static bool names_dead_handle(const struct wfp_world *world, struct record_view blob)
{
    struct record_walk walk = record_walk(blob);
    struct record_hop hop;

    while (record_walk_next(&walk, &hop)) {
        if (!world_handle_alive(world, &hop)) {
            return true;
        }
    }
    return false;
}

static bool is_same(struct record_view a, struct record_view b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, b.size) == 0;
}

static bool attached_elsewhere(const struct wfp_world *world, struct record_view blob,
                               const struct endpoint *here)
{
    for (uint32_t link = 1; link <= world->limits.sockets; link++) {
        const struct endpoint *endpoint = world_endpoint_slot(world, link);

        if (!endpoint->attached || endpoint == here) {
            continue;
        }
        if (endpoint->record != 0 && is_same(world_record(world, endpoint->record), blob)) {
            return true;
        }
    }
    return false;
}

static bool is_kept(const struct wfp_world *world, struct record_view blob)
{
    for (uint32_t link = 1; link <= world->limits.records; link++) {
        if (is_same(world_record(world, link), blob)) {
            return true;
        }
    }
    return false;
}

/* What the world keeps it has made or checked; and mostly it is such a record that comes back. */
enum record_check facts_check_record(const struct wfp_world *world, struct record_view blob)
{
    return is_kept(world, blob) ? RECORD_VALID : record_check(blob, world->limits.origin);
}

static uint64_t facts_of_blob(const struct wfp_world *world, const struct wfp_buffer *in,
                              const struct endpoint *endpoint)
{
    const struct record_view blob = {in->bytes, in->size};

    switch (facts_check_record(world, blob)) {
    case RECORD_GARBAGE:
        return FACT(BLOB_GARBAGE);
    case RECORD_TRUNCATED:
        return FACT(BLOB_TRUNCATED);
    case RECORD_EXTENDED:
        return FACT(BLOB_EXTENDED);
    case RECORD_FOREIGN:
        return FACT(BLOB_FOREIGN);
    case RECORD_VALID:
    default:
        return when(names_dead_handle(world, blob), FACT(BLOB_DEAD_HANDLE)) |
               when(attached_elsewhere(world, blob, endpoint), FACT(ATTACHED_ELSEWHERE));
    }
}

uint32_t facts_reading_count(const struct wfp_world *world)
{
    return world->profile->keys[WFP_KEY_SET_RECORD_VISIBLE].count *
           world->profile->keys[WFP_KEY_CONTEXT_OF_LAST].count;
}

struct reading facts_reading_at(const struct wfp_world *world, uint32_t number)
{
    const struct wfp_choice *visible = &world->profile->keys[WFP_KEY_SET_RECORD_VISIBLE];
    const struct wfp_choice *last = &world->profile->keys[WFP_KEY_CONTEXT_OF_LAST];
    const struct reading reading = {visible->values[number / last->count].number != 0,
                                    last->values[number % last->count].number != 0};

    return reading;
}

struct reading facts_reading(const struct wfp_world *world)
{
    return facts_reading_at(world, 0);
}

void facts_of_ioctl(const struct wfp_world *world, const struct wfp_ioctl *call,
                    struct reading reading, const struct operation *finishing,
                    struct ioctl_view *view)
{
    const struct descriptor *descriptor = world_descriptor(world, call->socket);
    const struct endpoint *endpoint;
    struct inquiry *inquiry = &view->inquiry;

    memset(view, 0, sizeof *view);
    view->endpoint = descriptor == NULL ? 0 : descriptor->endpoint;
    if (finishing != NULL) {
        view->endpoint = finishing->endpoint;
    }
    endpoint = world_endpoint_at(world, view->endpoint);
    inquiry->call = call_of(call->code);
    inquiry->facts = facts_of_process(world, call) | facts_of_buffers(call) |
                     facts_of_socket(endpoint) |
                     when(descriptor != NULL && descriptor->duplicate, FACT(DUPLICATE)) |
                     (finishing != NULL ? 0 : facts_of_start(call, endpoint));
    if (inquiry->call <= WFP_CALL_QUERY_CONTEXT) {
        look_at_record(world, endpoint, reading, call->out.size, view);
    }
    if (inquiry->call == WFP_CALL_SET_RECORDS) {
        inquiry->needed = call->in.size;
    }
    if (inquiry->call == WFP_CALL_SET_RECORDS && readable(&call->in)) {
        inquiry->facts |= facts_of_blob(world, &call->in, endpoint);
    }
}

uint64_t facts_of_list(const struct wfp_world *world, struct record_view record, uint32_t handle)
{
    struct record_walk walk = record_walk(record);
    uint64_t facts = KERNEL(LIST_EMPTY);
    struct record_hop hop;

    while (record_walk_next(&walk, &hop)) {
        if (!world_handle_alive(world, &hop)) {
            continue;
        }
        facts &= ~KERNEL(LIST_EMPTY);
        if (hop.handle != handle) {
            facts &= ~KERNEL(LIST_LAST);
            continue;
        }
        facts |= when((facts & (KERNEL(LIST_MEMBER) | KERNEL(LIST_LAST))) == KERNEL(LIST_MEMBER),
                      KERNEL(LIST_REPEATED));
        facts |= KERNEL(LIST_LAST) | KERNEL(LIST_MEMBER);
    }
    return facts;
}
