/* SPDX-License-Identifier: MIT */

/*
 * A model of the Windows Filtering Platform's connection-redirect records.
 *
 * One block of memory, owned by the caller, holds a whole world: sockets, redirect handles,
 * redirect records and overlapped operations. Nothing here allocates, reads a clock or keeps a
 * global; links inside the block are indices, so a world may be copied, compared and restored with
 * memcpy.
 *
 * Every answer comes from one immutable table of rules. A call has a *set* of allowed answers; a
 * profile says which one a given provider chooses where the documentation is silent or contradicts
 * itself. Clause ids (QRY-06, UNK-06 ...) are those of vectors/clauses.json.
 */

#ifndef WFP_SIM_H
#define WFP_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- control codes (DEF-02) ---- */

#define WFP_SIO_QUERY_RECORDS 0x980000DCu
#define WFP_SIO_QUERY_CONTEXT 0x980000DDu
#define WFP_SIO_SET_RECORDS 0x980000DEu
#define WFP_SIO_FLUSH 0x28000004u

/* ---- answers ---- */

enum wfp_outcome {
    WFP_RETURNED, /* the call came back: error and byte count are meaningful */
    WFP_DIED,     /* the call ended its thread with an access violation */
    WFP_STATE,    /* FwpsQueryConnectionRedirectState0: the state is in `error` */
    WFP_PASS,     /* a profile's way to say "no objection, ask the next rule" */

    /* the kernel face */
    WFP_ACTION, /* an action is in force: it is in `error` */
    WFP_FIELD,  /* a look: in `error` is whether the field is there, enum wfp_presence */
    WFP_MISUSE  /* the call breaks its contract, and has no value to say so */
};

enum wfp_presence {
    WFP_ABSENT,
    WFP_PRESENT,
    WFP_DIFFERENT /* there, but not as the look would have it */
};

enum wfp_count {
    WFP_COUNT_UNCHANGED, /* *lpcbBytesReturned is left as it was */
    WFP_COUNT_VALUE,     /* it is set to `bytes` */
    WFP_COUNT_NEEDED     /* it is set to N, the true size of what was asked for */
};

/*
 * What a call gives back. `error` is 0 (the call returned 0) or the code behind SOCKET_ERROR
 * (API-02, API-03); through the kernel entry it is an NTSTATUS.
 */
struct wfp_answer {
    uint32_t error;
    uint32_t bytes;
    enum wfp_count count;
    enum wfp_outcome outcome;
};

enum { WFP_ANSWERS_MAX = 16 };

/* The allowed answers of one call, without repeats; the first is the simulator's. */
struct wfp_answer_set {
    size_t count;
    struct wfp_answer answers[WFP_ANSWERS_MAX];
    const struct wfp_rule *rules[WFP_ANSWERS_MAX]; /* the rule behind each */
};

bool wfp_answer_equal(struct wfp_answer a, struct wfp_answer b);

/* ---- rules ---- */

/* What is asked of the model. A rule names the kinds of call that it speaks about. */
enum wfp_call {
    WFP_CALL_QUERY_RECORDS,
    WFP_CALL_QUERY_CONTEXT,
    WFP_CALL_SET_RECORDS,
    WFP_CALL_FLUSH,
    WFP_CALL_OTHER_CODE,
    WFP_CALL_LAST_ERROR,
    WFP_CALL_ABORT,  /* what a pending operation ends with when it is aborted */
    WFP_CALL_RESULT, /* fetching the result of an overlapped call */
    WFP_CALL_EVENT,  /* looking at hEvent of an overlapped call */
    WFP_CALL_ALERTABLE_WAIT,
    WFP_CALL_CANCEL,

    /* the kernel face */
    WFP_CALL_CONNECT,
    WFP_CALL_REDIRECT_STATE,
    WFP_CALL_NEXT,
    WFP_CALL_RETURN,
    WFP_CALL_LOOK,
    WFP_CALL_SIO_RECORDS,
    WFP_CALL_ACQUIRE_HANDLE,
    WFP_CALL_ACQUIRE_DATA,
    WFP_CALL_EDIT,
    WFP_CALL_APPLY,
    WFP_CALL_PEND,
    WFP_CALL_COMPLETE,
    WFP_CALL_RELEASE_HANDLE,
    WFP_CALL_ACTION,
    WFP_CALL_CREATE_HANDLE,
    WFP_CALL_FREE_CONTEXT,
    WFP_CALL_REAUTHORIZE,

    /* datagrams */
    WFP_CALL_OPTION_SET,
    WFP_CALL_OPTION_GET,
    WFP_CALL_DATAGRAM_CONNECT,
    WFP_CALL_SEND_MESSAGE, /* with control data */
    WFP_CALL_SEND_PLAIN,
    WFP_CALL_RECEIVE_MESSAGE,
    WFP_CALL_RECEIVE_PLAIN,
    WFP_CALL_COUNT
};

/* Where a call is made. The facts of a rule are those of its calls' face. */
enum wfp_face {
    WFP_FACE_SOCKET,   /* facts are enum wfp_fact */
    WFP_FACE_KERNEL,   /* enum wfp_kernel_fact */
    WFP_FACE_DATAGRAM, /* enum wfp_datagram_fact */
    WFP_FACE_COUNT
};

