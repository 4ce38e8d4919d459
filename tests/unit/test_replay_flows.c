/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/replay/flow_lives.h"
#include "harness/replay/flow_table.h"
#include "harness/replay/fragment.h"
#include "harness/replay/replay.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { ENDED_MAX = 4096, TCP = PROTOCOL_TCP, UDP = PROTOCOL_UDP };
enum { SYN = WFP_TCP_SYN, ACK = WFP_TCP_ACK, FIN = WFP_TCP_FIN, RST = WFP_TCP_RST };

/* A table, and what it handed out. */
struct bench {
    struct flow_table *table;
    struct cause_counts causes;
    struct flow_summary ended[ENDED_MAX];
    size_t ended_count;
    size_t begun;
    uint64_t packets;
};

static uint8_t begin(void *context, const struct flow_summary *flow)
{
    struct bench *bench = context;

    bench->begun++;
    return (uint8_t)(flow->server.port % 7);
}

static void end(void *context, const struct flow_summary *flow)
{
    struct bench *bench = context;

    if (bench->ended_count < ENDED_MAX) {
        bench->ended[bench->ended_count] = *flow;
    }
    bench->ended_count++;
}

static struct bench *open_bench(uint32_t flows_max)
{
    struct bench *bench = calloc(1, sizeof *bench);
    const struct flow_consumer consumer = {bench, begin, end};
    struct replay_settings settings = replay_settings_default((struct hash_seed){{3, 4}});

    settings.flows.flows_max = flows_max;
    bench->table = flow_table_open(&settings.flows, &consumer);
    assert_non_null(bench->table);
    return bench;
}

static void close_bench(struct bench *bench)
{
    flow_table_close(bench->table);
    free(bench);
}

static void finish(struct bench *bench)
{
    flow_table_end(bench->table);
}

struct sent {
    const char *name;
    uint32_t tenths; /* time, in tenths of a second */
    uint8_t protocol, flags;
    uint32_t sequence;
    uint32_t source, destination;
    uint16_t source_port, destination_port;
};

static struct packet packet_of(const struct sent *sent)
{
    const uint64_t source[2] = {0, sent->source};
    const uint64_t destination[2] = {0, sent->destination};
    struct packet packet = {
        .key = {.family = 4, .protocol = sent->protocol},
        .sequence = sent->sequence,
        .tcp_flags = sent->flags,
        .family = 4,
        .wire_bytes = 100,
        .time = UINT64_C(1700000000) * WFP_SECOND + sent->tenths * WFP_SECOND / 10,
    };

    packet.from =
        flow_key_order(&packet.key, source, destination, sent->source_port, sent->destination_port);
    return packet;
}

static void give(struct bench *bench, const struct packet *given)
{
    struct packet packet = *given;

    packet.number = ++bench->packets;
    flow_table_expect(bench->table, &packet);
    assert_int_equal(flow_table_take(bench->table, &packet, 1, &bench->causes), STATUS_OK);
}

static void give_sent(struct bench *bench, const struct sent *sent)
{
    const struct packet packet = packet_of(sent);

    give(bench, &packet);
}

/* ---- stories ---- */

#define GROUP 0xE00000FBu

enum { A = 0x0A000001, B = 0x0A000002, SENT_MAX = 8, FLOWS_MAX = 3 };

struct expected {
    enum flow_end end;
    enum flow_confidence confidence;
    uint32_t client;
    bool classified;
    uint8_t records;
    uint64_t packets;
    uint64_t first_packet;
};

struct story {
    const char *name;
    struct sent sent[SENT_MAX];       /* up to one without a name */
    struct expected flows[FLOWS_MAX]; /* in the order of their ends; up to one without packets */
};

