/* SPDX-License-Identifier: MIT */

#include "sim/record.h"

#include <string.h>

#include "sim/bytes.h"

static const uint8_t mark[16] = "wfpcheck-record";

/* HOPS and FIRST_HOP: where they stand in the frame. */
enum {
    VERSION = 2,
    FIXED = 40,
    DIGEST = RECORD_DIGEST,
    HOP_FIXED = RECORD_HOP_FIXED,
    HOPS = 32,
    FIRST_HOP = 36
};

struct frame {
    uint32_t version;
    uint32_t size;
    uint64_t origin;
    uint32_t hops;
    uint32_t first_hop; /* offset */
};

static struct frame read_frame(struct reader_cursor *cursor)
{
    struct frame frame;

    (void)bytes_take(cursor, sizeof mark);
    frame.version = bytes_take_u32(cursor);
    frame.size = bytes_take_u32(cursor);
    frame.origin = bytes_take_u64(cursor);
    frame.hops = bytes_take_u32(cursor);
    frame.first_hop = bytes_take_u32(cursor);
    return frame;
}

static void write_frame(struct writer_cursor *cursor, const struct frame *frame)
{
    bytes_put(cursor, mark, sizeof mark);
    bytes_put_u32(cursor, frame->version);
    bytes_put_u32(cursor, frame->size);
    bytes_put_u64(cursor, frame->origin);
    bytes_put_u32(cursor, frame->hops);
    bytes_put_u32(cursor, frame->first_hop);
    bytes_put_zeros(cursor, frame->first_hop - FIXED);
}

/* A hop is its fixed part, padding up to `stride`, then the context. */
static void write_hop(struct writer_cursor *cursor, const struct record_hop *hop, uint32_t stride)
{
    bytes_put_u32(cursor, stride);
    bytes_put_u32(cursor, hop->handle);
    bytes_put_u64(cursor, hop->provider);
    bytes_put_u32(cursor, hop->target_pid);
    bytes_put_u32(cursor, hop->context.size);
    bytes_put_u32(cursor, hop->requester);
    bytes_put_zeros(cursor, stride - HOP_FIXED);
    bytes_put(cursor, hop->context.bytes, hop->context.size);
}

struct record_walk record_walk(struct record_view record)
{
    struct record_walk walk = {record, 0, 0};

    if (record.size >= FIXED + DIGEST) {
        walk.at = bytes_load_u32(record.bytes + FIRST_HOP);
        walk.left = walk.at <= record.size - DIGEST ? bytes_load_u32(record.bytes + HOPS) : 0;
    }
    return walk;
}

static bool hops_fill(struct record_view record, const struct frame *frame)
{
    struct record_walk walk = record_walk(record);
    struct record_hop hop;
    uint32_t hops = 0;

    if (frame->first_hop < FIXED || frame->first_hop > record.size - DIGEST) {
        return false;
    }
    while (record_walk_next(&walk, &hop)) {
        hops++;
    }
    return hops == frame->hops && walk.at == record.size - DIGEST;
}

static bool digest_holds(struct record_view record)
{
    struct reader_cursor cursor = {record.bytes + record.size - DIGEST, DIGEST, false};

    return bytes_take_u64(&cursor) == bytes_digest(record.bytes, record.size - DIGEST);
}

static bool has_mark(struct record_view record)
{
    const size_t size = record.size < sizeof mark ? record.size : sizeof mark;

    return memcmp(record.bytes, mark, size) == 0;
}

enum record_check record_check(struct record_view record, uint64_t origin)
{
    struct reader_cursor cursor = {record.bytes, record.size, false};
    const struct frame frame = read_frame(&cursor);

    if (!has_mark(record)) {
        return RECORD_GARBAGE;
    }
    if (cursor.failed || record.size < frame.size) {
        return RECORD_TRUNCATED;
    }
    if (record.size > frame.size) {
        return RECORD_EXTENDED;
    }
    if (record.size < FIXED + DIGEST || frame.version != VERSION || !digest_holds(record) ||
        !hops_fill(record, &frame)) {
        return RECORD_GARBAGE;
    }
    return frame.origin == origin ? RECORD_VALID : RECORD_FOREIGN;
}

/* The bytes between the frame and the digest, which a longer record takes over as they are. */
static struct record_view hops_of(struct record_view record, uint32_t *hops)
{
    struct reader_cursor cursor = {record.bytes, record.size, false};
    struct record_view bytes = {NULL, 0};
    struct frame frame;

    *hops = 0;
    if (record.size == 0) {
        return bytes;
    }
    frame = read_frame(&cursor);
    *hops = frame.hops;
    bytes.bytes = record.bytes + frame.first_hop;
    bytes.size = record.size - DIGEST - frame.first_hop;
    return bytes;
}

uint32_t record_append(struct record_view before, const struct record_hop *hop,
                       struct record_shape shape, uint64_t origin, uint8_t *out, uint32_t room)
{
    struct writer_cursor cursor = {out, room, false};
    struct frame frame = {VERSION, 0, origin, 0, shape.frame - DIGEST};
    const struct record_view old = hops_of(before, &frame.hops);

    if (shape.frame < RECORD_FRAME_MIN || shape.hop < RECORD_HOP_MIN) {
        return 0;
    }
    frame.hops++;
    frame.size = shape.frame + old.size + shape.hop + hop->context.size;
    write_frame(&cursor, &frame);
    bytes_put(&cursor, old.bytes, old.size);
    write_hop(&cursor, hop, shape.hop);
    if (cursor.failed) {
        return 0;
    }
    bytes_put_u64(&cursor, bytes_digest(out, frame.size - DIGEST));
    return cursor.failed ? 0 : frame.size;
}
