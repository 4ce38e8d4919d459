/* SPDX-License-Identifier: MIT */

#include "harness/lab/trace/trace.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROOM = 1 << 20, FIRST_EVENTS = 1024 };

/* Blocks never move, so that what an event points to stays where it is. */
struct block {
    struct block *before;
    size_t used;
    uint8_t bytes[BLOCK_ROOM];
};

struct stored {
    const uint8_t *at;
    size_t size;
};

struct trace {
    struct block *block; /* the newest */
    struct stored *events;
    size_t count;
    size_t room;
    size_t bytes;
};

struct trace *trace_new(void)
{
    return calloc(1, sizeof(struct trace));
}

void trace_free(struct trace *trace)
{
    if (trace == NULL) {
        return;
    }
    while (trace->block != NULL) {
        struct block *block = trace->block;

        trace->block = block->before;
        free(block);
    }
    free(trace->events);
    free(trace);
}

static bool reserve_place(struct trace *trace)
{
    const size_t room = trace->room == 0 ? FIRST_EVENTS : trace->room * 2;
    struct stored *events;

    if (trace->count < trace->room) {
        return true;
    }
    events = trace->count < TRACE_EVENTS_MAX ? realloc(trace->events, room * sizeof *events) : NULL;
    if (events == NULL) {
        return false;
    }
    trace->events = events;
    trace->room = room;
    return true;
}

static bool add_block(struct trace *trace)
{
    struct block *block = malloc(sizeof *block);

    if (block == NULL) {
        return false;
    }
    block->before = trace->block;
    block->used = 0;
    trace->block = block;
    return true;
}

/* Writes to the newest block; 0 where it does not fit there. */
static size_t write_there(struct block *block, const struct event *event)
{
    return block == NULL ? 0
                         : event_write(event, block->bytes + block->used, BLOCK_ROOM - block->used);
}

bool trace_add(struct trace *trace, const struct event *event)
{
    size_t size;

    if (!reserve_place(trace) || trace->bytes > TRACE_BYTES_MAX - EVENT_WIRE_MAX) {
        return false;
    }
    size = write_there(trace->block, event);
    if (size == 0 && add_block(trace)) {
        size = write_there(trace->block, event);
    }
    if (size == 0) {
        return false;
    }
    trace->events[trace->count++] = (struct stored){trace->block->bytes + trace->block->used, size};
    trace->block->used += size;
    trace->bytes += size;
    return true;
}

size_t trace_count(const struct trace *trace)
{
    return trace->count;
}

void trace_get(const struct trace *trace, size_t index, struct event *event)
{
    size_t used;

    (void)event_read(trace->events[index].at, trace->events[index].size, event, &used);
}