static const struct story stories[] = {
    {"a connection",
     {{"SYN", 0, TCP, SYN, 1, A, B, 40000, 80},
      {"SYN+ACK", 1, TCP, SYN | ACK, 9, B, A, 80, 40000},
      {"FIN", 2, TCP, FIN | ACK, 2, A, B, 40000, 80},
      {"FIN", 3, TCP, FIN | ACK, 10, B, A, 80, 40000},
      {"ACK", 4, TCP, ACK, 3, A, B, 40000, 80}},
     {{FLOW_CLOSED, FLOW_BY_SYN, A, true, 0, 5, 1}}},
    {"the SYN was not seen",
     {{"SYN+ACK", 1, TCP, SYN | ACK, 9, B, A, 80, 40000}},
     {{FLOW_STILL_OPEN, FLOW_BY_SYN_ACK, A, false, 0, 1, 1}}},
    {"the SYN came late",
     {{"SYN+ACK", 1, TCP, SYN | ACK, 9, B, A, 80, 40000}, {"SYN", 1, TCP, SYN, 1, A, B, 40000, 80}},
     {{FLOW_STILL_OPEN, FLOW_BY_SYN, A, true, 0, 2, 1}}},
    {"in the middle: the port tells",
     {{"data", 1, TCP, ACK, 9, B, A, 80, 40000}},
     {{FLOW_STILL_OPEN, FLOW_BY_PORT, A, false, 0, 1, 1}}},
    {"in the middle: registered against dynamic port",
     {{"data", 1, TCP, ACK, 9, B, A, 8080, 40000}},
     {{FLOW_STILL_OPEN, FLOW_BY_PORT, A, false, 0, 1, 1}}},
    {"in the middle: nothing tells",
     {{"data", 1, TCP, ACK, 9, B, A, 40001, 40000}},
     {{FLOW_STILL_OPEN, FLOW_BY_FIRST_SEEN, B, false, 0, 1, 1}}},
    {"datagrams",
     {{"query", 0, UDP, 0, 0, A, B, 40000, 53}, {"answer", 1, UDP, 0, 0, B, A, 53, 40000}},
     {{FLOW_STILL_OPEN, FLOW_BY_PORT, A, true, 1, 2, 1}}},
    {"an answer first: its query was not seen",
     {{"answer", 0, UDP, 0, 0, B, A, 53, 40000}, {"query", 1, UDP, 0, 0, A, B, 40000, 53}},
     {{FLOW_STILL_OPEN, FLOW_BY_PORT, A, false, 0, 2, 1}}},
    {"to a group the sender is the client, whatever its port",
     {{"announcement", 0, UDP, 0, 0, A, GROUP, 53, 40000}},
     {{FLOW_STILL_OPEN, FLOW_BY_FIRST_SEEN, A, true, 1, 1, 1}}},
    {"datagrams after idling: another flow, another record",
     {{"first", 0, UDP, 0, 0, A, B, 40000, 53},
      {"second", 600, UDP, 0, 0, A, B, 40000, 53},
      {"after 60.1 s", 1201, UDP, 0, 0, A, B, 40000, 53},
      {"at once", 1202, UDP, 0, 0, B, A, 53, 40000}},
     {{FLOW_IDLE, FLOW_BY_PORT, A, true, 1, 2, 1},
      {FLOW_STILL_OPEN, FLOW_BY_PORT, A, true, 1, 2, 3}}},
    {"ports used again, first by the same end, then by the other",
     {{"SYN", 0, TCP, SYN, 1, A, B, 40000, 80},
      {"SYN", 1, TCP, SYN, 100, A, B, 40000, 80},
      {"ACK", 2, TCP, ACK, 101, A, B, 40000, 80},
      {"SYN back", 3, TCP, SYN, 7, B, A, 80, 40000}},
     {{FLOW_REUSED, FLOW_BY_SYN, A, true, 0, 1, 1},
      {FLOW_REUSED, FLOW_BY_SYN, A, true, 0, 2, 2},
      {FLOW_STILL_OPEN, FLOW_BY_SYN, B, true, 0, 1, 4}}},
    {"reset, then again",
     {{"SYN", 0, TCP, SYN, 1, A, B, 40000, 80},
      {"RST", 1, TCP, RST | ACK, 0, B, A, 80, 40000},
      {"SYN", 2, TCP, SYN, 2, A, B, 40000, 80}},
     {{FLOW_RESET, FLOW_BY_SYN, A, true, 0, 2, 1},
      {FLOW_STILL_OPEN, FLOW_BY_SYN, A, true, 0, 1, 3}}},
    {"time stamps a little out of order do not end a flow",
     {{"first", 700, UDP, 0, 0, A, B, 40000, 53},
      {"earlier", 200, UDP, 0, 0, A, B, 40000, 53},
      {"later", 1299, UDP, 0, 0, A, B, 40000, 53}},
     {{FLOW_STILL_OPEN, FLOW_BY_PORT, A, true, 1, 3, 1}}},
    {"an end that talks to itself",
     {{"there", 0, UDP, 0, 0, A, A, 40000, 53}, {"back", 1, UDP, 0, 0, A, A, 53, 40000}},
     {{FLOW_STILL_OPEN, FLOW_BY_PORT, A, true, 1, 2, 1}}},
};

