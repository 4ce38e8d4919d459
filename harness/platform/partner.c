/* SPDX-License-Identifier: MIT */

#include "harness/platform/partner.h"

#include <stdlib.h>
#include <string.h>

#include "harness/platform/clock.h"

enum { ROOM_STEP = 65536, NANOSECONDS = 1000000 };

struct partner {
    struct partner_system system;
    char *bytes; /* what was read; a NUL fits behind it */
    size_t room;
    size_t taken; /* bytes at its start that were handed out */
    size_t count;
};

bool partner_start(char *const *arguments, struct partner **partner)
{
    struct partner *started = calloc(1, sizeof *started);

    if (started == NULL) {
        return false;
    }
    if (!partner_system_start(arguments, &started->system)) {
        free(started);
        return false;
    }
    *partner = started;
    return true;
}

enum partner_outcome partner_write(struct partner *partner, const char *bytes, size_t size,
                                   unsigned milliseconds)
{
    return partner_system_write(&partner->system, bytes, size, milliseconds);
}

static void forget_taken(struct partner *partner)
{
    if (partner->taken > 0) {
        memmove(partner->bytes, partner->bytes + partner->taken, partner->count - partner->taken);
        partner->count -= partner->taken;
        partner->taken = 0;
    }
}

static bool reserve(struct partner *partner)
{
    char *bytes;

    if (partner->room > partner->count + 1) {
        return true;
    }
    bytes = realloc(partner->bytes, partner->room + ROOM_STEP);
    if (bytes == NULL) {
        return false;
    }
    partner->bytes = bytes;
    partner->room += ROOM_STEP;
    return true;
}

static unsigned milliseconds_until(uint64_t end)
{
    const uint64_t now = clock_nanoseconds();

    return now >= end ? 0 : (unsigned)((end - now) / NANOSECONDS + 1);
}

static enum partner_outcome read_more(struct partner *partner, uint64_t end)
{
    enum partner_outcome outcome;
    size_t size;

    if (!reserve(partner)) {
        return PARTNER_BROKEN;
    }
    size = partner->room - partner->count - 1;
    outcome = partner_system_read(&partner->system, partner->bytes + partner->count, &size,
                                  milliseconds_until(end));
    partner->count += outcome == PARTNER_DONE ? size : 0;
    return outcome;
}

static void hand_out(struct partner *partner, size_t length, const char **line, size_t *size)
{
    partner->bytes[length] = '\0';
    *line = partner->bytes;
    *size = length;
}

enum partner_outcome partner_line(struct partner *partner, size_t limit, unsigned milliseconds,
                                  const char **line, size_t *size)
{
    const uint64_t end = clock_nanoseconds() + (uint64_t)milliseconds * NANOSECONDS;
    enum partner_outcome outcome = PARTNER_DONE;
    size_t searched = 0;

    forget_taken(partner);
    *line = "";
    *size = 0;
    while (outcome == PARTNER_DONE) {
        const char *found = partner->count == searched ? NULL
                                                       : memchr(partner->bytes + searched, '\n',
                                                                partner->count - searched);
        const size_t length = found == NULL ? partner->count : (size_t)(found - partner->bytes);

        if (length > limit) {
            outcome = PARTNER_TOO_LONG;
        } else if (found != NULL) {
            partner->taken = length + 1;
            hand_out(partner, length, line, size);
            return PARTNER_DONE;
        } else {
            searched = partner->count;
            outcome = read_more(partner, end);
        }
    }
    if (partner->count > 0) {
        hand_out(partner, partner->count < limit ? partner->count : limit, line, size);
    }
    return outcome;
}

struct partner_end partner_end(struct partner *partner, unsigned milliseconds)
{
    const struct partner_end end = partner_system_end(&partner->system, milliseconds);

    free(partner->bytes);
    free(partner);
    return end;
}
