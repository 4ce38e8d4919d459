/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/proxies/mutants/mutants.h"
#include "tests/proxies/reference/codes.h"
#include "tests/proxies/reference/record.h"

/* Number 210 instead of 220, as if read in a wrong line. */
int control_wrong_code(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                       DWORD *count)
{
    if (code == SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS) {
        code = _WSAIOW(IOC_VENDOR, 210);
    }
    return record_control(socket, code, in, out, count);
}

/* Everything that an overlapped call needs, to be had and given back at once. */
struct call {
    WSAOVERLAPPED overlapped;
    unsigned char out[RECORD_MAX];
};

static int start(struct call *call, SOCKET socket, DWORD code, DWORD capacity, DWORD *count)
{
    if (WSAIoctl(socket, code, NULL, 0, call->out, capacity, count, &call->overlapped, NULL) == 0) {
        return 0;
    }
    return WSAGetLastError();
}

/* Looks for an overlapped answer for a moment, lets go of its memory, and asks in another way. */
int control_abandoned(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                      DWORD *count)
{
    struct call *call = VirtualAlloc(NULL, sizeof *call, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (!call || code == SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS) {
        return record_control(socket, code, in, out, count);
    }
    int error = start(call, socket, code, out->capacity, count);
    if (error == 0) {
        memcpy(out->bytes, call->out, *count);
    }
    if (error == WSA_IO_PENDING) {
        Sleep(5);
    }
    /* Its addresses are not used again, so that what is written there later cannot be overlooked.
     */
    VirtualFree(call, sizeof *call, MEM_DECOMMIT);
    return error == WSA_IO_PENDING ? record_control(socket, code, in, out, count) : error;
}

bool query_listener(struct connection *connection, DWORD code, struct blob *blob)
{
    struct connection wrong = *connection;
    wrong.client = connection->listener;
    return record_query(&wrong, code, blob);
}

/* The record may come later: it does not. */
bool query_without_end(struct connection *connection, DWORD code, struct blob *blob)
{
    for (int i = 0; i < 50; i++) {
        if (record_query(connection, code, blob)) {
            return true;
        }
        Sleep(10);
    }
    return false;
}

/* The answer to one call with a buffer that has to do. */
static int query_once(struct connection *connection, DWORD code, struct blob *blob, DWORD capacity,
                      DWORD *count)
{
    if (!blob_reserve(blob, capacity)) {
        return WSA_NOT_ENOUGH_MEMORY;
    }
    int error = connection->steps->control(connection->client, code, NULL, blob, count);
    blob->size = error ? 0 : *count;
    return error;
}

bool query_4096(struct connection *connection, DWORD code, struct blob *blob)
{
    DWORD count = 0;
    return query_once(connection, code, blob, 4096, &count) == 0;
}

bool query_twice(struct connection *connection, DWORD code, struct blob *blob)
{
    DWORD count = 0;
    int error = query_once(connection, code, blob, RECORD_FIRST, &count);
    if (error == 0) {
        return true;
    }
    DWORD capacity = record_grow(error, count, RECORD_FIRST);
    return capacity > 0 && query_once(connection, code, blob, capacity, &count) == 0;
}

DWORD grow_on_122(int error, DWORD needed, DWORD capacity)
{
    return error == ERROR_INSUFFICIENT_BUFFER ? record_grow(error, needed, capacity) : 0;
}

DWORD grow_on_10014(int error, DWORD needed, DWORD capacity)
{
    return error == WSAEFAULT ? record_grow(error, needed, capacity) : 0;
}

DWORD grow_on_10022(int error, DWORD needed, DWORD capacity)
{
    return error == WSAEINVAL ? record_grow(error, needed, capacity) : 0;
}

DWORD grow_never(int error, DWORD needed, DWORD capacity)
{
    (void)error;
    (void)needed;
    (void)capacity;
    return 0;
}

DWORD grow_without_limit(int error, DWORD needed, DWORD capacity)
{
    return needed > capacity ? needed : record_grow(error, needed, capacity);
}
