/* SPDX-License-Identifier: MIT */

/*
 * Damaged captures, many in one process: test_replay_hostile [--few|--exhaustive] FOLDER... Each
 * capture there is cut at many places and has random bits turned over; each of these goes through
 * reader, decoder and flow table. Whatever comes out must add up, and the reader of plain files and
 * libpcap must agree. Sanitizers and the time limit of the test do the rest. Always the same
 * damage.
 *
 * --few is for Windows: there libpcap leaves a stream open for each file that is none of its own,
 * and after some 500 no more can be opened.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"
#include "harness/replay/flow_hash.h"
#include "harness/replay/replay.h"

enum { CAPTURE_MAX = 16 * 1024 * 1024, TRIES = 60, FEW_TRIES = 12, FLIPPED_BITS = 12 };

struct hostile {
    bool exhaustive;
    size_t tries; /* of each kind, when not */
    uint64_t random;
    uint64_t captures, runs, packets;
    bool failed;
    char path[512]; /* a scratch file */
};

/* One pass over one damaged capture. */
struct pass {
    struct replay *replay;
    uint64_t digest; /* of every packet that the reader gave */
    uint64_t begun, ended, in_flows;
    enum status status;
};

static uint64_t draw(struct hostile *hostile)
{
    hostile->random = hostile->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return hostile->random >> 24;
}

static uint8_t begin(void *context, const struct flow_summary *flow)
{
    struct pass *pass = context;

    (void)flow;
    pass->begun++;
    return 0;
}

static void end(void *context, const struct flow_summary *flow)
{
    struct pass *pass = context;

    pass->ended++;
    pass->in_flows += flow->packets;
}

static void digest(struct pass *pass, const struct capture_packet *packet)
{
    uint64_t words[5] = {pass->digest, packet->captured, packet->wire, packet->time, packet->link};

    for (size_t i = 0; i < packet->captured; i++) {
        words[4] = words[4] * 31 + packet->bytes[i];
    }
    pass->digest = hash_words(&(struct hash_seed){{1, 1}}, words, 5);
}

static bool take(void *context, const struct capture_packet *packets, size_t count)
{
    struct pass *pass = context;

    for (size_t i = 0; i < count; i++) {
        digest(pass, &packets[i]);
    }
    pass->status = replay_packets(pass->replay, packets, count);
    return pass->status == STATUS_OK;
}

static bool adds_up(const struct pass *pass)
{
    const struct replay_counts *counts = replay_counts(pass->replay);
    const struct flow_counts *flows = replay_flow_counts(pass->replay);
    uint64_t causes = 0;

    for (unsigned i = 0; i < CAUSE_COUNT; i++) {
        causes += counts->causes.packets[i];
    }
    return pass->status == STATUS_OK && pass->begun == pass->ended &&
           flows->packets[0] + flows->packets[1] == pass->in_flows &&
           pass->in_flows + causes == counts->packets && flows->records <= pass->ended;
}

/* Reads the scratch file; an empty filter takes every packet and goes through libpcap. */
static bool run_once(struct hostile *hostile, const char *filter, struct pass *pass,
                     struct capture_result *result)
{
    struct replay_settings settings = replay_settings_default((struct hash_seed){{7, 8}});
    const struct flow_consumer consumer = {pass, begin, end};
    bool right;

    *pass = (struct pass){.digest = 0};
    settings.flows.flows_max = 64; /* so that ending early happens too */
    pass->replay = replay_open(&settings, &consumer);
    if (pass->replay == NULL) {
        return false;
    }
    capture_read(hostile->path, filter, take, pass, result);
    if (replay_end(pass->replay) != STATUS_OK) {
        pass->status = STATUS_BROKEN;
    }
    right = adds_up(pass) && result->packets == replay_counts(pass->replay)->packets;
    hostile->packets += result->packets;
    replay_close(pass->replay);
    return right;
}

static bool same(const struct pass *a, const struct capture_result *one, const struct pass *b,
                 const struct capture_result *two)
{
    return a->digest == b->digest && a->begun == b->begun && one->packets == two->packets &&
           one->link == two->link && one->verdict == two->verdict;
}

