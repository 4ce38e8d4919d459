/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/replay/address.h"
#include "harness/replay/decode.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { FRAME_MAX = 256 };

/* Frames are written in hexadecimal, with spaces where they help. */
static size_t from_hex(const char *hex, uint8_t bytes[FRAME_MAX])
{
    size_t size = 0;

    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        const char pair[3] = {hex[0], hex[1], '\0'};

        assert_true(size < FRAME_MAX);
        bytes[size++] = (uint8_t)strtoul(pair, NULL, 16);
        hex += 2;
    }
    return size;
}

/* 192.0.2.1:4096 to 198.51.100.2:80, and the same with 53; 20 and 8 bytes. */
#define TCP_SYN "1000 0050 01020304 00000000 5002 2000 0000 0000"
#define UDP "1000 0035 0008 0000"
#define FROM_TO "C0000201 C6336402"
#define IPV4_TCP "4500 0028 0001 0000 4006 0000" FROM_TO TCP_SYN
#define IPV4_UDP "4500 001C 0001 0000 4011 0000" FROM_TO UDP
/* 2001:db8::1 to 2001:db8::2 */
#define FROM_TO_6                                                                                  \
    "20010DB8 00000000 00000000 00000001"                                                          \
    "20010DB8 00000000 00000000 00000002"
#define IPV6_UDP "60000000 0008 1140" FROM_TO_6 UDP
#define MACS "020000000001 020000000002"

struct sample {
    const char *name;
    enum link_type link;
    const char *hex;
    enum cause cause;
    uint8_t family, protocol; /* of what is understood */
};

