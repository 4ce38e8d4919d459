/* SPDX-License-Identifier: MIT */

#include <string.h>
#include <time.h>

#include "harness/address.h"
#include "harness/cli_proxy.h"
#include "harness/cli_proxy_options.h"

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
enum status proxying_read_driver(struct proxying *proxying)
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
    const char *upstream = options_text(proxying->options, PROXY_UPSTREAM, NULL);
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
        status = proxying_read_driver(proxying);
    }
    if (status == STATUS_OK && upstream != NULL && !upstream_parse(upstream, &program->upstream)) {
        complain(complaints, proxy_command.name, 0, "--upstream",
                 "socks5=HOST:PORT or http=HOST:PORT", "%s", upstream);
        status = STATUS_BAD_INPUT;
    }
    program->recipe = proxying->recipe;
    program->stand_in = proxying->stand_in;
    return status;
}

static enum status read_second(struct proxying *proxying)
{
    const char *path = options_text(proxying->options, PROXY_SECOND, NULL);
    enum status status;

    if (path == NULL) {
        return STATUS_OK;
    }
    status = second_load(path, &proxying->session.complaints, &proxying->second);
    if (status == STATUS_OK) {
        proxying->order.programs[proxying->order.program_count++] =
            *second_program(proxying->second);
    }
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

static enum status load_known(struct proxying *proxying)
{
    const char *path = options_text(proxying->options, PROXY_KNOWN, NULL);
    const time_t now = time(NULL);
    char today[16] = "";

    if (path == NULL) {
        return STATUS_OK;
    }
    (void)strftime(today, sizeof today, "%Y-%m-%d", gmtime(&now));
    return known_load(path, today, &proxying->session.complaints, &proxying->known);
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

enum status proxying_prepare(struct proxying *proxying)
{
    enum status status = session_open(&proxying->session);

    if (status == STATUS_OK) {
        status = read_program(proxying);
    }
    if (status == STATUS_OK) {
        status = read_second(proxying);
    }
    if (status == STATUS_OK) {
        status = add_profiles(proxying);
    }
    if (status == STATUS_OK) {
        status = load_known(proxying);
    }
    if (status == STATUS_OK) {
        status = load_scenarios(proxying);
    }
    proxying->order.scenarios = &proxying->scenarios;
    proxying->order.profile_count = proxying->session.profile_count;
    proxying->order.profiles = proxying->session.profiles;
    proxying->order.shim = options_text(proxying->options, PROXY_SHIM, NULL);
    proxying->order.http =
        strcmp(options_text(proxying->options, PROXY_PAYLOAD, "raw"), "http") == 0;
    proxying->order.leak = options_number(proxying->options, PROXY_LEAK, 0);
    proxying->order.follow = options_flag(proxying->options, PROXY_FOLLOW);
    proxying->order.pass_through = options_flag(proxying->options, PROXY_PASS_THROUGH);
    return status;
}

void proxying_clear(struct proxying *proxying)
{
    trace_free(proxying->result.trace);
    scenarios_clear(&proxying->scenarios);
    known_free(proxying->known);
    second_free(proxying->second);
    stand_in_free(proxying->stand_in);
    recipe_free(proxying->recipe);
}
