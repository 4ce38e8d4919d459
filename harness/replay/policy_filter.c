/* SPDX-License-Identifier: MIT */

#include "harness/replay/policy_filter.h"

#include <string.h>

#include "harness/reader.h"
#include "harness/replay/subnet.h"
#include "harness/text.h"
#include "harness/topology.h"

enum { SERVICE_NAME_MAX = 16, RANGE_TEXT_MAX = 11, PORT_MAX = 65535 };

static const struct text_rule rule_service = {1, SERVICE_NAME_MAX, NULL, "one of the services"};
static const struct text_rule rule_protocol = {3, 3, NULL, "tcp or udp"};
static const struct text_rule rule_network = {
    4, SUBNET_TEXT_MAX, NULL, "an address, / and a length, as 192.0.2.0/24 or 2001:db8::/32"};

struct filter_row {
    const char *service;
    json_t *protocols, *ports, *networks;
};

static const struct member filter_members[] = {
    {"service", read_text, &rule_service, offsetof(struct filter_row, service)},
    {"protocols", read_later, NULL, offsetof(struct filter_row, protocols)},
    {"ports", read_later, NULL, offsetof(struct filter_row, ports)},
    {"networks", read_later, NULL, offsetof(struct filter_row, networks)},
};
static const struct shape filter_shape = {filter_members, 4, 0x1, MEMBERS_ALL};

/* ---- networks ---- */

bool policy_subnets_read(struct reader *reader, json_t *holder, const char *member, json_t *list,
                         struct subnet *networks, size_t *count)
{
    const char *texts[FILTER_SUBNETS_MAX];
    size_t found = 0;

    if (!read_texts(reader, place_member(holder, member), list, &rule_network, 1,
                    FILTER_SUBNETS_MAX, texts, &found)) {
        return false;
    }
    for (size_t i = 0; i < found; i++) {
        if (!subnet_parse(texts[i], &networks[i])) {
            return reader_complain(reader, place_item(list, i),
                                   "an address, / and a length, with no bit beyond the length, as "
                                   "192.0.2.0/24 or 2001:db8::/32",
                                   "%s", texts[i]);
        }
    }
    *count = found;
    return true;
}

bool policy_subnets_have(const struct subnet *networks, size_t count, const uint64_t words[2],
                         uint8_t family)
{
    for (size_t i = 0; i < count; i++) {
        if (subnet_has(&networks[i], words, family)) {
            return true;
        }
    }
    return false;
}

/* ---- ports ---- */

static bool take_number(const char **cursor, uint32_t *number)
{
    const char *start = *cursor;

    *number = 0;
    while (**cursor >= '0' && **cursor <= '9' && *number <= PORT_MAX) {
        *number = *number * 10 + (uint32_t)(*(*cursor)++ - '0');
    }
    return *cursor > start && *start != '0' && *number <= PORT_MAX;
}

/* "8000-8080" */
static bool parse_range(const char *text, struct port_range *range)
{
    uint32_t first;
    uint32_t last;

    if (strlen(text) > RANGE_TEXT_MAX || !take_number(&text, &first) || *text++ != '-' ||
        !take_number(&text, &last) || *text != '\0' || first > last) {
        return false;
    }
    range->first = (uint16_t)first;
    range->last = (uint16_t)last;
    return true;
}

static bool read_port(struct reader *reader, struct place place, json_t *value,
                      struct port_range *range)
{
    static const struct range range_port = {1, PORT_MAX};
    uint32_t number = 0;

    if (json_is_string(value)) {
        return parse_range(json_string_value(value), range) ||
               reader_complain_value(reader, place, "first-last, both 1 to 65535, as 8000-8080",
                                     value);
    }
    if (!read_number(reader, place, value, &range_port, &number)) {
        return false;
    }
    range->first = (uint16_t)number;
    range->last = (uint16_t)number;
    return true;
}

