/* SPDX-License-Identifier: MIT */

/*
 * The state of one flow, as the connect-redirect layer sees it, and its one step.
 *
 * A flow is what is classified once: a TCP connection (MET-10), or the datagrams between one local
 * socket and one remote peer (UDP-06). The model's datagram sockets and the replay of captures
 * both take this step, so the rule of the first datagram stands here and nowhere else (UDP-03,
 * UDP-10).
 *
 * Who keeps flows finds the right one by its addresses; this value does not hold them. The *owner*
 * of a flow is the side whose machine is looked at: for TCP the one that connects, for datagrams
 * the local socket.
 */

#ifndef WFP_FLOW_H
#define WFP_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Times are microseconds since a moment of the caller's choice. */
#define WFP_SECOND UINT64_C(1000000)

enum wfp_flow_kind { WFP_FLOW_UDP, WFP_FLOW_TCP };

/* How long a flow lives without a packet. A flow is idle when *more* than the time has passed. */
struct wfp_flow_times {
    uint64_t udp_idle;    /* UDP-07 */
    uint64_t tcp_opening; /* a SYN or two, and nothing else */
    uint64_t tcp_idle;    /* only to forget what has no end: the real flow lives as its socket */
    uint64_t tcp_closed;  /* TIME_WAIT, and after a RST */
};

/* 60 s (UDP-07), and for TCP 2 minutes, 1 hour and 2 minutes. */
struct wfp_flow_times wfp_flow_times_default(void);

enum wfp_flow_event_kind {
    WFP_FLOW_PACKET,  /* a datagram or a segment */
    WFP_FLOW_CONNECT, /* connect() on a datagram socket; the owner's, and never of TCP */
    WFP_FLOW_CLOSE    /* the owner closes its socket (UDP-08, MET-10) */
};

/* The bits of a TCP header that matter here; the others may be set too. */
enum { WFP_TCP_FIN = 0x01, WFP_TCP_SYN = 0x02, WFP_TCP_RST = 0x04, WFP_TCP_ACK = 0x10 };

enum wfp_flow_side { WFP_FLOW_OWNER, WFP_FLOW_PEER };

struct wfp_flow_event {
    uint8_t kind;      /* enum wfp_flow_event_kind */
    uint8_t flow;      /* enum wfp_flow_kind; the same for all events of a flow */
    uint8_t side;      /* enum wfp_flow_side: who sends */
    uint8_t tcp_flags; /* of a segment */
    uint32_t sequence; /* of a segment with SYN */
};

enum wfp_flow_state {
    WFP_FLOW_NONE,      /* there is no flow; all bytes zero */
    WFP_FLOW_CONNECTED, /* datagrams: created by connect(), the record still to be carried */
    WFP_FLOW_LIVE,      /* datagrams go on; or a TCP connection between its SYNs and its FINs */
    WFP_FLOW_OPENING,   /* TCP: only SYNs so far */
    WFP_FLOW_TIME_WAIT, /* TCP: FIN both ways */
    WFP_FLOW_RESET      /* TCP: RST */
};

/* Zeroed memory is no flow. Members are for reading; only the step changes them. */
struct wfp_flow {
    uint64_t last;        /* time of the last event */
    uint32_t sequence[2]; /* TCP: that of each side's SYN, where `syn` has its bit */
    uint8_t state;        /* enum wfp_flow_state */
    uint8_t syn, fin;     /* TCP: bit 1 << side: seen from that side */
    uint8_t answered;     /* TCP: the same for SYN with ACK */
    uint8_t kind;         /* enum wfp_flow_kind */
    uint8_t reserved[3];  /* 0: flows are compared byte by byte, and have no padding */
};

