/* SPDX-License-Identifier: MIT */

#include "harness/lab/shim/world.h"

#include <stdlib.h>
#include <string.h>

struct shim shim;
struct shim_originals shim_originals;

/* ---- one run ---- */

static bool reserve(size_t size)
{
    void *memory;

    if (size <= shim.world_size) {
        return size > 0;
    }
    memory = realloc(shim.memory, size);
    if (memory == NULL) {
        return false;
    }
    shim.memory = memory;
    shim.world_size = size;
    return true;
}

static void forget(void)
{
    for (size_t i = 0; i < SHIM_OPERATIONS_MAX; i++) {
        shim_operation_drop(&shim.operations[i]);
    }
    shim.world = NULL;
    shim.trouble = NULL;
    shim.socket_count = 0;
    shim.handle_count = 0;
    shim.operation_next = 0;
    shim.fault = WFP_FAULT_NONE;
    shim.duplicated = INVALID_SOCKET;
    memset(shim.threads, 0, sizeof shim.threads);
}

bool shim_begin(const struct shim_begin *begin)
{
    AcquireSRWLockExclusive(&shim.lock);
    forget();
    shim.begin = begin;
    if (reserve(wfp_world_size(&begin->limits))) {
        shim.world =
            wfp_world_init(shim.memory, &begin->limits, wfp_rules_shipped(), &begin->profile);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return shim.world != NULL;
}

void shim_end(void)
{
    AcquireSRWLockExclusive(&shim.lock);
    forget();
    ReleaseSRWLockExclusive(&shim.lock);
}

bool shim_active(void)
{
    return shim.world != NULL;
}

const char *shim_trouble(void)
{
    return shim.trouble;
}

bool shim_note(enum wfp_status status, const char *what)
{
    if (status != WFP_OK && shim.trouble == NULL) {
        shim.trouble = what;
    }
    return status == WFP_OK;
}

/* ---- answers ---- */

int shim_give(const struct wfp_answer *answer)
{
    if (answer->error == 0) {
        return 0;
    }
    WSASetLastError((int)answer->error);
    return SOCKET_ERROR;
}

int shim_give_bytes(const struct wfp_answer *answer)
{
    return answer->error == 0 ? (int)answer->bytes : shim_give(answer);
}

void shim_die(const void *at)
{
    const ULONG_PTR arguments[] = {1, (ULONG_PTR)at};

    RaiseException(EXCEPTION_ACCESS_VIOLATION, 0, 2, arguments);
}

/* ---- sockets ---- */

/* AcceptEx has no end that could be seen: it is looked after when the socket is next used. */
static void settle_accept(struct shim_socket *socket)
{
    const SOCKET from = socket->accepting_from;
    const struct shim_socket *listener;
    uint32_t id = 0;

    if (from == INVALID_SOCKET) {
        return;
    }
    socket->accepting_from = INVALID_SOCKET;
    listener = shim_socket_find(from);
    if (listener != NULL && wfp_socket_accept(shim.world, listener->id, false, &id) == WFP_OK) {
        (void)wfp_socket_close(shim.world, socket->id);
        socket->id = id;
    }
}

struct shim_socket *shim_socket_find(SOCKET socket)
{
    for (size_t i = shim.world == NULL ? 0 : shim.socket_count; i-- > 0;) {
        if (shim.sockets[i].socket == socket) {
            settle_accept(&shim.sockets[i]);
            return &shim.sockets[i];
        }
    }
    return NULL;
}

struct shim_socket *shim_socket_of(uint32_t id)
{
    for (size_t i = shim.socket_count; id != 0 && i-- > 0;) {
        if (shim.sockets[i].id == id) {
            return &shim.sockets[i];
        }
    }
    return NULL;
}

struct shim_socket *shim_socket_add(SOCKET socket, uint32_t id, enum wfp_family family,
                                    enum wfp_type type)
{
    struct shim_socket *added;

    if (shim.socket_count == SHIM_SOCKETS_MAX) {
        (void)shim_note(WFP_NO_ROOM, "more sockets than the shim has room for");
        return NULL;
    }
    added = &shim.sockets[shim.socket_count++];
    memset(added, 0, sizeof *added);
    added->socket = socket;
    added->id = id;
    added->family = family;
    added->type = type;
    added->accepting_from = INVALID_SOCKET;
    return added;
}

uint32_t shim_service(const struct shim_socket *socket)
{
    const struct shim_socket *service =
        socket->armed ? shim_socket_find(socket->redirect_to) : NULL;

    return service == NULL ? 0 : service->id;
}

/* ---- threads ---- */

uint32_t shim_thread(void)
{
    const DWORD number = GetCurrentThreadId();
    uint32_t unused = 0;

    for (uint32_t i = WFP_THREADS; i-- > 0;) {
        if (shim.threads[i] == number) {
            return i;
        }
        unused = shim.threads[i] == 0 ? i : unused;
    }
    shim.threads[unused] = number;
    return unused;
}

void shim_thread_exit(DWORD thread)
{
    AcquireSRWLockExclusive(&shim.lock);
    for (uint32_t i = 0; shim.world != NULL && i < WFP_THREADS; i++) {
        if (shim.threads[i] == thread) {
            wfp_thread_exit(shim.world, i);
            shim.threads[i] = 0;
            shim_operation_sweep();
        }
    }
    ReleaseSRWLockExclusive(&shim.lock);
}
