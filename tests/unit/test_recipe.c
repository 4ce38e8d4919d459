/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/lab/context/recipe.h"
#include "harness/platform/files.h"
#include "harness/recording.h"
#include "harness/tree.h"
#include "tests/unit/quoted.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FILE_NAME "test_recipe.json"
#define EXPLAINED "test_recipe.txt"

enum { PATH_ROOM = 4200 };

static struct complaints complaints;

/* The client at 192.0.2.77:49731, 2001:db8::2:77 */
static struct recipe_facts client_of(enum wfp_family family)
{
    struct recipe_facts facts = {
        .destination = {{198, 18, 0, 1}, 443, WFP_IPV4, 0},
        .source = {{192, 0, 2, 77}, 49731, WFP_IPV4, 0},
        .protocol = 6,
        .process = 4242,
        .proxy = 1337,
        .interface_index = 12,
        .time = UINT64_C(0x01DB5C2900000000),
        .connection = 3,
        .image = "C:\\a\xC3\xA9\xF0\x9F\x98\x80", /* e with an accent, and a face: two units */
    };

    if (family == WFP_IPV6) {
        facts.destination = (struct wfp_address){{0x20, 1, 0x0d, 0xb8, [15] = 1}, 443, WFP_IPV6, 0};
        facts.source =
            (struct wfp_address){{0x20, 1, 0x0d, 0xb8, [13] = 2, [15] = 0x77}, 49731, WFP_IPV6, 0};
    }
    return facts;
}

static struct recipe *loaded(const char *path)
{
    struct recipe *recipe = NULL;
    const enum status status = recipe_load(path, &complaints, &recipe);

    complaints_print(&complaints, stderr);
    complaints_clear(&complaints);
    assert_int_equal(status, STATUS_OK);
    return recipe;
}

static void expect_bytes(const struct recipe *recipe, const struct recipe_facts *facts,
                         const char *expected)
{
    uint8_t bytes[1024];
    char actual[2 * sizeof bytes + 1];
    char wanted[2 * sizeof bytes + 1] = "";
    size_t size = 0;

    for (size_t i = 0, end = 0; expected[i] != '\0'; i++) {
        if (expected[i] != ' ') {
            wanted[end++] = expected[i];
            wanted[end] = '\0';
        }
    }
    assert_true(recipe_build(recipe, facts, bytes, sizeof bytes, &size));
    recording_hex(bytes, (uint32_t)size, actual);
    assert_string_equal(actual, wanted);
}

#define ZEROS_8 "0000000000000000"
#define ZEROS_32 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8
#define ZEROS_96 ZEROS_32 ZEROS_32 ZEROS_32

/* ---- what is shipped ---- */

static const struct {
    const char *name;
    const char *ipv4; /* NULL: not covered */
    const char *ipv6;
} shipped[] = {
    {"destination-only", "c6120001 01bb 0000", NULL},
    {"storage-pair",
     "0200 01bb c6120001" ZEROS_8 ZEROS_96 ZEROS_8 ZEROS_8
     "0200 c243 c000024d" ZEROS_8 ZEROS_96 ZEROS_8 ZEROS_8,
     "1700 01bb 00000000 20010db8 00000000 00000000 00000001 00000000" ZEROS_96 "00000000"
     "1700 c243 00000000 20010db8 00000000 00000000 00020077 00000000" ZEROS_96 "00000000"},
    {"storage-and-process",
     "0200 01bb c6120001" ZEROS_8 ZEROS_96 ZEROS_8 ZEROS_8 "92100000 00000000",
     "1700 01bb 00000000 20010db8 00000000 00000000 00000001 00000000" ZEROS_96 "00000000"
     "92100000 00000000"},
    {"packed-members", "0200 06 00 bb01 0000 c6120001" ZEROS_8 ZEROS_8 "92100000",
     "1700 06 00 bb01 0000 00000000 20010db8 00000000 00000000 00000001 92100000"},
    {"version-and-address", "04 00 bb01 c6120001 00000000" ZEROS_8,
     "06 00 bb01 20010db8 00000000 00000000 00000001"},
    {"versioned-header",
     "52435831 0200 3800 0300000000000000 00000000295cdb01 9210000000000000 0c000000 06 00 01bb"
     "00000000 00000000 0000ffff c6120001",
     "52435831 0200 3800 0300000000000000 00000000295cdb01 9210000000000000 0c000000 06 00 01bb"
     "20010db8 00000000 00000000 00000001"},
    {"guid-and-image",
     "8d3f1b5a264c7e4b9a10c2d4e6f80123 5c000000"
     "0200 01bb c6120001" ZEROS_8 "000000000000000000000000"
     "0200 c243 c000024d" ZEROS_8 "000000000000000000000000"
     "0e00 43003a005c006100e9003dd800de",
     "8d3f1b5a264c7e4b9a10c2d4e6f80123 5c000000"
     "1700 01bb 00000000 20010db8 00000000 00000000 00000001 00000000"
     "1700 c243 00000000 20010db8 00000000 00000000 00020077 00000000"
     "0e00 43003a005c006100e9003dd800de"},
};

