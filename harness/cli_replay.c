/* SPDX-License-Identifier: MIT */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli.h"
#include "harness/command.h"
#include "harness/output.h"
#include "harness/platform/clock.h"
#include "harness/platform/console.h"
#include "harness/platform/interrupt.h"
#include "harness/replay/replay_report.h"

enum replay_option {
    REPLAY_FILTER,
    REPLAY_FORMAT,
    REPLAY_OUTPUT,
    REPLAY_UDP_IDLE,
    REPLAY_FLOWS_MAX,
    REPLAY_STAGE,
    REPLAY_OPTION_COUNT
};

static const char *const formats[] = {"human", "jsonl", NULL};
static const char *const stages[] = {"read", "decode", "flows", NULL};

enum { DAY = 86400, ASK_EVERY = 4096, SHOW_EVERY = ASK_EVERY * 64 };

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
};

static const struct command command = {
    .name = "wfpcheck replay",
    .summary =
        "Reads captures (pcap, pcapng; - is standard input), one after the other, and tells their "
        "TCP and UDP flows: which are classified at connect-redirect, which datagrams would carry "
        "a redirect record, how each ends. A capture never contains such records. Exit codes: "
        "0 read, 2 a file could not be read at all (the others are), 3 no packet in any.",
    .positional = "CAPTURE...",
    .positional_min = 1,
    .positional_max = SIZE_MAX,
    .options = table,
    .option_count = REPLAY_OPTION_COUNT,
};

struct replaying {
    const struct options *options;
    const struct replay_format *format;
    struct replay_report report;
    struct replay_capture *captures;
    struct replay *replay;
    struct output_file output;
    struct complaints complaints;
    enum status status; /* of the flow table */
    bool progress;
};

static void take_flow(void *context, const struct flow_summary *flow)
{
    const struct replaying *replaying = context;

    replaying->format->flow(&replaying->report, flow);
}

static void show_progress(const struct replaying *replaying, bool over)
{
    if (replaying->progress) {
        (void)fprintf(stderr, over ? "\r\033[K" : "\r%" PRIu64 " packets",
                      replay_counts(replaying->replay)->packets);
        (void)fflush(stderr);
    }
}

/* Now and then, when there is time for other things. */
static bool go_on(const struct replaying *replaying, uint64_t packets)
{
    if (packets % SHOW_EVERY == 0) {
        show_progress(replaying, false);
    }
    return !interrupted();
}

static bool take_packet(void *context, const struct capture_packet *packet)
{
    struct replaying *replaying = context;
    const uint64_t packets = replay_counts(replaying->replay)->packets;

    replaying->status = replay_packet(replaying->replay, packet);
    if (replaying->status != STATUS_OK) {
        return false;
    }
    return (packets + 1) % ASK_EVERY != 0 || go_on(replaying, packets + 1);
}

static bool is_refused(const struct capture_result *result)
{
    return result->verdict == CAPTURE_UNREADABLE || result->verdict == CAPTURE_REFUSED;
}

static void complain_of(struct replaying *replaying, const struct replay_capture *capture)
{
    const struct capture_result *result = &capture->result;
    const bool filtered = result->verdict == CAPTURE_REFUSED && replaying->report.filter != NULL;

    if (is_refused(result)) {
        complain(&replaying->complaints, capture->path, 0, filtered ? "--filter" : "capture",
                 filtered ? "an expression that fits this capture" : "a pcap or pcapng file", "%s",
                 result->why);
    }
}

static void read_captures(struct replaying *replaying)
{
    struct replay_report *report = &replaying->report;

    while (report->started < report->count && replaying->status == STATUS_OK && !interrupted()) {
        struct replay_capture *capture = &replaying->captures[report->started++];

        capture->path = replaying->options->positionals[report->started - 1];
        capture->before = replay_counts(replaying->replay)->packets;
        capture_read(capture->path, report->filter, take_packet, replaying, &capture->result);
        complain_of(replaying, capture);
    }
    if (replaying->status == STATUS_OK) {
        replaying->status = replay_end(replaying->replay);
    }
    show_progress(replaying, true);
}

