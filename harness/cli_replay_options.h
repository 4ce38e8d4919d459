/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_CLI_REPLAY_OPTIONS_H
#define HARNESS_CLI_REPLAY_OPTIONS_H

#include "harness/command.h"

/* The rows of the table. */
enum replay_option {
    REPLAY_FILTER,
    REPLAY_FORMAT,
    REPLAY_OUTPUT,
    REPLAY_UDP_IDLE,
    REPLAY_FLOWS_MAX,
    REPLAY_STAGE,
    REPLAY_POLICY,
    REPLAY_PROFILE,
    REPLAY_EMIT,
    REPLAY_EMIT_FLOWS,
    REPLAY_EMIT_MAX,
    REPLAY_OPTION_COUNT
};

enum { REPLAY_EMIT_USUALLY = 100 };

extern const struct command replay_command;

#endif
