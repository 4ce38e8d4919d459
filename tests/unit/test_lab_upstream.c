/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/address.h"
#include "harness/lab/server/upstream.h"

struct row {
    enum upstream_kind kind;
    const char *bytes;
    size_t size;
    const char *target; /* NULL: refused */
};

#define BYTES(text) text, sizeof(text) - 1

static const struct row rows[] = {
    {UPSTREAM_SOCKS5, BYTES("\5\1\0\5\1\0\1\306\22\0\7\1\273"), "198.18.0.7:443"},
    {UPSTREAM_SOCKS5, BYTES("\5\2\0\2\5\1\0\1\306\22\0\7\1\273"), "198.18.0.7:443"},
    {UPSTREAM_SOCKS5, BYTES("\5\1\0\5\1\0\4\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1\0\120"),
     "[2001:db8::1]:80"},
    {UPSTREAM_SOCKS5, BYTES("\5\1\0\5\1\0\3\012198.18.0.7\1\273"), "198.18.0.7:443"},
    {UPSTREAM_SOCKS5, BYTES("\5\1\0\5\1\0\3\4host\1\273"), NULL},
    {UPSTREAM_SOCKS5, BYTES("\4\1\1\273"), NULL},
    {UPSTREAM_SOCKS5, BYTES("\5\1\0\5\2\0\1\306\22\0\7\1\273"), NULL},
    {UPSTREAM_SOCKS5, BYTES("\5\1\0\5\1\0\7\306\22\0\7\1\273"), NULL},
    {UPSTREAM_HTTP, BYTES("CONNECT 198.18.0.7:443 HTTP/1.1\r\n\r\n"), "198.18.0.7:443"},
    {UPSTREAM_HTTP, BYTES("CONNECT [2001:db8::1]:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
     "[2001:db8::1]:80"},
    {UPSTREAM_HTTP, BYTES("GET / HTTP/1.1\r\n\r\n"), NULL},
    /* The other dialogue, which waits for an answer: no end of a head would ever come. */
    {UPSTREAM_HTTP, BYTES("\5\1\0"), NULL},
    {UPSTREAM_HTTP, BYTES("CONNECT host HTTP/1.1\r\n\r\n"), NULL},
};

/* Feeds it in pieces; what is left over is the client's. */
static enum upstream_step feed(const struct row *row, size_t piece, struct upstream_talk *talk)
{
    enum upstream_step step = UPSTREAM_MORE;
    size_t at = 0;

    while (at < row->size && (step == UPSTREAM_MORE || step == UPSTREAM_SAY)) {
        const size_t size = row->size - at < piece ? row->size - at : piece;
        size_t used;

        step = upstream_take(talk, (const uint8_t *)row->bytes + at, size, &used);
        assert_true(used > 0 && used <= size);
        at += used;
    }
    return step;
}

static void targets_are_read_however_they_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t piece = 1; piece <= rows[i].size; piece++) {
            struct upstream_talk talk = {.kind = rows[i].kind};
            struct wfp_address expected;
            const enum upstream_step step = feed(&rows[i], piece, &talk);

            if (rows[i].target == NULL) {
                assert_int_equal(step, UPSTREAM_BAD);
                continue;
            }
            assert_int_equal(step, UPSTREAM_TARGET);
            assert_true(address_parse(rows[i].target, &expected));
            assert_true(wfp_address_equal(&talk.target, &expected));
        }
    }
}

static void what_never_ends_is_given_up(void **state)
{
    uint8_t noise[4 * UPSTREAM_ROOM];
    size_t used;

    (void)state;
    memset(noise, 'x', sizeof noise);
    memcpy(noise, "CONNECT ", 8);
    for (int kind = UPSTREAM_SOCKS5; kind <= UPSTREAM_HTTP; kind++) {
        struct upstream_talk talk = {.kind = (enum upstream_kind)kind};

        assert_int_equal(upstream_take(&talk, noise, sizeof noise, &used), UPSTREAM_BAD);
    }
}

static void the_option_is_read(void **state)
{
    struct upstream upstream;

    (void)state;
    assert_true(upstream_parse("socks5=127.0.0.1:1080", &upstream));
    assert_int_equal(upstream.kind, UPSTREAM_SOCKS5);
    assert_int_equal(upstream.address.port, 1080);
    assert_true(upstream_parse("http=[::1]:3128", &upstream));
    assert_string_equal(upstream_name(upstream.kind), "http");
    assert_false(upstream_parse("socks4=127.0.0.1:1080", &upstream));
    assert_false(upstream_parse("http=127.0.0.1", &upstream));
    assert_false(upstream_parse("http", &upstream));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_read_however_they_come),
        cmocka_unit_test(what_never_ends_is_given_up),
        cmocka_unit_test(the_option_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
