/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_BACKEND_SIMULATOR_H
#define HARNESS_BACKEND_SIMULATOR_H

#include "harness/backend.h"

enum { NAMES_MAX = 128, OPERATIONS_MAX = 32, CONTEXT_MAX = 65536, HIDDEN_PER_STEP = 3 };

enum object { OBJECT_SOCKET, OBJECT_HANDLE, OBJECT_CALLOUT, OBJECT_CONTEXT, OBJECT_REQUEST };

struct named {
    const char *name;
    enum object kind;
    uint32_t id;
    enum wfp_family family; /* of a socket */
};

/* An overlapped call keeps its buffers until its result is fetched (OVL-12). */
struct outstanding {
    const char *name;
    uint32_t id;
    struct wfp_ioctl call;
    bool finished; /* elsewhere the provider has finished it; how, is not known yet */
};

/* A world as wfp_world_init() makes it, kept so that the next run starts with a copy. */
struct pristine {
    const struct wfp_profile *profile;
    struct wfp_limits limits;
    uint8_t *memory;
};

enum { PRISTINE_MAX = 24, BUFFERS_MAX = 64 };

struct simulator {
    const struct wfp_rules *rules;
    struct pristine pristine[PRISTINE_MAX];
    size_t next_pristine;
    uint8_t *memory;
    size_t memory_size;
    size_t world_size;
    struct wfp_world *world;
    struct named names[NAMES_MAX];
    size_t name_count;
    struct outstanding operations[OPERATIONS_MAX];
    size_t operation_count;
    uint8_t *buffers[BUFFERS_MAX];
    size_t buffer_count;
    uint8_t context[CONTEXT_MAX];
    struct wfp_path *path; /* made when the first path is played */
};

/* Room for all that the vector can do, in few classes, so that worlds can be shared. */
struct wfp_limits simulator_limits(const struct vector *vector, const struct profile *profile);

/* A fresh world of these limits. STATUS_BROKEN with a sentence in `trouble` without memory. */
enum status simulator_renew(struct simulator *simulator, const struct wfp_limits *limits,
                            const struct profile *profile, char *trouble);

/* simulator_path.c: a whole path, see harness/backend.h. */
enum status simulator_play_path(void *state, const struct backend_path *asked,
                                const struct wfp_path **made, char *trouble);

/* Is the step about an operation that no call has started, because it failed at once? */
bool simulator_lacks_operation(const struct simulator *simulator, const struct step *step);

/* The operation of this name, or NULL. */
struct outstanding *simulator_operation(struct simulator *simulator, const char *name);

/* simulator_follow.c: a step about overlapped operations whose answer was observed elsewhere. */
enum wfp_status simulator_follow(struct simulator *simulator, const struct backend_call *call,
                                 struct backend_reply *reply);
enum wfp_status simulator_follow_finish(struct simulator *simulator, struct outstanding *operation);

/* What has a name; 0: nothing of that kind. The handle "self" comes into being when first used. */
uint32_t simulator_id(const struct simulator *simulator, enum object kind, const char *name);
enum wfp_status simulator_keep_name(struct simulator *simulator, enum object kind, const char *name,
                                    uint32_t id);
enum wfp_status simulator_handle(struct simulator *simulator, const char *name, uint32_t *id);
/* A buffer that lives as long as the run; NULL: no room. */
uint8_t *simulator_buffer(struct simulator *simulator, uint32_t size);
uint32_t simulator_socket(const struct simulator *simulator, const char *name);
enum wfp_family simulator_family(const struct simulator *simulator, const char *name);
enum wfp_status simulator_redirect(struct simulator *simulator, const struct redirect *wanted,
                                   struct wfp_redirect *redirect);

/* Each performs the step of its name, or of the kinds that stand behind it. */
typedef enum wfp_status perform_function(struct simulator *simulator,
                                         const struct backend_call *call,
                                         struct backend_reply *reply);

/* simulator_socket.c */
perform_function perform_socket;
perform_function perform_bind;
perform_function perform_listen;
perform_function perform_shutdown;
perform_function perform_close;
perform_function perform_duplicate;
perform_function perform_connect;
perform_function perform_accept;
perform_function perform_whole_accept;

/* simulator_operation.c */
perform_function perform_ioctl;
perform_function perform_finish;
perform_function perform_result;
perform_function perform_event;
perform_function perform_cancel;
perform_function perform_alertable_wait;
perform_function perform_last_error;

/* simulator_message.c */
perform_function perform_option_set;
perform_function perform_option_get;
perform_function perform_datagram_connect;
perform_function perform_send;
perform_function perform_receive;
perform_function perform_clock;
perform_function perform_flow_state;

/* simulator_classify.c: redirect states, and what a callout does about a request. */
perform_function simulator_perform_classify;
/* simulator_kernel.c: redirect handles and states, and the steps of kernel_step.h. */
perform_function simulator_perform_kernel;

static inline void simulator_answer(struct backend_reply *reply, const struct wfp_reply *given)
{
    reply->answer = given->answer;
    reply->rule = given->rule;
}

/* Performs one step in the world of the run under way. */
enum wfp_status simulator_perform(struct simulator *simulator, const struct backend_call *call,
                                  struct backend_reply *reply);

#endif
