/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_CLI_JUDGE_TRACE_H
#define HARNESS_CLI_JUDGE_TRACE_H

#include "harness/options.h"

/* What `wfpcheck judge` does with a proxy's trace; by the rows of its options. Gives the exit code.
 */
struct judge_trace {
    const struct options *options;
    size_t profile, set; /* that a trace has no use for */
    size_t format, allow_undecided;
};

int cli_judge_trace(const struct judge_trace *wanted);

#endif
