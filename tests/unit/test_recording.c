/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"
#include "harness/recording.h"
#include "tests/unit/line_file.h"

#define PATH "test_recording.jsonl"

enum { LINES = 7 };

static struct complaints complaints;

/* A small recording. */
static struct line_file sound;

/* ---- writing ---- */

static void fill_head(struct recorded_head *head)
{
    static const struct recorded_head made = {
        .tool = "0.1.0",
        .backend = "winsock",
        .target = "Wine 8.0 x64",
        .os = "Wine",
        .build = "8.0",
        .architecture = "x64",
        .redirector = "none",
        .date = "2026-01-31T12:00:00Z",
        .elevated = true,
        .vectors = 2,
        .cases = 2,
    };

    *head = made;
}

static void write_step(struct recorder *recorder, uint32_t number)
{
    static const uint8_t bytes[4] = {0xDE, 0xAD, 0xBE, 0xEF};
    const struct recorded_step step = {
        .number = number,
        .call = "ioctl proxy QUERY_RECORDS out=4 heap",
        .in_size = 2,
        .out_size = 4,
        .n = 780,
        .changed = 4,
        .answer = {10014, 780, WFP_COUNT_VALUE, WFP_RETURNED},
        .by = "provider",
    };

    recorder_step(recorder, &step, bytes, bytes);
}

static void write_sound(const char *path)
{
    struct recorder recorder = {.chain = {.out = files_open(path, "wb")}};
    struct recorded_case begun = {.name = "one@N-1", .member = "N-1", .topic = "topic"};
    struct recorded_head head;

    assert_non_null(recorder.chain.out);
    fill_head(&head);
    recorder_head(&recorder, &head);
    begun.vector = json_pack("{s:s}", "id", "one");
    recorder_case(&recorder, &begun);
    write_step(&recorder, 1);
    write_step(&recorder, 2);
    recorder_stop(&recorder, VERDICT_BROKEN, "the worker ended");
    begun.end = VERDICT_UNSUPPORTED;
    strcpy(begun.why, "needs redirect");
    recorder_case(&recorder, &begun);
    recorder_end(&recorder);
    assert_false(recorder.chain.failed);
    assert_int_equal(fclose(recorder.chain.out), 0);
    json_decref(begun.vector);
}

static int set_up(void **state)
{
    (void)state;
    write_sound(PATH);
    line_file_load(PATH, &sound);
    return sound.count == LINES ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    files_remove(PATH);
    complaints_clear(&complaints);
    return 0;
}

/* ---- reading back ---- */

static void check_step(const struct recorded_step *step, uint32_t number)
{
    assert_int_equal(step->number, number);
    assert_int_equal(step->line, 2 + number);
    assert_int_equal(step->in_size, 2);
    assert_int_equal(step->out_size, 4);
    assert_int_equal(step->n, 780);
    assert_int_equal(step->changed, 4);
    assert_true(step->returned);
    assert_int_equal(step->answer.error, 10014);
    assert_int_equal(step->answer.bytes, 780);
    assert_string_equal(step->by, "provider");
    assert_string_equal(step->call, "ioctl proxy QUERY_RECORDS out=4 heap");
}

static void test_reads_what_was_written(void **state)
{
    struct recording *recording;
    struct recorded_head head;
    struct recorded_case next;
    bool more;

    (void)state;
    fill_head(&head);
    line_file_write(PATH, sound.bytes, sound.size);
    assert_int_equal(recording_open(PATH, &complaints, &recording), STATUS_OK);
    assert_memory_equal(recording_head(recording), &head, sizeof head);
    assert_int_equal(recording_next(recording, &next, &more), STATUS_OK);
    assert_true(more);
    assert_string_equal(next.name, "one@N-1");
    assert_string_equal(next.member, "N-1");
    assert_string_equal(next.topic, "topic");
    assert_int_equal(next.count, 2);
    check_step(&next.steps[0], 1);
    check_step(&next.steps[1], 2);
    assert_int_equal(next.end, VERDICT_BROKEN);
    assert_string_equal(next.why, "the worker ended");
    assert_string_equal(json_string_value(json_object_get(next.vector, "id")), "one");
    assert_int_equal(recording_next(recording, &next, &more), STATUS_OK);
    assert_true(more);
    assert_int_equal(next.end, VERDICT_UNSUPPORTED);
    assert_string_equal(next.why, "needs redirect");
    assert_int_equal(recording_next(recording, &next, &more), STATUS_OK);
    assert_false(more);
    recording_close(recording);
}

/* ---- damage ---- */

/* The complaint about this file; "" if there is none. */
static const char *complaint_about(const char *bytes, size_t size)
{
    complaints_clear(&complaints);
    line_file_write(PATH, bytes, size);
    if (recording_check(PATH, &complaints) == STATUS_OK) {
        return "";
    }
    return complaints.kept == 1 ? complaints.texts[0] : "several";
}

static void assert_noticed(const char *bytes, size_t size, const char *how, size_t at)
{
    const char *complaint = complaint_about(bytes, size);

    if (strncmp(complaint, PATH ":", strlen(PATH ":")) != 0) {
        print_error("%s at %lu: expected a complaint with the line, actual \"%s\"\n", how,
                    (unsigned long)at, complaint);
        fail();
    }
}

static void assert_named(const char *bytes, size_t size, const char *sentence)
{
    const char *complaint = complaint_about(bytes, size);

    if (strstr(complaint, sentence) == NULL) {
        print_error("expected \"%s\", actual \"%s\"\n", sentence, complaint);
        fail();
    }
}

