/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/proxy.h"

#include <stdio.h>
#include <string.h>

#include "harness/address.h"
#include "harness/complaint.h"
#include "harness/lab/context/stand_in_missing.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/trace/trace.h"
#include "harness/text.h"

enum {
    PLACES_SHOWN = 4,
    MISSING_SHOWN = 12 /* lines */,
    OUTPUT_SHOWN = PROXY_OUTPUT_MAX / 4 /* bytes */
};

/* What is missing, in words: an address, or the interposer. */
static void describe_missing(const struct proxy *proxy, char *text, size_t size)
{
    const struct lab_program *program = proxy->program;
    const char *what = "listens on";
    char address[ADDRESS_TEXT_MAX] = "";

    for (size_t i = 0; *address == '\0' && i < program->listen_count; i++) {
        if (!proxy->listens[i]) {
            address_print(&program->listen[i], address, sizeof address);
        }
    }
    for (size_t i = 0; *address == '\0' && i < program->udp_count; i++) {
        if (!proxy->receives[i]) {
            address_print(&program->udp[i], address, sizeof address);
            what = "receives datagrams on";
        }
    }
    (void)snprintf(text, size, "a program that %s %s", what, address);
}

/* "; it listens on A, it receives datagrams on B": what it was told to may be another address. */
static void add_places(const struct process *process, unsigned *shown, struct text *text)
{
    for (uint32_t i = 0; i < process->room && *shown < PLACES_SHOWN; i++) {
        const struct socket *socket = process->sockets[i];
        char address[ADDRESS_TEXT_MAX];

        if (socket == NULL || !socket->bound || (socket->type == WFP_TCP && !socket->listening)) {
            continue;
        }
        address_print(&socket->local, address, sizeof address);
        text_add(text, "%s it %s %s", (*shown)++ == 0 ? ";" : ",",
                 socket->type == WFP_TCP ? "listens on" : "receives datagrams on", address);
    }
}

static void add_all_places(const struct proxy *proxy, struct text *text)
{
    const struct lab *lab = proxy->lab;
    unsigned shown = 0;

    for (size_t i = 0; i < lab->process_count; i++) {
        if (lab->processes[i]->proxy == proxy && lab->processes[i]->peer != NULL) {
            add_places(lab->processes[i], &shown, text);
        }
    }
}

/* The usual reason: a proxy without its driver does not start. */
static void add_missing(const struct proxy *proxy, struct text *text)
{
    struct text missing = {0};
    unsigned shown = 0;

    stand_in_missing(proxy->lab->trace, &missing);
    for (char *line = missing.bytes; line != NULL && *line != '\0' && shown < MISSING_SHOWN;) {
        const size_t length = strcspn(line, "\n");

        text_add(text, "%s%.*s", shown++ == 0 ? "; no stand-in names: " : ", ", (int)length, line);
        line += length + (line[length] != '\0');
    }
    text_clear(&missing);
}

static bool has_other_processes(const struct trace *trace)
{
    struct event event;

    for (size_t i = 0; i < trace_count(trace); i++) {
        trace_get(trace, i, &event);
        if (event.kind == EVENT_CHILD && event_number(&event, FIELD_FLAGS) == 0) {
            return true;
        }
    }
    return false;
}

/* The last of it. */
static void add_output(const struct proxy_output *output, struct text *text)
{
    const size_t size = output->size < OUTPUT_SHOWN ? output->size : OUTPUT_SHOWN;
    char last[OUTPUT_SHOWN + 1];

    memcpy(last, output->bytes + output->size - size, size);
    last[size] = '\0';
    text_add(text, size == 0 ? "; it printed nothing" : "; it printed: ");
    text_add_safe(text, last, false);
}

void proxy_complain_of_absence(const struct proxy *proxy)
{
    struct text actual = {0};
    char expected[128];

    describe_missing(proxy, expected, sizeof expected);
    if (proxy->word == PROXY_SAID_ENDED) {
        text_add(&actual,
                 proxy->exit_code > INT32_MAX ? "it ended with exit code 0x%08lX"
                                              : "it ended with exit code %lu",
                 (unsigned long)proxy->exit_code);
    } else if (proxy->word == PROXY_SAID_ERROR) {
        text_add(&actual, "wfpcheck-launch could not start it");
    } else if (proxy->ended) {
        text_add(&actual, "%s ended with exit code %lld before it ran",
                 proxy->group != 0 ? "Wine" : "wfpcheck-launch", (long long)proxy->launcher_code);
    } else if (proxy->word == PROXY_SAID_NOTHING) {
        text_add(&actual, "after %d s %s has not begun to start it", LAB_START_LIMIT / 1000,
                 proxy->group != 0 ? "Wine" : "wfpcheck-launch");
    } else if (proxy->main == NULL) {
        text_add(&actual, "after %d s nothing was heard from the interposer in it",
                 LAB_START_LIMIT / 1000);
    } else {
        text_add(&actual, "after %d s it runs, and does not", LAB_START_LIMIT / 1000);
    }
    add_all_places(proxy, &actual);
    add_missing(proxy, &actual);
    if (has_other_processes(proxy->lab->trace)) {
        text_add(&actual, "; it has started others, which --follow looks into");
    }
    add_output(&proxy->output, &actual);
    complain(proxy->lab->complaints, proxy->program->command[0], 0, "start", expected, "%s",
             text_bytes(&actual));
    text_clear(&actual);
}
