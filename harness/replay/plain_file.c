/* SPDX-License-Identifier: MIT */

#include "harness/replay/plain_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD_BYTES = 24,
    RECORD_BYTES = 16,
    PACKET_MAX = 262144, /* libpcap believes no more either */
    /* One packet of that size must fit, but mostly only this much is read: it stays in the cache.
     */
    READ_BYTES = 128 * 1024,
    BUFFER_BYTES = PACKET_MAX + RECORD_BYTES + READ_BYTES
};

#define MAGIC_MICROSECONDS 0xA1B2C3D4u
#define MAGIC_NANOSECONDS 0xA1B23C4Du

/* The bytes that are in the buffer and not yet used. */
struct window {
    FILE *stream;
    uint8_t *buffer;
    size_t from, to;
};

static inline uint32_t number_at(const uint8_t *bytes, bool big)
{
    if (big) {
        return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
               bytes[3];
    }
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

bool plain_file_begin(FILE *stream, struct plain_head *head)
{
    uint8_t bytes[HEAD_BYTES];
    struct plain_head found = {0};
    uint32_t magic;
    uint32_t version;

    if (fread(bytes, 1, sizeof bytes, stream) != sizeof bytes) {
        return false;
    }
    found.big = bytes[0] == 0xA1;
    magic = number_at(bytes, found.big);
    version = number_at(bytes + 4, found.big);
    found.nanoseconds = magic == MAGIC_NANOSECONDS;
    found.snapshot = number_at(bytes + 16, found.big);
    found.link = number_at(bytes + 20, found.big) & 0x03FFFFFF;
    if (found.snapshot == 0 || found.snapshot > INT32_MAX) {
        found.snapshot = PACKET_MAX;
    }
    if ((magic != MAGIC_MICROSECONDS && magic != MAGIC_NANOSECONDS) ||
        version != (found.big ? 0x00020004u : 0x00040002u)) {
        return false;
    }
    *head = found;
    return true;
}

/* Moves what is left to the front and reads on until there are `size` bytes, or the file ends. */
static bool refill(struct window *window, size_t size)
{
    size_t got = 1;

    memmove(window->buffer, window->buffer + window->from, window->to - window->from);
    window->to -= window->from;
    window->from = 0;
    while (window->to < size && got > 0) {
        got = fread(window->buffer + window->to, 1, READ_BYTES, window->stream);
        window->to += got;
    }
    return window->to >= size;
}

static inline bool fill(struct window *window, size_t size)
{
    return window->to - window->from >= size || refill(window, size);
}

static uint64_t microseconds(const struct plain_head *head, const uint8_t *record)
{
    const uint64_t seconds = number_at(record, head->big);
    const uint32_t rest = number_at(record + 4, head->big);
    const uint32_t part = head->nanoseconds ? rest / 1000 : rest;

    return seconds * 1000000 + (part < 1000000 ? part : 0);
}

static void conclude(const struct window *window, struct capture_result *result, bool cut)
{
    if (cut) {
        result->verdict = CAPTURE_CUT;
        (void)snprintf(result->why, sizeof result->why, "ends within packet %" PRIu64,
                       result->packets + 1);
    } else if (ferror(window->stream)) {
        result->verdict = CAPTURE_PARTLY;
        (void)snprintf(result->why, sizeof result->why, "a read error after packet %" PRIu64,
                       result->packets);
    } else {
        result->verdict = result->packets > 0 ? CAPTURE_WHOLE : CAPTURE_EMPTY;
    }
}

static void refuse_size(struct capture_result *result, uint32_t captured)
{
    result->verdict = CAPTURE_PARTLY;
    (void)snprintf(result->why, sizeof result->why,
                   "packet %" PRIu64 " claims %" PRIu32 " captured bytes; at most %d are believed",
                   result->packets + 1, captured, PACKET_MAX);
}

static void read_records(struct window *window, const struct plain_head *head, capture_visit *visit,
                         void *context, struct capture_result *result)
{
    struct capture_packet packet = {.link = result->link};

    while (fill(window, RECORD_BYTES)) {
        const uint8_t *record = window->buffer + window->from;
        const uint32_t captured = number_at(record + 8, head->big);

        packet.wire = number_at(record + 12, head->big);
        packet.time = microseconds(head, record);
        if (captured > PACKET_MAX) {
            refuse_size(result, captured);
            return;
        }
        if (!fill(window, RECORD_BYTES + captured)) {
            break;
        }
        packet.bytes = window->buffer + window->from + RECORD_BYTES;
        packet.captured = captured < head->snapshot ? captured : head->snapshot;
        window->from += RECORD_BYTES + captured;
        result->packets++;
        if (!visit(context, &packet)) {
            result->verdict = CAPTURE_STOPPED;
            return;
        }
    }
    conclude(window, result, window->to > window->from && !ferror(window->stream));
}

bool plain_file_read(FILE *stream, const struct plain_head *head, capture_visit *visit,
                     void *context, struct capture_result *result)
{
    struct window window = {.stream = stream, .buffer = malloc(BUFFER_BYTES)};

    if (window.buffer == NULL) {
        return false;
    }
    read_records(&window, head, visit, context, result);
    free(window.buffer);
    return true;
}
