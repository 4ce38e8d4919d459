/* SPDX-License-Identifier: MIT */

#include "harness/lab/trace/trace_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lab/trace/trace_field.h"
#include "harness/platform/files.h"
#include "harness/recording.h"
#include "harness/recording_chain.h"
#include "harness/text.h"

static const char head_kind[] = "proxy-trace";
static const char end_kind[] = "end";
static const char first_bytes[] = "{\"line\":1,\"kind\":\"proxy-trace\"";

/* ---- the members of the head and of the end, for both directions ---- */

struct head_text {
    const char *name;
    size_t offset;
};

static const struct head_text head_texts[] = {
    {"tool", offsetof(struct trace_head, tool)},
    {"system", offsetof(struct trace_head, system)},
    {"wine", offsetof(struct trace_head, wine)},
    {"program", offsetof(struct trace_head, program)},
    {"profiles", offsetof(struct trace_head, profiles)},
    {"upstream", offsetof(struct trace_head, upstream)},
    {"date", offsetof(struct trace_head, date)},
};
enum { HEAD_TEXTS = sizeof head_texts / sizeof head_texts[0] };

/* ---- writing ---- */

static json_t *members_of(const char *kind)
{
    json_t *members = json_object();

    (void)json_object_set_new(members, "kind", json_string(kind));
    return members;
}

/* What a program says of itself may be anything; a text of the file is well-formed. */
static json_t *show_text(const char *raw)
{
    struct text safe = {0};
    json_t *value;

    text_add_safe(&safe, raw, false);
    value = safe.failed ? NULL : json_string(text_bytes(&safe));
    text_clear(&safe);
    return value;
}

static void write_head(struct chain_writer *writer, const struct trace_head *head)
{
    json_t *members = members_of(head_kind);

    (void)json_object_set_new(members, "format", json_integer(TRACE_FORMAT));
    for (size_t i = 0; i < HEAD_TEXTS; i++) {
        const char *text = (const char *)head + head_texts[i].offset;

        (void)json_object_set_new(members, head_texts[i].name, show_text(text));
    }
    (void)json_object_set_new(members, "passed-through", json_boolean(head->passed_through));
    chain_write(writer, members, JSON_ENSURE_ASCII);
}

static void write_event(struct chain_writer *writer, const struct event *event)
{
    json_t *members = members_of(event_kinds[event->kind].name);

    for (unsigned field = 0; field < FIELDS_ALL; field++) {
        if (event_has(event, (enum event_field)field) &&
            json_object_set_new(members, event_fields[field],
                                trace_field_show(event, (enum event_field)field)) != 0) {
            writer->failed = true;
        }
    }
    chain_write(writer, members, JSON_ENSURE_ASCII);
}

bool trace_write(const struct trace *trace, const struct trace_head *head, FILE *out)
{
    struct chain_writer writer = {.out = out};
    json_t *members = members_of(end_kind);
    struct event event;

    write_head(&writer, head);
    for (size_t i = 0; !writer.failed && i < trace_count(trace); i++) {
        trace_get(trace, i, &event);
        write_event(&writer, &event);
    }
    (void)json_object_set_new(members, "events", json_integer((json_int_t)trace_count(trace)));
    chain_write(&writer, members, JSON_ENSURE_ASCII);
    return !writer.failed;
}

/* ---- reading ---- */

struct reading {
    struct chain chain;
    struct trace *trace;
    bool ended;
};

static bool is_frame(const char *name)
{
    return strcmp(name, "line") == 0 || strcmp(name, "kind") == 0 || strcmp(name, "sum") == 0;
}

/* Members come in the order of the fields, so the search begins behind the last. */
static bool field_named(const char *name, size_t *at)
{
    for (size_t i = 0; i < FIELDS_ALL; i++) {
        const size_t field = (*at + i) % FIELDS_ALL;

        if (strcmp(event_fields[field], name) == 0) {
            *at = field;
            return true;
        }
    }
    return false;
}

static void read_fields(struct reader *reader, json_t *root, struct event *event)
{
    size_t at = 0;
    const char *name;
    json_t *value;

    json_object_foreach(root, name, value) {
        const struct place place = place_member(root, name);

        if (is_frame(name)) {
            continue;
        }
        if (!field_named(name, &at)) {
            (void)reader_complain(reader, place, "a field of an event", "another member");
            return;
        }
        if (!trace_field_read(reader, place, value, (enum event_field)at, event)) {
            return;
        }
    }
}

static bool kind_named(const char *name, enum event_kind *kind)
{
    for (unsigned i = 0; i < EVENT_KIND_COUNT; i++) {
        if (strcmp(event_kinds[i].name, name) == 0) {
            *kind = (enum event_kind)i;
            return true;
        }
    }
    return false;
}

