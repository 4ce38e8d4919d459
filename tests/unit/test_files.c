/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/child.h"
#include "harness/platform/clock.h"
#include "harness/platform/console.h"
#include "harness/platform/files.h"
#include "harness/platform/interrupt.h"
#include "harness/platform/worker.h"

/* Every test works below this folder of the current one, and may find what an earlier run left. */
#define TREE "test_files.tree"

static void write_file(const char *path, const char *content, size_t size)
{
    FILE *stream = files_open(path, "wb");

    assert_non_null(stream);
    assert_int_equal(fwrite(content, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

/* ---- reading ---- */

static const struct {
    size_t size, limit;
    bool fits;
} sizes[] = {{0, 0, true},          {0, 10, true},         {1, 0, false},
             {10, 10, true},        {11, 10, false},       {16383, 16384, true},
             {16384, 16384, true},  {16385, 16384, false}, {16384, 16383, false},
             {40000, 100000, true}, {40000, 40000, true},  {40000, 39999, false}};

static void test_reads_up_to_the_limit(void **state)
{
    char *content = calloc(1, 40000);

    (void)state;
    assert_non_null(content);
    memset(content, 'a', 40000);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *text = NULL;
        size_t size = 0;
        write_file(TREE "/size", content, sizes[i].size);
        enum status status = files_read(TREE "/size", sizes[i].limit, &text, &size);
        assert_int_equal(status, sizes[i].fits ? STATUS_OK : STATUS_BAD_INPUT);
        if (sizes[i].fits) {
            assert_int_equal(size, sizes[i].size);
            assert_memory_equal(text, content, size);
            assert_int_equal(text[size], '\0');
        } else {
            assert_int_equal(errno, EFBIG);
            assert_null(text);
        }
        free(text);
    }
    free(content);
}

static void test_reads_bytes_as_they_are(void **state)
{
    static const char content[] = "a\r\nb\x1A\0c\n";
    char *text;
    size_t size;

    (void)state;
    write_file(TREE "/bytes", content, sizeof content);
    assert_int_equal(files_read(TREE "/bytes", 100, &text, &size), STATUS_OK);
    assert_int_equal(size, sizeof content);
    assert_memory_equal(text, content, size);
    free(text);
}

static void test_reads_no_folder_and_nothing_absent(void **state)
{
    static const struct {
        const char *path;
        int error;
    } rows[] = {{TREE, EISDIR}, {TREE "/no", ENOENT}, {TREE "/no/no", ENOENT}, {"", ENOENT}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = NULL;
        size_t size = 7;
        assert_int_equal(files_read(rows[i].path, 100, &text, &size), STATUS_BAD_INPUT);
        assert_int_equal(errno, rows[i].error);
        assert_null(text);
        assert_int_equal(size, 7);
    }
}

/* ---- walking ---- */

struct seen {
    char paths[4096];
    char trouble[256];
    unsigned visits;
    unsigned stop_after;
};

static enum status note(void *context, const char *path, const char *trouble)
{
    struct seen *seen = context;

    if (trouble != NULL) {
        snprintf(seen->trouble, sizeof seen->trouble, "%s", path);
    } else {
        strcat(seen->paths, path + strlen(TREE));
        strcat(seen->paths, " ");
    }
    return ++seen->visits == seen->stop_after ? STATUS_BAD_INPUT : STATUS_OK;
}

static void make_tree(void)
{
    static const char *const folders[] = {TREE "/w", TREE "/w/a", TREE "/w/a/deep", TREE "/w/empty",
                                          TREE "/w/.hidden"};
    static const char *const files[] = {
        "/w/a.json",        "/w/a/b.json", "/w/a/deep/x.json",   "/w/a-b.json", "/w/a/notes.txt",
        "/w/\xC3\xA4.json", "/w/Z.json",   "/w/.hidden/no.json", "/w/.json",    "/w/a/json.jsonl"};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        assert_true(files_make_directory(folders[i]));
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[256];
        snprintf(path, sizeof path, TREE "%s", files[i]);
        write_file(path, "{}", 2);
    }
}

static void test_walks_in_byte_order_of_the_path(void **state)
{
    struct seen seen = {0};

    (void)state;
    make_tree();
    assert_int_equal(files_walk(TREE "/w", ".json", note, &seen), STATUS_OK);
    assert_string_equal(seen.paths, "/w/Z.json /w/a-b.json /w/a.json /w/a/b.json /w/a/deep/x.json "
                                    "/w/\xC3\xA4.json ");
    assert_string_equal(seen.trouble, "");
}

static void test_walks_every_file_without_a_suffix(void **state)
{
    struct seen seen = {0};

    (void)state;
    make_tree();
    assert_int_equal(files_walk(TREE "/w/a/", NULL, note, &seen), STATUS_OK);
    assert_string_equal(seen.paths, "/w/a/b.json /w/a/deep/x.json /w/a/json.jsonl /w/a/notes.txt ");
}

static void test_walk_ends_with_the_visitors_status(void **state)
{
    struct seen seen = {.stop_after = 2};

    (void)state;
    make_tree();
    assert_int_equal(files_walk(TREE "/w", ".json", note, &seen), STATUS_BAD_INPUT);
    assert_int_equal(seen.visits, 2);
}

static void test_walk_visits_a_root_that_is_a_file(void **state)
{
    struct seen seen = {0};

    (void)state;
    make_tree();
    assert_int_equal(files_walk(TREE "/w/a/notes.txt", ".json", note, &seen), STATUS_OK);
    assert_string_equal(seen.paths, "/w/a/notes.txt ");
}

static void test_walk_tells_what_is_absent(void **state)
{
    struct seen seen = {0};

    (void)state;
    assert_int_equal(files_walk(TREE "/absent", ".json", note, &seen), STATUS_OK);
    assert_int_equal(seen.visits, 1);
    assert_string_equal(seen.trouble, TREE "/absent");
}

static void test_walk_depth_is_bounded(void **state)
{
    char path[256] = TREE "/d";
    char file[sizeof path + 8];
    char walked[sizeof file + 1];

    (void)state;
    for (unsigned depth = 0; depth <= FILES_DEPTH + 1; depth++) {
        struct seen seen = {0};
        if (depth > 0) {
            strcat(path, "/d");
        }
        assert_true(files_make_directory(path));
        if (depth == FILES_DEPTH) {
            snprintf(file, sizeof file, "%s/x.json", path);
            write_file(file, "{}", 2);
        }
        assert_int_equal(files_walk(TREE "/d", ".json", note, &seen), STATUS_OK);
        /* The folder at FILES_DEPTH + 1 may stand there from an earlier run. */
        if (depth > FILES_DEPTH) {
            snprintf(walked, sizeof walked, "%s ", file + strlen(TREE));
            assert_string_equal(seen.trouble, path);
            assert_string_equal(seen.paths, walked);
        }
    }
}

/* ---- making, replacing, removing ---- */

static void test_create_beside_never_takes_a_name_twice(void **state)
{
    char *first = NULL, *second = NULL;
    FILE *one = files_create_beside(TREE "/report", &first);
    FILE *two = files_create_beside(TREE "/report", &second);

    (void)state;
    assert_non_null(one);
    assert_non_null(two);
    assert_string_not_equal(first, second);
    fputs("one", one);
    fclose(one);
    fclose(two);
    write_file(TREE "/report", "before", 6);
    assert_true(files_replace(first, TREE "/report"));
    assert_int_equal(files_kind(first), FILES_ABSENT);
    assert_true(files_remove(second));
    assert_false(files_remove(second));
    assert_int_equal(errno, ENOENT);
    free(first);
    free(second);
}

static void test_create_beside_tells_why_not(void **state)
{
    char *temporary = NULL;

    (void)state;
    assert_null(files_create_beside(TREE "/absent/report", &temporary));
    assert_int_equal(errno, ENOENT);
    assert_null(temporary);
}

static void test_create_refuses_what_is_there(void **state)
{
    (void)state;
    write_file(TREE "/there", "x", 1);
    assert_null(files_create(TREE "/there"));
    assert_int_equal(errno, EEXIST);
}

static void test_kinds(void **state)
{
    (void)state;
    write_file(TREE "/regular", "x", 1);
    assert_int_equal(files_kind(TREE "/regular"), FILES_REGULAR);
    assert_int_equal(files_kind(TREE), FILES_DIRECTORY);
    assert_int_equal(files_kind(TREE "/absent"), FILES_ABSENT);
    assert_true(files_is_directory(TREE));
    assert_false(files_is_directory(TREE "/regular"));
    assert_true(files_make_directory(TREE));
    assert_false(files_make_directory(TREE "/regular"));
}

/* ---- the other twins ---- */

static void test_clock_does_not_go_back(void **state)
{
    uint64_t before = clock_nanoseconds();

    (void)state;
    assert_true(before > 0);
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = clock_nanoseconds();
        assert_true(now >= before);
        before = now;
    }
}

