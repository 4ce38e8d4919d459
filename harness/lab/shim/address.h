/* SPDX-License-Identifier: MIT */

/* Addresses of Winsock and those of the model. */

#ifndef HARNESS_LAB_SHIM_ADDRESS_H
#define HARNESS_LAB_SHIM_ADDRESS_H

#include <winsock2.h>

#include <stdbool.h>

#include <ws2tcpip.h>

#include <wfp/sim.h>

union shim_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

/* Gives the size of what `to` is filled with. */
int shim_address_make(const struct wfp_address *from, union shim_address *to);
/* `from` may point anywhere; false if no whole address of a family that the model has is there. */
bool shim_address_read(const struct sockaddr *from, int size, struct wfp_address *to);
/*
 * As getsockname() and recvfrom() give one: as much as `*size` bytes at `to` hold, and `*size`
 * becomes its true size. Both may point anywhere; false when it does not fit, or nothing is there.
 */
bool shim_address_write(const struct wfp_address *from, struct sockaddr *to, int *size);
/* 127.0.0.1 or ::1, with port 0. */
struct wfp_address shim_address_loopback(enum wfp_family family);

#endif