static const struct sample samples[] = {
    {"Ethernet", LINK_ETHERNET, MACS "0800" IPV4_TCP, CAUSE_NONE, 4, 6},
    {"Ethernet, IPv6", LINK_ETHERNET, MACS "86DD" IPV6_UDP, CAUSE_NONE, 6, 17},
    {"padding behind the packet", LINK_ETHERNET, MACS "0800" IPV4_UDP "00000000", CAUSE_NONE, 4,
     17},
    {"VLAN", LINK_ETHERNET, MACS "8100 0001 0800" IPV4_UDP, CAUSE_NONE, 4, 17},
    {"QinQ", LINK_ETHERNET, MACS "88A8 0001 8100 0002 86DD" IPV6_UDP, CAUSE_NONE, 6, 17},
    {"old QinQ", LINK_ETHERNET, MACS "9100 0001 8100 0002 0800" IPV4_TCP, CAUSE_NONE, 4, 6},
    {"SNAP", LINK_ETHERNET, MACS "0024 AAAA03 000000 0800" IPV4_UDP, CAUSE_NONE, 4, 17},
    {"PPPoE", LINK_ETHERNET, MACS "8864 1100 0001 001E 0021" IPV4_UDP, CAUSE_NONE, 4, 17},
    {"PPPoE discovery", LINK_ETHERNET, MACS "8864 1109 0001 001E 0021", CAUSE_NOT_IP, 0, 0},
    {"ARP", LINK_ETHERNET, MACS "0806 0001", CAUSE_NOT_IP, 0, 0},
    {"spanning tree", LINK_ETHERNET, MACS "0026 424203 000000 0000", CAUSE_NOT_IP, 0, 0},
    {"a tag and no more", LINK_ETHERNET, MACS "8100 00", CAUSE_TOO_SHORT, 0, 0},
    {"half an Ethernet header", LINK_ETHERNET, "0200", CAUSE_TOO_SHORT, 0, 0},
    {"nothing", LINK_ETHERNET, "", CAUSE_TOO_SHORT, 0, 0},
    {"Ethernet and no IP", LINK_ETHERNET, MACS "0800", CAUSE_TOO_SHORT, 0, 0},
    {"raw IPv4", LINK_RAW, IPV4_TCP, CAUSE_NONE, 4, 6},
    {"raw IPv6", LINK_RAW, IPV6_UDP, CAUSE_NONE, 6, 17},
    {"IPv4 link", LINK_IPV4, IPV4_TCP, CAUSE_NONE, 4, 6},
    {"IPv4 link with IPv6", LINK_IPV4, IPV6_UDP, CAUSE_BAD_VERSION, 0, 0},
    {"IPv6 link", LINK_IPV6, IPV6_UDP, CAUSE_NONE, 6, 17},
    {"IPv6 link with IPv4", LINK_IPV6, IPV4_UDP, CAUSE_BAD_VERSION, 0, 0},
    {"version 5", LINK_RAW, "50", CAUSE_BAD_VERSION, 0, 0},
    {"cooked", LINK_COOKED, "0000 0001 0006 0200000000010000 0800" IPV4_UDP, CAUSE_NONE, 4, 17},
    {"cooked, no IP", LINK_COOKED, "0000 0001 0006 0200000000010000 0001", CAUSE_NOT_IP, 0, 0},
    {"cooked 2", LINK_COOKED2, "86DD 0000 00000001 0001 00 06 0200000000010000" IPV6_UDP,
     CAUSE_NONE, 6, 17},
    {"loopback of a little-endian machine", LINK_NULL, "02000000" IPV4_UDP, CAUSE_NONE, 4, 17},
    {"of a big-endian one", LINK_NULL, "00000002" IPV4_UDP, CAUSE_NONE, 4, 17},
    {"IPv6 of Darwin", LINK_NULL, "1E000000" IPV6_UDP, CAUSE_NONE, 6, 17},
    {"family that is not IP", LINK_NULL, "07000000", CAUSE_NOT_IP, 0, 0},
    {"LOOP", LINK_LOOP, "00000018" IPV6_UDP, CAUSE_NONE, 6, 17},
    {"LOOP in the wrong order", LINK_LOOP, "18000000" IPV6_UDP, CAUSE_NOT_IP, 0, 0},
    {"PPP", LINK_PPP, "0021" IPV4_UDP, CAUSE_NONE, 4, 17},
    {"PPP, short protocol", LINK_PPP, "57" IPV6_UDP, CAUSE_NONE, 6, 17},
    {"PPP with address", LINK_PPP, "FF03 0021" IPV4_TCP, CAUSE_NONE, 4, 6},
    {"PPP control", LINK_PPP, "FF03 C021", CAUSE_NOT_IP, 0, 0},
    {"Cisco HDLC in PPP", LINK_PPP, "0F00 0800" IPV4_TCP, CAUSE_NONE, 4, 6},
    {"Cisco HDLC", LINK_CISCO_HDLC, "0F00 0800" IPV4_TCP, CAUSE_NONE, 4, 6},
    {"its keepalive", LINK_CISCO_HDLC, "8F00 8035", CAUSE_NOT_IP, 0, 0},
    {"unknown link", LINK_UNKNOWN, IPV4_TCP, CAUSE_UNKNOWN_LINK, 0, 0},

    {"IPv4 options", LINK_RAW, "4600 0020 0001 0000 4011 0000" FROM_TO "01010101" UDP, CAUSE_NONE,
     4, 17},
    {"IPv4 header of 16 bytes", LINK_RAW, "4400 001C 0001 0000 4011 0000" FROM_TO UDP,
     CAUSE_BAD_HEADER_LENGTH, 0, 0},
    {"length below the header", LINK_RAW, "4500 0013 0001 0000 4011 0000" FROM_TO UDP,
     CAUSE_LENGTH_TOO_SMALL, 0, 0},
    {"length beyond the packet", LINK_RAW, "4500 001D 0001 0000 4011 0000" FROM_TO UDP,
     CAUSE_LENGTH_BEYOND_PACKET, 0, 0},
    {"length left to the card", LINK_RAW, "4500 0000 0001 0000 4011 0000" FROM_TO UDP, CAUSE_NONE,
     4, 17},
    {"UDP cut off by the IP length", LINK_RAW, "4500 001B 0001 0000 4011 0000" FROM_TO UDP,
     CAUSE_TOO_SHORT, 0, 0},
    {"first fragment", LINK_RAW, "4500 001C 0001 2000 4011 0000" FROM_TO "1000 0035 0800 0000",
     CAUSE_NONE, 4, 17},
    {"later fragment", LINK_RAW, "4500 001C 0001 0001 4011 0000" FROM_TO UDP, CAUSE_NONE, 4, 17},
    {"ICMP", LINK_RAW, "4500 001C 0001 0000 4001 0000" FROM_TO UDP, CAUSE_OTHER_PROTOCOL, 0, 0},
    {"IPv4 in IPv4", LINK_RAW, "4500 001C 0001 0000 4004 0000" FROM_TO UDP, CAUSE_TUNNEL, 0, 0},
    {"GRE", LINK_RAW, "4500 001C 0001 0000 402F 0000" FROM_TO UDP, CAUSE_TUNNEL, 0, 0},

    {"IPv6 length beyond", LINK_RAW, "60000000 0009 1140" FROM_TO_6 UDP, CAUSE_LENGTH_BEYOND_PACKET,
     0, 0},
    {"IPv6 length left out", LINK_RAW, "60000000 0000 1140" FROM_TO_6 UDP, CAUSE_NONE, 6, 17},
    {"hop by hop, destination", LINK_RAW,
     "60000000 0018 0040" FROM_TO_6 "3C00 000000000000 1100 000000000000" UDP, CAUSE_NONE, 6, 17},
    {"authentication", LINK_RAW, "60000000 0014 3340" FROM_TO_6 "1101 0000 00000001 00000001" UDP,
     CAUSE_NONE, 6, 17},
    {"IPv6 first fragment", LINK_RAW, "60000000 0010 2C40" FROM_TO_6 "1100 0001 00000007" UDP,
     CAUSE_NONE, 6, 17},
    {"IPv6 later fragment", LINK_RAW, "60000000 0010 2C40" FROM_TO_6 "1100 0009 00000007" UDP,
     CAUSE_NONE, 6, 17},
    {"encrypted", LINK_RAW, "60000000 0008 3240" FROM_TO_6 UDP, CAUSE_OTHER_PROTOCOL, 0, 0},
    {"nothing follows", LINK_RAW, "60000000 0008 3B40" FROM_TO_6 UDP, CAUSE_OTHER_PROTOCOL, 0, 0},
    {"IPv6 in IPv6", LINK_RAW, "60000000 0008 2940" FROM_TO_6 UDP, CAUSE_TUNNEL, 0, 0},
    {"extension longer than the packet", LINK_RAW,
     "60000000 0008 0040" FROM_TO_6 "11FF 000000000000", CAUSE_TOO_SHORT, 0, 0},

    {"TCP header of 16 bytes", LINK_RAW,
     "4500 0028 0001 0000 4006 0000" FROM_TO "1000 0050 01020304 00000000 4002 2000 0000 0000",
     CAUSE_BAD_HEADER_LENGTH, 0, 0},
    {"TCP header beyond the packet", LINK_RAW,
     "4500 0028 0001 0000 4006 0000" FROM_TO "1000 0050 01020304 00000000 6002 2000 0000 0000",
     CAUSE_BAD_HEADER_LENGTH, 0, 0},
    {"UDP length below its header", LINK_RAW,
     "4500 001C 0001 0000 4011 0000" FROM_TO "1000 0035 0007 0000", CAUSE_LENGTH_TOO_SMALL, 0, 0},
    {"UDP length beyond", LINK_RAW, "4500 001C 0001 0000 4011 0000" FROM_TO "1000 0035 0009 0000",
     CAUSE_LENGTH_BEYOND_PACKET, 0, 0},
    {"UDP length left out", LINK_RAW, "4500 001C 0001 0000 4011 0000" FROM_TO "1000 0035 0000 0000",
     CAUSE_NONE, 4, 17},
};

