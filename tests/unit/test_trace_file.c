/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lab/trace/trace_file.h"
#include "harness/platform/files.h"
#include "harness/recording.h"
#include "tests/unit/line_file.h"

#define PATH "test_trace_file.jsonl"

enum { LINES = 5 };

static struct complaints complaints;

static const struct trace_head made_head = {
    .tool = "0.1.0",
    .system = "Linux",
    .wine = "8.0",
    .program = "my \"proxy\".exe",
    .profiles = "documented observed",
    .date = "2026-01-31T12:00:00Z",
    .passed_through = true,
};

/* A small trace. */
static struct line_file sound;

/* ---- writing ---- */

static void write_trace(const struct trace *trace)
{
    FILE *out = files_open(PATH, "wb");

    assert_non_null(out);
    assert_true(trace_write(trace, &made_head, out));
    assert_int_equal(fclose(out), 0);
}

static void add_small(struct trace *trace)
{
    struct event event;

    memset(&event, 0, sizeof event);
    event.kind = EVENT_SCENARIO;
    event_set_text(&event, FIELD_NAME, "one");
    event_set_text(&event, FIELD_TEXT, "observed");
    assert_true(trace_add(trace, &event));
    memset(&event, 0, sizeof event);
    event.kind = EVENT_IOCTL;
    event_set_number(&event, FIELD_SOCKET, 7);
    event_set_number(&event, FIELD_CODE, WFP_SIO_QUERY_RECORDS);
    event_set_number(&event, FIELD_ERROR, 10014);
    assert_true(trace_add(trace, &event));
    event.kind = EVENT_CLOSE;
    assert_true(trace_add(trace, &event));
}

static int set_up(void **state)
{
    struct trace *trace = trace_new();

    (void)state;
    add_small(trace);
    write_trace(trace);
    trace_free(trace);
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

static void assert_refused(const char *words)
{
    struct trace *trace;
    struct trace_head head;

    complaints_clear(&complaints);
    assert_int_equal(trace_read(PATH, &complaints, &trace, &head), STATUS_BAD_INPUT);
    assert_true(complaints.total > 0);
    if (strstr(complaints.texts[0], words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, complaints.texts[0]);
    }
}

/* ---- each field there and back ---- */

static const uint8_t some_bytes[] = {0x00, 0x7F, 0xFF, 0x41};

/* Numbers with a word, without one, and such as JSON's readers are not sure of. */
static const uint64_t numbers[] = {0,
                                   1,
                                   2,
                                   3,
                                   4,
                                   5,
                                   41,
                                   10022,
                                   0x980000DC,
                                   0x28000004,
                                   0x7FFFFFFFFFFFFFFF,
                                   0x8000000000000000,
                                   UINT64_MAX};

static const struct wfp_address addresses[] = {
    {.bytes = {203, 0, 113, 10}, .port = 443, .family = WFP_IPV4},
    {.bytes = {0x20, 1, 0xD, 0xB8, [15] = 1}, .port = 65535, .family = WFP_IPV6},
    {.bytes = {[10] = 0xFF, [11] = 0xFF, [12] = 198, [13] = 18}, .family = WFP_IPV6},
};

static const char *const texts[] = {"", "a", "C:\\x \"y\"\n\xC3\xA9"};

static void set_field(struct event *event, unsigned field, size_t choice)
{
    if (field < FIELD_NUMBERS_END) {
        event_set_number(event, field, numbers[choice % (sizeof numbers / sizeof numbers[0])]);
    } else if (field < FIELD_ADDRESSES_END) {
        event_set_address(event, field, &addresses[choice % 3]);
    } else if (field < FIELD_TEXT) {
        event_set_bytes(event, field, some_bytes, choice % 5);
    } else {
        event_set_text(event, field, texts[choice % 3]);
    }
}

/* Every kind with every field by itself, in turns through the values, and one with all of them. */
static void add_all(struct trace *trace)
{
    struct event whole;
    size_t choice = 0;

    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        memset(&whole, 0, sizeof whole);
        whole.kind = kind;
        for (unsigned field = 0; field < FIELDS_ALL; field++) {
            struct event event = {.kind = kind};

            set_field(&event, field, choice++);
            set_field(&whole, field, choice);
            assert_true(trace_add(trace, &event));
        }
        assert_true(trace_add(trace, &whole));
    }
}

