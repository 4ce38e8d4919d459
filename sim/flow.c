/* SPDX-License-Identifier: MIT */

#include <wfp/flow.h>

struct wfp_flow_times wfp_flow_times_default(void)
{
    const struct wfp_flow_times times = {
        .udp_idle = 60 * WFP_SECOND,
        .tcp_opening = 120 * WFP_SECOND,
        .tcp_idle = 3600 * WFP_SECOND,
        .tcp_closed = 120 * WFP_SECOND,
    };

    return times;
}

uint64_t wfp_flow_patience(const struct wfp_flow *flow, const struct wfp_flow_times *times)
{
    /* A table, for this is asked with every packet and its answer is hard to foresee. */
    const uint64_t patience[2][WFP_FLOW_RESET + 1] = {
        [WFP_FLOW_UDP] =
            {[WFP_FLOW_CONNECTED] = times->udp_idle, [WFP_FLOW_LIVE] = times->udp_idle},
        [WFP_FLOW_TCP] = {[WFP_FLOW_OPENING] = times->tcp_opening,
                          [WFP_FLOW_LIVE] = times->tcp_idle,
                          [WFP_FLOW_TIME_WAIT] = times->tcp_closed,
                          [WFP_FLOW_RESET] = times->tcp_closed},
    };

    return patience[flow->kind][flow->state];
}

/* ---- datagrams ---- */

static uint32_t create_datagram_flow(struct wfp_flow *flow, const struct wfp_flow_event *event)
{
    flow->state = WFP_FLOW_LIVE;
    if (event->kind == WFP_FLOW_CONNECT) {
        flow->state = WFP_FLOW_CONNECTED;
        return WFP_FLOW_CREATED | WFP_FLOW_CLASSIFIED;
    }
    if (event->side == WFP_FLOW_PEER) {
        return WFP_FLOW_CREATED;
    }
    return WFP_FLOW_CREATED | WFP_FLOW_CLASSIFIED | WFP_FLOW_CARRIES_RECORD;
}

static uint32_t step_datagram(struct wfp_flow *flow, const struct wfp_flow_event *event)
{
    if (flow->state == WFP_FLOW_NONE) {
        return create_datagram_flow(flow, event);
    }
    if (flow->state == WFP_FLOW_CONNECTED && event->side == WFP_FLOW_OWNER) {
        flow->state = WFP_FLOW_LIVE;
        return WFP_FLOW_CARRIES_RECORD;
    }
    return WFP_FLOW_LATER;
}

/* ---- segments ---- */

static bool is_over(const struct wfp_flow *flow)
{
    return flow->state == WFP_FLOW_TIME_WAIT || flow->state == WFP_FLOW_RESET;
}

static bool is_known_syn(const struct wfp_flow *flow, const struct wfp_flow_event *event)
{
    return (flow->syn >> event->side & 1) != 0 && flow->sequence[event->side] == event->sequence;
}

/*
 * Does this SYN begin another connection? While the handshake is under way a side may answer with
 * another number (a server with SYN cookies does) without there being a second connect.
 */
static bool uses_ports_again(const struct wfp_flow *flow, const struct wfp_flow_event *event)
{
    const bool answer = (event->tcp_flags & WFP_TCP_ACK) != 0;
    const bool seen = (flow->syn >> event->side & 1) != 0;

    if ((event->tcp_flags & WFP_TCP_SYN) == 0 || (event->tcp_flags & WFP_TCP_RST) != 0 ||
        is_known_syn(flow, event)) {
        return false;
    }
    if (flow->state == WFP_FLOW_OPENING) {
        return seen && !answer;
    }
    return seen || !answer || flow->syn == 0;
}

