/* SPDX-License-Identifier: MIT */

/* Bytes both ways. Contracts of the steps: steps.h. */

#ifndef TESTS_PROXIES_REFERENCE_RELAY_H
#define TESTS_PROXIES_REFERENCE_RELAY_H

#include "tests/proxies/reference/steps.h"

enum { RELAY_ROOM = 65536 };

/* One direction. Its bytes wait in the buffer while `to` takes none, so that a side that does not
 * read cannot stop the other. */
struct direction {
    SOCKET from;
    SOCKET to;
    int begin, end; /* of what waits */
    bool done;      /* `from` has ended, and `to` was told */
    char bytes[RELAY_ROOM];
};

void relay(const struct connection *connection);
bool direction_read(struct direction *direction);

#endif
