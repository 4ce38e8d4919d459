/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/sim.h>

struct number_name {
    uint32_t number;
    const char *name;
};

/* Winsock, Win32, NTSTATUS and WFP codes that the API or its faults can show. */
static const struct number_name errors[] = {
    {0, "OK"},
    {1, "ERROR_INVALID_FUNCTION"},
    {5, "ERROR_ACCESS_DENIED"},
    {6, "ERROR_INVALID_HANDLE"},
    {50, "ERROR_NOT_SUPPORTED"},
    {87, "ERROR_INVALID_PARAMETER"},
    {122, "ERROR_INSUFFICIENT_BUFFER"},
    {192, "WAIT_IO_COMPLETION"},
    {234, "ERROR_MORE_DATA"},
    {258, "WSA_WAIT_TIMEOUT"},
    {534, "ERROR_ARITHMETIC_OVERFLOW"},
    {995, "WSA_OPERATION_ABORTED"},
    {996, "WSA_IO_INCOMPLETE"},
    {997, "WSA_IO_PENDING"},
    {998, "ERROR_NOACCESS"},
    {1168, "ERROR_NOT_FOUND"},
    {10004, "WSAEINTR"},
    {10009, "WSAEBADF"},
    {10013, "WSAEACCES"},
    {10014, "WSAEFAULT"},
    {10022, "WSAEINVAL"},
    {10035, "WSAEWOULDBLOCK"},
    {10036, "WSAEINPROGRESS"},
    {10038, "WSAENOTSOCK"},
    {10040, "WSAEMSGSIZE"},
    {10042, "WSAENOPROTOOPT"},
    {10045, "WSAEOPNOTSUPP"},
    {10048, "WSAEADDRINUSE"},
    {10050, "WSAENETDOWN"},
    {10051, "WSAENETUNREACH"},
    {10052, "WSAENETRESET"},
    {10053, "WSAECONNABORTED"},
    {10054, "WSAECONNRESET"},
    {10055, "WSAENOBUFS"},
    {10056, "WSAEISCONN"},
    {10057, "WSAENOTCONN"},
    {10058, "WSAESHUTDOWN"},
    {10060, "WSAETIMEDOUT"},
    {10093, "WSANOTINITIALISED"},
    {0x00000103u, "STATUS_PENDING"},
    {0x80000005u, "STATUS_BUFFER_OVERFLOW"},
    {0x80320008u, "FWP_E_NOT_FOUND"},
    {0xC0000008u, "STATUS_INVALID_HANDLE"},
    {0xC000000Du, "STATUS_INVALID_PARAMETER"},
    {0xC0000010u, "STATUS_INVALID_DEVICE_REQUEST"},
    {0xC0000022u, "STATUS_ACCESS_DENIED"},
    {0xC0000023u, "STATUS_BUFFER_TOO_SMALL"},
    {0xC0000095u, "STATUS_INTEGER_OVERFLOW"},
    {0xC00000BBu, "STATUS_NOT_SUPPORTED"},
    {0xC0000120u, "STATUS_CANCELLED"},
    {0xC0000140u, "STATUS_INVALID_CONNECTION"},
    {0xC0000225u, "STATUS_NOT_FOUND"},
    {0xC000023Cu, "STATUS_NETWORK_UNREACHABLE"},
    {0xC00002C5u, "STATUS_DATATYPE_MISALIGNMENT_ERROR"},
    {0xC0220103u, "STATUS_FWP_CANNOT_PEND"},
};

const char *wfp_error_name(uint32_t error)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].number == error) {
            return errors[i].name;
        }
    }
    return NULL;
}

bool wfp_error_named(const char *name, uint32_t *error)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (strcmp(errors[i].name, name) == 0) {
            *error = errors[i].number;
            return true;
        }
    }
    return false;
}

struct call_name {
    const char *name;
    enum wfp_face face;
};

#define SOCKET(call, name) [WFP_CALL_##call] = {name, WFP_FACE_SOCKET}
#define KERNEL(call, name) [WFP_CALL_##call] = {name, WFP_FACE_KERNEL}
#define DATAGRAM(call, name) [WFP_CALL_##call] = {name, WFP_FACE_DATAGRAM}