/* What a step tells; a bit set. */
enum {
    /* The flow that was there is over: idle too long, or its ports are used again. */
    WFP_FLOW_OVER = 1 << 0,
    /* This event made a flow, by the owner's or the peer's doing. */
    WFP_FLOW_CREATED = 1 << 1,
    /*
     * It is classified at connect-redirect now: the owner's first datagram, its connect() or its
     * SYN. Never what the peer began (that is classified on its arrival), and never a connection
     * whose beginning was not seen.
     */
    WFP_FLOW_CLASSIFIED = 1 << 2,
    /* This is the datagram that carries the record (UDP-03, UDP-04). */
    WFP_FLOW_CARRIES_RECORD = 1 << 3,
    /* A packet of a flow that was there before, which carries nothing (UDP-03). */
    WFP_FLOW_LATER = 1 << 4,
    /* With this event the flow ends: close, the second FIN, RST. */
    WFP_FLOW_ENDED = 1 << 5,
    /* The time is before that of the flow's last event; it counts as no time passed. */
    WFP_FLOW_BACKWARDS = 1 << 6,
    /* A SYN met the other side's SYN: simultaneous open, one flow. */
    WFP_FLOW_SIMULTANEOUS = 1 << 7,
    /* TCP: another SYN of the same connection. */
    WFP_FLOW_RETRANSMITTED = 1 << 8
};

/*
 * The step: from `before` by `event` at time `now` to `*after`, which may be the same memory.
 * Depends on nothing else. The rules, in their order:
 *
 * - idle for longer than its time: the flow is over and the event finds none (UDP-07);
 * - the owner's datagram, where there is no flow, creates it, is classified and carries the record
 *   (UDP-10, UDP-03), and so again after each idle time (UDP-09);
 * - connect() creates it and is classified; the owner's next datagram carries the record and is
 *   not classified again. A connect() while there is a flow changes nothing;
 * - the peer's datagram creates a flow that is not classified here, and the owner's datagrams in it
 *   are later ones;
 * - closing ends it (UDP-08);
 * - a SYN creates a connection; the same SYN again does not, not even after a RST; one with another
 *   sequence number in a connection that is open or was closed ends it and creates the next;
 * - a SYN+ACK, or anything else, where there is none: a connection met in its middle. It is never
 *   classified, unless the owner's SYN comes late, after its answer;
 * - FIN from both sides, or RST from one, ends it; what follows still belongs to it until it has
 *   been idle for `tcp_closed`. Sequence numbers of RST and FIN are not checked.
 *
 * Clauses: UDP-03, UDP-06, UDP-07, UDP-08, UDP-09, UDP-10, MET-10.
 */
uint32_t wfp_flow_step(const struct wfp_flow *before, const struct wfp_flow_event *event,
                       uint64_t now, const struct wfp_flow_times *times, struct wfp_flow *after);

/*
 * Would the step tell WFP_FLOW_LATER, nothing else, and change nothing but `last`, which becomes
 * `now`, and `state`, which is WFP_FLOW_LIVE after it? So it is with nearly every packet, and for
 * them this is all that has to be asked. Of the flow it looks at last, state and kind only. False
 * may also be said where it would be so.
 */
static inline bool wfp_flow_goes_on(const struct wfp_flow *flow, const struct wfp_flow_event *event,
                                    uint64_t now, const struct wfp_flow_times *times)
{
    /* Without asking which of the two it is: in traffic that is hard to foresee. */
    const uint64_t idle = now - flow->last;
    const unsigned segment = event->flow == WFP_FLOW_TCP;
    const unsigned turns = (event->tcp_flags & (WFP_TCP_SYN | WFP_TCP_FIN | WFP_TCP_RST)) != 0;
    const unsigned live = flow->state == WFP_FLOW_LIVE;
    const unsigned opening = flow->state == WFP_FLOW_OPENING;
    const unsigned in_tcp_opening = idle <= times->tcp_opening;
    const unsigned in_tcp_idle = idle <= times->tcp_idle;
    const unsigned in_udp_idle = idle <= times->udp_idle;
    const unsigned in_time = (segment & live & in_tcp_idle) | (segment & opening & in_tcp_opening) |
                             ((segment ^ 1) & live & in_udp_idle);

    return event->kind == WFP_FLOW_PACKET && flow->kind == event->flow && now >= flow->last &&
           in_time != 0 && (segment & turns) == 0;
}

/* How long the flow may be idle in its state, in microseconds; 0 for no flow. */
uint64_t wfp_flow_patience(const struct wfp_flow *flow, const struct wfp_flow_times *times);

#ifdef __cplusplus
}
#endif

#endif
