/* SPDX-License-Identifier: MIT */

/*
 * What happens in the lab, one event at a time: a call of the program under test, seen by the
 * interposer in its process, or something that the lab itself did or saw. The same value goes over
 * the wire, is judged by the proxy rules, and stands in a trace.
 *
 * An interposer has one connection to the lab, over loopback, and one call at a time on it, so that
 * the events of a process have one order. Most events are *told*: nothing comes back. Some are
 * *asked*: the interposer waits for the answer before the program goes on (event_kinds says which).
 * The answer to what is asked is
 *
 *     EVENT_PASS    make the call as it is; then tell EVENT_DONE with its error and count
 *     EVENT_ANSWER  the call is answered so, and never made, but for: connect, datagram-send and
 *                   datagram-receive, where an answer without an error says how it is made
 */

#ifndef HARNESS_LAB_WIRE_EVENT_H
#define HARNESS_LAB_WIRE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

enum {
    EVENT_PROTOCOL = 2,         /* of this file; the two sides must have the same */
    EVENT_BYTES_MAX = 131072,   /* of one field */
    EVENT_WIRE_MAX = 3 * 131072 /* of one event on the wire, its length included */
};

enum event_kind {
    /* ---- told or asked by an interposer ---- */

    /* Asked first. protocol, system-process, parent, bits, text: the program, name: its token.
     * Answer: process, its number in the lab; with an error the interposer does nothing at all. */
    EVENT_HELLO,
    EVENT_MODULE, /* text: path of a module, size: how many of its imports were replaced */
    EVENT_CHILD,  /* system-process, text: command line, flags: 1 if it is followed */
    EVENT_EXIT,   /* exit-code: the program ends by itself */

    EVENT_SOCKET,    /* socket, family, type, protocol, flags; flags absent: it was there before */
    EVENT_BIND,      /* socket, local, error */
    EVENT_LISTEN,    /* socket, backlog as passed, local, error */
    EVENT_ACCEPT,    /* socket: the listener, other: the accepted one, peer, error */
    EVENT_ACCEPT_EX, /* socket, other, operation: AcceptEx is under way */
    /* socket, other, peer where it is known: the interposer has seen that AcceptEx succeeded */
    EVENT_ACCEPTED_EX,
    EVENT_UPDATE_ACCEPT,  /* socket: the accepted one, error: SO_UPDATE_ACCEPT_CONTEXT */
    EVENT_UPDATE_CONNECT, /* socket, error: SO_UPDATE_CONNECT_CONTEXT */
    /* Asked. socket, name: the function, peer, local where it is bound. Answer: an error, or real:
     * the address that is dialled in place of peer. Then EVENT_DONE. */
    EVENT_CONNECT,
    /* Asked, for codes of IOC_VENDOR; the others are told. socket, code, in, in-size, out-size,
     * the pointers, name where it is not WSAIoctl. Answer: error, count (absent: *lpcbBytesReturned
     * stays as it was), out: what the output buffer begins with; delay: milliseconds that an
     * overlapped call stays pending, after which EVENT_IOCTL_END is told. */
    EVENT_IOCTL,
    /* socket, operation, error: 0, 995 where it was cancelled, 10014 where the buffers had gone */
    EVENT_IOCTL_END,
    EVENT_OPTION_SET, /* Asked. socket, level, option, in. Answer: error */
    EVENT_OPTION_GET, /* Asked. socket, level, option, out-size. Answer: error, count, out */
    /* Asked. socket, name, size, flags, peer unless connected, control, control-size. Answer: an
     * error, or real where it goes in place of peer; the control data stay behind. */
    EVENT_DATAGRAM_SEND,
    /* Asked when a datagram has come. socket, name, real: from where, size, out-size: room for it,
     * flags, control-size where control data can be taken. Answer: peer: what the program is told,
     * control, flags and error as it is to see them. */
    EVENT_DATAGRAM_RECEIVE,
    EVENT_STREAM_SEND,    /* socket: the first of a socket that is connected */
    EVENT_STREAM_RECEIVE, /* the same; told before the call waits */
    EVENT_SHUTDOWN,       /* socket, how, error */
    EVENT_CLOSE,          /* socket, handles */
    EVENT_DUPLICATE,      /* socket, other */
    EVENT_PEER_NAME,      /* socket, peer, error: the first getpeername */
    EVENT_RESOLVE,        /* Asked. text: the name. Answer: peer, or an error */

    EVENT_DEVICE_OPEN, /* Asked. text: the path. Answer: error, handle */
    /* Asked. handle, operation, name, code unless name is ReadFile or WriteFile, in, in-size,
     * out-size, flags: EVENT_DEVICE_AGAIN when it was left pending. Answer: error (of Win32),
     * count, out, delay: milliseconds that it stays pending; or flags: EVENT_DEVICE_PENDS, and
     * delay: ask again after so long. Without a delay it pends until it is cancelled. */
    EVENT_DEVICE_CONTROL,
    EVENT_DEVICE_CLOSE, /* handle */
    /* Asked. name: the function of the service manager, text: the service, nothing for the manager
     * itself; ControlService to stop one is StopService. Answer: error, number: its state */
    EVENT_SERVICE_CALL,
    EVENT_FILTER_CALL, /* Asked. name: Fwpm... Answer: error, number: an id for what is added */