/* The order of checks (UNK-26) is an order of these; a profile may permute it. */
enum wfp_stage {
    WFP_STAGE_STARTUP,
    WFP_STAGE_FAULT,
    WFP_STAGE_BYTE_COUNT,
    WFP_STAGE_OVERLAPPED,
    WFP_STAGE_HANDLE,
    WFP_STAGE_CODE,
    WFP_STAGE_POINTERS,
    WFP_STAGE_SIZES,
    WFP_STAGE_ACCESS,
    WFP_STAGE_PENDING,
    WFP_STAGE_SOCKET,
    WFP_STAGE_RECORD,
    WFP_STAGE_ROOM,
    WFP_STAGE_OUTCOME,
    WFP_STAGE_COUNT
};

/*
 * Predicates over (world, call), at most 64 for each face. A rule's guard is: all of `needs` hold
 * and none of `bars`. These are the facts of WFP_FACE_SOCKET.
 */
enum wfp_fact {
    WFP_FACT_NOT_STARTED,
    WFP_FACT_NETWORK_DOWN,
    WFP_FACT_INTERRUPTED,
    WFP_FACT_CALLBACK_RUNNING,
    WFP_FACT_PROTOCOL_FAULT,
    WFP_FACT_KERNEL_ENTRY,
    WFP_FACT_COUNT_NULL,
    WFP_FACT_COUNT_UNMAPPED,
    WFP_FACT_OVERLAPPED,
    WFP_FACT_OVERLAPPED_UNMAPPED,
    WFP_FACT_ROUTINE_UNMAPPED,
    WFP_FACT_ASYNCHRONOUS,
    WFP_FACT_NOT_A_SOCKET,
    WFP_FACT_OUT_NULL,
    WFP_FACT_OUT_UNMAPPED,
    WFP_FACT_OUT_MISALIGNED,
    WFP_FACT_OUT_GIVEN,
    WFP_FACT_OUT_TINY,
    WFP_FACT_OUT_SHORT,
    WFP_FACT_IN_NULL,
    WFP_FACT_IN_UNMAPPED,
    WFP_FACT_IN_GIVEN,
    WFP_FACT_UNELEVATED,
    WFP_FACT_UDP,
    WFP_FACT_RAW,
    WFP_FACT_LISTENING,
    WFP_FACT_BOUND,
    WFP_FACT_CONNECTED,
    WFP_FACT_ACCEPT_NOT_UPDATED,
    WFP_FACT_DUPLICATE,
    WFP_FACT_SHUT_DOWN,
    WFP_FACT_RECORD,
    WFP_FACT_CONTEXT,
    WFP_FACT_ASKED_BEFORE,
    WFP_FACT_BLOB_GARBAGE,
    WFP_FACT_BLOB_TRUNCATED,
    WFP_FACT_BLOB_EXTENDED,
    WFP_FACT_BLOB_FOREIGN,
    WFP_FACT_BLOB_DEAD_HANDLE,
    WFP_FACT_ATTACHED,
    WFP_FACT_ATTACHED_ELSEWHERE,
    WFP_FACT_OPERATION_PENDING,
    WFP_FACT_OPERATION_WIN32,
    WFP_FACT_OPERATION_ROUTINE,
    WFP_FACT_OPERATION_TOO_SMALL,
    WFP_FACT_OPERATION_NO_RECORD,
    WFP_FACT_OPERATION_UNSUPPORTED,
    WFP_FACT_FLUSHING,
    WFP_FACT_ROUTINE_DUE,
    WFP_FACT_COUNT
};

enum wfp_kernel_fact {
    WFP_KERNEL_TARGET_PID_ZERO,
    WFP_KERNEL_LIST_EMPTY,
    WFP_KERNEL_LIST_LAST,
    WFP_KERNEL_LIST_MEMBER,
    WFP_KERNEL_LIST_REPEATED, /* last, and before: others stand between */
    WFP_KERNEL_AT_AUTH_CONNECT,
    WFP_KERNEL_REAUTHORIZING,
    WFP_KERNEL_REDIRECTED, /* the connect has a version that goes elsewhere */
    WFP_KERNEL_NO_HANDLE,  /* ... to a local service, without a redirect handle */
    WFP_KERNEL_BLOCKED,
    WFP_KERNEL_PREVIOUS, /* there is a version at that place of the chain */
    WFP_KERNEL_CALLOUT_LEFT,
    WFP_KERNEL_MODIFIED,    /* by others, after one who wants to be asked again then */
    WFP_KERNEL_CLASSIFY0,   /* the callout has an old classifyFn */
    WFP_KERNEL_MAY_WRITE,   /* it was asked with the write right */
    WFP_KERNEL_RIGHT,       /* classifyOut has the write right now */
    WFP_KERNEL_HANDLE_HELD, /* it has a classify handle */
    WFP_KERNEL_DATA_HELD,   /* it has the writable data */
    WFP_KERNEL_PENDED,
    WFP_KERNEL_ASKED_STATE,
    WFP_KERNEL_REDIRECTS,     /* the writable data redirects to a local service */
    WFP_KERNEL_FLAGS,         /* flags are given that mean something, or should be 0 */
    WFP_KERNEL_LOCAL_ADDRESS, /* the edit is of the local address */
    WFP_KERNEL_CONTEXT_GONE,  /* the context is not the callout's */
    WFP_KERNEL_DECIDES,       /* completion with a classifyOut */
    WFP_KERNEL_VETO,          /* the action is BLOCK */
    WFP_KERNEL_OUT_SHORT,
    WFP_KERNEL_OUT_MISALIGNED,
    WFP_KERNEL_LOOK_RIGHT,
    WFP_KERNEL_LOOK_ACTION,
    WFP_KERNEL_LOOK_REAUTHORIZE,
    WFP_KERNEL_LOOK_REDIRECTED,
    WFP_KERNEL_LOOK_PROXY,
    WFP_KERNEL_LOOK_REASON,
    WFP_KERNEL_LOOK_TARGET_PID,
    WFP_KERNEL_LOOK_DESTINATION,
    WFP_KERNEL_LOOK_RECORD_HANDLE,
    WFP_KERNEL_LOOK_ORIGINAL_APP,
    WFP_KERNEL_LOOK_PREVIOUS,
    WFP_KERNEL_LOOK_FIXED, /* what is always there */
    WFP_KERNEL_COUNT
};

