/* SPDX-License-Identifier: MIT */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli.h"
#include "harness/cli_replay_options.h"
#include "harness/cli_replay_policy.h"
#include "harness/output.h"
#include "harness/platform/clock.h"
#include "harness/platform/console.h"
#include "harness/platform/interrupt.h"
#include "harness/replay/replay_report.h"

enum { ASK_EVERY = 4096, SHOW_EVERY = ASK_EVERY * 64 };

struct replaying {
    const struct options *options;
    const struct replay_format *format;
    struct replay_report report;
    struct replay_capture *captures;
    struct replay *replay;
    struct output_file output;
    struct complaints complaints;
    struct replay_policy with;
    enum status status; /* of the flow table */
    bool progress;
};

static uint8_t choose_class(void *context, const struct flow_summary *flow)
{
    const struct replaying *replaying = context;

    return policy_class_choose(replaying->with.classes, flow);
}

static void take_flow(void *context, const struct flow_summary *flow)
{
    const struct replaying *replaying = context;

    if (replaying->with.classes != NULL) {
        policy_class_count(replaying->with.classes, flow);
    }
    if (replaying->with.picks != NULL) {
        vector_pick(replaying->with.picks, &replaying->report, flow);
    }
    if (replaying->format->flow != NULL) {
        replaying->format->flow(&replaying->report, flow);
    }
}

static void show_progress(const struct replaying *replaying, bool over)
{
    if (replaying->progress) {
        (void)fprintf(stderr, over ? "\r\033[K" : "\r%" PRIu64 " packets",
                      replay_counts(replaying->replay)->packets);
        (void)fflush(stderr);
    }
}

static bool is_passed(uint64_t every, uint64_t before, uint64_t after)
{
    return before / every != after / every;
}

static bool take_packets(void *context, const struct capture_packet *packets, size_t count)
{
    struct replaying *replaying = context;
    const uint64_t before = replay_counts(replaying->replay)->packets;

    replaying->status = replay_packets(replaying->replay, packets, count);
    if (is_passed(SHOW_EVERY, before, before + count)) {
        show_progress(replaying, false);
    }
    return replaying->status == STATUS_OK &&
           !(is_passed(ASK_EVERY, before, before + count) && interrupted());
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
        capture_read(capture->path, report->filter, take_packets, replaying, &capture->result);
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
    consumer.begin = replaying->with.classes != NULL ? choose_class : NULL;
    consumer.end = replaying->format->flow != NULL || consumer.begin != NULL ? take_flow : NULL;
    replaying->captures = calloc(options->positional_count, sizeof *replaying->captures);
    replaying->replay = replay_open(&settings, &consumer);
    replaying->report = (struct replay_report){
        .out = replaying->output.stream,
        .filter = options_text(options, REPLAY_FILTER, NULL),
        .captures = replaying->captures,
        .count = options->positional_count,
        .replay = replaying->replay,
        .classes = replaying->with.classes,
        .policy = options_text(options, REPLAY_POLICY, NULL),
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
    switch (replay_policy_finish(&replaying->with, &replaying->report, &replaying->complaints)) {
    case STATUS_OK:
        break;
    case STATUS_BAD_INPUT:
        code = EXIT_USAGE;
        break;
    case STATUS_BROKEN:
        code = EXIT_BROKEN;
        break;
    }
    return output_commit(&replaying->output, &replaying->complaints) == STATUS_OK ? code
                                                                                  : EXIT_BROKEN;
}

static enum status open_policy(struct replaying *replaying)
{
    const struct options *options = replaying->options;
    const struct policy_wishes wishes = {
        .policy = options_text(options, REPLAY_POLICY, NULL),
        .profile = options_text(options, REPLAY_PROFILE, NULL),
        .folder = options_text(options, REPLAY_EMIT, NULL),
        .glob = options_text(options, REPLAY_EMIT_FLOWS, NULL),
        .max = options_number(options, REPLAY_EMIT_MAX, REPLAY_EMIT_USUALLY),
        .captures = options->positionals,
        .capture_count = options->positional_count,
    };

    return replay_policy_open(&wishes, &replaying->complaints, &replaying->with);
}

static int replay_all(struct replaying *replaying)
{
    const struct options *options = replaying->options;
    const bool human = strcmp(options_text(options, REPLAY_FORMAT, "human"), "human") == 0;
    const enum status status = open_policy(replaying);

    if (status != STATUS_OK) {
        return status == STATUS_BROKEN ? EXIT_BROKEN : EXIT_USAGE;
    }
    replaying->format = human ? &replay_human : &replay_jsonl;
    interrupt_watch(); /* before there is a half written file to be left behind */
    if (output_open(options_text(options, REPLAY_OUTPUT, NULL), &replaying->complaints,
                    &replaying->output) != STATUS_OK) {
        return EXIT_USAGE;
    }
    return replay_captures(replaying);
}

int cli_replay(int argc, char **argv)
{
    struct options options;
    struct replaying *replaying;
    int code;

    if (!command_begin(&replay_command, argc, argv, &options, &code)) {
        return code;
    }
    code = EXIT_BROKEN;
    replaying = calloc(1, sizeof *replaying);
    if (replaying != NULL) {
        replaying->options = &options;
        code = replay_all(replaying);
        complaints_print(&replaying->complaints, stderr);
        complaints_clear(&replaying->complaints);
        replay_close(replaying->replay);
        replay_policy_close(&replaying->with);
        free(replaying->captures);
    }
    free(replaying);
    options_release(&options);
    return code;
}
