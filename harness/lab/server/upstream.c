/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/upstream.h"

#include <stdio.h>
#include <string.h>

#include "harness/address.h"

static const char *const names[] = {
    [UPSTREAM_NONE] = "", [UPSTREAM_SOCKS5] = "socks5", [UPSTREAM_HTTP] = "http"};

const char *upstream_name(enum upstream_kind kind)
{
    return names[kind];
}

bool upstream_parse(const char *text, struct upstream *upstream)
{
    const size_t length = strcspn(text, "=");

    for (int kind = UPSTREAM_SOCKS5; text[length] == '=' && kind <= UPSTREAM_HTTP; kind++) {
        if (strlen(names[kind]) == length && strncmp(text, names[kind], length) == 0) {
            upstream->kind = (enum upstream_kind)kind;
            return address_parse(text + length + 1, &upstream->address) &&
                   upstream->address.port != 0;
        }
    }
    return false;
}

static void set_reply(struct upstream_talk *talk, const void *bytes, size_t size)
{
    memcpy(talk->reply, bytes, size);
    talk->reply_size = size;
}

/* ---- SOCKS 5 ---- */

enum {
    SOCKS_VERSION = 5,
    SOCKS_CONNECT = 1,
    SOCKS_IPV4 = 1,
    SOCKS_NAME = 3,
    SOCKS_IPV6 = 4,
    SOCKS_HEAD = 4,
    SOCKS_REFUSED = 5
};

static enum upstream_step greet(struct upstream_talk *talk)
{
    static const uint8_t no_authentication[] = {SOCKS_VERSION, 0};

    if (talk->bytes[0] != SOCKS_VERSION) {
        return UPSTREAM_BAD;
    }
    if (talk->size < 2 || talk->size < 2u + talk->bytes[1]) {
        return UPSTREAM_MORE;
    }
    talk->greeted = true;
    set_reply(talk, no_authentication, sizeof no_authentication);
    return UPSTREAM_SAY;
}

/* Bytes of the address behind the head; 0: none that is known. */
static size_t address_size(const struct upstream_talk *talk)
{
    switch (talk->bytes[SOCKS_HEAD - 1]) {
    case SOCKS_IPV4:
        return 4;
    case SOCKS_IPV6:
        return 16;
    case SOCKS_NAME:
        return talk->size > SOCKS_HEAD ? 1u + talk->bytes[SOCKS_HEAD] : 1;
    default:
        return 0;
    }
}

/* A name is an address in writing, or nothing that the lab could serve. */
static bool read_name(const uint8_t *name, size_t size, uint16_t port, struct wfp_address *target)
{
    char text[300];
    const bool v6 = memchr(name, ':', size) != NULL;

    (void)snprintf(text, sizeof text, "%s%.*s%s:%u", v6 ? "[" : "", (int)size, (const char *)name,
                   v6 ? "]" : "", port);
    return address_parse(text, target);
}

static bool read_target(struct upstream_talk *talk, size_t size)
{
    const uint8_t *at = talk->bytes + SOCKS_HEAD;
    const uint16_t port = (uint16_t)(at[size] << 8 | at[size + 1]);

    if (talk->bytes[SOCKS_HEAD - 1] == SOCKS_NAME) {
        return read_name(at + 1, size - 1, port, &talk->target);
    }
    talk->target = (struct wfp_address){.port = port, .family = size == 4 ? WFP_IPV4 : WFP_IPV6};
    memcpy(talk->target.bytes, at, size);
    return true;
}

static enum upstream_step take_request(struct upstream_talk *talk)
{
    size_t size;

    if (talk->size <= SOCKS_HEAD) {
        return UPSTREAM_MORE;
    }
    size = address_size(talk);
    if (talk->bytes[0] != SOCKS_VERSION || talk->bytes[1] != SOCKS_CONNECT || size == 0) {
        return UPSTREAM_BAD;
    }
    if (talk->size < SOCKS_HEAD + size + 2) {
        return UPSTREAM_MORE;
    }
    return read_target(talk, size) ? UPSTREAM_TARGET : UPSTREAM_BAD;
}

/* ---- HTTP ---- */

static enum upstream_step take_head(struct upstream_talk *talk)
{
    static const char method[] = "CONNECT ";
    char text[ADDRESS_TEXT_MAX];
    size_t length;

    length = talk->size < sizeof method - 1 ? talk->size : sizeof method - 1;
    if (memcmp(talk->bytes, method, length) != 0) {
        return UPSTREAM_BAD;
    }
    if (talk->size < 4 || memcmp(talk->bytes + talk->size - 4, "\r\n\r\n", 4) != 0) {
        return UPSTREAM_MORE;
    }
    length = strcspn((const char *)talk->bytes + sizeof method - 1, " \r");
    if (length >= sizeof text) {
        return UPSTREAM_BAD;
    }
    memcpy(text, talk->bytes + sizeof method - 1, length);
    text[length] = '\0';
    return address_parse(text, &talk->target) ? UPSTREAM_TARGET : UPSTREAM_BAD;
}

/* ---- both ---- */

enum upstream_step upstream_take(struct upstream_talk *talk, const uint8_t *bytes, size_t size,
                                 size_t *used)
{
    enum upstream_step step = UPSTREAM_MORE;

    /* A byte at a time: what follows the dialogue is the client's. */
    for (*used = 0; step == UPSTREAM_MORE && *used < size; ++*used) {
        if (talk->size == UPSTREAM_ROOM - 1) {
            return UPSTREAM_BAD;
        }
        talk->bytes[talk->size++] = bytes[*used];
        talk->bytes[talk->size] = '\0';
        if (talk->kind == UPSTREAM_HTTP) {
            step = take_head(talk);
        } else {
            step = talk->greeted ? take_request(talk) : greet(talk);
        }
    }
    talk->size = step == UPSTREAM_MORE ? talk->size : 0;
    return step;
}

void upstream_answer(struct upstream_talk *talk, bool connected)
{
    static const char well[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    static const char refused[] = "HTTP/1.1 502 Bad Gateway\r\n\r\n";
    const uint8_t socks[10] = {SOCKS_VERSION, connected ? 0 : SOCKS_REFUSED, 0, SOCKS_IPV4};

    if (talk->kind == UPSTREAM_SOCKS5) {
        set_reply(talk, socks, sizeof socks);
    } else if (connected) {
        set_reply(talk, well, sizeof well - 1);
    } else {
        set_reply(talk, refused, sizeof refused - 1);
    }
}
