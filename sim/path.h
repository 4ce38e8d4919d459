/* SPDX-License-Identifier: MIT */

/* Between the files of the path engine. */

#ifndef SIM_PATH_H
#define SIM_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/path.h>

/* Sockets of a journey, in wfp_path.sockets. The older pair is closed when a hop has been made. */
enum path_socket {
    PATH_CLIENT_BEFORE,
    PATH_ACCEPTED_BEFORE,
    PATH_CLIENT,   /* that connects in this hop */
    PATH_ACCEPTED, /* that a proxy accepted in this hop */
    PATH_OUTGOING, /* that will connect in the next */
    PATH_WRONG     /* of a proxy that gets its sockets mixed up */
};

/* ---- path.c ---- */

void path_close(struct wfp_path *path, enum path_socket which);
/* Where the host is, in this form. */
struct wfp_address path_destination(enum wfp_path_form to);
const struct wfp_path_service *path_service(const struct wfp_path *path, uint32_t service);
bool path_succeeded(const struct wfp_reply *reply);

/* ---- path_follow.c ---- */

/* Who makes a call, and what it is made on: as in struct wfp_path_call. */
struct path_call {
    uint32_t party;
    const char *name;
    uint32_t about;
    uint32_t asked;
    uint32_t with;
    uint32_t rights;
};

/* The trace's next call; NULL: it has ended, or none is followed. */
const struct wfp_path_call *path_trace_next(const struct wfp_path *path);
/* True where none is followed. */
bool path_trace_ended(const struct wfp_path *path);
/*
 * The trace has this call next: `*answer` is what came of it. NULL: none is followed. WFP_BAD_STATE
 * where the trace goes on otherwise, now and from now on.
 */
enum wfp_status path_take(struct wfp_path *path, const struct path_call *call,
                          const struct wfp_answer **answer);
/* It does, as shows only after the call: WFP_BAD_STATE. */
enum wfp_status path_stray(struct wfp_path *path, const struct path_call *wanted);
/* Tells the observer, if there is one. */
void path_report(struct wfp_path *path, const struct path_call *call,
                 const struct wfp_answer_set *allowed, const struct wfp_reply *reply);

/*
 * ---- path_call.c ----
 *
 * Each makes a call of the world, or follows the trace, and tells the observer. WFP_BAD_STATE where
 * the trace goes on otherwise.
 */

/* A call that does not answer, and has been made. */
enum wfp_status path_note(struct wfp_path *path, uint32_t party, const char *name, uint32_t about);
enum wfp_status path_ioctl(struct wfp_path *path, uint32_t party, const char *name,
                           const struct wfp_ioctl *ioctl, struct wfp_reply *reply);
enum wfp_status path_set_option(struct wfp_path *path, uint32_t party,
                                const struct wfp_option *option, struct wfp_reply *reply);
enum wfp_status path_classify_call(struct wfp_path *path, uint32_t party, const char *name,
                                   const struct wfp_classify_call *call, struct wfp_reply *reply);
/* The service whose callout is asked now, 0: none, or a watcher. */
typedef uint32_t path_asked_function(const struct wfp_path *path, uint32_t classification);
enum wfp_status path_next_callout(struct wfp_path *path, uint32_t classification,
                                  path_asked_function *asked, struct wfp_reply *reply);
enum wfp_status path_connect_end(struct wfp_path *path, uint32_t party, const char *name,
                                 uint32_t classification, struct wfp_connected *connected);
/* `*classification` is untouched where nothing is classified again. */
enum wfp_status path_reauthorize(struct wfp_path *path, uint32_t *classification);
enum wfp_status path_message_send(struct wfp_path *path, const char *name,
                                  const struct wfp_send *send, struct wfp_message_reply *reply);
enum wfp_status path_message_receive(struct wfp_path *path, uint32_t party, const char *name,
                                     const struct wfp_receive *receive,
                                     struct wfp_message_reply *reply);
/* Tells only: a call of the callout whose turn it is, which its policy has made. */
void path_tell(struct wfp_path *path, const struct wfp_classify_call *call,
               const struct wfp_reply *reply);

/* ---- path_proxy.c ---- */

/* The proxy takes the connection that waits for it, and asks for its record. */
enum wfp_status path_accept(struct wfp_path *path, uint32_t service);
/* Is the journey over because the proxy goes no further without a record? */
bool path_refuses(const struct wfp_path *path, uint32_t service);
/* Opens the socket that the dialler connects, and passes the record on, unless it is late. */
enum wfp_status path_dial(struct wfp_path *path);
/* What a late one does once it is connected. */
void path_set_late(struct wfp_path *path, bool blocked);
/* The process of the application, or of a proxy. */
uint32_t path_process(uint32_t dialler);

/* ---- path_datagram.c: the same with datagrams ---- */

/* The proxies' sockets, there for one journey. */
enum wfp_status path_open_receivers(struct wfp_path *path);
void path_close_receivers(struct wfp_path *path);
/* The proxy receives what waits for it, and its record. */
enum wfp_status path_receive(struct wfp_path *path, uint32_t service);
/* Opens the socket; the classification of its first datagram begins. */
enum wfp_status path_prepare_datagram(struct wfp_path *path);
/* The datagram leaves, or its callouts block it. */
enum wfp_status path_send(struct wfp_path *path, struct wfp_connected *connected);
void path_send_late(struct wfp_path *path);

/* ---- path_classify.c ---- */

/* The connect is classified; `classification` may be one begun by a reauthorisation. */
enum wfp_status path_classify(struct wfp_path *path, uint32_t classification, uint32_t round);

/* ---- path_state.c ---- */

/* What the hop that is about to be made depends on. */
struct wfp_path_state path_state(const struct wfp_path *path);
bool path_state_equal(const struct wfp_path_state *a, const struct wfp_path_state *b);

#endif
