/* SPDX-License-Identifier: MIT */

/*
 * The kernel face of the model: callouts, and the classification of a connect.
 *
 * A connect is classified at ALE_CONNECT_REDIRECT and, unless it is blocked there, at
 * ALE_AUTH_CONNECT, in the layers of the destination's family. At each layer the engine asks one
 * callout after the other. A classification lives in the world's block, so a connect can be taken
 * one call at a time, and whatever happens in between stays in one order:
 *
 *     wfp_connect_begin      the application connects
 *     wfp_classify_next      the engine asks a callout
 *     wfp_...                the callout's own calls, at the end wfp_classify_return
 *     wfp_classify_next      ... until no callout is left
 *     wfp_connect_end        the connection is made, or is not
 *
 * wfp_socket_connect_to() does all of that with the functions of the callouts.
 *
 * What breaks the contract of a call without a return value to say so (a second apply, a classify
 * handle that is not there ...) is answered WFP_MISUSE; the rule tells which. Windows need not
 * notice.
 */

#ifndef WFP_KERNEL_H
#define WFP_KERNEL_H

#include <wfp/sim.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- numbers of the Windows headers ---- */

#define WFP_ACTION_BLOCK 0x1001u
#define WFP_ACTION_PERMIT 0x1002u
#define WFP_ACTION_CONTINUE 0x2006u

#define WFP_RIGHT_ACTION_WRITE 0x1u

#define WFP_CONDITION_IS_REAUTHORIZE 0x00000004u
#define WFP_CONDITION_IS_CONNECTION_REDIRECTED 0x00100000u
#define WFP_CONDITION_IS_PROXY_CONNECTION 0x00200000u

#define WFP_METADATA_LOCAL_REDIRECT_TARGET_PID 0x10000000u
#define WFP_METADATA_ORIGINAL_DESTINATION 0x20000000u
#define WFP_METADATA_REDIRECT_RECORD_HANDLE 0x40000000u

/* Reasons of a reauthorisation (MET-07, MET-09). */
#define WFP_REASON_POLICY_CHANGE 0x1u
#define WFP_REASON_NEW_ARRIVAL_INTERFACE 0x2u
#define WFP_REASON_CLASSIFY_COMPLETION 0x10u
#define WFP_REASON_PROXY_HANDLE_CHANGED 0x4000u

/* ---- redirect handles ---- */

/* FwpsRedirectHandleCreate0 with its flags, which are 0 (KRN-02). `*handle` is 0 if refused. */
enum wfp_status wfp_redirect_handle_create(struct wfp_world *world, uint64_t provider,
                                           uint32_t flags, uint32_t *handle,
                                           struct wfp_reply *reply);
void wfp_redirect_handle_create_allowed(const struct wfp_world *world, uint32_t flags,
                                        struct wfp_answer_set *set);
enum wfp_status wfp_redirect_handle_create_assume(struct wfp_world *world, uint64_t provider,
                                                  uint32_t flags, struct wfp_answer answer,
                                                  uint32_t *handle, struct wfp_reply *reply);

/* ---- callouts ---- */

enum wfp_callout_layer {
    WFP_CONNECT_REDIRECT_V4,
    WFP_CONNECT_REDIRECT_V6,
    WFP_AUTH_CONNECT_V4,
    WFP_AUTH_CONNECT_V6
};

/* classifyFn. `classification` is good for the calls below until the function returns. */
typedef void wfp_classify_function(struct wfp_world *world, uint32_t classification, void *context);

/*
 * A callout together with the filter that asks it. The sublayer of the greatest number comes first,
 * in it the filter of the greatest weight, among equals the older callout. A callout that decides
 * (PERMIT or BLOCK) ends its sublayer; every sublayer is asked.
 */
struct wfp_callout {
    enum wfp_callout_layer layer;
    uint32_t filter; /* its id; modifierFilterId of what the callout changes (RED-20) */
    uint32_t sublayer;
    uint32_t weight;
    bool classify0;                  /* registered with FwpsCalloutRegister0 (RED-04) */
    wfp_classify_function *classify; /* NULL: the caller plays it, step by step */
    void *context;                   /* handed to `classify`; never looked at */
};

