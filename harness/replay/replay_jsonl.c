/* SPDX-License-Identifier: MIT */

#include <inttypes.h>
#include <jansson.h>

#include "harness/json_line.h"
#include "harness/replay/address.h"
#include "harness/replay/policy_report.h"
#include "harness/replay/replay_report.h"
#include "harness/text.h"

static void set(json_t *object, const char *name, uint64_t number)
{
    (void)json_object_set_new(object, name, json_integer((json_int_t)number));
}

static void set_text(json_t *object, const char *name, const char *raw)
{
    struct text text = {0};

    text_add_safe(&text, raw, false);
    (void)json_object_set_new(object, name, json_string(text_bytes(&text)));
    text_clear(&text);
}

static void set_address(json_t *object, const char *name, const struct flow_address *address,
                        uint8_t family)
{
    char text[ADDRESS_TEXT_MAX];

    address_text(address->words, family, text);
    (void)json_object_set_new(object, name, json_pack("[s, i]", text, (int)address->port));
}

static void tell_flow(const struct replay_report *report, const struct flow_summary *flow)
{
    const bool tcp = flow->protocol == PROTOCOL_TCP;
    json_t *object = json_pack("{s:s}", "type", "flow");
    char id[FLOW_ID_MAX];

    replay_flow_id(report, flow->first_packet, id);
    set_text(object, "id", id);
    set_text(object, "protocol", tcp ? "tcp" : "udp");
    set_address(object, "client", &flow->client, flow->family);
    set_address(object, "server", &flow->server, flow->family);
    set_text(object, "client_by", flow_confidence_name(flow->confidence));
    set_text(object, "end", flow_end_name(flow->end));
    (void)json_object_set_new(object, "classified", json_boolean(flow->classified));
    if (tcp) {
        (void)json_object_set_new(object, "simultaneous", json_boolean(flow->simultaneous));
    } else {
        set(object, "records", flow->records);
    }
    set(object, "first_us", flow->first_time);
    set(object, "last_us", flow->last_time);
    set(object, "packets", flow->packets);
    set(object, "bytes", flow->bytes);
    if (report->classes != NULL) {
        (void)json_object_set_new(object, "policy", policy_flow_json(report, flow));
    }
    json_line_print(object, 0, report->out);
}

static json_t *capture_list(const struct replay_report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->started; i++) {
        const struct capture_result *result = &report->captures[i].result;
        json_t *object = json_object();

        set_text(object, "file", report->captures[i].path);
        set_text(object, "verdict", capture_verdict_name(result->verdict));
        if (result->why[0] != '\0') {
            set_text(object, "why", result->why);
        }
        set_text(object, "link", result->link_name);
        set(object, "packets", result->packets);
        (void)json_array_append_new(array, object);
    }
    return array;
}

static json_t *cause_list(const struct replay_report *report)
{
    const struct cause_counts *causes = &replay_counts(report->replay)->causes;
    json_t *object = json_object();

    for (unsigned cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
        if (causes->packets[cause] > 0) {
            const struct replay_place place = replay_place(report, causes->first[cause]);

            (void)json_object_set_new(object, cause_row((enum cause)cause)->id,
                                      json_pack("{s:I, s:I, s:I}", "packets",
                                                (json_int_t)causes->packets[cause], "first_capture",
                                                (json_int_t)place.capture + 1, "first_packet",
                                                (json_int_t)place.packet));
        }
    }
    return object;
}

static json_t *flow_sums(const struct flow_counts *counts, enum flow_protocol_row row)
{
    json_t *object = json_object();
    uint64_t all = 0;

    for (unsigned end = 0; end < FLOW_END_COUNT; end++) {
        all += counts->flows[row][end];
    }
    set(object, "flows", all);
    set(object, "packets", counts->packets[row]);
    set(object, "classified", counts->classified[row]);
    for (unsigned end = 0; end < FLOW_END_COUNT; end++) {
        set(object, flow_end_name((enum flow_end)end), counts->flows[row][end]);
    }
    return object;
}

static json_t *confidence_list(const struct flow_counts *counts)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < FLOW_CONFIDENCE_COUNT; i++) {
        set(object, flow_confidence_name((enum flow_confidence)i), counts->confidence[i]);
    }
    return object;
}

static void tell_end(const struct replay_report *report)
{
    const struct replay_counts *counts = replay_counts(report->replay);
    const struct flow_counts *flows = replay_flow_counts(report->replay);
    json_t *object = json_pack("{s:s}", "type", "summary");

    set_text(object, "version", WFPCHECK_VERSION);
    set_text(object, "caution", replay_caution);
    if (report->filter != NULL) {
        set_text(object, "filter", report->filter);
    }
    (void)json_object_set_new(object, "captures", capture_list(report));
    set(object, "packets", counts->packets);
    set(object, "bytes", counts->bytes);
    set(object, "ipv4", counts->ipv4);
    set(object, "ipv6", counts->ipv6);
    (void)json_object_set_new(object, "tcp", flow_sums(flows, FLOW_ROW_TCP));
    (void)json_object_set_new(object, "udp", flow_sums(flows, FLOW_ROW_UDP));
    set(object, "later_fragments", flows->fragments);
    set(object, "records", flows->records);
    set(object, "simultaneous", flows->simultaneous);
    set(object, "retransmitted_syns", flows->retransmissions);
    (void)json_object_set_new(object, "client_by", confidence_list(flows));
    (void)json_object_set_new(object, "no_flow", cause_list(report));
    set(object, "backwards", flows->backwards);
    set(object, "clock_set", flows->clock_set);
    set(object, "alive_most", flows->alive_most);
    set(object, "flow_memory", replay_flow_bytes(report->replay));
    if (report->classes != NULL) {
        (void)json_object_set_new(object, "policy", policy_summary_json(report));
    }
    json_line_print(object, 0, report->out);
}

const struct replay_format replay_jsonl = {"jsonl", tell_flow, tell_end};
