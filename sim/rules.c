/* SPDX-License-Identifier: MIT */

/*
 * The table. One row is one rule: when it applies (calls, needs, bars), how early it is looked at
 * (stage), and what it answers: a literal, or what the profile says under a key.
 */

#include "sim/answer.h"

#define CALL(name) WFP_BIT(WFP_CALL_##name)
#define QUERIES (CALL(QUERY_RECORDS) | CALL(QUERY_CONTEXT))
#define WFP_IOCTLS (QUERIES | CALL(SET_RECORDS))
#define IOCTLS (WFP_IOCTLS | CALL(FLUSH) | CALL(OTHER_CODE))
#define F(name) WFP_BIT(WFP_FACT_##name)
#define K(name) WFP_BIT(WFP_KERNEL_##name)
#define D(name) WFP_BIT(WFP_DATAGRAM_##name)
#define SENDS (CALL(SEND_MESSAGE) | CALL(SEND_PLAIN))
#define RECEIVES (CALL(RECEIVE_MESSAGE) | CALL(RECEIVE_PLAIN))
#define MESSAGES (CALL(SEND_MESSAGE) | CALL(RECEIVE_MESSAGE))
#define OPTIONS (CALL(OPTION_SET) | CALL(OPTION_GET))

#define LITERAL(...) .source = WFP_ANSWER_LITERAL, .answer = __VA_ARGS__
#define KEY(name) .source = WFP_ANSWER_KEY, .key = WFP_KEY_##name
#define STORED .source = WFP_ANSWER_STORED
#define KERNEL(...) .kernel = __VA_ARGS__
#define AT(name) .stage = WFP_STAGE_##name

#define INVALID_PARAMETER BYTES(0xC000000Du, 0)
#define NOT_FOUND BYTES(0xC0000225u, 0)