static const struct call_name calls[WFP_CALL_COUNT] = {
    SOCKET(QUERY_RECORDS, "query-records"),
    SOCKET(QUERY_CONTEXT, "query-context"),
    SOCKET(SET_RECORDS, "set-records"),
    SOCKET(FLUSH, "flush"),
    SOCKET(OTHER_CODE, "other-code"),
    SOCKET(LAST_ERROR, "last-error"),
    SOCKET(ABORT, "abort"),
    SOCKET(RESULT, "result"),
    SOCKET(EVENT, "event"),
    SOCKET(ALERTABLE_WAIT, "alertable-wait"),
    SOCKET(CANCEL, "cancel"),

    KERNEL(CONNECT, "connect"),
    KERNEL(REDIRECT_STATE, "redirect-state"),
    KERNEL(NEXT, "next-callout"),
    KERNEL(RETURN, "return"),
    KERNEL(LOOK, "look"),
    KERNEL(SIO_RECORDS, "sio-records"),
    KERNEL(ACQUIRE_HANDLE, "acquire-classify-handle"),
    KERNEL(ACQUIRE_DATA, "acquire-writable-data"),
    KERNEL(EDIT, "edit"),
    KERNEL(APPLY, "apply"),
    KERNEL(PEND, "pend"),
    KERNEL(COMPLETE, "complete"),
    KERNEL(RELEASE_HANDLE, "release-classify-handle"),
    KERNEL(ACTION, "action"),
    KERNEL(CREATE_HANDLE, "create-redirect-handle"),
    KERNEL(FREE_CONTEXT, "free-context"),
    KERNEL(REAUTHORIZE, "reauthorize"),

    DATAGRAM(OPTION_SET, "option-set"),
    DATAGRAM(OPTION_GET, "option-get"),
    DATAGRAM(DATAGRAM_CONNECT, "datagram-connect"),
    DATAGRAM(SEND_MESSAGE, "send-message"),
    DATAGRAM(SEND_PLAIN, "send-plain"),
    DATAGRAM(RECEIVE_MESSAGE, "receive-message"),
    DATAGRAM(RECEIVE_PLAIN, "receive-plain"),
};

static const char *const stages[WFP_STAGE_COUNT] = {
    [WFP_STAGE_STARTUP] = "startup",
    [WFP_STAGE_FAULT] = "fault",
    [WFP_STAGE_BYTE_COUNT] = "byte-count",
    [WFP_STAGE_OVERLAPPED] = "overlapped",
    [WFP_STAGE_HANDLE] = "handle",
    [WFP_STAGE_CODE] = "code",
    [WFP_STAGE_POINTERS] = "pointers",
    [WFP_STAGE_SIZES] = "sizes",
    [WFP_STAGE_ACCESS] = "access",
    [WFP_STAGE_PENDING] = "pending",
    [WFP_STAGE_SOCKET] = "socket",
    [WFP_STAGE_RECORD] = "record",
    [WFP_STAGE_ROOM] = "room",
    [WFP_STAGE_OUTCOME] = "outcome",
};