/* Nothing but clock and address space layout: results never depend on it. */
static struct hash_seed make_seed(const void *address)
{
    const struct hash_seed seed = {
        {clock_nanoseconds(), (uint64_t)(uintptr_t)address * UINT64_C(0x9E3779B97F4A7C15)}};

    return seed;
}

static bool prepare(struct replaying *replaying)
{
    const struct options *options = replaying->options;
    struct replay_settings settings = replay_settings_default(make_seed(replaying));
    struct flow_consumer consumer = {.context = replaying};
    const char *stage = options_text(options, REPLAY_STAGE, "flows");

    settings.flows.times.udp_idle = options_number(options, REPLAY_UDP_IDLE, 60) * WFP_SECOND;
    settings.flows.flows_max = options_number(options, REPLAY_FLOWS_MAX, INDEX_ENTRIES_MAX);
    settings.stage = stage[0] == 'r' ? REPLAY_READ : stage[0] == 'd' ? REPLAY_DECODE : REPLAY_FLOWS;
    consumer.end = replaying->format->flow != NULL ? take_flow : NULL;
    replaying->captures = calloc(options->positional_count, sizeof *replaying->captures);
    replaying->replay = replay_open(&settings, &consumer);
    replaying->report = (struct replay_report){
        .out = replaying->output.stream,
        .filter = options_text(options, REPLAY_FILTER, NULL),
        .captures = replaying->captures,
        .count = options->positional_count,
        .replay = replaying->replay,
    };
    return replaying->captures != NULL && replaying->replay != NULL;
}

static int exit_code(const struct replaying *replaying)
{
    if (interrupted() || replaying->status != STATUS_OK) {
        (void)fprintf(stderr, "wfpcheck replay: %s\n", interrupted() ? "interrupted" : "no memory");
        return EXIT_BROKEN;
    }
    for (size_t i = 0; i < replaying->report.started; i++) {
        if (is_refused(&replaying->captures[i].result)) {
            return EXIT_USAGE;
        }
    }
    if (replay_counts(replaying->replay)->packets == 0) {
        (void)fprintf(stderr, "wfpcheck replay: there was no packet to replay\n");
        return EXIT_BROKEN;
    }
    return EXIT_WELL;
}

static int replay_captures(struct replaying *replaying)
{
    int code;

    replaying->progress = console_is_terminal(stderr) && replaying->output.stream != stdout;
    if (!prepare(replaying)) {
        output_abandon(&replaying->output);
        (void)fprintf(stderr, "wfpcheck replay: no memory\n");
        return EXIT_BROKEN;
    }
    read_captures(replaying);
    code = exit_code(replaying);
    if (interrupted() || replaying->status != STATUS_OK) {
        output_abandon(&replaying->output);
        return code;
    }
    replaying->format->end(&replaying->report);
    return output_commit(&replaying->output, &replaying->complaints) == STATUS_OK ? code
                                                                                  : EXIT_BROKEN;
}

int cli_replay(int argc, char **argv)
{
    struct options options;
    struct replaying *replaying;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    code = EXIT_BROKEN;
    replaying = calloc(1, sizeof *replaying);
    if (replaying != NULL) {
        const bool human = strcmp(options_text(&options, REPLAY_FORMAT, "human"), "human") == 0;

        replaying->options = &options;
        replaying->format = human ? &replay_human : &replay_jsonl;
        interrupt_watch(); /* before there is a half written file to be left behind */
        code = EXIT_USAGE;
        if (output_open(options_text(&options, REPLAY_OUTPUT, NULL), &replaying->complaints,
                        &replaying->output) == STATUS_OK) {
            code = replay_captures(replaying);
        }
        complaints_print(&replaying->complaints, stderr);
        complaints_clear(&replaying->complaints);
        replay_close(replaying->replay);
        free(replaying->captures);
    }
    free(replaying);
    options_release(&options);
    return code;
}