/* clang-format off */
static const struct wfp_rule rows[] = {
    /* ---- before the call is looked at ---- */
    {.id = "call.not-started", .clauses = "API-19 API-22", .calls = IOCTLS, AT(STARTUP),
     .needs = F(NOT_STARTED), .bars = F(KERNEL_ENTRY), KEY(NOT_STARTED)},
    {.id = "fault.network-down", .clauses = "API-12 ERR-09", .calls = WFP_IOCTLS, AT(FAULT),
     .needs = F(NETWORK_DOWN), LITERAL(BYTES(10050, 0)), KERNEL(BYTES(0xC000023Cu, 0))},
    {.id = "fault.interrupted", .clauses = "API-14 ERR-07", .calls = WFP_IOCTLS, AT(FAULT),
     .needs = F(INTERRUPTED), LITERAL(BYTES(10004, 0)), KERNEL(BYTES(0xC0000120u, 0))},
    {.id = "fault.callback-running", .clauses = "API-13 ERR-06", .calls = WFP_IOCTLS, AT(FAULT),
     .needs = F(CALLBACK_RUNNING), LITERAL(BYTES(10036, 0)), KERNEL(INVALID_PARAMETER)},
    {.id = "fault.protocol", .clauses = "API-15 ERR-10 SET-13", .calls = QUERIES, AT(FAULT),
     .needs = F(PROTOCOL_FAULT), LITERAL(BYTES(10042, 0)), KERNEL(INVALID_PARAMETER)},

    /* ---- the pointers that the call itself needs ---- */
    {.id = "byte-count.null", .clauses = "API-21 API-06 ERR-05 ERR-20", .calls = IOCTLS,
     AT(BYTE_COUNT), .needs = F(COUNT_NULL), .bars = F(OVERLAPPED) | F(KERNEL_ENTRY),
     KEY(NULL_BYTE_COUNT)},
    {.id = "byte-count.null-overlapped", .clauses = "API-21 OVL-05 ERR-20", .calls = IOCTLS,
     AT(BYTE_COUNT), .needs = F(COUNT_NULL) | F(OVERLAPPED), .bars = F(KERNEL_ENTRY),
     KEY(NULL_BYTE_COUNT_OVERLAPPED)},
    {.id = "byte-count.unmapped", .clauses = "API-06 ERR-05 SET-09 ERR-20", .calls = IOCTLS,
     AT(BYTE_COUNT), .needs = F(COUNT_UNMAPPED), .bars = F(OVERLAPPED) | F(KERNEL_ENTRY),
     KEY(UNMAPPED_BYTE_COUNT)},
    {.id = "byte-count.unmapped-overlapped", .clauses = "API-06 ERR-05", .calls = IOCTLS,
     AT(POINTERS), .needs = F(COUNT_UNMAPPED) | F(OVERLAPPED), .bars = F(KERNEL_ENTRY),
     KEY(UNMAPPED_BYTE_COUNT)},
    {.id = "overlapped.unmapped", .clauses = "API-06 OVL-02 ERR-05 ERR-20", .calls = IOCTLS,
     AT(OVERLAPPED), .needs = F(OVERLAPPED_UNMAPPED), .bars = F(KERNEL_ENTRY),
     KEY(UNMAPPED_OVERLAPPED)},

    /* ---- socket handle and control code ---- */
    {.id = "handle.not-a-socket", .clauses = "API-10 ERR-12", .calls = IOCTLS, AT(HANDLE),
     .needs = F(NOT_A_SOCKET), LITERAL(BYTES(10038, 0)), KERNEL(BYTES(0xC0000008u, 0))},
    {.id = "code.unsupported", .clauses = "API-11 ERR-13 ERR-20 DEF-02 DEF-05",
     .calls = WFP_IOCTLS | CALL(FLUSH), AT(CODE), KEY(UNSUPPORTED),
     KERNEL(BYTES(0xC00000BBu, 0))},
    {.id = "code.unknown", .clauses = "API-08 ERR-08 ERR-13 DEF-11", .calls = CALL(OTHER_CODE),
     AT(CODE), KEY(UNKNOWN_CODE), KERNEL(BYTES(0xC0000010u, 0))},
    {.id = "code.flush", .clauses = "OVL-08 DIA-06", .calls = CALL(FLUSH), AT(OUTCOME), KEY(FLUSH),
     KERNEL(BYTES(0, 0)), .effect = WFP_EFFECT_ABORT},

    /* ---- buffers ---- */
    {.id = "out.null", .clauses = "BUF-04 API-06 ERR-05", .calls = QUERIES, AT(POINTERS),
     .needs = F(OUT_NULL), .bars = F(COUNT_UNMAPPED), LITERAL(BYTES(10014, 0)),
     KERNEL(INVALID_PARAMETER)},
    {.id = "out.unmapped", .clauses = "API-06 ERR-05 SET-09", .calls = WFP_IOCTLS, AT(POINTERS),
     .needs = F(OUT_UNMAPPED), .bars = F(COUNT_UNMAPPED), LITERAL(BYTES(10014, 0)),
     KERNEL(INVALID_PARAMETER)},
    {.id = "in.unmapped", .clauses = "SET-09 API-06 ERR-05", .calls = CALL(SET_RECORDS),
     AT(POINTERS), .needs = F(IN_UNMAPPED), .bars = F(OUT_UNMAPPED) | F(COUNT_UNMAPPED),
     LITERAL(BYTES(10014, 0)), KERNEL(INVALID_PARAMETER)},
    {.id = "in.null", .clauses = "SET-09 SET-10", .calls = CALL(SET_RECORDS), AT(POINTERS),
     .needs = F(IN_NULL), .bars = F(OUT_UNMAPPED) | F(COUNT_UNMAPPED), KEY(SET_NULL_INPUT),
     KERNEL(INVALID_PARAMETER)},
    {.id = "routine.unmapped", .clauses = "API-06 SET-09", .calls = WFP_IOCTLS, AT(SIZES),
     .needs = F(ROUTINE_UNMAPPED), .bars = F(KERNEL_ENTRY),
     LITERAL(BYTES(10014, 0))},
    {.id = "out.tiny", .clauses = "QRY-08 CTX-05 BUF-03 ERR-08", .calls = QUERIES, AT(SIZES),
     .needs = F(OUT_TINY), .bars = F(KERNEL_ENTRY) | F(ROUTINE_UNMAPPED), KEY(TINY_BUFFER)},
    {.id = "query.input", .clauses = "QRY-04", .calls = QUERIES, AT(SIZES), .needs = F(IN_GIVEN),
     .bars = F(ROUTINE_UNMAPPED), KEY(QUERY_INPUT), KERNEL(INVALID_PARAMETER)},
    {.id = "set.output-size", .clauses = "SET-03", .calls = CALL(SET_RECORDS), AT(SIZES),
     .needs = F(OUT_GIVEN), .bars = F(ROUTINE_UNMAPPED), KEY(SET_OUTPUT_SIZE),
     KERNEL(INVALID_PARAMETER)},
    {.id = "set.empty", .clauses = "SET-10 ERR-08", .calls = CALL(SET_RECORDS), AT(SIZES),
     .bars = F(IN_GIVEN) | F(ROUTINE_UNMAPPED), KEY(SET_EMPTY), KERNEL(INVALID_PARAMETER)},

    /* ---- who may call, and does it wait ---- */
    {.id = "access.set", .clauses = "SET-08 SET-11 API-17 ERR-04 ERR-17", .calls = CALL(SET_RECORDS), AT(ACCESS),
     .needs = F(UNELEVATED), KEY(SET_NEEDS_ADMIN), KERNEL(BYTES(0xC0000022u, 0))},
    {.id = "access.query", .clauses = "API-17 QRY-15 CTX-06 ERR-17", .calls = QUERIES, AT(ACCESS),
     .needs = F(UNELEVATED), KEY(QUERY_NEEDS_ADMIN), KERNEL(BYTES(0xC0000022u, 0))},
    {.id = "pending.overlapped", .clauses = "OVL-02 OVL-03 OVL-04 OVL-05 OVL-06 OVL-12 ERR-02 ERR-20",
     .calls = IOCTLS, AT(PENDING), .needs = F(ASYNCHRONOUS), KEY(OVERLAPPED),
     KERNEL(UNCHANGED(0x103)), .effect = WFP_EFFECT_PEND},
    {.id = "pending.plain-socket", .clauses = "OVL-01 ERR-20", .calls = IOCTLS, AT(PENDING),
     .needs = F(OVERLAPPED), .bars = F(ASYNCHRONOUS), KEY(OVERLAPPED_ON_PLAIN_SOCKET),
     KERNEL(UNCHANGED(0x103)), .effect = WFP_EFFECT_PEND},

    /* ---- the socket that is asked ---- */
    {.id = "socket.listening", .clauses = "QRY-02 QRY-18 API-09 CTX-02", .calls = QUERIES,
     AT(SOCKET), .needs = F(LISTENING), .bars = F(RECORD), KEY(LISTENING), KERNEL(NOT_FOUND)},
    {.id = "socket.unconnected", .clauses = "QRY-13 API-16 ERR-11 CTX-02", .calls = QUERIES,
     AT(SOCKET), .bars = F(CONNECTED) | F(LISTENING) | F(UDP) | F(RAW) | F(RECORD) |
                         F(NOT_A_SOCKET),
     KEY(UNCONNECTED), KERNEL(NOT_FOUND)},
    {.id = "socket.udp-unconnected", .clauses = "QRY-23 API-08 UDP-17", .calls = QUERIES, AT(SOCKET),
     .needs = F(UDP), .bars = F(CONNECTED), KEY(QUERY_ON_UDP_UNCONNECTED), KERNEL(NOT_FOUND)},
    {.id = "socket.udp-connected", .clauses = "QRY-23 API-08 UDP-17", .calls = QUERIES, AT(SOCKET),
     .needs = F(UDP) | F(CONNECTED), KEY(QUERY_ON_UDP_CONNECTED), KERNEL(NOT_FOUND)},
    {.id = "socket.raw", .clauses = "API-08", .calls = QUERIES, AT(SOCKET), .needs = F(RAW),
     KEY(QUERY_ON_RAW), KERNEL(NOT_FOUND)},
    {.id = "socket.accept-not-updated", .clauses = "QRY-01 DIA-04", .calls = QUERIES, AT(SOCKET),
     .needs = F(ACCEPT_NOT_UPDATED), KEY(ACCEPT_NOT_UPDATED), KERNEL(NOT_FOUND)},
    {.id = "socket.duplicate", .clauses = "QRY-18", .calls = QUERIES, AT(SOCKET),
     .needs = F(DUPLICATE), KEY(DUPLICATED_SOCKET), KERNEL(NOT_FOUND)},
    {.id = "socket.shut-down", .clauses = "CTX-14 KRN-14", .calls = QUERIES, AT(SOCKET),
     .needs = F(SHUT_DOWN), KEY(AFTER_SHUTDOWN), KERNEL(NOT_FOUND)},
    {.id = "socket.asked-before", .clauses = "QRY-11 QRY-10", .calls = QUERIES, AT(SOCKET),
     .needs = F(ASKED_BEFORE), KEY(QUERY_AGAIN), KERNEL(NOT_FOUND)},
    {.id = "set.on-udp", .clauses = "SET-15 SET-01 SET-10", .calls = CALL(SET_RECORDS),
     AT(SOCKET), .needs = F(UDP), KEY(SET_ON_UDP), KERNEL(INVALID_PARAMETER)},
    {.id = "set.on-raw", .clauses = "SET-10 SET-01", .calls = CALL(SET_RECORDS), AT(SOCKET),
     .needs = F(RAW), KEY(SET_ON_RAW), KERNEL(INVALID_PARAMETER)},
    {.id = "set.after-bind", .clauses = "SET-05", .calls = CALL(SET_RECORDS), AT(SOCKET),
     .needs = F(BOUND), .bars = F(UDP) | F(RAW), KEY(SET_AFTER_BIND), KERNEL(INVALID_PARAMETER)},
    {.id = "set.after-connect", .clauses = "SET-06", .calls = CALL(SET_RECORDS), AT(SOCKET),
     .needs = F(CONNECTED), .bars = F(UDP) | F(RAW), KEY(SET_AFTER_CONNECT),
     KERNEL(INVALID_PARAMETER)},

    /* ---- the record that is asked for, or handed in ---- */
    {.id = "record.none", .clauses = "QRY-03 QRY-15 QRY-16 QRY-19 CTX-02 CTX-06 CTX-09 BUF-08 "
                                     "BUF-12 ERR-08 ERR-14 ERR-19",
     .calls = QUERIES, AT(ROOM), .bars = F(RECORD), KEY(NO_RECORD), KERNEL(NOT_FOUND)},
    {.id = "record.none-size-query", .clauses = "QRY-16 CTX-09 BUF-08 ERR-19", .calls = QUERIES,
     AT(RECORD), .bars = F(RECORD) | F(OUT_GIVEN), KEY(NO_RECORD_SIZE_QUERY), KERNEL(NOT_FOUND)},
    {.id = "context.none", .clauses = "CTX-06 CTX-07 OVL-14 DEF-08", .calls = CALL(QUERY_CONTEXT),
     AT(RECORD), .needs = F(RECORD), .bars = F(CONTEXT), KEY(NO_CONTEXT), KERNEL(NOT_FOUND)},
    {.id = "record.misaligned", .clauses = "QRY-21", .calls = CALL(QUERY_RECORDS), AT(RECORD),
     .needs = F(RECORD) | F(OUT_MISALIGNED), KEY(MISALIGNED_RECORDS),
     KERNEL(BYTES(0xC00002C5u, 0))},
    {.id = "context.misaligned", .clauses = "CTX-02", .calls = CALL(QUERY_CONTEXT), AT(RECORD),
     .needs = F(CONTEXT) | F(OUT_MISALIGNED), KEY(MISALIGNED_CONTEXT),
     KERNEL(BYTES(0xC00002C5u, 0))},
    {.id = "record.size-query", .clauses = "QRY-07 BUF-01 BUF-02 QRY-14", .calls = CALL(QUERY_RECORDS),
     AT(RECORD), .needs = F(RECORD), .bars = F(OUT_GIVEN), KEY(ZERO_SIZE_QUERY),
     KERNEL(NEEDED(0xC0000023u))},
    {.id = "context.size-query", .clauses = "CTX-04 BUF-01 BUF-02 CTX-06",
     .calls = CALL(QUERY_CONTEXT), AT(RECORD), .needs = F(CONTEXT), .bars = F(OUT_GIVEN),
     KEY(ZERO_SIZE_QUERY), KERNEL(NEEDED(0xC0000023u))},
    {.id = "set.garbage", .clauses = "SET-10 SET-07 SET-11 ERR-08 ERR-16", .calls = CALL(SET_RECORDS),
     AT(RECORD), .needs = F(BLOB_GARBAGE), KEY(SET_GARBAGE), KERNEL(BYTES(0xC0000095u, 0))},
    {.id = "set.truncated", .clauses = "SET-02 SET-10 SET-11", .calls = CALL(SET_RECORDS),
     AT(RECORD), .needs = F(BLOB_TRUNCATED), KEY(SET_TRUNCATED), KERNEL(BYTES(0xC0000095u, 0))},
    {.id = "set.extended", .clauses = "SET-02 SET-10 SET-11", .calls = CALL(SET_RECORDS),
     AT(RECORD), .needs = F(BLOB_EXTENDED), KEY(SET_EXTENDED), KERNEL(BYTES(0xC0000095u, 0))},
    {.id = "set.foreign", .clauses = "SET-07", .calls = CALL(SET_RECORDS), AT(RECORD),
     .needs = F(BLOB_FOREIGN), KEY(SET_FOREIGN), KERNEL(INVALID_PARAMETER)},
    {.id = "set.dead-handle", .clauses = "SET-02", .calls = CALL(SET_RECORDS), AT(RECORD),
     .needs = F(BLOB_DEAD_HANDLE), KEY(SET_DEAD_HANDLE), KERNEL(INVALID_PARAMETER)},

    /* ---- is there room for it ---- */
    {.id = "query.too-small", .clauses = "QRY-06 QRY-09 QRY-14 CTX-03 CTX-06 BUF-05 BUF-13 BUF-14 "
                                         "API-07 ERR-01 ERR-15",
     .calls = QUERIES, AT(ROOM), .needs = F(OUT_SHORT), KEY(TOO_SMALL),
     KERNEL(NEEDED(0xC0000023u))},
    {.id = "set.again", .clauses = "SET-02", .calls = CALL(SET_RECORDS), AT(ROOM),
     .needs = F(ATTACHED), .bars = F(ATTACHED_ELSEWHERE), KEY(SET_AGAIN),
     KERNEL(INVALID_PARAMETER)},
    {.id = "set.fan-out", .clauses = "SET-02", .calls = CALL(SET_RECORDS), AT(ROOM),
     .needs = F(ATTACHED_ELSEWHERE), KEY(SET_FAN_OUT), KERNEL(INVALID_PARAMETER)},

    /* ---- the call does what it was made for ---- */
    {.id = "query.records",
     .clauses = "QRY-01 QRY-05 QRY-09 QRY-10 QRY-11 QRY-12 QRY-17 QRY-22 BUF-06 BUF-07 BUF-14 "
                "API-01 API-02 API-20 OVL-06 OVL-14 DEF-01 DEF-02 DEF-06 DEF-07",
     .calls = CALL(QUERY_RECORDS), AT(OUTCOME), LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_COPY_RECORD},
    {.id = "query.context",
     .clauses = "CTX-01 CTX-02 CTX-10 CTX-11 CTX-12 CTX-13 CTX-16 BUF-06 BUF-07 API-01 API-02 "
                "API-20 OVL-06 OVL-14 DEF-01 DEF-02 DEF-08",
     .calls = CALL(QUERY_CONTEXT), AT(OUTCOME), LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_COPY_CONTEXT},
    {.id = "set.attached",
     .clauses = "SET-01 SET-02 SET-06 SET-11 SET-12 SET-13 SET-14 API-01 API-02 OVL-06 DEF-01 "
                "DEF-02 DEF-07",
     .calls = CALL(SET_RECORDS), AT(OUTCOME), KEY(SET_SUCCESS), KERNEL(BYTES(0, 0)),
     .effect = WFP_EFFECT_ATTACH_RECORD},
    {.id = "last-error.of-thread", .clauses = "API-03 API-04", .calls = CALL(LAST_ERROR),
     AT(OUTCOME), STORED},

    /* ---- overlapped operations ---- */
    {.id = "abort.flush", .clauses = "OVL-08 ERR-03", .calls = CALL(ABORT), AT(ROOM),
     .needs = F(FLUSHING), KEY(FLUSH_PENDED), KERNEL(BYTES(0xC0000120u, 0))},
    {.id = "abort.ended", .clauses = "OVL-08 OVL-09 ERR-03", .calls = CALL(ABORT), AT(OUTCOME),
     .bars = F(FLUSHING), LITERAL(BYTES(995, 0)), KERNEL(BYTES(0xC0000120u, 0))},
    {.id = "result.incomplete", .clauses = "OVL-04 OVL-07", .calls = CALL(RESULT), AT(RECORD),
     .needs = F(OPERATION_PENDING), LITERAL(UNCHANGED(996))},
    {.id = "result.too-small-win32", .clauses = "BUF-13", .calls = CALL(RESULT), AT(ROOM),
     .needs = F(OPERATION_WIN32) | F(OPERATION_TOO_SMALL), KEY(WIN32_TOO_SMALL)},
    {.id = "result.no-record-win32", .clauses = "BUF-13", .calls = CALL(RESULT), AT(ROOM),
     .needs = F(OPERATION_WIN32) | F(OPERATION_NO_RECORD), KEY(WIN32_NO_RECORD)},
    {.id = "result.unsupported-win32", .clauses = "ERR-20", .calls = CALL(RESULT), AT(ROOM),
     .needs = F(OPERATION_WIN32) | F(OPERATION_UNSUPPORTED), LITERAL(BYTES(50, 0))},
    {.id = "result.completed", .clauses = "OVL-06 OVL-07 OVL-08 OVL-12 ERR-03 ERR-20", .calls = CALL(RESULT),
     AT(OUTCOME), STORED},
    {.id = "event.pending", .clauses = "OVL-04", .calls = CALL(EVENT), AT(RECORD),
     .needs = F(OPERATION_PENDING), LITERAL(UNCHANGED(258))},
    {.id = "event.routine", .clauses = "OVL-10", .calls = CALL(EVENT), AT(ROOM),
     .needs = F(OPERATION_ROUTINE), LITERAL(UNCHANGED(258))},
    {.id = "event.completed", .clauses = "OVL-07 OVL-10 ERR-20", .calls = CALL(EVENT), AT(OUTCOME),
     KEY(COMPLETION_EVENT)},
    {.id = "wait.routine", .clauses = "OVL-07 OVL-11", .calls = CALL(ALERTABLE_WAIT), AT(ROOM),
     .needs = F(ROUTINE_DUE), LITERAL(UNCHANGED(192)), .effect = WFP_EFFECT_RUN_ROUTINE},
    {.id = "wait.nothing", .clauses = "OVL-11", .calls = CALL(ALERTABLE_WAIT), AT(OUTCOME),
     LITERAL(UNCHANGED(0))},
    {.id = "cancel.pending", .clauses = "OVL-09", .calls = CALL(CANCEL), AT(ROOM),
     .needs = F(OPERATION_PENDING), LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_ABORT},
    {.id = "cancel.completed", .clauses = "OVL-06 OVL-09", .calls = CALL(CANCEL), AT(OUTCOME),
     LITERAL(UNCHANGED(1168))},

    /* ---- connections ---- */
    {.id = "connect.target-pid-zero", .clauses = "RED-10", .calls = CALL(CONNECT), AT(SOCKET),
     .needs = K(TARGET_PID_ZERO), KEY(TARGET_PID_ZERO)},
    {.id = "connect.made", .clauses = "QRY-18 KRN-05", .calls = CALL(CONNECT), AT(OUTCOME),
     LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_CONNECT},
    {.id = "state.not-redirected", .clauses = "ST-01 ST-06 ST-07 SET-06",
     .calls = CALL(REDIRECT_STATE), AT(SOCKET), .needs = K(LIST_EMPTY),
     LITERAL(STATE(WFP_NOT_REDIRECTED))},
    {.id = "state.by-self", .clauses = "ST-02 ST-06 KRN-03 SET-01 SET-02", .calls = CALL(REDIRECT_STATE),
     AT(RECORD), .needs = K(LIST_LAST), LITERAL(STATE(WFP_REDIRECTED_BY_SELF))},
    {.id = "state.by-other", .clauses = "ST-03 ST-06 KRN-03", .calls = CALL(REDIRECT_STATE),
     AT(OUTCOME), LITERAL(STATE(WFP_REDIRECTED_BY_OTHER))},
    {.id = "state.previously-by-self", .clauses = "ST-04 ST-06", .calls = CALL(REDIRECT_STATE),
     AT(ROOM), .needs = K(LIST_MEMBER), LITERAL(STATE(WFP_PREVIOUSLY_REDIRECTED_BY_SELF))},

    /* ---- datagrams: the options 60 and 70 ---- */
    {.id = "option.unsupported", .clauses = "OPT-05 OPT-08 ERR-20", .calls = OPTIONS, AT(CODE),
     .bars = D(LEVEL_UNKNOWN), KEY(OPTIONS)},
    {.id = "option.unknown", .clauses = "OPT-01", .calls = OPTIONS, AT(CODE),
     .needs = D(OPTION_UNKNOWN), .bars = D(LEVEL_UNKNOWN), LITERAL(UNCHANGED(10042))},
    {.id = "option.unknown-level", .clauses = "OPT-01", .calls = OPTIONS, AT(CODE),
     .needs = D(LEVEL_UNKNOWN), LITERAL(UNCHANGED(10022))},
    {.id = "option.null-to-set", .clauses = "OPT-02", .calls = CALL(OPTION_SET), AT(BYTE_COUNT),
     .needs = D(VALUE_NULL), LITERAL(UNCHANGED(10014))},
    {.id = "option.null-to-get", .clauses = "OPT-02", .calls = CALL(OPTION_GET), AT(POINTERS),
     .needs = D(VALUE_NULL), LITERAL(UNCHANGED(10014))},
    {.id = "option.short", .clauses = "OPT-02", .calls = OPTIONS, AT(SIZES),
     .needs = D(VALUE_SHORT), .bars = D(VALUE_NULL), KEY(OPTION_SHORT)},
    {.id = "option.on-stream", .clauses = "OPT-04", .calls = OPTIONS, AT(SOCKET),
     .needs = D(STREAM), LITERAL(UNCHANGED(10042))},
    {.id = "option.other-family", .clauses = "OPT-01 CMSG-09", .calls = OPTIONS, AT(SOCKET),
     .needs = D(LEVEL_FOREIGN), .bars = D(STREAM), KEY(OPTION_LEVEL)},
    {.id = "option.set", .clauses = "OPT-01 OPT-02 OPT-03 MSG-09 UDP-13",
     .calls = CALL(OPTION_SET), AT(OUTCOME), LITERAL(UNCHANGED(0)),
     .effect = WFP_EFFECT_SET_OPTION},
    {.id = "option.get", .clauses = "OPT-01 OPT-02 OPT-07", .calls = CALL(OPTION_GET),
     AT(OUTCOME), KEY(OPTION_SIZE), .effect = WFP_EFFECT_GET_OPTION},

    /* ---- datagrams: how a message is handed over ---- */
    {.id = "send.null-count", .clauses = "MSG-08", .calls = CALL(SEND_MESSAGE), AT(BYTE_COUNT),
     .needs = D(COUNT_NULL), .bars = D(OVERLAPPED), KEY(SEND_NULL_COUNT)},
    {.id = "receive.null-count", .clauses = "MSG-08", .calls = CALL(RECEIVE_MESSAGE),
     AT(BYTE_COUNT), .needs = D(COUNT_NULL), .bars = D(OVERLAPPED), KEY(RECEIVE_NULL_COUNT)},
    {.id = "message.null-name", .clauses = "MSG-07", .calls = MESSAGES, AT(POINTERS),
     .needs = D(NAME_NULL), KEY(MESSAGE_NULL_NAME), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "message.null-control", .clauses = "MSG-07 WSK-09", .calls = MESSAGES, AT(POINTERS),
     .needs = D(CONTROL_NULL), KEY(MESSAGE_NULL_CONTROL), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "message.flags", .clauses = "MSG-03 MSG-11", .calls = MESSAGES, AT(SIZES),
     .needs = D(FLAGS_FOREIGN), KEY(MESSAGE_FLAGS), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.on-stream", .clauses = "MSG-10", .calls = CALL(SEND_MESSAGE), AT(SOCKET),
     .needs = D(STREAM), KEY(SEND_ON_STREAM), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "receive.on-stream", .clauses = "MSG-01", .calls = CALL(RECEIVE_MESSAGE), AT(SOCKET),
     .needs = D(STREAM), KEY(RECEIVE_ON_STREAM), KERNEL(UNCHANGED(0xC000000Du))},

    /* ---- datagrams: sending ---- */
    {.id = "send.too-long", .clauses = "MSG-12", .calls = SENDS, AT(SIZES), .needs = D(TOO_LONG),
     .bars = D(STREAM), LITERAL(UNCHANGED(10040)), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.unbound", .clauses = "MSG-12 UDP-18", .calls = CALL(SEND_MESSAGE), AT(SOCKET),
     .bars = D(BOUND) | D(STREAM), KEY(SEND_UNBOUND), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.shut-down", .clauses = "MSG-12", .calls = SENDS, AT(ROOM),
     .needs = D(SHUT_DOWN), LITERAL(UNCHANGED(10058)), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.no-destination", .clauses = "MSG-12 MSG-14", .calls = SENDS, AT(ROOM),
     .bars = D(NAME_GIVEN) | D(CONNECTED), KEY(SEND_NO_DESTINATION),
     KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.object-length", .clauses = "CMSG-01 CMSG-02 CMSG-04 CMSG-05 CMSG-06 CMSG-07 "
                                            "CMSG-08 CMSG-13 WSK-09",
     .calls = CALL(SEND_MESSAGE), AT(RECORD), .needs = D(OBJECT_MALFORMED),
     KEY(SEND_OBJECT_LENGTH), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.object-type", .clauses = "CMSG-03 CMSG-09 CMSG-11", .calls = CALL(SEND_MESSAGE),
     AT(RECORD), .needs = D(OBJECT_UNKNOWN), .bars = D(OBJECT_MALFORMED), KEY(SEND_OBJECT_TYPE),
     KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.object-empty", .clauses = "CMSG-08", .calls = CALL(SEND_MESSAGE), AT(RECORD),
     .needs = D(OBJECT_EMPTY), .bars = D(OBJECT_MALFORMED) | D(OBJECT_UNKNOWN),
     KEY(SEND_OBJECT_EMPTY), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.object-level", .clauses = "CMSG-09", .calls = CALL(SEND_MESSAGE), AT(RECORD),
     .needs = D(OBJECT_FOREIGN), .bars = D(OBJECT_MALFORMED) | D(OBJECT_UNKNOWN) | D(OBJECT_EMPTY),
     KEY(SEND_OBJECT_LEVEL), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.record-twice", .clauses = "CMSG-11 UDP-05", .calls = CALL(SEND_MESSAGE),
     AT(RECORD), .needs = D(RECORD_TWICE),
     .bars = D(OBJECT_MALFORMED) | D(OBJECT_UNKNOWN) | D(OBJECT_EMPTY) | D(OBJECT_FOREIGN),
     KEY(SEND_RECORD_TWICE), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.record-invalid", .clauses = "UDP-05 CMSG-02 CMSG-03", .calls = CALL(SEND_MESSAGE),
     AT(RECORD), .needs = D(RECORD_INVALID),
     .bars = D(OBJECT_MALFORMED) | D(OBJECT_UNKNOWN) | D(OBJECT_EMPTY) | D(OBJECT_FOREIGN) |
             D(RECORD_TWICE),
     KEY(SEND_RECORD_INVALID), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.record-late", .clauses = "UDP-04", .calls = CALL(SEND_MESSAGE), AT(ROOM),
     .needs = D(RECORD_GIVEN), .bars = D(FLOW_NEW) | D(FLOW_UNBEGUN) | D(STREAM),
     KEY(SEND_RECORD_LATE), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.record-connected", .clauses = "UDP-04 UDP-14", .calls = CALL(SEND_MESSAGE),
     AT(ROOM), .needs = D(RECORD_GIVEN) | D(FLOW_UNBEGUN), KEY(SEND_RECORD_CONNECTED),
     KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "send.target-pid-zero", .clauses = "UDP-11 UDP-12 RED-10",
     .calls = SENDS | CALL(DATAGRAM_CONNECT), AT(ROOM), .needs = D(TARGET_PID_ZERO),
     KEY(TARGET_PID_ZERO), KERNEL(UNCHANGED(0xC0000022u))},
    {.id = "send.first",
     .clauses = "UDP-01 UDP-03 UDP-04 UDP-05 UDP-06 UDP-07 UDP-08 UDP-09 UDP-10 UDP-11 UDP-12 "
                "UDP-14 UDP-18 MSG-11 MSG-14 CMSG-11 WSK-09",
     .calls = SENDS, AT(OUTCOME), .needs = D(FLOW_NEW), LITERAL(NEEDED(0)), KERNEL(NEEDED(0)),
     .effect = WFP_EFFECT_SEND_FIRST},
    {.id = "send.first-connected", .clauses = "UDP-03 UDP-10 UDP-14", .calls = SENDS, AT(OUTCOME),
     .needs = D(FLOW_UNBEGUN), LITERAL(NEEDED(0)), KERNEL(NEEDED(0)),
     .effect = WFP_EFFECT_SEND_CARRYING},
    {.id = "send.later", .clauses = "UDP-03 UDP-04 UDP-06 UDP-07", .calls = SENDS, AT(OUTCOME),
     .bars = D(FLOW_NEW) | D(FLOW_UNBEGUN), LITERAL(NEEDED(0)), KERNEL(NEEDED(0)),
     .effect = WFP_EFFECT_SEND_LATER},
    {.id = "datagram.connected", .clauses = "UDP-10 UDP-14", .calls = CALL(DATAGRAM_CONNECT),
     AT(OUTCOME), LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_SEND_FIRST},

    /* ---- datagrams: receiving ---- */
    {.id = "receive.peek-on-stream", .clauses = "MSG-03", .calls = CALL(RECEIVE_MESSAGE),
     AT(ACCESS), .needs = D(PEEK) | D(STREAM), KEY(PEEK_ON_STREAM),
     KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "receive.peek-overlapped", .clauses = "MSG-03", .calls = CALL(RECEIVE_MESSAGE),
     AT(ACCESS), .needs = D(PEEK) | D(OVERLAPPED), .bars = D(STREAM), KEY(MESSAGE_FLAGS)},
    {.id = "receive.unbound", .clauses = "MSG-02", .calls = RECEIVES, AT(SOCKET),
     .bars = D(BOUND) | D(STREAM), KEY(RECEIVE_UNBOUND), KERNEL(UNCHANGED(0xC000000Du))},
    {.id = "receive.nothing", .clauses = "MSG-04 UDP-02 UDP-08", .calls = RECEIVES, AT(RECORD),
     .needs = D(QUEUE_EMPTY), .bars = D(OVERLAPPED), LITERAL(UNCHANGED(10035)),
     KERNEL(UNCHANGED(0x103))},
    {.id = "receive.pending", .clauses = "MSG-08", .calls = CALL(RECEIVE_MESSAGE), AT(RECORD),
     .needs = D(QUEUE_EMPTY) | D(OVERLAPPED), LITERAL(UNCHANGED(997))},
    {.id = "receive.cut", .clauses = "MSG-04 WSK-10", .calls = RECEIVES, AT(ROOM),
     .needs = D(DATA_SHORT), KEY(RECEIVE_CUT), KERNEL(NEEDED(0x80000005u)),
     .effect = WFP_EFFECT_RECEIVE_CUT},
    {.id = "receive.control-cut", .clauses = "MSG-05 MSG-15 CMSG-04 WSK-10",
     .calls = CALL(RECEIVE_MESSAGE), AT(ROOM), .needs = D(CONTROL_SHORT), .bars = D(DATA_SHORT),
     KEY(RECEIVE_CUT), KERNEL(NEEDED(0x80000005u)), .effect = WFP_EFFECT_RECEIVE_CUT},
    {.id = "receive.datagram",
     .clauses = "MSG-06 MSG-09 OPT-03 OPT-07 UDP-02 UDP-03 UDP-14 UDP-16 WSK-10",
     .calls = CALL(RECEIVE_MESSAGE), AT(OUTCOME), .bars = D(RECORD_DUE) | D(CONTEXT_DUE),
     LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_RECEIVE},
    {.id = "receive.record",
     .clauses = "UDP-01 UDP-02 MSG-06 MSG-09 OPT-03 CMSG-01 CMSG-02 CMSG-03 CMSG-04 CMSG-05 "
                "CMSG-09 CMSG-13 WSK-10",
     .calls = CALL(RECEIVE_MESSAGE), AT(OUTCOME), .needs = D(RECORD_DUE), .bars = D(CONTEXT_DUE),
     LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_RECEIVE_RECORD},
    {.id = "receive.context",
     .clauses = "UDP-13 UDP-14 MSG-06 MSG-09 OPT-03 CMSG-01 CMSG-02 CMSG-03 CMSG-04 CMSG-05 "
                "CMSG-09 CMSG-13",
     .calls = CALL(RECEIVE_MESSAGE), AT(OUTCOME), .needs = D(CONTEXT_DUE), .bars = D(RECORD_DUE),
     LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_RECEIVE_CONTEXT},
    {.id = "receive.record-and-context",
     .clauses = "UDP-01 UDP-13 UDP-15 MSG-06 CMSG-04 CMSG-05 CMSG-09 WSK-10",
     .calls = CALL(RECEIVE_MESSAGE), AT(OUTCOME), .needs = D(RECORD_DUE) | D(CONTEXT_DUE),
     LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_RECEIVE_BOTH},
    {.id = "receive.plain", .clauses = "UDP-02", .calls = CALL(RECEIVE_PLAIN), AT(OUTCOME),
     LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_RECEIVE},
};
/* clang-format on */

static const struct wfp_rules table = {rows, sizeof rows / sizeof rows[0]};

const struct wfp_rules *wfp_rules_shipped(void)
{
    return &table;
}