static const char *const facts[WFP_FACT_COUNT] = {
    [WFP_FACT_NOT_STARTED] = "not-started",
    [WFP_FACT_NETWORK_DOWN] = "network-down",
    [WFP_FACT_INTERRUPTED] = "interrupted",
    [WFP_FACT_CALLBACK_RUNNING] = "callback-running",
    [WFP_FACT_PROTOCOL_FAULT] = "protocol-fault",
    [WFP_FACT_KERNEL_ENTRY] = "kernel-entry",
    [WFP_FACT_COUNT_NULL] = "count-null",
    [WFP_FACT_COUNT_UNMAPPED] = "count-unmapped",
    [WFP_FACT_OVERLAPPED] = "overlapped",
    [WFP_FACT_OVERLAPPED_UNMAPPED] = "overlapped-unmapped",
    [WFP_FACT_ROUTINE_UNMAPPED] = "routine-unmapped",
    [WFP_FACT_ASYNCHRONOUS] = "asynchronous",
    [WFP_FACT_NOT_A_SOCKET] = "not-a-socket",
    [WFP_FACT_OUT_NULL] = "out-null",
    [WFP_FACT_OUT_UNMAPPED] = "out-unmapped",
    [WFP_FACT_OUT_MISALIGNED] = "out-misaligned",
    [WFP_FACT_OUT_GIVEN] = "out-given",
    [WFP_FACT_OUT_TINY] = "out-tiny",
    [WFP_FACT_OUT_SHORT] = "out-short",
    [WFP_FACT_IN_NULL] = "in-null",
    [WFP_FACT_IN_UNMAPPED] = "in-unmapped",
    [WFP_FACT_IN_GIVEN] = "in-given",
    [WFP_FACT_UNELEVATED] = "unelevated",
    [WFP_FACT_UDP] = "udp",
    [WFP_FACT_RAW] = "raw",
    [WFP_FACT_LISTENING] = "listening",
    [WFP_FACT_BOUND] = "bound",
    [WFP_FACT_CONNECTED] = "connected",
    [WFP_FACT_ACCEPT_NOT_UPDATED] = "accept-not-updated",
    [WFP_FACT_DUPLICATE] = "duplicate",
    [WFP_FACT_SHUT_DOWN] = "shut-down",
    [WFP_FACT_RECORD] = "record",
    [WFP_FACT_CONTEXT] = "context",
    [WFP_FACT_ASKED_BEFORE] = "asked-before",
    [WFP_FACT_BLOB_GARBAGE] = "blob-garbage",
    [WFP_FACT_BLOB_TRUNCATED] = "blob-truncated",
    [WFP_FACT_BLOB_EXTENDED] = "blob-extended",
    [WFP_FACT_BLOB_FOREIGN] = "blob-foreign",
    [WFP_FACT_BLOB_DEAD_HANDLE] = "blob-dead-handle",
    [WFP_FACT_ATTACHED] = "attached",
    [WFP_FACT_ATTACHED_ELSEWHERE] = "attached-elsewhere",
    [WFP_FACT_OPERATION_PENDING] = "operation-pending",
    [WFP_FACT_OPERATION_WIN32] = "operation-win32",
    [WFP_FACT_OPERATION_ROUTINE] = "operation-routine",
    [WFP_FACT_OPERATION_TOO_SMALL] = "operation-too-small",
    [WFP_FACT_OPERATION_NO_RECORD] = "operation-no-record",
    [WFP_FACT_OPERATION_UNSUPPORTED] = "operation-unsupported",
    [WFP_FACT_FLUSHING] = "flushing",
    [WFP_FACT_ROUTINE_DUE] = "routine-due",
};

static const char *const kernel_facts[WFP_KERNEL_COUNT] = {
    [WFP_KERNEL_TARGET_PID_ZERO] = "target-pid-zero",
    [WFP_KERNEL_LIST_EMPTY] = "list-empty",
    [WFP_KERNEL_LIST_LAST] = "list-last",
    [WFP_KERNEL_LIST_MEMBER] = "list-member",
    [WFP_KERNEL_LIST_REPEATED] = "list-repeated",
    [WFP_KERNEL_AT_AUTH_CONNECT] = "at-auth-connect",
    [WFP_KERNEL_REAUTHORIZING] = "reauthorizing",
    [WFP_KERNEL_REDIRECTED] = "redirected",
    [WFP_KERNEL_NO_HANDLE] = "no-redirect-handle",
    [WFP_KERNEL_BLOCKED] = "blocked",
    [WFP_KERNEL_PREVIOUS] = "previous-version",
    [WFP_KERNEL_CALLOUT_LEFT] = "callout-left",
    [WFP_KERNEL_MODIFIED] = "modified-by-others",
    [WFP_KERNEL_CLASSIFY0] = "classify0",
    [WFP_KERNEL_MAY_WRITE] = "may-write",
    [WFP_KERNEL_RIGHT] = "write-right",
    [WFP_KERNEL_HANDLE_HELD] = "classify-handle-held",
    [WFP_KERNEL_DATA_HELD] = "writable-data-held",
    [WFP_KERNEL_PENDED] = "pended",
    [WFP_KERNEL_ASKED_STATE] = "asked-state",
    [WFP_KERNEL_REDIRECTS] = "redirects",
    [WFP_KERNEL_FLAGS] = "flags",
    [WFP_KERNEL_LOCAL_ADDRESS] = "local-address",
    [WFP_KERNEL_CONTEXT_GONE] = "context-gone",
    [WFP_KERNEL_DECIDES] = "decides",
    [WFP_KERNEL_VETO] = "veto",
    [WFP_KERNEL_OUT_SHORT] = "out-short",
    [WFP_KERNEL_OUT_MISALIGNED] = "out-misaligned",
    [WFP_KERNEL_LOOK_RIGHT] = "look-write-right",
    [WFP_KERNEL_LOOK_ACTION] = "look-action",
    [WFP_KERNEL_LOOK_REAUTHORIZE] = "look-reauthorize",
    [WFP_KERNEL_LOOK_REDIRECTED] = "look-redirected",
    [WFP_KERNEL_LOOK_PROXY] = "look-proxy-connection",
    [WFP_KERNEL_LOOK_REASON] = "look-reason",
    [WFP_KERNEL_LOOK_TARGET_PID] = "look-target-pid",
    [WFP_KERNEL_LOOK_DESTINATION] = "look-original-destination",
    [WFP_KERNEL_LOOK_RECORD_HANDLE] = "look-record-handle",
    [WFP_KERNEL_LOOK_ORIGINAL_APP] = "look-original-application",
    [WFP_KERNEL_LOOK_PREVIOUS] = "look-previous-version",
    [WFP_KERNEL_LOOK_FIXED] = "look-fixed-value",
};

