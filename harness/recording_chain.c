/* SPDX-License-Identifier: MIT */

#include "harness/recording_chain.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"
#include "harness/recording.h"

static const char line_start[] = "{\"line\":";
static const char sum_start[] = ",\"sum\":\"";
static const char sum_end[] = "\"}";

enum {
    FIRST_ROOM = 65536,
    PLACE_MAX = 1024,
    SUM_LENGTH = sizeof sum_start - 1 + RECORDING_SUM_DIGITS + sizeof sum_end - 1
};

/* ---- writing ---- */

void chain_write(struct chain_writer *writer, json_t *members, size_t flags)
{
    char *text = members == NULL ? NULL : json_dumps(members, JSON_COMPACT | flags);
    char number[32];
    size_t length;
    char *line;

    json_decref(members);
    length = text == NULL ? 0 : strlen(text);
    line = text == NULL ? NULL : malloc(length + sizeof number);
    if (line == NULL) {
        writer->failed = true;
        free(text);
        return;
    }
    /* The object's brace gives way to the number, its closing one to the sum. */
    text[length - 1] = '\0';
    length = (size_t)snprintf(line, length + sizeof number, "{\"line\":%zu,%s", ++writer->lines,
                              text + 1);
    writer->sum = recording_sum(writer->sum, line, length);
    (void)fprintf(writer->out, "%s,\"sum\":\"%016llx\"}\n", line, (unsigned long long)writer->sum);
    free(line);
    free(text);
}

/* ---- raw lines ---- */

enum raw { RAW_LINE, RAW_END, RAW_CUT, RAW_TOO_LONG, RAW_NO_MEMORY };

static bool grow(struct chain *chain)
{
    const size_t room = chain->room == 0 ? FIRST_ROOM : chain->room * 2;
    char *line = realloc(chain->line, room + 1);

    if (line == NULL) {
        return false;
    }
    chain->line = line;
    chain->room = room;
    return true;
}

static enum raw read_raw(struct chain *chain)
{
    int c = getc(chain->file);

    chain->length = 0;
    if (c == EOF) {
        return RAW_END;
    }
    for (; c != EOF && c != '\n'; c = getc(chain->file)) {
        if (chain->length == RECORDING_LINE_MAX) {
            return RAW_TOO_LONG;
        }
        if (chain->length == chain->room && !grow(chain)) {
            return RAW_NO_MEMORY;
        }
        chain->line[chain->length++] = (char)c;
    }
    if (chain->room == 0 && !grow(chain)) {
        return RAW_NO_MEMORY;
    }
    chain->line[chain->length] = '\0';
    return c == EOF ? RAW_CUT : RAW_LINE;
}

/* The number that the line itself states; 0 if it states none. */
static size_t stated_number(const struct chain *chain)
{
    const size_t start = sizeof line_start - 1;
    size_t number = 0;

    if (strncmp(chain->line, line_start, start) != 0) {
        return 0;
    }
    for (size_t i = start; i < start + 9 && chain->line[i] != ','; i++) {
        if (chain->line[i] < '0' || chain->line[i] > '9') {
            return 0;
        }
        number = number * 10 + (size_t)(chain->line[i] - '0');
    }
    return number;
}

/* Does the checksum that ends the line fit what stands before it? */
static bool sum_fits(const struct chain *chain, uint64_t *sum)
{
    const char *end;
    const char *digits;

    if (chain->length < SUM_LENGTH) {
        return false;
    }
    end = chain->line + chain->length - SUM_LENGTH;
    digits = end + sizeof sum_start - 1;
    return memcmp(end, sum_start, sizeof sum_start - 1) == 0 &&
           strcmp(digits + RECORDING_SUM_DIGITS, sum_end) == 0 && recording_number(digits, sum) &&
           *sum == recording_sum(chain->sum, chain->line, chain->length - SUM_LENGTH);
}

/* ---- what has happened to a line that does not fit ---- */

static enum status refuse(struct chain *chain, size_t line, const char *expected,
                          const char *actual)
{
    complain(chain->complaints, chain->path, (int)(line < INT32_MAX ? line : INT32_MAX), "line",
             expected, "%s", actual);
    return STATUS_BAD_INPUT;
}

/* The format of a first line that may be of another tool altogether; 0 if it has none. */
static json_int_t format_of(const struct chain *chain)
{
    json_t *head = json_loadb(chain->line, chain->length, JSON_DISABLE_EOF_CHECK, NULL);
    const json_int_t format = json_integer_value(json_object_get(head, "format"));

    json_decref(head);
    return format;
}

