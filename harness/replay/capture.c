/* SPDX-License-Identifier: MIT */

#include "harness/replay/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"

/* libpcap reads through the stream; the usual 4 KiB cost it twice the time. */
enum { STREAM_BUFFER = 256 * 1024 };

struct reading {
    pcap_t *pcap;
    capture_visit *visit;
    void *context;
    struct capture_result *result;
    bool stopped;
};

const char *capture_library(void)
{
    return pcap_lib_version();
}

static const struct {
    int number;
    enum link_type link;
} links[] = {
    {DLT_EN10MB, LINK_ETHERNET}, {DLT_RAW, LINK_RAW},          {DLT_IPV4, LINK_IPV4},
    {DLT_IPV6, LINK_IPV6},       {DLT_LINUX_SLL, LINK_COOKED}, {DLT_LINUX_SLL2, LINK_COOKED2},
    {DLT_NULL, LINK_NULL},       {DLT_LOOP, LINK_LOOP},        {DLT_PPP, LINK_PPP},
    {DLT_PPP_SERIAL, LINK_PPP},  {DLT_PPP_ETHER, LINK_PPPOE},  {DLT_C_HDLC, LINK_CISCO_HDLC},
};

static enum link_type link_of(int number)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (links[i].number == number) {
            return links[i].link;
        }
    }
    return LINK_UNKNOWN;
}

static void conclude(struct capture_result *result, enum capture_verdict verdict, const char *why)
{
    result->verdict = verdict;
    (void)snprintf(result->why, sizeof result->why, "%s", why);
}

static uint64_t microseconds(const struct pcap_pkthdr *header)
{
    const int64_t seconds = (int64_t)header->ts.tv_sec;
    const int64_t rest = (int64_t)header->ts.tv_usec;

    if (seconds < 0 || seconds > INT64_C(0xFFFFFFFFFF)) {
        return 0;
    }
    /* A damaged file may say anything here. */
    return (uint64_t)seconds * 1000000 + (rest >= 0 && rest < 1000000 ? (uint64_t)rest : 0);
}

static void take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct reading *reading = (struct reading *)(void *)user;
    const struct capture_packet packet = {
        .bytes = bytes,
        .captured = header->caplen,
        .wire = header->len,
        .time = microseconds(header),
        .link = reading->result->link,
    };

    reading->result->packets++;
    if (!reading->visit(reading->context, &packet)) {
        reading->stopped = true;
        pcap_breakloop(reading->pcap);
    }
}

static bool use_filter(pcap_t *pcap, const char *filter, struct capture_result *result)
{
    struct bpf_program program;
    bool used;

    if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        conclude(result, CAPTURE_REFUSED, pcap_geterr(pcap));
        return false;
    }
    used = pcap_setfilter(pcap, &program) == 0;
    if (!used) {
        conclude(result, CAPTURE_REFUSED, pcap_geterr(pcap));
    }
    pcap_freecode(&program);
    return used;
}

static void read_all(struct reading *reading)
{
    struct capture_result *result = reading->result;
    const int answer = pcap_loop(reading->pcap, -1, take, (u_char *)reading);

    if (reading->stopped) {
        conclude(result, CAPTURE_STOPPED, "");
    } else if (answer < 0) {
        const char *why = pcap_geterr(reading->pcap);

        conclude(result, strstr(why, "truncated") != NULL ? CAPTURE_CUT : CAPTURE_DAMAGED, why);
    } else {
        conclude(result, result->packets > 0 ? CAPTURE_WHOLE : CAPTURE_EMPTY, "");
    }
}

static void read_open(struct reading *reading, const char *filter)
{
    const int number = pcap_datalink(reading->pcap);
    const char *name = pcap_datalink_val_to_name(number);

    reading->result->link = link_of(number);
    if (name != NULL) {
        (void)snprintf(reading->result->link_name, sizeof reading->result->link_name, "%s", name);
    } else {
        (void)snprintf(reading->result->link_name, sizeof reading->result->link_name, "%d", number);
    }
    if (filter == NULL || use_filter(reading->pcap, filter, reading->result)) {
        read_all(reading);
    }
}

void capture_read_stream(FILE *stream, const char *filter, capture_visit *visit, void *context,
                         struct capture_result *result)
{
    struct reading reading = {.visit = visit, .context = context, .result = result};
    char why[PCAP_ERRBUF_SIZE] = "";
    char *buffer = malloc(STREAM_BUFFER);

    *result = (struct capture_result){.verdict = CAPTURE_UNREADABLE};
    if (buffer != NULL) {
        (void)setvbuf(stream, buffer, _IOFBF, STREAM_BUFFER);
    }
    reading.pcap = pcap_fopen_offline(stream, why);
    if (reading.pcap != NULL) {
        read_open(&reading, filter);
        pcap_close(reading.pcap);
    } else {
        conclude(result, CAPTURE_UNREADABLE, why);
        if (stream != stdin) {
            (void)fclose(stream);
        }
    }
    /* Standard input stays open, and its buffer must stay with it. */
    if (stream != stdin) {
        free(buffer);
    }
}

void capture_read(const char *path, const char *filter, capture_visit *visit, void *context,
                  struct capture_result *result)
{
    FILE *stream = stdin;

    if (strcmp(path, "-") != 0) {
        errno = EISDIR;
        stream = files_is_directory(path) ? NULL : files_open(path, "rb");
    }
    if (stream == NULL) {
        *result = (struct capture_result){.verdict = CAPTURE_UNREADABLE};
        conclude(result, CAPTURE_UNREADABLE, strerror(errno));
        return;
    }
    capture_read_stream(stream, filter, visit, context, result);
}
