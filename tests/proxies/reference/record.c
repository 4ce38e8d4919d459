/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/record.h"

#include <stdlib.h>

#include "tests/proxies/reference/codes.h"

bool blob_reserve(struct blob *blob, DWORD capacity)
{
    unsigned char *bytes = realloc(blob->bytes, capacity);
    if (!bytes) {
        return false;
    }
    *blob = (struct blob){bytes, capacity, 0};
    return true;
}

void blob_free(struct blob *blob)
{
    free(blob->bytes);
    *blob = (struct blob){0};
}

/* The answer is a loop, not two steps: the size may have changed in between (BUF-14). */
bool record_query(struct connection *connection, DWORD code, struct blob *blob)
{
    DWORD capacity = RECORD_FIRST;
    for (int attempt = 0; attempt < RECORD_ATTEMPTS && capacity > 0; attempt++) {
        if (!blob_reserve(blob, capacity)) {
            return false;
        }
        DWORD count = 0;
        int error = connection->steps->control(connection->client, code, NULL, blob, &count);
        if (error == 0) {
            blob->size = count;
            return count > 0 && count <= capacity;
        }
        capacity = connection->steps->grow(error, count, capacity);
    }
    return false;
}

/*
 * Three errors have been documented or seen for a buffer that is too small: 122 and 10014 with the
 * size that is needed, and 10022 with 0 (QRY-06, QRY-08, BUF-09). So the count decides, not the
 * error. 10022 with 0 is also what a socket without a record answers (QRY-16): try a few sizes.
 */
DWORD record_grow(int error, DWORD needed, DWORD capacity)
{
    if (needed > capacity) {
        return needed <= RECORD_MAX ? needed : 0;
    }
    if (error == WSAEINVAL && capacity <= RECORD_MAX / RECORD_GROWTH) {
        return capacity * RECORD_GROWTH;
    }
    return 0;
}

/* A call without OVERLAPPED needs the address of a byte count (API-21). */
int record_control(SOCKET socket, DWORD code, const struct blob *in, struct blob *out, DWORD *count)
{
    void *input = in ? in->bytes : NULL;
    void *output = out ? out->bytes : NULL;
    int result = WSAIoctl(socket, code, input, in ? in->size : 0, output, out ? out->capacity : 0,
                          count, NULL, NULL);
    return result == 0 ? 0 : WSAGetLastError();
}

/* The bytes that were returned, all of them and no others (SET-02); what the call counts says
 * nothing about success (SET-12). */
bool record_set(struct connection *connection, SOCKET upstream)
{
    DWORD count = 0;
    return connection->steps->control(upstream, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS,
                                      &connection->record, NULL, &count) == 0;
}
