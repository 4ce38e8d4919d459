/* SPDX-License-Identifier: MIT */

/* What sending and receiving have in common. */

#ifndef SIM_MESSAGE_H
#define SIM_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/datagram.h>

#include "sim/decide.h"
#include "sim/world.h"

#define DATAGRAM(name) WFP_BIT(WFP_DATAGRAM_##name)

/* One way to read the profile where a flag that shapes facts is open. */
struct message_reading {
    bool option_late; /* the options of the receive count, not those of the arrival (UNK-39) */
    bool peek_shows_record; /* UNK-37 */
    bool mapped_level_ip;   /* the level is that of the packet's family (UNK-40) */
};

/* Number 0 is the simulator's. */
uint32_t message_reading_count(const struct wfp_world *world);
struct message_reading message_reading_at(const struct wfp_world *world, uint32_t number);

/* The level at which a packet's control objects and their options stand. */
uint32_t message_level(const struct endpoint *endpoint, enum wfp_family packet,
                       struct message_reading reading);

/* The facts that every call has: of the socket, and how the call was made. */
uint64_t message_facts(const struct endpoint *endpoint, enum wfp_message_entry entry,
                       enum wfp_pointer byte_count, bool overlapped);

/* A byte count is seen only where there is a place for it; a plain call has none but its result. */
struct wfp_answer message_seen(enum wfp_message_entry entry, enum wfp_pointer byte_count,
                               struct wfp_answer answer);

/* Has the call done what it is made for, a cut datagram included? */
bool message_received(struct wfp_answer answer);

#endif
