/* SPDX-License-Identifier: MIT */

/*
 * The lab's end of the connections to interposers. Whoever does not begin with a good hello, or
 * sends what can be no event, is dropped; so is who sends more than one event can be.
 */

#ifndef HARNESS_LAB_SERVER_PEER_H
#define HARNESS_LAB_SERVER_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct event;
struct lab;
struct process;

enum { PEERS_MAX = 64, PEER_HELLO_MAX = 65536 /* bytes, before it is known */ };

struct peer {
    struct lab *lab;
    struct peer *next;
    struct process *process; /* NULL before its hello */
    uv_tcp_t tcp;
    bool closing;
    uint8_t *bytes; /* what has come, and is no whole event yet */
    size_t size;
    size_t room;
};

/* Opens the port for interposers on 127.0.0.1. */
bool peers_listen(struct lab *lab);
void peers_close(struct lab *lab);

/* Sends an event. One that does not fit drops the peer. */
void peer_send(struct peer *peer, const struct event *event);
/* Closes the connection; its process may well live on. */
void peer_drop(struct peer *peer);

#endif
