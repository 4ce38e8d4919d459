/* SPDX-License-Identifier: MIT */

/* Redirected clients that wait until the lab has waited long enough: PRX-40. */

#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"

enum { BOUND_QUERIES = 8 /* more is PRX-05 */ };

/* Half-closed ones are PRX-32's. */
static bool is_owed_service(const struct client *client)
{
    return client_is_proper(client) &&
           (client->flags & (EVENT_CLIENT_CONTEXT_BAD | EVENT_CLIENT_HALF_CLOSE)) == 0;
}

static void show_waiting(struct finding *finding, const struct client *client)
{
    finding_line(finding, client->end != NOWHERE ? client->end : client->deadline, "waits in vain");
}

/* ---- without a dial ---- */

/* Why it was not dialled for, where no other rule tells; NULL: one does. */
static const char *idle_sentence(const struct query *query)
{
    switch (query->end) {
    case QUERY_NEVER:
        return "Accepted a client, and neither asked for its record nor closed its connection.";
    case QUERY_DONE:
        return "Had a client's record, and neither dialled for it nor closed its connection.";
    case QUERY_FAILED:
        return query->asked > BOUND_QUERIES
                   ? NULL
                   : "The query failed, and the client's connection was left open.";
    default:
        return NULL;
    }
}

/* PRX-22 tells of servers that speak first, and PRX-24 of families. */
static bool other_rule_tells(const struct client *client)
{
    return (client->flags & EVENT_CLIENT_SERVER_FIRST) != 0 ||
           wfp_address_unmapped(&client->destination).family == WFP_IPV6;
}

static void look_idle(struct finding *finding, const struct client *client)
{
    const struct view *view = finding->view;
    const struct query query = query_of(view, client->accepted, WFP_SIO_QUERY_RECORDS, client->end);
    const char *sentence = other_rule_tells(client) ? NULL : idle_sentence(&query);

    if (sentence == NULL) {
        return;
    }
    finding_fail(finding, "%s", sentence);
    finding_line(finding, event_of(view, view->endpoints[client->accepted].accepted), NULL);
    finding_line(finding, event_of(view, query.act), NULL);
    show_waiting(finding, client);
}

/* ---- with one ---- */

/* Of those that arrived, the last; NULL. */
static const struct dial *arrived(const struct view *view, const struct client *client)
{
    const struct dial *last = NULL;

    for (size_t i = client->dials; i != NOWHERE; i = view->dials[i].next) {
        if (view->dials[i].arrival != NOWHERE) {
            last = &view->dials[i];
        }
    }
    return last;
}

static void look_stalled(struct finding *finding, const struct client *client)
{
    const struct dial *dial = arrived(finding->view, client);

    if (dial == NULL) {
        finding_open(finding, "client %llu waits, and its dial has neither arrived nor failed",
                     (unsigned long long)client->number);
        return;
    }
    if (client->received == 0) {
        finding_fail(finding, "Dialled for a client, and passed nothing on to it.");
    } else if (client->expected > 0 && client->received >= client->expected) {
        finding_fail(finding, "The destination was done, and the client was not told.");
    } else {
        finding_fail(finding, "Passed %llu bytes on to a client, and then nothing any more.",
                     (unsigned long long)client->received);
    }
    finding_line(finding, dial->arrival, NULL);
    finding_line(finding, dial->end, NULL);
    show_waiting(finding, client);
}

/* ---- PRX-40 ---- */

static void look_vain(struct finding *finding, size_t index)
{
    const struct client *client = &finding->view->clients[index];

    if (!client_dialled_in_time(finding->view, index)) {
        look_idle(finding, client);
    } else if (client_dead_end(finding->view, index) == NOWHERE) {
        look_stalled(finding, client);
    }
}

static void look_served(struct finding *finding, size_t index)
{
    const struct client *client = &finding->view->clients[index];

    if (client->accepted == NOWHERE || finding->of->death != NOWHERE || !finding->of->started) {
        return;
    }
    if (client->end != NOWHERE && !client_waits_in_vain(client)) {
        finding_met(finding);
    } else if (!client_waits_in_vain(client)) {
        finding_open(finding, "the trace does not show how client %llu ended",
                     (unsigned long long)client->number);
    } else if (!dials_one_for_all(finding)) {
        look_vain(finding, index);
    }
}

void look_silence(struct finding *finding)
{
    each_client(finding, is_owed_service, look_served);
}
