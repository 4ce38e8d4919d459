/* SPDX-License-Identifier: MIT */

/*
 * A recording: what a target answered, in a form that is judged elsewhere (wfpcheck judge, diff).
 * JSON lines: a head; for each case one line with its whole vector and one for each step; an end
 * with totals. Each line begins with its number and ends with a checksum over the checksum of the
 * line before it and itself, so that an altered byte, a lost, repeated or moved line and a cut-off
 * end are noticed. That protects against accidents, not against forgers: whoever can compute the
 * sum can write what he likes.
 */

#ifndef HARNESS_RECORDING_H
#define HARNESS_RECORDING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <wfp/sim.h>

#include "harness/complaint.h"
#include "harness/plan.h"
#include "harness/status.h"
#include "harness/vector.h"
#include "harness/verdict.h"

enum {
    RECORDING_FORMAT = 1,
    RECORDING_LINE_MAX = 4194304, /* bytes */
    RECORDING_BYTES_MAX = 4096,   /* of one buffer that are kept */
    RECORDING_TEXT_MAX = 128,     /* of the head */
    RECORDING_CALL_MAX = 512,
    RECORDING_WHY_MAX = 256,
    RECORDING_BY_MAX = 16
};

struct recorded_head {
    char tool[RECORDING_TEXT_MAX]; /* version of wfpcheck */
    char backend[RECORDING_TEXT_MAX];
    char target[RECORDING_TEXT_MAX];
    char os[RECORDING_TEXT_MAX];
    char build[RECORDING_TEXT_MAX];
    char architecture[RECORDING_TEXT_MAX];
    char redirector[RECORDING_TEXT_MAX];
    char profile[RECORDING_TEXT_MAX]; /* that the model answered under; "" for others */
    char date[RECORDING_TEXT_MAX];    /* UTC, "2026-01-31T12:00:00Z" */
    bool elevated;
    uint32_t vectors; /* planned */
    uint32_t cases;
};

#define RECORDED_UNKNOWN UINT32_MAX

struct recorded_step {
    size_t line;                   /* of the file, from 1 */
    uint32_t number;               /* in the vector, from 1 */
    char call[RECORDING_CALL_MAX]; /* for people: "ioctl proxy QUERY_RECORDS out=779 heap" */
    uint32_t in_size;              /* bytes passed */
    uint32_t out_size;
    uint32_t n;                /* the true size of what was asked for, or RECORDED_UNKNOWN */
    uint32_t changed;          /* bytes of the output buffer up to the last that changed */
    struct wfp_answer answer;  /* count UNCHANGED or VALUE */
    char by[RECORDING_BY_MAX]; /* model | provider | shim | helper */
    bool returned;             /* there is an output buffer; of its `changed` bytes: */
    uint64_t digest;
    /* datagrams */
    uint32_t control_size;     /* bytes of control data passed, or of room for them */
    bool received;             /* a receive that has shown flags and control data: */
    uint32_t flags;            /* dwFlags on return */
    uint32_t control_returned; /* Control.len on return, bytes */
    const uint8_t *control;    /* those bytes; for writing only */
};

struct recorded_case {
    size_t line;
    char name[CASE_NAME_MAX];        /* "vector@member" */
    char member[RECORDING_TEXT_MAX]; /* of the sweep, or "" */
    char topic[RECORDING_TEXT_MAX];
    json_t *vector;   /* the document */
    enum verdict end; /* PASS: played to its end; else UNSUPPORTED or BROKEN, with */
    char why[RECORDING_WHY_MAX];
    size_t count;
    struct recorded_step steps[VECTOR_STEPS_MAX];
};

struct recorded_totals {
    uint32_t cases;
    uint32_t steps;
    uint32_t unsupported;
    uint32_t broken;
};

/* ---- writing ---- */

/* Zeroed but for `out`. The caller checks ferror(out) at the end. */
struct recorder {
    FILE *out;
    size_t lines;
    uint64_t sum;
    bool failed; /* without memory: what was written is of no use */
    struct recorded_totals totals;
};

void recorder_head(struct recorder *recorder, const struct recorded_head *head);
/* The line of a case; its steps follow, unless it is unsupported from the start (`end`, `why`). */
void recorder_case(struct recorder *recorder, const struct recorded_case *begun);
/* `in` and `out`: the buffers behind in_size and, up to the last changed byte, changed; or NULL. */
void recorder_step(struct recorder *recorder, const struct recorded_step *step, const uint8_t *in,
                   const uint8_t *out);
/* The case under way ends before its last step. */
void recorder_stop(struct recorder *recorder, enum verdict end, const char *why);
void recorder_end(struct recorder *recorder);

/* ---- reading ---- */

struct recording;

/*
 * Opens a recording and reads its head. STATUS_BAD_INPUT after a complaint that names the line. The
 * caller closes it. Only one line is in memory at a time.
 */
enum status recording_open(const char *path, struct complaints *complaints,
                           struct recording **recording);
const struct recorded_head *recording_head(const struct recording *recording);
/*
 * Reads the next case with its steps; what it points to lives until the next call. `*more` is false
 * when the end was read instead, and then the whole file was sound.
 */
enum status recording_next(struct recording *recording, struct recorded_case *next, bool *more);
void recording_close(struct recording *recording);

/* Reads it all, so that a file that cannot be trusted is noticed before anything is made of it. */
enum status recording_check(const char *path, struct complaints *complaints);

/* ---- between the files that write and read ---- */

enum { RECORDING_SUM_DIGITS = 16 };

/* The checksum of a line, without its own, that follows one of checksum `before` (0: none does). */
uint64_t recording_sum(uint64_t before, const char *line, size_t size);
uint64_t recording_digest(const uint8_t *bytes, size_t size);
/* Sixteen hexadecimal digits in lower case, and back. */
bool recording_number(const char *digits, uint64_t *number);
/* Bytes in hexadecimal, `size` at most RECORDING_BYTES_MAX; `text` has room for twice as many and
 * one. */
void recording_hex(const uint8_t *bytes, uint32_t size, char *text);
bool recording_is_hex(const char *text);

#endif