enum { TAKEN = 1000, WORKERS = 4 };

struct shared {
    struct worker_counter counter;
    unsigned char taken[TAKEN];
    bool ran[WORKERS];
};

static void take(void *context, unsigned worker)
{
    struct shared *shared = context;
    uint32_t number;

    shared->ran[worker] = true;
    while ((number = worker_counter_next(&shared->counter)) < TAKEN) {
        shared->taken[number]++;
    }
}

static void test_workers_share_out_every_number_once(void **state)
{
    struct shared shared = {0};

    (void)state;
    assert_true(workers_run(WORKERS, take, &shared));
    for (unsigned i = 0; i < TAKEN; i++) {
        assert_int_equal(shared.taken[i], 1);
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_true(shared.ran[i]);
    }
    assert_true(workers_useful() > 0);
}

/* The arguments that a command line could spoil. */
static char odd[][24] = {"plain",         "",       "two words", "\"quoted\"",
                         "back\\slash\\", "end \\", "\\\"",      "a\\\\\"b c",
                         "\xC3\xA4",      "*",      "tab\there", "%PATH% $HOME"};
enum { ODD_COUNT = sizeof odd / sizeof odd[0], CHILD_CODE = 7 };

static char child_word[] = "--as-child";

/* What this program does when a test starts it: says its arguments, then its input. */
static int be_a_child(int count, char **arguments)
{
    int byte;

    console_binary_standard_streams();
    for (int i = 2; i < count; i++) {
        printf("%s\n", arguments[i]);
    }
    fflush(stdout);
    while ((byte = getchar()) != EOF) {
        putchar(byte);
        fflush(stdout);
    }
    return CHILD_CODE;
}

