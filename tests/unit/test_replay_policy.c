/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/profile.h"
#include "harness/replay/policy_class.h"
#include "harness/replay/policy_tally.h"
#include "harness/text.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define POLICY_NAME "test_replay_policy.json"

enum { TCP = PROTOCOL_TCP, UDP = PROTOCOL_UDP };

/* ---- scenes ---- */

static enum status load(const char *text, struct complaints *complaints, struct policy **policy)
{
    FILE *file = fopen(POLICY_NAME, "wb");
    enum status status;

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    status = policy_load(POLICY_NAME, complaints, policy);
    assert_int_equal(remove(POLICY_NAME), 0);
    return status;
}

static struct policy *load_good(const char *text)
{
    struct complaints complaints = {0};
    struct policy *policy = NULL;
    const enum status status = load(text, &complaints, &policy);

    complaints_print(&complaints, stderr);
    complaints_clear(&complaints);
    assert_int_equal(status, STATUS_OK);
    return policy;
}

static struct flow_summary flow_of(uint8_t protocol, uint32_t client, uint32_t server,
                                   uint16_t port)
{
    const struct flow_summary flow = {
        .client = {{0, client}, 40000},
        .server = {{0, server}, port},
        .first_packet = port,
        .family = 4,
        .protocol = protocol,
        .classified = true,
        .records = protocol == UDP,
    };

    return flow;
}

struct replayed {
    struct policy *policy;
    struct profile profile;
    struct policy_classes *classes;
};

static struct replayed *open_classes(const char *text)
{
    struct replayed *replayed = calloc(1, sizeof *replayed);

    assert_non_null(replayed);
    replayed->policy = load_good(text);
    wfp_profile_documented(&replayed->profile.values);
    replayed->classes = policy_classes_open(replayed->policy, &replayed->profile);
    assert_non_null(replayed->classes);
    return replayed;
}

static void close_classes(struct replayed *replayed)
{
    policy_classes_close(replayed->classes);
    policy_free(replayed->policy);
    free(replayed);
}

static const struct policy_class *play(struct replayed *replayed, struct flow_summary flow)
{
    flow.class = policy_class_choose(replayed->classes, &flow);
    policy_class_count(replayed->classes, &flow);
    return policy_class_at(replayed->classes, flow.class);
}

/* ---- networks ---- */

static const struct {
    const char *text;
    const char *expected; /* NULL: refused */
} subnets[] = {
    {"192.0.2.0/24", "192.0.2.0/24"},
    {"0.0.0.0/0", "0.0.0.0/0"},
    {"192.0.2.1/32", "192.0.2.1/32"},
    {"::/0", "::/0"},
    {"2001:db8::/32", "2001:db8::/32"},
    {"2001:db8::1/128", "2001:db8::1/128"},
    {"2001:db8:0:0:8000::/65", "2001:db8:0:0:8000::/65"},
    {"192.0.2.1/24", NULL},
    {"2001:db8::1/64", NULL},
    {"192.0.2.0", NULL},
    {"192.0.2.0/", NULL},
    {"192.0.2.0/33", NULL},
    {"192.0.2.0/024", NULL},
    {"192.0.2.0/ 24", NULL},
    {"192.0.2/24", NULL},
    {"[2001:db8::]/32", NULL},
    {"2001:db8::/129", NULL},
    {"2001:db8::]:1/32", NULL},
    {"/0", NULL},
    {"192.0.2.0:80/24", NULL},
};

static void test_networks_are_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(subnets); i++) {
        struct subnet subnet;
        char text[SUBNET_TEXT_MAX];

        assert_int_equal(subnet_parse(subnets[i].text, &subnet), subnets[i].expected != NULL);
        if (subnets[i].expected != NULL) {
            subnet_text(&subnet, text);
            assert_string_equal(text, subnets[i].expected);
        }
    }
}

