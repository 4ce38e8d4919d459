/* SPDX-License-Identifier: MIT */

/* Addresses as Windows lays them out in memory, on every system. */

#ifndef HARNESS_LAB_CONTEXT_SOCKADDR_H
#define HARNESS_LAB_CONTEXT_SOCKADDR_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/sim.h>

enum { SOCKADDR_IN_SIZE = 16, SOCKADDR_IN6_SIZE = 28 };

/* 16 bytes to `out`, which is zeroed; an IPv4 address becomes ::ffff:a.b.c.d. */
void sockaddr_ipv6_write(const struct wfp_address *address, uint8_t *out);

/*
 * SOCKADDR_IN: family, port, address. SOCKADDR_IN6: family, port, flow, address, scope. `six`: the
 * latter for an IPv4 address, too. `out` is zeroed and has room for it. Gives its size.
 */
uint32_t sockaddr_write(const struct wfp_address *address, bool six, uint8_t *out);

#endif