static char *own_path;

static void test_child_gets_arguments_and_input(void **state)
{
    char *arguments[ODD_COUNT + 3] = {own_path, child_word};
    char line[64];
    struct child child;
    int code = 0;

    (void)state;
    for (size_t i = 0; i < ODD_COUNT; i++) {
        arguments[i + 2] = odd[i];
    }
    assert_true(child_start(arguments, &child));
    for (size_t i = 0; i < ODD_COUNT; i++) {
        assert_non_null(fgets(line, sizeof line, child.out));
        line[strcspn(line, "\n")] = '\0';
        assert_string_equal(line, odd[i]);
    }
    fputs("ping\r\n", child.in);
    fflush(child.in);
    assert_non_null(fgets(line, sizeof line, child.out));
    assert_string_equal(line, "ping\r\n");
    assert_true(child_wait(&child, &code));
    assert_int_equal(code, CHILD_CODE);
}

static void test_child_that_is_absent(void **state)
{
    char name[] = TREE "/no-such-program";
    char *arguments[] = {name, NULL};
    struct child child;
    int code = 127;

    (void)state;
    if (child_start(arguments, &child)) {
        assert_true(child_wait(&child, &code));
        assert_int_equal(code, 127);
    }
}

static void test_program_directory_holds_this_program(void **state)
{
    char folder[4096];
    char small[2] = "x";

    (void)state;
    assert_true(program_directory(folder, sizeof folder));
    assert_true(files_is_directory(folder));
    assert_false(program_directory(small, sizeof small));
    assert_string_equal(small, "x");
}

static void test_a_file_is_no_terminal(void **state)
{
    FILE *stream = files_open(TREE "/terminal", "wb");

    (void)state;
    assert_non_null(stream);
    assert_false(console_is_terminal(stream));
    fclose(stream);
}

static void test_is_not_interrupted_by_itself(void **state)
{
    (void)state;
    interrupt_watch();
    assert_false(interrupted());
}

static int make_folder(void **state)
{
    (void)state;
    return files_make_directory(TREE) ? 0 : -1;
}

int main(int argc, char **argv)
{
    if (!program_arguments(&argc, &argv)) {
        return 1;
    }
    if (argc > 1 && strcmp(argv[1], child_word) == 0) {
        return be_a_child(argc, argv);
    }
    own_path = argv[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_up_to_the_limit),
        cmocka_unit_test(test_reads_bytes_as_they_are),
        cmocka_unit_test(test_reads_no_folder_and_nothing_absent),
        cmocka_unit_test(test_walks_in_byte_order_of_the_path),
        cmocka_unit_test(test_walks_every_file_without_a_suffix),
        cmocka_unit_test(test_walk_ends_with_the_visitors_status),
        cmocka_unit_test(test_walk_visits_a_root_that_is_a_file),
        cmocka_unit_test(test_walk_tells_what_is_absent),
        cmocka_unit_test(test_walk_depth_is_bounded),
        cmocka_unit_test(test_create_beside_never_takes_a_name_twice),
        cmocka_unit_test(test_create_beside_tells_why_not),
        cmocka_unit_test(test_create_refuses_what_is_there),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_clock_does_not_go_back),
        cmocka_unit_test(test_workers_share_out_every_number_once),
        cmocka_unit_test(test_child_gets_arguments_and_input),
        cmocka_unit_test(test_child_that_is_absent),
        cmocka_unit_test(test_program_directory_holds_this_program),
        cmocka_unit_test(test_a_file_is_no_terminal),
        cmocka_unit_test(test_is_not_interrupted_by_itself),
    };

    return cmocka_run_group_tests_name("files", tests, make_folder, NULL);
}
