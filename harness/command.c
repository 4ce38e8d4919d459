/* SPDX-License-Identifier: MIT */

#include "harness/command.h"

#include <stdio.h>

bool command_begin(const struct command *command, int argc, char **argv, struct options *options,
                   int *code)
{
    struct complaints complaints = {0};

    if (options_parse(command, argc, argv, &complaints, options) != STATUS_OK) {
        complaints_print(&complaints, stderr);
        complaints_clear(&complaints);
        *code = EXIT_USAGE;
        return false;
    }
    if (options->help) {
        options_help(command, stdout);
        options_release(options);
        *code = EXIT_WELL;
        return false;
    }
    return true;
}

int command_end(struct options *options, struct session *session, enum status status)
{
    static const int codes[] = {
        [STATUS_OK] = EXIT_WELL,
        [STATUS_BAD_INPUT] = EXIT_USAGE,
        [STATUS_BROKEN] = EXIT_BROKEN,
    };

    session_complain(session);
    session_close(session);
    options_release(options);
    return codes[status];
}
