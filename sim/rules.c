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

/* A look is at one thing only. */
#define LOOKS                                                                                      \
    (K(LOOK_RIGHT) | K(LOOK_ACTION) | K(LOOK_REAUTHORIZE) | K(LOOK_REDIRECTED) | K(LOOK_PROXY) |   \
     K(LOOK_REASON) | K(LOOK_TARGET_PID) | K(LOOK_DESTINATION) | K(LOOK_RECORD_HANDLE) |           \
     K(LOOK_ORIGINAL_APP) | K(LOOK_PREVIOUS))
#define NO_OTHER(look) (LOOKS & ~K(look))

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
    {.id = "socket.udp-unconnected", .clauses = "QRY-23 API-08 WSK-08", .calls = QUERIES, AT(SOCKET),
     .needs = F(UDP), .bars = F(CONNECTED), KEY(QUERY_ON_UDP_UNCONNECTED), KERNEL(NOT_FOUND)},
    {.id = "socket.udp-connected", .clauses = "QRY-23 API-08", .calls = QUERIES, AT(SOCKET),
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
    {.id = "record.size-query", .clauses = "QRY-07 BUF-01 BUF-02 QRY-14 WSK-06", .calls = CALL(QUERY_RECORDS),
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
                "API-01 API-02 API-20 OVL-06 OVL-14 DEF-01 DEF-02 DEF-06 DEF-07 WSK-01 WSK-02 "
                "WSK-04",
     .calls = CALL(QUERY_RECORDS), AT(OUTCOME), LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_COPY_RECORD},
    {.id = "query.context",
     .clauses = "CTX-01 CTX-02 CTX-10 CTX-11 CTX-12 CTX-13 CTX-16 BUF-06 BUF-07 API-01 API-02 "
                "API-20 OVL-06 OVL-14 DEF-01 DEF-02 DEF-08 WSK-01 WSK-02 WSK-04",
     .calls = CALL(QUERY_CONTEXT), AT(OUTCOME), LITERAL(NEEDED(0)), KERNEL(NEEDED(0)), .effect = WFP_EFFECT_COPY_CONTEXT},
    {.id = "set.attached",
     .clauses = "SET-01 SET-02 SET-06 SET-11 SET-12 SET-13 SET-14 API-01 API-02 OVL-06 DEF-01 "
                "DEF-02 DEF-07 WSK-01 WSK-03 WSK-04",
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
     .needs = K(TARGET_PID_ZERO), .bars = K(BLOCKED), KEY(TARGET_PID_ZERO), .effect = WFP_EFFECT_REFUSE},
    {.id = "connect.made", .clauses = "QRY-18 KRN-05 KRN-14 RED-01 RED-02 RED-11 RED-12 RED-23 LOOP-13",
     .calls = CALL(CONNECT), AT(OUTCOME), LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_CONNECT},
    {.id = "state.not-redirected", .clauses = "ST-01 ST-06 ST-07 ST-08 SET-06 KRN-07 LOOP-01 LOOP-05 LOOP-06 LOOP-08",
     .calls = CALL(REDIRECT_STATE), AT(SOCKET), .needs = K(LIST_EMPTY),
     .bars = K(LIST_MEMBER), LITERAL(STATE(WFP_NOT_REDIRECTED))},
    {.id = "state.by-self", .clauses = "ST-02 ST-06 KRN-03 KRN-13 SET-01 SET-02 LOOP-02 LOOP-03 LOOP-04 LOOP-13", .calls = CALL(REDIRECT_STATE),
     AT(RECORD), .needs = K(LIST_LAST) | K(LIST_MEMBER), LITERAL(STATE(WFP_REDIRECTED_BY_SELF)),
     .effect = WFP_EFFECT_HAND_CONTEXT},
    {.id = "state.by-other", .clauses = "ST-03 ST-06 ST-08 KRN-03 KRN-04 LOOP-04", .calls = CALL(REDIRECT_STATE),
     AT(OUTCOME), LITERAL(STATE(WFP_REDIRECTED_BY_OTHER))},
    {.id = "state.previously-by-self", .clauses = "ST-04 ST-06 KRN-13 LOOP-03 LOOP-04 LOOP-11", .calls = CALL(REDIRECT_STATE),
     AT(ROOM), .needs = K(LIST_MEMBER), .bars = K(LIST_LAST), KEY(STATE_PREVIOUS_SELF),
     .effect = WFP_EFFECT_HAND_CONTEXT},

    /* ---- the kernel face: the engine's calls ---- */
    {.id = "handle.flags", .clauses = "KRN-02", .calls = CALL(CREATE_HANDLE), AT(SIZES),
     .needs = K(FLAGS), LITERAL(UNCHANGED(0xC000000Du))},
    {.id = "handle.created", .clauses = "KRN-01 KRN-02", .calls = CALL(CREATE_HANDLE), AT(OUTCOME),
     LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_CREATE},
    {.id = "classify.next-callout", .clauses = "RED-01 RED-24 MET-06 MET-07", .calls = CALL(NEXT), AT(RECORD),
     .needs = K(CALLOUT_LEFT), LITERAL(FIELD(WFP_PRESENT)), .effect = WFP_EFFECT_ASK},
    {.id = "classify.nobody-left", .clauses = "RED-01 RED-16", .calls = CALL(NEXT), AT(OUTCOME),
     LITERAL(FIELD(WFP_ABSENT))},
    {.id = "connect.blocked", .clauses = "RED-06 RED-14 RED-18 ST-04 LOOP-11", .calls = CALL(CONNECT), AT(ACCESS),
     .needs = K(BLOCKED), LITERAL(UNCHANGED(10013)), .effect = WFP_EFFECT_REFUSE},
    {.id = "connect.no-redirect-handle", .clauses = "RED-09", .calls = CALL(CONNECT), AT(ROOM),
     .needs = K(NO_HANDLE), .bars = K(BLOCKED), LITERAL(UNCHANGED(0)),
     .effect = WFP_EFFECT_CONNECT_BARE},
    {.id = "reauthorize.at-redirect", .clauses = "MET-06 LOOP-07", .calls = CALL(REAUTHORIZE), AT(SOCKET),
     KEY(REAUTHORIZE_AT_REDIRECT), .effect = WFP_EFFECT_AT_REDIRECT},
    {.id = "reauthorize.at-auth-connect", .clauses = "MET-06 MET-07", .calls = CALL(REAUTHORIZE),
     AT(OUTCOME), LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_AT_AUTH},

    /* ---- the kernel face: what a callout sees ---- */
    {.id = "look.write-right", .clauses = "RED-06 RED-18", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_RIGHT) | K(RIGHT), .bars = NO_OTHER(LOOK_RIGHT), LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.action", .clauses = "RED-06", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_ACTION), .bars = NO_OTHER(LOOK_ACTION), STORED},
    {.id = "look.reauthorize", .clauses = "MET-06", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_REAUTHORIZE) | K(REAUTHORIZING), .bars = NO_OTHER(LOOK_REAUTHORIZE), LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.reason", .clauses = "MET-07 MET-09", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_REASON) | K(REAUTHORIZING), .bars = NO_OTHER(LOOK_REASON), LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.connection-redirected", .clauses = "MET-01", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_REDIRECTED) | K(REDIRECTED) | K(AT_AUTH_CONNECT), .bars = NO_OTHER(LOOK_REDIRECTED), LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.proxy-connection", .clauses = "MET-02", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_PROXY), .bars = NO_OTHER(LOOK_PROXY) | K(LIST_EMPTY), LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.target-pid", .clauses = "MET-03 RED-24", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_TARGET_PID) | K(REDIRECTED) | K(AT_AUTH_CONNECT), .bars = NO_OTHER(LOOK_TARGET_PID), KEY(AUTH_CONNECT_TARGET_PID)},
    {.id = "look.original-destination", .clauses = "MET-04 RED-24", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_DESTINATION) | K(REDIRECTED) | K(AT_AUTH_CONNECT), .bars = NO_OTHER(LOOK_DESTINATION), KEY(AUTH_CONNECT_DESTINATION)},
    {.id = "look.record-handle", .clauses = "MET-05 KRN-06", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_RECORD_HANDLE), .bars = NO_OTHER(LOOK_RECORD_HANDLE) | K(LIST_EMPTY) | K(AT_AUTH_CONNECT),
     LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.original-application", .clauses = "KRN-15", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_ORIGINAL_APP), .bars = NO_OTHER(LOOK_ORIGINAL_APP) | K(LIST_EMPTY), LITERAL(FIELD(WFP_PRESENT)),
     .effect = WFP_EFFECT_TELL_REQUESTER},
    {.id = "look.previous-version", .clauses = "MET-10 RED-19 RED-20 RED-21 RED-22", .calls = CALL(LOOK), AT(RECORD),
     .needs = K(LOOK_PREVIOUS) | K(PREVIOUS), .bars = NO_OTHER(LOOK_PREVIOUS), LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.fixed-value", .clauses = "KRN-15 RED-02", .calls = CALL(LOOK), AT(ROOM),
     .needs = K(LOOK_FIXED), LITERAL(FIELD(WFP_PRESENT))},
    {.id = "look.absent", .clauses = "MET-01 MET-02 MET-03 MET-04 MET-05 MET-06 MET-10 KRN-06 RED-19",
     .calls = CALL(LOOK), AT(OUTCOME), LITERAL(FIELD(WFP_ABSENT))},
    {.id = "sio.no-records", .clauses = "KRN-08", .calls = CALL(SIO_RECORDS), AT(RECORD),
     .needs = K(LIST_EMPTY), LITERAL(NOT_FOUND)},
    {.id = "sio.misaligned", .clauses = "KRN-10", .calls = CALL(SIO_RECORDS), AT(POINTERS),
     .needs = K(OUT_MISALIGNED), .bars = K(LIST_EMPTY), LITERAL(BYTES(0xC00002C5u, 0))},
    {.id = "sio.too-small", .clauses = "KRN-09 KRN-10", .calls = CALL(SIO_RECORDS), AT(ROOM),
     .needs = K(OUT_SHORT), .bars = K(LIST_EMPTY) | K(OUT_MISALIGNED),
     LITERAL(NEEDED(0xC0000023u))},
    {.id = "sio.records", .clauses = "KRN-11", .calls = CALL(SIO_RECORDS), AT(OUTCOME),
     LITERAL(NEEDED(0)), .effect = WFP_EFFECT_COPY_RECORD},

    /* ---- the kernel face: what a callout does ---- */
    {.id = "classify-handle.old-classify", .clauses = "RED-04", .calls = CALL(ACQUIRE_HANDLE),
     AT(HANDLE), .needs = K(CLASSIFY0), LITERAL(MISUSE)},
    {.id = "classify-handle.acquired", .clauses = "RED-04 RED-05", .calls = CALL(ACQUIRE_HANDLE), AT(OUTCOME),
     LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_TAKE_HANDLE},
    {.id = "classify-handle.none-to-release", .clauses = "RED-05", .calls = CALL(RELEASE_HANDLE),
     AT(HANDLE), .bars = K(HANDLE_HELD), LITERAL(MISUSE)},
    {.id = "classify-handle.released", .clauses = "RED-05 RED-14", .calls = CALL(RELEASE_HANDLE),
     AT(OUTCOME), LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_RELEASE_HANDLE},
    {.id = "acquire.without-handle", .clauses = "RED-05", .calls = CALL(ACQUIRE_DATA), AT(HANDLE),
     .bars = K(HANDLE_HELD) | K(PENDED) | K(DATA_HELD), LITERAL(MISUSE)},
    {.id = "acquire.not-writable", .clauses = "RED-01", .calls = CALL(ACQUIRE_DATA), AT(CODE),
     .needs = K(AT_AUTH_CONNECT) | K(HANDLE_HELD), LITERAL(MISUSE)},
    {.id = "acquire.again", .clauses = "RED-07", .calls = CALL(ACQUIRE_DATA), AT(RECORD),
     .needs = K(DATA_HELD), .bars = K(AT_AUTH_CONNECT), LITERAL(MISUSE)},
    {.id = "acquire.granted", .clauses = "RED-05 RED-06 RED-07", .calls = CALL(ACQUIRE_DATA),
     AT(OUTCOME), LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_TAKE_DATA},
    {.id = "edit.without-data", .clauses = "RED-05 RED-07", .calls = CALL(EDIT) | CALL(APPLY),
     AT(HANDLE), .bars = K(DATA_HELD), LITERAL(MISUSE)},
    {.id = "edit.local-address", .clauses = "RED-03", .calls = CALL(EDIT), AT(CODE),
     .needs = K(LOCAL_ADDRESS) | K(DATA_HELD), LITERAL(MISUSE)},
    {.id = "edit.context-gone", .clauses = "RED-13", .calls = CALL(EDIT), AT(POINTERS),
     .needs = K(CONTEXT_GONE) | K(DATA_HELD), .bars = K(LOCAL_ADDRESS), LITERAL(MISUSE)},
    {.id = "edit.done", .clauses = "RED-08 RED-12", .calls = CALL(EDIT), AT(OUTCOME),
     LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_EDIT},
    {.id = "apply.without-right", .clauses = "RED-18", .calls = CALL(APPLY), AT(ACCESS),
     .needs = K(DATA_HELD), .bars = K(MAY_WRITE) | K(PENDED), LITERAL(MISUSE),
     .effect = WFP_EFFECT_DISCARD},
    {.id = "apply.reauthorize-inline", .clauses = "RED-17", .calls = CALL(APPLY), AT(PENDING),
     .needs = K(FLAGS) | K(DATA_HELD) | K(MAY_WRITE), .bars = K(PENDED), KEY(REAUTHORIZE_FLAG_INLINE),
     .effect = WFP_EFFECT_APPLY},
    {.id = "apply.state-not-asked", .clauses = "ST-05 ST-09", .calls = CALL(APPLY), AT(RECORD),
     .needs = K(REDIRECTS) | K(DATA_HELD) | K(MAY_WRITE), .bars = K(ASKED_STATE), LITERAL(MISUSE), .effect = WFP_EFFECT_APPLY},
    {.id = "apply.applied", .clauses = "RED-05 RED-07 RED-08 RED-12 RED-13 RED-19 RED-20 RED-21 ST-05",
     .calls = CALL(APPLY), AT(OUTCOME), LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_APPLY},
    {.id = "pend.without-handle", .clauses = "RED-05 RED-14", .calls = CALL(PEND), AT(HANDLE),
     .bars = K(HANDLE_HELD), LITERAL(MISUSE)},
    {.id = "pend.reauthorizing", .clauses = "MET-08 RED-15", .calls = CALL(PEND), AT(ACCESS),
     .needs = K(REAUTHORIZING) | K(HANDLE_HELD), .bars = K(AT_AUTH_CONNECT),
     LITERAL(UNCHANGED(0xC0220103u))},
    {.id = "pend.not-at-this-layer", .clauses = "RED-15", .calls = CALL(PEND), AT(CODE),
     .needs = K(AT_AUTH_CONNECT) | K(HANDLE_HELD), LITERAL(UNCHANGED(0xC0220103u))},
    {.id = "pend.pended", .clauses = "RED-14 RED-15", .calls = CALL(PEND), AT(OUTCOME),
     LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_SUSPEND},
    {.id = "complete.not-pended", .clauses = "RED-14", .calls = CALL(COMPLETE), AT(PENDING),
     .bars = K(PENDED), LITERAL(MISUSE)},
    {.id = "complete.reauthorize", .clauses = "RED-16 MET-07 MET-09", .calls = CALL(COMPLETE), AT(ROOM),
     .needs = K(PENDED), .bars = K(DECIDES), LITERAL(UNCHANGED(0)),
     .effect = WFP_EFFECT_START_AGAIN},
    {.id = "complete.decided", .clauses = "RED-14 RED-16", .calls = CALL(COMPLETE), AT(OUTCOME),
     LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_DECIDE},
    {.id = "action.without-right", .clauses = "RED-18", .calls = CALL(ACTION), AT(ACCESS),
     .bars = K(MAY_WRITE) | K(VETO), LITERAL(MISUSE)},
    {.id = "action.set", .clauses = "RED-06 RED-18", .calls = CALL(ACTION), AT(OUTCOME), STORED,
     .effect = WFP_EFFECT_ACT},
    {.id = "return.data-held", .clauses = "RED-07", .calls = CALL(RETURN), AT(RECORD),
     .needs = K(DATA_HELD), .bars = K(PENDED), LITERAL(MISUSE), .effect = WFP_EFFECT_RETURN},
    {.id = "return.handle-held", .clauses = "RED-05", .calls = CALL(RETURN), AT(ROOM),
     .needs = K(HANDLE_HELD), .bars = K(PENDED) | K(DATA_HELD), LITERAL(MISUSE),
     .effect = WFP_EFFECT_RETURN},
    {.id = "return.done", .clauses = "RED-05 RED-06", .calls = CALL(RETURN), AT(OUTCOME), STORED,
     .effect = WFP_EFFECT_RETURN},
    {.id = "state.repeated", .clauses = "ST-06", .calls = CALL(REDIRECT_STATE), AT(PENDING),
     .needs = K(LIST_LAST) | K(LIST_MEMBER) | K(LIST_REPEATED), KEY(STATE_REPEATED_SELF),
     .effect = WFP_EFFECT_HAND_CONTEXT},
    {.id = "context.not-the-callouts", .clauses = "RED-13", .calls = CALL(FREE_CONTEXT), AT(HANDLE),
     .needs = K(CONTEXT_GONE), LITERAL(MISUSE)},
    {.id = "context.freed", .clauses = "RED-13", .calls = CALL(FREE_CONTEXT), AT(OUTCOME),
     LITERAL(UNCHANGED(0)), .effect = WFP_EFFECT_FREE},
};
/* clang-format on */

static const struct wfp_rules table = {rows, sizeof rows / sizeof rows[0]};

const struct wfp_rules *wfp_rules_shipped(void)
{
    return &table;
}
