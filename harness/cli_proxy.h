/* SPDX-License-Identifier: MIT */

/* Between the files of the command: what is to be done, what has happened, what is told of it. */

#ifndef HARNESS_CLI_PROXY_H
#define HARNESS_CLI_PROXY_H

#include "harness/command.h"
#include "harness/known.h"
#include "harness/lab/context/recipe.h"
#include "harness/lab/context/stand_in.h"
#include "harness/lab/server/order.h"
#include "harness/lab/server/scenario.h"
#include "harness/lab/server/second.h"
#include "harness/lab/trace/trace_file.h"

struct proxying {
    const struct options *options;
    const char *again; /* the command line, to be typed again */
    struct session session;
    struct lab_order order;
    struct recipe *recipe;
    struct stand_in *stand_in;
    struct second *second; /* NULL: there is one proxy */
    struct known *known;
    struct scenarios scenarios;
    struct lab_result result;
    struct trace_head head;
};

/* ---- cli_proxy_order.c ---- */

/* The recipe and the stand-in: what the program's own driver would do. */
enum status proxying_read_driver(struct proxying *proxying);
/* All that the command line asks for. */
enum status proxying_prepare(struct proxying *proxying);
void proxying_clear(struct proxying *proxying);

/* ---- cli_proxy_report.c ---- */

/* Writes trace and report of what has happened. The exit code; complaints are the session's. */
int proxying_report(struct proxying *proxying);

#endif