static enum status read_event(struct reading *reading, struct document *document, const char *kind)
{
    struct reader reader = {.document = document, .complaints = reading->chain.complaints};
    struct event event;
    enum status status;

    memset(&event, 0, sizeof event);
    if (!kind_named(kind, &event.kind)) {
        return chain_refuse(&reading->chain, "kind", "a kind of event, or end", kind);
    }
    read_fields(&reader, document->root, &event);
    status = reader_status(&reader);
    if (status == STATUS_OK && !trace_add(reading->trace, &event)) {
        return chain_refuse(&reading->chain, "trace", "as much as memory and 1 GiB hold", "more");
    }
    return status;
}

static enum status read_end(struct reading *reading, const json_t *root)
{
    const json_t *events = json_object_get(root, "events");

    reading->ended = true;
    if (!json_is_integer(events) ||
        json_integer_value(events) != (json_int_t)trace_count(reading->trace)) {
        return chain_refuse(&reading->chain, "events", "the number of events before it",
                            "another one");
    }
    return STATUS_OK;
}

static enum status read_head(const struct chain *chain, const json_t *root, struct trace_head *head)
{
    const json_t *format = json_object_get(root, "format");

    if (!json_is_integer(format) || json_integer_value(format) != TRACE_FORMAT) {
        return chain_refuse(chain, "format", "1", "another one");
    }
    for (size_t i = 0; i < HEAD_TEXTS; i++) {
        const char *text = json_string_value(json_object_get(root, head_texts[i].name));

        if (text == NULL || strlen(text) >= TRACE_TEXT_MAX) {
            return chain_refuse(chain, head_texts[i].name, "a text of at most 255 bytes",
                                text == NULL ? "none" : "a longer one");
        }
        memcpy((char *)head + head_texts[i].offset, text, strlen(text) + 1);
    }
    head->passed_through = json_is_true(json_object_get(root, "passed-through"));
    return STATUS_OK;
}

static enum status take_line(struct reading *reading, struct document *document,
                             struct trace_head *head)
{
    const json_t *root = document->root;
    const char *kind = json_string_value(json_object_get(root, "kind"));
    const bool first = reading->chain.number == 1;

    if (kind == NULL || first != (strcmp(kind, head_kind) == 0)) {
        return chain_refuse(&reading->chain, "kind", first ? head_kind : "a kind of event, or end",
                            kind == NULL ? "none" : kind);
    }
    if (reading->ended) {
        return chain_refuse(&reading->chain, "trace", "nothing after its end", "another line");
    }
    if (first) {
        return read_head(&reading->chain, root, head);
    }
    return strcmp(kind, end_kind) == 0 ? read_end(reading, root)
                                       : read_event(reading, document, kind);
}

static enum status read_line(struct reading *reading, struct trace_head *head)
{
    struct document *document = NULL;
    json_t *root = NULL;
    enum status status = chain_json(&reading->chain, &root);

    if (status == STATUS_OK) {
        status = chain_document(&reading->chain, root, &document);
    }
    if (status == STATUS_OK) {
        status = take_line(reading, document, head);
    }
    document_free(document);
    json_decref(root);
    return status;
}

static enum status read_lines(struct reading *reading, struct trace_head *head)
{
    bool more = true;
    enum status status = chain_next(&reading->chain, &more);

    while (status == STATUS_OK && more) {
        status = read_line(reading, head);
        if (status == STATUS_OK) {
            status = chain_next(&reading->chain, &more);
        }
    }
    if (status == STATUS_OK && !reading->ended) {
        status = chain_refuse(&reading->chain, "trace", "an end line after this one",
                              "the end of the file: it is cut off");
    }
    return status;
}

enum status trace_read(const char *path, struct complaints *complaints, struct trace **trace,
                       struct trace_head *head)
{
    struct reading reading = {.trace = trace_new()};
    struct trace_head made;
    enum status status = STATUS_BROKEN;

    memset(&made, 0, sizeof made);
    if (reading.trace != NULL) {
        status = chain_open(&reading.chain, path, complaints);
    }
    if (status == STATUS_OK) {
        status = read_lines(&reading, &made);
    }
    chain_clear(&reading.chain);
    if (status != STATUS_OK) {
        trace_free(reading.trace);
        return status;
    }
    *trace = reading.trace;
    *head = made;
    return STATUS_OK;
}

bool trace_is_file(const char *path)
{
    char start[sizeof first_bytes] = "";
    FILE *file = files_is_directory(path) ? NULL : files_open(path, "rb");

    if (file == NULL) {
        return false;
    }
    (void)fread(start, 1, sizeof start - 1, file);
    (void)fclose(file);
    return strcmp(start, first_bytes) == 0;
}
