/* SPDX-License-Identifier: MIT */

/*
 * Datagrams: how a redirect record travels without TCP.
 *
 * A redirected flow of datagrams shows its record as a *control message* (a control object) beside
 * the datagram that creates the flow, and beside no other (UDP-01, UDP-03). The service that
 * receives it must have enabled an option for it (OPT-03); it hands the record on with the first
 * datagram of its own flow (UDP-04, UDP-05).
 *
 * Like everything else in a world, these calls take no memory beyond its one block. Addresses and
 * sockets are those of <wfp/sim.h>, flows those of <wfp/flow.h>.
 */

#ifndef WFP_DATAGRAM_H
#define WFP_DATAGRAM_H

#include <wfp/flow.h>
#include <wfp/kernel.h>
#include <wfp/sim.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- numbers (OPT-01, CMSG-09) ---- */

#define WFP_IPPROTO_IP 0u
#define WFP_IPPROTO_IPV6 41u
/* Options and types of control objects, at both levels. */
#define WFP_REDIRECT_RECORDS 60u
#define WFP_REDIRECT_CONTEXT 70u

#define WFP_MSG_OOB 0x1u
#define WFP_MSG_PEEK 0x2u
#define WFP_MSG_DONTROUTE 0x4u
#define WFP_MSG_PARTIAL 0x8000u
#define WFP_MSG_TRUNC 0x100u  /* the datagram was longer than its buffer (MSG-04) */
#define WFP_MSG_CTRUNC 0x200u /* the control data were longer than theirs (MSG-05) */

/* ---- control objects ---- */

/* Width of the process that sees them (CMSG-01, CMSG-13). */
enum wfp_layout { WFP_LAYOUT_64, WFP_LAYOUT_32 };

/* WSA_CMSG_LEN and WSA_CMSG_SPACE: header and data, without and with padding (CMSG-04). */
uint64_t wfp_control_length(enum wfp_layout layout, uint64_t data);
uint64_t wfp_control_space(enum wfp_layout layout, uint64_t data);

struct wfp_control_object {
    uint64_t length; /* cmsg_len as it stands there */
    uint32_t level;  /* cmsg_level */
    uint32_t type;   /* cmsg_type */
    const uint8_t *data;
    uint32_t size; /* bytes of data: what `length` leaves behind the header */
};

/*
 * Writes one object with its padding, zeros, to `out`, which has `room` bytes. The length field is
 * `object->length`, or the true one where that is 0. Gives the bytes written, or 0 where it does
 * not fit; then nothing is written.
 */
uint32_t wfp_control_write(enum wfp_layout layout, const struct wfp_control_object *object,
                           uint8_t *out, uint32_t room);

enum wfp_control_step {
    WFP_CONTROL_OBJECT,   /* *object is the next */
    WFP_CONTROL_END,      /* no header fits into what is left (CMSG-06) */
    WFP_CONTROL_MALFORMED /* a length below the header or beyond the end (CMSG-07, CMSG-08) */
};

/* Begin at 0. */
struct wfp_control_walk {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t at;
    enum wfp_layout layout;
};

/*
 * The next object. Where the Windows macros trust the length field, this checks it, so it comes to
 * an end with every byte string, after at most size / 12 objects; a malformed object is the last.
 */
enum wfp_control_step wfp_control_next(struct wfp_control_walk *walk,
                                       struct wfp_control_object *object);

/* ---- time ---- */

/* The world's clock in microseconds, 0 at first. Nothing else in a world only grows. */
uint64_t wfp_clock(const struct wfp_world *world);
/* Flows that have been idle for longer than the profile says end (UDP-07). */
void wfp_clock_advance(struct wfp_world *world, uint64_t microseconds);

/* ---- options ---- */

/* setsockopt() and getsockopt() with a record option; the value is a DWORD (UNK-30, CON-20). */
struct wfp_option {
    uint32_t socket;
    uint32_t level;
    uint32_t name;
    struct wfp_buffer value; /* set: read; get: written */
};

/* `reply->written`: bytes of the value, of a get; the answer's byte count is *optlen. */
enum wfp_status wfp_option_set(struct wfp_world *world, const struct wfp_option *call,
                               struct wfp_reply *reply);
enum wfp_status wfp_option_get(struct wfp_world *world, const struct wfp_option *call,
                               struct wfp_reply *reply);