static uint32_t take_syn(struct wfp_flow *flow, const struct wfp_flow_event *event)
{
    const uint8_t side = (uint8_t)(1u << event->side);
    const bool again = is_known_syn(flow, event);
    const bool answer = (event->tcp_flags & WFP_TCP_ACK) != 0;
    const bool crossed = !again && !answer && (flow->syn & ~side) != 0;
    const bool late = crossed && (flow->answered & ~side) != 0;

    flow->syn |= side;
    flow->answered |= answer ? side : 0u;
    flow->sequence[event->side] = event->sequence;
    if (flow->state == WFP_FLOW_NONE || (again && flow->state == WFP_FLOW_RESET)) {
        flow->state = WFP_FLOW_OPENING;
    }
    if (again) {
        return WFP_FLOW_RETRANSMITTED;
    }
    /* A SYN that the capture holds after its own answer is no second opening. */
    if (late) {
        return event->side == WFP_FLOW_OWNER ? WFP_FLOW_CLASSIFIED : 0u;
    }
    return crossed ? WFP_FLOW_SIMULTANEOUS : 0u;
}

static uint32_t end_by(struct wfp_flow *flow, enum wfp_flow_state state)
{
    if (is_over(flow)) {
        return 0;
    }
    flow->state = (uint8_t)state;
    return WFP_FLOW_ENDED;
}

static uint32_t take_segment(struct wfp_flow *flow, const struct wfp_flow_event *event)
{
    uint32_t told = 0;

    if ((event->tcp_flags & WFP_TCP_RST) != 0) {
        return end_by(flow, WFP_FLOW_RESET);
    }
    if ((event->tcp_flags & WFP_TCP_SYN) != 0) {
        told = take_syn(flow, event);
    } else if (!is_over(flow)) {
        flow->state = WFP_FLOW_LIVE;
    }
    if ((event->tcp_flags & WFP_TCP_FIN) != 0) {
        flow->fin |= (uint8_t)(1u << event->side);
        if (flow->fin == 3) {
            told |= end_by(flow, WFP_FLOW_TIME_WAIT);
        }
    }
    return told;
}

static uint32_t step_segment(struct wfp_flow *flow, const struct wfp_flow_event *event)
{
    const uint8_t opening = event->tcp_flags & (WFP_TCP_SYN | WFP_TCP_RST | WFP_TCP_ACK);
    uint32_t told = 0;

    if (flow->state != WFP_FLOW_NONE && uses_ports_again(flow, event)) {
        *flow = (struct wfp_flow){.last = flow->last, .kind = WFP_FLOW_TCP};
        told = WFP_FLOW_OVER;
    }
    if (flow->state != WFP_FLOW_NONE) {
        return WFP_FLOW_LATER | take_segment(flow, event);
    }
    told |= WFP_FLOW_CREATED | take_segment(flow, event);
    if (opening == WFP_TCP_SYN && event->side == WFP_FLOW_OWNER) {
        told |= WFP_FLOW_CLASSIFIED;
    }
    return told;
}

/* ---- the step ---- */

static uint32_t close_flow(struct wfp_flow *flow)
{
    const uint32_t told =
        flow->state != WFP_FLOW_NONE && !is_over(flow) ? (uint32_t)WFP_FLOW_ENDED : 0u;

    *flow = (struct wfp_flow){0};
    return told;
}

uint32_t wfp_flow_step(const struct wfp_flow *before, const struct wfp_flow_event *event,
                       uint64_t now, const struct wfp_flow_times *times, struct wfp_flow *after)
{
    struct wfp_flow flow = *before;
    uint32_t told = 0;

    if (flow.state != WFP_FLOW_NONE && now < flow.last) {
        told = WFP_FLOW_BACKWARDS;
    } else if (flow.state != WFP_FLOW_NONE && now - flow.last > wfp_flow_patience(&flow, times)) {
        flow = (struct wfp_flow){0};
        told = WFP_FLOW_OVER;
    }
    if (event->kind == WFP_FLOW_CLOSE) {
        told |= close_flow(&flow);
        *after = flow;
        return told;
    }
    if (event->kind == WFP_FLOW_CONNECT && flow.state != WFP_FLOW_NONE) {
        *after = flow;
        return told;
    }
    flow.last = now;
    flow.kind = event->flow;
    told |= event->flow == WFP_FLOW_TCP ? step_segment(&flow, event) : step_datagram(&flow, event);
    *after = flow;
    return told;
}
