/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/answer.h"

#define ANSWER(key, name, ...) [WFP_KEY_##key] = {name, WFP_TYPE_ANSWER, __VA_ARGS__, 0}
#define NUMBER(key, name, type, value) [WFP_KEY_##key] = {name, type, PASS, value}
#define ORDER(key, name) [WFP_KEY_##key] = {name, WFP_TYPE_ORDER, PASS, 0}

struct key {
    const char *name;
    enum wfp_key_type type;
    struct wfp_answer answer; /* the documented value */
    uint32_t number;
};

static const struct key keys[WFP_KEY_COUNT] = {
    ORDER(ERROR_PRECEDENCE, "error-precedence"),
    ANSWER(NOT_STARTED, "not-started", UNCHANGED(10093)),
    ANSWER(NULL_BYTE_COUNT, "null-byte-count", UNCHANGED(10014)),
    ANSWER(NULL_BYTE_COUNT_OVERLAPPED, "null-byte-count-overlapped", PASS),
    ANSWER(UNMAPPED_BYTE_COUNT, "unmapped-byte-count", UNCHANGED(10014)),
    ANSWER(UNMAPPED_OVERLAPPED, "unmapped-overlapped", BYTES(10014, 0)),
    ANSWER(UNSUPPORTED, "unsupported", PASS),
    ANSWER(UNKNOWN_CODE, "unknown-code", BYTES(10022, 0)),
    ANSWER(FLUSH, "flush", BYTES(0, 0)),
    ANSWER(OVERLAPPED, "overlapped", PASS),
    ANSWER(OVERLAPPED_ON_PLAIN_SOCKET, "overlapped-on-plain-socket", PASS),
    ANSWER(COMPLETION_EVENT, "completion-event", UNCHANGED(0)),
    ANSWER(WIN32_TOO_SMALL, "win32-too-small", NEEDED(122)),
    ANSWER(WIN32_NO_RECORD, "win32-no-record", BYTES(10022, 0)),
    ANSWER(FLUSH_PENDED, "flush-pended", BYTES(995, 0)),
    ANSWER(TOO_SMALL, "too-small", NEEDED(122)),
    ANSWER(TINY_BUFFER, "tiny-buffer", BYTES(10022, 0)),
    ANSWER(ZERO_SIZE_QUERY, "zero-size-query", NEEDED(122)),
    ANSWER(NO_RECORD, "no-record", BYTES(10022, 0)),
    ANSWER(NO_RECORD_SIZE_QUERY, "no-record-size-query", BYTES(10022, 0)),
    ANSWER(NO_CONTEXT, "no-context", BYTES(10022, 0)),
    ANSWER(UNCONNECTED, "unconnected", BYTES(10057, 0)),
    ANSWER(LISTENING, "listening", BYTES(10057, 0)),
    ANSWER(QUERY_ON_UDP_UNCONNECTED, "query-on-udp-unconnected", BYTES(10057, 0)),
    ANSWER(QUERY_ON_UDP_CONNECTED, "query-on-udp-connected", PASS),
    ANSWER(QUERY_ON_RAW, "query-on-raw", BYTES(10022, 0)),
    ANSWER(MISALIGNED_RECORDS, "misaligned-records", PASS),
    ANSWER(MISALIGNED_CONTEXT, "misaligned-context", PASS),
    ANSWER(QUERY_AGAIN, "query-again", PASS),
    ANSWER(QUERY_INPUT, "query-input", PASS),
    ANSWER(QUERY_NEEDS_ADMIN, "query-needs-admin", PASS),
    ANSWER(ACCEPT_NOT_UPDATED, "accept-not-updated", PASS),
    ANSWER(DUPLICATED_SOCKET, "duplicated-socket", PASS),
    ANSWER(AFTER_SHUTDOWN, "after-shutdown", PASS),
    NUMBER(SET_RECORD_VISIBLE, "set-record-visible", WFP_TYPE_FLAG, 0),
    NUMBER(CONTEXT_OF_LAST, "context-of-last", WFP_TYPE_FLAG, 1),
    ANSWER(SET_SUCCESS, "set-success", BYTES(0, 0)),
    ANSWER(SET_NEEDS_ADMIN, "set-needs-admin", BYTES(10013, 0)),
    ANSWER(SET_OUTPUT_SIZE, "set-output-size", BYTES(10022, 0)),
    ANSWER(SET_NULL_INPUT, "set-null-input", BYTES(10014, 0)),
    ANSWER(SET_EMPTY, "set-empty", BYTES(10022, 0)),
    ANSWER(SET_GARBAGE, "set-garbage", BYTES(10022, 0)),
    ANSWER(SET_TRUNCATED, "set-truncated", BYTES(10022, 0)),
    ANSWER(SET_EXTENDED, "set-extended", BYTES(10022, 0)),
    ANSWER(SET_FOREIGN, "set-foreign", BYTES(10022, 0)),
    ANSWER(SET_DEAD_HANDLE, "set-dead-handle", PASS),
    ANSWER(SET_ON_UDP, "set-on-udp", BYTES(10022, 0)),
    ANSWER(SET_ON_RAW, "set-on-raw", BYTES(10022, 0)),
    ANSWER(SET_AFTER_BIND, "set-after-bind", PASS),
    ANSWER(SET_AFTER_CONNECT, "set-after-connect", PASS),
    ANSWER(SET_AGAIN, "set-again", PASS),
    ANSWER(SET_FAN_OUT, "set-fan-out", PASS),
    ANSWER(TARGET_PID_ZERO, "target-pid-zero", UNCHANGED(10013)),
    NUMBER(BIND_REDIRECT_RECORD, "bind-redirect-record", WFP_TYPE_FLAG, 0),
    NUMBER(REMOTE_REDIRECT_RECORD, "remote-redirect-record", WFP_TYPE_FLAG, 0),
    NUMBER(RECORD_HEADER, "record-header", WFP_TYPE_SIZE, 188),
    NUMBER(RECORD_HOP, "record-hop", WFP_TYPE_SIZE, 560),

    /* ---- the kernel face ---- */
    ANSWER(STATE_PREVIOUS_SELF, "state-previous-self", STATE(WFP_PREVIOUSLY_REDIRECTED_BY_SELF)),
    ANSWER(STATE_REPEATED_SELF, "state-repeated-self", STATE(WFP_REDIRECTED_BY_SELF)),
    ANSWER(REAUTHORIZE_FLAG_INLINE, "reauthorize-flag-inline", MISUSE),
    ANSWER(REAUTHORIZE_AT_REDIRECT, "reauthorize-at-redirect", UNCHANGED(0)),
    ANSWER(AUTH_CONNECT_TARGET_PID, "auth-connect-target-pid", FIELD(WFP_PRESENT)),
    ANSWER(AUTH_CONNECT_DESTINATION, "auth-connect-destination", FIELD(WFP_PRESENT)),
    ANSWER(OPTIONS, "options", PASS),
    ANSWER(OPTION_LEVEL, "option-level", UNCHANGED(10042)),
    ANSWER(OPTION_SHORT, "option-short", UNCHANGED(10014)),
    ANSWER(OPTION_SIZE, "option-size", BYTES(0, 4)),
    NUMBER(OPTION_LATE, "option-late", WFP_TYPE_FLAG, 0),
    ANSWER(SEND_ON_STREAM, "send-on-stream", UNCHANGED(10045)),
    ANSWER(RECEIVE_ON_STREAM, "receive-on-stream", UNCHANGED(10045)),
    ANSWER(PEEK_ON_STREAM, "peek-on-stream", UNCHANGED(10045)),
    ANSWER(SEND_NULL_COUNT, "send-null-count", UNCHANGED(10014)),
    ANSWER(RECEIVE_NULL_COUNT, "receive-null-count", UNCHANGED(10014)),
    ANSWER(MESSAGE_NULL_NAME, "message-null-name", UNCHANGED(10014)),
    ANSWER(MESSAGE_NULL_CONTROL, "message-null-control", UNCHANGED(10014)),
    ANSWER(MESSAGE_FLAGS, "message-flags", UNCHANGED(10045)),
    ANSWER(SEND_UNBOUND, "send-unbound", UNCHANGED(10022)),
    ANSWER(SEND_NO_DESTINATION, "send-no-destination", UNCHANGED(10057)),
    ANSWER(RECEIVE_UNBOUND, "receive-unbound", UNCHANGED(10022)),
    ANSWER(RECEIVE_CUT, "receive-cut", NEEDED(10040)),
    ANSWER(SEND_OBJECT_LENGTH, "send-object-length", UNCHANGED(10022)),
    ANSWER(SEND_OBJECT_TYPE, "send-object-type", UNCHANGED(10022)),
    ANSWER(SEND_OBJECT_EMPTY, "send-object-empty", UNCHANGED(10022)),
    ANSWER(SEND_OBJECT_LEVEL, "send-object-level", UNCHANGED(10022)),
    ANSWER(SEND_RECORD_TWICE, "send-record-twice", UNCHANGED(10022)),
    ANSWER(SEND_RECORD_INVALID, "send-record-invalid", UNCHANGED(10022)),
    ANSWER(SEND_RECORD_LATE, "send-record-late", PASS),
    ANSWER(SEND_RECORD_CONNECTED, "send-record-connected", PASS),
    NUMBER(TRUNC_FLAG, "trunc-flag", WFP_TYPE_FLAG, 1),
    NUMBER(CONTROL_PARTIAL, "control-partial", WFP_TYPE_FLAG, 0),
    NUMBER(PEEK_SHOWS_RECORD, "peek-shows-record", WFP_TYPE_FLAG, 1),
    NUMBER(MAPPED_LEVEL_IP, "mapped-level-ip", WFP_TYPE_FLAG, 1),
    NUMBER(UDP_IDLE, "udp-idle", WFP_TYPE_DURATION, 60),
};

