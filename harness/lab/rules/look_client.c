/* SPDX-License-Identifier: MIT */

#include "harness/address.h"
#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"

enum {
    CHEAP_QUERIES = 4, /* of one kind */
    BOUND_QUERIES = 8, /* more is PRX-05 */
    INTERNET = 2,      /* AF_INET */
    INTERNET_6 = 23
};

/* ---- PRX-10 and PRX-11: clients that are to be refused ---- */

static void fail_dial_for(struct finding *finding, size_t index, const struct dial *dial,
                          const char *what)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];

    finding_fail(finding, "Dialled for %s.", what);
    finding_line(finding, client->event, NULL);
    if (client->accepted != NOWHERE) {
        const struct endpoint *accepted = &view->endpoints[client->accepted];

        finding_line(finding, event_of(view, accepted->accepted), NULL);
        finding_line(finding, event_of(view, view_find(view, accepted->first, EVENT_IOCTL)), NULL);
    }
    finding_line(finding, event_of(view, dial->act), "there is no record for this client");
}

static size_t most_asked(const struct view *view, size_t endpoint)
{
    const size_t records = query_of(view, endpoint, WFP_SIO_QUERY_RECORDS, NOWHERE).asked;
    const size_t context = query_of(view, endpoint, WFP_SIO_QUERY_CONTEXT, NOWHERE).asked;

    return records > context ? records : context;
}

/* What a client that is to be refused met, besides being dialled for. */
static void look_refused(struct finding *finding, size_t index, const char *what)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];
    const size_t asked = most_asked(view, client->accepted);

    if (asked > BOUND_QUERIES || finding->of->death != NOWHERE) {
        return;
    }
    if (client_waits_in_vain(client)) {
        finding_fail(finding, "Left the connection of %s open.", what);
        finding_line(finding, event_of(view, view->endpoints[client->accepted].accepted), NULL);
        finding_line(finding, client->end != NOWHERE ? client->end : client->deadline, NULL);
    } else if (asked > CHEAP_QUERIES) {
        finding_fail(finding, "Asked %zu times before it refused %s.", asked, what);
        finding_line(finding, event_of(view, view->endpoints[client->accepted].accepted), NULL);
    } else if (client->end == NOWHERE) {
        finding_open(finding, "the trace does not show how client %llu ended",
                     (unsigned long long)client->number);
    } else {
        finding_met(finding);
    }
}

static void look_to_be_refused(struct finding *finding, size_t client, const char *what)
{
    const struct dial *dial = dial_for(finding->view, client, 0);

    if (dial != NULL) {
        fail_dial_for(finding, client, dial, what);
    } else if (finding->view->clients[client].accepted != NOWHERE) {
        look_refused(finding, client, what);
    }
}

static void look_direct(struct finding *finding, size_t client)
{
    look_to_be_refused(finding, client, "a client that nobody redirected");
}

void look_direct_client(struct finding *finding)
{
    each_client(finding, client_is_direct, look_direct);
    look_datagram_refused(finding, false);
}

static void look_lost(struct finding *finding, size_t client)
{
    look_to_be_refused(finding, client, "a redirected client whose record was lost");
}

void look_lost_record(struct finding *finding)
{
    each_client(finding, client_is_lost, look_lost);
    look_datagram_refused(finding, true);
}

/* ---- PRX-12: it stays alive ---- */

static const char *how_it_ended(const struct part *part)
{
    if (part->death_how == EVENT_END_KILLED) {
        return "Was killed, or ended by TerminateProcess: it has not said that it ends.";
    }
    return part_died(part) ? "Ended by an exception." : "Ended by itself.";
}

void look_alive(struct finding *finding)
{
    const struct part *part = finding->of;

    if (part->death != NOWHERE) {
        finding_fail(finding, "%s", how_it_ended(part));
        finding_line(finding, part->death, "no scenario is a reason to end");
    } else if (part->unclear != NOWHERE) {
        const struct event event = view_event(finding->view, part->unclear);

        finding_open(finding,
                     "process %llu, which the proxy had started, was killed or died: it has not "
                     "said that it ends",
                     (unsigned long long)event_number(&event, FIELD_PROCESS));
    } else if (part->started && part->ended) {
        finding_met(finding);
    } else if (part->started) {
        finding_open(finding, "the trace stops within the scenario");
    }
}

/* ---- PRX-13: the context is checked ---- */

static bool has_bad_context(const struct client *client)
{
    return client_is_proper(client) && (client->flags & EVENT_CLIENT_CONTEXT_BAD) != 0;
}

