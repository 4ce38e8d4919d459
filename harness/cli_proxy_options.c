/* SPDX-License-Identifier: MIT */

#include "harness/cli_proxy_options.h"

static const char *const formats[] = {"human", "tap", "junit", "jsonl", NULL};

static const char *const payloads[] = {"raw", "http", NULL};

static const struct option table[PROXY_OPTION_COUNT] = {
    [PROXY_LISTEN] = {.name = "listen",
                      .argument = "HOST:PORT",
                      .help = "where the proxy listens for redirected connections; may be repeated",
                      .kind = OPTION_LIST},
    [PROXY_UDP] = {.name = "udp",
                   .argument = "HOST:PORT",
                   .help = "where it receives redirected datagrams; may be repeated",
                   .kind = OPTION_LIST},
    [PROXY_CONTEXT] = {.name = "context",
                       .argument = "RECIPE.json",
                       .help = "how its driver lays out the redirect context; see vectors/recipes",
                       .kind = OPTION_STRING},
    [PROXY_EXPLAIN_CONTEXT] = {.name = "explain-context",
                               .help = "print the bytes of that context for an example client, "
                                       "check the stand-in, and run nothing",
                               .kind = OPTION_FLAG},
    [PROXY_STAND_IN] = {.name = "stand-in",
                        .argument = "FILE.json",
                        .help = "what to answer in place of its driver; see vectors/stand-ins",
                        .kind = OPTION_STRING},
    [PROXY_SECOND] = {.name = "second",
                      .argument = "FILE.json",
                      .help = "a second proxy: its listen, udp, context, stand-in and command; "
                              "then redirects between the two are carried out",
                      .kind = OPTION_STRING},
    [PROXY_UPSTREAM] = {.name = "upstream",
                        .argument = "socks5|http=HOST:PORT",
                        .help = "the server that the proxy was told to dial through; the lab "
                                "plays it",
                        .kind = OPTION_STRING},
    [PROXY_PAYLOAD] = {.name = "payload",
                       .help = "what connections carry (default: raw bytes)",
                       .kind = OPTION_CHOICE,
                       .choices = payloads},
    [PROXY_LEAK] = {.name = "leak",
                    .argument = "N",
                    .help = "only look for leaks, over so many connections",
                    .kind = OPTION_NUMBER,
                    .min = 1,
                    .max = 100000},
    [PROXY_SCENARIO] = {.name = "scenario",
                        .argument = "GLOB|FILE",
                        .help = "only these scenarios of vectors/proxy, or of a file; may be "
                                "repeated",
                        .kind = OPTION_LIST},
    [PROXY_PROFILE] = {.name = "profile",
                       .argument = "NAME|FILE",
                       .help = "what Windows answers (default: documented, and then observed)",
                       .kind = OPTION_LIST},
    [PROXY_KNOWN] = {.name = "known",
                     .argument = "FILE",
                     .help = "failures that are known; see vectors/known",
                     .kind = OPTION_STRING},
    [PROXY_TRACE] = {.name = "trace",
                     .argument = "FILE",
                     .help = "keep what happened there, for wfpcheck judge",
                     .kind = OPTION_STRING},
    [PROXY_FORMAT] = {.name = "format",
                      .help = "how to report",
                      .kind = OPTION_CHOICE,
                      .choices = formats},
    [PROXY_OUTPUT] = {.name = "output",
                      .argument = "FILE",
                      .help = "write the report there; the file appears when it is complete",
                      .kind = OPTION_STRING},
    [PROXY_ALLOW_UNDECIDED] = {.name = "allow-undecided",
                               .help = "undecided rules do not fail the run",
                               .kind = OPTION_FLAG},
    [PROXY_PASS_THROUGH] = {.name = "pass-through",
                            .help = "play and answer nothing, only record, until the proxy ends or "
                                    "Ctrl-C: for real Windows with the proxy's own driver",
                            .kind = OPTION_FLAG},
    [PROXY_FOLLOW] = {.name = "follow",
                      .help = "look into the processes that the proxy starts, too",
                      .kind = OPTION_FLAG},
    [PROXY_SHIM] = {.name = "shim",
                    .argument = "DIR",
                    .help = "the folder of wfpcheck-launch.exe and wfpcheck-shim.dll",
                    .kind = OPTION_STRING},
};

const struct command proxy_command = {
    .name = "wfpcheck proxy",
    .summary = "Puts a Windows proxy program under test, unmodified and without its driver: plays "
               "redirected clients, their destinations and the redirect records, and judges what "
               "the program does. Works under Wine, too.",
    .positional = "-- COMMAND ARG...",
    .positional_max = SIZE_MAX,
    .options = table,
    .option_count = PROXY_OPTION_COUNT,
};
