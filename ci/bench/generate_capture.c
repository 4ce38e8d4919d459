/* SPDX-License-Identifier: MIT */

/*
 * Writes a pcap file of made-up traffic, fast: generate_capture FILE PACKETS FLOWS SMALL
 *
 * Every packet belongs to a flow drawn evenly from all of them, which is the worst for any cache.
 * Half of the flows are TCP (their first packet is a SYN), half UDP; a quarter is IPv6. SMALL 1:
 * no payload; else sizes as on a busy link, 250 bytes on average. Time passes so slowly that no
 * flow idles. Always the same bytes for the same arguments.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 1 << 20, FRAME_MAX = 1600, STEP_NANOSECONDS = 1000 };

struct generator {
    FILE *out;
    uint64_t random;
    uint8_t *begun; /* one bit per flow */
    uint64_t nanoseconds;
    int small;
};

static uint64_t draw(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

static void put16(uint8_t *at, uint64_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint64_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static size_t payload(struct generator *generator)
{
    const uint64_t drawn = draw(&generator->random) >> 20;

    if (generator->small) {
        return 0;
    }
    if (drawn % 100 < 55) {
        return drawn / 100 % 12;
    }
    return drawn % 100 < 80 ? 60 + drawn / 100 % 280 : 450 + drawn / 100 % 500;
}

static size_t put_ipv4(uint8_t *at, uint64_t flow, int back, int udp, size_t rest)
{
    const uint32_t client = (uint32_t)(0x0A000000u + flow % 0xFFFFF1u);
    const uint32_t server = (uint32_t)(0xC6336400u + flow % 251);

    at[0] = 0x45;
    put16(at + 2, 20 + rest);
    at[8] = 64;
    at[9] = udp ? 17 : 6;
    put32(at + 12, back ? server : client);
    put32(at + 16, back ? client : server);
    return 20;
}

static size_t put_ipv6(uint8_t *at, uint64_t flow, int back, int udp, size_t rest)
{
    uint8_t *client = at + (back ? 24 : 8);
    uint8_t *server = at + (back ? 8 : 24);

    at[0] = 0x60;
    put16(at + 4, rest);
    at[6] = udp ? 17 : 6;
    at[7] = 64;
    put32(client, 0x20010DB8);
    put32(client + 12, flow);
    put32(server, 0x20010DB8);
    put32(server + 4, 1);
    put32(server + 12, flow % 251);
    return 40;
}

static void put_transport(uint8_t *at, uint64_t flow, int back, int udp, int first, size_t size)
{
    const uint64_t client = 20000 + flow / 0xFFFFF1u * 7 + flow % 40000;

    put16(at + (back ? 2 : 0), client);
    put16(at + (back ? 0 : 2), udp ? 53 : 443);
    if (udp) {
        put16(at + 4, size);
        return;
    }
    put32(at + 4, flow * 2654435761u);
    at[12] = 0x50;
    at[13] = first ? 0x02 : 0x10;
}

static size_t make_frame(struct generator *generator, uint64_t flow, uint8_t *frame)
{
    const int first = !(generator->begun[flow / 8] >> flow % 8 & 1);
    const int back = !first && draw(&generator->random) >> 33 & 1;
    const int udp = flow & 1;
    const int ipv6 = flow % 8 < 2;
    const size_t size = (udp ? 8u : 20u) + payload(generator);
    size_t at = 14;

    generator->begun[flow / 8] |= (uint8_t)(1u << flow % 8);
    memset(frame, 0, 14 + 40 + 20);
    put16(frame + 12, ipv6 ? 0x86DD : 0x0800);
    at += ipv6 ? put_ipv6(frame + at, flow, back, udp, size)
               : put_ipv4(frame + at, flow, back, udp, size);
    put_transport(frame + at, flow, back, udp, first, size);
    return at + size;
}

static void put_record(struct generator *generator, uint64_t flow)
{
    uint8_t frame[FRAME_MAX] = {0};
    uint32_t header[4];

    generator->nanoseconds += STEP_NANOSECONDS;
    header[2] = header[3] = (uint32_t)make_frame(generator, flow, frame);
    header[0] = (uint32_t)(1700000000 + generator->nanoseconds / 1000000000);
    header[1] = (uint32_t)(generator->nanoseconds % 1000000000 / 1000);
    fwrite(header, sizeof header, 1, generator->out);
    fwrite(frame, header[2], 1, generator->out);
}

int main(int argc, char **argv)
{
    static const uint32_t head[6] = {0xA1B2C3D4u, 2 | 4 << 16, 0, 0, 65535, 1};
    struct generator generator = {.random = 88172645463325252u};

    if (argc != 5) {
        fprintf(stderr, "usage: %s FILE PACKETS FLOWS SMALL\n", argv[0]);
        return 2;
    }
    const uint64_t packets = strtoull(argv[2], NULL, 10);
    const uint64_t flows = strtoull(argv[3], NULL, 10);

    generator.small = argv[4][0] == '1';
    generator.out = fopen(argv[1], "wb");
    generator.begun = calloc(flows / 8 + 1, 1);
    if (generator.out == NULL || generator.begun == NULL || flows == 0) {
        perror(argv[1]);
        return 3;
    }
    setvbuf(generator.out, NULL, _IOFBF, BUFFER);
    fwrite(head, sizeof head, 1, generator.out);
    for (uint64_t i = 0; i < packets; i++) {
        put_record(&generator, i < flows ? i : draw(&generator.random) % flows);
    }
    free(generator.begun);
    return fclose(generator.out) == 0 ? 0 : 3;
}