static void test_every_altered_byte_is_noticed(void **state)
{
    static const char flips[] = {0x01, 0x02, 0x20, (char)0x80};
    static char bytes[LINE_FILE_MAX];

    (void)state;
    for (size_t at = 0; at < sound.size; at++) {
        memcpy(bytes, sound.bytes, sound.size);
        bytes[at] ^= flips[at % sizeof flips];
        assert_noticed(bytes, sound.size, "an altered byte", at);
    }
}

static void test_a_changed_line_end_is_noticed(void **state)
{
    static const char others[] = {'\r', ' ', '\0', '\n'};
    static char bytes[LINE_FILE_MAX];

    (void)state;
    for (size_t line = 1; line <= LINES; line++) {
        for (size_t i = 0; i < 3; i++) {
            memcpy(bytes, sound.bytes, sound.size);
            bytes[sound.starts[line] - 1] = others[i];
            assert_noticed(bytes, sound.size, "another line end", line);
        }
    }
}

static void test_every_cut_is_noticed(void **state)
{
    (void)state;
    for (size_t size = 0; size < sound.size; size++) {
        assert_noticed(sound.bytes, size, "a cut", size);
    }
}

/* Writes the lines in that order; 0 ends it. */
static size_t arrange(const size_t *order, char *bytes)
{
    size_t size = 0;

    for (size_t i = 0; order[i] != 0; i++) {
        line_file_append(&sound, order[i], bytes, &size);
    }
    return size;
}

static void test_every_lost_line_is_noticed(void **state)
{
    static char bytes[LINE_FILE_MAX];

    (void)state;
    for (size_t lost = 1; lost <= LINES; lost++) {
        size_t size = 0;

        for (size_t line = 1; line <= LINES; line++) {
            if (line != lost) {
                line_file_append(&sound, line, bytes, &size);
            }
        }
        assert_noticed(bytes, size, "a lost line", lost);
    }
}

static void test_every_repeated_line_is_noticed(void **state)
{
    static char bytes[LINE_FILE_MAX];

    (void)state;
    for (size_t twice = 1; twice <= LINES; twice++) {
        size_t size = 0;

        for (size_t line = 1; line <= LINES; line++) {
            line_file_append(&sound, line, bytes, &size);
            if (line == twice) {
                line_file_append(&sound, line, bytes, &size);
            }
        }
        assert_noticed(bytes, size, "a repeated line", twice);
    }
}

static void check_swap(size_t a, size_t b)
{
    static char bytes[LINE_FILE_MAX];
    size_t size = 0;

    for (size_t line = 1; line <= LINES; line++) {
        line_file_append(&sound, line == a ? b : line == b ? a : line, bytes, &size);
    }
    assert_noticed(bytes, size, "two lines swapped, the first", a);
}

static void test_every_swap_is_noticed(void **state)
{
    (void)state;
    for (size_t a = 1; a <= LINES; a++) {
        for (size_t b = a + 1; b <= LINES; b++) {
            check_swap(a, b);
        }
    }
}

static void test_what_happened_is_named(void **state)
{
    static const struct {
        size_t order[LINES + 3];
        const char *sentence;
    } table[] = {
        {{1, 2, 4, 5, 6, 7, 0},
         ":3: line: expected the line of this number, found line 4: line 3 is "
         "missing"},
        {{1, 2, 4, 3, 5, 6, 7, 0},
         ":3: line: expected the line of this number, found line 4: the "
         "lines were reordered, 3 stands at 4"},
        {{1, 2, 7, 4, 5, 6, 3, 0}, "the lines were reordered, 3 stands at 7"},
        {{1, 2, 3, 3, 4, 5, 6, 7, 0},
         ":4: line: expected the line of this number, found line 3, "
         "repeated"},
        {{1, 2, 3, 4, 5, 6, 0},
         ":6: recording: expected an end line after this one, found the end "
         "of the file: it is cut off"},
        {{2, 3, 4, 5, 6, 7, 0}, ":1: line: expected the head of a recording"},
        {{1, 2, 3, 4, 5, 6, 7, 7, 0}, ":8: line"},
    };
    static char bytes[LINE_FILE_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_named(bytes, arrange(table[i].order, bytes), table[i].sentence);
    }
    memcpy(bytes, sound.bytes, sound.size);
    bytes[sound.starts[3] + 30] ^= 1;
    assert_named(bytes, sound.size,
                 ":4: line: expected the line as it was written, found an altered "
                 "line: its checksum does not fit");
    assert_named(bytes, sound.starts[2] + 5,
                 ":3: line: expected a whole line, found a line that is "
                 "cut off");
}

static void test_another_format_is_named(void **state)
{
    static const char head[] = "{\"line\":1,\"kind\":\"head\",\"format\":2,\"new\":[]}\n";
    static const char other[] = "{\"hello\":\"world\"}\n";

    (void)state;
    assert_named(head, sizeof head - 1,
                 ":1: line: expected a recording of format 1, found format 2");
    assert_named(other, sizeof other - 1, ":1: line: expected the head of a recording");
    assert_named("", 0, "cut off");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_was_written),
        cmocka_unit_test(test_every_altered_byte_is_noticed),
        cmocka_unit_test(test_a_changed_line_end_is_noticed),
        cmocka_unit_test(test_every_cut_is_noticed),
        cmocka_unit_test(test_every_lost_line_is_noticed),
        cmocka_unit_test(test_every_repeated_line_is_noticed),
        cmocka_unit_test(test_every_swap_is_noticed),
        cmocka_unit_test(test_what_happened_is_named),
        cmocka_unit_test(test_another_format_is_named),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