static const struct {
    const char *subnet;
    uint64_t words[2];
    uint8_t family;
    bool expected;
} members[] = {
    {"192.0.2.0/24", {0, 0xC00002FF}, 4, true},
    {"192.0.2.0/24", {0, 0xC0000300}, 4, false},
    {"192.0.2.0/24", {0, 0xC00002FF}, 6, false},
    {"192.0.2.7/32", {0, 0xC0000207}, 4, true},
    {"192.0.2.7/32", {0, 0xC0000206}, 4, false},
    {"0.0.0.0/0", {0, 0xFFFFFFFF}, 4, true},
    {"::/0", {0, 0xFFFFFFFF}, 4, false},
    {"::/0", {UINT64_MAX, UINT64_MAX}, 6, true},
    {"2001:db8::/64", {UINT64_C(0x20010DB800000000), UINT64_MAX}, 6, true},
    {"2001:db8::/64", {UINT64_C(0x20010DB800000001), 0}, 6, false},
    {"2001:db8:0:0:8000::/65", {UINT64_C(0x20010DB800000000), UINT64_C(1) << 63}, 6, true},
    {"2001:db8:0:0:8000::/65", {UINT64_C(0x20010DB800000000), 1}, 6, false},
};

static void test_networks_hold_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++) {
        struct subnet subnet;

        assert_true(subnet_parse(members[i].subnet, &subnet));
        assert_int_equal(subnet_has(&subnet, members[i].words, members[i].family),
                         members[i].expected);
    }
}

/* ---- reading ---- */

static const struct {
    const char *text;
    const char *complaint; /* begins so, after the file's name */
} bad[] = {
    {"[]", ":1: file: expected an object"},
    {"{}", ":1: services: expected this member, found none"},
    {"{\"services\": []}", ":1: services: expected"},
    {"{\"services\": [{\"name\": \"a\"}]}", ":1: services[1].name: expected"},
    {"{\"services\": [{\"name\": \"A\"}, {\"name\": \"A\"}]}", ":1: services[2].name: expected"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"more\": 1}", ":2: more: expected only the members"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"filters\": [{}]}",
     ":2: filters[1].service: expected this member"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"filters\": [{\"service\": \"B\"}]}",
     ":2: filters[1].service: expected one of the services, found B"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"filters\": [{\"service\": \"A\", \"ports\": [0]}]}",
     ":2: filters[1].ports[1]: expected"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"filters\": [{\"service\": \"A\", \"ports\": "
     "[80, \"90-80\"]}]}",
     ":2: filters[1].ports[2]: expected first-last"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"filters\": [{\"service\": \"A\", \"protocols\": "
     "[\"sctp\"]}]}",
     ":2: filters[1].protocols[1]: expected"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"filters\": [{\"service\": \"A\", \"networks\": "
     "[\"192.0.2.1/24\"]}]}",
     ":2: filters[1].networks[1]: expected an address"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"local\": []}", ":2: local: expected"},
    {"{\"services\": [{\"name\": \"A\"}],\n\"local\": [\"here\"]}", ":2: local[1]: expected"},
};

static void test_bad_policies_are_complained_about(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct complaints complaints = {0};
        struct policy *policy = NULL;
        const char *found;

        assert_int_equal(load(bad[i].text, &complaints, &policy), STATUS_BAD_INPUT);
        assert_null(policy);
        assert_true(complaints.kept > 0);
        found = complaints.texts[0] + strlen(POLICY_NAME);
        if (strncmp(found, bad[i].complaint, strlen(bad[i].complaint)) != 0) {
            fail_msg("expected %s, actual %s", bad[i].complaint, complaints.texts[0]);
        }
        complaints_clear(&complaints);
    }
}

/* ---- which services are asked ---- */

static const char three[] =
    "{\"services\": [{\"name\": \"A\"}, {\"name\": \"B\"}, {\"name\": \"C\"}],"
    "\"filters\": ["
    "{\"service\": \"A\", \"protocols\": [\"tcp\"], \"ports\": [80, 443]},"
    "{\"service\": \"A\", \"protocols\": [\"udp\"], \"ports\": [53]},"
    "{\"service\": \"B\", \"ports\": [\"440-450\"],"
    " \"networks\": [\"198.51.100.0/24\", \"2001:db8::/32\"]}]}";

