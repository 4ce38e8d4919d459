/* SPDX-License-Identifier: MIT */

/*
 * The model's redirect record: a list of hops as one byte string. To an application it is opaque
 * (DEF-06); the layout is ours, not Microsoft's, and carries a digest so that a truncated,
 * extended, altered or foreign record is told apart (UNK-13, UNK-15, UNK-50).
 */

#ifndef SIM_RECORD_H
#define SIM_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "sim/bytes.h"

struct record_view {
    const uint8_t *bytes;
    uint32_t size;
};

/* One redirect: by which handle, of which provider, with which context. */
struct record_hop {
    uint32_t handle;
    uint64_t provider;
    uint32_t target_pid;
    struct record_view context; /* size 0: none */
    uint32_t requester;         /* the application whose connect was redirected (KRN-15) */
};

/* Sizes that a profile gives: of the frame, and of a hop without its context. */
struct record_shape {
    uint32_t frame;
    uint32_t hop;
};

enum {
    RECORD_FRAME_MIN = 64,
    RECORD_HOP_MIN = 32,
    RECORD_HOP_FIXED = 28, /* of a hop, what stands before its padding */
    RECORD_DIGEST = 8      /* at the end of a record */
};

enum record_check {
    RECORD_VALID,
    RECORD_GARBAGE, /* no record at all, or one with altered bytes */
    RECORD_TRUNCATED,
    RECORD_EXTENDED,
    RECORD_FOREIGN /* whole, but of another origin */
};

enum record_check record_check(struct record_view record, uint64_t origin);

/*
 * Writes the hops of `before` (size 0: none) followed by `hop`. Gives the size written, or 0 if it
 * does not fit into `room` bytes or the shape is below its minima.
 */
uint32_t record_append(struct record_view before, const struct record_hop *hop,
                       struct record_shape shape, uint64_t origin, uint8_t *out, uint32_t room);

/* Walks the hops of a record that record_check() accepted: start at 0, stop when it gives false. */
struct record_walk {
    struct record_view record;
    uint32_t left; /* hops to come */
    uint32_t at;   /* offset of the next */
};

struct record_walk record_walk(struct record_view record);
/* Lists are walked for every state query: one look at the bounds for all of the fixed part. */
static inline bool record_walk_next(struct record_walk *walk, struct record_hop *hop)
{
    const uint32_t room = walk->record.size - RECORD_DIGEST - walk->at;
    const uint8_t *fixed = walk->record.bytes + walk->at;
    uint32_t stride;

    if (walk->left == 0 || room < RECORD_HOP_FIXED) {
        return false;
    }
    stride = bytes_load_u32(fixed);
    hop->context.size = bytes_load_u32(fixed + 20);
    if (stride < RECORD_HOP_MIN || stride > room || hop->context.size > room - stride) {
        walk->left = 0;
        return false;
    }
    hop->handle = bytes_load_u32(fixed + 4);
    hop->provider = bytes_load_u64(fixed + 8);
    hop->target_pid = bytes_load_u32(fixed + 16);
    hop->requester = bytes_load_u32(fixed + 24);
    hop->context.bytes = fixed + stride;
    walk->at += stride + hop->context.size;
    walk->left--;
    return true;
}

#endif
