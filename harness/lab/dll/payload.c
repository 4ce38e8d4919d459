/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/payload.h"

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/socket.h"
#include "harness/lab/interpose/pointer.h"

DWORD payload_size(const WSABUF *buffers, DWORD count)
{
    DWORD size = 0;

    for (DWORD i = 0; i < count; i++) {
        WSABUF buffer;

        if (!pointer_read(&buffer, &buffers[i], sizeof buffer)) {
            break;
        }
        size += buffer.len;
    }
    return size;
}

static bool *mark_of(struct socket_facts *facts, enum event_kind kind)
{
    return kind == EVENT_STREAM_SEND ? &facts->sent : &facts->received;
}

static bool is_first(SOCKET socket, enum event_kind kind)
{
    struct socket_facts *facts = socket_table_lock(socket);
    bool first = false;

    if (facts != NULL) {
        first = !*mark_of(facts, kind);
        *mark_of(facts, kind) = true;
        socket_table_unlock();
    }
    return first;
}

static bool is_carried(SOCKET socket, struct socket_facts *facts, enum event_kind kind)
{
    if (!socket_know(socket, facts)) {
        return false;
    }
    if (facts->type == SOCK_STREAM && !*mark_of(facts, kind) && is_first(socket, kind)) {
        struct event event = socket_event(kind, facts);

        link_tell(&event);
    }
    return facts->type == SOCK_DGRAM;
}

bool payload_is_sent(SOCKET socket, struct socket_facts *facts)
{
    return is_carried(socket, facts, EVENT_STREAM_SEND);
}

bool payload_is_received(SOCKET socket, struct socket_facts *facts)
{
    return is_carried(socket, facts, EVENT_STREAM_RECEIVE);
}

static void file_is_carried(HANDLE file, enum event_kind kind)
{
    struct socket_facts facts;

    if (socket_table_get((UINT_PTR)file, &facts) && facts.number != 0 &&
        is_carried((SOCKET)file, &facts, kind)) {
        link_passed("ReadFile and WriteFile of datagrams");
    }
}

void payload_file_is_read(HANDLE file)
{
    file_is_carried(file, EVENT_STREAM_RECEIVE);
}

void payload_file_is_written(HANDLE file)
{
    file_is_carried(file, EVENT_STREAM_SEND);
}
