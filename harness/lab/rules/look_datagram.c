/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/datagram.h>

#include "harness/lab/rules/datagrams.h"
#include "harness/lab/rules/look.h"

static const uint64_t redirection = EVENT_CLIENT_REDIRECTED | EVENT_CLIENT_LOST;

/* Each client of datagrams of the part whose redirection is this, and that the proxy has received
 * something of. */
static void each_client_of(struct finding *finding, uint64_t flags,
                           void (*look)(struct finding *finding, const struct datagrams *datagrams))
{
    const struct view *view = finding->view;

    for (size_t i = 0; i < view->client_count; i++) {
        const struct client *client = &view->clients[i];
        struct datagrams datagrams;

        if (client->part != finding->part || !client_is_datagrams(client) ||
            (client->flags & redirection) != flags) {
            continue;
        }
        datagrams = datagrams_of(view, i);
        if (datagrams.first_received != NOWHERE) {
            look(finding, &datagrams);
        }
    }
}

static void each_flow(struct finding *finding,
                      void (*look)(struct finding *finding, const struct datagrams *datagrams))
{
    each_client_of(finding, EVENT_CLIENT_REDIRECTED, look);
}

static bool is_same(const struct event_bytes *a, const struct event_bytes *b)
{
    return a->size == b->size && memcmp(a->at, b->at, a->size) == 0;
}

/* ---- PRX-25: the options ---- */

static bool is_enabled(const struct view *view, const struct datagrams *datagrams, uint32_t option)
{
    const struct act *first = &view->acts[datagrams->first_received];
    size_t act = view->endpoints[first->socket].first;

    while ((act = view_find(view, act, EVENT_OPTION_SET)) != NOWHERE &&
           act < datagrams->first_received) {
        const struct event event = view_event(view, view->acts[act].event);
        const struct event_bytes value = event_bytes(&event, FIELD_IN);

        if (act_succeeded(&view->acts[act]) &&
            event_number(&event, FIELD_LEVEL) == datagrams->level &&
            event_number(&event, FIELD_OPTION) == option && value.size > 0 && value.at[0] != 0) {
            return true;
        }
        act = view->acts[act].next;
    }
    return false;
}

static void look_options(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;
    const bool records = is_enabled(view, datagrams, WFP_REDIRECT_RECORDS);
    /* A proxy that forwards knows the destination by the context, or by another way. */
    const bool context = datagrams->sent > 0 || is_enabled(view, datagrams, WFP_REDIRECT_CONTEXT);

    if (records && context) {
        finding_met(finding);
        return;
    }
    finding_fail(finding, "Received datagrams without option %u at level %s.",
                 records ? WFP_REDIRECT_CONTEXT : WFP_REDIRECT_RECORDS,
                 datagrams->level == WFP_IPPROTO_IP ? "IPPROTO_IP" : "IPPROTO_IPV6");
    finding_line(finding, view->clients[datagrams->client].event, NULL);
    finding_line(finding, event_of(view, datagrams->first_received),
                 "comes without what was not enabled");
}

void look_datagram_options(struct finding *finding)
{
    each_flow(finding, look_options);
}

/* ---- PRX-26: truncation ---- */

static void look_truncation(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;

    if (datagrams->truncated == NOWHERE) {
        if (datagrams->record.size > 0) {
            finding_met(finding);
        }
        return;
    }
    if (datagrams->first_sent != NOWHERE && datagrams->first_sent > datagrams->truncated &&
        datagrams->record.size == 0) {
        finding_fail(finding, "The control data were cut, and the datagram was forwarded.");
        finding_line(finding, event_of(view, datagrams->truncated),
                     "MSG_CTRUNC: the record is lost");
        finding_line(finding, event_of(view, datagrams->first_sent), "goes without it");
        return;
    }
    finding_met(finding);
}

void look_datagram_truncation(struct finding *finding)
{
    each_flow(finding, look_truncation);
}

/* ---- PRX-27: level, type and length ---- */

static void look_levels(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;

    if (datagrams->decoyed == NOWHERE) {
        return;
    }
    if (datagrams->decoy_handed) {
        finding_fail(finding, "Took an object of another level for the record.");
        finding_line(finding, event_of(view, datagrams->decoyed), "has such an object");
        finding_line(finding, event_of(view, datagrams->first_sent), "hands it on");
    } else if (part_died(finding->of)) {
        finding_fail(finding, "Ended over control data that are not well formed.");
        finding_line(finding, event_of(view, datagrams->decoyed), NULL);
        finding_line(finding, finding->of->death, NULL);
    } else {
        finding_met(finding);
    }
}

void look_datagram_levels(struct finding *finding)
{
    each_flow(finding, look_levels);
}

/* ---- PRX-28: state by flow ---- */

static void look_sibling(struct finding *finding, const struct datagrams *datagrams, size_t other)
{
    const struct view *view = finding->view;
    const struct datagrams others = datagrams_of(view, other);

    if (datagrams->sent > 0) {
        finding_met(finding);
    } else if (others.sent > others.received) {
        finding_fail(finding, "Sent the datagrams of one flow to the destination of another.");
        finding_line(finding, view->clients[datagrams->client].event, NULL);
        finding_line(finding, event_of(view, datagrams->first_received), "for one destination");
        finding_line(finding, view->clients[other].event, "the same source, another destination");
    }
}

