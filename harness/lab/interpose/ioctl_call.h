/* SPDX-License-Identifier: MIT */

/* One call of WSAIoctl, with its arguments as the program passed them. */

#ifndef HARNESS_LAB_INTERPOSE_IOCTL_CALL_H
#define HARNESS_LAB_INTERPOSE_IOCTL_CALL_H

#include <winsock2.h>

struct ioctl_call {
    SOCKET socket;
    DWORD code;
    LPVOID in;
    DWORD in_size;
    LPVOID out;
    DWORD out_size;
    LPDWORD count;
    LPWSAOVERLAPPED overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
};

#endif
