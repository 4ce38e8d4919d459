/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/address.h"
#include "harness/cli.h"
#include "harness/command.h"
#include "harness/lab/context/recipe.h"
#include "harness/lab/server/order.h"
#include "harness/lab/server/scenario.h"
#include "harness/lab/trace/trace.h"

enum proxy_option {
    PROXY_LISTEN,
    PROXY_UDP,
    PROXY_CONTEXT,
    PROXY_SCENARIO,
    PROXY_PROFILE,
    PROXY_SHIM,
    PROXY_FOLLOW,
    PROXY_PASS_THROUGH,
    PROXY_COUNT
};

static const struct option table[PROXY_COUNT] = {
    [PROXY_LISTEN] = {.name = "listen",
                      .argument = "HOST:PORT",
                      .help = "where the proxy listens for redirected connections",
                      .kind = OPTION_LIST},
    [PROXY_UDP] = {.name = "udp",
                   .argument = "HOST:PORT",
                   .help = "where it receives redirected datagrams",
                   .kind = OPTION_LIST},
    [PROXY_CONTEXT] = {.name = "context",
                       .argument = "RECIPE.json",
                       .help = "how its driver lays out the redirect context; see vectors/recipes",
                       .kind = OPTION_STRING},
    [PROXY_SCENARIO] = {.name = "scenario",
                        .argument = "GLOB",
                        .help = "only these scenarios of vectors/proxy",
                        .kind = OPTION_LIST},
    [PROXY_PROFILE] = {.name = "profile",
                       .argument = "NAME|FILE",
                       .help = "what Windows answers (default: documented and observed)",
                       .kind = OPTION_LIST},
    [PROXY_SHIM] = {.name = "shim",
                    .argument = "DIR",
                    .help = "folder of wfpcheck-launch.exe and wfpcheck-shim.dll",
                    .kind = OPTION_STRING},
    [PROXY_FOLLOW] = {.name = "follow",
                      .help = "look into the processes that the proxy starts, too",
                      .kind = OPTION_FLAG},
    [PROXY_PASS_THROUGH] = {.name = "pass-through",
                            .help = "answer nothing, record everything: for real Windows with the "
                                    "proxy's own driver",
                            .kind = OPTION_FLAG},
};

static const struct command command = {
    .name = "wfpcheck proxy",
    .summary = "Puts a Windows proxy program under test, unmodified and without its driver: plays "
               "the redirected clients, their destinations and the redirect records, and judges "
               "what the proxy does. Works under Wine, too.",
    .positional = "-- COMMAND ARG...",
    .positional_min = 1,
    .positional_max = SIZE_MAX,
    .options = table,
    .option_count = PROXY_COUNT,
};

struct proxying {
    const struct options *options;
    struct session session;
    struct lab_order order;
    struct recipe *recipe;
    struct scenarios scenarios;
};

static enum status read_addresses(struct proxying *proxying, enum proxy_option option,
                                  struct wfp_address *list, size_t *count)
{
    struct complaints *complaints = &proxying->session.complaints;
    const char *text = options_item(proxying->options, option, 0);
    const char *field = option == PROXY_LISTEN ? "--listen" : "--udp";

    for (*count = 0; text != NULL; text = options_item(proxying->options, option, *count)) {
        if (*count == LAB_LISTEN_MAX) {
            complain(complaints, command.name, 0, field, "at most 4 addresses", "more");
            return STATUS_BAD_INPUT;
        }
        if (!address_parse(text, &list[*count]) || list[*count].port == 0) {
            complain(complaints, command.name, 0, field,
                     "an address and a port, as 127.0.0.1:8080 or [::1]:8080", "%s", text);
            return STATUS_BAD_INPUT;
        }
        ++*count;
    }
    return STATUS_OK;
}

static enum status read_program(struct proxying *proxying)
{
    struct complaints *complaints = &proxying->session.complaints;
    struct lab_program *program = &proxying->order.programs[0];
    const char *recipe = options_text(proxying->options, PROXY_CONTEXT, NULL);
    enum status status;

    proxying->order.program_count = 1;
    program->command = (const char *const *)proxying->options->positionals;
    status = read_addresses(proxying, PROXY_LISTEN, program->listen, &program->listen_count);
    if (status == STATUS_OK) {
        status = read_addresses(proxying, PROXY_UDP, program->udp, &program->udp_count);
    }
    if (status == STATUS_OK && program->listen_count + program->udp_count == 0) {
        complain(complaints, command.name, 0, "--listen", "where the proxy listens", "nothing");
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK && recipe == NULL) {
        complain(complaints, command.name, 0, "--context", "a recipe of the redirect context",
                 "none");
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = recipe_load(recipe, complaints, &proxying->recipe);
    }
    program->recipe = proxying->recipe;
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

static enum status run(struct proxying *proxying)
{
    struct lab_result result = {0};
    enum status status = lab_run(&proxying->order, &proxying->session.complaints, &result);

    for (size_t i = 0; i < trace_count(result.trace); i++) {
        struct event event;
        trace_get(result.trace, i, &event);
        printf("%zu %s", i, event_kinds[event.kind].name);
        for (int f = FIELD_PROCESS; f < FIELD_NUMBERS_END; f++) {
            if (event_has(&event, (enum event_field)f) && f != FIELD_THREAD)
                printf(" %s=%llu", event_fields[f],
                       (unsigned long long)event_number(&event, (enum event_field)f));
        }
        for (int f = FIELD_LOCAL; f < FIELD_ADDRESSES_END; f++) {
            struct wfp_address a = event_address(&event, (enum event_field)f);
            char text[64];
            address_print(&a, text, sizeof text);
            if (event_has(&event, (enum event_field)f))
                printf(" %s=%s", event_fields[f], text);
        }
        for (int f = FIELD_TEXT; f <= FIELD_NAME; f++) {
            struct event_bytes b = event_bytes(&event, (enum event_field)f);
            if (b.size)
                printf(" %.*s", (int)b.size, (const char *)b.at);
        }
        printf("\n");
    }
    trace_free(result.trace);
    return status;
}

int cli_proxy(int argc, char **argv)
{
    struct options options;
    struct proxying *proxying;
    enum status status = STATUS_BROKEN;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    proxying = calloc(1, sizeof *proxying);
    if (proxying == NULL) {
        options_release(&options);
        return EXIT_BROKEN;
    }
    proxying->options = &options;
    status = prepare(proxying);
    if (status == STATUS_OK) {
        status = run(proxying);
    }
    scenarios_clear(&proxying->scenarios);
    recipe_free(proxying->recipe);
    code = command_end(&options, &proxying->session, status);
    free(proxying);
    return code;
}
