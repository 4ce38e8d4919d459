/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/stream.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536 };

bool stream_open(struct stream *stream, uv_loop_t *loop, stream_changed *changed, void *owner)
{
    stream->owner = owner;
    stream->changed = changed;
    if (uv_tcp_init(loop, &stream->tcp) != 0) {
        return false;
    }
    stream->tcp.data = stream;
    stream->opened = true;
    return true;
}

static void broke(struct stream *stream)
{
    stream->reset = true;
    stream->changed(stream);
}

/* ---- sending ---- */

static void send_more(struct stream *stream);

static void on_shutdown(uv_shutdown_t *request, int status)
{
    struct stream *stream = request->data;

    if (!stream->closing && status < 0) {
        broke(stream);
    }
}

static void send_end(struct stream *stream)
{
    if (!stream->end_wanted || stream->ended_out || stream->sent < stream->allowed) {
        return;
    }
    stream->ended_out = true;
    if (stream->shut != NULL) {
        stream->shut(stream);
    }
    stream->shutdown.data = stream;
    if (uv_shutdown(&stream->shutdown, (uv_stream_t *)&stream->tcp, on_shutdown) != 0) {
        stream->reset = true;
    }
}

static void on_write(uv_write_t *request, int status)
{
    struct stream *stream = request->data;

    stream->writing = false;
    if (stream->closing) {
        return;
    }
    if (status < 0) {
        broke(stream);
        return;
    }
    send_more(stream);
    stream->changed(stream);
}

static void send_more(struct stream *stream)
{
    const uint64_t left = stream->allowed - stream->sent;
    const size_t size = left < CHUNK ? (size_t)left : CHUNK;
    uv_buf_t buffer;

    if (stream->writing || stream->closing || stream->reset) {
        return;
    }
    if (size == 0) {
        send_end(stream);
        return;
    }
    if (stream->chunk == NULL) {
        const uint64_t all = payload_size(&stream->out);

        stream->chunk = malloc(all < CHUNK ? (size_t)all : CHUNK);
    }
    if (stream->chunk == NULL) {
        stream->reset = true;
        return;
    }
    payload_write(&stream->out, stream->sent, stream->chunk, size);
    stream->sent += size;
    stream->write.data = stream;
    buffer = uv_buf_init((char *)stream->chunk, (unsigned)size);
    stream->writing =
        uv_write(&stream->write, (uv_stream_t *)&stream->tcp, &buffer, 1, on_write) == 0;
    stream->reset |= !stream->writing;
}

struct said {
    uv_write_t request;
    uint8_t bytes[];
};

static void on_said(uv_write_t *request, int status)
{
    (void)status;
    free(request->data);
}

void stream_say(struct stream *stream, const uint8_t *bytes, size_t size)
{
    struct said *said = malloc(sizeof *said + size);
    uv_buf_t buffer;

    if (said == NULL) {
        stream->reset = true;
        return;
    }
    memcpy(said->bytes, bytes, size);
    said->request.data = said;
    buffer = uv_buf_init((char *)said->bytes, (unsigned)size);
    if (uv_write(&said->request, (uv_stream_t *)&stream->tcp, &buffer, 1, on_said) != 0) {
        free(said);
        stream->reset = true;
    }
}

void stream_allow(struct stream *stream, uint64_t allowed, bool end)
{
    const uint64_t all = payload_size(&stream->out);

    allowed = allowed < all ? allowed : all;
    stream->allowed = allowed > stream->allowed ? allowed : stream->allowed;
    stream->end_wanted |= end;
    send_more(stream);
}

/* ---- receiving ---- */

/* One at a time, and looked at before the next: all streams can share it. */
static uint8_t received[CHUNK];

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init((char *)received, sizeof received);
}

static void take(struct stream *stream, const uint8_t *bytes, size_t size)
{
    while (stream->prelude != NULL && size > 0) {
        const size_t used = stream->prelude(stream, bytes, size);

        bytes += used;
        size -= used;
    }
    if (size == 0) {
        return;
    }
    if (stream->received == 0 && stream->first != NULL) {
        stream->first(stream, bytes, size);
    }
    stream->wrong |= !payload_matches(&stream->in, stream->received, bytes, size);
    stream->received += size;
}

static void on_read(uv_stream_t *tcp, ssize_t count, const uv_buf_t *buffer)
{
    struct stream *stream = tcp->data;

    if (stream->closing || count == 0) {
        return;
    }
    if (count < 0) {
        (void)uv_read_stop(tcp);
        stream->ended_in |= count == UV_EOF;
        stream->reset |= count != UV_EOF;
        stream->changed(stream);
        return;
    }
    take(stream, (const uint8_t *)buffer->base, (size_t)count);
    stream->changed(stream);
}

void stream_start(struct stream *stream)
{
    if (uv_read_start((uv_stream_t *)&stream->tcp, on_room, on_read) != 0) {
        stream->reset = true;
    }
    (void)uv_tcp_nodelay(&stream->tcp, 1);
    send_more(stream);
}

/* ---- its end ---- */

static void on_close(uv_handle_t *handle)
{
    struct stream *stream = handle->data;

    stream->closed = true;
}

void stream_close(struct stream *stream, bool reset)
{
    if (!stream->opened || stream->closing) {
        return;
    }
    stream->closing = true;
    if (reset && uv_tcp_close_reset(&stream->tcp, on_close) == 0) {
        return;
    }
    uv_close((uv_handle_t *)&stream->tcp, on_close);
}

void stream_release(struct stream *stream)
{
    free(stream->chunk);
    stream->chunk = NULL;
}