enum wfp_datagram_fact {
    WFP_DATAGRAM_KERNEL_ENTRY,
    WFP_DATAGRAM_STREAM,
    WFP_DATAGRAM_BOUND, /* connected too */
    WFP_DATAGRAM_CONNECTED,
    WFP_DATAGRAM_SHUT_DOWN,
    WFP_DATAGRAM_COUNT_NULL,
    WFP_DATAGRAM_OVERLAPPED,

    WFP_DATAGRAM_OPTION_UNKNOWN,
    WFP_DATAGRAM_LEVEL_UNKNOWN,
    WFP_DATAGRAM_LEVEL_FOREIGN, /* IPPROTO_IPV6 on an IPv4 socket */
    WFP_DATAGRAM_VALUE_NULL,
    WFP_DATAGRAM_VALUE_SHORT, /* under four bytes */

    WFP_DATAGRAM_NAME_NULL, /* with a length */
    WFP_DATAGRAM_NAME_GIVEN,
    WFP_DATAGRAM_CONTROL_NULL, /* with a length */
    WFP_DATAGRAM_FLAGS_FOREIGN,
    WFP_DATAGRAM_TOO_LONG, /* for one datagram */

    WFP_DATAGRAM_OBJECT_MALFORMED,
    WFP_DATAGRAM_OBJECT_UNKNOWN,
    WFP_DATAGRAM_OBJECT_EMPTY,
    WFP_DATAGRAM_OBJECT_FOREIGN, /* of the other family's level */
    WFP_DATAGRAM_RECORD_GIVEN,
    WFP_DATAGRAM_RECORD_TWICE,
    WFP_DATAGRAM_RECORD_INVALID,

    WFP_DATAGRAM_FLOW_NEW,     /* this datagram, or connect(), creates it */
    WFP_DATAGRAM_FLOW_UNBEGUN, /* connect() made it, and this is its first datagram */
    WFP_DATAGRAM_TARGET_PID_ZERO,

    WFP_DATAGRAM_PEEK,
    WFP_DATAGRAM_QUEUE_EMPTY,
    WFP_DATAGRAM_RECORD_DUE, /* the datagram has one, and the option is on */
    WFP_DATAGRAM_CONTEXT_DUE,
    WFP_DATAGRAM_DATA_SHORT,
    WFP_DATAGRAM_CONTROL_SHORT,
    WFP_DATAGRAM_COUNT
};

/* What an answer of a rule does to the world, if it is the one given. */
enum wfp_effect {
    WFP_EFFECT_NONE,
    WFP_EFFECT_COPY_RECORD,   /* the record goes to the output buffer */
    WFP_EFFECT_COPY_CONTEXT,  /* the redirect context goes to the output buffer */
    WFP_EFFECT_ATTACH_RECORD, /* the input buffer becomes the socket's record */
    WFP_EFFECT_PEND,          /* an overlapped operation is left to finish later */
    WFP_EFFECT_ABORT,         /* pending operations end with WSA_OPERATION_ABORTED */
    WFP_EFFECT_RUN_ROUTINE,   /* one due completion routine of the thread runs */
    WFP_EFFECT_CONNECT,       /* the connection is made */

