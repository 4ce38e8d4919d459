/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <wfp/flow.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { SYN = WFP_TCP_SYN, ACK = WFP_TCP_ACK, FIN = WFP_TCP_FIN, RST = WFP_TCP_RST };

#define CREATED WFP_FLOW_CREATED
#define CLASSIFIED (WFP_FLOW_CREATED | WFP_FLOW_CLASSIFIED)
#define FIRST (CLASSIFIED | WFP_FLOW_CARRIES_RECORD)
#define LATER WFP_FLOW_LATER
#define OVER WFP_FLOW_OVER
#define ENDED WFP_FLOW_ENDED
#define AGAIN (WFP_FLOW_LATER | WFP_FLOW_RETRANSMITTED)

/* One event of a story, at a time in seconds, and what the step must tell. */
struct beat {
    const char *note;
    struct wfp_flow_event event;
    uint32_t second;
    uint32_t expected;
    enum wfp_flow_state state;
};

enum { BEATS_MAX = 10 };

struct story {
    const char *name;
    struct beat beats[BEATS_MAX]; /* up to one without a note */
};

#define UDP(side)                                                                                  \
    {                                                                                              \
        WFP_FLOW_PACKET, WFP_FLOW_UDP, side, 0, 0                                                  \
    }
#define OWNER UDP(WFP_FLOW_OWNER)
#define PEER UDP(WFP_FLOW_PEER)
#define CONNECT                                                                                    \
    {                                                                                              \
        WFP_FLOW_CONNECT, WFP_FLOW_UDP, WFP_FLOW_OWNER, 0, 0                                       \
    }
#define CLOSE(flow)                                                                                \
    {                                                                                              \
        WFP_FLOW_CLOSE, flow, WFP_FLOW_OWNER, 0, 0                                                 \
    }
#define FROM_OWNER(flags, sequence)                                                                \
    {                                                                                              \
        WFP_FLOW_PACKET, WFP_FLOW_TCP, WFP_FLOW_OWNER, flags, sequence                             \
    }
#define FROM_PEER(flags, sequence)                                                                 \
    {                                                                                              \
        WFP_FLOW_PACKET, WFP_FLOW_TCP, WFP_FLOW_PEER, flags, sequence                              \
    }