/* Callouts are numbered from 1. WFP_NO_ROOM beyond limits.callouts. */
enum wfp_status wfp_callout_register(struct wfp_world *world, const struct wfp_callout *callout,
                                     uint32_t *number);
/* WFP_BAD_STATE while a classification is asking it. */
enum wfp_status wfp_callout_unregister(struct wfp_world *world, uint32_t number);
/* NULL: there is none of that number. Valid until it is unregistered. */
const struct wfp_callout *wfp_callout_of(const struct wfp_world *world, uint32_t number);

/* ---- pool memory for redirect contexts (RED-13) ---- */

enum wfp_context_owner {
    WFP_CONTEXT_FREE,
    WFP_CONTEXT_CALLOUT, /* from allocation to apply: the callout has to free or to apply it */
    WFP_CONTEXT_ENGINE   /* from apply on: freed with the flow (KRN-14) */
};

/* `bytes` are copied. Contexts are numbered from 1. WFP_NO_ROOM beyond the limits. */
enum wfp_status wfp_context_allocate(struct wfp_world *world, const uint8_t *bytes, uint32_t size,
                                     uint32_t *context);
/* ExFreePool by the callout. WFP_MISUSE if it is not the callout's (any more). */
enum wfp_status wfp_context_free(struct wfp_world *world, uint32_t context,
                                 struct wfp_reply *reply);
void wfp_context_free_allowed(const struct wfp_world *world, uint32_t context,
                              struct wfp_answer_set *set);
enum wfp_status wfp_context_free_assume(struct wfp_world *world, uint32_t context,
                                        struct wfp_answer answer, struct wfp_reply *reply);
enum wfp_context_owner wfp_context_owner(const struct wfp_world *world, uint32_t context);
/* How many an owner has; what a callout still has when it unloads has leaked. */
uint32_t wfp_contexts_owned(const struct wfp_world *world, enum wfp_context_owner owner);

/* ---- a connect ---- */

/*
 * A TCP socket, fresh or bound, connects to `to`: its classification begins. Classifications are
 * numbered from 1. WFP_NO_ROOM beyond limits.classifications; WFP_BAD_STATE if the socket cannot
 * connect now. A version of the connect is kept as long as the flow, for reauthorisations.
 */
enum wfp_status wfp_connect_begin(struct wfp_world *world, uint32_t socket,
                                  const struct wfp_address *to, uint32_t *classification);
/*
 * A connected socket is classified again, with IS_REAUTHORIZE and all earlier versions in the
 * chain (MET-06, MET-07). It stays connected wherever it is, or ends blocked. The answer is the
 * engine's: at which layer is a matter of the profile.
 */
enum wfp_status wfp_reauthorize(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                uint32_t *classification, struct wfp_reply *reply);
void wfp_reauthorize_allowed(const struct wfp_world *world, uint32_t socket,
                             struct wfp_answer_set *set);
enum wfp_status wfp_reauthorize_assume(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                       struct wfp_answer answer, uint32_t *classification,
                                       struct wfp_reply *reply);

/* What became of a connect. */
struct wfp_connected {
    struct wfp_address remote; /* where it went */
    uint32_t listener;         /* the socket where it waits; 0: outside this world, or nowhere */
    uint32_t handle;           /* the redirect handle of the version that counted; 0: none */
    bool redirected;
    bool blocked;
};

/* Fault: the record of this redirect will not survive the way to the service (QRY-19). */
enum wfp_status wfp_connect_lose_record(struct wfp_world *world, uint32_t classification);

/*
 * No callout is left to be asked: the engine takes the redirect, the connection is made as by
 * wfp_socket_connect(), and the classification's number ends. The answer is that of connect().
 * WFP_BAD_STATE while a callout is asked or has pended. A socket may only be closed while no
 * classification of it is under way; one that is closed all the same takes it along.
 */