    EVENT_PASSED, /* name: a call that is known, but not followed; told once for each name */
    EVENT_DONE,   /* what was passed: kind-of, socket or handle, error, count, out */

    /* ---- by the lab; on the wire only the two answers ---- */

    EVENT_ANSWER,
    EVENT_PASS,
    EVENT_RUN,           /* text: tool and system, name: profile: a trace begins */
    EVENT_SCENARIO,      /* name: its id, text: profile: what follows is part of it */
    EVENT_SCENARIO_END,  /* name */
    EVENT_CLIENT,        /* client, peer: its original destination, local, real: where it dials,
                          * process: by whose callout, state, flags: enum event_client, size: what
                          * it is to receive in all */
    EVENT_CLIENT_DATA,   /* client, size: received in all, error: 0, or 1 where it is not what the
                          * destination sent */
    EVENT_CLIENT_END,    /* client, how: enum event_end, size: received in all */
    EVENT_TOLD,          /* socket, process: whose callout, state: what it is told of this dial */
    EVENT_ARRIVAL,       /* dial, socket, client where it is known, peer: what was dialled */
    EVENT_ARRIVAL_DATA,  /* dial, client, size, error as in client-data */
    EVENT_ARRIVAL_END,   /* dial, client, how, size */
    EVENT_DATAGRAM,      /* client, size, number: of its flow: a client's datagram was sent */
    EVENT_LOOP,          /* text: the cycle, "A > B > A" */
    EVENT_DEADLINE,      /* text: what did not happen in time, client */
    EVENT_PROCESS_START, /* process, text: command */
    EVENT_PROCESS_END,   /* process, exit-code where it is known, how: enum event_end */
    EVENT_NOTE,          /* text: for people */
    /* client: it has sent its last, with size bytes in all, and goes on receiving */
    EVENT_CLIENT_SHUTDOWN,
    EVENT_ARRIVAL_SHUTDOWN, /* dial, client, size: the destination has, in the same way */
    EVENT_BROKEN, /* text: what died under the lab; nothing of this scenario can be judged */
    EVENT_KIND_COUNT
};

/* What a client is to the proxy (EVENT_CLIENT). */
enum event_client {
    EVENT_CLIENT_REDIRECTED = 1,
    EVENT_CLIENT_LOST = 2, /* redirected, but its record did not survive the way (QRY-19) */
    EVENT_CLIENT_DATAGRAMS = 4,
    EVENT_CLIENT_SERVER_FIRST = 8, /* it sends nothing before the destination has */
    EVENT_CLIENT_CONTEXT_BAD = 16, /* its context is not as the recipe says: cut, or garbled */
    EVENT_CLIENT_HALF_CLOSE = 32   /* one side ends its sending before the other has begun to end */
};

/* Of what is asked of a pretended device, and of the answer. */
enum {
    EVENT_DEVICE_AGAIN = 1,
    EVENT_DEVICE_PENDS = 2,
    EVENT_DEVICE_UNNAMED = 4 /* the stand-in does not name it: it has the answer of such */
};

enum event_end {
    EVENT_END_CLOSED, /* in order: FIN, or exit */
    EVENT_END_RESET,  /* RST, or ended by the lab */
    EVENT_END_REFUSED,
    EVENT_END_TIMEOUT,
    EVENT_END_DIED,   /* a process that ended by an exception */
    EVENT_END_KILLED, /* ... that ended otherwise than by exit, or nobody saw by what */
    EVENT_END_COUNT
};

/*
 * In a trace what was asked and its answer are one event, with the fields of both, and the lab adds
 * what it knows: `client` to accept, accepted-ex, connect, datagram-send and datagram-receive,
 * `dial` to connect, and to a query of records or context `number`, the true size of what was asked
 * for (0: there is none).
 */
enum event_by {
    EVENT_BY_NOBODY,
    EVENT_BY_SHIM,     /* the model */
    EVENT_BY_PROVIDER, /* it was passed; EVENT_DONE follows */
    EVENT_BY_SCENARIO, /* written down in the scenario */
    EVENT_BY_COUNT
};