static bool write_scratch(const struct hostile *hostile, const char *bytes, size_t size)
{
    FILE *file = files_open(hostile->path, "wb");
    bool written;

    if (file == NULL) {
        return false;
    }
    written = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && written;
}

static void try_bytes(struct hostile *hostile, const char *name, const char *what, size_t place,
                      const char *bytes, size_t size)
{
    struct pass plain;
    struct pass library;
    struct capture_result first;
    struct capture_result second;

    hostile->runs++;
    if (!write_scratch(hostile, bytes, size) || !run_once(hostile, NULL, &plain, &first) ||
        !run_once(hostile, "", &library, &second)) {
        (void)printf("%s: %s %zu: does not add up\n", name, what, place);
        hostile->failed = true;
        return;
    }
    if (second.verdict != CAPTURE_REFUSED && !same(&plain, &first, &library, &second)) {
        (void)printf("%s: %s %zu: read in place %s, %d packets %s; by libpcap %s, %d packets %s\n",
                     name, what, place, capture_verdict_name(first.verdict), (int)first.packets,
                     first.why, capture_verdict_name(second.verdict), (int)second.packets,
                     second.why);
        hostile->failed = true;
    }
}

static void cut(struct hostile *hostile, const char *name, const char *bytes, size_t size)
{
    const size_t tries = hostile->exhaustive ? size : hostile->tries;

    for (size_t i = 0; i < tries; i++) {
        /* Half of the cuts fall into the first bytes, where most is decided. */
        const size_t at = hostile->exhaustive ? i
                          : i % 2 == 0        ? (size_t)draw(hostile) % size
                                              : (size_t)draw(hostile) % (size < 200 ? size : 200);

        try_bytes(hostile, name, "cut at", at, bytes, at);
    }
}

static void flip(struct hostile *hostile, const char *name, const char *bytes, size_t size)
{
    const size_t tries = hostile->exhaustive ? hostile->tries * 50 : hostile->tries;
    char *damaged = malloc(size);

    for (size_t i = 0; damaged != NULL && i < tries; i++) {
        memcpy(damaged, bytes, size);
        for (uint64_t bit = draw(hostile) % FLIPPED_BITS + 1; bit > 0; bit--) {
            /* Every other time the headers of the first packets are in for it. */
            const size_t reach = i % 2 == 0 || size < 256 ? size : 256;

            damaged[draw(hostile) % reach] ^= (char)(1u << draw(hostile) % 8);
        }
        try_bytes(hostile, name, "damage", i, damaged, size);
    }
    free(damaged);
}

static enum status visit(void *context, const char *path, const char *trouble)
{
    struct hostile *hostile = context;
    char *bytes;
    size_t size;

    if (trouble != NULL || files_read(path, CAPTURE_MAX, &bytes, &size) != STATUS_OK) {
        (void)printf("%s: %s\n", path, trouble != NULL ? trouble : "cannot be read");
        return STATUS_BAD_INPUT;
    }
    if (size > 0 && strstr(path, "pcap") != NULL) {
        hostile->captures++;
        try_bytes(hostile, path, "whole", size, bytes, size);
        cut(hostile, path, bytes, size);
        flip(hostile, path, bytes, size);
    }
    free(bytes);
    return STATUS_OK;
}

int main(int argc, char **argv)
{
    struct hostile hostile = {.random = 1, .tries = TRIES};

    (void)snprintf(hostile.path, sizeof hostile.path, "%s.scratch", argv[0]);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--exhaustive") == 0) {
            hostile.exhaustive = true;
        } else if (strcmp(argv[i], "--few") == 0) {
            hostile.tries = FEW_TRIES;
        } else if (files_is_directory(argv[i]) &&
                   files_walk(argv[i], NULL, visit, &hostile) != STATUS_OK) {
            return 3;
        }
    }
    (void)files_remove(hostile.path);
    (void)printf("%d captures, %d damaged forms, %d packets\n", (int)hostile.captures,
                 (int)hostile.runs, (int)hostile.packets);
    return hostile.failed || hostile.captures == 0;
}