static const char *const datagram_facts[WFP_DATAGRAM_COUNT] = {
    [WFP_DATAGRAM_KERNEL_ENTRY] = "kernel-entry",
    [WFP_DATAGRAM_STREAM] = "stream",
    [WFP_DATAGRAM_BOUND] = "bound",
    [WFP_DATAGRAM_CONNECTED] = "connected",
    [WFP_DATAGRAM_SHUT_DOWN] = "shut-down",
    [WFP_DATAGRAM_COUNT_NULL] = "count-null",
    [WFP_DATAGRAM_OVERLAPPED] = "overlapped",
    [WFP_DATAGRAM_OPTION_UNKNOWN] = "option-unknown",
    [WFP_DATAGRAM_LEVEL_UNKNOWN] = "level-unknown",
    [WFP_DATAGRAM_LEVEL_FOREIGN] = "level-foreign",
    [WFP_DATAGRAM_VALUE_NULL] = "value-null",
    [WFP_DATAGRAM_VALUE_SHORT] = "value-short",
    [WFP_DATAGRAM_NAME_NULL] = "name-null",
    [WFP_DATAGRAM_NAME_GIVEN] = "name-given",
    [WFP_DATAGRAM_CONTROL_NULL] = "control-null",
    [WFP_DATAGRAM_FLAGS_FOREIGN] = "flags-foreign",
    [WFP_DATAGRAM_TOO_LONG] = "too-long",
    [WFP_DATAGRAM_OBJECT_MALFORMED] = "object-malformed",
    [WFP_DATAGRAM_OBJECT_UNKNOWN] = "object-unknown",
    [WFP_DATAGRAM_OBJECT_EMPTY] = "object-empty",
    [WFP_DATAGRAM_OBJECT_FOREIGN] = "object-foreign",
    [WFP_DATAGRAM_RECORD_GIVEN] = "record-given",
    [WFP_DATAGRAM_RECORD_TWICE] = "record-twice",
    [WFP_DATAGRAM_RECORD_INVALID] = "record-invalid",
    [WFP_DATAGRAM_FLOW_NEW] = "flow-new",
    [WFP_DATAGRAM_FLOW_UNBEGUN] = "flow-unbegun",
    [WFP_DATAGRAM_TARGET_PID_ZERO] = "target-pid-zero",
    [WFP_DATAGRAM_PEEK] = "peek",
    [WFP_DATAGRAM_QUEUE_EMPTY] = "queue-empty",
    [WFP_DATAGRAM_RECORD_DUE] = "record-due",
    [WFP_DATAGRAM_CONTEXT_DUE] = "context-due",
    [WFP_DATAGRAM_DATA_SHORT] = "data-short",
    [WFP_DATAGRAM_CONTROL_SHORT] = "control-short",
};

