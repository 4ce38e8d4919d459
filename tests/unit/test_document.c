/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/locate.h"
#include "harness/platform/files.h"
#include "harness/reader.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FILE_NAME "test_document.json"

/* ---- what cannot be read ---- */

static const struct {
    const char *text;
    size_t size; /* 0: up to the NUL */
    const char *complaint;
} bad_texts[] = {
    {"", 0, "doc:1: JSON: expected one whole JSON text in UTF-8, found an empty file"},
    {"{", 0, "doc:1: JSON: "},
    {"[1,\n2,\n3", 0, "doc:3: JSON: "},
    {"{\"a\": 1,\n \"b\" 2}", 0, "doc:2: JSON: "},
    {"{\"a\": 1}\n}", 0, "doc:2: JSON: "},
    {"{\"a\": 1} {\"a\": 1}", 0, "doc:1: JSON: "},
    {"{\"a\": 1,\n\"a\": 2}", 0, "duplicate object key"},
    {"{\"a\":\n\"\xff\"}", 0, "doc:2: JSON: "},
    {"{\"a\": \"\xed\xa0\x80\"}", 0, "doc:1: JSON: "},
    {"{\"a\": \"\\ud800\"}", 0, "doc:1: JSON: "},
    {"{\"a\": \"\\u0000\"}", 0, "doc:1: JSON: "},
    {"{\"a\": \0 1}", 10, "doc:1: JSON: "},
    {"{\"a\": 1}\0", 9, "doc:1: JSON: "},
    {"{\"a\": \"x\ny\"}", 0, "doc:1: JSON: "},
    {"\xef\xbb\xbf{}", 0, "doc:1: JSON: "},
    {"17", 0, "doc:1: JSON: "},
    {"{\"a\": 99999999999999999999999}", 0, "doc:1: JSON: "},
    {"{\"a\": nul}", 0, "doc:1: JSON: "},
    {"{'a': 1}", 0, "doc:1: JSON: "},
    {"[1,]", 0, "doc:1: JSON: "},
};

static void test_refuses_what_is_no_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_texts); i++) {
        struct complaints complaints = {0};
        struct document *document = NULL;
        const char *text = bad_texts[i].text;
        size_t size = bad_texts[i].size > 0 ? bad_texts[i].size : strlen(text);
        enum status status = document_from_text("doc", text, size, &complaints, &document);
        assert_int_equal(status, STATUS_BAD_INPUT);
        assert_null(document);
        assert_int_equal(complaints.total, 1);
        assert_non_null(strstr(complaints.texts[0], bad_texts[i].complaint));
        complaints_clear(&complaints);
    }
}

static enum status nest(size_t depth, struct complaints *complaints)
{
    struct document *document;
    char *text = malloc(2 * depth + 1);
    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    enum status status = document_from_text("doc", text, 2 * depth, complaints, &document);
    if (status == STATUS_OK) {
        document_free(document);
    }
    free(text);
    return status;
}

static void test_limits_the_depth(void **state)
{
    struct complaints complaints = {0};
    (void)state;
    assert_int_equal(nest(DOCUMENT_DEPTH_MAX, &complaints), STATUS_OK);
    assert_int_equal(complaints.total, 0);
    assert_int_equal(nest(DOCUMENT_DEPTH_MAX + 1, &complaints), STATUS_BAD_INPUT);
    assert_int_equal(nest(1000000, &complaints), STATUS_BAD_INPUT);
    assert_int_equal(complaints.total, 2);
    complaints_clear(&complaints);
}

static void test_limits_the_depth_of_a_tree(void **state)
{
    struct complaints complaints = {0};
    struct document *document = NULL;
    json_t *root = json_array();
    (void)state;
    for (unsigned i = 0; i < DOCUMENT_DEPTH_MAX; i++) {
        root = json_pack("[o]", root);
    }
    enum status status = document_from_tree("tree", root, &complaints, &document);
    assert_int_equal(status, STATUS_BAD_INPUT);
    assert_null(document);
    json_decref(root);
    complaints_clear(&complaints);
}

/* ---- files ---- */

