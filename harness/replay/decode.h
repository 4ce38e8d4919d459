/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_DECODE_H
#define HARNESS_REPLAY_DECODE_H

#include "harness/replay/link.h"
#include "harness/replay/packet.h"

/*
 * Reads the headers of one packet: link, IPv4 with options or IPv6 with extension headers, TCP or
 * UDP. Of tunnels the outer header counts. `bytes` holds `captured` bytes of the `wire` bytes that
 * there were. Reads nothing else, keeps nothing, never reads past `captured`.
 *
 * CAUSE_NONE: the packet belongs to a flow. packet->fragment FRAGMENT_LATER: it is a later
 * fragment, whose ports are not known yet and stand as 0. Otherwise why it belongs to none. Writes
 * the first part of `packet`; with a cause, of it only `family` means anything.
 */
enum cause decode(enum link_type link, const uint8_t *bytes, size_t captured, size_t wire,
                  struct packet *packet);

#endif
