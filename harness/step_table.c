/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/reader.h"
#include "harness/vector.h"

_Static_assert(sizeof(enum wfp_pointer) == sizeof(int), "read_word() writes an int");

/* ---- words ---- */

static const struct word kind_rows[] = {
    {"socket", STEP_SOCKET},
    {"bind", STEP_BIND},
    {"listen", STEP_LISTEN},
    {"shutdown", STEP_SHUTDOWN},
    {"close", STEP_CLOSE},
    {"duplicate", STEP_DUPLICATE},
    {"connect", STEP_CONNECT},
    {"accept", STEP_ACCEPT},
    {"plain-accept", STEP_PLAIN_ACCEPT},
    {"redirected-accept", STEP_REDIRECTED_ACCEPT},
    {"handle", STEP_HANDLE},
    {"destroy-handle", STEP_DESTROY_HANDLE},
    {"process", STEP_PROCESS},
    {"thread-exit", STEP_THREAD_EXIT},
    {"ioctl", STEP_IOCTL},
    {"result", STEP_RESULT},
    {"event", STEP_EVENT},
    {"cancel", STEP_CANCEL},
    {"finish", STEP_FINISH},
    {"alertable-wait", STEP_ALERTABLE_WAIT},
    {"last-error", STEP_LAST_ERROR},
    {"state", STEP_STATE},

    {"callout", STEP_CALLOUT},
    {"context", STEP_CONTEXT},
    {"free-context", STEP_FREE_CONTEXT},
    {"connect-request", STEP_CONNECT_REQUEST},
    {"classify", STEP_CLASSIFY},
    {"look", STEP_LOOK},
    {"acquire", STEP_ACQUIRE},
    {"edit", STEP_EDIT},
    {"apply", STEP_APPLY},
    {"release", STEP_RELEASE},
    {"pend", STEP_PEND},
    {"complete", STEP_COMPLETE},
    {"action", STEP_ACTION},
    {"return", STEP_RETURN},
    {"sio-records", STEP_SIO_RECORDS},
    {"connect-end", STEP_CONNECT_END},
    {"reauthorize", STEP_REAUTHORIZE},
    {"option-set", STEP_OPTION_SET},
    {"option-get", STEP_OPTION_GET},
    {"datagram-connect", STEP_DATAGRAM_CONNECT},
    {"send", STEP_SEND},
    {"receive", STEP_RECEIVE},
    {"clock", STEP_CLOCK},
    {"flow-state", STEP_FLOW_STATE},
};
static const struct word family_rows[] = {{"ipv4", WFP_IPV4}, {"ipv6", WFP_IPV6}};
static const struct word type_rows[] = {{"tcp", WFP_TCP}, {"udp", WFP_UDP}, {"raw", WFP_RAW}};
static const struct word layer_rows[] = {
    {"connect", WFP_LAYER_CONNECT_REDIRECT},
    {"bind", WFP_LAYER_BIND_REDIRECT},
};
static const struct word pointer_rows[] = {
    {"heap", WFP_POINTER_HEAP},
    {"stack", WFP_POINTER_STACK},
    {"misaligned", WFP_POINTER_MISALIGNED},
    {"null", WFP_POINTER_NULL},
    {"unmapped", WFP_POINTER_UNMAPPED},
    {"partly-unmapped", WFP_POINTER_PARTLY_UNMAPPED},
};
static const struct word count_rows[] = {
    {"valid", WFP_POINTER_HEAP},
    {"null", WFP_POINTER_NULL},
    {"unmapped", WFP_POINTER_UNMAPPED},
};
static const struct word given_rows[] = {
    {"valid", WFP_POINTER_HEAP},
    {"unmapped", WFP_POINTER_UNMAPPED},
};
static const struct word entry_rows[] = {
    {"WSAIoctl", WFP_ENTRY_WSAIOCTL},
    {"WSPIoctl", WFP_ENTRY_WSPIOCTL},
    {"WskControlSocket", WFP_ENTRY_WSK},
};
static const struct word fault_rows[] = {
    {"network-down", WFP_FAULT_NETWORK_DOWN},
    {"interrupted", WFP_FAULT_INTERRUPTED},
    {"callback-running", WFP_FAULT_CALLBACK_RUNNING},
    {"protocol", WFP_FAULT_PROTOCOL},
};
static const struct word channel_rows[] = {
    {"WSAGetOverlappedResult", WFP_CHANNEL_WSA},
    {"GetOverlappedResult", WFP_CHANNEL_WIN32},
    {"completion-port", WFP_CHANNEL_PORT},
    {"completion-routine", WFP_CHANNEL_ROUTINE},
};
static const struct word sweep_rows[] = {
    {"out.size", SWEEP_OUT_SIZE},   {"out.pointer", SWEEP_OUT_POINTER},
    {"in.size", SWEEP_IN_SIZE},     {"in.pointer", SWEEP_IN_POINTER},
    {"in.cut", SWEEP_IN_CUT},       {"in.extend", SWEEP_IN_EXTEND},
    {"in.alter", SWEEP_IN_ALTER},   {"code", SWEEP_CODE},
    {"count", SWEEP_COUNT_POINTER}, {"on", SWEEP_ON},
};

