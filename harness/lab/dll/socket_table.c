/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/socket_table.h"

#include <stdlib.h>
#include <string.h>

/* Open addressing; a removed row is closed up, so that no row is ever marked as a grave. */
struct row {
    UINT_PTR handle; /* 0: free */
    struct socket_facts facts;
};

enum { FIRST_ROOM = 64, HANDLE_STEP_BITS = 2 };

static SRWLOCK lock = SRWLOCK_INIT;
static struct row *rows;
static size_t room; /* a power of two, at least twice the count */
static size_t count;
static LONG64 last_number;

static size_t home_of(UINT_PTR handle, size_t of)
{
    const uint64_t spread = (uint64_t)(handle >> HANDLE_STEP_BITS) * UINT64_C(0x9E3779B97F4A7C15);

    return (size_t)(spread >> 32) & (of - 1);
}

/* Its row, or the free one where it would go. */
static struct row *find_in(struct row *in, size_t of, UINT_PTR handle)
{
    size_t at = home_of(handle, of);

    while (in[at].handle != 0 && in[at].handle != handle) {
        at = (at + 1) & (of - 1);
    }
    return &in[at];
}

static struct row *find(UINT_PTR handle)
{
    struct row *row = room == 0 ? NULL : find_in(rows, room, handle);

    return row == NULL || row->handle == 0 ? NULL : row;
}

static bool grow(void)
{
    const size_t larger = room == 0 ? FIRST_ROOM : 2 * room;
    struct row *grown = calloc(larger, sizeof *grown);

    if (grown == NULL) {
        return false;
    }
    for (size_t i = 0; i < room; i++) {
        if (rows[i].handle != 0) {
            *find_in(grown, larger, rows[i].handle) = rows[i];
        }
    }
    free(rows);
    rows = grown;
    room = larger;
    return true;
}

/* Whoever was pushed past this place by a full one may stand in it now. */
static void close_up(size_t hole)
{
    for (size_t at = (hole + 1) & (room - 1); rows[at].handle != 0; at = (at + 1) & (room - 1)) {
        const size_t home = home_of(rows[at].handle, room);

        if (((at - home) & (room - 1)) >= ((at - hole) & (room - 1))) {
            rows[hole] = rows[at];
            hole = at;
        }
    }
    memset(&rows[hole], 0, sizeof rows[hole]);
}

bool socket_table_add(UINT_PTR handle, const struct socket_facts *facts)
{
    struct row *row;
    bool added = false;

    AcquireSRWLockExclusive(&lock);
    if (handle != 0 && (2 * (count + 1) <= room || grow())) {
        row = find_in(rows, room, handle);
        count += row->handle == 0;
        row->handle = handle;
        row->facts = *facts;
        added = true;
    }
    ReleaseSRWLockExclusive(&lock);
    return added;
}

bool socket_table_get(UINT_PTR handle, struct socket_facts *facts)
{
    const struct row *row;

    AcquireSRWLockShared(&lock);
    row = find(handle);
    if (row != NULL) {
        *facts = row->facts;
    }
    ReleaseSRWLockShared(&lock);
    return row != NULL;
}

bool socket_table_remove(UINT_PTR handle, struct socket_facts *facts)
{
    const struct row *row;

    AcquireSRWLockExclusive(&lock);
    row = find(handle);
    if (row != NULL) {
        *facts = row->facts;
        close_up((size_t)(row - rows));
        count--;
    }
    ReleaseSRWLockExclusive(&lock);
    return row != NULL;
}

size_t socket_table_count(void)
{
    size_t counted;

    AcquireSRWLockShared(&lock);
    counted = count;
    ReleaseSRWLockShared(&lock);
    return counted;
}

struct socket_facts *socket_table_lock(UINT_PTR handle)
{
    struct row *row;

    AcquireSRWLockExclusive(&lock);
    row = find(handle);
    if (row == NULL) {
        ReleaseSRWLockExclusive(&lock);
        return NULL;
    }
    return &row->facts;
}

void socket_table_unlock(void)
{
    ReleaseSRWLockExclusive(&lock);
}

uint64_t socket_table_number(void)
{
    return (uint64_t)InterlockedIncrement64(&last_number);
}
