/* SPDX-License-Identifier: MIT */

/*
 * A program of somebody else's: it knows the installed <wfp/sim.h> and nothing more. It plays a
 * proxy that is handed one redirected connection and asks for its record, first with too little
 * room. The exit code tells whether the answers were those of the documentation.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/sim.h>

static const uint8_t context[32] = "203.0.113.10:443";

static struct wfp_world *make_world(struct wfp_profile *profile)
{
    const struct wfp_limits limits = {.sockets = 16,
                                      .handles = 4,
                                      .records = 4,
                                      .record_bytes = 4096,
                                      .operations = 4,
                                      .origin = 1};
    void *memory = malloc(wfp_world_size(&limits));

    if (memory == NULL) {
        return NULL;
    }
    wfp_profile_documented(profile);
    return wfp_world_init(memory, &limits, wfp_rules_shipped(), profile);
}

/* A client's connection, redirected to a listener and accepted there. */
static enum wfp_status redirect_one(struct wfp_world *world, uint32_t *accepted)
{
    struct wfp_redirect redirect = {
        0, 1234, context, sizeof context, WFP_LAYER_CONNECT_REDIRECT, false, false};
    struct wfp_connect what = {0, &redirect};
    uint32_t client = WFP_INVALID_SOCKET;
    struct wfp_reply reply;
    enum wfp_status status = wfp_handle_create(world, 1, &redirect.handle);

    if (status == WFP_OK) {
        status = wfp_socket_open(world, WFP_IPV4, WFP_TCP, true, &what.listener);
    }
    if (status == WFP_OK) {
        status = wfp_socket_bind(world, what.listener, NULL);
    }
    if (status == WFP_OK) {
        status = wfp_socket_listen(world, what.listener);
    }
    if (status == WFP_OK) {
        status = wfp_socket_open(world, WFP_IPV4, WFP_TCP, true, &client);
    }
    if (status == WFP_OK) {
        status = wfp_socket_connect(world, client, &what, &reply);
    }
    return status != WFP_OK ? status : wfp_socket_accept(world, what.listener, true, accepted);
}

/* Asks with so much room, prints the answer, and tells whether it is the expected one. */
static bool ask(struct wfp_world *world, uint32_t socket, struct wfp_buffer out,
                struct wfp_answer expected)
{
    const struct wfp_ioctl call = {.socket = socket,
                                   .code = WFP_SIO_QUERY_RECORDS,
                                   .in = {NULL, 0, WFP_POINTER_NULL},
                                   .out = out,
                                   .byte_count = WFP_POINTER_STACK,
                                   .overlapped = WFP_POINTER_NULL,
                                   .routine = WFP_POINTER_NULL};
    struct wfp_reply reply;

    if (wfp_socket_ioctl(world, &call, &reply) != WFP_OK) {
        return false;
    }
    printf("a query with %lu bytes of room: %s, %lu bytes (rule %s)\n", (unsigned long)out.size,
           wfp_error_name(reply.answer.error), (unsigned long)reply.answer.bytes, reply.rule->id);
    return wfp_answer_equal(reply.answer, expected);
}

static bool query(struct wfp_world *world, uint32_t socket, uint32_t n)
{
    static uint8_t bytes[4096];
    const struct wfp_buffer small = {bytes, 64, WFP_POINTER_HEAP};
    const struct wfp_buffer ample = {bytes, sizeof bytes, WFP_POINTER_HEAP};
    const struct wfp_answer too_small = {122, n, WFP_COUNT_VALUE, WFP_RETURNED};
    const struct wfp_answer success = {0, n, WFP_COUNT_VALUE, WFP_RETURNED};

    return ask(world, socket, small, too_small) && bytes[0] == 0 &&
           ask(world, socket, ample, success) && bytes[n - 1] != 0 && bytes[n] == 0;
}

int main(void)
{
    struct wfp_profile profile;
    struct wfp_world *world = make_world(&profile);
    uint32_t accepted = WFP_INVALID_SOCKET;
    bool expected;

    if (world == NULL || redirect_one(world, &accepted) != WFP_OK) {
        free(world);
        return 1;
    }
    expected = query(world, accepted, wfp_record_size(&profile, 1, sizeof context));
    printf("%s\n", expected ? "as documented" : "not as documented");
    free(world);
    return expected ? 0 : 1;
}