static void look_bad_context(struct finding *finding, size_t index)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];
    const struct dial *dial = dial_for(view, index, 0);
    struct query query;

    if (client->accepted == NOWHERE) {
        return;
    }
    query = query_of(view, client->accepted, WFP_SIO_QUERY_CONTEXT, NOWHERE);
    if (query.end != QUERY_DONE) {
        return;
    }
    if (dial != NULL && view->acts[dial->act].event > view->acts[query.act].event) {
        finding_fail(finding, "Dialled by a context that is not as its driver writes it.");
        finding_line(finding, view->acts[query.act].event, "cut, or garbled");
        finding_line(finding, event_of(view, dial->act), NULL);
    } else if (part_died(finding->of)) {
        finding_fail(finding, "Ended over a context that is not as its driver writes it.");
        finding_line(finding, view->acts[query.act].event, "cut, or garbled");
        finding_line(finding, finding->of->death, NULL);
    } else if (client->end != NOWHERE && !client_waits_in_vain(client)) {
        finding_met(finding);
    } else {
        finding_open(finding,
                     "client %llu, with a bad context, was neither refused nor dialled for",
                     (unsigned long long)client->number);
    }
}

void look_context(struct finding *finding)
{
    each_client(finding, has_bad_context, look_bad_context);
}

/* ---- PRX-22: servers that speak first ---- */

static bool is_server_first(const struct client *client)
{
    return client_is_proper(client) && (client->flags & EVENT_CLIENT_SERVER_FIRST) != 0;
}

static void look_waiting(struct finding *finding, size_t index)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];
    const struct endpoint *accepted;
    size_t receive;

    if (client->accepted == NOWHERE) {
        return;
    }
    if (client_dialled_in_time(view, index)) {
        finding_met(finding);
        return;
    }
    accepted = &view->endpoints[client->accepted];
    receive = view_find(view, accepted->first, EVENT_STREAM_RECEIVE);
    if (!client_waits_in_vain(client) || finding->of->death != NOWHERE ||
        dials_one_for_all(finding)) {
        return;
    }
    if (receive == NOWHERE && most_asked(view, client->accepted) > 0) {
        finding_open(finding, "client %llu was not dialled for, and nothing shows why",
                     (unsigned long long)client->number);
        return;
    }
    finding_fail(finding, "Waited for the client to speak first, and never dialled.");
    finding_line(finding, event_of(view, accepted->accepted), NULL);
    finding_line(finding, event_of(view, receive), "the client waits for the server");
    finding_line(finding, client->end != NOWHERE ? client->end : client->deadline, NULL);
}

void look_server_first(struct finding *finding)
{
    each_client(finding, is_server_first, look_waiting);
}

/* ---- PRX-24: families ---- */

static bool is_ipv6(const struct client *client)
{
    return client_is_proper(client) && (client->flags & EVENT_CLIENT_CONTEXT_BAD) == 0 &&
           wfp_address_unmapped(&client->destination).family == WFP_IPV6;
}

/* A socket of that family that the process opened while the client waited; NOWHERE. */
static size_t opened(const struct view *view, const struct client *client, uint64_t process,
                     uint64_t family)
{
    for (size_t i = 0; i < view->endpoint_count; i++) {
        const struct endpoint *endpoint = &view->endpoints[i];

        if (endpoint->process == process && endpoint->family_of != NOWHERE &&
            view_family(view, endpoint) == family &&
            view->acts[endpoint->family_of].part == client->part &&
            view->acts[endpoint->family_of].event > client->event) {
            return endpoint->family_of;
        }
    }
    return NOWHERE;
}

static void fail_family(struct finding *finding, size_t index, const struct dial *dial)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];
    const struct endpoint *accepted = &view->endpoints[client->accepted];
    char address[ADDRESS_TEXT_MAX];

    address_print(&client->destination, address, sizeof address);
    finding_fail(finding, "Had the record of a client for %s, and never dialled it over IPv6.",
                 address);
    finding_line(finding, event_of(view, accepted->accepted), NULL);
    finding_line(finding, event_of(view, opened(view, client, accepted->process, INTERNET)),
                 "family 2 is IPv4");
    finding_line(finding, dial == NULL ? client->end : event_of(view, dial->act), NULL);
}

/* It reached the server in between, which was never told where to lead to. */
static bool leads_nowhere(const struct view *view, const struct dial *dial)
{
    struct wfp_address peer;

    return dial != NULL && dial->number != 0 && !dial_meant(view, dial, &peer);
}

/* Where an IPv6 socket was opened and not dialled on, another rule tells why. */
static void look_family(struct finding *finding, size_t index)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];
    const struct dial *dial = dial_for(view, index, 0);
    const struct endpoint *accepted;
    struct wfp_address peer;

    if (client->accepted == NOWHERE || leads_nowhere(view, dial)) {
        return;
    }
    accepted = &view->endpoints[client->accepted];
    if (dial != NULL && dial_meant(view, dial, &peer) &&
        wfp_address_unmapped(&peer).family == WFP_IPV6) {
        finding_met(finding);
    } else if (query_of_client(view, index, accepted->process, NOWHERE).end == QUERY_DONE &&
               client->end != NOWHERE && finding->of->death == NOWHERE &&
               opened(view, client, accepted->process, INTERNET_6) == NOWHERE) {
        fail_family(finding, index, dial);
    }
}

void look_families(struct finding *finding)
{
    each_client(finding, is_ipv6, look_family);
}
