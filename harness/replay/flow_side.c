/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_side.h"

#include <wfp/flow.h>

enum { PORT_SERVICE_END = 1024, PORT_REGISTERED_END = 32768 };

static unsigned port_class(const struct packet *packet, unsigned end)
{
    const uint16_t port = packet->key.port[end];

    if (port < PORT_SERVICE_END) {
        return 0;
    }
    return port < PORT_REGISTERED_END || packet->key.protocol == PROTOCOL_UDP ? 1 : 2;
}

static bool is_group(const struct packet *packet, unsigned end)
{
    const uint64_t *words = packet->key.address[end];

    if (packet->key.family == 6) {
        return words[0] >> 56 == 0xFF;
    }
    return words[1] >> 28 == 0xE || words[1] == 0xFFFFFFFFu;
}

enum flow_confidence flow_side_decide(const struct packet *packet, uint8_t *client)
{
    const unsigned sender = packet->from;
    const unsigned receiver = 1 - sender;
    const unsigned sender_class = port_class(packet, sender);
    const unsigned receiver_class = port_class(packet, receiver);

    *client = (uint8_t)sender;
    if (packet->key.protocol == PROTOCOL_TCP && (packet->tcp_flags & WFP_TCP_SYN) != 0 &&
        (packet->tcp_flags & WFP_TCP_RST) == 0) {
        *client = (uint8_t)((packet->tcp_flags & WFP_TCP_ACK) != 0 ? receiver : sender);
        return (packet->tcp_flags & WFP_TCP_ACK) != 0 ? FLOW_BY_SYN_ACK : FLOW_BY_SYN;
    }
    if (sender_class == receiver_class || is_group(packet, receiver)) {
        return FLOW_BY_FIRST_SEEN;
    }
    *client = (uint8_t)(sender_class > receiver_class ? sender : receiver);
    return FLOW_BY_PORT;
}
