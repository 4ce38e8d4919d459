/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_CLI_PROXY_OPTIONS_H
#define HARNESS_CLI_PROXY_OPTIONS_H

#include "harness/options.h"

enum proxy_option {
    PROXY_LISTEN,
    PROXY_UDP,
    PROXY_CONTEXT,
    PROXY_EXPLAIN_CONTEXT,
    PROXY_STAND_IN,
    PROXY_SECOND,
    PROXY_UPSTREAM,
    PROXY_PAYLOAD,
    PROXY_LEAK,
    PROXY_SCENARIO,
    PROXY_PROFILE,
    PROXY_KNOWN,
    PROXY_TRACE,
    PROXY_FORMAT,
    PROXY_OUTPUT,
    PROXY_ALLOW_UNDECIDED,
    PROXY_PASS_THROUGH,
    PROXY_FOLLOW,
    PROXY_SHIM,
    PROXY_OPTION_COUNT
};

extern const struct command proxy_command;

#endif
