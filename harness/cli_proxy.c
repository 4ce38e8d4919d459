/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli.h"
#include "harness/cli_proxy.h"
#include "harness/cli_proxy_options.h"
#include "harness/platform/console.h"
#include "harness/text.h"

/* For the author of a recipe; a stand-in is only checked. */
static enum status explain_context(struct proxying *proxying)
{
    const enum status status = proxying_read_driver(proxying);

    return status == STATUS_OK ? recipe_explain(proxying->recipe, stdout) : status;
}

/* ---- progress ---- */

static void show_progress(void *context, const char *scenario, const char *profile)
{
    (void)context;
    (void)fprintf(stderr, "\r\033[K%s [%s]", scenario, profile);
}

static void hide_progress(const struct lab_order *order)
{
    if (order->progress != NULL) {
        (void)fprintf(stderr, "\r\033[K");
    }
}

/* ---- the run ---- */

static bool is_plain(const char *word)
{
    return *word != '\0' && strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-_=./:,@+%") == strlen(word);
}

static void describe_command(int argc, char **argv, struct text *text)
{
    text_add(text, "%s", proxy_command.name);
    for (int i = 0; i < argc; i++) {
        const char *quote = is_plain(argv[i]) ? "" : "'";

        text_add(text, " %s%s%s", quote, argv[i], quote);
    }
}

/*
 * What was seen before a proxy could not be started again is worth a report, too; and what died
 * under the lab is told in one, if it was before the first scenario.
 */
static int run(struct proxying *proxying)
{
    enum status status;
    int code = EXIT_WELL;

    if (console_is_terminal(stderr)) {
        proxying->order.progress = show_progress;
    }
    status = lab_run(&proxying->order, &proxying->session.complaints, &proxying->result);
    hide_progress(&proxying->order);
    if (status == STATUS_OK || proxying->result.scenarios > 0 || proxying->result.broken) {
        code = proxying_report(proxying);
    }
    session_complain(&proxying->session);
    if (status == STATUS_OK && proxying->result.scenarios == 0) {
        (void)fprintf(stderr, "wfpcheck proxy: nothing was executed: no scenario is for so many "
                              "proxies, or for --leak\n");
        return EXIT_BROKEN;
    }
    if (status == STATUS_BAD_INPUT) {
        return EXIT_USAGE;
    }
    return status == STATUS_OK ? code : EXIT_BROKEN;
}

static enum status carry_out(struct proxying *proxying, int *code)
{
    enum status status;

    if (options_flag(proxying->options, PROXY_EXPLAIN_CONTEXT)) {
        return explain_context(proxying);
    }
    status = proxying_prepare(proxying);
    if (status == STATUS_OK) {
        *code = run(proxying);
    }
    return status;
}

int cli_proxy(int argc, char **argv)
{
    struct options options;
    struct proxying *proxying;
    struct text again = {0};
    enum status status;
    int code;
    int ended;

    if (!command_begin(&proxy_command, argc, argv, &options, &code)) {
        return code;
    }
    proxying = calloc(1, sizeof *proxying);
    if (proxying == NULL) {
        options_release(&options);
        return EXIT_BROKEN;
    }
    describe_command(argc, argv, &again);
    proxying->again = text_bytes(&again);
    proxying->options = &options;
    code = EXIT_WELL;
    status = carry_out(proxying, &code);
    proxying_clear(proxying);
    text_clear(&again);
    ended = command_end(&options, &proxying->session, status);
    free(proxying);
    return code != EXIT_WELL ? code : ended;
}
