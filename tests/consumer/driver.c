/* SPDX-License-Identifier: MIT */

/*
 * A driver author's program: a classifyFn of one's own, compiled against the installed
 * <wfp/kernel.h>. It redirects what was never redirected to the proxy; the proxy's own connection,
 * with the record SET, it lets go. The exit code tells whether the path ended after one redirect.
 */

#include <stdio.h>
#include <stdlib.h>

#include <wfp/kernel.h>

struct driver {
    uint32_t handle;
    struct wfp_address proxy;
};

static void redirect(struct wfp_world *world, uint32_t classification, const struct driver *driver)
{
    (void)wfp_acquire_classify_handle(world, classification);
    (void)wfp_acquire_writable_layer_data(world, classification);
    (void)wfp_edit_address(world, classification, WFP_MEMBER_REMOTE_ADDRESS, &driver->proxy);
    (void)wfp_edit_number(world, classification, WFP_MEMBER_TARGET_PID, 4711);
    (void)wfp_edit_number(world, classification, WFP_MEMBER_REDIRECT_HANDLE, driver->handle);
    (void)wfp_apply_modified_layer_data(world, classification, 0);
    (void)wfp_classify_out(world, classification, WFP_ACTION_PERMIT, WFP_RIGHT_ACTION_WRITE);
    (void)wfp_release_classify_handle(world, classification);
}

static void classify(struct wfp_world *world, uint32_t classification, void *context)
{
    const struct driver *driver = context;
    const struct wfp_answer state =
        wfp_query_redirect_state(world, classification, driver->handle, NULL);

    if (state.outcome == WFP_STATE && state.error == WFP_NOT_REDIRECTED) {
        redirect(world, classification, driver);
        return;
    }
    (void)wfp_classify_out(world, classification, WFP_ACTION_PERMIT, WFP_RIGHT_ACTION_WRITE);
}

/* The driver loads, the proxy listens. */
static bool set_up(struct wfp_world *world, struct driver *driver, uint32_t *listener)
{
    const struct wfp_callout callout = {
        .layer = WFP_CONNECT_REDIRECT_V4, .filter = 1, .classify = classify, .context = driver};
    uint32_t number;

    return wfp_handle_create(world, 1, &driver->handle) == WFP_OK &&
           wfp_callout_register(world, &callout, &number) == WFP_OK &&
           wfp_socket_open(world, WFP_IPV4, WFP_TCP, true, listener) == WFP_OK &&
           wfp_socket_bind(world, *listener, &driver->proxy) == WFP_OK &&
           wfp_socket_listen(world, *listener) == WFP_OK;
}

static bool connect_from(struct wfp_world *world, uint32_t socket, struct wfp_connected *connected)
{
    static const struct wfp_address to = {
        .bytes = {203, 0, 113, 10}, .port = 443, .family = WFP_IPV4};
    struct wfp_reply reply;

    return wfp_socket_connect_to(world, socket, &to, connected, &reply) == WFP_OK &&
           reply.answer.error == 0;
}

/* The proxy takes the record over from the connection that it was given to its own. */
static bool hand_on(struct wfp_world *world, uint32_t from, uint32_t to)
{
    static uint8_t record[4096];
    struct wfp_ioctl call = {.socket = from,
                             .code = WFP_SIO_QUERY_RECORDS,
                             .in = {NULL, 0, WFP_POINTER_NULL},
                             .out = {record, sizeof record, WFP_POINTER_HEAP},
                             .byte_count = WFP_POINTER_STACK,
                             .overlapped = WFP_POINTER_NULL,
                             .routine = WFP_POINTER_NULL};
    struct wfp_reply reply;

    if (wfp_socket_ioctl(world, &call, &reply) != WFP_OK || reply.answer.error != 0) {
        return false;
    }
    call.socket = to;
    call.code = WFP_SIO_SET_RECORDS;
    call.in = (struct wfp_buffer){record, reply.answer.bytes, WFP_POINTER_HEAP};
    call.out = (struct wfp_buffer){NULL, 0, WFP_POINTER_NULL};
    return wfp_socket_ioctl(world, &call, &reply) == WFP_OK && reply.answer.error == 0;
}

static bool play(struct wfp_world *world)
{
    struct driver driver = {.proxy = {.bytes = {127, 0, 0, 1}, .port = 8080, .family = WFP_IPV4}};
    struct wfp_connected first;
    struct wfp_connected second;
    uint32_t listener;
    uint32_t client;
    uint32_t accepted;
    uint32_t out;

    return set_up(world, &driver, &listener) &&
           wfp_socket_open(world, WFP_IPV4, WFP_TCP, true, &client) == WFP_OK &&
           connect_from(world, client, &first) && first.listener == listener &&
           wfp_socket_accept(world, listener, true, &accepted) == WFP_OK &&
           wfp_socket_open(world, WFP_IPV4, WFP_TCP, true, &out) == WFP_OK &&
           hand_on(world, accepted, out) && connect_from(world, out, &second) &&
           !second.redirected && second.listener == 0;
}

int main(void)
{
    const struct wfp_limits limits = {.sockets = 16,
                                      .handles = 4,
                                      .records = 4,
                                      .record_bytes = 4096,
                                      .operations = 4,
                                      .origin = 1,
                                      .callouts = 4,
                                      .classifications = 4,
                                      .contexts = 4,
                                      .context_bytes = 64};
    struct wfp_profile profile;
    void *memory = malloc(wfp_world_size(&limits));
    bool ended;

    if (memory == NULL) {
        return 1;
    }
    wfp_profile_documented(&profile);
    ended = play(wfp_world_init(memory, &limits, wfp_rules_shipped(), &profile));
    printf("%s\n", ended ? "the path ends" : "the path does not end as it should");
    free(memory);
    return ended ? 0 : 1;
}