static void look_flow(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;
    const size_t other = datagrams_sibling(view, datagrams->client);

    if (datagrams->elsewhere != NOWHERE && datagrams->record.size > 0 &&
        !is_same(&datagrams->handed_elsewhere, &datagrams->record)) {
        finding_fail(finding, "Forgot a flow, and went on from another socket without its record.");
        finding_line(finding, event_of(view, datagrams->first_sent), NULL);
        finding_line(finding, event_of(view, datagrams->elsewhere), "another socket, no record");
        return;
    }
    if (other != NOWHERE) {
        look_sibling(finding, datagrams, other);
    }
}

void look_datagram_flows(struct finding *finding)
{
    each_flow(finding, look_flow);
}

/* ---- PRX-29: the record with the first ---- */

/* Another flow's datagrams go this one's way, which is PRX-28's. */
static bool is_mixed(const struct view *view, size_t client)
{
    const size_t other = datagrams_sibling(view, client);
    struct datagrams others;

    if (other == NOWHERE) {
        return false;
    }
    others = datagrams_of(view, other);
    return others.received > 0 && others.sent == 0;
}

static void look_record(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;

    if (datagrams->record.size == 0 || datagrams->sent == 0 || datagrams->decoy_handed) {
        return;
    }
    if (datagrams->handed.size == 0) {
        finding_fail(finding, "Received the record, and sent the first datagram without it.");
        finding_line(finding, event_of(view, datagrams->carrier), "has the record");
        finding_line(finding, event_of(view, datagrams->first_sent), "has none");
    } else if (!is_same(&datagrams->handed, &datagrams->record)) {
        finding_fail(finding, "Sent the first datagram with other bytes than the record's.");
        finding_line(finding, event_of(view, datagrams->carrier), "has the record");
        finding_line(finding, event_of(view, datagrams->first_sent), "has another");
    } else if (datagrams->again != NOWHERE && !is_mixed(view, datagrams->client)) {
        finding_fail(finding, "Sent the record again with a later datagram of the flow.");
        finding_line(finding, event_of(view, datagrams->first_sent), "the first");
        finding_line(finding, event_of(view, datagrams->again), "the flow is there already");
    } else {
        finding_met(finding);
    }
}

void look_datagram_record(struct finding *finding)
{
    each_flow(finding, look_record);
}

/* ---- PRX-30: losses ---- */

/* Where datagrams were refused for a false record, or went astray, other rules tell why; of flows
 * of one source it is not known whose answer an answer is. */
static bool counts(const struct finding *finding, const struct datagrams *datagrams)
{
    return datagrams->record.size > 0 && datagrams->truncated == NOWHERE &&
           !datagrams->decoy_handed && datagrams->astray == NOWHERE && finding->of->ended &&
           finding->of->death == NOWHERE &&
           datagrams_sibling(finding->view, datagrams->client) == NOWHERE;
}

static void look_loss(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;

    if (!counts(finding, datagrams)) {
        return;
    }
    if (datagrams->sent < datagrams->received) {
        finding_fail(finding, "Received %zu datagrams of a client, and forwarded %zu.",
                     datagrams->received, datagrams->sent);
        finding_line(finding, event_of(view, datagrams->first_received), "the first of them");
        finding_line(finding, event_of(view, datagrams->first_sent), "the first that went on");
    } else if (datagrams->delivered < datagrams->answered) {
        finding_fail(finding, "Received %zu answers for a client, and delivered %zu.",
                     datagrams->answered, datagrams->delivered);
        finding_line(finding, event_of(view, datagrams->first_sent), NULL);
    } else {
        finding_met(finding);
    }
}

void look_datagram_loss(struct finding *finding)
{
    each_flow(finding, look_loss);
}

/* ---- PRX-10 and PRX-11 ---- */

static void look_dropped(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[datagrams->client];

    if (datagrams->sent == 0) {
        finding_met(finding);
        return;
    }
    finding_fail(finding, "Forwarded a datagram of a client without a record.");
    finding_line(finding, client->event, NULL);
    finding_line(finding, event_of(view, datagrams->first_received), NULL);
    finding_line(finding, event_of(view, datagrams->first_sent), "goes without a record");
}

void look_datagram_refused(struct finding *finding, bool lost)
{
    each_client_of(finding, lost ? redirection : 0, look_dropped);
}

/* ---- PRX-38 ---- */

/* Where flows of one source are mixed, PRX-28 tells. */
static void look_astray(struct finding *finding, const struct datagrams *datagrams)
{
    const struct view *view = finding->view;
    const bool mixed = datagrams_sibling(view, datagrams->client) != NOWHERE;

    if (datagrams->astray == NOWHERE || mixed) {
        if (datagrams->sent > 0) {
            finding_met(finding);
        }
        return;
    }
    finding_fail(finding, "Sent the datagram of a flow to another address than its client had.");
    finding_line(finding, view->clients[datagrams->client].event, NULL);
    finding_line(finding, event_of(view, datagrams->carrier), "has this record");
    finding_line(finding, event_of(view, datagrams->astray), "goes there with it");
}

void look_datagram_destination(struct finding *finding)
{
    each_flow(finding, look_astray);
}
