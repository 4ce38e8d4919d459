/* SPDX-License-Identifier: MIT */

#include "harness/replay/pcapng_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_HEAD = 8,
    BLOCK_LEAST = 12,             /* with its length again at its end */
    BLOCK_MAX = 16 * 1024 * 1024, /* libpcap believes no more either */
    INTERFACES_MAX = 1024,
    OPTION_RESOLUTION = 9,
    OPTION_OFFSET = 14
};

enum block_type {
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET_OLD = 2,
    BLOCK_PACKET_SIMPLE = 3,
    BLOCK_PACKET = 6,
    BLOCK_SECTION = 0x0A0D0D0A
};

#define SECTION_MAGIC 0x1A2B3C4Du

struct interface {
    enum link_type link;
    uint32_t snapshot;  /* 0: no limit */
    uint8_t resolution; /* as in the file: an exponent, of 2 where its highest bit is set */
    uint64_t offset;    /* seconds */
};

struct reader {
    FILE *stream;
    pcapng_link *link;
    capture_visit *visit;
    void *context;
    struct capture_result *result;
    uint64_t skip; /* packets that have been given already */
    bool big;
    uint8_t *body;
    size_t size; /* of the body, bytes */
    size_t interface_count;
    struct interface interfaces[INTERFACES_MAX];
};