static void expect_family(const struct recipe *recipe, enum wfp_family family, const char *expected)
{
    const struct recipe_facts facts = client_of(family);
    uint8_t bytes[1024];
    size_t size;

    assert_int_equal(recipe_covers(recipe, family), expected != NULL);
    if (expected == NULL) {
        assert_false(recipe_build(recipe, &facts, bytes, sizeof bytes, &size));
        return;
    }
    expect_bytes(recipe, &facts, expected);
}

static void test_shipped_recipes_come_out_as_the_structs_do(void **state)
{
    char root[PATH_ROOM / 2];
    char path[PATH_ROOM];
    (void)state;

    assert_true(tree_default_root(root, sizeof root));
    for (size_t i = 0; i < COUNT(shipped); i++) {
        (void)snprintf(path, sizeof path, "%s/recipes/%s.json", root, shipped[i].name);
        struct recipe *recipe = loaded(path);

        expect_family(recipe, WFP_IPV4, shipped[i].ipv4);
        expect_family(recipe, WFP_IPV6, shipped[i].ipv6);
        recipe_free(recipe);
    }
}

/* ---- one field ---- */

#define RECIPE(list, fields) "{'story': 'What a test needs.', '" list "': [" fields "]}"

static const struct {
    const char *fields, *expected;
    enum wfp_family family;
} fields[] = {
    {"{'is': 'number', 'value': '0xFFfe01', 'width': 4, 'order': 'big'}", "00fffe01", WFP_IPV4},
    {"{'is': 'number', 'value': 1, 'width': 1}, {'is': 'number', 'value': 2, 'width': 8, "
     "'align': 8}",
     "01 00000000000000 0200000000000000", WFP_IPV4},
    {"{'is': 'number', 'value': '0xfedcba9876543210', 'width': 8}", "1032547698badcfe", WFP_IPV4},
    {"{'is': 'text', 'text': 'RCX'}, {'is': 'zero', 'width': 1}", "52435800", WFP_IPV4},
    {"{'is': 'text', 'text': 'RC', 'encoding': 'utf-16', 'width': 6}", "520043000000", WFP_IPV4},
    {"{'is': 'bytes', 'hex': '00ff'}, {'is': 'bytes', 'hex': 'aa', 'at': 4}", "00ff 0000 aa",
     WFP_IPV4},
    {"{'is': 'address', 'width': 4, 'order': 'little', 'only': 'ipv4'}", "010012c6", WFP_IPV4},
    {"{'is': 'address', 'width': 16, 'form': 'front', 'order': 'little'}",
     "010012c6 00000000 00000000 00000000", WFP_IPV4},
    {"{'is': 'address', 'width': 16, 'form': 'front', 'order': 'little'}",
     "20010db8 00000000 00000000 00000001", WFP_IPV6},
    {"{'is': 'address', 'of': 'source', 'width': 4, 'only': 'ipv4'}", "00000000", WFP_IPV6},
    {"{'is': 'port', 'of': 'source', 'width': 4, 'order': 'big'}", "0000c243", WFP_IPV6},
    {"{'is': 'port', 'width': 8, 'order': 'little'}", "bb01000000000000", WFP_IPV6},
    {"{'is': 'sockaddr', 'layout': 'in6'}",
     "1700 01bb 00000000 00000000 00000000 0000ffff c6120001 00000000", WFP_IPV4},
    {"{'is': 'proxy-process', 'width': 4}", "39050000", WFP_IPV4},
    {"{'is': 'image', 'width': 8}", "43003a005c000000", WFP_IPV4},
    {"{'is': 'image', 'width': 16}", "43003a005c006100e9003dd800de0000", WFP_IPV4},
    /* no half of a face */
    {"{'is': 'image', 'width': 14}", "43003a005c006100e90000000000", WFP_IPV4},
    {"{'is': 'image-counted', 'prefix': 4, 'counts': 'characters', 'order': 'big'}",
     "00000007 43003a005c006100e9003dd800de", WFP_IPV4},
    {"{'is': 'size', 'width': 2}, {'is': 'image-counted', 'prefix': 2}, {'is': 'bytes', "
     "'hex': 'ee', 'align': 4}",
     "1500 0e00 43003a005c006100e9003dd800de 0000 ee", WFP_IPV4},
};