static void check(const struct sample *sample)
{
    uint8_t bytes[FRAME_MAX];
    const size_t size = from_hex(sample->hex, bytes);
    struct packet packet;
    const enum cause actual = decode(sample->link, bytes, size, size, &packet);

    if (actual != sample->cause) {
        fail_msg("%s: expected %s, actual %s", sample->name, cause_row(sample->cause)->id,
                 cause_row(actual)->id);
    }
    if (actual == CAUSE_NONE &&
        (packet.key.family != sample->family || packet.key.protocol != sample->protocol)) {
        fail_msg("%s: family %d, protocol %d", sample->name, packet.key.family,
                 packet.key.protocol);
    }
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        check(&samples[i]);
    }
}

/* Of a frame that is understood, every shorter capture is blamed on the capture or understood. */
static void test_what_the_capture_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t bytes[FRAME_MAX];
        const size_t size = from_hex(samples[i].hex, bytes);

        for (size_t captured = 0; samples[i].cause == CAUSE_NONE && captured < size; captured++) {
            uint8_t *exact = malloc(captured + 1); /* so that a sanitizer sees one byte too many */
            struct packet packet;
            enum cause actual;

            memcpy(exact + 1, bytes, captured);
            actual = decode(samples[i].link, exact + 1, captured, size, &packet);
            free(exact);
            if (actual != CAUSE_NONE && actual != CAUSE_CUT_BY_CAPTURE) {
                fail_msg("%s cut at %zu: %s", samples[i].name, captured, cause_row(actual)->id);
            }
        }
    }
}

