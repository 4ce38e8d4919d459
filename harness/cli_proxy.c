/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "harness/address.h"
#include "harness/cli.h"
#include "harness/cli_proxy_options.h"
#include "harness/command.h"
#include "harness/lab/context/recipe.h"
#include "harness/lab/context/stand_in.h"
#include "harness/lab/server/order.h"
#include "harness/lab/server/scenario.h"
#include "harness/lab/trace/trace.h"
#include "harness/lab/trace/trace_file.h"
#include "harness/output.h"

struct proxying {
    const struct options *options;
    struct session session;
    struct lab_order order;
    struct recipe *recipe;
    struct stand_in *stand_in;
    struct scenarios scenarios;
    struct lab_result result;
    struct trace_head head;
};

static enum status read_addresses(struct proxying *proxying, enum proxy_option option,
                                  struct wfp_address *list, size_t *count)
{
    struct complaints *complaints = &proxying->session.complaints;
    const char *text = options_item(proxying->options, option, 0);
    const char *field = option == PROXY_LISTEN ? "--listen" : "--udp";

    for (*count = 0; text != NULL; text = options_item(proxying->options, option, *count)) {
        if (*count == LAB_LISTEN_MAX) {
            complain(complaints, proxy_command.name, 0, field, "at most 4 addresses", "more");
            return STATUS_BAD_INPUT;
        }
        if (!address_parse(text, &list[*count]) || list[*count].port == 0) {
            complain(complaints, proxy_command.name, 0, field,
                     "an address and a port, as 127.0.0.1:8080 or [::1]:8080", "%s", text);
            return STATUS_BAD_INPUT;
        }
        ++*count;
    }
    return STATUS_OK;
}

/* What the program's own driver would do. */
static enum status read_driver(struct proxying *proxying)
{
    struct complaints *complaints = &proxying->session.complaints;
    const char *recipe = options_text(proxying->options, PROXY_CONTEXT, NULL);
    const char *stand_in = options_text(proxying->options, PROXY_STAND_IN, NULL);
    enum status status = STATUS_OK;

    if (recipe == NULL) {
        complain(complaints, proxy_command.name, 0, "--context", "a recipe of the redirect context",
                 "none");
        return STATUS_BAD_INPUT;
    }
    status = recipe_load(recipe, complaints, &proxying->recipe);
    if (stand_in != NULL) {
        const enum status loaded = stand_in_load(stand_in, complaints, &proxying->stand_in);

        status = status == STATUS_OK ? loaded : status;
    }
    return status;
}

static enum status read_program(struct proxying *proxying)
{
    struct complaints *complaints = &proxying->session.complaints;
    struct lab_program *program = &proxying->order.programs[0];
    enum status status;

    if (proxying->options->positional_count == 0) {
        complain(complaints, proxy_command.name, 0, "COMMAND", "the proxy's command behind --",
                 "nothing");
        return STATUS_BAD_INPUT;
    }

    proxying->order.program_count = 1;
    program->command = (const char *const *)proxying->options->positionals;
    status = read_addresses(proxying, PROXY_LISTEN, program->listen, &program->listen_count);
    if (status == STATUS_OK) {
        status = read_addresses(proxying, PROXY_UDP, program->udp, &program->udp_count);
    }
    if (status == STATUS_OK && program->listen_count + program->udp_count == 0) {
        complain(complaints, proxy_command.name, 0, "--listen", "where the proxy listens",
                 "nothing");
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = read_driver(proxying);
    }
    program->recipe = proxying->recipe;
    program->stand_in = proxying->stand_in;
    return status;
}

static enum status add_profiles(struct proxying *proxying)
{
    static const char *const usual[] = {"documented", "observed"};
    const char *name = options_item(proxying->options, PROXY_PROFILE, 0);
    enum status status = STATUS_OK;

    for (size_t i = 0; name == NULL && status == STATUS_OK && i < 2; i++) {
        status = session_add_profile(&proxying->session, usual[i]);
    }
    for (size_t i = 0; name != NULL && status == STATUS_OK;
         name = options_item(proxying->options, PROXY_PROFILE, ++i)) {
        status = session_add_profile(&proxying->session, name);
    }
    return status;
}