    /* the kernel face */
    WFP_EFFECT_CONNECT_BARE, /* ... and leaves no record */
    WFP_EFFECT_REFUSE,       /* the connect ends here */
    WFP_EFFECT_ASK,          /* the next callout is asked */
    WFP_EFFECT_RETURN,       /* the callout is done */
    WFP_EFFECT_HAND_CONTEXT, /* the handle's own context goes to the caller */
    WFP_EFFECT_TAKE_HANDLE,
    WFP_EFFECT_TAKE_DATA, /* the action becomes BLOCK, the write right goes */
    WFP_EFFECT_EDIT,
    WFP_EFFECT_APPLY,       /* the edited request becomes the newest version */
    WFP_EFFECT_DISCARD,     /* ... is dropped */
    WFP_EFFECT_SUSPEND,     /* the classification waits for its completion */
    WFP_EFFECT_DECIDE,      /* ... ends with the callout's decision */
    WFP_EFFECT_START_AGAIN, /* ... is done again as a reauthorisation */
    WFP_EFFECT_RELEASE_HANDLE,
    WFP_EFFECT_ACT,            /* action and rights are the callout's */
    WFP_EFFECT_CREATE,         /* a redirect handle comes into being */
    WFP_EFFECT_FREE,           /* pool memory is given back */
    WFP_EFFECT_AT_REDIRECT,    /* the reauthorisation begins at connect-redirect */
    WFP_EFFECT_AT_AUTH,        /* ... at auth-connect */
    WFP_EFFECT_TELL_REQUESTER, /* the application of the list's first requester is meant */

    WFP_EFFECT_SET_OPTION,
    WFP_EFFECT_GET_OPTION,
    WFP_EFFECT_SEND_FIRST,      /* the flow begins, by datagram or connect(), and is classified */
    WFP_EFFECT_SEND_CARRYING,   /* the datagram carries what the flow's connect() has left */
    WFP_EFFECT_SEND_LATER,      /* the datagram goes the flow's way, and carries nothing */
    WFP_EFFECT_RECEIVE,         /* the datagram alone */
    WFP_EFFECT_RECEIVE_RECORD,  /* ... with its record */
    WFP_EFFECT_RECEIVE_CONTEXT, /* ... with its context */
    WFP_EFFECT_RECEIVE_BOTH,    /* ... with both */
    WFP_EFFECT_RECEIVE_CUT      /* ... with what is due, as far as there is room */
};

/* Where a rule's answer stands. */
enum wfp_answer_source {
    WFP_ANSWER_LITERAL, /* in the rule */
    WFP_ANSWER_KEY,     /* in the profile, under the rule's key */
    WFP_ANSWER_STORED   /* in the world: a completed operation, or the thread's last error */
};

/* What a profile decides. vectors/profiles/keys.json says what each settles. */
enum wfp_key {
    WFP_KEY_NONE,
    WFP_KEY_ERROR_PRECEDENCE,
    WFP_KEY_NOT_STARTED,
    WFP_KEY_NULL_BYTE_COUNT,
    WFP_KEY_NULL_BYTE_COUNT_OVERLAPPED,
    WFP_KEY_UNMAPPED_BYTE_COUNT,
    WFP_KEY_UNMAPPED_OVERLAPPED,
    WFP_KEY_UNSUPPORTED,
    WFP_KEY_UNKNOWN_CODE,
    WFP_KEY_FLUSH,
    WFP_KEY_OVERLAPPED,
    WFP_KEY_OVERLAPPED_ON_PLAIN_SOCKET,
    WFP_KEY_COMPLETION_EVENT,
    WFP_KEY_WIN32_TOO_SMALL,
    WFP_KEY_WIN32_NO_RECORD,
    WFP_KEY_FLUSH_PENDED,
    WFP_KEY_TOO_SMALL,
    WFP_KEY_TINY_BUFFER,
    WFP_KEY_ZERO_SIZE_QUERY,
    WFP_KEY_NO_RECORD,
    WFP_KEY_NO_RECORD_SIZE_QUERY,
    WFP_KEY_NO_CONTEXT,
    WFP_KEY_UNCONNECTED,
    WFP_KEY_LISTENING,
    WFP_KEY_QUERY_ON_UDP_UNCONNECTED,
    WFP_KEY_QUERY_ON_UDP_CONNECTED,
    WFP_KEY_QUERY_ON_RAW,
    WFP_KEY_MISALIGNED_RECORDS,
    WFP_KEY_MISALIGNED_CONTEXT,
    WFP_KEY_QUERY_AGAIN,
    WFP_KEY_QUERY_INPUT,
    WFP_KEY_QUERY_NEEDS_ADMIN,
    WFP_KEY_ACCEPT_NOT_UPDATED,
    WFP_KEY_DUPLICATED_SOCKET,
    WFP_KEY_AFTER_SHUTDOWN,
    WFP_KEY_SET_RECORD_VISIBLE,
    WFP_KEY_CONTEXT_OF_LAST,
    WFP_KEY_SET_SUCCESS,
    WFP_KEY_SET_NEEDS_ADMIN,
    WFP_KEY_SET_OUTPUT_SIZE,
    WFP_KEY_SET_NULL_INPUT,
    WFP_KEY_SET_EMPTY,
    WFP_KEY_SET_GARBAGE,
    WFP_KEY_SET_TRUNCATED,
    WFP_KEY_SET_EXTENDED,
    WFP_KEY_SET_FOREIGN,
    WFP_KEY_SET_DEAD_HANDLE,
    WFP_KEY_SET_ON_UDP,
    WFP_KEY_SET_ON_RAW,
    WFP_KEY_SET_AFTER_BIND,
    WFP_KEY_SET_AFTER_CONNECT,
    WFP_KEY_SET_AGAIN,
    WFP_KEY_SET_FAN_OUT,
    WFP_KEY_TARGET_PID_ZERO,
    WFP_KEY_BIND_REDIRECT_RECORD,
    WFP_KEY_REMOTE_REDIRECT_RECORD,
    WFP_KEY_RECORD_HEADER,
    WFP_KEY_RECORD_HOP,