static void write_file(const char *text)
{
    FILE *stream = files_open(FILE_NAME, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
    assert_int_equal(fclose(stream), 0);
}

static void test_loads_a_file(void **state)
{
    struct complaints complaints = {0};
    struct document *document;
    (void)state;
    write_file("{\"a\":\n 1}");
    assert_int_equal(document_load(FILE_NAME, 9, &complaints, &document), STATUS_OK);
    assert_string_equal(document->name, FILE_NAME);
    assert_string_equal(document->text, "{\"a\":\n 1}");
    assert_int_equal(json_integer_value(json_object_get(document->root, "a")), 1);
    document_free(document);
}

static void test_complains_of_files(void **state)
{
    struct complaints complaints = {0};
    struct document *document = NULL;
    (void)state;
    write_file("{\"a\":\n 1}");
    assert_int_equal(document_load(FILE_NAME, 8, &complaints, &document), STATUS_BAD_INPUT);
    assert_int_equal(document_load("test_document.absent", 8, &complaints, &document),
                     STATUS_BAD_INPUT);
    assert_int_equal(document_load(".", 8, &complaints, &document), STATUS_BAD_INPUT);
    assert_null(document);
    assert_int_equal(complaints.total, 3);
    assert_non_null(strstr(complaints.texts[0], FILE_NAME ": file: expected a readable file of at "
                                                          "most 8 bytes"));
    complaints_clear(&complaints);
}

/* ---- where things stand ---- */

static const char text[] = "{\"story\": \"a } ] \\\" \\\\\",\n"
                           " \"\xc3\xa4\": 1,\n"
                           " \"steps\": [\n"
                           "  {\"do\": \"one\", \"in\": {\"size\":\n"
                           "    5}},\n"
                           "  {\"do\": \"two\"\n"
                           "  },\n"
                           "  [ 1, -2.5e3, \"x\",\n"
                           "    true ],\n"
                           "  {\n"
                           "    \"deep\": [[], {}, [\n"
                           "       {\"last\": null}]]}\n"
                           " ]}\n";

static struct document *load_text(void)
{
    struct complaints complaints = {0};
    struct document *document = NULL;
    assert_int_equal(document_from_text("doc", text, sizeof text - 1, &complaints, &document),
                     STATUS_OK);
    return document;
}

static void expect_place(const struct document *document, struct place place, const char *field,
                         int line)
{
    char found[LOCATE_FIELD_MAX];
    assert_int_equal(locate(document, place, found, sizeof found), line);
    assert_string_equal(found, field);
}

static void test_finds_field_and_line(void **state)
{
    struct document *document = load_text();
    json_t *root = document->root;
    json_t *steps = json_object_get(root, "steps");
    json_t *in = json_object_get(json_array_get(steps, 0), "in");
    json_t *deep = json_object_get(json_array_get(steps, 3), "deep");
    (void)state;
    expect_place(document, place_whole(root), "file", 1);
    expect_place(document, place_member(root, "\xc3\xa4"), "\xc3\xa4", 2);
    expect_place(document, place_member(root, "steps"), "steps", 3);
    expect_place(document, place_item(steps, 0), "steps[1]", 4);
    expect_place(document, place_member(in, "size"), "steps[1].in.size", 5);
    expect_place(document, place_member(in, "absent"), "steps[1].in.absent", 4);
    expect_place(document, place_item(steps, 1), "steps[2]", 6);
    expect_place(document, place_item(json_array_get(steps, 2), 3), "steps[3][4]", 9);
    expect_place(document, place_item(steps, 3), "steps[4]", 10);
    expect_place(document, place_item(steps, 9), "steps[10]", 3);
    expect_place(document, place_member(json_array_get(json_array_get(deep, 2), 0), "last"),
                 "steps[4].deep[3][1].last", 12);
    document_free(document);
}

static void test_a_tree_has_no_lines(void **state)
{
    struct complaints complaints = {0};
    struct document *document;
    json_t *root = json_pack("{s:[i,i]}", "a", 1, 2);
    (void)state;
    assert_int_equal(document_from_tree("tree", root, &complaints, &document), STATUS_OK);
    json_decref(root);
    expect_place(document, place_item(json_object_get(document->root, "a"), 1), "a[2]", 0);
    document_free(document);
}

/* ---- memory that lives as long as the document ---- */

static void test_keeps_zeroed_aligned_memory(void **state)
{
    struct document *document = load_text();
    (void)state;
    for (size_t size = 1; size < 20000; size = size * 3 + 1) {
        unsigned char *memory = document_keep(document, size, 1);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % sizeof(void *), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(memory[i], 0);
        }
        memset(memory, 0xFF, size);
    }
    assert_null(document_keep(document, 0, 8));
    assert_null(document_keep(document, SIZE_MAX / 4, 8));
    assert_string_equal(document_keep_text(document, "kept"), "kept");
    document_free(document);
}

/* ---- complaints ---- */

static void test_counts_what_it_does_not_keep(void **state)
{
    struct complaints complaints = {0};
    (void)state;
    for (int i = 0; i < COMPLAINTS_KEPT + 5; i++) {
        complain(&complaints, "file", i, "field", "this", "%d", i);
    }
    assert_int_equal(complaints.total, COMPLAINTS_KEPT + 5);
    assert_int_equal(complaints.kept, COMPLAINTS_KEPT);
    assert_string_equal(complaints.texts[0], "file: field: expected this, found 0");
    assert_string_equal(complaints.texts[1], "file:1: field: expected this, found 1");
    complaints_clear(&complaints);
    assert_int_equal(complaints.total, 0);
}

static void test_complaints_do_no_harm(void **state)
{
    struct complaints complaints = {0};
    static char long_text[3 * COMPLAINT_TEXT_MAX];
    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    complain(&complaints, "file", 1, "\x1b[2J\nfield", "this", "%s", long_text);
    assert_int_equal(complaints.total, 1);
    assert_null(strchr(complaints.texts[0], '\x1b'));
    assert_null(strchr(complaints.texts[0], '\n'));
    assert_true(strlen(complaints.texts[0]) < COMPLAINT_TEXT_MAX);
    complaints_clear(&complaints);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses_what_is_no_json),
        cmocka_unit_test(test_limits_the_depth),
        cmocka_unit_test(test_limits_the_depth_of_a_tree),
        cmocka_unit_test(test_loads_a_file),
        cmocka_unit_test(test_complains_of_files),
        cmocka_unit_test(test_finds_field_and_line),
        cmocka_unit_test(test_a_tree_has_no_lines),
        cmocka_unit_test(test_keeps_zeroed_aligned_memory),
        cmocka_unit_test(test_counts_what_it_does_not_keep),
        cmocka_unit_test(test_complaints_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