const char *wfp_key_name(enum wfp_key key)
{
    return (size_t)key < WFP_KEY_COUNT ? keys[key].name : NULL;
}

enum wfp_key wfp_key_named(const char *name)
{
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        if (strcmp(keys[key].name, name) == 0) {
            return (enum wfp_key)key;
        }
    }
    return WFP_KEY_NONE;
}

enum wfp_key_type wfp_key_type(enum wfp_key key)
{
    return (size_t)key < WFP_KEY_COUNT ? keys[key].type : WFP_TYPE_ANSWER;
}

void wfp_profile_documented(struct wfp_profile *profile)
{
    memset(profile, 0, sizeof *profile);
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        struct wfp_choice *choice = &profile->keys[key];

        choice->count = 1;
        choice->values[0].answer = keys[key].answer;
        choice->values[0].number = keys[key].number;
    }
    for (unsigned stage = 0; stage < WFP_STAGE_COUNT; stage++) {
        profile->keys[WFP_KEY_ERROR_PRECEDENCE].values[0].order[stage] = (uint8_t)stage;
    }
}

uint32_t wfp_record_size(const struct wfp_profile *profile, uint32_t hops, uint32_t context)
{
    return profile->keys[WFP_KEY_RECORD_HEADER].values[0].number +
           hops * profile->keys[WFP_KEY_RECORD_HOP].values[0].number + context;
}