static bool read_ports(struct reader *reader, json_t *holder, json_t *list,
                       struct policy_filter *filter)
{
    bool good = true;
    size_t index;
    json_t *value;

    if (!check_array(reader, place_member(holder, "ports"), list, 1, FILTER_PORTS_MAX)) {
        return false;
    }
    json_array_foreach(list, index, value) {
        good &= read_port(reader, place_item(list, index), value, &filter->ports[index]);
    }
    filter->port_count = json_array_size(list);
    return good;
}

/* ---- one filter ---- */

static bool read_protocols(struct reader *reader, json_t *holder, json_t *list,
                           struct policy_filter *filter)
{
    const char *texts[2];
    size_t count = 0;

    if (!read_texts(reader, place_member(holder, "protocols"), list, &rule_protocol, 1, 2, texts,
                    &count)) {
        return false;
    }
    filter->protocols = 0;
    for (size_t i = 0; i < count; i++) {
        const bool tcp = strcmp(texts[i], "tcp") == 0;

        if (!tcp && strcmp(texts[i], "udp") != 0) {
            return reader_complain(reader, place_item(list, i), "tcp or udp", "%s", texts[i]);
        }
        filter->protocols |= tcp ? FILTER_TCP : FILTER_UDP;
    }
    return true;
}

static bool find_service(struct reader *reader, json_t *value, const char *name,
                         const struct topology_rows *rows, uint32_t *service)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->services[i].name, name) == 0) {
            *service = i;
            return true;
        }
    }
    return reader_complain(reader, place_member(value, "service"), "one of the services", "%s",
                           name);
}

bool policy_filter_read(struct reader *reader, json_t *holder, size_t index,
                        const struct topology_rows *rows, struct policy_filter *filter)
{
    json_t *value = json_array_get(holder, index);
    struct filter_row row = {0};
    bool good;

    *filter = (struct policy_filter){.protocols = FILTER_TCP | FILTER_UDP};
    if (!read_object(reader, place_item(holder, index), value, &filter_shape, &row)) {
        return false;
    }
    good = find_service(reader, value, row.service, rows, &filter->service);
    if (row.protocols != NULL) {
        good &= read_protocols(reader, value, row.protocols, filter);
    }
    if (row.ports != NULL) {
        good &= read_ports(reader, value, row.ports, filter);
    }
    if (row.networks != NULL) {
        good &= policy_subnets_read(reader, value, "networks", row.networks, filter->networks,
                                    &filter->network_count);
    }
    return good;
}

static bool has_port(const struct policy_filter *filter, uint16_t port)
{
    for (size_t i = 0; i < filter->port_count; i++) {
        if (port >= filter->ports[i].first && port <= filter->ports[i].last) {
            return true;
        }
    }
    return filter->port_count == 0;
}

bool policy_filter_matches(const struct policy_filter *filter, const struct flow_summary *flow)
{
    const uint32_t protocol = flow->protocol == PROTOCOL_TCP ? FILTER_TCP : FILTER_UDP;

    return (filter->protocols & protocol) != 0 && has_port(filter, flow->server.port) &&
           (filter->network_count == 0 ||
            policy_subnets_have(filter->networks, filter->network_count, flow->server.words,
                                flow->family));
}

void policy_filter_text(const struct policy_filter *filter, struct text *text)
{
    static const char *const protocols[4] = {"", "tcp", "udp", "tcp and udp"};

    text_add(text, "%s", protocols[filter->protocols & 3]);
    for (size_t i = 0; i < filter->port_count; i++) {
        const struct port_range *range = &filter->ports[i];

        text_add(text, "%s%u", i == 0 ? " to port " : ", ", (unsigned)range->first);
        if (range->last != range->first) {
            text_add(text, "-%u", (unsigned)range->last);
        }
    }
    for (size_t i = 0; i < filter->network_count; i++) {
        char network[SUBNET_TEXT_MAX];

        subnet_text(&filter->networks[i], network);
        text_add(text, "%s%s", i == 0 ? " in " : ", ", network);
    }
}