static const struct story stories[] = {
    {"only the first datagram carries the record",
     {{"first", OWNER, 0, FIRST, WFP_FLOW_LIVE},
      {"second", OWNER, 1, LATER, WFP_FLOW_LIVE},
      {"answer", PEER, 2, LATER, WFP_FLOW_LIVE},
      {"third", OWNER, 3, LATER, WFP_FLOW_LIVE}}},
    {"idle for exactly the time is not yet idle",
     {{"first", OWNER, 10, FIRST, WFP_FLOW_LIVE},
      {"60 s", OWNER, 70, LATER, WFP_FLOW_LIVE},
      {"61 s", OWNER, 131, OVER | FIRST, WFP_FLOW_LIVE},
      {"next", OWNER, 132, LATER, WFP_FLOW_LIVE}}},
    {"the peer's datagrams keep a flow alive",
     {{"first", OWNER, 0, FIRST, WFP_FLOW_LIVE},
      {"answer", PEER, 50, LATER, WFP_FLOW_LIVE},
      {"110 s after the first", OWNER, 110, LATER, WFP_FLOW_LIVE}}},
    {"after the idle time the peer may begin",
     {{"first", OWNER, 0, FIRST, WFP_FLOW_LIVE},
      {"late answer", PEER, 61, OVER | CREATED, WFP_FLOW_LIVE},
      {"the owner's", OWNER, 62, LATER, WFP_FLOW_LIVE}}},
    {"connect() classifies, the datagram after it carries",
     {{"connect", CONNECT, 0, CLASSIFIED, WFP_FLOW_CONNECTED},
      {"again", CONNECT, 1, 0, WFP_FLOW_CONNECTED},
      {"answer before the question", PEER, 2, LATER, WFP_FLOW_CONNECTED},
      {"first", OWNER, 3, WFP_FLOW_CARRIES_RECORD, WFP_FLOW_LIVE},
      {"second", OWNER, 4, LATER, WFP_FLOW_LIVE},
      {"after idling", OWNER, 65, OVER | FIRST, WFP_FLOW_LIVE}}},
    {"a connection that idled before its first datagram",
     {{"connect", CONNECT, 0, CLASSIFIED, WFP_FLOW_CONNECTED},
      {"first", OWNER, 61, OVER | FIRST, WFP_FLOW_LIVE}}},
    {"connect() in a live flow changes nothing, not even the idle time",
     {{"first", OWNER, 0, FIRST, WFP_FLOW_LIVE},
      {"connect", CONNECT, 40, 0, WFP_FLOW_LIVE},
      {"second", OWNER, 61, OVER | FIRST, WFP_FLOW_LIVE},
      {"connect after idling", CONNECT, 122, OVER | CLASSIFIED, WFP_FLOW_CONNECTED}}},
    {"closing ends a datagram flow",
     {{"first", OWNER, 0, FIRST, WFP_FLOW_LIVE},
      {"close", CLOSE(WFP_FLOW_UDP), 1, ENDED, WFP_FLOW_NONE},
      {"twice", CLOSE(WFP_FLOW_UDP), 2, 0, WFP_FLOW_NONE},
      {"first again", OWNER, 3, FIRST, WFP_FLOW_LIVE},
      {"closing what has idled", CLOSE(WFP_FLOW_UDP), 64, OVER, WFP_FLOW_NONE}}},
    {"time that goes backwards is no time",
     {{"first", OWNER, 1000, FIRST, WFP_FLOW_LIVE},
      {"earlier", OWNER, 100, LATER | WFP_FLOW_BACKWARDS, WFP_FLOW_LIVE},
      {"and from there", OWNER, 161, OVER | FIRST, WFP_FLOW_LIVE}}},
    {"a connection from SYN to TIME_WAIT",
     {{"SYN", FROM_OWNER(SYN, 7), 0, CLASSIFIED, WFP_FLOW_OPENING},
      {"SYN again", FROM_OWNER(SYN, 7), 1, AGAIN, WFP_FLOW_OPENING},
      {"SYN+ACK", FROM_PEER(SYN | ACK, 9), 2, LATER, WFP_FLOW_OPENING},
      {"SYN+ACK again", FROM_PEER(SYN | ACK, 9), 2, AGAIN, WFP_FLOW_OPENING},
      {"ACK", FROM_OWNER(ACK, 8), 3, LATER, WFP_FLOW_LIVE},
      {"FIN", FROM_OWNER(FIN | ACK, 8), 4, LATER, WFP_FLOW_LIVE},
      {"FIN", FROM_PEER(FIN | ACK, 10), 5, LATER | ENDED, WFP_FLOW_TIME_WAIT},
      {"ACK", FROM_OWNER(ACK, 9), 6, LATER, WFP_FLOW_TIME_WAIT},
      {"a RST on top", FROM_OWNER(RST, 9), 6, LATER, WFP_FLOW_TIME_WAIT},
      {"its ports again", FROM_OWNER(SYN, 1007), 7, OVER | CLASSIFIED, WFP_FLOW_OPENING}}},
    {"simultaneous open is one flow",
     {{"SYN", FROM_OWNER(SYN, 7), 0, CLASSIFIED, WFP_FLOW_OPENING},
      {"SYN", FROM_PEER(SYN, 9), 0, LATER | WFP_FLOW_SIMULTANEOUS, WFP_FLOW_OPENING},
      {"SYN+ACK", FROM_OWNER(SYN | ACK, 7), 1, AGAIN, WFP_FLOW_OPENING},
      {"SYN+ACK", FROM_PEER(SYN | ACK, 9), 1, AGAIN, WFP_FLOW_OPENING},
      {"ACK", FROM_OWNER(ACK, 8), 1, LATER, WFP_FLOW_LIVE}}},
    {"refused, tried again with the same number, then with another",
     {{"SYN", FROM_OWNER(SYN, 7), 0, CLASSIFIED, WFP_FLOW_OPENING},
      {"RST", FROM_PEER(RST | ACK, 0), 0, LATER | ENDED, WFP_FLOW_RESET},
      {"SYN again", FROM_OWNER(SYN, 7), 1, AGAIN, WFP_FLOW_OPENING},
      {"RST", FROM_PEER(RST | ACK, 0), 1, LATER | ENDED, WFP_FLOW_RESET},
      {"late data", FROM_OWNER(ACK, 8), 1, LATER, WFP_FLOW_RESET},
      {"another SYN", FROM_OWNER(SYN, 8), 2, OVER | CLASSIFIED, WFP_FLOW_OPENING}}},
    {"ports used again while the old connection seems open",
     {{"SYN", FROM_OWNER(SYN, 7), 0, CLASSIFIED, WFP_FLOW_OPENING},
      {"ACK", FROM_OWNER(ACK, 8), 1, LATER, WFP_FLOW_LIVE},
      {"late SYN+ACK", FROM_PEER(SYN | ACK, 9), 1, LATER, WFP_FLOW_LIVE},
      {"another SYN", FROM_OWNER(SYN, 70), 2, OVER | CLASSIFIED, WFP_FLOW_OPENING},
      {"its SYN+ACK", FROM_PEER(SYN | ACK, 90), 3, LATER, WFP_FLOW_OPENING},
      {"a cookie of another minute", FROM_PEER(SYN | ACK, 91), 4, LATER, WFP_FLOW_OPENING},
      {"ACK", FROM_OWNER(ACK, 71), 5, LATER, WFP_FLOW_LIVE},
      {"the peer connects", FROM_PEER(SYN, 500), 6, OVER | CREATED, WFP_FLOW_OPENING}}},
    {"in the middle: never classified",
     {{"data", FROM_OWNER(ACK, 7), 0, CREATED, WFP_FLOW_LIVE},
      {"data", FROM_PEER(ACK, 9), 3000, LATER, WFP_FLOW_LIVE},
      {"idle", FROM_OWNER(ACK, 7), 6601, OVER | CREATED, WFP_FLOW_LIVE},
      {"SYN+ACK of the next", FROM_PEER(SYN | ACK, 9), 6602, OVER | CREATED, WFP_FLOW_OPENING}}},
    {"a SYN that was captured after its answer",
     {{"SYN+ACK", FROM_PEER(SYN | ACK, 9), 0, CREATED, WFP_FLOW_OPENING},
      {"SYN", FROM_OWNER(SYN, 7), 0, LATER | WFP_FLOW_CLASSIFIED, WFP_FLOW_OPENING},
      {"ACK", FROM_OWNER(ACK, 8), 1, LATER, WFP_FLOW_LIVE}}},
    {"a lone RST",
     {{"RST", FROM_PEER(RST, 9), 0, CREATED | ENDED, WFP_FLOW_RESET},
      {"SYN", FROM_OWNER(SYN, 7), 0, OVER | CLASSIFIED, WFP_FLOW_OPENING}}},
    {"each state has its own patience",
     {{"SYN", FROM_OWNER(SYN, 7), 0, CLASSIFIED, WFP_FLOW_OPENING},
      {"120 s", FROM_OWNER(SYN, 7), 120, AGAIN, WFP_FLOW_OPENING},
      {"121 s more", FROM_OWNER(SYN, 7), 241, OVER | CLASSIFIED, WFP_FLOW_OPENING},
      {"ACK", FROM_OWNER(ACK, 8), 242, LATER, WFP_FLOW_LIVE},
      {"an hour", FROM_OWNER(ACK, 8), 3842, LATER, WFP_FLOW_LIVE},
      {"RST", FROM_OWNER(RST, 8), 3843, LATER | ENDED, WFP_FLOW_RESET},
      {"121 s later", FROM_OWNER(SYN, 7), 3964, OVER | CLASSIFIED, WFP_FLOW_OPENING},
      {"close", CLOSE(WFP_FLOW_TCP), 3965, ENDED, WFP_FLOW_NONE}}},
    {"flags that nobody sends",
     {{"SYN+RST", FROM_OWNER(SYN | RST, 7), 0, CREATED | ENDED, WFP_FLOW_RESET},
      {"SYN+FIN", FROM_OWNER(SYN | FIN, 7), 0, OVER | CLASSIFIED, WFP_FLOW_OPENING},
      {"none", FROM_PEER(0, 7), 0, LATER, WFP_FLOW_LIVE},
      {"SYN+FIN", FROM_PEER(SYN | ACK | FIN, 8), 0, LATER | ENDED, WFP_FLOW_TIME_WAIT}}},
};

