/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/address.h"
#include "harness/lab/server/endpoint.h"

static struct wfp_address address_of(const char *text)
{
    struct wfp_address address;

    assert_true(address_parse(text, &address));
    return address;
}

static const struct {
    const char *text;
    bool served;
    bool loopback;
    bool mapped;
} rows[] = {
    {"198.18.0.1:443", true, false, false},
    {"198.19.255.255:1", true, false, false},
    {"198.20.0.1:443", false, false, false},
    {"198.17.0.1:443", false, false, false},
    {"[::ffff:198.18.3.4]:443", true, false, true},
    {"[::ffff:192.0.2.1]:443", false, false, true},
    {"[2001:db8::1]:443", true, false, false},
    {"[2001:db9::1]:443", false, false, false},
    {"127.0.0.1:80", false, true, false},
    {"127.1.2.3:80", false, true, false},
    {"[::1]:80", false, true, false},
    {"[::ffff:127.0.0.1]:80", false, true, true},
    {"[::2]:80", false, false, false},
};

static void addresses_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct wfp_address address = address_of(rows[i].text);

        assert_int_equal(endpoint_is_served(&address), rows[i].served);
        assert_int_equal(endpoint_is_loopback(&address), rows[i].loopback);
        assert_int_equal(endpoint_is_mapped(&address), rows[i].mapped);
    }
}

static void the_system_gives_back_what_it_was_given(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct wfp_address address = address_of(rows[i].text);
        struct sockaddr_storage stored;
        struct wfp_address read;

        endpoint_store(&address, &stored);
        read = endpoint_read((const struct sockaddr *)&stored);
        assert_true(wfp_address_equal(&address, &read));
    }
}

static void a_host_is_the_same_in_both_forms(void **state)
{
    const struct wfp_address plain = address_of("198.18.0.1:443");
    const struct wfp_address other = address_of("198.18.0.2:443");
    struct wfp_address mapped = endpoint_mapped(&plain);

    (void)state;
    assert_true(endpoint_is_mapped(&mapped));
    mapped.port = 80;
    assert_true(endpoint_same_host(&plain, &mapped));
    assert_false(endpoint_same_host(&other, &mapped));
}

static void destinations_are_served_and_differ(void **state)
{
    (void)state;
    for (int family = WFP_IPV4; family <= WFP_IPV6; family++) {
        struct wfp_address last = {.family = WFP_IPV4};

        for (uint32_t number = 1; number <= 100000; number += number < 600 ? 1 : 997) {
            const struct wfp_address one = endpoint_destination((enum wfp_family)family, number);

            assert_true(endpoint_is_served(&one));
            assert_false(endpoint_same_host(&one, &last));
            last = one;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_told_apart),
        cmocka_unit_test(the_system_gives_back_what_it_was_given),
        cmocka_unit_test(a_host_is_the_same_in_both_forms),
        cmocka_unit_test(destinations_are_served_and_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