static void assert_same(const struct trace *a, const struct trace *b)
{
    static uint8_t bytes_a[EVENT_WIRE_MAX];
    static uint8_t bytes_b[EVENT_WIRE_MAX];

    assert_int_equal(trace_count(a), trace_count(b));
    for (size_t i = 0; i < trace_count(a); i++) {
        struct event event;
        size_t size;

        trace_get(a, i, &event);
        size = event_write(&event, bytes_a, sizeof bytes_a);
        trace_get(b, i, &event);
        assert_int_equal(event_write(&event, bytes_b, sizeof bytes_b), size);
        assert_memory_equal(bytes_a, bytes_b, size);
    }
}

static void test_reads_what_was_written(void **state)
{
    struct trace *written = trace_new();
    struct trace *trace;
    struct trace_head head;

    (void)state;
    add_all(written);
    write_trace(written);
    assert_true(trace_is_file(PATH));
    if (trace_read(PATH, &complaints, &trace, &head) != STATUS_OK) {
        fail_msg("%s", complaints.total > 0 ? complaints.texts[0] : "no complaint");
    }
    assert_same(written, trace);
    assert_memory_equal(&head, &made_head, sizeof head);
    trace_free(trace);
    trace_free(written);
}

static void test_numbers_stand_as_words(void **state)
{
    static const char *const words[] = {"\"kind\":\"scenario\"", "\"code\":\"QUERY_RECORDS\"",
                                        "\"error\":\"WSAEFAULT\""};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_non_null(strstr(sound.bytes, words[i]));
    }
}

/* ---- what was damaged is noticed ---- */

static void test_every_altered_byte_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sound.size; i++) {
        struct trace *trace;
        struct trace_head head;

        sound.bytes[i] ^= 1;
        line_file_write(PATH, sound.bytes, sound.size);
        sound.bytes[i] ^= 1;
        assert_int_equal(trace_read(PATH, &complaints, &trace, &head), STATUS_BAD_INPUT);
        complaints_clear(&complaints);
    }
}

static void test_every_cut_is_noticed(void **state)
{
    (void)state;
    for (size_t size = 0; size < sound.size; size++) {
        line_file_write(PATH, sound.bytes, size);
        assert_refused("test_trace_file.jsonl:");
    }
}

/* The lines in another order; 0 ends. */
static void write_lines(const size_t *order)
{
    static char bytes[LINE_FILE_MAX];
    size_t size = 0;

    for (; *order != 0; order++) {
        line_file_append(&sound, *order, bytes, &size);
    }
    line_file_write(PATH, bytes, size);
}

