/* SPDX-License-Identifier: MIT */

#include <stdint.h>
#include <stdio.h>

#include "harness/cli.h"
#include "harness/command.h"
#include "harness/serve.h"

static const struct command command = {
    .name = "wfpcheck serve",
    .summary = "Answers requests, one JSON object a line on standard input, one line each on "
               "standard output. {\"id\":1,\"do\":\"run\",\"vector\":\"ID\",\"profile\":\"NAME\"} "
               "judges a vector; list, play and profile are the other verbs. PATH as for run; "
               "without any, all vectors are served.",
    .positional = "[PATH...]",
    .positional_max = SIZE_MAX,
};

int cli_serve(int argc, char **argv)
{
    struct session session = {0};
    struct options options;
    enum status status;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    status = session_open(&session);
    if (status == STATUS_OK) {
        status = session_open_backend(&session, "sim");
    }
    if (status == STATUS_OK) {
        status = session_load(&session, options.positionals, options.positional_count);
    }
    if (status == STATUS_OK && session.tree.bad > 0) {
        status = STATUS_BAD_INPUT;
    }
    session_complain(&session);
    if (status == STATUS_OK) {
        status = serve(stdin, stdout, &session);
    }
    return command_end(&options, &session, status);
}