static void check_flow(const struct story *story, size_t index, const struct flow_summary *actual)
{
    const struct expected *expected = &story->flows[index];

    if (actual->end != expected->end || actual->confidence != expected->confidence ||
        actual->client.words[1] != expected->client || actual->classified != expected->classified ||
        actual->records != expected->records || actual->packets != expected->packets ||
        actual->first_packet != expected->first_packet || actual->bytes != actual->packets * 100 ||
        actual->class != actual->server.port % 7) {
        fail_msg("%s: flow %zu: end %s, client by %s %x, classified %d, records %d, packets %u",
                 story->name, index, flow_end_name(actual->end),
                 flow_confidence_name(actual->confidence), (unsigned)actual->client.words[1],
                 actual->classified, actual->records, (unsigned)actual->packets);
    }
}

static void tell(const struct story *story)
{
    struct bench *bench = open_bench(100);
    size_t expected = 0;

    for (size_t i = 0; i < SENT_MAX && story->sent[i].name != NULL; i++) {
        give_sent(bench, &story->sent[i]);
    }
    finish(bench);
    for (; expected < FLOWS_MAX && story->flows[expected].packets > 0; expected++) {
        if (expected < bench->ended_count) {
            check_flow(story, expected, &bench->ended[expected]);
        }
    }
    if (bench->ended_count != expected || bench->begun != expected) {
        fail_msg("%s: expected %zu flows, actual %zu", story->name, expected, bench->ended_count);
    }
    close_bench(bench);
}

static void test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stories); i++) {
        tell(&stories[i]);
    }
}

/* ---- many flows ---- */

static struct packet datagram(uint32_t flow, uint64_t seconds)
{
    const struct sent sent = {"", 0, UDP, 0, 0, 0x0A000000 + flow, B, 40000, 53};
    struct packet packet = packet_of(&sent);

    packet.time += seconds * WFP_SECOND;
    return packet;
}

/* A flow each 10 ms and none comes back: only those of the last minute are kept. */
static void test_memory_follows_live_flows(void **state)
{
    enum { SECONDS = 1000, PER_SECOND = 100 };
    struct bench *bench = open_bench(INDEX_ENTRIES_MAX);
    size_t bytes = 0;

    (void)state;
    for (uint32_t i = 0; i < SECONDS * PER_SECOND; i++) {
        const struct packet packet = datagram(i, i / PER_SECOND);

        give(bench, &packet);
        if (i == 200 * PER_SECOND) {
            bytes = flow_table_bytes(bench->table);
        }
    }
    assert_true(flow_table_alive(bench->table) <= 64 * PER_SECOND);
    assert_int_equal(flow_table_bytes(bench->table), bytes);
    finish(bench);
    assert_int_equal(bench->ended_count, SECONDS * PER_SECOND);
    assert_int_equal(bench->begun, SECONDS * PER_SECOND);
    close_bench(bench);
}

static void test_at_most_128_bytes_per_live_flow(void **state)
{
    enum { FLOWS = 100000 };
    struct bench *bench = open_bench(INDEX_ENTRIES_MAX);

    (void)state;
    for (uint32_t i = 0; i < FLOWS; i++) {
        const struct packet packet = datagram(i, 0);

        give(bench, &packet);
        if (i >= 20000) {
            assert_true(flow_table_bytes(bench->table) <= (size_t)(i + 1) * 128 + 500000);
        }
    }
    assert_true(flow_table_bytes(bench->table) / FLOWS <= 128);
    close_bench(bench);
}

static void test_too_many_end_the_quietest(void **state)
{
    struct bench *bench = open_bench(10);
    const struct flow_counts *counts = flow_table_counts(bench->table);

    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        const struct packet packet = datagram(i, i / 10);

        give(bench, &packet);
        assert_true(flow_table_alive(bench->table) <= 10);
    }
    finish(bench);
    assert_int_equal(counts->flows[FLOW_ROW_UDP][FLOW_NO_ROOM], 90);
    assert_int_equal(counts->flows[FLOW_ROW_UDP][FLOW_STILL_OPEN], 10);
    assert_int_equal(counts->alive_most, 10);
    assert_int_equal(bench->ended_count, 100);
    close_bench(bench);
}