    /* the kernel face */
    WFP_KEY_STATE_PREVIOUS_SELF,
    WFP_KEY_STATE_REPEATED_SELF,
    WFP_KEY_REAUTHORIZE_FLAG_INLINE,
    WFP_KEY_REAUTHORIZE_AT_REDIRECT,
    WFP_KEY_AUTH_CONNECT_TARGET_PID,
    WFP_KEY_AUTH_CONNECT_DESTINATION,

    /* datagrams */
    WFP_KEY_OPTIONS,
    WFP_KEY_OPTION_LEVEL,
    WFP_KEY_OPTION_SHORT,
    WFP_KEY_OPTION_SIZE,
    WFP_KEY_OPTION_LATE,
    WFP_KEY_SEND_ON_STREAM,
    WFP_KEY_RECEIVE_ON_STREAM,
    WFP_KEY_PEEK_ON_STREAM,
    WFP_KEY_SEND_NULL_COUNT,
    WFP_KEY_RECEIVE_NULL_COUNT,
    WFP_KEY_MESSAGE_NULL_NAME,
    WFP_KEY_MESSAGE_NULL_CONTROL,
    WFP_KEY_MESSAGE_FLAGS,
    WFP_KEY_SEND_UNBOUND,
    WFP_KEY_SEND_NO_DESTINATION,
    WFP_KEY_RECEIVE_UNBOUND,
    WFP_KEY_RECEIVE_CUT,
    WFP_KEY_SEND_OBJECT_LENGTH,
    WFP_KEY_SEND_OBJECT_TYPE,
    WFP_KEY_SEND_OBJECT_EMPTY,
    WFP_KEY_SEND_OBJECT_LEVEL,
    WFP_KEY_SEND_RECORD_TWICE,
    WFP_KEY_SEND_RECORD_INVALID,
    WFP_KEY_SEND_RECORD_LATE,
    WFP_KEY_SEND_RECORD_CONNECTED,
    WFP_KEY_TRUNC_FLAG,
    WFP_KEY_CONTROL_PARTIAL,
    WFP_KEY_PEEK_SHOWS_RECORD,
    WFP_KEY_MAPPED_LEVEL_IP,
    WFP_KEY_UDP_IDLE,
    WFP_KEY_COUNT
};

#define WFP_BIT(n) (UINT64_C(1) << (n))

struct wfp_rule {
    const char *id;      /* "query.too-small"; unique in a table */
    const char *clauses; /* clause ids, separated by one space */
    uint64_t calls;      /* bit set of enum wfp_call, all of one face */
    uint64_t needs;      /* bit sets of the face's facts */
    uint64_t bars;
    enum wfp_stage stage;
    enum wfp_answer_source source;
    enum wfp_key key;
    struct wfp_answer answer; /* source LITERAL */
    struct wfp_answer kernel; /* what the kernel entry answers instead (WSK-04) */
    enum wfp_effect effect;
};

enum { WFP_RULES_MAX = 255 };

/* An immutable table. The order of its rows carries no meaning. */
struct wfp_rules {
    const struct wfp_rule *rows;
    size_t count; /* at most WFP_RULES_MAX */
};

/* The table as shipped. */
const struct wfp_rules *wfp_rules_shipped(void);

/* Names for printing; NULL for a number out of range. */
const char *wfp_call_name(enum wfp_call call);
const char *wfp_stage_name(enum wfp_stage stage);
enum wfp_face wfp_call_face(enum wfp_call call);
enum wfp_face wfp_rule_face(const struct wfp_rule *rule);
unsigned wfp_fact_count(enum wfp_face face);
const char *wfp_fact_name(enum wfp_face face, unsigned fact);
const char *wfp_effect_name(enum wfp_effect effect);

/* ---- profiles ---- */

enum wfp_key_type {
    WFP_TYPE_ANSWER,  /* struct wfp_answer, WFP_PASS included */
    WFP_TYPE_FLAG,    /* number: 0 or 1 */
    WFP_TYPE_SIZE,    /* number: bytes */
    WFP_TYPE_ORDER,   /* order: every stage once */
    WFP_TYPE_DURATION /* number: seconds */
};

struct wfp_value {
    struct wfp_answer answer;
    uint32_t number;
    uint8_t order[WFP_STAGE_COUNT];
};

enum { WFP_VALUES_MAX = 4 };

/* A key with several values is open: all are allowed, the simulator takes the first. */
struct wfp_choice {
    uint32_t count;
    struct wfp_value values[WFP_VALUES_MAX];
};

struct wfp_profile {
    struct wfp_choice keys[WFP_KEY_COUNT];
};

