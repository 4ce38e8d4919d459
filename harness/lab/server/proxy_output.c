/* SPDX-License-Identifier: MIT */

/* What comes from a program and from its launcher: lines to be kept, and the launcher's words. */

#include <stdlib.h>
#include <string.h>

#include "harness/lab/server/proxy.h"
#include "harness/lab/wire/launch_words.h"

/* ---- what the program prints ---- */

/* Room for as much again as is kept. */
static void make_room(struct proxy_output *output)
{
    if (output->size > PROXY_OUTPUT_MAX) {
        const size_t left = output->size - PROXY_OUTPUT_MAX;

        memmove(output->bytes, output->bytes + left, PROXY_OUTPUT_MAX);
        output->size = PROXY_OUTPUT_MAX;
    }
}

/* Windows ends a line with two characters; gives how many bytes are left. */
static size_t drop_returns(char *bytes, size_t size)
{
    size_t kept = 0;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\r') {
            bytes[kept++] = bytes[i];
        }
    }
    return kept;
}

static void on_room(uv_handle_t *pipe, size_t suggested, uv_buf_t *buffer)
{
    struct proxy *proxy = pipe->data;
    struct proxy_output *output = &proxy->output;

    (void)suggested;
    make_room(output);
    *buffer =
        uv_buf_init(output->bytes + output->size, (unsigned)(sizeof output->bytes - output->size));
}

static void on_output(uv_stream_t *pipe, ssize_t count, const uv_buf_t *buffer)
{
    struct proxy *proxy = pipe->data;

    if (count > 0) {
        proxy->output.size += drop_returns(buffer->base, (size_t)count);
    } else if (count < 0) {
        proxy_close_handle(proxy, (uv_handle_t *)pipe);
    }
}

/* ---- what the launcher says ---- */

static bool is_ended(const char *line, uint32_t *code)
{
    const char *digits = line + strlen(LAUNCH_ENDED);
    char *end;

    if (strncmp(line, LAUNCH_ENDED, strlen(LAUNCH_ENDED)) != 0) {
        return false;
    }
    *code = (uint32_t)strtoul(digits, &end, 16);
    return end != digits && *end == '\0';
}

/* Wine may speak here, too; why a program did not start is shown beside what it printed. */
static void take_line(struct proxy *proxy, const char *line)
{
    struct proxy_output *output = &proxy->output;
    const size_t length = strlen(line);

    if (strcmp(line, LAUNCH_BEGINS) == 0) {
        proxy->word = PROXY_SAID_BEGINS;
        return;
    }
    if (is_ended(line, &proxy->exit_code)) {
        proxy->word = PROXY_SAID_ENDED;
        return;
    }
    if (strncmp(line, LAUNCH_ERROR, strlen(LAUNCH_ERROR)) == 0) {
        proxy->word = PROXY_SAID_ERROR;
    }
    make_room(output);
    memcpy(output->bytes + output->size, line, length);
    output->bytes[output->size + length] = '\n';
    output->size += length + 1;
}

/* Lines that are whole; one without an end is cut where its room is full. */
static void take_lines(struct proxy_line *line, struct proxy *proxy)
{
    char *start = line->bytes;
    char *end;

    line->bytes[line->size] = '\0';
    while ((end = strchr(start, '\n')) != NULL) {
        *end = '\0';
        take_line(proxy, start);
        start = end + 1;
    }
    line->size = strlen(start);
    memmove(line->bytes, start, line->size);
    if (line->size == PROXY_LINE_MAX) {
        line->bytes[line->size] = '\0';
        take_line(proxy, line->bytes);
        line->size = 0;
    }
}

static void on_line_room(uv_handle_t *pipe, size_t suggested, uv_buf_t *buffer)
{
    struct proxy *proxy = pipe->data;
    struct proxy_line *line = &proxy->line;

    (void)suggested;
    *buffer = uv_buf_init(line->bytes + line->size, (unsigned)(PROXY_LINE_MAX - line->size));
}

static void on_line(uv_stream_t *pipe, ssize_t count, const uv_buf_t *buffer)
{
    struct proxy *proxy = pipe->data;

    if (count > 0) {
        proxy->line.size += drop_returns(buffer->base, (size_t)count);
        take_lines(&proxy->line, proxy);
    } else if (count < 0) {
        proxy_close_handle(proxy, (uv_handle_t *)pipe);
    }
}

void proxy_listen_to_launcher(struct proxy *proxy)
{
    (void)uv_read_start((uv_stream_t *)&proxy->out, on_room, on_output);
    (void)uv_read_start((uv_stream_t *)&proxy->err, on_line_room, on_line);
}
