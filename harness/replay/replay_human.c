/* SPDX-License-Identifier: MIT */

#include <inttypes.h>

#include "harness/replay/figure.h"
#include "harness/replay/policy_report.h"
#include "harness/replay/replay_report.h"
#include "harness/text.h"

#define DOT " \xC2\xB7 "

enum { NAME_WIDTH = 38, CAUSE_WIDTH = 50, FIGURE_WIDTH = 14 };

static void add_row(struct text *text, const char *name, const uint64_t *figures, size_t count)
{
    const size_t start = text->length;

    text_add(text, "  %s", name);
    text_pad(text, start, NAME_WIDTH);
    for (size_t i = 0; i < count; i++) {
        figure_add(text, figures[i], FIGURE_WIDTH);
    }
    text_add(text, "\n");
}

static void add_rest(struct text *text, const char *name, uint64_t number)
{
    if (number > 0) {
        add_row(text, name, &number, 1);
    }
}

/* ---- captures ---- */

/* The name comes last, for it may be long. */
static void add_capture(struct text *text, const struct replay_capture *capture)
{
    const struct capture_result *result = &capture->result;
    const size_t start = text->length;

    figure_add(text, result->packets, FIGURE_WIDTH);
    text_add(text, " packets  %-10s  ", capture_verdict_name(result->verdict));
    text_add_safe(text, result->link_name, false);
    text_pad(text, start, FIGURE_WIDTH + 36);
    text_add_safe(text, capture->path, false);
    if (result->why[0] != '\0') {
        text_add(text, ": ");
        text_add_safe(text, result->why, false);
    }
    text_add(text, "\n");
}

static void add_head(struct text *text, const struct replay_report *report)
{
    text_add(text, "wfpcheck %s" DOT "replay of %zu capture%s", WFPCHECK_VERSION, report->count,
             report->count == 1 ? "" : "s");
    if (report->filter != NULL) {
        text_add(text, DOT "filter ");
        text_add_safe(text, report->filter, false);
    }
    text_add(text, "\n");
    for (size_t i = 0; i < report->started; i++) {
        add_capture(text, &report->captures[i]);
    }
    if (report->started < report->count) {
        text_add(text, "  interrupted: %zu not read\n", report->count - report->started);
    }
}

/* ---- flows ---- */

static const char *const end_texts[FLOW_END_COUNT] = {
    [FLOW_STILL_OPEN] = "still open at the end",
    [FLOW_CLOSED] = "closed (FIN both ways)",
    [FLOW_RESET] = "reset (RST)",
    [FLOW_IDLE] = "idle for too long",
    [FLOW_REUSED] = "ports used again",
    [FLOW_NO_ROOM] = "ended early: too many alive",
};

static const char *const confidence_texts[FLOW_CONFIDENCE_COUNT] = {
    [FLOW_BY_SYN] = "its SYN",
    [FLOW_BY_SYN_ACK] = "the answer to its SYN",
    [FLOW_BY_PORT] = "the other's port",
    [FLOW_BY_FIRST_SEEN] = "sending first",
};

/*
 * A connection is not classified where its SYN was not seen; a flow of datagrams where the peer
 * sent the first, also where that is an answer that comes after the idle time (UDP-07, UDP-10).
 */
static void add_unclassified(struct text *text, uint64_t tcp, uint64_t udp)
{
    if (tcp > 0) {
        add_row(text, "not classified: beginning not seen", (const uint64_t[]){tcp, 0}, 2);
    }
    if (udp > 0) {
        add_row(text, "not classified: the peer sent first", (const uint64_t[]){0, udp}, 2);
    }
}

