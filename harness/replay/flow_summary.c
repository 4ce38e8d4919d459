/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_summary.h"

const char *flow_confidence_name(enum flow_confidence confidence)
{
    static const char *const names[FLOW_CONFIDENCE_COUNT] = {
        [FLOW_BY_SYN] = "syn",
        [FLOW_BY_SYN_ACK] = "syn-ack",
        [FLOW_BY_PORT] = "port",
        [FLOW_BY_FIRST_SEEN] = "first-seen",
    };

    return names[confidence];
}

const char *flow_end_name(enum flow_end end)
{
    static const char *const names[FLOW_END_COUNT] = {
        [FLOW_STILL_OPEN] = "open", [FLOW_CLOSED] = "closed", [FLOW_RESET] = "reset",
        [FLOW_IDLE] = "idle",       [FLOW_REUSED] = "reused", [FLOW_NO_ROOM] = "no-room",
    };

    return names[end];
}
