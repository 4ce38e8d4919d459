/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/play.h"

#include <stdio.h>

#include "harness/complaint.h"
#include "harness/lab/server/client.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/dial.h"
#include "harness/lab/server/hop.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"
#include "harness/lab/server/receiver.h"
#include "harness/lab/server/sender.h"
#include "harness/profile.h"

enum { SOCKETS_MORE = 64 };

/* ---- the world ---- */

static uint32_t clients_of(const struct lab *lab, const struct scenario_member *member)
{
    uint32_t count = 0;

    if (lab->order->leak > 0) {
        return CLIENTS_AT_ONCE;
    }

    for (size_t i = 0; member != NULL && i < member->scenario->group_count; i++) {
        count += member->scenario->groups[i].count * member->scenario->groups[i].flows;
    }
    return count;
}

/* Without a member it is that of the start-up. */
static enum status begin_world(struct lab *lab, const struct scenario_member *member,
                               const struct profile *profile)
{
    const struct model_size size = {.sockets = 8 * clients_of(lab, member) + SOCKETS_MORE,
                                    .context = client_context_max(lab)};
    struct wfp_profile values = profile->values;
    enum status status;

    if (member != NULL) {
        scenario_profile(member, &profile->values, size.context, &values);
    }
    status = model_begin(&lab->model, &values, &size, lab->order->program_count, lab->reversed);
    if (status != STATUS_OK) {
        complain(lab->complaints, "wfpcheck proxy", 0, "world", "memory for it", "none");
    }
    return status;
}

/* ---- the proxies ---- */

static void stop_proxies(struct lab *lab)
{
    for (size_t i = 0; i < lab->proxy_count; i++) {
        if (lab->proxies[i] != NULL) {
            proxy_stop(lab->proxies[i]);
        }
    }
    lab->proxy_count = 0;
}

static bool are_alive(const struct lab *lab)
{
    bool alive = lab->proxy_count == lab->order->program_count;

    for (size_t i = 0; alive && i < lab->proxy_count; i++) {
        alive = lab->proxies[i] != NULL && proxy_alive(lab->proxies[i]);
    }
    return alive;
}

static enum status start_proxies(struct lab *lab, const struct profile *profile)
{
    enum status status;

    stop_proxies(lab);
    status = begin_world(lab, NULL, profile);
    for (size_t i = 0; status == STATUS_OK && i < lab->order->program_count; i++) {
        status = proxy_start(lab, (uint32_t)i + 1, &lab->order->programs[i]);
    }
    for (size_t i = 0; status == STATUS_OK && i < lab->proxy_count; i++) {
        status = proxy_wait(lab->proxies[i]);
    }
    return status;
}

/* ---- one scenario ---- */

/* With two proxies it matters whose callout is asked first. */
static void name_scenario(const struct lab *lab, char *name, size_t size)
{
    const char *above = lab->reversed ? "@2-above-1" : "@1-above-2";

    (void)snprintf(name, size, "%s%s", lab->member->name,
                   lab->order->program_count > 1 ? above : "");
}

static void tell_scenario(struct lab *lab, enum event_kind kind, const struct profile *profile)
{
    struct event event = {.kind = kind};
    char name[SCENARIO_NAME_MAX + 16];

    name_scenario(lab, name, sizeof name);
    event_set_text(&event, FIELD_NAME, name);
    if (kind == EVENT_SCENARIO) {
        event_set_text(&event, FIELD_TEXT, profile->name);
    }
    lab_tell(lab, &event);
}

static bool is_done(struct lab *lab, void *context)
{
    (void)context;
    return (clients_only_doubtful(lab) && dials_over(lab)) || !are_alive(lab);
}

static bool is_over(struct lab *lab, void *context)
{
    (void)context;
    return clients_over(lab) || !are_alive(lab);
}

static bool is_forgotten(struct lab *lab, void *context)
{
    (void)context;
    return lab->sockets_open == 0 || !are_alive(lab);
}

/* As long as clients come to their end, there is time for the others. */
static void wait_for_clients(struct lab *lab)
{
    bool done = false;

    while (!done && !lab->interrupted) {
        const uint64_t since = (lab_time(lab) - lab->last_end) / 1000;

        if (since >= LAB_DEADLINE) {
            return;
        }
        done = lab_wait(lab, is_done, NULL, LAB_DEADLINE - (unsigned)since);
    }
}

/* Between rounds the proxy closes what it has: at such moments its handles can be compared. */
static void wait_for_rounds(struct lab *lab)
{
    wait_for_clients(lab);
    while (!clients_last_round(lab) && clients_only_doubtful(lab) && are_alive(lab) &&
           !lab->interrupted) {
        (void)lab_wait(lab, is_forgotten, NULL, PLAY_LINGER);
        clients_next_round(lab);
        wait_for_clients(lab);
    }
}