static struct packet decoded(const char *hex)
{
    uint8_t bytes[FRAME_MAX];
    const size_t size = from_hex(hex, bytes);
    struct packet packet;

    assert_int_equal(decode(LINK_RAW, bytes, size, size, &packet), CAUSE_NONE);
    return packet;
}

static void test_both_directions_have_one_key(void **state)
{
    const struct packet there = decoded(IPV4_UDP);
    const struct packet back =
        decoded("4500 001C 0001 0000 4011 0000 C6336402 C0000201 0035 1000 0008 0000");

    (void)state;
    assert_memory_equal(&there.key, &back.key, sizeof there.key);
    assert_int_not_equal(there.from, back.from);
    assert_int_equal(there.key.address[there.from][1], 0xC0000201);
    assert_int_equal(there.key.port[there.from], 4096);
}

static void test_tcp_and_fragment_fields(void **state)
{
    const struct packet syn = decoded(IPV4_TCP);
    const struct packet first =
        decoded("60000000 0010 2C40" FROM_TO_6 "1100 0001 00000007 1000 0035 0800 0000");
    const struct packet later = decoded("4500 001C ABCD 00FF 4006 0000" FROM_TO UDP);

    (void)state;
    assert_int_equal(syn.sequence, 0x01020304);
    assert_int_equal(syn.tcp_flags, 2);
    assert_int_equal(syn.fragment, FRAGMENT_WHOLE);
    assert_int_equal(first.fragment, FRAGMENT_FIRST);
    assert_int_equal(first.fragment_id, 7);
    assert_int_equal(first.key.port[first.from], 4096);
    assert_int_equal(later.fragment, FRAGMENT_LATER);
    assert_int_equal(later.fragment_id, 0xABCD);
    assert_int_equal(later.key.port[0] + later.key.port[1], 0);
}

static const struct {
    uint64_t words[2];
    uint8_t family;
    const char *expected;
} addresses[] = {
    {{0, 0xC0000201}, 4, "192.0.2.1"},
    {{0, 0}, 4, "0.0.0.0"},
    {{0, 0}, 6, "::"},
    {{0, 1}, 6, "::1"},
    {{UINT64_C(0x20010DB800000000), 1}, 6, "2001:db8::1"},
    {{UINT64_C(0x20010DB800000000), 0}, 6, "2001:db8::"},
    {{UINT64_C(0x2001000000000001), UINT64_C(0x0000000000000001)}, 6, "2001:0:0:1::1"},
    {{UINT64_C(0x2001000000010000), UINT64_C(0x0000000100000001)}, 6, "2001:0:1::1:0:1"},
    {{UINT64_C(0x2001000100010001), UINT64_C(0x0001000100000001)}, 6, "2001:1:1:1:1:1:0:1"},
    {{UINT64_C(0x2001000000000001), UINT64_C(0x0001000000000001)}, 6, "2001::1:1:0:0:1"},
    {{UINT64_MAX, UINT64_MAX}, 6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
};

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        char text[ADDRESS_TEXT_MAX];

        address_text(addresses[i].words, addresses[i].family, text);
        assert_string_equal(text, addresses[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_what_the_capture_cut_off),
        cmocka_unit_test(test_both_directions_have_one_key),
        cmocka_unit_test(test_tcp_and_fragment_fields),
        cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
