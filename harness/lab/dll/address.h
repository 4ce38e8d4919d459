/* SPDX-License-Identifier: MIT */

/* Addresses of Winsock and of the model. What the program passed is read with care. */

#ifndef HARNESS_LAB_DLL_ADDRESS_H
#define HARNESS_LAB_DLL_ADDRESS_H

#include <winsock2.h>

#include <stdbool.h>

#include <ws2tcpip.h>

#include <wfp/sim.h>

union address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

/* False for what is no whole IPv4 or IPv6 address, or cannot be read. */
bool address_read(const void *at, int size, struct wfp_address *address);
/*
 * The same as a SOCKADDR for a socket of this family: for AF_INET6 an IPv4 address is mapped into
 * ::ffff:0:0/96. Gives its size.
 */
int address_make(const struct wfp_address *address, int family, union address *made);
/*
 * Gives an address to the program as the provider gives one: as much as fits into *size, which then
 * says how large it is. False where that cannot be written; both pointers may be NULL.
 */
bool address_give(const struct wfp_address *address, int family, void *at, int *size);

/* Of the socket itself, by the system. False where it has none. */
bool address_local(SOCKET socket, struct wfp_address *address);
bool address_peer(SOCKET socket, struct wfp_address *address);

#endif