static const struct {
    const char *const *names;
    unsigned count;
} faces[WFP_FACE_COUNT] = {
    [WFP_FACE_SOCKET] = {facts, WFP_FACT_COUNT},
    [WFP_FACE_KERNEL] = {kernel_facts, WFP_KERNEL_COUNT},
    [WFP_FACE_DATAGRAM] = {datagram_facts, WFP_DATAGRAM_COUNT},
};

static const char *const effects[] = {
    [WFP_EFFECT_NONE] = "none",
    [WFP_EFFECT_COPY_RECORD] = "copy-record",
    [WFP_EFFECT_COPY_CONTEXT] = "copy-context",
    [WFP_EFFECT_ATTACH_RECORD] = "attach-record",
    [WFP_EFFECT_PEND] = "pend",
    [WFP_EFFECT_ABORT] = "abort",
    [WFP_EFFECT_RUN_ROUTINE] = "run-routine",
    [WFP_EFFECT_CONNECT] = "connect",

    [WFP_EFFECT_CONNECT_BARE] = "connect-without-record",
    [WFP_EFFECT_REFUSE] = "refuse",
    [WFP_EFFECT_ASK] = "ask",
    [WFP_EFFECT_RETURN] = "return",
    [WFP_EFFECT_HAND_CONTEXT] = "hand-context",
    [WFP_EFFECT_TAKE_HANDLE] = "take-handle",
    [WFP_EFFECT_TAKE_DATA] = "take-data",
    [WFP_EFFECT_EDIT] = "edit",
    [WFP_EFFECT_APPLY] = "apply",
    [WFP_EFFECT_DISCARD] = "discard",
    [WFP_EFFECT_SUSPEND] = "suspend",
    [WFP_EFFECT_DECIDE] = "decide",
    [WFP_EFFECT_START_AGAIN] = "start-again",
    [WFP_EFFECT_RELEASE_HANDLE] = "release-handle",
    [WFP_EFFECT_ACT] = "act",
    [WFP_EFFECT_CREATE] = "create",
    [WFP_EFFECT_FREE] = "free",
    [WFP_EFFECT_AT_REDIRECT] = "at-redirect",
    [WFP_EFFECT_AT_AUTH] = "at-auth",
    [WFP_EFFECT_TELL_REQUESTER] = "tell-requester",
    [WFP_EFFECT_SET_OPTION] = "set-option",
    [WFP_EFFECT_GET_OPTION] = "get-option",
    [WFP_EFFECT_SEND_FIRST] = "send-first",
    [WFP_EFFECT_SEND_CARRYING] = "send-carrying",
    [WFP_EFFECT_SEND_LATER] = "send-later",
    [WFP_EFFECT_RECEIVE] = "receive",
    [WFP_EFFECT_RECEIVE_RECORD] = "receive-record",
    [WFP_EFFECT_RECEIVE_CONTEXT] = "receive-context",
    [WFP_EFFECT_RECEIVE_BOTH] = "receive-both",
    [WFP_EFFECT_RECEIVE_CUT] = "receive-cut",
};

const char *wfp_call_name(enum wfp_call call)
{
    return (size_t)call < WFP_CALL_COUNT ? calls[call].name : NULL;
}

enum wfp_face wfp_call_face(enum wfp_call call)
{
    return (size_t)call < WFP_CALL_COUNT ? calls[call].face : WFP_FACE_SOCKET;
}

enum wfp_face wfp_rule_face(const struct wfp_rule *rule)
{
    unsigned call = 0;

    while (call < WFP_CALL_COUNT && (rule->calls & WFP_BIT(call)) == 0) {
        call++;
    }
    return wfp_call_face((enum wfp_call)call);
}

const char *wfp_stage_name(enum wfp_stage stage)
{
    return (size_t)stage < WFP_STAGE_COUNT ? stages[stage] : NULL;
}

unsigned wfp_fact_count(enum wfp_face face)
{
    return (size_t)face < WFP_FACE_COUNT ? faces[face].count : 0;
}

const char *wfp_fact_name(enum wfp_face face, unsigned fact)
{
    return fact < wfp_fact_count(face) ? faces[face].names[fact] : NULL;
}

const char *wfp_effect_name(enum wfp_effect effect)
{
    return (size_t)effect < sizeof effects / sizeof effects[0] ? effects[effect] : NULL;
}