enum wfp_status wfp_connect_end(struct wfp_world *world, uint32_t classification,
                                struct wfp_connected *connected, struct wfp_reply *reply);
void wfp_connect_end_allowed(const struct wfp_world *world, uint32_t classification,
                             struct wfp_answer_set *set);
enum wfp_status wfp_connect_end_assume(struct wfp_world *world, uint32_t classification,
                                       struct wfp_answer answer, struct wfp_connected *connected,
                                       struct wfp_reply *reply);

/*
 * All of it at once: begins, asks the functions of the callouts, ends. WFP_BAD_STATE if a callout
 * has no function or pends; the classification is gone then.
 */
enum wfp_status wfp_socket_connect_to(struct wfp_world *world, uint32_t socket,
                                      const struct wfp_address *to, struct wfp_connected *connected,
                                      struct wfp_reply *reply);

/* ---- the engine's part of a classification, and the callout's ---- */

/* Which callout is asked now, 0: none. */
uint32_t wfp_classify_callout(const struct wfp_world *world, uint32_t classification);

/* The redirect state that a handle was told in this classification; false: it did not ask. */
bool wfp_classify_told(const struct wfp_world *world, uint32_t classification, uint32_t handle,
                       enum wfp_redirect_state *state);

/* One version of the connect request (RED-08, RED-19, RED-20). */
struct wfp_version {
    uint32_t filter; /* modifierFilterId; 0 in the application's own */
    uint32_t target_pid;
    uint32_t handle;  /* localRedirectHandle; 0: none */
    uint32_t context; /* localRedirectContext; 0: none */
    uint32_t token;   /* portReservationToken */
    struct wfp_address remote;
};

enum { WFP_VERSIONS_MAX = 16 };

/* previousVersion chain: `back` 0 is the newest. False at its end (NULL). */
bool wfp_classify_previous(const struct wfp_world *world, uint32_t classification, uint32_t back,
                           struct wfp_version *version);

/* What is always there: inFixedValues, the filter, classifyOut. */
struct wfp_classify_fixed {
    enum wfp_callout_layer layer;
    uint32_t filter;
    struct wfp_address local;
    struct wfp_address remote; /* at AUTH_CONNECT the effective one, with the redirect */
    uint32_t application;      /* ALE_APP_ID: the process of the socket */
    uint32_t rights;           /* WFP_RIGHT_* */
    uint32_t action;           /* WFP_ACTION_* */
};

/* WFP_NO_SOCKET: no such classification; WFP_BAD_STATE: no callout is asked. */
enum wfp_status wfp_classify_fixed(const struct wfp_world *world, uint32_t classification,
                                   struct wfp_classify_fixed *fixed);

/* What depends: the condition flags, ALE_ORIGINAL_APP_ID, inMetaValues. */
struct wfp_classify_metadata {
    uint32_t conditions;            /* WFP_CONDITION_* */
    uint32_t reason;                /* of the reauthorisation, else 0 */
    uint32_t original;              /* ALE_ORIGINAL_APP_ID (KRN-15) */
    uint32_t present;               /* WFP_METADATA_*: which of the following are there */
    uint32_t target_pid;            /* MET-03 */
    struct wfp_address destination; /* before the redirect (MET-04) */
};

enum wfp_status wfp_classify_metadata(const struct wfp_world *world, uint32_t classification,
                                      struct wfp_classify_metadata *metadata);

