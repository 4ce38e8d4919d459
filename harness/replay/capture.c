/* SPDX-License-Identifier: MIT */

#include "harness/replay/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"
#include "harness/replay/pcapng_file.h"
#include "harness/replay/plain_file.h"

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

/* libpcap's number, which differs between systems; that in a file, which does not; ours. */
static const struct known_link {
    int number;
    uint32_t in_file;
    enum link_type link;
} links[] = {
    {DLT_EN10MB, 1, LINK_ETHERNET},
    {DLT_RAW, 101, LINK_RAW},
    {DLT_IPV4, 228, LINK_IPV4},
    {DLT_IPV6, 229, LINK_IPV6},
    {DLT_LINUX_SLL, 113, LINK_COOKED},
    {DLT_LINUX_SLL2, 276, LINK_COOKED2},
    {DLT_NULL, 0, LINK_NULL},
    {DLT_LOOP, 108, LINK_LOOP},
    {DLT_PPP, 9, LINK_PPP},
    {DLT_PPP_SERIAL, 50, LINK_PPP},
    {DLT_PPP_ETHER, 51, LINK_PPPOE},
    {DLT_C_HDLC, 104, LINK_CISCO_HDLC},
};

enum { LINKS = sizeof links / sizeof links[0] };

static void note_link(struct capture_result *result, int number)
{
    const char *name = pcap_datalink_val_to_name(number);

    for (size_t i = 0; i < LINKS; i++) {
        if (links[i].number == number) {
            result->link = links[i].link;
        }
    }
    if (name != NULL) {
        (void)snprintf(result->link_name, sizeof result->link_name, "%s", name);
    } else {
        (void)snprintf(result->link_name, sizeof result->link_name, "%d", number);
    }
}

static void conclude(struct capture_result *result, enum capture_verdict verdict, const char *why)
{
    result->verdict = verdict;
    (void)snprintf(result->why, sizeof result->why, "%s", why);
}

static uint64_t microseconds(const struct pcap_pkthdr *header)
{
    int64_t seconds = (int64_t)header->ts.tv_sec;
    const int64_t rest = (int64_t)header->ts.tv_usec;

    /* libpcap takes the 32 bits of a pcap file for signed: that is after 2038, not before 1970. */
    if (seconds < 0 && seconds >= INT32_MIN) {
        seconds += INT64_C(1) << 32;
    }
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
    if (!reading->visit(reading->context, &packet, 1)) {
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

        conclude(result, strstr(why, "truncated") != NULL ? CAPTURE_CUT : CAPTURE_PARTLY, why);
    } else {
        conclude(result, result->packets > 0 ? CAPTURE_WHOLE : CAPTURE_EMPTY, "");
    }
}

static void read_open(struct reading *reading, const char *filter)
{
    note_link(reading->result, pcap_datalink(reading->pcap));
    if (filter == NULL || use_filter(reading->pcap, filter, reading->result)) {
        read_all(reading);
    }
}

/* Where libpcap makes a stream of its own out of ours (it is a macro there), ours is left over. */
static void close_pcap(pcap_t *pcap, FILE *stream)
{
    pcap_close(pcap);
#ifdef pcap_fopen_offline
    if (stream != stdin) {
        (void)fclose(stream);
    }
#else
    (void)stream;
#endif
}

static void read_stream(FILE *stream, const char *filter, struct reading *reading)
{
    char why[PCAP_ERRBUF_SIZE] = "";

    reading->pcap = pcap_fopen_offline(stream, why);
    if (reading->pcap != NULL) {
        read_open(reading, filter);
        close_pcap(reading->pcap, stream);
        return;
    }
    conclude(reading->result, CAPTURE_UNREADABLE, why);
    if (stream != stdin) {
        (void)fclose(stream);
    }
}

void capture_read_stream(FILE *stream, const char *filter, capture_visit *visit, void *context,
                         struct capture_result *result)
{
    /* Standard input stays open as long as the program, and so must its buffer. */
    static char for_standard_input[STREAM_BUFFER];
    struct reading reading = {.visit = visit, .context = context, .result = result};
    char *buffer = NULL;

    *result = (struct capture_result){.verdict = CAPTURE_UNREADABLE};
    if (stream == stdin) {
        (void)setvbuf(stream, for_standard_input, _IOFBF, STREAM_BUFFER);
        read_stream(stream, filter, &reading);
        return;
    }
    buffer = malloc(STREAM_BUFFER);
    if (buffer != NULL) {
        (void)setvbuf(stream, buffer, _IOFBF, STREAM_BUFFER);
    }
    read_stream(stream, filter, &reading);
    free(buffer);
}

/* False: not a file of the common kind, or of a link that only libpcap may know. */
static bool read_plain(FILE *stream, capture_visit *visit, void *context,
                       struct capture_result *result)
{
    struct plain_head head;

    if (!plain_file_begin(stream, &head)) {
        return false;
    }
    for (size_t i = 0; i < LINKS; i++) {
        if (links[i].in_file == head.link) {
            *result = (struct capture_result){.verdict = CAPTURE_UNREADABLE};
            note_link(result, links[i].number);
            return plain_file_read(stream, &head, visit, context, result);
        }
    }
    return false;
}

/* A pipe could not be read again by libpcap, should it not be such a file. */
static bool read_plain_file(const char *path, capture_visit *visit, void *context,
                            struct capture_result *result)
{
    FILE *stream = files_kind(path) == FILES_REGULAR ? files_open(path, "rb") : NULL;
    bool plain;

    if (stream == NULL) {
        return false;
    }
    plain = read_plain(stream, visit, context, result);
    (void)fclose(stream);
    return plain;
}

static enum link_type link_in_file(uint32_t number, char name[64])
{
    for (size_t i = 0; i < LINKS; i++) {
        if (links[i].in_file == number) {
            (void)snprintf(name, 64, "%s", pcap_datalink_val_to_name(links[i].number));
            return links[i].link;
        }
    }
    (void)snprintf(name, 64, "%" PRIu32, number);
    return LINK_UNKNOWN;
}

/* libpcap has one link type for a whole file, and says so when an interface has another. */
static void go_on_with_links(const char *path, const char *filter, capture_visit *visit,
                             void *context, struct capture_result *result)
{
    FILE *stream = NULL;

    if (result->verdict != CAPTURE_PARTLY || (filter != NULL && filter[0] != '\0') ||
        strstr(result->why, "different from the type of the first interface") == NULL) {
        return;
    }
    stream = files_kind(path) == FILES_REGULAR ? files_open(path, "rb") : NULL;
    if (stream == NULL) {
        return;
    }
    result->link_name[0] = '\0';
    (void)pcapng_file_go_on(stream, link_in_file, visit, context, result);
    (void)fclose(stream);
}

void capture_read(const char *path, const char *filter, capture_visit *visit, void *context,
                  struct capture_result *result)
{
    FILE *stream;

    if (strcmp(path, "-") == 0) {
        capture_read_stream(stdin, filter, visit, context, result);
        return;
    }
    if (filter == NULL && read_plain_file(path, visit, context, result)) {
        return;
    }
    errno = EISDIR;
    stream = files_is_directory(path) ? NULL : files_open(path, "rb");
    if (stream == NULL) {
        *result = (struct capture_result){.verdict = CAPTURE_UNREADABLE};
        conclude(result, CAPTURE_UNREADABLE, strerror(errno));
        return;
    }
    capture_read_stream(stream, filter, visit, context, result);
    go_on_with_links(path, filter, visit, context, result);
}
