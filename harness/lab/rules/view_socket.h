/* SPDX-License-Identifier: MIT */

/* Which endpoint a process means by a socket's number, while a view is made. */

#ifndef HARNESS_LAB_RULES_VIEW_SOCKET_H
#define HARNESS_LAB_RULES_VIEW_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct socket_name {
    uint64_t process;
    uint64_t number; /* 0: free */
    size_t endpoint;
};

/* Zeroed memory is an empty one. */
struct sockets {
    struct socket_name *names;
    size_t count;
    size_t room; /* a power of two */
};

/* NOWHERE where the number is not known. */
size_t sockets_find(const struct sockets *sockets, uint64_t process, uint64_t number);
/* From now on it means this endpoint. False without memory. */
bool sockets_name(struct sockets *sockets, uint64_t process, uint64_t number, size_t endpoint);
void sockets_clear(struct sockets *sockets);

#endif