const char *wfp_key_name(enum wfp_key key);
enum wfp_key wfp_key_named(const char *name); /* WFP_KEY_NONE when there is no such key */
enum wfp_key_type wfp_key_type(enum wfp_key key);

/* Every key at the literal reading of the pages: the same as vectors/profiles/documented.json. */
void wfp_profile_documented(struct wfp_profile *profile);

/* ---- the world ---- */

struct wfp_world;

struct wfp_limits {
    uint32_t sockets;      /* descriptors, and as many endpoints behind them */
    uint32_t handles;      /* redirect handles */
    uint32_t records;      /* redirect records alive at once */
    uint32_t record_bytes; /* room for one record; wfp_record_size() tells what is needed */
    uint32_t operations;   /* overlapped operations not yet fetched */

    /* the kernel face (wfp/kernel.h) */
    uint32_t callouts;
    uint32_t classifications; /* connects under way, and flows that a callout has changed */
    uint32_t contexts;        /* pool memory for redirect contexts */
    uint32_t context_bytes;   /* room for one context */

    /* datagrams (wfp/datagram.h) */
    uint32_t flows;          /* those that a peer began included */
    uint32_t datagrams;      /* received by a socket, and not yet by the program */
    uint32_t datagram_bytes; /* room for one datagram */

    uint64_t origin; /* identity of this machine and boot; a record of another is foreign */
};

/* What our own set-up calls say; never an answer of the API under test. */
enum wfp_status {
    WFP_OK,
    WFP_NO_ROOM,   /* a limit of this world is reached */
    WFP_NO_SOCKET, /* no such descriptor */
    WFP_NO_HANDLE, /* no such redirect handle */
    WFP_BAD_STATE  /* not possible in the socket's state */
};

/* Size in bytes of a record of `hops` redirects with `context` bytes of contexts in all (UNK-20).
 */
uint32_t wfp_record_size(const struct wfp_profile *profile, uint32_t hops, uint32_t context);

/*
 * Bytes of memory, aligned as for malloc, that a world of these limits occupies; 0 if they are
 * beyond 4 GiB.
 */
size_t wfp_world_size(const struct wfp_limits *limits);

/*
 * Makes an empty world in `memory`. Rules and profile must outlive it. NULL where the size is 0, or
 * there are too many rules.
 */
struct wfp_world *wfp_world_init(void *memory, const struct wfp_limits *limits,
                                 const struct wfp_rules *rules, const struct wfp_profile *profile);

/* WSAStartup has been called (true at first) and the process is elevated (true at first). */
void wfp_process_started(struct wfp_world *world, bool started);
void wfp_process_elevated(struct wfp_world *world, bool elevated);

/* ---- kernel face: redirect handles ---- */

/*
 * FwpsRedirectHandleCreate0 (KRN-01, KRN-02). `provider` stands for the provider's GUID and must
 * not be 0. Handles are numbered from 1; 0 is none. A handle that the same provider creates again
 * in the same place is taken for the one it destroyed: old records name it again.
 */
enum wfp_status wfp_handle_create(struct wfp_world *world, uint64_t provider, uint32_t *handle);
enum wfp_status wfp_handle_destroy(struct wfp_world *world, uint32_t handle);

/* ---- user face: sockets ---- */

enum wfp_family { WFP_IPV4, WFP_IPV6 };
enum wfp_type { WFP_TCP, WFP_UDP, WFP_RAW };

/* An IPv4 address stands in the first four bytes, the others are 0; network byte order. */
struct wfp_address {
    uint8_t bytes[16];
    uint16_t port;
    uint8_t family;   /* enum wfp_family */
    uint8_t reserved; /* 0 */
};

bool wfp_address_equal(const struct wfp_address *a, const struct wfp_address *b);
/* 0.0.0.0 or ::, whatever the port. */
bool wfp_address_unspecified(const struct wfp_address *address);
/* ::ffff:a.b.c.d becomes a.b.c.d; any other address stays what it is. */
struct wfp_address wfp_address_unmapped(const struct wfp_address *address);

#define WFP_INVALID_SOCKET 0u

/* Descriptors are numbered from 1. `overlapped`: WSA_FLAG_OVERLAPPED was given (OVL-01). */
enum wfp_status wfp_socket_open(struct wfp_world *world, enum wfp_family family, enum wfp_type type,
                                bool overlapped, uint32_t *socket);
/*
 * `local`: of the socket's family. NULL, or port 0: a port of the socket's own is chosen. A port
 * that another socket of this type is bound to is WFP_BAD_STATE. An IPv6 socket bound to :: also
 * receives what is sent to IPv4 addresses (it is dual-stack).
 */
enum wfp_status wfp_socket_bind(struct wfp_world *world, uint32_t socket,
                                const struct wfp_address *local);
/* Where it is bound; all zeros before. */
enum wfp_status wfp_socket_local(const struct wfp_world *world, uint32_t socket,
                                 struct wfp_address *local);