void wfp_option_set_allowed(const struct wfp_world *world, const struct wfp_option *call,
                            struct wfp_answer_set *set);
void wfp_option_get_allowed(const struct wfp_world *world, const struct wfp_option *call,
                            struct wfp_answer_set *set);
enum wfp_status wfp_option_set_assume(struct wfp_world *world, const struct wfp_option *call,
                                      struct wfp_answer answer, struct wfp_reply *reply);
enum wfp_status wfp_option_get_assume(struct wfp_world *world, const struct wfp_option *call,
                                      struct wfp_answer answer, struct wfp_reply *reply);

/* ---- sending ---- */

enum wfp_message_entry {
    WFP_MESSAGE_WSA,   /* WSASendMsg, WSARecvMsg */
    WFP_MESSAGE_PLAIN, /* sendto or send, recvfrom: without control data */
    WFP_MESSAGE_WSK    /* WskSendTo, WskReceiveFrom; answers are NTSTATUS values (WSK-09, WSK-10) */
};

enum wfp_name {
    WFP_NAME_NONE, /* NULL and length 0 */
    WFP_NAME_GIVEN,
    WFP_NAME_NULL /* NULL with a length (MSG-07) */
};

/*
 * One datagram. `redirect` is what the callouts decide if this datagram is the first of its flow
 * and so is classified (UDP-10), and `service` the bound socket that it is redirected to; NULL: no
 * callout redirects it. In a flow that is there already nobody asks for them. With a
 * `classification` they are not looked at: see below.
 */
struct wfp_send {
    uint32_t socket;
    enum wfp_message_entry entry;
    enum wfp_name name;
    struct wfp_address to; /* where the name is given; of the socket's family */
    struct wfp_buffer data;
    struct wfp_buffer control; /* NULL and 0: none */
    enum wfp_layout layout;
    uint32_t flags;              /* of the call */
    uint32_t message_flags;      /* those inside WSAMSG, which nobody reads (MSG-11) */
    enum wfp_pointer byte_count; /* HEAP or NULL */
    bool overlapped;             /* an OVERLAPPED is given; the call does not wait all the same */
    const struct wfp_redirect *redirect;
    uint32_t service;        /* descriptor; 0: outside this world */
    uint32_t classification; /* of this call, by callouts; 0: none */
};

struct wfp_message_reply {
    struct wfp_answer answer;
    const struct wfp_rule *rule;
    struct wfp_address from; /* receive: who sent it */
    uint32_t written;        /* receive: bytes written to the data buffer */
    uint32_t control;        /* receive: Control.len on return (MSG-06) */
    uint32_t flags;          /* receive: dwFlags on return */
    bool dropped; /* send: it arrived nowhere, for want of room in the receiver's queue */
    struct wfp_connected connected; /* what became of the call's classification, if it had one */
};

/*
 * Sends. A success says that the datagram left, not that it arrived: where the queues of the world
 * (limits.datagrams) are full it is lost, with the record that it carried, and `reply->dropped`
 * says so. WFP_NO_ROOM: more bytes than limits.datagram_bytes, or a limit of flows or records.
 * WFP_BAD_STATE: the address is not one of the socket's family.
 */
enum wfp_status wfp_message_send(struct wfp_world *world, const struct wfp_send *call,
                                 struct wfp_message_reply *reply);
void wfp_message_send_allowed(const struct wfp_world *world, const struct wfp_send *call,
                              struct wfp_answer_set *set);
enum wfp_status wfp_message_send_assume(struct wfp_world *world, const struct wfp_send *call,
                                        struct wfp_answer answer, struct wfp_message_reply *reply);

/*
 * connect() on a datagram socket: the flow to that peer is classified at once, before any datagram
 * could bring a record (UDP-14, UNK-34). Of `call` it takes socket, to, redirect and service.
 */
enum wfp_status wfp_datagram_connect(struct wfp_world *world, const struct wfp_send *call,
                                     struct wfp_message_reply *reply);
void wfp_datagram_connect_allowed(const struct wfp_world *world, const struct wfp_send *call,
                                  struct wfp_answer_set *set);
enum wfp_status wfp_datagram_connect_assume(struct wfp_world *world, const struct wfp_send *call,
                                            struct wfp_answer answer,
                                            struct wfp_message_reply *reply);

/* ---- a flow that callouts classify (UDP-10, UDP-11, UDP-12) ---- */

