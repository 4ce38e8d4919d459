/* SPDX-License-Identifier: MIT */

/* A client of the scenario under way: what an application is whose connection was redirected. */

#ifndef HARNESS_LAB_SERVER_CLIENT_H
#define HARNESS_LAB_SERVER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include <wfp/sim.h>

#include "harness/lab/context/recipe.h"
#include "harness/lab/server/model.h"
#include "harness/lab/server/scenario.h"
#include "harness/lab/server/stream.h"
#include "harness/lab/wire/event.h"

struct lab;
struct process;
struct proxy;
struct sender;

enum { CLIENT_HEAD_MAX = 128 };

struct client {
    struct lab *lab;
    uint32_t number; /* from 1 */
    const struct scenario_group *group;
    struct proxy *proxy; /* where its connection goes */
    struct wfp_address source;
    struct wfp_address destination; /* before the redirect */
    struct stream stream;
    uv_connect_t connect;
    uint32_t world;                      /* its socket in the model */
    uint32_t door;                       /* where its connection waits there */
    uint32_t dials;                      /* of its destination so far */
    char heads[2][CLIENT_HEAD_MAX];      /* of HTTP: its request's, and the destination's */
    uint32_t hops;                       /* redirects of it so far */
    uint8_t visited[MODEL_HOPS_MAX + 1]; /* proxies that it was redirected to, from 0 */
    bool accepted;
    bool started;
    bool over;

    /* Of a flow of datagrams, beside `stream`, which only counts then: */
    struct sender *sender; /* NULL: it is a connection */
    uint32_t sent;         /* datagrams */
    uint32_t returned;
};

/* What it sends and expects: bytes, or with --payload http a request and its answer. */
void client_plan(struct client *client);
/* Connects; where nothing listens for its family nothing is tried. */
void client_start(struct client *client);
/* A client that is a flow of this socket; NULL without memory. */
struct client *client_add_flow(struct lab *lab, const struct scenario_group *group,
                               struct sender *sender, uint32_t host);
/* Tells its end, and closes what is open. */
void client_finish(struct client *client, enum event_end how, bool reset);
/* The same where there is nothing to tell. */
void client_end_quietly(struct client *client);
/* A flow of datagrams that a proxy may well drop, and nobody would be told. */
bool client_is_doubtful(const struct client *client);
/* What a dial of its destination is answered now, once each time; 0: it can be reached. */
uint32_t client_refusal(struct client *client);

/* The proxy accepts its connection: gives the accepted socket of the model, or 0. */
uint32_t client_take_door(struct client *client, bool update);

/* ---- client_context.c ---- */

/* As FILETIME, when the first client of a run could have been there. */
#define CLIENT_TIME UINT64_C(133700000000000000)

/* What this service's driver knows of the client. */
struct recipe_facts client_facts(const struct client *client, const struct proxy *proxy);

/* The context that a service attaches for this client, as the scenario spoils it. The bytes live
 * until the next call for this service. */
size_t client_context(const struct client *client, const struct proxy *proxy,
                      const uint8_t **bytes);
/* The largest of any client. */
uint32_t client_context_max(struct lab *lab);

#endif
