/* SPDX-License-Identifier: MIT */

/* The replacements that hooks.c lists. Each has the contract of the call whose name it bears. */

#ifndef HARNESS_LAB_DLL_REPLACED_H
#define HARNESS_LAB_DLL_REPLACED_H

#include <winsock2.h>

#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

/* ---- socket_hooks.c ---- */

SOCKET WSAAPI hook_socket(int family, int type, int protocol);
SOCKET WSAAPI hook_WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info,
                              GROUP group, DWORD flags);
SOCKET WSAAPI hook_WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                              GROUP group, DWORD flags);
int WSAAPI hook_bind(SOCKET socket, const struct sockaddr *address, int size);
int WSAAPI hook_listen(SOCKET socket, int backlog);
int WSAAPI hook_shutdown(SOCKET socket, int how);
int WSAAPI hook_closesocket(SOCKET socket);
int WSAAPI hook_getpeername(SOCKET socket, struct sockaddr *address, int *size);

/* ---- accept_hooks.c ---- */

SOCKET WSAAPI hook_accept(SOCKET listener, struct sockaddr *address, int *size);
SOCKET WSAAPI hook_WSAAccept(SOCKET listener, struct sockaddr *address, int *size,
                             LPCONDITIONPROC condition, DWORD_PTR data);

/* ---- connect_hooks.c ---- */

int WSAAPI hook_connect(SOCKET socket, const struct sockaddr *address, int size);
int WSAAPI hook_WSAConnect(SOCKET socket, const struct sockaddr *address, int size, LPWSABUF caller,
                           LPWSABUF callee, LPQOS sending, LPQOS group);

/* ---- ioctl_hooks.c ---- */

int WSAAPI hook_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

/* ---- option_hooks.c ---- */

int WSAAPI hook_setsockopt(SOCKET socket, int level, int option, const char *value, int size);
int WSAAPI hook_getsockopt(SOCKET socket, int level, int option, char *value, int *size);

/* ---- module_hooks.c ---- */

FARPROC WINAPI hook_GetProcAddress(HMODULE module, LPCSTR name);

#endif
