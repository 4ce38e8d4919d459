/* SPDX-License-Identifier: MIT */

#include "harness/cli_replay_options.h"

#include "harness/replay/flow_index.h"
#include "harness/replay/policy_vector.h"

enum { DAY = 86400 };

static const char *const formats[] = {"human", "jsonl", NULL};
static const char *const stages[] = {"read", "decode", "flows", NULL};

static const struct option table[REPLAY_OPTION_COUNT] = {
    [REPLAY_FILTER] = {.name = "filter",
                       .argument = "BPF",
                       .help = "only packets that this expression takes, as of tcpdump",
                       .kind = OPTION_STRING},
    [REPLAY_FORMAT] = {.name = "format",
                       .help = "a summary, or a line for each flow and one for all",
                       .kind = OPTION_CHOICE,
                       .choices = formats},
    [REPLAY_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .help = "where to write it (default: standard output)",
                       .kind = OPTION_STRING},
    [REPLAY_UDP_IDLE] = {.name = "udp-idle",
                         .argument = "SECONDS",
                         .help = "when a datagram flow is over (default: 60)",
                         .kind = OPTION_NUMBER,
                         .min = 1,
                         .max = DAY},
    [REPLAY_FLOWS_MAX] = {.name = "max-flows",
                          .argument = "N",
                          .help = "flows kept at once; beyond, the quietest end early (default: "
                                  "16777215, about 2 GB)",
                          .kind = OPTION_NUMBER,
                          .min = 1,
                          .max = INDEX_ENTRIES_MAX},
    [REPLAY_STAGE] = {.name = "stage",
                      .help = "stop packets after this stage, to measure it",
                      .kind = OPTION_CHOICE,
                      .choices = stages},
    [REPLAY_POLICY] = {.name = "policy",
                       .argument = "FILE",
                       .help = "redirect services and which flows they are asked about; copy "
                               "vectors/replay/example-policy.json",
                       .kind = OPTION_STRING},
    [REPLAY_PROFILE] = {.name = "profile",
                        .argument = "NAME|FILE",
                        .help = "the model's profile for --policy (default: observed)",
                        .kind = OPTION_STRING},
    [REPLAY_EMIT] = {.name = "emit-vectors",
                     .argument = "DIR",
                     .help = "write a path vector of the first flow of each path",
                     .kind = OPTION_STRING},
    [REPLAY_EMIT_FLOWS] = {.name = "emit-flows",
                           .argument = "GLOB",
                           .help = "write those of the flows with these ids instead, as 1-17",
                           .kind = OPTION_STRING},
    [REPLAY_EMIT_MAX] = {.name = "emit-max",
                         .argument = "N",
                         .help = "vectors written at most (default: 100)",
                         .kind = OPTION_NUMBER,
                         .min = 1,
                         .max = PICKS_MAX},
};

const struct command replay_command = {
    .name = "wfpcheck replay",
    .summary =
        "Reads captures (pcap, pcapng; - is standard input), one after the other, and tells their "
        "TCP and UDP flows: which are classified at connect-redirect, which datagrams would carry "
        "a redirect record, how each ends. With --policy also what redirect services would do to "
        "them: a capture never contains redirect records, so all of that is the model's answer. "
        "Exit codes: 0 read, whatever was found (a loop is a finding about the policy, not a "
        "failure), 2 wrong usage or policy, or a file that could not be read at all (the others "
        "are), 3 no packet in any.",
    .positional = "CAPTURE...",
    .positional_min = 1,
    .positional_max = SIZE_MAX,
    .options = table,
    .option_count = REPLAY_OPTION_COUNT,
};