/* First numbers, then addresses, then bytes. */
enum event_field {
    FIELD_TIME,    /* microseconds since the trace began; the lab's */
    FIELD_PROCESS, /* number in the lab, from 1; the lab's */
    FIELD_THREAD,  /* system's number */
    FIELD_SOCKET,
    FIELD_OTHER,     /* sockets have numbers of their own, from 1, never used again */
    FIELD_OPERATION, /* a number for each overlapped call that is followed, from 1 */
    FIELD_FAMILY,    /* as passed: AF_INET 2, AF_INET6 23 */
    FIELD_TYPE,      /* SOCK_STREAM 1, SOCK_DGRAM 2 */
    FIELD_PROTOCOL,  /* IPPROTO; of hello: EVENT_PROTOCOL */
    FIELD_FLAGS,
    FIELD_BACKLOG,
    FIELD_CODE,
    FIELD_LEVEL,
    FIELD_OPTION,
    FIELD_SIZE,       /* bytes of payload */
    FIELD_IN_SIZE,    /* as passed, bytes */
    FIELD_OUT_SIZE,   /* as passed, bytes */
    FIELD_IN_POINTER, /* these five: enum wfp_pointer */
    FIELD_OUT_POINTER,
    FIELD_COUNT_POINTER,
    FIELD_OVERLAPPED_POINTER,
    FIELD_ROUTINE_POINTER,
    FIELD_CONTROL_SIZE, /* bytes of control data or of room for them, as passed */
    FIELD_HOW,          /* SD_RECEIVE 0, SD_SEND 1, SD_BOTH 2; else enum event_end */
    FIELD_ERROR,        /* 0: success */
    FIELD_COUNT,        /* bytes */
    FIELD_DELAY,        /* milliseconds */
    FIELD_CLIENT,       /* number of a client of this scenario, from 1 */
    FIELD_DIAL,         /* number of a dial of this trace, from 1 */
    FIELD_STATE,        /* enum wfp_redirect_state */
    FIELD_HANDLE,       /* number of a device that is pretended */
    FIELD_EXIT_CODE,
    FIELD_SYSTEM_PROCESS, /* the system's number of a process */
    FIELD_PARENT,
    FIELD_BITS, /* 32 or 64 */
    FIELD_NUMBER,
    FIELD_KIND_OF, /* enum event_kind */
    FIELD_BY,      /* enum event_by: who answered what was asked; in a trace */
    FIELD_HANDLES, /* that the process has open, of all kinds; 0: the system does not count them */
    FIELD_NUMBERS_END,

    FIELD_LOCAL = FIELD_NUMBERS_END,
    FIELD_PEER, /* as the program means it, and is told it */
    FIELD_REAL, /* as it is on loopback */
    FIELD_ADDRESSES_END,

    FIELD_IN = FIELD_ADDRESSES_END,
    FIELD_OUT,
    FIELD_CONTROL, /* in the layout of the process */
    FIELD_TEXT,    /* UTF-8 */
    FIELD_NAME,    /* UTF-8 */
    FIELDS_ALL
};

enum {
    EVENT_ADDRESSES = FIELD_ADDRESSES_END - FIELD_NUMBERS_END,
    EVENT_BYTES = FIELDS_ALL - FIELD_ADDRESSES_END
};

struct event_bytes {
    const uint8_t *at;
    uint32_t size; /* at most EVENT_BYTES_MAX */
};

/* Zeroed memory is an event of kind EVENT_HELLO without fields. */
struct event {
    enum event_kind kind;
    uint64_t fields; /* bits of enum event_field: those that are there */
    uint64_t numbers[FIELD_NUMBERS_END];
    struct wfp_address addresses[EVENT_ADDRESSES];
    struct event_bytes bytes[EVENT_BYTES]; /* not owned */
};

/* ---- fields ---- */

bool event_has(const struct event *event, enum event_field field);
/* 0, all zeros, or nothing where the field is not there. */
uint64_t event_number(const struct event *event, enum event_field field);
struct wfp_address event_address(const struct event *event, enum event_field field);
struct event_bytes event_bytes(const struct event *event, enum event_field field);

void event_set_number(struct event *event, enum event_field field, uint64_t number);
void event_set_address(struct event *event, enum event_field field,
                       const struct wfp_address *address);
/* What is beyond EVENT_BYTES_MAX is left out. */
void event_set_bytes(struct event *event, enum event_field field, const void *bytes, size_t size);
void event_set_text(struct event *event, enum event_field field, const char *text);

/* ---- names ---- */

struct event_kind_row {
    const char *name; /* in a trace: "accept-ex" */
    bool asked;       /* an interposer waits for an answer */
};

extern const struct event_kind_row event_kinds[EVENT_KIND_COUNT];
/* Is a control code one of IOC_VENDOR? Of ioctls only those are asked. */
bool event_is_vendors(uint64_t code);
/* In a trace: "out-size". */
extern const char *const event_fields[FIELDS_ALL];

/* ---- the wire ---- */

/*
 * Little-endian: length of what follows (4 bytes), kind (4), fields (8), then each field that is
 * there in its order: a number in 8 bytes, an address in 20 (16, port, family, 0), bytes with their
 * size (4) before them. Gives the bytes written, or 0 where `room` does not hold them.
 */
size_t event_write(const struct event *event, uint8_t *out, size_t room);

enum event_read {
    EVENT_READ_DONE,
    EVENT_READ_MORE, /* not all of it is there yet */
    EVENT_READ_BAD   /* no such event can be: give the connection up */
};

/*
 * Reads one event from the start of `bytes`; `*used` of them were its own. The event's bytes point
 * into them. Whatever they are, nothing outside them is read.
 */
enum event_read event_read(const uint8_t *bytes, size_t size, struct event *event, size_t *used);

#endif