/* What a look is at. */
enum wfp_field {
    WFP_FIELD_WRITE_RIGHT,
    WFP_FIELD_ACTION, /* answers with the action */
    WFP_FIELD_IS_REAUTHORIZE,
    WFP_FIELD_IS_CONNECTION_REDIRECTED,
    WFP_FIELD_IS_PROXY_CONNECTION,
    WFP_FIELD_REAUTHORIZE_REASON,
    WFP_FIELD_TARGET_PID,
    WFP_FIELD_ORIGINAL_DESTINATION,
    WFP_FIELD_RECORD_HANDLE,
    WFP_FIELD_APPLICATION,
    WFP_FIELD_ORIGINAL_APPLICATION,
    WFP_FIELD_LOCAL_ADDRESS,
    WFP_FIELD_REMOTE_ADDRESS,
    WFP_FIELD_PREVIOUS_FILTER, /* of the version at `back` */
    WFP_FIELD_PREVIOUS_REMOTE,
    WFP_FIELD_PREVIOUS_HANDLE,
    WFP_FIELD_COUNT
};

/* The members of the writable request. */
enum wfp_member {
    WFP_MEMBER_REMOTE_ADDRESS,
    WFP_MEMBER_TARGET_PID,
    WFP_MEMBER_REDIRECT_HANDLE,
    WFP_MEMBER_CONTEXT, /* pointer and size */
    WFP_MEMBER_PORT_RESERVATION_TOKEN,
    WFP_MEMBER_LOCAL_ADDRESS /* there, but not to be changed at connect-redirect (RED-03) */
};

/*
 * When all have been asked and another filter's callout has applied a version after this one, the
 * engine asks everybody once more, as in a reauthorisation; its reason is not documented and 0. For
 * pended classifications only (RED-17).
 */
#define WFP_APPLY_REAUTHORIZE_IF_MODIFIED_BY_OTHERS 0x1u

/*
 * One call about a classification. `call` says which, the rest are its arguments:
 *
 * WFP_CALL_NEXT                 the engine asks the next callout. PRESENT or ABSENT: one was left
 * WFP_CALL_RETURN               classifyFn returns; the action that it leaves
 * WFP_CALL_LOOK                 field, back, compared + number + address: PRESENT, ABSENT, or
 *                               DIFFERENT from the value that it is compared with
 * WFP_CALL_REDIRECT_STATE       handle, out: FwpsQueryConnectionRedirectState0; the context that
 *                               `handle` attached is copied to `out` as far as it goes (KRN-13)
 * WFP_CALL_SIO_RECORDS          out: FwpsQueryConnectionSioFormatRedirectRecords0 (KRN-08..11)
 * WFP_CALL_ACQUIRE_HANDLE       FwpsAcquireClassifyHandle0
 * WFP_CALL_ACQUIRE_DATA         FwpsAcquireWritableLayerDataPointer0 (RED-06)
 * WFP_CALL_EDIT                 member, number or address: one member of the writable request
 * WFP_CALL_APPLY                flags: FwpsApplyModifiedLayerData0
 * WFP_CALL_PEND                 FwpsPendClassify0
 * WFP_CALL_COMPLETE             decides: FwpsCompleteClassify0 with classifyOut, or with NULL
 * WFP_CALL_RELEASE_HANDLE       FwpsReleaseClassifyHandle0
 * WFP_CALL_ACTION               action, rights: what the callout writes into classifyOut
 *
 * A callout that has pended makes its later calls after it returned.
 */
struct wfp_classify_call {
    enum wfp_call call;
    uint32_t classification;
    enum wfp_field field;
    uint32_t back;
    bool compared;
    enum wfp_member member;
    uint32_t number; /* pid, redirect handle, context, token; what a look compares with */
    struct wfp_address address;
    uint32_t handle;
    struct wfp_buffer out;
    uint32_t flags;
    bool decides;
    uint32_t action;
    uint32_t rights;
};

/* WFP_NO_SOCKET: no such classification. WFP_BAD_STATE: no callout is being asked, or one still is
 * (WFP_CALL_NEXT). WFP_NO_HANDLE: no such redirect handle or context. */
enum wfp_status wfp_classify(struct wfp_world *world, const struct wfp_classify_call *call,
                             struct wfp_reply *reply);
void wfp_classify_allowed(const struct wfp_world *world, const struct wfp_classify_call *call,
                          struct wfp_answer_set *set);