static void tell(const struct story *story)
{
    const struct wfp_flow_times times = wfp_flow_times_default();
    struct wfp_flow flow = {0};

    for (size_t i = 0; i < BEATS_MAX && story->beats[i].note != NULL; i++) {
        const struct beat *beat = &story->beats[i];
        const uint32_t actual =
            wfp_flow_step(&flow, &beat->event, beat->second * WFP_SECOND, &times, &flow);

        if (actual != beat->expected || flow.state != beat->state) {
            fail_msg("%s: %s: expected %x in state %d, actual %x in state %d", story->name,
                     beat->note, (unsigned)beat->expected, (int)beat->state, (unsigned)actual,
                     (int)flow.state);
        }
    }
}

static void test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stories); i++) {
        tell(&stories[i]);
    }
}

static void test_a_flow_is_small(void **state)
{
    (void)state;
    assert_true(sizeof(struct wfp_flow) <= 40);
}

/* The step is a function of its arguments: twice the same, and in place or not. */
static void test_the_step_is_pure(void **state)
{
    const struct wfp_flow_times times = wfp_flow_times_default();
    const struct wfp_flow_event syn = FROM_OWNER(SYN, 7);
    const struct wfp_flow none = {0};
    struct wfp_flow one;
    struct wfp_flow two = {0};

    (void)state;
    assert_int_equal(wfp_flow_step(&none, &syn, 5, &times, &one),
                     wfp_flow_step(&two, &syn, 5, &times, &two));
    assert_memory_equal(&one, &two, sizeof one);
}

