/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_ADDRESS_TEXT_H
#define HARNESS_ADDRESS_TEXT_H

#include <stdbool.h>

#include <wfp/sim.h>

/*
 * "203.0.113.9:53", "[2001:db8::9]:53", "[::ffff:203.0.113.9]:53": an address with its port from 0
 * to 65535. False for anything else; the address is untouched then.
 */
bool address_parse(const char *text, struct wfp_address *address);

#endif