static const struct word send_rows[] = {
    {"WSASendMsg", WFP_MESSAGE_WSA},
    {"sendto", WFP_MESSAGE_PLAIN},
    {"WskSendTo", WFP_MESSAGE_WSK},
};
static const struct word receive_rows[] = {
    {"WSARecvMsg", WFP_MESSAGE_WSA},
    {"recvfrom", WFP_MESSAGE_PLAIN},
    {"WskReceiveFrom", WFP_MESSAGE_WSK},
};
static const struct word level_rows[] = {
    {"ip", WFP_IPPROTO_IP},
    {"ipv6", WFP_IPPROTO_IPV6},
    {"unknown", 250},
};
static const struct word object_rows[] = {
    {"records", WFP_REDIRECT_RECORDS},
    {"context", WFP_REDIRECT_CONTEXT},
    {"packet-info", 19},
    {"unknown", 4660},
};
static const struct word message_flag_rows[] = {
    {"oob", WFP_MSG_OOB},         {"peek", WFP_MSG_PEEK},   {"dontroute", WFP_MSG_DONTROUTE},
    {"partial", WFP_MSG_PARTIAL}, {"trunc", WFP_MSG_TRUNC}, {"ctrunc", WFP_MSG_CTRUNC},
};

const struct words send_words = WORDS(send_rows);
const struct words receive_words = WORDS(receive_rows);
const struct words level_words = WORDS(level_rows);
const struct words object_words = WORDS(object_rows);
const struct words message_flag_words = WORDS(message_flag_rows);
const struct words step_kind_words = WORDS(kind_rows);
const struct words family_words = WORDS(family_rows);
const struct words type_words = WORDS(type_rows);
const struct words layer_words = WORDS(layer_rows);
const struct words pointer_words = WORDS(pointer_rows);
const struct words count_words = WORDS(count_rows);
const struct words given_words = WORDS(given_rows);
const struct words entry_words = WORDS(entry_rows);
const struct words fault_words = WORDS(fault_rows);
const struct words channel_words = WORDS(channel_rows);
const struct words sweep_words = WORDS(sweep_rows);

const char *step_kind_name(enum step_kind kind)
{
    return word_text(&step_kind_words, (int)kind);
}

const char *sweep_field_name(enum sweep_field field)
{
    return word_text(&sweep_words, (int)field);
}

const char *pointer_name(enum wfp_pointer pointer)
{
    return word_text(&pointer_words, (int)pointer);
}

const char *entry_name(enum wfp_entry entry)
{
    return word_text(&entry_words, (int)entry);
}

const char *fault_name(enum wfp_fault fault)
{
    return word_text(&fault_words, (int)fault);
}

const char *channel_name(enum wfp_channel channel)
{
    return word_text(&channel_words, (int)channel);
}

bool sweep_pointer_parse(enum sweep_field field, const char *text, enum wfp_pointer *pointer)
{
    const struct words *words = field == SWEEP_COUNT_POINTER ? &count_words : &pointer_words;
    const struct word *word = word_find(words, text);
    if (word != NULL) {
        *pointer = (enum wfp_pointer)word->value;
    }
    return word != NULL;
}

/* ---- capabilities ---- */

static const char *const needs[NEED_COUNT] = {
    [NEED_REDIRECT] = "redirect",
    [NEED_KERNEL_FACE] = "kernel-face",
    [NEED_KERNEL_ENTRY] = "kernel-entry",
    [NEED_PROVIDER_ENTRY] = "provider-entry",
    [NEED_FAULT_INJECTION] = "fault-injection",
    [NEED_BAD_POINTERS] = "bad-pointers",
    [NEED_ELEVATION] = "elevation",
    [NEED_THREADS] = "threads",
    [NEED_RAW_SOCKETS] = "raw-sockets",
    [NEED_ACCEPT_EX] = "accept-ex",
    [NEED_DUPLICATE] = "duplicate",
    [NEED_CLOCK] = "clock",
    [NEED_DATAGRAMS] = "datagrams",
    [NEED_DATAGRAM_REDIRECT] = "datagram-redirect",
    [NEED_LAYOUT_64] = "layout-64",
    [NEED_LAYOUT_32] = "layout-32",
};

/* What a kind takes by itself. */
static const uint32_t kind_needs[STEP_KIND_COUNT] = {
    [STEP_DUPLICATE] = NEED_BIT(NEED_DUPLICATE),
    [STEP_HANDLE] = NEED_BIT(NEED_KERNEL_FACE),
    [STEP_DESTROY_HANDLE] = NEED_BIT(NEED_KERNEL_FACE),
    [STEP_STATE] = NEED_BIT(NEED_KERNEL_FACE),
    [STEP_THREAD_EXIT] = NEED_BIT(NEED_THREADS),
    [STEP_CLOCK] = NEED_BIT(NEED_CLOCK),
    [STEP_FLOW_STATE] = NEED_BIT(NEED_KERNEL_FACE) | NEED_BIT(NEED_DATAGRAM_REDIRECT),
    [STEP_OPTION_SET] = NEED_BIT(NEED_DATAGRAMS),
    [STEP_OPTION_GET] = NEED_BIT(NEED_DATAGRAMS),
    [STEP_DATAGRAM_CONNECT] = NEED_BIT(NEED_DATAGRAMS),
    [STEP_SEND] = NEED_BIT(NEED_DATAGRAMS),
    [STEP_RECEIVE] = NEED_BIT(NEED_DATAGRAMS),
};