static enum status refuse_first(struct chain *chain)
{
    const json_int_t format = format_of(chain);
    char actual[64];

    if (format != 0 && format != RECORDING_FORMAT) {
        (void)snprintf(actual, sizeof actual, "format %lld", (long long)format);
        return refuse(chain, 1, "a recording of format 1", actual);
    }
    if (format == 0 && strncmp(chain->line, "{\"line\":1,\"kind\":\"head\"", 22) != 0) {
        return refuse(chain, 1, "the head of a recording", "something else, or an altered head");
    }
    return refuse(chain, 1, "the line as it was written",
                  "an altered line: its checksum does not fit");
}

/* Reads on to see where line `number` has gone; 0 if it is nowhere. `next`: what follows. */
static size_t find_line(struct chain *chain, size_t number, size_t *next)
{
    size_t place = number;

    *next = 0;
    while (read_raw(chain) == RAW_LINE) {
        const size_t stated = stated_number(chain);

        place++;
        *next = *next == 0 ? stated : *next;
        if (stated == number) {
            return place;
        }
    }
    return 0;
}

static enum status refuse_line(struct chain *chain, size_t number)
{
    const size_t stated = stated_number(chain);
    char actual[160] = "an altered line: its checksum does not fit";
    size_t found;
    size_t next;

    if (number == 1) {
        return refuse_first(chain);
    }
    if (stated == number || stated == 0) {
        return refuse(chain, number, "the line as it was written", actual);
    }
    found = find_line(chain, number, &next);
    if (stated > number && found != 0) {
        (void)snprintf(actual, sizeof actual,
                       "line %zu: the lines were reordered, %zu stands at %zu", stated, number,
                       found);
    } else if (next == number + 1) {
        return refuse(chain, number, "the line as it was written", actual);
    } else if (stated < number) {
        (void)snprintf(actual, sizeof actual, "line %zu, repeated", stated);
    } else {
        (void)snprintf(actual, sizeof actual, "line %zu: line %zu is missing", stated, number);
    }
    return refuse(chain, number, "the line of this number", actual);
}

enum status chain_next(struct chain *chain, bool *more)
{
    const size_t number = chain->number + 1;
    uint64_t sum;

    switch (read_raw(chain)) {
    case RAW_END:
        *more = false;
        return STATUS_OK;
    case RAW_NO_MEMORY:
        return STATUS_BROKEN;
    case RAW_TOO_LONG:
        return refuse(chain, number, "at most 4 MiB", "more");
    case RAW_CUT:
        return refuse(chain, number, "a whole line", "a line that is cut off");
    case RAW_LINE:
        break;
    }
    if (stated_number(chain) != number || !sum_fits(chain, &sum) || number >= INT32_MAX) {
        return refuse_line(chain, number);
    }
    chain->number = number;
    chain->sum = sum;
    *more = true;
    return STATUS_OK;
}

/* ---- the current line ---- */

enum status chain_refuse(const struct chain *chain, const char *field, const char *expected,
                         const char *actual)
{
    complain(chain->complaints, chain->path, chain->number == 0 ? 1 : (int)chain->number, field,
             expected, "%s", actual);
    return STATUS_BAD_INPUT;
}

enum status chain_json(const struct chain *chain, json_t **root)
{
    json_error_t error;
    json_t *loaded = json_loadb(chain->line, chain->length, JSON_REJECT_DUPLICATES, &error);

    if (loaded == NULL) {
        return chain_refuse(chain, "JSON", "one whole JSON text in UTF-8", error.text);
    }
    *root = loaded;
    return STATUS_OK;
}

enum status chain_document(const struct chain *chain, json_t *root, struct document **document)
{
    char place[PLACE_MAX];

    (void)snprintf(place, sizeof place, "%.900s:%zu", chain->path, chain->number);
    return document_from_tree(place, root, chain->complaints, document);
}

/* ---- the file ---- */

enum status chain_open(struct chain *chain, const char *path, struct complaints *complaints)
{
    chain->path = path;
    chain->complaints = complaints;
    errno = EISDIR;
    chain->file = files_is_directory(path) ? NULL : files_open(path, "rb");
    if (chain->file == NULL) {
        complain(complaints, path, 0, "file", "a readable file", "%s", strerror(errno));
        return STATUS_BAD_INPUT;
    }
    return STATUS_OK;
}

void chain_clear(struct chain *chain)
{
    free(chain->line);
    if (chain->file != NULL) {
        (void)fclose(chain->file);
    }
}