static const struct {
    uint8_t protocol;
    uint16_t port;
    uint32_t server;
    uint32_t expected; /* A 1, B 2, C 4; C has no filter */
} matches[] = {
    {TCP, 80, 0xC6336401, 5},  {TCP, 443, 0xC6336401, 7}, {TCP, 443, 0xC6336501, 5},
    {TCP, 440, 0xC63364FF, 6}, {TCP, 450, 0xC6336400, 6}, {TCP, 451, 0xC6336400, 4},
    {TCP, 439, 0xC6336400, 4}, {UDP, 53, 0xC6336400, 5},  {UDP, 80, 0xC6336400, 4},
    {UDP, 443, 0xC6336400, 6}, {TCP, 53, 0xC6336400, 4},
};

static void test_filters_choose_services(void **state)
{
    struct policy *policy = load_good(three);

    (void)state;
    for (size_t i = 0; i < COUNT(matches); i++) {
        const struct flow_summary flow =
            flow_of(matches[i].protocol, 0xC0000201, matches[i].server, matches[i].port);

        assert_int_equal(policy_match(policy, &flow), matches[i].expected);
    }
    policy_free(policy);
}

static const struct {
    const char *local;
    uint32_t client, server;
    enum policy_side expected;
} sides[] = {
    {"", 0xC0000201, 0xC6336401, SIDE_OUTGOING},
    {", \"local\": [\"192.0.2.0/24\"]", 0xC0000201, 0xC6336401, SIDE_OUTGOING},
    {", \"local\": [\"192.0.2.0/24\"]", 0xC6336401, 0xC0000201, SIDE_INCOMING},
    {", \"local\": [\"192.0.2.0/24\"]", 0xC6336401, 0xC6336402, SIDE_ELSEWHERE},
    {", \"local\": [\"192.0.2.0/24\"]", 0xC0000201, 0xC0000202, SIDE_OUTGOING},
    {", \"local\": [\"2001:db8::/32\", \"198.51.100.1/32\"]", 0xC6336401, 0xC0000201,
     SIDE_OUTGOING},
};

static void test_local_networks_tell_the_side(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sides); i++) {
        const struct flow_summary flow = flow_of(TCP, sides[i].client, sides[i].server, 80);
        struct text text = {0};
        struct policy *policy;

        text_add(&text, "{\"services\": [{\"name\": \"A\"}]%s}", sides[i].local);
        policy = load_good(text_bytes(&text));
        assert_int_equal(policy_side_of(policy, &flow), sides[i].expected);
        policy_free(policy);
        text_clear(&text);
    }
}

static void test_order_is_sublayer_weight_place(void **state)
{
    struct policy *policy =
        load_good("{\"services\": [{\"name\": \"A\", \"sublayer\": 1, \"weight\": 1},"
                  "{\"name\": \"B\", \"sublayer\": 1, \"weight\": 2},"
                  "{\"name\": \"C\", \"sublayer\": 9, \"weight\": 0},"
                  "{\"name\": \"D\", \"sublayer\": 1, \"weight\": 2}]}");

    (void)state;
    assert_true(policy_asked_before(policy, 2, 1));
    assert_true(policy_asked_before(policy, 1, 3));
    assert_true(policy_asked_before(policy, 3, 0));
    assert_false(policy_asked_before(policy, 0, 2));
    policy_free(policy);
}

/* ---- classes ---- */

static void test_flows_of_one_kind_share_a_class(void **state)
{
    struct replayed *replayed = open_classes(three);
    const struct policy_class *first = play(replayed, flow_of(TCP, 0xC0000201, 0xC6336401, 443));

    (void)state;
    assert_ptr_equal(play(replayed, flow_of(TCP, 0xC0000207, 0xC6336477, 443)), first);
    assert_int_equal(first->flows, 2);
    assert_int_equal(first->services, 7);
    assert_ptr_not_equal(play(replayed, flow_of(UDP, 0xC0000201, 0xC6336401, 443)), first);
    assert_ptr_not_equal(play(replayed, flow_of(TCP, 0xC0000201, 0xC6336401, 440)), first);
    assert_int_equal(policy_class_total(replayed->classes), 3);
    close_classes(replayed);
}

