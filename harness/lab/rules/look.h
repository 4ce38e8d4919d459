/* SPDX-License-Identifier: MIT */

/* The looks of the rules, one for each row of the table, and what they share. */

#ifndef HARNESS_LAB_RULES_LOOK_H
#define HARNESS_LAB_RULES_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lab/rules/finding.h"
#include "harness/lab/rules/view.h"

/* look_query.c */
void look_codes(struct finding *finding);
void look_socket_asked(struct finding *finding);
void look_record_first(struct finding *finding);
void look_bounded(struct finding *finding);

/* look_size.c */
void look_growth(struct finding *finding);
void look_record_sizes(struct finding *finding);
void look_changing_size(struct finding *finding);
void look_absurd_size(struct finding *finding);
void look_size_query(struct finding *finding);

/* look_client.c */
void look_direct_client(struct finding *finding);
void look_lost_record(struct finding *finding);
void look_alive(struct finding *finding);
void look_context(struct finding *finding);
void look_server_first(struct finding *finding);
void look_families(struct finding *finding);

/* look_set.c */
void look_set_on_every_dial(struct finding *finding);
void look_set_in_time(struct finding *finding);
void look_set_bytes(struct finding *finding);
void look_set_own(struct finding *finding);
void look_set_failed(struct finding *finding);
void look_set_result(struct finding *finding);

/* look_call.c */
void look_byte_count(struct finding *finding);
void look_overlapped(struct finding *finding);
void look_accept_queue(struct finding *finding);
void look_accept_context(struct finding *finding);
void look_connect_context(struct finding *finding);

/* look_datagram.c */
void look_datagram_options(struct finding *finding);
void look_datagram_truncation(struct finding *finding);
void look_datagram_levels(struct finding *finding);
void look_datagram_flows(struct finding *finding);
void look_datagram_record(struct finding *finding);
void look_datagram_loss(struct finding *finding);
/* PRX-10 and PRX-11, and PRX-38, for clients of datagrams. */
void look_datagram_refused(struct finding *finding, bool lost);
void look_datagram_destination(struct finding *finding);

/* look_silence.c */
void look_silence(struct finding *finding);

/* look_stream.c */
void look_payload(struct finding *finding);
void look_half_close(struct finding *finding);

/* look_leak.c */
void look_leak(struct finding *finding);

/* look_path.c */
void look_unreachable(struct finding *finding);
void look_path(struct finding *finding);
void look_destination(struct finding *finding);
void look_after_failure(struct finding *finding);
/* The event that shows that the client's connection cannot go on, as every dial for it has failed
 * or was reset; NOWHERE. */
size_t client_dead_end(const struct view *view, size_t client);

/* ---- look_each.c: walking through a part ---- */

/* Each TCP client of the part for which `is` holds (NULL: each). */
void each_client(struct finding *finding, bool (*is)(const struct client *client),
                 void (*look)(struct finding *finding, size_t client));
/* Each endpoint that accepted one. */
void each_accepted(struct finding *finding, bool (*is)(const struct client *client),
                   void (*look)(struct finding *finding, size_t endpoint));
/* Each dial for one. */
void each_dial(struct finding *finding, bool (*is)(const struct client *client),
               void (*look)(struct finding *finding, const struct dial *dial));
/* Each call of the part with one of the three codes. */
void each_query_or_set(struct finding *finding,
                       void (*look)(struct finding *finding, const struct act *act));

/* The first dial for a client by a process (0: any); NULL. */
const struct dial *dial_for(const struct view *view, size_t client, uint64_t process);

/*
 * Which of the lab's destinations a dial was for: through an upstream, the one that it was asked
 * for. False: none of them, as far as the lab has seen.
 */
bool dial_meant(const struct view *view, const struct dial *dial, struct wfp_address *peer);

/*
 * The proxy knows no destinations: it dialled the same one for clients of several. Whose dial is
 * whose cannot be told then, and PRX-03 or PRX-38 has said what is wrong.
 */
bool dials_one_for_all(const struct finding *finding);

/* It was dialled for, before it had given up. */
bool client_dialled_in_time(const struct view *view, size_t client);

/* The lab waited for this client in vain. */
bool client_waits_in_vain(const struct client *client);

/* An event of an act; NOWHERE for no act. */
size_t event_of(const struct view *view, size_t act);

#endif