/* The clock may leap ahead for centuries, and back: flows end at most early, all are told. */
static void test_wild_clocks(void **state)
{
    static const uint64_t times[] = {
        0, 5, UINT64_C(4000000000), 6, 100000, UINT64_C(9000000000), 0, UINT64_C(9000000000)};
    struct bench *bench = open_bench(1000);

    (void)state;
    for (uint32_t i = 0; i < 400; i++) {
        const struct packet packet = datagram(i % 20, times[i % COUNT(times)]);

        give(bench, &packet);
    }
    finish(bench);
    assert_int_equal(bench->begun, bench->ended_count);
    assert_true(flow_table_counts(bench->table)->clock_set > 0);
    close_bench(bench);
}

/* The seed decides where flows stand and nothing else, and neither does the size of a batch. */
static uint64_t digest_of_run(uint64_t seed, size_t batch)
{
    struct bench *bench = open_bench(500);
    const struct flow_consumer consumer = {bench, begin, end};
    struct replay_settings settings = replay_settings_default((struct hash_seed){{seed, 1}});
    struct packet packets[FLOW_BATCH];
    uint64_t random = 7;
    uint64_t digest = 0;

    settings.flows.flows_max = 500;
    flow_table_close(bench->table);
    bench->table = flow_table_open(&settings.flows, &consumer);
    for (uint32_t i = 0; i < 128 * 50;) {
        for (size_t j = 0; j < batch; j++, i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            packets[j] = datagram((uint32_t)(random >> 40) % 700, i / 40);
            packets[j].number = i + 1;
            flow_table_expect(bench->table, &packets[j]);
        }
        assert_int_equal(flow_table_take(bench->table, packets, batch, &bench->causes), STATUS_OK);
    }
    finish(bench);
    for (size_t i = 0; i < bench->ended_count && i < ENDED_MAX; i++) {
        const struct flow_summary *flow = &bench->ended[i];
        const uint64_t words[] = {digest,        flow->first_packet, flow->packets,
                                  flow->end,     flow->last_time,    flow->client.words[1],
                                  flow->records, flow->first_time};
        digest = hash_words(&(struct hash_seed){{1, 1}}, words, COUNT(words));
    }
    close_bench(bench);
    return digest;
}

static void test_neither_seed_nor_batch_matter(void **state)
{
    const uint64_t expected = digest_of_run(1, 1);

    (void)state;
    assert_true(expected == digest_of_run(99, 1));
    assert_true(expected == digest_of_run(5, FLOW_BATCH));
    assert_true(expected == digest_of_run(6, FLOW_BATCH / 2));
}

/* ---- the halves of a flow ---- */

static void test_the_value_of_a_flow_is_kept_in_two_halves(void **state)
{
    (void)state;
    for (unsigned seen = 0; seen < 64; seen++) {
        const struct wfp_flow given = {
            .last = UINT64_MAX - seen,
            .sequence = {seen, UINT32_MAX - seen},
            .state = WFP_FLOW_OPENING,
            .syn = seen & 3,
            .fin = seen >> 2 & 3,
            .answered = (uint8_t)(seen >> 4),
            .kind = WFP_FLOW_TCP,
        };
        struct flow_entry entry = {.key = {.protocol = PROTOCOL_TCP}};
        struct flow_rest rest = {.next = 9};
        const struct live_flow live = {&entry, &rest};
        struct wfp_flow kept;

        live_flow_set_value(live, &given);
        kept = live_flow_value(live);
        assert_memory_equal(&kept, &given, sizeof kept);
        assert_int_equal(rest.next, 9);
    }
}