static bool has_ended(struct lab *lab, void *context)
{
    (void)context;
    for (size_t i = 0; i < lab->proxy_count; i++) {
        if (lab->proxies[i]->main->peer == NULL && !lab->proxies[i]->ended) {
            return false;
        }
    }
    return true;
}

/* Of a program that is gone the launcher says how it ended. */
static void wait_for_word(struct lab *lab)
{
    if (!are_alive(lab)) {
        (void)lab_wait(lab, has_ended, NULL, LAB_DEADLINE);
    }
}

static void clear(struct lab *lab)
{
    clients_clear(lab);
    senders_clear(lab);
    dials_clear(lab);
    hops_clear(lab);
    receivers_clear(lab);
    lab->member = NULL;
}

/* What goes on after the end of the last client, and what never ended. */
static void end_clients(struct lab *lab)
{
    if (clients_only_doubtful(lab) && !lab_wait(lab, is_over, NULL, PLAY_LINGER)) {
        clients_finish_doubtful(lab);
    }
    clients_give_up(lab);
    dials_give_up(lab);
    (void)lab_wait(lab, is_forgotten, NULL, PLAY_LINGER);
    wait_for_word(lab);
    receivers_finish(lab);
    tell_scenario(lab, EVENT_SCENARIO_END, NULL);
}

static enum status end_scenario(struct lab *lab)
{
    wait_for_word(lab);
    if (!lab->broken) {
        end_clients(lab);
    }
    clear(lab);
    return lab->broken ? STATUS_BROKEN : STATUS_OK;
}

static enum status play_member(struct lab *lab, const struct scenario_member *member,
                               const struct profile *profile)
{
    enum status status = begin_world(lab, member, profile);

    if (status != STATUS_OK) {
        return status;
    }
    lab->member = member;
    lab->scenario_number++;
    lab->heard = 0;
    lab->timeouts = 0;
    lab->sockets_open = 0;
    lab->dials_open = 0;
    if (lab->order->progress != NULL) {
        lab->order->progress(lab->order->progress_context, member->name, profile->name);
    }
    tell_scenario(lab, EVENT_SCENARIO, profile);
    if (clients_start(lab)) {
        wait_for_rounds(lab);
    } else {
        status = STATUS_BROKEN;
    }
    if (end_scenario(lab) != STATUS_OK) {
        status = STATUS_BROKEN;
    }
    if (lab->timeouts > 0 && lab->heard == 0 && are_alive(lab)) {
        lab_note(lab, EVENT_NOTE,
                 "the program made no call in a whole scenario: it hangs, and is started anew");
        stop_proxies(lab);
    }
    return status;
}

static bool is_for(const struct lab *lab, const struct scenario_member *member)
{
    return member->scenario->two == (lab->order->program_count > 1) &&
           member->scenario->leak == (lab->order->leak > 0);
}

static enum status play_all(struct lab *lab, const struct scenarios *scenarios,
                            const struct profile *profile)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < scenarios->member_count; i++) {
        const struct scenario_member *member = &scenarios->members[i];

        if (lab->interrupted) {
            break;
        }
        if (!is_for(lab, member)) {
            continue;
        }
        if (member->scenario->fresh || !are_alive(lab)) {
            status = start_proxies(lab, profile);
        }
        if (status == STATUS_OK) {
            status = play_member(lab, member, profile);
        }
    }
    return status;
}

enum status play_profile(struct lab *lab, const struct scenarios *scenarios,
                         const struct profile *profile)
{
    const int orders = lab->order->program_count > 1 ? 2 : 1;
    enum status status = STATUS_OK;

    for (int i = 0; status == STATUS_OK && i < orders; i++) {
        lab->reversed = i > 0;
        status = play_all(lab, scenarios, profile);
    }
    stop_proxies(lab);
    return lab->interrupted ? STATUS_OK : status;
}

static bool is_dead(struct lab *lab, void *context)
{
    (void)context;
    return !are_alive(lab);
}

enum status play_through(struct lab *lab, const struct profile *profile)
{
    enum { AN_HOUR = 3600000 };
    enum status status = start_proxies(lab, profile);

    while (status == STATUS_OK && !lab->interrupted && are_alive(lab)) {
        (void)lab_wait(lab, is_dead, NULL, AN_HOUR);
    }
    stop_proxies(lab);
    if (status == STATUS_OK) {
        lab->scenario_number = 1;
        lab->interrupted = false;
    }
    return lab->broken ? STATUS_BROKEN : status;
}