/*
 * The first datagram to a peer, and connect(), are classified as a connection is (wfp/kernel.h):
 *
 *     wfp_message_send_begin     the call is about to be made
 *     wfp_classify_next ...      the engine asks the callouts
 *     wfp_message_send           the same call, with its `classification`
 *
 * The record in the call's control data is the list of redirects that the callouts see. Where they
 * block, the call's answer is that of a blocked connect(), and there is no flow; else their
 * redirect counts, to the socket of the same type that is bound where it leads. Versions stay as
 * long as the flow. The classification ends with the call, whatever that answers.
 *
 * `*classification` is 0 where the call is not classified: in a flow that is there, or because it
 * fails before anybody would be asked. WFP_NO_ROOM: a limit of classifications or records. The send
 * itself is WFP_BAD_STATE while a callout is asked or has pended, or if the classification is of
 * another flow.
 */
enum wfp_status wfp_message_send_begin(struct wfp_world *world, const struct wfp_send *call,
                                       uint32_t *classification);
enum wfp_status wfp_datagram_connect_begin(struct wfp_world *world, const struct wfp_send *call,
                                           uint32_t *classification);

/*
 * All of it at once, with the functions of the callouts. WFP_BAD_STATE if a callout has no function
 * or pends; nothing is sent then, and the classification is gone.
 */
enum wfp_status wfp_message_send_classified(struct wfp_world *world, const struct wfp_send *call,
                                            struct wfp_message_reply *reply);
enum wfp_status wfp_datagram_connect_classified(struct wfp_world *world,
                                                const struct wfp_send *call,
                                                struct wfp_message_reply *reply);

/*
 * wfp_reauthorize() for the flow from this socket to that peer; ends with wfp_connect_end(). What
 * is blocked has no versions any more; its flow goes on.
 */
enum wfp_status wfp_flow_reauthorize(struct wfp_world *world, uint32_t socket,
                                     const struct wfp_address *peer, uint32_t reason,
                                     uint32_t *classification, struct wfp_reply *reply);
void wfp_flow_reauthorize_allowed(const struct wfp_world *world, uint32_t socket,
                                  const struct wfp_address *peer, struct wfp_answer_set *set);
enum wfp_status wfp_flow_reauthorize_assume(struct wfp_world *world, uint32_t socket,
                                            const struct wfp_address *peer, uint32_t reason,
                                            struct wfp_answer answer, uint32_t *classification,
                                            struct wfp_reply *reply);

/* ---- receiving ---- */

struct wfp_receive {
    uint32_t socket;
    enum wfp_message_entry entry;
    enum wfp_name name;
    struct wfp_buffer data;
    struct wfp_buffer control; /* size: Control.len going in */
    enum wfp_layout layout;
    uint32_t flags;                  /* dwFlags going in */
    enum wfp_pointer byte_count;     /* HEAP or NULL */
    enum wfp_pointer control_length; /* WSK: NULL: the control buffer is ignored (WSK-10) */
    bool overlapped;                 /* an OVERLAPPED is given */
};

/*
 * Receives the oldest datagram. Where there is none the answer is WSAEWOULDBLOCK: a world has
 * nothing to wait for. With an OVERLAPPED it is WSA_IO_PENDING, and stays so: overlapped receives
 * are not followed further.
 */
enum wfp_status wfp_message_receive(struct wfp_world *world, const struct wfp_receive *call,
                                    struct wfp_message_reply *reply);
void wfp_message_receive_allowed(const struct wfp_world *world, const struct wfp_receive *call,
                                 struct wfp_answer_set *set);
enum wfp_status wfp_message_receive_assume(struct wfp_world *world, const struct wfp_receive *call,
                                           struct wfp_answer answer,
                                           struct wfp_message_reply *reply);

/* ---- kernel face ---- */

/*
 * FwpsQueryConnectionRedirectState0 for the flow from this socket to that peer. A flow's list is
 * the record that came with its first datagram; where there is no flow yet, it is empty.
 */
enum wfp_status wfp_flow_redirect_state(struct wfp_world *world, uint32_t socket,
                                        const struct wfp_address *peer, uint32_t handle,
                                        struct wfp_reply *reply);
void wfp_flow_redirect_state_allowed(const struct wfp_world *world, uint32_t socket,
                                     const struct wfp_address *peer, uint32_t handle,
                                     struct wfp_answer_set *set);

#ifdef __cplusplus
}
#endif

#endif
