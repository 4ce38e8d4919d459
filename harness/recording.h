/* SPDX-License-Identifier: MIT */

/*
 * A recording: what a target answered, in a form that is judged elsewhere (wfpcheck judge, diff).
 * JSON lines: a head; for each case one line with its whole vector and one for each step; an end
 * with totals. A path has a line for each call in place of steps, and one for what it came to; the
 * report of a run (run --format jsonl) of paths is read as a recording, too. Each line begins with
 * its number and ends with a checksum over the checksum of the line before it and itself, so that
 * an altered byte, a lost, repeated or moved line and a cut-off end are noticed. That protects
 * against accidents, not against forgers: whoever can compute the sum can write what he likes.
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
#include "harness/recording_chain.h"
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
    RECORDING_BY_MAX = 16,
    RECORDING_NAME_MAX = 32,    /* of a party, a call of a path, what it is made with */
    RECORDING_STEPS_MAX = 65536 /* of a case; a path has one for each call */
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

/* A call of a path; its number as a step is its place in the order of all calls. */
struct recorded_call {
    uint32_t hop;                   /* from 1; 0: the step is none of a path */
    char party[RECORDING_NAME_MAX]; /* "app", "engine", or the service that makes it */
    char name[RECORDING_NAME_MAX];  /* "redirect-state" */
    uint32_t on;                    /* a number of a socket or a classification; for people */
    char asked[RECORDING_NAME_MAX]; /* the service that the engine asks, or "" */
    char with[RECORDING_NAME_MAX];  /* the member that is edited, the action; or "" */
    bool write_right;               /* the action leaves it */
    bool silent;                    /* it does not answer */
};

struct recorded_step {
    size_t line;                   /* of the file, from 1 */
    uint32_t number;               /* in the vector, from 1 */
    char call[RECORDING_CALL_MAX]; /* for people: "ioctl proxy QUERY_RECORDS out=779 heap" */
    struct recorded_call of_path;
    uint32_t in_size; /* bytes passed */
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
    char outcome[RECORDING_CALL_MAX]; /* of a path: "app > A > destination, reached"; else "" */
    size_t count;
    const struct recorded_step *steps;
};

struct recorded_totals {
    uint32_t cases;
    uint32_t steps;
    uint32_t unsupported;
    uint32_t broken;
};

/* ---- writing ---- */

/* Zeroed but for `chain.out`. The caller checks ferror() of that at the end. */
struct recorder {
    struct chain_writer chain;
    struct recorded_totals totals;
};

void recorder_head(struct recorder *recorder, const struct recorded_head *head);
/* The line of a case; its steps follow, unless it is unsupported from the start (`end`, `why`). */
void recorder_case(struct recorder *recorder, const struct recorded_case *begun);
/* `in` and `out`: the buffers behind in_size and, up to the last changed byte, changed; or NULL. */
void recorder_step(struct recorder *recorder, const struct recorded_step *step, const uint8_t *in,
                   const uint8_t *out);
/* A call of a path. */
void recorder_call(struct recorder *recorder, const struct recorded_step *step);
/* The path under way has come to its end. */
void recorder_outcome(struct recorder *recorder, const char *outcome);
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

/* The members of a call of a path, added to `members`; NULL without memory. Any trace has these. */
json_t *recorded_call_json(const struct recorded_step *step, json_t *members);
/* "hop 2: A redirect-state", "hop 1: engine next-callout (B)", "hop 1: A edit (target-pid)". */
void recorded_call_text(const struct recorded_call *call, char *text, size_t size);

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