static enum status load_scenarios(struct proxying *proxying)
{
    const char *patterns[64];
    size_t count = 0;

    while (count < 64 &&
           (patterns[count] = options_item(proxying->options, PROXY_SCENARIO, count)) != NULL) {
        count++;
    }
    return scenarios_load(proxying->session.root, patterns, count, proxying->session.keys,
                          &proxying->session.complaints, &proxying->scenarios);
}

static enum status prepare(struct proxying *proxying)
{
    enum status status = session_open(&proxying->session);

    if (status == STATUS_OK) {
        status = read_program(proxying);
    }
    if (status == STATUS_OK) {
        status = add_profiles(proxying);
    }
    if (status == STATUS_OK) {
        status = load_scenarios(proxying);
    }
    proxying->order.scenarios = &proxying->scenarios;
    proxying->order.profile_count = proxying->session.profile_count;
    proxying->order.profiles = proxying->session.profiles;
    proxying->order.shim = options_text(proxying->options, PROXY_SHIM, NULL);
    proxying->order.follow = options_flag(proxying->options, PROXY_FOLLOW);
    proxying->order.pass_through = options_flag(proxying->options, PROXY_PASS_THROUGH);
    return status;
}

/* For the author of a recipe; a stand-in is only checked. */
static enum status explain_context(struct proxying *proxying)
{
    const enum status status = read_driver(proxying);

    return status == STATUS_OK ? recipe_explain(proxying->recipe, stdout) : status;
}

/* ---- the trace ---- */

static void describe(const struct proxying *proxying, struct trace_head *head)
{
    const time_t now = time(NULL);
    size_t used = 0;

    (void)snprintf(head->tool, sizeof head->tool, "%s", WFPCHECK_VERSION);
    (void)snprintf(head->system, sizeof head->system, "%s", proxying->result.system);
    (void)snprintf(head->wine, sizeof head->wine, "%s", proxying->result.wine);
    (void)snprintf(head->program, sizeof head->program, "%s", proxying->options->positionals[0]);
    (void)strftime(head->date, sizeof head->date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    head->passed_through = proxying->order.pass_through;
    for (size_t i = 0; i < proxying->session.profile_count && used < sizeof head->profiles; i++) {
        used += (size_t)snprintf(head->profiles + used, sizeof head->profiles - used, "%s%s",
                                 i > 0 ? " " : "", proxying->session.profiles[i]->name);
    }
}

static enum status write_trace(struct proxying *proxying)
{
    const char *path = options_text(proxying->options, PROXY_TRACE, NULL);
    struct complaints *complaints = &proxying->session.complaints;
    struct output_file output;
    enum status status;

    if (path == NULL) {
        return STATUS_OK;
    }
    status = output_open(path, complaints, &output);
    if (status != STATUS_OK) {
        return status;
    }
    if (!trace_write(proxying->result.trace, &proxying->head, output.stream)) {
        output_abandon(&output);
        return STATUS_BROKEN;
    }
    return output_commit(&output, complaints);
}

static enum status run(struct proxying *proxying)
{
    enum status status =
        lab_run(&proxying->order, &proxying->session.complaints, &proxying->result);

    describe(proxying, &proxying->head);
    if (status == STATUS_OK) {
        status = write_trace(proxying);
    }
    return status;
}

int cli_proxy(int argc, char **argv)
{
    struct options options;
    struct proxying *proxying;
    enum status status = STATUS_BROKEN;
    int code;

    if (!command_begin(&proxy_command, argc, argv, &options, &code)) {
        return code;
    }
    proxying = calloc(1, sizeof *proxying);
    if (proxying == NULL) {
        options_release(&options);
        return EXIT_BROKEN;
    }
    proxying->options = &options;
    if (options_flag(&options, PROXY_EXPLAIN_CONTEXT)) {
        status = explain_context(proxying);
    } else {
        status = prepare(proxying);
        if (status == STATUS_OK) {
            status = run(proxying);
        }
    }
    trace_free(proxying->result.trace);
    scenarios_clear(&proxying->scenarios);
    recipe_free(proxying->recipe);
    stand_in_free(proxying->stand_in);
    code = command_end(&options, &proxying->session, status);
    free(proxying);
    return code;
}
