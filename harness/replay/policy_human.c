/* SPDX-License-Identifier: MIT */

#include <inttypes.h>

#include "harness/profile.h"
#include "harness/reader.h"
#include "harness/replay/figure.h"
#include "harness/replay/policy_report.h"
#include "harness/replay/policy_tally.h"

enum { WAY_WIDTH = 52, COLUMN_WIDTH = 14, LOOPS_SHOWN = 10 };

/* ---- the services ---- */

static void add_states(struct text *text, const uint8_t deeds[4], enum wfp_deed deed)
{
    static const char *const does[] = {[WFP_DEED_PERMIT] = "permits",
                                       [WFP_DEED_CONTINUE] = "leaves",
                                       [WFP_DEED_BLOCK] = "blocks",
                                       [WFP_DEED_REDIRECT] = "redirects"};
    unsigned count = 0;

    for (int state = 0; state < 4; state++) {
        if (deeds[state] != deed) {
            continue;
        }
        if (count++ == 0) {
            text_add(text, "         %s what is ", does[deed]);
        }
        text_add(text, "%s%s", count == 1 ? "" : ", ", word_text(&redirect_state_words, state));
    }
    text_add(text, "%s", count == 0 ? "" : "\n");
}

static void add_filters(struct text *text, const struct policy *policy, uint32_t service)
{
    text_add(text, "         asked about ");
    if ((policy->filtered >> service & 1) == 0) {
        text_add(text, "every flow");
    }
    for (size_t i = 0, shown = 0; i < policy->filter_count; i++) {
        if (policy->filters[i].service == service) {
            text_add(text, "%s", shown++ == 0 ? "" : "; ");
            policy_filter_text(&policy->filters[i], text);
        }
    }
}

static void add_service(struct text *text, const struct policy *policy, uint32_t service,
                        unsigned place)
{
    static const char *const families[4] = {"", "IPv4", "IPv6", "IPv4 and IPv6"};
    struct path_scene scene;
    const struct wfp_path_service *built = &scene.topology.services[0];

    policy_scene(policy, UINT32_C(1) << service, &scene);
    text_add(text, "    %u  ", place);
    topology_service_text(built, scene.names[0], text);
    text_add(text, "\n");
    add_filters(text, policy, service);
    text_add(text, ", over %s\n", families[built->families & 3]);
    for (int deed = WFP_DEED_REDIRECT; deed >= WFP_DEED_PERMIT; deed--) {
        add_states(text, built->policy.deeds, (enum wfp_deed)deed);
    }
}

static uint32_t place_of(const struct policy *policy, uint32_t service)
{
    uint32_t place = 0;

    for (uint32_t other = 0; other < policy->rows.count; other++) {
        place += other != service && policy_asked_before(policy, other, service);
    }
    return place;
}

/* Who is asked in this place, from 0. */
static uint32_t service_at(const struct policy *policy, uint32_t place)
{
    uint32_t service = 0;

    while (place_of(policy, service) != place) {
        service++;
    }
    return service;
}

static void add_services(struct text *text, const struct policy *policy)
{
    for (uint32_t place = 0; place < policy->rows.count; place++) {
        add_service(text, policy, service_at(policy, place), place + 1);
    }
}

static void add_local(struct text *text, const struct policy *policy)
{
    for (size_t i = 0; i < policy->local_count; i++) {
        char network[SUBNET_TEXT_MAX];

        subnet_text(&policy->local[i], network);
        text_add(text, "%s%s", i == 0 ? "    this machine: " : ", ", network);
    }
    text_add(text, "%s", policy->local_count == 0 ? "    this machine: every client\n" : "\n");
}

/* ---- what becomes of the flows ---- */

static void add_tally(struct text *text, const struct tally *tally)
{
    const size_t start = text->length;

    text_add(text, "    %s", policy_fate_text(tally->fate));
    if (tally->way.length > 0) {
        text_add(text, "%s%s",
                 tally->fate == FATE_BLOCKED || tally->fate == FATE_REFUSED ? " " : ": ",
                 text_bytes(&tally->way));
    }
    text_pad(text, start, WAY_WIDTH);
    figure_add(text, tally->flows[0], COLUMN_WIDTH);
    figure_add(text, tally->flows[1], COLUMN_WIDTH);
    text_add(text, "\n");
}

static void add_carried(struct text *text, const struct policy_classes *classes)
{
    uint64_t carried = 0;
    const size_t start = text->length;

    for (size_t i = 0; i < policy_class_total(classes); i++) {
        carried += policy_class_at(classes, i)->carried;
    }
    if (carried > 0) {
        text_add(text, "    the proxy gets a record with the first datagram");
        text_pad(text, start, WAY_WIDTH);
        figure_add(text, 0, COLUMN_WIDTH);
        figure_add(text, carried, COLUMN_WIDTH);
        text_add(text, "\n");
    }
}