static const uint32_t entry_needs[] = {
    [WFP_ENTRY_WSAIOCTL] = 0,
    [WFP_ENTRY_WSPIOCTL] = NEED_BIT(NEED_PROVIDER_ENTRY),
    [WFP_ENTRY_WSK] = NEED_BIT(NEED_KERNEL_ENTRY),
};

const char *need_name(enum need need)
{
    return (size_t)need < NEED_COUNT ? needs[need] : NULL;
}

static uint32_t need_if(bool condition, enum need need)
{
    return condition ? NEED_BIT(need) : 0;
}

static bool is_bad(enum wfp_pointer pointer)
{
    return pointer == WFP_POINTER_UNMAPPED || pointer == WFP_POINTER_PARTLY_UNMAPPED;
}

static uint32_t ioctl_needs(const struct ioctl_step *ioctl)
{
    bool bad = is_bad(ioctl->in.pointer) || is_bad(ioctl->out.pointer) || is_bad(ioctl->count) ||
               is_bad(ioctl->overlapped) || is_bad(ioctl->routine);
    return entry_needs[ioctl->entry] | need_if(bad, NEED_BAD_POINTERS) |
           need_if(ioctl->fault != WFP_FAULT_NONE, NEED_FAULT_INJECTION);
}

/* A redirect of datagrams takes more than one of connections. */
static bool is_datagrams(const struct step *step)
{
    return step->kind == STEP_SEND || step->kind == STEP_DATAGRAM_CONNECT;
}

static uint32_t message_needs(const struct message_step *message)
{
    const enum control_layout sent = message->control.layout;
    const enum control_layout room = message->room.layout;

    return need_if(message->entry == WFP_MESSAGE_WSK, NEED_KERNEL_ENTRY) |
           need_if(sent == CONTROL_64 || room == CONTROL_64, NEED_LAYOUT_64) |
           need_if(sent == CONTROL_32 || room == CONTROL_32, NEED_LAYOUT_32);
}

static uint32_t plain_needs(const struct step *step)
{
    return message_needs(&step->message) | kind_needs[step->kind] | ioctl_needs(&step->ioctl) |
           need_if(step->redirected, is_datagrams(step) ? NEED_DATAGRAM_REDIRECT : NEED_REDIRECT) |
           need_if(step->redirected && step->redirect.lost, NEED_FAULT_INJECTION) |
           need_if(kernel_step_is(step) || step->kernel.owner.given, NEED_KERNEL_FACE) |
           need_if(step->elevated.given, NEED_ELEVATION) | need_if(step->thread > 0, NEED_THREADS) |
           need_if(step->type == WFP_RAW, NEED_RAW_SOCKETS) |
           need_if(!step->update, NEED_ACCEPT_EX);
}

uint32_t step_needs(const struct step *step)
{
    uint32_t bits = plain_needs(step);
    for (size_t i = 0; step->sweep != NULL && i < step->sweep->count; i++) {
        const struct band *band = &step->sweep->bands[i];
        for (size_t j = 0; j < band->count; j++) {
            struct step copy;
            if (step_with_member(step, &band->members[j], &copy)) {
                bits |= plain_needs(&copy);
            }
        }
    }
    return bits;
}

/* ---- control codes ---- */

static const struct {
    const char *name;
    uint32_t code;
} codes[] = {
    {"QUERY_RECORDS", WFP_SIO_QUERY_RECORDS},
    {"QUERY_CONTEXT", WFP_SIO_QUERY_CONTEXT},
    {"SET_RECORDS", WFP_SIO_SET_RECORDS},
    {"FLUSH", WFP_SIO_FLUSH},
};

const char *ioctl_code_name(uint32_t code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == code) {
            return codes[i].name;
        }
    }
    return NULL;
}

bool ioctl_code_queries(uint32_t code)
{
    return code == WFP_SIO_QUERY_RECORDS || code == WFP_SIO_QUERY_CONTEXT;
}

/* ^0x[0-9A-F]{8}$ */
static bool parse_hex(const char *text, uint32_t *code)
{
    static const char digits[] = "0123456789ABCDEF";
    uint32_t value = 0;
    if (strncmp(text, "0x", 2) != 0 || strlen(text) != 10) {
        return false;
    }
    for (text += 2; *text != '\0'; text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL) {
            return false;
        }
        value = value << 4 | (uint32_t)(digit - digits);
    }
    *code = value;
    return true;
}

bool ioctl_code_parse(const char *text, uint32_t *code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(codes[i].name, text) == 0) {
            *code = codes[i].code;
            return true;
        }
    }
    return parse_hex(text, code);
}