static uint32_t number(const struct reader *reader, const uint8_t *bytes)
{
    return reader->big ? view_u32(bytes)
                       : (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 |
                             (uint32_t)bytes[1] << 8 | bytes[0];
}

static uint16_t short_number(const struct reader *reader, const uint8_t *bytes)
{
    return (uint16_t)(reader->big ? bytes[0] << 8 | bytes[1] : bytes[1] << 8 | bytes[0]);
}

/* Always false: no more is read. */
static bool conclude(struct reader *reader, enum capture_verdict verdict, const char *why)
{
    struct capture_result *result = reader->result;

    result->verdict = verdict;
    result->why[0] = '\0';
    if (why[0] != '\0') {
        (void)snprintf(result->why, sizeof result->why, "%s after packet %" PRIu64, why,
                       result->packets);
    }
    return false;
}

/* ---- interfaces ---- */

static void read_option(const struct reader *reader, uint16_t code, uint16_t size,
                        const uint8_t *value, struct interface *interface)
{
    if (code == OPTION_RESOLUTION && size == 1) {
        interface->resolution = value[0];
    } else if (code == OPTION_OFFSET && size == 8) {
        const uint64_t first = number(reader, value);
        const uint64_t second = number(reader, value + 4);

        interface->offset = reader->big ? first << 32 | second : second << 32 | first;
    }
}

static void read_options(const struct reader *reader, size_t at, struct interface *interface)
{
    while (reader->size - at >= 4) {
        const uint16_t code = short_number(reader, reader->body + at);
        const uint16_t size = short_number(reader, reader->body + at + 2);
        const size_t padded = ((size_t)size + 3) / 4 * 4;

        at += 4;
        if (code == 0 || padded > reader->size - at) {
            return;
        }
        read_option(reader, code, size, reader->body + at, interface);
        at += padded;
    }
}

static void note_name(struct capture_result *result, const char *name)
{
    const size_t used = strlen(result->link_name);

    if (strstr(result->link_name, name) == NULL) {
        (void)snprintf(result->link_name + used, sizeof result->link_name - used, "%s%s",
                       used == 0 ? "" : ",", name);
    }
}

static bool take_interface(struct reader *reader)
{
    struct interface *interface = &reader->interfaces[reader->interface_count];
    char name[64] = "";

    if (reader->interface_count == INTERFACES_MAX) {
        return conclude(reader, CAPTURE_PARTLY, "too many interfaces");
    }
    if (reader->size < 8) {
        return conclude(reader, CAPTURE_PARTLY, "an interface block too short");
    }
    *interface = (struct interface){
        .link = reader->link(short_number(reader, reader->body), name),
        .snapshot = number(reader, reader->body + 4),
        .resolution = 6,
    };
    read_options(reader, 8, interface);
    note_name(reader->result, name);
    reader->interface_count++;
    return true;
}

/* ---- packets ---- */

static uint64_t microseconds_of(const struct interface *interface, uint64_t ticks)
{
    const unsigned exponent = interface->resolution & 0x7F;
    const bool binary = (interface->resolution & 0x80) != 0;
    uint64_t second = 1;
    uint64_t whole;
    uint64_t rest;

    if (exponent > (binary ? 63 : 19)) {
        return 0;
    }
    for (unsigned i = 0; i < exponent; i++) {
        second *= binary ? 2 : 10;
    }
    whole = ticks / second + interface->offset;
    rest = ticks % second;
    /* Within 64 bits: the last bits of the finest resolutions make no microsecond. */
    for (; second > UINT64_C(1) << 44; second /= 2) {
        rest /= 2;
    }
    rest = rest * 1000000 / second;
    return whole > UINT64_C(0xFFFFFFFFFF) ? 0 : whole * 1000000 + (rest < 1000000 ? rest : 999999);
}

static bool give(struct reader *reader, const struct capture_packet *packet)
{
    if (reader->skip > 0) {
        reader->skip--;
        return true;
    }
    reader->result->packets++;
    return reader->visit(reader->context, packet, 1) || conclude(reader, CAPTURE_STOPPED, "");
}

/* `sizes` is where captured and original length stand, the packet behind them. */
static bool take_packet(struct reader *reader, uint32_t from, size_t sizes)
{
    const size_t lead = sizes + 8;
    struct capture_packet packet;
    const uint8_t *body = reader->body;

    if (reader->size < lead || from >= reader->interface_count ||
        number(reader, body + sizes) > reader->size - lead) {
        return conclude(reader, CAPTURE_PARTLY, "a packet block that cannot be");
    }
    packet.bytes = body + lead;
    packet.captured = number(reader, body + sizes);
    packet.wire = number(reader, body + sizes + 4);
    packet.link = reader->interfaces[from].link;
    packet.time = microseconds_of(&reader->interfaces[from],
                                  (uint64_t)number(reader, body + sizes - 8) << 32 |
                                      number(reader, body + sizes - 4));
    return give(reader, &packet);
}

/* It has neither time nor interface, and its captured length follows from the others. */
static bool take_simple(struct reader *reader)
{
    struct capture_packet packet = {.time = 0};

    if (reader->size < 4 || reader->interface_count == 0) {
        return conclude(reader, CAPTURE_PARTLY, "a packet block that cannot be");
    }
    packet.bytes = reader->body + 4;
    packet.wire = number(reader, reader->body);
    packet.captured = packet.wire < reader->size - 4 ? packet.wire : reader->size - 4;
    if (reader->interfaces[0].snapshot != 0 && packet.captured > reader->interfaces[0].snapshot) {
        packet.captured = reader->interfaces[0].snapshot;
    }
    packet.link = reader->interfaces[0].link;
    return give(reader, &packet);
}

/* ---- blocks ---- */

static bool take_block(struct reader *reader, uint32_t type)
{
    switch (type) {
    case BLOCK_SECTION:
        reader->interface_count = 0;
        return true;
    case BLOCK_INTERFACE:
        return take_interface(reader);
    case BLOCK_PACKET:
        return take_packet(reader, reader->size < 4 ? UINT32_MAX : number(reader, reader->body),
                           12);
    case BLOCK_PACKET_OLD:
        return take_packet(reader,
                           reader->size < 4 ? UINT32_MAX : short_number(reader, reader->body), 12);
    case BLOCK_PACKET_SIMPLE:
        return take_simple(reader);
    default:
        return true;
    }
}

/* A section says its byte order first, before its length can be read. */
static bool learn_order(struct reader *reader, const uint8_t magic[4])
{
    reader->big = magic[0] == 0x1A;
    return number(reader, magic) == SECTION_MAGIC;
}

static bool read_block(struct reader *reader)
{
    uint8_t head[BLOCK_HEAD + 4]; /* every block has at least its length after its head */
    const size_t got = fread(head, 1, sizeof head, reader->stream);
    uint32_t size;

    if (got == 0) {
        return conclude(reader, reader->result->packets > 0 ? CAPTURE_WHOLE : CAPTURE_EMPTY, "");
    }
    if (got < sizeof head) {
        return conclude(reader, CAPTURE_CUT, "ends within a block");
    }
    if (view_u32(head) == BLOCK_SECTION && !learn_order(reader, head + BLOCK_HEAD)) {
        return conclude(reader, CAPTURE_PARTLY, "a section of no known byte order");
    }
    size = number(reader, head + 4);
    if (size < BLOCK_LEAST || size > BLOCK_MAX || size % 4 != 0) {
        return conclude(reader, CAPTURE_PARTLY, "a block of impossible length");
    }
    memcpy(reader->body, head + BLOCK_HEAD, 4);
    reader->size = size - BLOCK_LEAST;
    if (fread(reader->body + 4, 1, reader->size, reader->stream) < reader->size) {
        return conclude(reader, CAPTURE_CUT, "ends within a block");
    }
    return take_block(reader, number(reader, head));
}

bool pcapng_file_go_on(FILE *stream, pcapng_link *link, capture_visit *visit, void *context,
                       struct capture_result *result)
{
    struct reader *reader = calloc(1, sizeof *reader);
    uint8_t *body = malloc(BLOCK_MAX);
    const bool begun = reader != NULL && body != NULL;

    if (begun) {
        *reader = (struct reader){.stream = stream,
                                  .link = link,
                                  .visit = visit,
                                  .context = context,
                                  .result = result,
                                  .skip = result->packets,
                                  .body = body};
        while (read_block(reader)) {
            ;
        }
    }
    free(body);
    free(reader);
    return begun;
}
