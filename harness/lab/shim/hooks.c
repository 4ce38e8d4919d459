/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <stddef.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/import.h"
#include "harness/lab/shim/world.h"

#define HOOK(name)                                                                                 \
    {                                                                                              \
#name, (shim_function *)shim_##name, offsetof(struct shim_originals, name)                 \
    }

static const struct import_hook hooks[] = {
    HOOK(WSAIoctl),
    HOOK(WSASocketW),
    HOOK(WSADuplicateSocketW),
    HOOK(WSAStartup),
    HOOK(WSACleanup),
    HOOK(bind),
    HOOK(listen),
    HOOK(shutdown),
    HOOK(closesocket),
    HOOK(connect),
    HOOK(accept),
    HOOK(WSAGetOverlappedResult),
    HOOK(GetOverlappedResult),
    HOOK(GetQueuedCompletionStatus),
    HOOK(CreateIoCompletionPort),
    HOOK(CancelIoEx),
    HOOK(setsockopt),
    HOOK(getsockopt),
    HOOK(getsockname),
    HOOK(send),
    HOOK(sendto),
    HOOK(WSASendTo),
    HOOK(WSASendMsg),
    HOOK(recv),
    HOOK(recvfrom),
    HOOK(WSARecvFrom),
};

static const char *const modules[] = {"ws2_32.dll", "kernel32.dll", "kernelbase.dll", NULL};

enum { HOOK_COUNT = sizeof hooks / sizeof hooks[0], TARGETS_MAX = 3 * HOOK_COUNT };

bool shim_install(void)
{
    static bool installed;
    struct import_target targets[TARGETS_MAX];
    size_t count;

    if (installed) {
        return true;
    }
    if (!guard_open()) {
        return false;
    }
    import_resolve(hooks, HOOK_COUNT, modules, &shim_originals);
    count = import_targets(hooks, HOOK_COUNT, modules, targets, TARGETS_MAX);
    installed = import_patch(GetModuleHandleW(NULL), targets, count) > 0;
    return installed;
}
