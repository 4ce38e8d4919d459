/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "harness/catalogue.h"
#include "harness/cli.h"
#include "harness/command.h"

static const struct command command = {
    .name = "wfpcheck lint",
    .summary = "Checks vectors without running them: the rules of the format, and that everything "
               "they cite exists. Also checks the shipped profiles, keys and clauses.",
    .positional = "[PATH...]",
    .positional_max = SIZE_MAX,
};

static enum status check_citations(struct session *session)
{
    struct catalogue *catalogue;
    enum status status = catalogue_load(session->root, &session->complaints, &catalogue);

    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < session->tree.count; i++) {
        if (catalogue_check(catalogue, session->tree.vectors[i], &session->complaints) !=
            STATUS_OK) {
            status = STATUS_BAD_INPUT;
        }
    }
    catalogue_free(catalogue);
    return status;
}

int cli_lint(int argc, char **argv)
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
        status = session_add_profile(&session, "all");
    }
    if (status == STATUS_OK) {
        status = session_load(&session, options.positionals, options.positional_count);
    }
    if (status == STATUS_OK) {
        status = check_citations(&session);
    }
    if (status == STATUS_OK && session.tree.bad > 0) {
        status = STATUS_BAD_INPUT;
    }
    (void)printf("%zu vector%s checked, %zu complaint%s\n", session.tree.count,
                 session.tree.count == 1 ? "" : "s", session.complaints.total,
                 session.complaints.total == 1 ? "" : "s");
    return command_end(&options, &session, status);
}
