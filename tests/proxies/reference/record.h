/* SPDX-License-Identifier: MIT */

/* Redirect records of connections: asking for one, and setting it. Contracts: steps.h. */

#ifndef TESTS_PROXIES_REFERENCE_RECORD_H
#define TESTS_PROXIES_REFERENCE_RECORD_H

#include "tests/proxies/reference/steps.h"

enum {
    RECORD_FIRST = 1024, /* QRY-09 */
    RECORD_MAX = 262144, /* no record is that large; an answer that says so is wrong */
    RECORD_GROWTH = 16,  /* where the size that is needed is not told */
    RECORD_ATTEMPTS = 6
};

bool record_query(struct connection *connection, DWORD code, struct blob *blob);
DWORD record_grow(int error, DWORD needed, DWORD capacity);
int record_control(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                   DWORD *count);
bool record_set(struct connection *connection, SOCKET upstream);

/* Empties `blob` and gives it room. */
bool blob_reserve(struct blob *blob, DWORD capacity);
void blob_free(struct blob *blob);

#endif