/* A service that is not asked is not in the topology: its names are those of the others. */
static void test_class_has_the_asked_services_only(void **state)
{
    struct replayed *replayed = open_classes(three);
    const struct policy_class *class = play(replayed, flow_of(TCP, 1, 0xC6336401, 440));

    (void)state;
    assert_string_equal(class->names[0], "B");
    assert_string_equal(class->names[1], "C");
    assert_null(class->names[2]);
    assert_int_equal(class->fate, FATE_REDIRECTED);
    assert_int_equal(class->outcome.count, 4);
    close_classes(replayed);
}

static const struct {
    const char *services;
    enum policy_fate expected;
    const char *way;
} fates[] = {
    {"{\"name\": \"A\"}", FATE_REDIRECTED, "A"},
    {"{\"name\": \"A\"}, {\"name\": \"B\"}", FATE_REDIRECTED, "A > B"},
    {"{\"name\": \"A\", \"sublayer\": 1}, {\"name\": \"B\", \"sublayer\": 2}", FATE_REDIRECTED,
     "B > A"},
    {"{\"name\": \"A\", \"families\": \"ipv6\"}", FATE_DIRECT, ""},
    {"{\"name\": \"A\", \"deeds\": {\"NOT_REDIRECTED\": \"permit\"}}", FATE_DIRECT, ""},
    {"{\"name\": \"A\", \"deeds\": {\"NOT_REDIRECTED\": \"block\"}}", FATE_BLOCKED, "by A"},
    {"{\"name\": \"A\", \"propagates\": \"lost\"}", FATE_REFUSED, "by A"},
    {"{\"name\": \"A\", \"propagates\": \"never\", \"refuses\": false}", FATE_LOOP, "A > A"},
    {"{\"name\": \"A\", \"sublayer\": 1}, {\"name\": \"B\", \"sublayer\": 2, \"propagates\": "
     "\"never\", "
     "\"refuses\": false}",
     FATE_LOOP, "B > B"},
};

static void test_fates_are_the_models(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fates); i++) {
        struct text text = {0};
        struct replayed *replayed;
        struct tallies *tallies;

        text_add(&text, "{\"services\": [%s]}", fates[i].services);
        replayed = open_classes(text_bytes(&text));
        assert_int_equal(play(replayed, flow_of(TCP, 1, 2, 80))->fate, fates[i].expected);
        tallies = policy_tallies(replayed->classes);
        assert_int_equal(tallies->count, 1);
        assert_string_equal(text_bytes(&tallies->items[0].way), fates[i].way);
        assert_int_equal(tallies->items[0].flows[0], 1);
        policy_tallies_free(tallies);
        close_classes(replayed);
        text_clear(&text);
    }
}

static void test_datagrams_go_the_same_way(void **state)
{
    struct replayed *replayed = open_classes("{\"services\": [{\"name\": \"A\"}]}");
    const struct policy_class *class = play(replayed, flow_of(UDP, 1, 2, 53));

    (void)state;
    assert_int_equal(class->fate, FATE_REDIRECTED);
    assert_int_equal(class->carried, 1);
    assert_int_equal(play(replayed, flow_of(TCP, 1, 2, 53))->carried, 0);
    close_classes(replayed);
}

static void test_what_was_not_seen_has_no_path(void **state)
{
    struct replayed *replayed = open_classes("{\"services\": [{\"name\": \"A\"}]}");
    struct flow_summary flow = flow_of(TCP, 1, 2, 80);
    const struct policy_class *class;
    struct tallies *tallies;

    (void)state;
    flow.classified = false;
    class = play(replayed, flow);
    assert_int_equal(policy_flow_fate(class, &flow), FATE_NOT_CLASSIFIED);
    assert_int_equal(class->unclassified, 1);
    tallies = policy_tallies(replayed->classes);
    assert_int_equal(tallies->count, 1);
    assert_int_equal(tallies->items[0].fate, FATE_NOT_CLASSIFIED);
    policy_tallies_free(tallies);
    close_classes(replayed);
}