/* The process that owns the socket and the application that it runs; 0 at first. */
enum wfp_status wfp_socket_owner(struct wfp_world *world, uint32_t socket, uint32_t process);
enum wfp_status wfp_socket_listen(struct wfp_world *world, uint32_t socket);
enum wfp_status wfp_socket_shutdown(struct wfp_world *world, uint32_t socket);
/* A second descriptor for the same endpoint, as WSADuplicateSocket gives (UNK-44). */
enum wfp_status wfp_socket_duplicate(struct wfp_world *world, uint32_t socket, uint32_t *copy);
/* Closing the last descriptor aborts what is pending (OVL-08) and releases the record (CTX-14). */
enum wfp_status wfp_socket_close(struct wfp_world *world, uint32_t socket);

enum wfp_layer { WFP_LAYER_CONNECT_REDIRECT, WFP_LAYER_BIND_REDIRECT };

/* A callout's redirect of one connection to the service that listens on `listener`. */
struct wfp_redirect {
    uint32_t handle;
    uint32_t target_pid;    /* localRedirectTargetPID (RED-10) */
    const uint8_t *context; /* localRedirectContext; copied */
    uint32_t context_size;  /* bytes; 0: none (CTX-07) */
    enum wfp_layer layer;
    bool remote; /* the service is on another machine (UNK-48) */
    bool lost;   /* fault: the record does not survive the way (QRY-19) */
};

struct wfp_connect {
    uint32_t listener;                   /* where the connection arrives; 0: outside this world */
    const struct wfp_redirect *redirect; /* NULL: not redirected */
};

struct wfp_reply;

/*
 * connect(). A redirected connection waits at the listener with a record that names every hop:
 * those of the record SET on this socket, then `handle` (ST-06).
 */
enum wfp_status wfp_socket_connect(struct wfp_world *world, uint32_t socket,
                                   const struct wfp_connect *what, struct wfp_reply *reply);
void wfp_socket_connect_allowed(const struct wfp_world *world, const struct wfp_connect *what,
                                struct wfp_answer_set *set);
enum wfp_status wfp_socket_connect_assume(struct wfp_world *world, uint32_t socket,
                                          const struct wfp_connect *what, struct wfp_answer answer,
                                          struct wfp_reply *reply);

/*
 * Takes the oldest waiting connection; its record moves from the listener's side to the new socket
 * (QRY-18). `update`: accept(), or AcceptEx followed by SO_UPDATE_ACCEPT_CONTEXT (UNK-36).
 */
enum wfp_status wfp_socket_accept(struct wfp_world *world, uint32_t listener, bool update,
                                  uint32_t *socket);

/* ---- user face: ioctls ---- */

enum wfp_pointer {
    WFP_POINTER_HEAP,
    WFP_POINTER_STACK,
    WFP_POINTER_MISALIGNED, /* valid, but not at a pointer's alignment */
    WFP_POINTER_NULL,
    WFP_POINTER_UNMAPPED,
    WFP_POINTER_PARTLY_UNMAPPED /* begins in valid memory, ends outside */
};

/* The model reads and writes `bytes` only where `pointer` is one of the three valid kinds. */
struct wfp_buffer {
    uint8_t *bytes;
    uint32_t size; /* as passed to the call, in bytes */
    enum wfp_pointer pointer;
};

enum wfp_entry {
    WFP_ENTRY_WSAIOCTL,
    WFP_ENTRY_WSPIOCTL, /* the reason comes through lpErrno, not WSAGetLastError (API-04) */
    WFP_ENTRY_WSK       /* WskControlSocket; answers are NTSTATUS values (WSK-01) */
};

/* What only a fault can cause (UNK-46); an input of the call. */
enum wfp_fault {
    WFP_FAULT_NONE,
    WFP_FAULT_NETWORK_DOWN,
    WFP_FAULT_INTERRUPTED,
    WFP_FAULT_CALLBACK_RUNNING,
    WFP_FAULT_PROTOCOL
};

enum { WFP_THREADS = 4 };

struct wfp_ioctl {
    uint32_t socket;
    uint32_t code;
    struct wfp_buffer in;
    struct wfp_buffer out;
    enum wfp_pointer byte_count; /* HEAP, STACK, NULL or UNMAPPED */
    enum wfp_pointer overlapped; /* NULL: none */
    enum wfp_pointer routine;    /* NULL: none */
    enum wfp_entry entry;
    enum wfp_fault fault;
    uint32_t thread; /* below WFP_THREADS */
};

struct wfp_reply {
    struct wfp_answer answer;    /* count resolved: UNCHANGED or VALUE */
    const struct wfp_rule *rule; /* the rule that gave it */
    uint32_t operation;          /* the overlapped operation it started, or 0 */
    uint32_t written;            /* bytes written at the start of the output buffer */
};

/* An ioctl: gives the simulator's answer and applies it. */
enum wfp_status wfp_socket_ioctl(struct wfp_world *world, const struct wfp_ioctl *call,
                                 struct wfp_reply *reply);

/*
 * To follow what was recorded elsewhere, each call that answers has two companions:
 *
 * ..._allowed: every answer that the rules and the profile allow to this call in this world;
 * changes nothing. Empty where the call itself would say that there is no such thing.
 *
 * ..._assume: the call has given this answer, count UNCHANGED or VALUE: the world goes on from
 * there. If a rule allows the answer, its effect is applied and reply->rule names it; if none does,
 * the answer is taken at its word (a success has done what the call is made for, a failure nothing)
 * and reply->rule is NULL. Calls without it answer only and change nothing.
 */
