/* SPDX-License-Identifier: MIT */

/* Measurements, each in one run so that figures can be compared with each other. */

#ifndef HARNESS_BENCH_H
#define HARNESS_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/plan.h"
#include "harness/status.h"

/* Nanoseconds per call of the model, the best of several rounds. */
struct bench_model {
    double query_records; /* 1024-byte buffer, N as the documented profile gives it */
    double query_too_small;
    double query_context;
    double set_records;
    double copy; /* memcpy of the same record: what the query cannot beat */
};

enum status bench_model(struct bench_model *figures);

/*
 * Paths per second of six services that all hand the record on, each in a sublayer of its own, in
 * one world. STATUS_BROKEN where one does not arrive after six redirects.
 */
enum status bench_paths(double *per_second);

/* Cases per second, in process, all of the plan over and over. */
enum status bench_plan(const struct plan *plan, const struct backend *backend, double *per_second);

/*
 * Vectors per second through `program serve`, by id and under one profile: one request at a time,
 * and with 64 requests on the way. False when the program cannot be started or answers oddly.
 */
struct bench_serve {
    double one_by_one;
    double pipelined;
};

bool bench_serve(char *program, const char *const *ids, size_t count, const char *profile,
                 struct bench_serve *figures);

/* Milliseconds that a program, arguments[0], takes, start to end, the best of several. */
bool bench_start(char *const *arguments, double *milliseconds);

#endif