static void test_incoming_is_not_asked_about(void **state)
{
    struct replayed *replayed =
        open_classes("{\"services\": [{\"name\": \"A\"}], \"local\": [\"192.0.2.0/24\"]}");

    (void)state;
    assert_int_equal(play(replayed, flow_of(TCP, 1, 0xC0000201, 80))->fate, FATE_INCOMING);
    assert_int_equal(play(replayed, flow_of(TCP, 1, 2, 80))->fate, FATE_ELSEWHERE);
    assert_int_equal(play(replayed, flow_of(TCP, 0xC0000201, 2, 80))->fate, FATE_REDIRECTED);
    close_classes(replayed);
}

/* Service i is asked about the ports with bit i: 255 kinds of TCP flows, and those of datagrams. */
static void add_bit_filters(struct text *text, unsigned bit)
{
    const unsigned step = 1u << bit;
    unsigned count = 0;

    for (unsigned port = step; port < 256; port += 2 * step, count++) {
        if (count % FILTER_PORTS_MAX == 0) {
            text_add(text, "%s%s{\"service\": \"S%u\", \"ports\": [", count > 0 ? "]}" : "",
                     bit + count > 0 ? "," : "", bit);
        }
        text_add(text, "%s\"%u-%u\"", count % FILTER_PORTS_MAX == 0 ? "" : ",", port,
                 port + step - 1);
    }
    text_add(text, "]}");
}

static void test_classes_beyond_the_last_are_told(void **state)
{
    struct text text = {0};
    struct replayed *replayed;
    uint64_t flows = 0;

    (void)state;
    text_add(&text, "{\"services\": [");
    for (unsigned i = 0; i < WFP_PATH_SERVICES_MAX; i++) {
        text_add(&text, "%s{\"name\": \"S%u\"}", i == 0 ? "" : ",", i);
    }
    text_add(&text, "], \"filters\": [");
    for (unsigned i = 0; i < WFP_PATH_SERVICES_MAX; i++) {
        add_bit_filters(&text, i);
    }
    text_add(&text, "]}");
    replayed = open_classes(text_bytes(&text));
    for (uint16_t port = 1; port < 256; port++) {
        assert_int_equal(
            policy_match(replayed->policy,
                         &(struct flow_summary){.server.port = port, .family = 4, .protocol = TCP}),
            port);
        (void)play(replayed, flow_of(TCP, 1, 2, port));
        (void)play(replayed, flow_of(UDP, 1, 2, port));
    }
    assert_int_equal(policy_class_total(replayed->classes), POLICY_CLASSES_MAX);
    assert_int_equal(policy_class_at(replayed->classes, POLICY_CLASSES_MAX - 1)->fate,
                     FATE_TOO_MANY);
    assert_int_not_equal(policy_class_at(replayed->classes, POLICY_CLASSES_MAX - 2)->fate,
                         FATE_TOO_MANY);
    for (size_t i = 0; i < policy_class_total(replayed->classes); i++) {
        flows += policy_class_at(replayed->classes, i)->flows;
    }
    assert_int_equal(flows, 510);
    close_classes(replayed);
    text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks_are_read_and_written),
        cmocka_unit_test(test_networks_hold_addresses),
        cmocka_unit_test(test_bad_policies_are_complained_about),
        cmocka_unit_test(test_filters_choose_services),
        cmocka_unit_test(test_local_networks_tell_the_side),
        cmocka_unit_test(test_order_is_sublayer_weight_place),
        cmocka_unit_test(test_flows_of_one_kind_share_a_class),
        cmocka_unit_test(test_class_has_the_asked_services_only),
        cmocka_unit_test(test_fates_are_the_models),
        cmocka_unit_test(test_datagrams_go_the_same_way),
        cmocka_unit_test(test_what_was_not_seen_has_no_path),
        cmocka_unit_test(test_incoming_is_not_asked_about),
        cmocka_unit_test(test_classes_beyond_the_last_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