static void test_lost_moved_and_repeated_lines_are_named(void **state)
{
    static const struct {
        size_t order[LINES + 2];
        const char *words;
    } cases[] = {
        {{1, 2, 4, 5},
         "test_trace_file.jsonl:3: line: expected the line of this number, found "
         "line 4: line 3 is missing"},
        {{1, 2, 2, 3, 4, 5}, "line 2, repeated"},
        {{1, 3, 2, 4, 5}, "the lines were reordered"},
        {{1, 2, 3, 4}, "cut off"},
        {{1, 2, 3, 4, 5, 5}, "repeated"},
        {{2, 3, 4, 5}, "test_trace_file.jsonl:1:"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_lines(cases[i].order);
        assert_refused(cases[i].words);
    }
}

/* ---- what is sound as a file, and no trace ---- */

/* Writes lines with fitting sums: each is the members between number and sum. */
static void write_chain(const char *const *lines)
{
    FILE *out = files_open(PATH, "wb");
    uint64_t sum = 0;
    char line[1024];

    assert_non_null(out);
    for (int i = 0; lines[i] != NULL; i++) {
        const int size = snprintf(line, sizeof line, "{\"line\":%d,%s", i + 1, lines[i]);

        sum = recording_sum(sum, line, (size_t)size);
        (void)fprintf(out, "%s,\"sum\":\"%016llx\"}\n", line, (unsigned long long)sum);
    }
    assert_int_equal(fclose(out), 0);
}

#define HEAD(format)                                                                               \
    "\"kind\":\"proxy-trace\",\"format\":" format ",\"tool\":\"\",\"system\":\"\",\"wine\":\"\","  \
    "\"program\":\"\",\"profiles\":\"\",\"upstream\":\"\",\"date\":\"\",\"passed-through\":false"
#define END "\"kind\":\"end\",\"events\":0"

static void test_what_is_no_trace_is_refused(void **state)
{
    static const struct {
        const char *lines[4];
        const char *words;
    } cases[] = {
        {{HEAD("2"), END}, ":1: format: expected 1"},
        {{"\"kind\":\"proxy-trace\",\"format\":1", END}, ":1: tool:"},
        {{END}, ":1: kind: expected proxy-trace, found end"},
        {{HEAD("1"), HEAD("1"), END}, ":2: kind: expected a kind of event"},
        {{HEAD("1"), "\"kind\":\"dance\"", END}, ":2: kind: expected a kind of event, or end"},
        {{HEAD("1"), "\"kind\":\"close\",\"shoe\":1", END}, ":2: shoe: expected a field"},
        {{HEAD("1"), "\"kind\":\"close\",\"socket\":-1", END}, ":2: socket: expected a whole"},
        {{HEAD("1"), "\"kind\":\"close\",\"socket\":1.5", END}, ":2: socket: expected a whole"},
        {{HEAD("1"), "\"kind\":\"close\",\"error\":\"ENOENT\"", END}, ":2: error:"},
        {{HEAD("1"), "\"kind\":\"close\",\"by\":\"me\"", END}, ":2: by:"},
        {{HEAD("1"), "\"kind\":\"close\",\"peer\":\"x:1\"", END}, ":2: peer:"},
        {{HEAD("1"), "\"kind\":\"close\",\"in\":\"abc\"", END}, ":2: in:"},
        {{HEAD("1"), "\"kind\":\"close\",\"text\":7", END}, ":2: text:"},
        {{HEAD("1"), "\"kind\":\"close\"", END}, ":3: events:"},
        {{HEAD("1"), END, END}, ":3: trace: expected nothing after its end"},
        {{HEAD("1"), "\"kind\":\"close\"]", END}, ":2: JSON:"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_chain(cases[i].lines);
        assert_refused(cases[i].words);
    }
}

static void test_a_recording_is_no_trace(void **state)
{
    static const char *const lines[] = {"\"kind\":\"head\",\"format\":1", NULL};

    (void)state;
    assert_true(trace_is_file(PATH));
    write_chain(lines);
    assert_false(trace_is_file(PATH));
    assert_false(trace_is_file("absent.jsonl"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_was_written),
        cmocka_unit_test(test_numbers_stand_as_words),
        cmocka_unit_test(test_every_altered_byte_is_noticed),
        cmocka_unit_test(test_every_cut_is_noticed),
        cmocka_unit_test(test_lost_moved_and_repeated_lines_are_named),
        cmocka_unit_test(test_what_is_no_trace_is_refused),
    };
    const struct CMUnitTest one[] = {
        cmocka_unit_test_setup_teardown(test_a_recording_is_no_trace, set_up, tear_down)};

    return cmocka_run_group_tests(tests, set_up, tear_down) +
           cmocka_run_group_tests(one, NULL, NULL);
}
