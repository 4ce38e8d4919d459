/* SPDX-License-Identifier: MIT */

/* Addresses of the model as the system's, and which of them the lab serves. */

#ifndef HARNESS_LAB_SERVER_ENDPOINT_H
#define HARNESS_LAB_SERVER_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include <wfp/sim.h>

void endpoint_store(const struct wfp_address *address, struct sockaddr_storage *out);
/* All zeros where the family is neither of the two. */
struct wfp_address endpoint_read(const struct sockaddr *address);

/* 127.0.0.1 or ::1, with this port. */
struct wfp_address endpoint_loopback(enum wfp_family family, uint16_t port);

/* The first becomes the family of the second: 127.0.0.1 becomes ::ffff:127.0.0.1. */
struct wfp_address endpoint_mapped(const struct wfp_address *address);
bool endpoint_is_mapped(const struct wfp_address *address);

/* 198.18.0.0/15, ::ffff:198.18.0.0/111 or 2001:db8::/32: a destination that the lab plays. */
bool endpoint_is_served(const struct wfp_address *address);
bool endpoint_is_loopback(const struct wfp_address *address);

/* Are both the same host, however it is written, whatever the port? */
bool endpoint_same_host(const struct wfp_address *a, const struct wfp_address *b);

/* The original destination of this number, from 1. */
struct wfp_address endpoint_destination(enum wfp_family family, uint32_t number);

/*
 * Binds a socket to a free port of 127.0.0.1 or ::1. `port` is where it is, in the family of the
 * address that it stands for: with `mapped` as ::ffff:127.0.0.1.
 */
bool endpoint_bind_tcp(uv_tcp_t *tcp, enum wfp_family family, bool mapped,
                       struct wfp_address *port);
bool endpoint_bind_udp(uv_udp_t *udp, enum wfp_family family, bool mapped,
                       struct wfp_address *port);
/* Where a socket is bound; all zeros where the system does not tell. */
struct wfp_address endpoint_of_tcp(const uv_tcp_t *tcp);

#endif