static void add_fates(struct text *text, const struct replay_report *report,
                      const struct tallies *tallies)
{
    const size_t start = text->length;

    text_add(text, "\n  what would become of the flows");
    text_pad(text, start + 1, WAY_WIDTH);
    text_add(text, "%*s%*s\n", COLUMN_WIDTH, "TCP", COLUMN_WIDTH, "UDP");
    for (size_t i = 0; i < tallies->count; i++) {
        add_tally(text, &tallies->items[i]);
    }
    text_add(text, "%s", tallies->count == 0 ? "    there are none\n" : "");
    add_carried(text, report->classes);
}

/* ---- paths ---- */

/* Its number in the outcome of the class, from 0. */
static uint32_t number_in(const struct policy_class *class, uint32_t service)
{
    uint32_t number = 0;

    for (uint32_t other = 0; other < service; other++) {
        number += class->services >> other & 1;
    }
    return number;
}

static void add_hop(struct text *text, const struct policy *policy,
                    const struct policy_class *class, size_t hop)
{
    const struct outcome_hop *made = &class->outcome.hops[hop];
    unsigned count = 0;
    bool redirected = false; /* by one that was asked before */

    text_add(text, "      hop %zu, by %s:", hop + 1,
             path_station_name(class->names, class->outcome.stations[hop]));
    for (uint32_t place = 0; place < policy->rows.count; place++) {
        const uint32_t service = service_at(policy, place);
        const uint32_t number = number_in(class, service);

        if ((class->services >> service & 1) != 0 && made->told[number] != TOLD_NOT_ASKED) {
            const uint8_t did = made->did[number];

            text_add(text, "%s %s is told %s: %s%s", count++ == 0 ? "" : ",", class->names[number],
                     word_text(&told_words, made->told[number]), word_text(&did_words, did),
                     redirected && did == WFP_DEED_PERMIT ? " (already redirected)" : "");
            redirected = redirected || did == WFP_DEED_REDIRECT;
        }
    }
    text_add(text, "%s\n", count == 0 ? " nobody is asked" : "");
}

static void add_path(struct text *text, const struct replay_report *report,
                     const struct policy_class *class)
{
    char digits[FIGURE_MAX];
    char id[FLOW_ID_MAX];

    replay_flow_id(report, class->first_packet, id);
    text_add(text, "    %s over IPv%u, %s flow%s, the first %s: ",
             class->protocol == PROTOCOL_TCP ? "tcp" : "udp", (unsigned)class->family,
             figure_text(class->flows - class->unclassified, digits),
             class->flows - class->unclassified == 1 ? "" : "s", id);
    if (!class->followed) {
        text_add(text, "%s\n", policy_fate_text((enum policy_fate) class->fate));
        return;
    }
    path_outcome_text(&class->outcome, class->names, text);
    text_add(text, "\n");
    for (size_t hop = 0; hop < class->outcome.told_hops; hop++) {
        add_hop(text, policy_classes_policy(report->classes), class, hop);
    }
}

static void add_paths(struct text *text, const struct replay_report *report)
{
    const char *head = "\n  the paths, where a service is asked\n";

    for (size_t i = 0; i < policy_class_total(report->classes); i++) {
        const struct policy_class *class = policy_class_at(report->classes, i);

        if (class->flows > class->unclassified && class->services != 0) {
            text_add(text, "%s", head);
            add_path(text, report, class);
            head = "";
        }
    }
}

static void add_loops(struct text *text, const struct replay_report *report,
                      const struct tallies *tallies)
{
    size_t shown = 0;

    for (size_t i = 0; i < tallies->count; i++) {
        const struct tally *tally = &tallies->items[i];
        char digits[FIGURE_MAX];
        char id[FLOW_ID_MAX];

        if (tally->fate != FATE_LOOP || ++shown > LOOPS_SHOWN) {
            continue;
        }
        replay_flow_id(report, tally->first_packet, id);
        text_add(text, "%s    %s: %s flow%s, the first %s\n",
                 shown == 1 ? "\n  loops, those of most flows first\n" : "",
                 text_bytes(&tally->way), figure_text(tally->flows[0] + tally->flows[1], digits),
                 tally->flows[0] + tally->flows[1] == 1 ? "" : "s", id);
    }
    if (shown > LOOPS_SHOWN) {
        text_add(text, "    and %zu more\n", shown - LOOPS_SHOWN);
    }
}

void policy_report_add(struct text *text, const struct replay_report *report)
{
    const struct policy *policy = policy_classes_policy(report->classes);
    struct tallies *tallies = policy_tallies(report->classes);

    text_add(text, "\n  policy ");
    text_add_safe(text, report->policy, false);
    text_add(text, ", profile %s: who is asked, in this order\n",
             policy_classes_profile(report->classes)->name);
    add_services(text, policy);
    add_local(text, policy);
    if (tallies == NULL) {
        text_add(text, "  no memory for the rest\n");
        return;
    }
    add_fates(text, report, tallies);
    add_paths(text, report);
    add_loops(text, report, tallies);
    policy_tallies_free(tallies);
}
