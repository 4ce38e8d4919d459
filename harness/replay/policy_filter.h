/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_POLICY_FILTER_H
#define HARNESS_REPLAY_POLICY_FILTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/replay/flow_summary.h"
#include "harness/replay/subnet.h"

/*
 * Which flows a service is asked about: the conditions of its filters. All conditions of one filter
 * must hold; a condition that is not given always does. The remote end is the server's.
 */
struct reader;
struct text;
struct topology_rows;

enum { FILTER_PORTS_MAX = 32, FILTER_SUBNETS_MAX = 32 };
enum { FILTER_TCP = 1, FILTER_UDP = 2 };

struct port_range {
    uint16_t first, last;
};

struct policy_filter {
    uint32_t service;   /* from 0 */
    uint32_t protocols; /* FILTER_TCP, FILTER_UDP */
    size_t port_count, network_count;
    struct port_range ports[FILTER_PORTS_MAX];
    struct subnet networks[FILTER_SUBNETS_MAX];
};

/* `rows` has the services that may be named. False after a complaint. */
bool policy_filter_read(struct reader *reader, json_t *holder, size_t index,
                        const struct topology_rows *rows, struct policy_filter *filter);
/* An array of at most FILTER_SUBNETS_MAX networks. */
bool policy_subnets_read(struct reader *reader, json_t *holder, const char *member, json_t *list,
                         struct subnet *networks, size_t *count);

bool policy_filter_matches(const struct policy_filter *filter, const struct flow_summary *flow);
bool policy_subnets_have(const struct subnet *networks, size_t count, const uint64_t words[2],
                         uint8_t family);

/* "tcp to port 80, 443, 8000-8080 in 198.51.100.0/24". */
void policy_filter_text(const struct policy_filter *filter, struct text *text);

#endif