enum wfp_status wfp_classify_assume(struct wfp_world *world, const struct wfp_classify_call *call,
                                    struct wfp_answer answer, struct wfp_reply *reply);

/* ---- the same calls for the functions of callouts; an impossible one is WFP_MISUSE ---- */

struct wfp_answer wfp_acquire_classify_handle(struct wfp_world *world, uint32_t classification);
struct wfp_answer wfp_acquire_writable_layer_data(struct wfp_world *world, uint32_t classification);
struct wfp_answer wfp_edit_number(struct wfp_world *world, uint32_t classification,
                                  enum wfp_member member, uint32_t number);
struct wfp_answer wfp_edit_address(struct wfp_world *world, uint32_t classification,
                                   enum wfp_member member, const struct wfp_address *address);
struct wfp_answer wfp_apply_modified_layer_data(struct wfp_world *world, uint32_t classification,
                                                uint32_t flags);
struct wfp_answer wfp_release_classify_handle(struct wfp_world *world, uint32_t classification);
struct wfp_answer wfp_pend_classify(struct wfp_world *world, uint32_t classification);
struct wfp_answer wfp_complete_classify(struct wfp_world *world, uint32_t classification,
                                        bool decides, uint32_t action);
struct wfp_answer wfp_query_redirect_state(struct wfp_world *world, uint32_t classification,
                                           uint32_t handle, struct wfp_buffer *context);
struct wfp_answer wfp_query_sio_records(struct wfp_world *world, uint32_t classification,
                                        struct wfp_buffer *out);
/* actionType and rights of classifyOut. */
struct wfp_answer wfp_classify_out(struct wfp_world *world, uint32_t classification,
                                   uint32_t action, uint32_t rights);

/* ---- a callout as data ---- */

enum wfp_deed { WFP_DEED_PERMIT, WFP_DEED_CONTINUE, WFP_DEED_BLOCK, WFP_DEED_REDIRECT };

/* How far a policy follows the previousVersion chain for a foreign redirect (RED-22, CON-34). */
enum wfp_chain { WFP_CHAIN_IGNORED, WFP_CHAIN_NEWEST, WFP_CHAIN_WHOLE };

/* Sees each call that a policy makes, as it was answered. */
typedef void wfp_policy_observer(void *observer, const struct wfp_classify_call *call,
                                 const struct wfp_reply *reply);

/*
 * What to do in each redirect state. The tests come in this order (ST-09): write right,
 * reauthorisation, chain and cap, state, deed. At AUTH_CONNECT nothing can be redirected: there
 * WFP_DEED_BLOCK blocks, by the state that the handle was told before (LOOP-11), all else permits.
 */
struct wfp_policy {
    uint32_t handle;  /* the redirect handle */
    uint8_t deeds[4]; /* enum wfp_deed, by enum wfp_redirect_state */
    uint8_t at_auth_connect[4];
    enum wfp_chain chain;
    bool without_right;      /* redirects even without the write right (RED-18) */
    bool when_reauthorizing; /* redirects even then */
    bool without_query;      /* takes the state for NOT_REDIRECTED without asking (ST-05) */
    bool keeps_right;        /* does not hand the write right back after a redirect (CON-33) */
    uint32_t cap; /* own versions in the chain above which it blocks, 3 in the sample (LOOP-07);
                     UINT32_MAX: none */
    struct wfp_address service; /* an unspecified address: see RED-11; the port counts */
    uint32_t target_pid;
    const uint8_t *context; /* copied into pool memory for each redirect */
    uint32_t context_size;
    wfp_policy_observer *observe; /* NULL: nobody looks on */
    void *observer;
};

/* As the pages recommend: redirect in states 0 and 2, permit in 1 and 3, whole chain, cap 3. */
void wfp_policy_recommended(struct wfp_policy *policy);

/* A wfp_classify_function whose context is a struct wfp_policy. Makes only the calls above. */
void wfp_policy_classify(struct wfp_world *world, uint32_t classification, void *policy);

#ifdef __cplusplus
}
#endif

#endif
