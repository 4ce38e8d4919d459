/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/datagram.h>

#include "harness/address.h"
#include "harness/vector.h"
#include "tests/unit/proxy_script.h"

enum { WORD_MAX = 128, BYTES_MAX = 140000 };

static uint8_t invented(unsigned seed, unsigned at)
{
    return (uint8_t)(seed * 37 + at * 11 + (at >> 8) + 1);
}

/* Gives how many bytes it has made. */
static unsigned make_bytes(const char *value, uint8_t *bytes)
{
    unsigned level;
    unsigned seed;
    unsigned size;
    unsigned end;

    if (sscanf(value, "CUT/%u/%u/%u", &seed, &size, &end) == 3) {
        for (unsigned i = 0; i < end; i++) {
            bytes[i] = i < size ? invented(seed, i) : 0;
        }
        return end;
    }
    if (sscanf(value, "OBJECT/%u/%u/%u", &level, &seed, &size) == 3) {
        static uint8_t data[BYTES_MAX];
        const struct wfp_control_object object = {
            .level = level, .type = WFP_REDIRECT_RECORDS, .data = data, .size = size};

        for (unsigned i = 0; i < size; i++) {
            data[i] = invented(seed, i);
        }
        return wfp_control_write(WFP_LAYOUT_64, &object, bytes, BYTES_MAX);
    }
    if (sscanf(value, "%u/%u", &seed, &size) == 2) {
        for (unsigned i = 0; i < size; i++) {
            bytes[i] = invented(seed, i);
        }
        return size;
    }
    bytes[0] = (uint8_t)atoi(value);
    return 1;
}

static uint64_t make_number(const char *value)
{
    uint32_t code;
    char *end;
    const uint64_t number = strtoull(value, &end, 0);

    if (*end == '\0') {
        return number;
    }
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if (strcmp(event_kinds[kind].name, value) == 0) {
            return kind;
        }
    }
    if (!ioctl_code_parse(value, &code)) {
        fail_msg("no number, kind or code: %s", value);
    }
    return code;
}

static void set_field(struct event *event, unsigned field, const char *value)
{
    static uint8_t bytes[FIELDS_ALL][BYTES_MAX];
    struct wfp_address address;

    if (field < FIELD_NUMBERS_END) {
        event_set_number(event, field, make_number(value));
    } else if (field < FIELD_ADDRESSES_END) {
        if (!address_parse(value, &address)) {
            fail_msg("no address: %s", value);
        }
        event_set_address(event, field, &address);
    } else if (field < FIELD_TEXT) {
        event_set_bytes(event, field, bytes[field], make_bytes(value, bytes[field]));
    } else {
        memcpy(bytes[field], value, strlen(value));
        event_set_bytes(event, field, bytes[field], strlen(value));
    }
}

static void take_word(struct event *event, const char *word)
{
    const char *value = strchr(word, '=');

    for (unsigned field = 0; value != NULL && field < FIELDS_ALL; field++) {
        const size_t length = strlen(event_fields[field]);

        if (length == (size_t)(value - word) && memcmp(event_fields[field], word, length) == 0) {
            set_field(event, field, value + 1);
            return;
        }
    }
    fail_msg("no field: %s", word);
}

static void add_line(struct trace *trace, const char *line, size_t length)
{
    struct event event;
    bool first = true;

    memset(&event, 0, sizeof event);
    event_set_number(&event, FIELD_PROCESS, 1);
    for (size_t at = 0; at < length;) {
        const size_t size = strcspn(line + at, " \n");
        char word[WORD_MAX];

        assert_true(size > 0 && size < sizeof word);
        memcpy(word, line + at, size);
        word[size] = '\0';
        if (first) {
            event.kind = (enum event_kind)make_number(word);
        } else {
            take_word(&event, word);
        }
        first = false;
        at += size + 1;
    }
    assert_true(trace_add(trace, &event));
}

struct trace *proxy_script(const char *script)
{
    struct trace *trace = trace_new();

    assert_non_null(trace);
    while (*script != '\0') {
        const size_t length = strcspn(script, "\n");

        add_line(trace, script, length);
        script += length + (script[length] == '\n');
    }
    return trace;
}
