/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/output.h"
#include "harness/platform/files.h"

#define TREE "test_output.tree"

static struct complaints complaints;

static enum status count_file(void *context, const char *path, const char *trouble)
{
    unsigned *count = context;

    (void)path;
    assert_null(trouble);
    (*count)++;
    return STATUS_OK;
}

static unsigned files_in(const char *folder)
{
    unsigned count = 0;

    assert_int_equal(files_walk(folder, NULL, count_file, &count), STATUS_OK);
    return count;
}

static void assert_content(const char *path, const char *expected)
{
    char *text;
    size_t size;

    assert_int_equal(files_read(path, 100, &text, &size), STATUS_OK);
    assert_string_equal(text, expected);
    free(text);
}

static struct output_file opened(const char *path)
{
    struct output_file output = {0};

    assert_int_equal(output_open(path, &complaints, &output), STATUS_OK);
    return output;
}

static void write_now(const char *path, const char *content)
{
    struct output_file output = opened(path);

    fputs(content, output.stream);
    assert_int_equal(output_commit(&output, &complaints), STATUS_OK);
}

static void test_appears_only_when_complete(void **state)
{
    struct output_file output;

    (void)state;
    files_remove(TREE "/a/report");
    output = opened(TREE "/a/report");
    fputs("whole", output.stream);
    assert_int_equal(files_kind(TREE "/a/report"), FILES_ABSENT);
    assert_int_equal(files_in(TREE "/a"), 1);
    assert_int_equal(output_commit(&output, &complaints), STATUS_OK);
    assert_content(TREE "/a/report", "whole");
    assert_int_equal(files_in(TREE "/a"), 1);
}

static void test_replaces_what_was_there_and_not_before(void **state)
{
    struct output_file output;

    (void)state;
    write_now(TREE "/a/report", "before");
    output = opened(TREE "/a/report");
    fputs("after", output.stream);
    fflush(output.stream);
    assert_content(TREE "/a/report", "before");
    assert_int_equal(output_commit(&output, &complaints), STATUS_OK);
    assert_content(TREE "/a/report", "after");
}

static void test_leaves_nothing_when_abandoned(void **state)
{
    struct output_file output;

    (void)state;
    write_now(TREE "/a/report", "before");
    output = opened(TREE "/a/report");
    fputs("half", output.stream);
    output_abandon(&output);
    assert_content(TREE "/a/report", "before");
    assert_int_equal(files_in(TREE "/a"), 1);
}

static void test_complains_about_a_place_that_cannot_be(void **state)
{
    static const char *const paths[] = {TREE "/absent/report", TREE, TREE "/absent/", ""};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct output_file output = {0};
        assert_int_equal(output_open(paths[i], &complaints, &output), STATUS_BAD_INPUT);
        assert_null(output.stream);
        assert_int_equal(complaints.total, 1);
        assert_non_null(strstr(complaints.texts[0], "expected a file that can be written"));
        complaints_clear(&complaints);
    }
}

/* No file takes the place of a folder. */
static void test_complains_when_it_cannot_be_given_its_name(void **state)
{
    struct output_file output = opened(TREE "/a/lost");

    (void)state;
    free(output.final);
    output.final = files_resolve(TREE);
    assert_int_equal(output_commit(&output, &complaints), STATUS_BROKEN);
    assert_int_equal(complaints.total, 1);
    assert_non_null(strstr(complaints.texts[0], "expected all of it written"));
    assert_int_equal(files_kind(TREE "/a/lost.part-00"), FILES_ABSENT);
}

static void test_standard_output_stays_open(void **state)
{
    struct output_file output = opened(NULL);

    (void)state;
    assert_ptr_equal(output.stream, stdout);
    assert_int_equal(output_commit(&output, &complaints), STATUS_OK);
    output = opened(NULL);
    output_abandon(&output);
    assert_int_equal(fflush(stdout), 0);
}

static int make_folders(void **state)
{
    (void)state;
    return files_make_directory(TREE) && files_make_directory(TREE "/a") ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    complaints_clear(&complaints);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_appears_only_when_complete, clear),
        cmocka_unit_test_teardown(test_replaces_what_was_there_and_not_before, clear),
        cmocka_unit_test_teardown(test_leaves_nothing_when_abandoned, clear),
        cmocka_unit_test_teardown(test_complains_about_a_place_that_cannot_be, clear),
        cmocka_unit_test_teardown(test_complains_when_it_cannot_be_given_its_name, clear),
        cmocka_unit_test_teardown(test_standard_output_stays_open, clear),
    };

    return cmocka_run_group_tests_name("output", tests, make_folders, NULL);
}