/* A flow of more than 2^32 packets; nobody can send them in a test. */
static void test_packets_are_counted_beyond_32_bits(void **state)
{
    struct flow_lives lives = {.now = 5, .settings.times = wfp_flow_times_default()};
    struct packet packet = datagram(1, 0);
    struct live_flow live;
    uint32_t number;

    (void)state;
    assert_true(flow_places_take(&lives.places, &number));
    flow_lives_begin(&lives, number, &packet);
    live = flow_places_live(&lives.places, number);
    live.entry->packets = UINT32_MAX - 1;
    packet.guess = live.entry;
    assert_true(flow_lives_later(&lives, &packet));
    assert_false(flow_lives_later(&lives, &packet));
    flow_lives_go_on(&lives, number, &packet);
    assert_true(live_flow_summary(live).packets == UINT64_C(1) << 32);
    assert_true(flow_lives_later(&lives, &packet));
    assert_true(live_flow_summary(live).packets == (UINT64_C(1) << 32) + 1);
    flow_places_clear(&lives.places);
}

/* ---- fragments ---- */

static struct packet fragment(enum fragment_role role, uint32_t id, uint32_t source, uint64_t time)
{
    const struct sent sent = {"",
                              0,
                              UDP,
                              0,
                              0,
                              source,
                              B,
                              (uint16_t)(role == FRAGMENT_FIRST ? 40000 + id : 0),
                              (uint16_t)(role == FRAGMENT_FIRST ? 53 : 0)};
    struct packet packet = packet_of(&sent);

    packet.fragment = (uint8_t)role;
    packet.fragment_id = id;
    packet.time += time * WFP_SECOND;
    return packet;
}

static void test_later_fragments_find_their_first(void **state)
{
    struct fragments *fragments = calloc(1, sizeof *fragments);
    struct packet first = fragment(FRAGMENT_FIRST, 7, A, 0);
    struct packet later = fragment(FRAGMENT_LATER, 7, A, 60);
    struct packet late = fragment(FRAGMENT_LATER, 7, A, 61);
    struct packet other = fragment(FRAGMENT_LATER, 8, A, 0);
    struct packet back = fragment(FRAGMENT_LATER, 7, B, 0);

    (void)state;
    assert_false(fragment_later(fragments, &later));
    fragment_first(fragments, &first);
    assert_true(fragment_later(fragments, &later));
    assert_memory_equal(&later.key, &first.key, sizeof first.key);
    assert_int_equal(later.from, first.from);
    assert_false(fragment_later(fragments, &late));
    assert_false(fragment_later(fragments, &other));
    assert_false(fragment_later(fragments, &back));
    free(fragments);
}

static void test_fragments_are_forgotten_when_too_many(void **state)
{
    enum { MANY = FRAGMENT_PLACES * FRAGMENT_WAYS * 10 };
    struct fragments *fragments = calloc(1, sizeof *fragments);
    size_t found = 0;

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        const struct packet first = fragment(FRAGMENT_FIRST, i, A, 0);

        fragment_first(fragments, &first);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        struct packet later = fragment(FRAGMENT_LATER, i, A, 0);

        found += fragment_later(fragments, &later);
    }
    assert_true(found > 0 && found <= FRAGMENT_PLACES * FRAGMENT_WAYS);
    free(fragments);
}

static void test_a_fragment_joins_its_flow_or_is_alone(void **state)
{
    struct bench *bench = open_bench(10);
    struct packet first = fragment(FRAGMENT_FIRST, 7, A, 0);
    struct packet later = first;

    (void)state;
    later.fragment = FRAGMENT_LATER;
    give(bench, &later);
    assert_int_equal(bench->causes.packets[CAUSE_FRAGMENT_ALONE], 1);
    give(bench, &first);
    give(bench, &later);
    finish(bench);
    assert_int_equal(bench->ended_count, 1);
    assert_int_equal(bench->ended[0].packets, 2);
    assert_int_equal(bench->ended[0].records, 1);
    assert_int_equal(flow_table_counts(bench->table)->fragments, 1);
    close_bench(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_memory_follows_live_flows),
        cmocka_unit_test(test_at_most_128_bytes_per_live_flow),
        cmocka_unit_test(test_too_many_end_the_quietest),
        cmocka_unit_test(test_wild_clocks),
        cmocka_unit_test(test_neither_seed_nor_batch_matter),
        cmocka_unit_test(test_the_value_of_a_flow_is_kept_in_two_halves),
        cmocka_unit_test(test_packets_are_counted_beyond_32_bits),
        cmocka_unit_test(test_later_fragments_find_their_first),
        cmocka_unit_test(test_fragments_are_forgotten_when_too_many),
        cmocka_unit_test(test_a_fragment_joins_its_flow_or_is_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
