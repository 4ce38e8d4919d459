/* SPDX-License-Identifier: MIT */

/* The options for redirect records and contexts (OPT-01). */

#include <winsock2.h>

#include <stdlib.h>

#include <ws2tcpip.h>

#include <wfp/datagram.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/world.h"

/* A DWORD; of a larger value no more than this is looked at. */
enum { VALUE_MAX = 64 };

typedef enum wfp_status option_function(struct wfp_world *world, const struct wfp_option *call,
                                        struct wfp_reply *reply);

struct option {
    SOCKET socket;
    int level;
    int name;
    const void *value;
    int size;
};

static bool is_answered(int level, int name)
{
    const bool ip = level == IPPROTO_IP || level == IPPROTO_IPV6;

    if (ip && (name == WFP_REDIRECT_RECORDS || name == WFP_REDIRECT_CONTEXT)) {
        return true;
    }
    return shim.begin->every_code != 0 && level != SOL_SOCKET && level != IPPROTO_TCP;
}

static enum shim_outcome ask(const struct option *option, option_function *function,
                             enum pointer_use use, uint8_t *value, struct wfp_reply *reply)
{
    const struct shim_socket *on = shim_socket_find(option->socket);
    const uint32_t size = (uint32_t)option->size;
    const uint32_t looked_at = size < VALUE_MAX ? size : VALUE_MAX;
    struct wfp_option call = {
        .level = (uint32_t)option->level,
        .name = (uint32_t)option->name,
        .value = {value, size, pointer_classify(option->value, size, use)},
    };

    if (on == NULL || option->size < 0 || !is_answered(option->level, option->name)) {
        return SHIM_PASSED_ON;
    }
    call.socket = on->id;
    if (use == POINTER_READ && pointer_is_valid(call.value.pointer) &&
        !pointer_read(value, option->value, looked_at)) {
        call.value.pointer = WFP_POINTER_UNMAPPED;
    }
    if (function(shim.world, &call, reply) != WFP_OK) {
        return SHIM_PASSED_ON;
    }
    return reply->answer.outcome == WFP_DIED ? SHIM_DIED : SHIM_ANSWERED;
}

static enum shim_outcome ask_under_lock(const struct option *option, option_function *function,
                                        enum pointer_use use, uint8_t *value,
                                        struct wfp_reply *reply)
{
    enum shim_outcome outcome;

    AcquireSRWLockExclusive(&shim.lock);
    outcome = shim.world == NULL ? SHIM_PASSED_ON : ask(option, function, use, value, reply);
    ReleaseSRWLockExclusive(&shim.lock);
    return outcome;
}

int WSAAPI shim_setsockopt(SOCKET socket, int level, int name, const char *value, int size)
{
    const struct option option = {socket, level, name, value, size};
    uint8_t copy[VALUE_MAX] = {0};
    enum shim_outcome outcome;
    struct wfp_reply reply;
    int passed = 0;

    if (!guard_enter()) {
        return shim_originals.setsockopt(socket, level, name, value, size);
    }
    outcome = ask_under_lock(&option, wfp_option_set, POINTER_READ, copy, &reply);
    if (outcome == SHIM_PASSED_ON) {
        passed = shim_originals.setsockopt(socket, level, name, value, size);
    }
    guard_leave();
    if (outcome == SHIM_DIED) {
        shim_die(value);
    }
    return outcome == SHIM_PASSED_ON ? passed : shim_give(&reply.answer);
}

static void tell(const struct wfp_reply *reply, const uint8_t *copy, char *value, int *size)
{
    const int bytes = (int)reply->answer.bytes;

    (void)pointer_write(value, copy, reply->written);
    if (reply->answer.count == WFP_COUNT_VALUE) {
        (void)pointer_write(size, &bytes, sizeof bytes);
    }
}

int WSAAPI shim_getsockopt(SOCKET socket, int level, int name, char *value, int *size)
{
    struct option option = {socket, level, name, value, 0};
    enum shim_outcome outcome = SHIM_PASSED_ON;
    uint8_t copy[VALUE_MAX] = {0};
    struct wfp_reply reply;
    int passed = 0;

    if (!guard_enter()) {
        return shim_originals.getsockopt(socket, level, name, value, size);
    }
    /* Without a length that can be read the model has nothing to say. */
    if (shim_active() && pointer_read(&option.size, size, sizeof option.size)) {
        outcome = ask_under_lock(&option, wfp_option_get, POINTER_WRITE, copy, &reply);
    }
    if (outcome == SHIM_PASSED_ON) {
        passed = shim_originals.getsockopt(socket, level, name, value, size);
    } else if (outcome == SHIM_ANSWERED) {
        tell(&reply, copy, value, size);
    }
    guard_leave();
    if (outcome == SHIM_DIED) {
        shim_die(value);
    }
    return outcome == SHIM_PASSED_ON ? passed : shim_give(&reply.answer);
}