void wfp_ioctl_allowed(const struct wfp_world *world, const struct wfp_ioctl *call,
                       struct wfp_answer_set *set);

enum wfp_status wfp_ioctl_assume(struct wfp_world *world, const struct wfp_ioctl *call,
                                 struct wfp_answer answer, struct wfp_reply *reply);

/* WSAGetLastError of a thread. */
void wfp_last_error(struct wfp_world *world, uint32_t thread, struct wfp_reply *reply);
void wfp_last_error_allowed(const struct wfp_world *world, uint32_t thread,
                            struct wfp_answer_set *set);

/* ---- user face: overlapped operations ---- */

/*
 * The provider finishes a pending operation. `call` is the call that started it: its buffers stayed
 * the system's until now (OVL-12). WFP_BAD_STATE if it is not pending.
 */
enum wfp_status wfp_operation_finish(struct wfp_world *world, uint32_t operation,
                                     const struct wfp_ioctl *call, struct wfp_reply *reply);
/* How it may finish; empty if it is not pending. Counts are resolved as in a result. */
void wfp_operation_finish_allowed(const struct wfp_world *world, uint32_t operation,
                                  const struct wfp_ioctl *call, struct wfp_answer_set *set);
enum wfp_status wfp_operation_finish_assume(struct wfp_world *world, uint32_t operation,
                                            const struct wfp_ioctl *call, struct wfp_answer answer,
                                            struct wfp_reply *reply);

enum wfp_channel {
    WFP_CHANNEL_WSA,    /* WSAGetOverlappedResult */
    WFP_CHANNEL_WIN32,  /* GetOverlappedResult (UNK-42) */
    WFP_CHANNEL_PORT,   /* GetQueuedCompletionStatus */
    WFP_CHANNEL_ROUTINE /* the arguments of the completion routine */
};

enum wfp_status wfp_operation_result(struct wfp_world *world, uint32_t operation,
                                     enum wfp_channel channel, struct wfp_reply *reply);
void wfp_operation_result_allowed(const struct wfp_world *world, uint32_t operation,
                                  enum wfp_channel channel, struct wfp_answer_set *set);
/* Is hEvent signalled: success, or WSA_WAIT_TIMEOUT (OVL-10). */
enum wfp_status wfp_operation_event(struct wfp_world *world, uint32_t operation,
                                    struct wfp_reply *reply);
void wfp_operation_event_allowed(const struct wfp_world *world, uint32_t operation,
                                 struct wfp_answer_set *set);
/* SleepEx(0, TRUE): WAIT_IO_COMPLETION if a routine of this thread ran, else 0 (OVL-11). */
void wfp_alertable_wait(struct wfp_world *world, uint32_t thread, struct wfp_reply *reply);
void wfp_alertable_wait_allowed(const struct wfp_world *world, uint32_t thread,
                                struct wfp_answer_set *set);
void wfp_alertable_wait_assume(struct wfp_world *world, uint32_t thread, struct wfp_answer answer,
                               struct wfp_reply *reply);
/* CancelIoEx: success, or ERROR_NOT_FOUND if the operation is not pending (OVL-09). */
enum wfp_status wfp_operation_cancel(struct wfp_world *world, uint32_t operation,
                                     struct wfp_reply *reply);
void wfp_operation_cancel_allowed(const struct wfp_world *world, uint32_t operation,
                                  struct wfp_answer_set *set);
enum wfp_status wfp_operation_cancel_assume(struct wfp_world *world, uint32_t operation,
                                            struct wfp_answer answer, struct wfp_reply *reply);
/* The slot may be used again; the operation must not be pending. */
enum wfp_status wfp_operation_release(struct wfp_world *world, uint32_t operation);
/* A thread ends: what it left pending is aborted (OVL-09), and its routines never run (OVL-11). */
void wfp_thread_exit(struct wfp_world *world, uint32_t thread);

/* ---- kernel face: state ---- */

enum wfp_redirect_state {
    WFP_NOT_REDIRECTED,
    WFP_REDIRECTED_BY_SELF,
    WFP_REDIRECTED_BY_OTHER,
    WFP_PREVIOUSLY_REDIRECTED_BY_SELF
};

/* FwpsQueryConnectionRedirectState0 for the connection of an outgoing socket (ST-01..06). */
enum wfp_status wfp_redirect_state(struct wfp_world *world, uint32_t socket, uint32_t handle,
                                   struct wfp_reply *reply);
void wfp_redirect_state_allowed(const struct wfp_world *world, uint32_t socket, uint32_t handle,
                                struct wfp_answer_set *set);

/* ---- names and numbers ---- */

/* "WSAEINVAL" for 10022 and back. NULL, or false, when unknown. One table for both directions. */
const char *wfp_error_name(uint32_t error);
bool wfp_error_named(const char *name, uint32_t *error);

#ifdef __cplusplus
}
#endif

#endif
