/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/proxies/mutants/mutants.h"
#include "tests/proxies/reference/codes.h"
#include "tests/proxies/reference/record.h"

enum { TRUNCATED = 512 };

int control_same_code(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                      DWORD *count)
{
    if (code == SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS) {
        code = SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS;
    }
    return record_control(socket, code, in, out, count);
}

int control_null_count(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                       DWORD *count)
{
    return record_control(socket, code, in, out,
                          code == SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS ? NULL : count);
}

static bool set_bytes(const struct connection *connection, SOCKET upstream, unsigned char *bytes,
                      DWORD size)
{
    struct connection other = *connection;
    other.record.bytes = bytes;
    other.record.size = size;
    return record_set(&other, upstream);
}

bool set_never(struct connection *connection, SOCKET upstream)
{
    (void)connection;
    (void)upstream;
    return true;
}

bool set_unless_empty(struct connection *connection, SOCKET upstream)
{
    return connection->record.size == 0 || record_set(connection, upstream);
}

bool set_whole_buffer(struct connection *connection, SOCKET upstream)
{
    return set_bytes(connection, upstream, connection->record.bytes, connection->record.capacity);
}

bool set_truncated(struct connection *connection, SOCKET upstream)
{
    DWORD size = connection->record.size;
    return set_bytes(connection, upstream, connection->record.bytes,
                     size < TRUNCATED ? size : TRUNCATED);
}

bool set_altered(struct connection *connection, SOCKET upstream)
{
    connection->record.bytes[connection->record.size - 1] ^= 1;
    return record_set(connection, upstream);
}

/* The first record that this process had. */
bool set_reused(struct connection *connection, SOCKET upstream)
{
    static unsigned char kept[RECORD_MAX];
    static DWORD size;
    if (size == 0) {
        memcpy(kept, connection->record.bytes, connection->record.size);
        size = connection->record.size;
    }
    return set_bytes(connection, upstream, kept, size);
}

bool set_ignoring_failure(struct connection *connection, SOCKET upstream)
{
    record_set(connection, upstream);
    return true;
}

static bool set_counting(struct connection *connection, SOCKET upstream, DWORD expected)
{
    DWORD count = 0;
    return connection->steps->control(upstream, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS,
                                      &connection->record, NULL, &count) == 0 &&
           count == expected;
}

bool set_wanting_zero(struct connection *connection, SOCKET upstream)
{
    return set_counting(connection, upstream, 0);
}

bool set_wanting_full(struct connection *connection, SOCKET upstream)
{
    return set_counting(connection, upstream, connection->record.size);
}
