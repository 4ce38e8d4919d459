/* SPDX-License-Identifier: MIT */

/* Addresses as text: "203.0.113.10:443", "[2001:db8::1]:443", "[::ffff:192.0.2.1]:80". */

#ifndef HARNESS_ADDRESS_H
#define HARNESS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include <wfp/sim.h>

enum { ADDRESS_TEXT_MAX = 64 };

/* The port must be there. */
bool address_parse(const char *text, struct wfp_address *address);
/* In the form that address_parse() reads; IPv6 as RFC 5952 has it, "::" and v4-mapped included. */
void address_print(const struct wfp_address *address, char *buffer, size_t size);

#endif
