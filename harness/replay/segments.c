/* SPDX-License-Identifier: MIT */

#include "harness/replay/segments.h"

#include <stdlib.h>

enum { ALIGNMENT = 64, ROOM_AT_FIRST = 16 };

static bool make_room(struct segments *segments)
{
    const size_t room = segments->piece_room == 0 ? ROOM_AT_FIRST : segments->piece_room * 2;
    void **pieces;
    uint8_t **bases;

    if (segments->piece_count < segments->piece_room) {
        return true;
    }
    pieces = realloc(segments->pieces, room * sizeof *pieces);
    if (pieces == NULL) {
        return false;
    }
    segments->pieces = pieces;
    bases = realloc(segments->bases, room * sizeof *bases);
    if (bases == NULL) {
        return false;
    }
    segments->bases = bases;
    segments->piece_room = room;
    return true;
}

static bool add_piece(struct segments *segments, size_t item_size)
{
    const size_t bytes = (item_size << SEGMENT_SHIFT) + ALIGNMENT - 1;
    uint8_t *piece;
    size_t lead;

    if (!make_room(segments)) {
        return false;
    }
    piece = calloc(1, bytes);
    if (piece == NULL) {
        return false;
    }
    lead = (ALIGNMENT - (uintptr_t)piece % ALIGNMENT) % ALIGNMENT;
    segments->pieces[segments->piece_count] = piece;
    segments->bases[segments->piece_count] = piece + lead;
    segments->piece_count++;
    segments->bytes += bytes;
    return true;
}

bool segments_add(struct segments *segments, size_t item_size, uint32_t *number)
{
    if (segments->count >> SEGMENT_SHIFT == segments->piece_count &&
        !add_piece(segments, item_size)) {
        return false;
    }
    *number = segments->count++;
    return true;
}

size_t segments_bytes(const struct segments *segments)
{
    return segments->bytes +
           segments->piece_room * (sizeof *segments->pieces + sizeof *segments->bases);
}

void segments_clear(struct segments *segments)
{
    for (size_t i = 0; i < segments->piece_count; i++) {
        free(segments->pieces[i]);
    }
    free(segments->pieces);
    free(segments->bases);
    *segments = (struct segments){.count = 0};
}