static uint32_t drawn(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static struct wfp_flow_event any_event(uint32_t *seed, enum wfp_flow_kind kind)
{
    const struct wfp_flow_event event = {
        .kind = (uint8_t)(drawn(seed) % 16 == 0                          ? WFP_FLOW_CLOSE
                          : kind == WFP_FLOW_UDP && drawn(seed) % 8 == 0 ? WFP_FLOW_CONNECT
                                                                         : WFP_FLOW_PACKET),
        .flow = (uint8_t)kind,
        .side = (uint8_t)(drawn(seed) % 2),
        .tcp_flags = (uint8_t)drawn(seed),
        .sequence = drawn(seed) % 3,
    };

    return event;
}

static void check_invariants(const struct wfp_flow *before, const struct wfp_flow *after,
                             const struct wfp_flow_event *event, uint32_t told)
{
    const int carries = (told & WFP_FLOW_CARRIES_RECORD) != 0;
    const int later = (told & WFP_FLOW_LATER) != 0;
    const int created = (told & WFP_FLOW_CREATED) != 0;

    assert_false(carries && (later || event->side == WFP_FLOW_PEER));
    assert_false(created && later);
    assert_false(created && before->state != WFP_FLOW_NONE && (told & WFP_FLOW_OVER) == 0);
    if (event->kind == WFP_FLOW_PACKET) {
        assert_int_equal(created + later + (carries && !created), 1);
        assert_int_not_equal(after->state, WFP_FLOW_NONE);
    }
    if (after->state == WFP_FLOW_NONE) {
        static const struct wfp_flow none;
        assert_memory_equal(after, &none, sizeof none);
    }
}

/* The short question about most packets agrees with the step. Answers whether it said yes. */
static bool check_goes_on(const struct wfp_flow *before, const struct wfp_flow *after,
                          const struct wfp_flow_event *event, uint64_t now, uint32_t told)
{
    const struct wfp_flow_times times = wfp_flow_times_default();
    struct wfp_flow expected = *before;

    if (!wfp_flow_goes_on(before, event, now, &times)) {
        return false;
    }
    expected.last = now;
    expected.state = WFP_FLOW_LIVE;
    assert_int_equal(told, WFP_FLOW_LATER);
    assert_memory_equal(after, &expected, sizeof expected);
    return true;
}

/* Whatever comes, a packet creates the flow, or carries its record, or is a later one. */
static void test_any_order_of_events(void **state)
{
    const struct wfp_flow_times times = wfp_flow_times_default();
    uint32_t seed = 1;
    unsigned goes_on = 0;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        const enum wfp_flow_kind kind = round % 2 == 0 ? WFP_FLOW_UDP : WFP_FLOW_TCP;
        struct wfp_flow flow = {0};
        uint64_t now = 0;

        for (int i = 0; i < 50; i++) {
            const struct wfp_flow_event event = any_event(&seed, kind);
            struct wfp_flow after;
            uint32_t told;

            now += drawn(&seed) % 8 == 0 ? drawn(&seed) % 200 * WFP_SECOND : drawn(&seed) % 99;
            told = wfp_flow_step(&flow, &event, now, &times, &after);
            check_invariants(&flow, &after, &event, told);
            goes_on += check_goes_on(&flow, &after, &event, now, told);
            flow = after;
        }
    }
    assert_true(goes_on > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_a_flow_is_small),
        cmocka_unit_test(test_the_step_is_pure),
        cmocka_unit_test(test_any_order_of_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