static void test_a_field_comes_out_as_it_is_described(void **state)
{
    char text[1024];
    (void)state;

    for (size_t i = 0; i < COUNT(fields); i++) {
        const struct recipe_facts facts = client_of(fields[i].family);

        (void)snprintf(text, sizeof text, RECIPE("fields", "%s"), fields[i].fields);
        write_quoted(FILE_NAME, text);
        struct recipe *recipe = loaded(FILE_NAME);

        expect_bytes(recipe, &facts, fields[i].expected);
        recipe_free(recipe);
    }
}

static void test_a_path_is_never_longer_than_it_may_be(void **state)
{
    struct recipe_facts facts = client_of(WFP_IPV4);
    char image[2 * RECIPE_IMAGE_MAX] = "";
    uint8_t bytes[1024];
    size_t size;
    (void)state;

    memset(image, 'x', sizeof image - 1);
    facts.image = image;
    write_quoted(FILE_NAME, RECIPE("fields", "{'is': 'image-counted', 'prefix': 2}"));
    struct recipe *recipe = loaded(FILE_NAME);

    assert_true(recipe_build(recipe, &facts, bytes, sizeof bytes, &size));
    assert_int_equal(size, 2 + 2 * RECIPE_IMAGE_MAX);
    assert_false(recipe_build(recipe, &facts, bytes, size - 1, &size));
    facts.image = NULL;
    assert_true(recipe_build(recipe, &facts, bytes, sizeof bytes, &size));
    assert_int_equal(size, 2);
    recipe_free(recipe);
}

/* ---- what cannot be ---- */

static const struct {
    const char *recipe;
    const char *complaint; /* behind the file's name */
} refused[] = {
    {"{'story': 'Nothing at all here.'}",
     ":1: file: expected either fields for both families, or ipv4 and ipv6 or one of them, found "
     "none"},
    {"{'story': 'Twice the same.', 'fields': [{'is': 'zero', 'width': 1}],\n"
     "'ipv4': [{'is': 'zero', 'width': 1}]}",
     ":1: file: expected either fields for both families, or ipv4 and ipv6 or one of them, found "
     "both"},
    {RECIPE("fields", "{'is': 'zero', 'width': 4},\n{'is': 'zero', 'width': 4, 'at': 3}"),
     ":2: fields[2].at: expected at least 4, where the fields before it end, found 3"},
    {RECIPE("fields", "{'is': 'image-counted', 'prefix': 2}, {'is': 'zero', 'width': 1, 'at': 9}"),
     ":1: fields[2].at: expected no offset behind a field whose size varies, found 9"},
    {"{'story': 'Too small a whole.', 'size': 3, 'fields': [{'is': 'zero', 'width': 4}]}",
     ":1: size: expected at least the 4 bytes of the fields, found 3"},
    {RECIPE("fields", "{'is': 'zero', 'width': 65536}, {'is': 'zero', 'width': 1}"),
     ":1: fields: expected at most 65536 bytes in all, found 65537"},
    {RECIPE("fields", "{'is': 'number', 'width': 1, 'value': 256}"),
     ":1: fields[1].value: expected a number that 1 byte can hold, found 256"},
    {RECIPE("fields", "{'is': 'number', 'width': 8, 'value': '0x1ffffffffffffffff'}"),
     ":1: fields[1].value: expected a whole number from 0, or \"0x...\" in quotes"},
    {RECIPE("fields", "{'is': 'family', 'width': 1, 'ipv4': 4, 'ipv6': 600}"),
     ":1: fields[1].ipv6: expected a number that 1 byte can hold, found 600"},
    {RECIPE("fields", "{'is': 'number', 'width': 3, 'value': 1}"),
     ":1: fields[1].width: expected 1 | 2 | 4 | 8, found 3"},
    {RECIPE("fields", "{'is': 'port', 'width': 1, 'order': 'big'}"),
     ":1: fields[1].width: expected 2 | 4 | 8, found 1"},
    {RECIPE("fields", "{'is': 'zero', 'width': 1, 'align': 12}"),
     ":1: fields[1].align: expected 1 | 2 | 4 | 8 | 16, found 12"},
    {RECIPE("fields", "{'is': 'port', 'width': 2}"),
     ":1: fields[1].order: expected this member, found none"},
    {RECIPE("fields", "{'is': 'address', 'width': 4}"),
     ":1: fields[1].width: expected 16, or \"only\": \"ipv4\""},
    {RECIPE("fields", "{'is': 'address', 'width': 16}"),
     ":1: fields[1].form: expected mapped or front, as IPv4 addresses stand here too, found none"},
    {RECIPE("ipv6", "{'is': 'address', 'width': 16, 'form': 'front'}"),
     ":1: ipv6[1].form: expected a form only of IPv4 addresses in 16 bytes, found one"},
    {RECIPE("ipv6", "{'is': 'address', 'width': 16, 'order': 'little'}"),
     ":1: ipv6[1].order: expected big"},
    {RECIPE("ipv4", "{'is': 'zero', 'width': 16, 'only': 'ipv4'}"),
     ":1: ipv4[1].only: expected none in a list for one family, found one"},
    {RECIPE("fields", "{'is': 'sockaddr', 'layout': 'in'}"),
     ":1: fields[1].layout: expected in6, inet or storage"},
    {RECIPE("fields", "{'is': 'text', 'text': 'abcd', 'width': 3}"),
     ":1: fields[1].width: expected room for the text, found 3 for 4 bytes"},
    {RECIPE("fields", "{'is': 'image', 'width': 7}"),
     ":1: fields[1].width: expected an even number of bytes, at least 4, found 7"},
    {RECIPE("fields", "{'is': 'image-counted', 'prefix': 3}"),
     ":1: fields[1].prefix: expected 2 | 4, found 3"},
    {RECIPE("fields", "{'is': 'input', 'from': 0, 'width': 4}"),
     ":1: fields[1].is: expected input only in what a device answers, found input"},
    {RECIPE("fields", "{'is': 'size', 'width': 1}, {'is': 'zero', 'width': 255}"),
     ":1: fields[1].width: expected room for the whole size, found 1 for 256 bytes in all"},
    {RECIPE("fields", "{'is': 'size', 'width': 2}, {'is': 'zero', 'width': 65534}"),
     ":1: fields[1].width: expected room for the whole size, found 2 for 65536 bytes in all"},
    {RECIPE("fields", "{'is': 'zero', 'width': 1, 'hex': '00'}"),
     ":1: fields[1].hex: expected only the members is, name, at, align, only, width"},
};

