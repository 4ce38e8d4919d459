/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/sha256.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Examples that were published with the algorithm. */
static const struct {
    const char *text;
    unsigned times;
    const char *expected;
} examples[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnop"
     "qrs"
     "mnopqrstnopqrstu",
     1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {"aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void test_published_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        struct sha256 sha;
        char text[SHA256_TEXT_MAX];

        sha256_begin(&sha);
        for (unsigned time = 0; time < examples[i].times; time++) {
            sha256_add(&sha, examples[i].text, strlen(examples[i].text));
        }
        sha256_end(&sha, text);
        assert_string_equal(text, examples[i].expected);
    }
}

static void test_parts_make_no_difference(void **state)
{
    static uint8_t bytes[300];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    for (size_t size = 0; size <= sizeof bytes; size++) {
        struct sha256 whole;
        struct sha256 parts;
        char expected[SHA256_TEXT_MAX];
        char actual[SHA256_TEXT_MAX];

        sha256_begin(&whole);
        sha256_add(&whole, bytes, size);
        sha256_end(&whole, expected);
        sha256_begin(&parts);
        for (size_t i = 0; i < size; i++) {
            sha256_add(&parts, bytes + i, 1);
        }
        sha256_end(&parts, actual);
        assert_string_equal(actual, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_examples),
        cmocka_unit_test(test_parts_make_no_difference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
