/* SPDX-License-Identifier: MIT */

#include "harness/replay/plain_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD_BYTES = 24,
    RECORD_BYTES = 16,
    PACKET_MAX = 262144, /* libpcap believes no more either */
    PAGE = 4096,
    /* What may be left of the last read when the next is needed. */
    LEFT_BYTES = (PACKET_MAX + RECORD_BYTES + PAGE - 1) / PAGE * PAGE,
    /* Completes any packet in one read, and stays in the cache. */
    READ_BYTES = 320 * 1024,
};

#define MAGIC_MICROSECONDS 0xA1B2C3D4u
#define MAGIC_NANOSECONDS 0xA1B23C4Du

/* The bytes that are there and not yet used. */
struct window {
    FILE *stream;
    uint8_t *fresh; /* reads go here; LEFT_BYTES before it */
    const uint8_t *from, *to;
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

static inline size_t left_in(const struct window *window)
{
    return (size_t)(window->to - window->from);
}

/* Reads on behind what is left, which has to be moved for it; false: the file has ended. */
static bool refill(struct window *window)
{
    const size_t left = left_in(window);
    size_t got;

    memmove(window->fresh - left, window->from, left);
    got = fread(window->fresh, 1, READ_BYTES, window->stream);
    window->from = window->fresh - left;
    window->to = window->fresh + got;
    return got > 0;
}

static inline uint64_t microseconds(const struct plain_head *head, const uint8_t *record)
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

/* The packets that are whole in the window: their number. */
static size_t gather(struct window *window, const struct plain_head *head,
                     struct capture_packet packets[CAPTURE_BATCH])
{
    size_t count = 0;

    while (count < CAPTURE_BATCH && left_in(window) >= RECORD_BYTES) {
        const uint8_t *record = window->from;
        const uint32_t captured = number_at(record + 8, head->big);

        if (captured > PACKET_MAX || captured > left_in(window) - RECORD_BYTES) {
            break;
        }
        packets[count].bytes = record + RECORD_BYTES;
        packets[count].captured = captured < head->snapshot ? captured : head->snapshot;
        packets[count].wire = number_at(record + 12, head->big);
        packets[count].time = microseconds(head, record);
        window->from += RECORD_BYTES + captured;
        count++;
    }
    return count;
}

static void read_records(struct window *window, const struct plain_head *head, capture_visit *visit,
                         void *context, struct capture_result *result)
{
    struct capture_packet packets[CAPTURE_BATCH];

    for (size_t i = 0; i < CAPTURE_BATCH; i++) {
        packets[i].link = result->link;
    }
    for (;;) {
        const size_t count = gather(window, head, packets);

        result->packets += count;
        if (count > 0 && !visit(context, packets, count)) {
            result->verdict = CAPTURE_STOPPED;
            return;
        }
        if (count == 0 && left_in(window) >= RECORD_BYTES &&
            number_at(window->from + 8, head->big) > PACKET_MAX) {
            refuse_size(result, number_at(window->from + 8, head->big));
            return;
        }
        if (count == 0 && !refill(window)) {
            break;
        }
    }
    conclude(window, result, left_in(window) > 0 && !ferror(window->stream));
}

bool plain_file_read(FILE *stream, const struct plain_head *head, capture_visit *visit,
                     void *context, struct capture_result *result)
{
    uint8_t *buffer = malloc(PAGE + LEFT_BYTES + READ_BYTES);
    struct window window = {.stream = stream};

    if (buffer == NULL) {
        return false;
    }
    window.fresh = buffer + LEFT_BYTES + (PAGE - (uintptr_t)buffer % PAGE);
    window.from = window.to = window.fresh;
    read_records(&window, head, visit, context, result);
    free(buffer);
    return true;
}