static void test_what_cannot_be_is_explained(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(refused); i++) {
        struct recipe *recipe = NULL;

        write_quoted(FILE_NAME, refused[i].recipe);
        assert_int_equal(recipe_load(FILE_NAME, &complaints, &recipe), STATUS_BAD_INPUT);
        assert_null(recipe);
        expect_complaint(&complaints, refused[i].complaint);
    }
}

/* ---- explained ---- */

static void test_an_explanation_has_every_byte_in_its_place(void **state)
{
    static const char *const lines[] = {
        "IPv4: 136 bytes for a client at 192.0.2.77:49731 that dials 198.18.0.1:443\n",
        "       0    128  sockaddr        destination             02 00 01 bb c6 12 00 01 and",
        " 01 and 120 zeros\n",
        "     128      4  process         process                 92 10 00 00\n",
        "     132      4  (filler)                                00 00 00 00\n",
        "IPv6: 136 bytes",
    };
    char root[PATH_ROOM / 2];
    char path[PATH_ROOM];
    char *text;
    size_t size;
    (void)state;

    assert_true(tree_default_root(root, sizeof root));
    (void)snprintf(path, sizeof path, "%s/recipes/storage-and-process.json", root);
    struct recipe *recipe = loaded(path);
    FILE *out = files_open(EXPLAINED, "wb");

    assert_non_null(out);
    assert_int_equal(recipe_explain(recipe, out), STATUS_OK);
    assert_int_equal(fclose(out), 0);
    recipe_free(recipe);
    assert_int_equal(files_read(EXPLAINED, 65536, &text, &size), STATUS_OK);
    for (size_t i = 0; i < COUNT(lines); i++) {
        if (strstr(text, lines[i]) == NULL) {
            fail_msg("\"%s\" is not in \"%s\"", lines[i], text);
        }
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_recipes_come_out_as_the_structs_do),
        cmocka_unit_test(test_a_field_comes_out_as_it_is_described),
        cmocka_unit_test(test_a_path_is_never_longer_than_it_may_be),
        cmocka_unit_test(test_what_cannot_be_is_explained),
        cmocka_unit_test(test_an_explanation_has_every_byte_in_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
