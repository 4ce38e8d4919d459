/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/datagrams.h"
#include "harness/lab/rules/look.h"

/* ---- PRX-31: payload ---- */

/* Where one side closes before the other, what goes wrong is PRX-32's; where flows of one source
 * are mixed, PRX-28's. */
static bool other_rule_tells(const struct finding *finding, const struct event *event)
{
    const struct view *view = finding->view;
    const size_t index =
        view_client_numbered(view, finding->part, event_number(event, FIELD_CLIENT));
    const struct client *client = index == NOWHERE ? NULL : &view->clients[index];

    return client != NULL &&
           ((client->flags & EVENT_CLIENT_HALF_CLOSE) != 0 ||
            (client_is_datagrams(client) && datagrams_sibling(view, index) != NOWHERE));
}

static void look_data(struct finding *finding, size_t index)
{
    const struct event event = view_event(finding->view, index);

    if (event.kind != EVENT_CLIENT_DATA && event.kind != EVENT_ARRIVAL_DATA) {
        return;
    }
    if (event_number(&event, FIELD_ERROR) == 0 && event_number(&event, FIELD_SIZE) > 0) {
        finding_met(finding);
    } else if (event_number(&event, FIELD_ERROR) == 0) {
        return;
    } else if (!other_rule_tells(finding, &event) && finding->of->death == NOWHERE &&
               !dials_one_for_all(finding)) {
        finding_fail(finding, event.kind == EVENT_CLIENT_DATA
                                  ? "A client received other bytes than its destination sent."
                                  : "A destination received other bytes than its client sent.");
        finding_line(finding, index, NULL);
    }
}

void look_payload(struct finding *finding)
{
    for (size_t i = finding->of->first; i < finding->of->end; i++) {
        look_data(finding, i);
    }
}

/* ---- PRX-32: half-close ---- */

static bool closes_by_half(const struct client *client)
{
    return client_is_proper(client) && (client->flags & EVENT_CLIENT_HALF_CLOSE) != 0;
}

/* What the destination had received when its connection ended in order; 0: it did not. */
static uint64_t arrived_by(const struct view *view, const struct dial *dial)
{
    struct event end;

    if (dial->end == NOWHERE) {
        return 0;
    }
    end = view_event(view, dial->end);
    return event_number(&end, FIELD_HOW) == EVENT_END_CLOSED ? event_number(&end, FIELD_SIZE) : 0;
}

/* Of the dials for a client that arrived, the one that brought the most; NULL. */
static const struct dial *best_dial(const struct view *view, size_t client)
{
    const struct dial *best = NULL;

    for (size_t i = view->clients[client].dials; i != NOWHERE; i = view->dials[i].next) {
        const struct dial *dial = &view->dials[i];

        if (dial->arrival != NOWHERE &&
            (best == NULL || arrived_by(view, dial) > arrived_by(view, best))) {
            best = dial;
        }
    }
    return best;
}

static uint64_t sent(const struct view *view, const struct client *client)
{
    struct event shutdown;

    if (client->shutdown == NOWHERE) {
        return UINT64_MAX;
    }
    shutdown = view_event(view, client->shutdown);
    return event_number(&shutdown, FIELD_SIZE);
}

static void look_half(struct finding *finding, size_t index)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];
    const struct dial *dial = best_dial(view, index);

    if (dial == NULL || finding->of->death != NOWHERE || client->end == NOWHERE ||
        view->acts[dial->act].event > client->end) {
        return;
    }
    if (client->received >= client->expected && arrived_by(view, dial) >= sent(view, client)) {
        finding_met(finding);
        return;
    }
    finding_fail(finding, client_waits_in_vain(client)
                              ? "The end of one direction was not passed on."
                              : "The end of one direction ended the other, too.");
    finding_line(finding, client->shutdown, NULL);
    finding_line(finding, dial->end, NULL);
    finding_line(finding, client->end, "what came is not all that was sent");
}

void look_half_close(struct finding *finding)
{
    each_client(finding, closes_by_half, look_half);
}
