/* SPDX-License-Identifier: MIT */

/*
 * What a proxy does for one redirected connection, and for one redirected datagram: the steps that
 * decide whether redirect records work. `reference_steps` is how to do them. They are a table only
 * so that the tests can replace one of them by a wrong one; in a proxy of your own call them.
 */

#ifndef TESTS_PROXIES_REFERENCE_STEPS_H
#define TESTS_PROXIES_REFERENCE_STEPS_H

#include <winsock2.h>

#include <stdbool.h>
#include <ws2tcpip.h>

/* Bytes of the system: a record, or a context. From malloc, so aligned for any pointer (QRY-21). */
struct blob {
    unsigned char *bytes;
    DWORD capacity;
    DWORD size; /* of what was returned; the rest of the buffer is not part of it */
};

struct connection {
    const struct steps *steps;
    SOCKET listener;
    SOCKET client;   /* what accept gave */
    SOCKET upstream; /* INVALID_SOCKET while there is none */
    struct blob record;
    struct sockaddr_storage destination; /* where the client wanted to go */
};

/* What came with a datagram in its control data. */
struct tag {
    const unsigned char *record; /* NULL: none */
    DWORD record_size;
    const unsigned char *context;
    DWORD context_size;
};

struct datagram {
    char *bytes;
    DWORD size;
    struct sockaddr_storage client; /* from where */
    DWORD flags;                    /* MSG_TRUNC, MSG_CTRUNC */
    struct tag tag;
};

/* A client's socket and the destination that it sends to (UDP-06), from its first datagram on. */
struct flow {
    SOCKET upstream; /* INVALID_SOCKET: the place is free */
    struct sockaddr_storage client;
    struct sockaddr_storage destination;
    ULONGLONG used;     /* milliseconds, when a datagram last passed */
    unsigned long sent; /* datagrams, to the destination */
};

struct direction;

struct steps {
    /* ---- connections ---- */

    /* Of listen(). A connection that waits in a full queue can lose its record (QRY-19). */
    int backlog;
    /* Accepts for ever, and starts connections (connection.h). */
    void (*accept_all)(const struct steps *steps, SOCKET listener);
    /* All that is done with an accepted connection; closes its sockets. */
    void (*serve)(struct connection *connection);
    /* Gets record and destination. False: there is none, so it has to be refused. */
    bool (*learn)(struct connection *connection);
    /* Asks the accepted socket for a record or a context, whatever its size. */
    bool (*query)(struct connection *connection, DWORD code, struct blob *blob);
    /* How large the buffer should be after `error`, or 0 where asking again is of no use. */
    DWORD (*grow)(int error, DWORD needed, DWORD capacity);
    /* WSAIoctl. Gives 0 or the error, and always a byte count. */
    int (*control)(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                   DWORD *count);
    /* The destination from a context's bytes. False: it is not ours, or not complete. */
    bool (*read_context)(const unsigned char *bytes, DWORD size,
                         struct sockaddr_storage *destination);
    /* Opens connection->upstream; false where the destination cannot be reached. */
    bool (*dial)(struct connection *connection);
    /* One attempt with a socket of its own, or INVALID_SOCKET. */
    SOCKET (*attempt)(struct connection *connection, int number);
    /* Connects a socket that has its record. */
    bool (*connect)(SOCKET upstream, const struct sockaddr_storage *destination);
    /* Puts the connection's record on a new socket, before bind and connect. */
    bool (*set_record)(struct connection *connection, SOCKET upstream);
    /* Reads what comes on one way. False: it is broken. */
    bool (*read)(struct direction *direction);
    /* Tells a client that there is nothing for it. */
    void (*refuse)(struct connection *connection);
    /* Closes what serve opened. */
    void (*finish)(struct connection *connection);

    /* ---- datagrams ---- */

    /* Bytes of room for control data: what does not fit is cut off (MSG-05). */
    DWORD control_room;
    /* Enables control data of types 60 and 70 on a socket of `family`. */
    bool (*enable)(SOCKET socket, int family);
    /* Whether control data were cut off, and with them perhaps the record. */
    bool (*cut)(const struct datagram *datagram);
    /* Whether a control message of `level` can be the system's word on redirection. */
    bool (*level_matters)(int level);
    /* The flow of a datagram, made where it is the first; NULL: it has to be dropped. */
    struct flow *(*flow_of)(const struct steps *steps, struct flow *flows,
                            const struct datagram *datagram);
    /* Whether `flow` is that of a datagram from `client` to `destination`; NULL: not known. */
    bool (*same_flow)(const struct flow *flow, const struct sockaddr_storage *client,
                      const struct sockaddr_storage *destination);
    /* Sends a datagram on, with its record if it brought one. */
    void (*forward)(struct flow *flow, const struct datagram *datagram);
};

extern const struct steps reference_steps;

#endif
