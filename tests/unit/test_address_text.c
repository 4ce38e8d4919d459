/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/address.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    const char *text;
    const char *printed;
} good[] = {
    {"203.0.113.10:443", "203.0.113.10:443"},
    {"0.0.0.0:0", "0.0.0.0:0"},
    {"255.255.255.255:65535", "255.255.255.255:65535"},
    {"[::]:1", "[::]:1"},
    {"[::1]:1", "[::1]:1"},
    {"[2001:db8::]:1", "[2001:db8::]:1"},
    {"[2001:db8::a:1]:443", "[2001:db8::a:1]:443"},
    {"[1:2:3:4:5:6:7:8]:9", "[1:2:3:4:5:6:7:8]:9"},
    {"[1:2:3:4:5:6:7::]:9", "[1:2:3:4:5:6:7:0]:9"},
    {"[::2:3:4:5:6:7:8]:9", "[0:2:3:4:5:6:7:8]:9"},
    {"[::ffff:192.0.2.1]:80", "[::ffff:192.0.2.1]:80"},
    {"[1:2:3:4:5:6:192.0.2.1]:80", "[1:2:3:4:5:6:c000:201]:80"},
    {"[1:0:0:4:0:0:7:8]:9", "[1::4:0:0:7:8]:9"},
    {"[1:0:0:4:0:0:0:8]:9", "[1:0:0:4::8]:9"},
    {"[0:0:3:4:5:6:7:8]:9", "[::3:4:5:6:7:8]:9"},
    {"[1:2:3:4:5:6:0:0]:9", "[1:2:3:4:5:6::]:9"},
    {"[1:0:3:0:5:0:7:0]:9", "[1:0:3:0:5:0:7:0]:9"},
    {"[::fffe:192.0.2.1]:80", "[::fffe:c000:201]:80"},
    {"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
     "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
};

static void test_good_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct wfp_address address;
        struct wfp_address again;
        char text[ADDRESS_TEXT_MAX];

        assert_true(address_parse(good[i].text, &address));
        address_print(&address, text, sizeof text);
        assert_string_equal(text, good[i].printed);
        assert_true(address_parse(text, &again));
        assert_true(wfp_address_equal(&address, &again));
    }
}

static void test_bytes(void **state)
{
    static const uint8_t v4[16] = {203, 0, 113, 10};
    static const uint8_t v6[16] = {0x20, 0x01, 0x0D, 0xB8, [14] = 0x12, [15] = 0x34};
    struct wfp_address address;

    (void)state;
    assert_true(address_parse("203.0.113.10:443", &address));
    assert_memory_equal(address.bytes, v4, sizeof v4);
    assert_int_equal(address.port, 443);
    assert_int_equal(address.family, WFP_IPV4);
    assert_true(address_parse("[2001:db8::1234]:8080", &address));
    assert_memory_equal(address.bytes, v6, sizeof v6);
    assert_int_equal(address.port, 8080);
    assert_int_equal(address.family, WFP_IPV6);
}

static void test_bad_addresses(void **state)
{
    static const char *const bad[] = {
        "",
        ":",
        "1.2.3.4",
        "1.2.3.4:",
        "1.2.3:80",
        "1.2.3.4.5:80",
        "256.2.3.4:80",
        "1.2.3.1000:80",
        "1.2.3.4:65536",
        "1.2.3.4:080000",
        "1.2.3.4:80 ",
        " 1.2.3.4:80",
        "1.2.3.4:-1",
        "1.2.3.4:8x",
        "::1:80",
        "[::1]",
        "[::1]80",
        "[::1:80",
        "[]:80",
        "[:]:80",
        "[:::]:80",
        "[1]:80",
        "[1:2:3:4:5:6:7]:80",
        "[1:2:3:4:5:6:7:8:9]:80",
        "[1:2:3:4:5:6:7:8::]:80",
        "[1::2::3]:80",
        "[1:2:3:4:5:6:7:]:80",
        "[:1:2:3:4:5:6:7]:80",
        "[12345::]:80",
        "[G::]:80",
        "[ABCD::]:80",
        "[1:2:3:4:5:6:7:1.2.3.4]:80",
        "[1.2.3.4:1::]:80",
        "[::1.2.3]:80",
        "[::1.2.3.256]:80",
        "[1.2.3.4]:80",
    };
    struct wfp_address address = {.port = 7};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (address_parse(bad[i], &address)) {
            fail_msg("\"%s\" was taken", bad[i]);
        }
        assert_int_equal(address.port, 7);
    }
}

/* Cut, but ended, whatever the room. */
static void test_prints_into_any_room(void **state)
{
    struct wfp_address address;

    (void)state;
    assert_true(address_parse("[1:2:3:4:5:6:7:8]:65535", &address));
    for (size_t room = 1; room <= ADDRESS_TEXT_MAX; room++) {
        char *text = malloc(room);

        assert_non_null(text);
        address_print(&address, text, room);
        assert_in_range(strlen(text), 0, room - 1);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_addresses),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_prints_into_any_room),
    };

    return cmocka_run_group_tests_name("address_text", tests, NULL, NULL);
}