static void add_flows(struct text *text, const struct flow_counts *counts)
{
    uint64_t all[2] = {0, 0};

    for (unsigned end = 0; end < FLOW_END_COUNT; end++) {
        all[0] += counts->flows[FLOW_ROW_TCP][end];
        all[1] += counts->flows[FLOW_ROW_UDP][end];
    }
    text_add(text, "\n  %-*s%*s%*s\n", NAME_WIDTH - 2, "", FIGURE_WIDTH, "TCP", FIGURE_WIDTH,
             "UDP");
    add_row(text, "packets in flows", counts->packets, 2);
    add_row(text, "flows", all, 2);
    for (unsigned end = 0; end < FLOW_END_COUNT; end++) {
        const uint64_t both[2] = {counts->flows[0][end], counts->flows[1][end]};
        char name[NAME_WIDTH + 8];

        if (both[0] + both[1] > 0) {
            (void)snprintf(name, sizeof name, "  %s", end_texts[end]);
            add_row(text, name, both, 2);
        }
    }
    add_row(text, "classified at connect-redirect", counts->classified, 2);
    add_row(text, "datagrams to carry a record", (const uint64_t[]){0, counts->records}, 2);
    add_unclassified(text, all[0] - counts->classified[0], all[1] - counts->classified[1]);
}

static void add_confidence(struct text *text, const struct flow_counts *counts)
{
    const char *before = "\n  the client is known by ";

    for (unsigned i = 0; i < FLOW_CONFIDENCE_COUNT; i++) {
        char digits[FIGURE_MAX];

        if (counts->confidence[i] > 0) {
            text_add(text, "%s%s in %s", before, confidence_texts[i],
                     figure_text(counts->confidence[i], digits));
            before = ", ";
        }
    }
    text_add(text, "%s", before[0] == ',' ? "\n" : "");
}

/* ---- what is in no flow ---- */

static uint64_t count_causes(const struct cause_counts *causes)
{
    uint64_t all = 0;

    for (unsigned cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
        all += causes->packets[cause];
    }
    return all;
}

static void add_cause(struct text *text, const struct replay_report *report, enum cause cause)
{
    const struct cause_counts *causes = &replay_counts(report->replay)->causes;
    const struct replay_place place = replay_place(report, causes->first[cause]);
    const size_t start = text->length;

    if (causes->packets[cause] == 0) {
        return;
    }
    text_add(text, "    %s", cause_row(cause)->text);
    text_pad(text, start, CAUSE_WIDTH);
    figure_add(text, causes->packets[cause], FIGURE_WIDTH);
    text_add(text, "   first: packet %" PRIu64, place.packet);
    if (report->count > 1) {
        text_add(text, " of ");
        text_add_safe(text, report->captures[place.capture].path, false);
    }
    text_add(text, "\n");
}

static void add_causes(struct text *text, const struct replay_report *report)
{
    const uint64_t all = count_causes(&replay_counts(report->replay)->causes);
    char digits[FIGURE_MAX];

    if (all == 0) {
        return;
    }
    text_add(text, "\n  packets in no flow: %s\n", figure_text(all, digits));
    for (unsigned cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
        add_cause(text, report, (enum cause)cause);
    }
}

static void tell_end(const struct replay_report *report)
{
    const struct replay_counts *counts = replay_counts(report->replay);
    const struct flow_counts *flows = replay_flow_counts(report->replay);
    const uint64_t memory = replay_flow_bytes(report->replay);
    struct text text = {0};

    add_head(&text, report);
    text_add(&text, "\n");
    add_row(&text, "packets", &counts->packets, 1);
    add_row(&text, "bytes on the wire", &counts->bytes, 1);
    add_rest(&text, "IPv4 packets", counts->ipv4);
    add_rest(&text, "IPv6 packets", counts->ipv6);
    add_rest(&text, "later fragments in flows", flows->fragments);
    add_rest(&text, "SYNs sent again", flows->retransmissions);
    add_rest(&text, "simultaneous opens", flows->simultaneous);
    add_rest(&text, "time stamps that go back", flows->backwards);
    add_rest(&text, "times the clock was set back", flows->clock_set);
    add_row(&text, "flows alive at once, at most", &flows->alive_most, 1);
    add_row(&text, "bytes of memory for flows", &memory, 1);
    add_flows(&text, flows);
    add_confidence(&text, flows);
    if (report->classes != NULL) {
        policy_report_add(&text, report);
    }
    add_causes(&text, report);
    text_add(&text, "\n  %s\n", replay_caution);
    (void)fputs(text_bytes(&text), report->out);
    text_clear(&text);
}

const struct replay_format replay_human = {"human", NULL, tell_end};
