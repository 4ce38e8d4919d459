/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/dial.h"

#include <stdlib.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"

/* ---- events ---- */

static void tell_of(const struct dial *dial, struct event *event)
{
    event_set_number(event, FIELD_DIAL, dial->number);
    event_set_number(event, FIELD_PROCESS, dial->process);
    event_set_number(event, FIELD_SOCKET, dial->socket);
    if (dial->client != NULL) {
        event_set_number(event, FIELD_CLIENT, dial->client->number);
    }
    lab_tell(dial->lab, event);
}

static void tell_arrival(const struct dial *dial)
{
    struct event event = {.kind = EVENT_ARRIVAL};

    event_set_address(&event, FIELD_PEER, &dial->peer);
    event_set_address(&event, FIELD_REAL, &dial->real);
    tell_of(dial, &event);
}

static void finish(struct dial *dial, enum event_end how, bool reset)
{
    struct event data = {.kind = EVENT_ARRIVAL_DATA};
    struct event end = {.kind = EVENT_ARRIVAL_END};

    if (dial->over) {
        return;
    }
    dial->over = true;
    dial->lab->dials_open--;
    event_set_number(&data, FIELD_SIZE, dial->stream.received);
    event_set_number(&data, FIELD_ERROR, dial->client != NULL && dial->stream.wrong);
    tell_of(dial, &data);
    event_set_number(&end, FIELD_HOW, how);
    event_set_number(&end, FIELD_SIZE, dial->stream.received);
    tell_of(dial, &end);
    stream_close(&dial->stream, reset);
}

static void on_ended_out(struct stream *stream)
{
    struct event event = {.kind = EVENT_ARRIVAL_SHUTDOWN};

    event_set_number(&event, FIELD_SIZE, stream->sent);
    tell_of(stream->owner, &event);
}

/* ---- the destination ---- */

static void expect_client(struct dial *dial)
{
    if (dial->client != NULL) {
        dial->stream.in = dial->client->stream.out;
        dial->stream.out = dial->client->stream.in;
    }
}

static bool is_from(const struct client *client, const uint8_t *bytes, size_t size)
{
    return client != NULL && size >= SCENARIO_TOKEN &&
           payload_matches(&client->stream.out, 0, bytes, SCENARIO_TOKEN);
}

/*
 * A client is known by what it sends first, where it shares a destination with others, and where a
 * proxy that knows of none dials the same one for all.
 */
static void on_first(struct stream *stream, const uint8_t *bytes, size_t size)
{
    struct dial *dial = stream->owner;
    struct client *client;

    if (is_from(dial->client, bytes, size) || stream->sent > 0) {
        return;
    }
    client = client_of_payload(dial->lab, bytes, size);
    if (client != NULL) {
        dial->client = client;
        expect_client(dial);
    }
}

/* Says back what has come. */
static void answer(struct dial *dial, const struct scenario_group *group)
{
    struct stream *stream = &dial->stream;
    const uint64_t greeting = group->first == SCENARIO_DESTINATION ? stream->out.parts[0].size : 0;

    if (group->half_close == SCENARIO_CLIENT && !stream->ended_in) {
        return;
    }
    if (group->half_close == SCENARIO_DESTINATION) {
        return;
    }
    if (stream->in.parts[0].text != NULL) {
        /* An answer follows the whole of a request. */
        if (stream->received >= payload_size(&stream->in)) {
            stream_allow(stream, UINT64_MAX, true);
        }
        return;
    }
    stream_allow(stream, greeting + stream->received, stream->ended_in);
}

static void on_changed(struct stream *stream)
{
    struct dial *dial = stream->owner;
    const struct scenario_group *group = dial->client == NULL ? NULL : dial->client->group;

    if (dial->over) {
        return;
    }
    if (stream->reset) {
        finish(dial, EVENT_END_RESET, false);
        return;
    }
    if (group != NULL) {
        if (group->reset == SCENARIO_DESTINATION &&
            stream->received >= payload_size(&stream->in) / 2) {
            finish(dial, EVENT_END_RESET, true);
            return;
        }
        answer(dial, group);
    }
    if (dial->refused) {
        finish(dial, EVENT_END_REFUSED, false);
        return;
    }
    if (stream->ended_in && !stream->writing &&
        (group == NULL || stream->sent >= stream->allowed)) {
        finish(dial, EVENT_END_CLOSED, false);
    }
}

static void greet(struct dial *dial)
{
    const struct scenario_group *group = dial->client == NULL ? NULL : dial->client->group;

    if (group != NULL && group->half_close == SCENARIO_DESTINATION) {
        stream_allow(&dial->stream, UINT64_MAX, true);
    } else if (group != NULL && group->first == SCENARIO_DESTINATION) {
        stream_allow(&dial->stream, dial->stream.out.parts[0].size, false);
    }
}

/* ---- a server in between ---- */

/* From now on it is a connection to the target. */
static void reach(struct dial *dial)
{
    struct upstream_talk *talk = dial->talk;
    struct client *client = client_of_destination(dial->lab, &talk->target);
    const bool refused = client != NULL && client_refusal(client) != 0;

    dial->stream.prelude = NULL;
    dial->client = client;
    dial->peer = talk->target;
    upstream_answer(talk, !refused);
    stream_say(&dial->stream, talk->reply, talk->reply_size);
    if (refused) {
        dial->refused = true;
        return;
    }
    tell_arrival(dial);
    expect_client(dial);
    greet(dial);
}

