/* SPDX-License-Identifier: MIT */

/*
 * Calls that the provider hands out as pointers instead of exporting them: the program gets ours,
 * and ours find the provider's here.
 */

#ifndef HARNESS_LAB_DLL_EXTENSION_H
#define HARNESS_LAB_DLL_EXTENSION_H

#include <winsock2.h>

#include <mswsock.h>

/* Those that no library exports, as the provider handed them out last; NULL until then. */
struct extensions {
    LPFN_CONNECTEX ConnectEx;
    LPFN_DISCONNECTEX DisconnectEx;
    LPFN_WSARECVMSG WSARecvMsg;
};

extern struct extensions extensions;

/*
 * After a successful SIO_GET_EXTENSION_FUNCTION_POINTER, with its buffers: puts our function in the
 * place of the provider's, where there is one.
 */
void extension_replace(const void *in, DWORD in_size, void *out, DWORD out_size);

#endif
