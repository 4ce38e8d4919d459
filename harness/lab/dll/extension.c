/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/extension.h"

#include <stddef.h>
#include <string.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/interpose/import.h"
#include "harness/lab/interpose/pointer.h"

struct extensions extensions;

/* What a library exports besides is called there. */
enum { NOT_KEPT = sizeof extensions };

/* Without a replacement it is known, but not followed. */
static const struct {
    GUID id;
    const char *name;
    shim_function *replacement;
    size_t original; /* where in `extensions` */
} table[] = {
    {WSAID_ACCEPTEX, "AcceptEx", (shim_function *)hook_AcceptEx, NOT_KEPT},
    {WSAID_CONNECTEX, "ConnectEx", (shim_function *)hook_ConnectEx,
     offsetof(struct extensions, ConnectEx)},
    {WSAID_DISCONNECTEX, "DisconnectEx", (shim_function *)hook_DisconnectEx,
     offsetof(struct extensions, DisconnectEx)},
    {WSAID_WSARECVMSG, "WSARecvMsg", (shim_function *)hook_WSARecvMsg,
     offsetof(struct extensions, WSARecvMsg)},
    {WSAID_WSASENDMSG, "WSASendMsg", (shim_function *)hook_WSASendMsg, NOT_KEPT},
    {WSAID_TRANSMITFILE, "TransmitFile", (shim_function *)hook_TransmitFile, NOT_KEPT},
    {WSAID_TRANSMITPACKETS, "TransmitPackets", NULL, NOT_KEPT},
};

static void replace(size_t row, shim_function *theirs, void *out)
{
    shim_function *ours = table[row].replacement;

    if (table[row].original != NOT_KEPT) {
        memcpy((char *)&extensions + table[row].original, &theirs, sizeof theirs);
    }
    if (ours == NULL) {
        link_passed(table[row].name);
    } else {
        (void)pointer_write(out, &ours, sizeof ours);
    }
}

void extension_replace(const void *in, DWORD in_size, void *out, DWORD out_size)
{
    shim_function *theirs;
    GUID id;

    if (in_size < sizeof id || out_size < sizeof theirs || !pointer_read(&id, in, sizeof id) ||
        !pointer_read(&theirs, out, sizeof theirs)) {
        return;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (memcmp(&id, &table[i].id, sizeof id) == 0) {
            replace(i, theirs, out);
        }
    }
}