static size_t on_prelude(struct stream *stream, const uint8_t *bytes, size_t size)
{
    struct dial *dial = stream->owner;
    size_t used;

    switch (upstream_take(dial->talk, bytes, size, &used)) {
    case UPSTREAM_SAY:
        stream_say(stream, dial->talk->reply, dial->talk->reply_size);
        break;
    case UPSTREAM_TARGET:
        reach(dial);
        break;
    case UPSTREAM_BAD:
        lab_note(dial->lab, EVENT_NOTE,
                 "what the proxy says to the server that it dials through is not understood");
        stream->prelude = NULL;
        stream->reset = true;
        return size;
    case UPSTREAM_MORE:
        break;
    }
    return used;
}

/* ---- its arrival ---- */

static void on_listener_closed(uv_handle_t *listener)
{
    struct dial *dial = listener->data;

    dial->listener_closed = true;
}

static void close_listener(struct dial *dial)
{
    if (dial->listening && !uv_is_closing((uv_handle_t *)&dial->listener)) {
        uv_close((uv_handle_t *)&dial->listener, on_listener_closed);
    }
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct dial *dial = listener->data;

    if (status < 0 || dial->arrived) {
        return;
    }
    dial->arrived = true;
    dial->lab->dials_open++;
    if (!stream_open(&dial->stream, &dial->lab->loop, on_changed, dial) ||
        uv_accept(listener, (uv_stream_t *)&dial->stream.tcp) != 0) {
        dial->over = true;
        dial->lab->dials_open--;
        return;
    }
    close_listener(dial);
    dial->stream.first = on_first;
    dial->stream.shut = on_ended_out;
    if (dial->talk != NULL) {
        dial->stream.prelude = on_prelude;
        stream_start(&dial->stream);
        return;
    }
    tell_arrival(dial);
    expect_client(dial);
    stream_start(&dial->stream);
    greet(dial);
}

static bool listen_for(struct dial *dial)
{
    if (uv_tcp_init(&dial->lab->loop, &dial->listener) != 0) {
        return false;
    }
    dial->listener.data = dial;
    dial->listening = true;
    return endpoint_bind_tcp(&dial->listener, (enum wfp_family)dial->peer.family,
                             endpoint_is_mapped(&dial->peer), &dial->real) &&
           uv_listen((uv_stream_t *)&dial->listener, 1, on_connection) == 0;
}

struct dial *dial_add_upstream(struct lab *lab, const struct process *process, uint32_t socket,
                               const struct wfp_address *peer, enum upstream_kind kind)
{
    struct dial *dial = dial_add(lab, process, socket, peer, NULL);

    if (dial != NULL) {
        dial->talk = calloc(1, sizeof *dial->talk);
    }
    if (dial == NULL || dial->talk == NULL) {
        return NULL;
    }
    dial->talk->kind = kind;
    return dial;
}

struct dial *dial_add(struct lab *lab, const struct process *process, uint32_t socket,
                      const struct wfp_address *peer, struct client *client)
{
    struct dial *dial = calloc(1, sizeof *dial);
    struct dial **dials = realloc(lab->dials, (lab->dial_count + 1) * sizeof *dials);

    lab->dials = dials != NULL ? dials : lab->dials;
    if (dial == NULL || dials == NULL) {
        free(dial);
        return NULL;
    }
    dials[lab->dial_count++] = dial;
    dial->lab = lab;
    dial->number = ++lab->dial_number;
    dial->process = process->number;
    dial->socket = socket;
    dial->peer = *peer;
    dial->client = client;
    return listen_for(dial) ? dial : NULL;
}

/* ---- all of them ---- */

bool dials_over(const struct lab *lab)
{
    return lab->dials_open == 0;
}

void dials_give_up(struct lab *lab)
{
    for (size_t i = 0; i < lab->dial_count; i++) {
        struct dial *dial = lab->dials[i];
        struct event event = {.kind = EVENT_DEADLINE};

        if (dial->arrived && !dial->over) {
            event_set_text(
                &event, FIELD_TEXT,
                "the connection at the destination came to no end within the time limit");
            tell_of(dial, &event);
            finish(dial, EVENT_END_TIMEOUT, true);
        }
    }
}

static bool is_closed(const struct dial *dial)
{
    return (!dial->listening || dial->listener_closed) &&
           (!dial->stream.opened || dial->stream.closed);
}

static bool all_closed(const struct lab *lab)
{
    for (size_t i = 0; i < lab->dial_count; i++) {
        if (!is_closed(lab->dials[i])) {
            return false;
        }
    }
    return true;
}

void dials_clear(struct lab *lab)
{
    for (size_t i = 0; i < lab->dial_count; i++) {
        close_listener(lab->dials[i]);
        stream_close(&lab->dials[i]->stream, false);
    }
    while (!all_closed(lab)) {
        (void)uv_run(&lab->loop, UV_RUN_ONCE);
    }
    for (size_t i = 0; i < lab->dial_count; i++) {
        stream_release(&lab->dials[i]->stream);
        free(lab->dials[i]->talk);
        free(lab->dials[i]);
    }
    free(lab->dials);
    lab->dials = NULL;
    lab->dial_count = 0;
}
