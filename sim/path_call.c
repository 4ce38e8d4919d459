/* SPDX-License-Identifier: MIT */

/* Every call of a path: made, or followed where a trace says what came of it; and told. */

#include "sim/path.h"

#include <string.h>

/* Who makes a call, and what it is made on: as in struct wfp_path_call. */
struct path_call {
    uint32_t party;
    const char *name;
    uint32_t about;
    uint32_t asked;
    uint32_t with;
    uint32_t rights;
};

void wfp_path_follow(struct wfp_path *path, const struct wfp_path_call *calls, uint32_t count)
{
    path->trace = calls;
    path->trace_count = calls == NULL ? 0 : count;
    path->followed_count = 0;
    path->strayed = false;
}

bool path_trace_ended(const struct wfp_path *path)
{
    return path->trace == NULL || path->followed_count == path->trace_count;
}

const struct wfp_path_call *path_trace_next(const struct wfp_path *path)
{
    return path_trace_ended(path) ? NULL : &path->trace[path->followed_count];
}

/* Once and for all: not every party gives up when a call of its own fails. */
static enum wfp_status stray(struct wfp_path *path, const struct path_call *wanted)
{
    if (path->strayed) {
        return WFP_BAD_STATE;
    }
    path->strayed = true;
    path->wanted = (struct wfp_path_call){.hop = path->hop_count,
                                          .party = wanted->party,
                                          .name = wanted->name,
                                          .about = wanted->about,
                                          .asked = wanted->asked};
    return WFP_BAD_STATE;
}

/* What was answered elsewhere to the call that is about to be made; NULL: nothing is followed. */
static enum wfp_status take(struct wfp_path *path, const struct path_call *call,
                            const struct wfp_answer **answer)
{
    const struct wfp_path_call *next;

    *answer = NULL;
    if (path->trace == NULL) {
        return WFP_OK;
    }
    next = path_trace_next(path);
    if (path->strayed || next == NULL || next->hop != path->hop_count ||
        next->party != call->party || strcmp(next->name, call->name) != 0) {
        return stray(path, call);
    }
    path->followed_count++;
    *answer = &next->reply.answer;
    return WFP_OK;
}

/* Nobody follows, nobody looks on: most journeys are made so. */
static bool is_alone(const struct wfp_path *path)
{
    return path->trace == NULL && path->observer == NULL;
}

static void tell(struct wfp_path *path, const struct path_call *call,
                 const struct wfp_answer_set *allowed, const struct wfp_reply *reply)
{
    static const struct wfp_reply none = {.rule = NULL};

    if (path->observer != NULL) {
        path->observer(path->observer_context,
                       &(struct wfp_path_call){.hop = path->hop_count,
                                               .party = call->party,
                                               .name = call->name,
                                               .about = call->about,
                                               .asked = call->asked,
                                               .with = call->with,
                                               .rights = call->rights,
                                               .reply = reply == NULL ? none : *reply,
                                               .allowed = allowed});
    }
}

enum wfp_status path_note(struct wfp_path *path, uint32_t party, const char *name, uint32_t about)
{
    const struct wfp_answer *answer;
    enum wfp_status status;

    if (is_alone(path)) {
        return WFP_OK;
    }
    const struct path_call call = {.party = party, .name = name, .about = about};
    status = take(path, &call, &answer);
    if (status == WFP_OK) {
        tell(path, &call, NULL, NULL);
    }
    return status;
}

/* ---- calls that answer ---- */

enum wfp_status path_ioctl(struct wfp_path *path, uint32_t party, const char *name,
                           const struct wfp_ioctl *ioctl, struct wfp_reply *reply)
{
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    enum wfp_status status;

    if (is_alone(path)) {
        return wfp_socket_ioctl(path->world, ioctl, reply);
    }
    const struct path_call call = {.party = party, .name = name, .about = ioctl->socket};
    status = take(path, &call, &answer);
    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = wfp_socket_ioctl(path->world, ioctl, reply);
    } else {
        wfp_ioctl_allowed(path->world, ioctl, &allowed);
        status = wfp_ioctl_assume(path->world, ioctl, *answer, reply);
    }
    tell(path, &call, answer == NULL ? NULL : &allowed, reply);
    return status;
}

enum wfp_status path_set_option(struct wfp_path *path, uint32_t party,
                                const struct wfp_option *option, struct wfp_reply *reply)
{
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    enum wfp_status status;

    if (is_alone(path)) {
        return wfp_option_set(path->world, option, reply);
    }
    const struct path_call call = {.party = party, .name = "set-option", .about = option->socket};
    status = take(path, &call, &answer);
    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = wfp_option_set(path->world, option, reply);
    } else {
        wfp_option_set_allowed(path->world, option, &allowed);
        status = wfp_option_set_assume(path->world, option, *answer, reply);
    }
    tell(path, &call, answer == NULL ? NULL : &allowed, reply);
    return status;
}

static struct path_call about_classification(uint32_t party, const char *name,
                                             const struct wfp_classify_call *made)
{
    const bool edits = made->call == WFP_CALL_EDIT;

    return (struct path_call){.party = party,
                              .name = name,
                              .about = made->classification,
                              .with = edits ? (uint32_t)made->member : made->action,
                              .rights = made->rights};
}

void path_tell(struct wfp_path *path, const struct wfp_classify_call *made,
               const struct wfp_reply *reply)
{
    const struct path_call call = about_classification(path->turn, wfp_call_name(made->call), made);

    tell(path, &call, NULL, reply);
}

enum wfp_status path_classify_call(struct wfp_path *path, uint32_t party, const char *name,
                                   const struct wfp_classify_call *made, struct wfp_reply *reply)
{
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    enum wfp_status status;

    if (is_alone(path)) {
        return wfp_classify(path->world, made, reply);
    }
    const struct path_call call = about_classification(party, name, made);
    status = take(path, &call, &answer);
    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = wfp_classify(path->world, made, reply);
    } else {
        wfp_classify_allowed(path->world, made, &allowed);
        status = wfp_classify_assume(path->world, made, *answer, reply);
    }
    tell(path, &call, answer == NULL ? NULL : &allowed, reply);
    return status;
}

/* Whom the engine asks can only be told once it has asked. */
enum wfp_status path_next_callout(struct wfp_path *path, uint32_t classification,
                                  path_asked_function *asked, struct wfp_reply *reply)
{
    const struct wfp_classify_call made = {.call = WFP_CALL_NEXT, .classification = classification};
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    enum wfp_status status;

    if (is_alone(path)) {
        return wfp_classify(path->world, &made, reply);
    }
    const struct wfp_path_call *next = path_trace_next(path);
    struct path_call call = {
        .party = WFP_PATH_ENGINE, .name = "next-callout", .about = classification};
    status = take(path, &call, &answer);
    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = wfp_classify(path->world, &made, reply);
    } else {
        wfp_classify_allowed(path->world, &made, &allowed);
        status = wfp_classify_assume(path->world, &made, *answer, reply);
    }
    call.asked = asked(path, classification);
    tell(path, &call, answer == NULL ? NULL : &allowed, reply);
    return status == WFP_OK && next != NULL && next->asked != call.asked ? stray(path, &call)
                                                                         : status;
}

enum wfp_status path_connect_end(struct wfp_path *path, uint32_t party, const char *name,
                                 uint32_t classification, struct wfp_connected *connected)
{
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    struct wfp_reply reply;
    enum wfp_status status;

    if (is_alone(path)) {
        return wfp_connect_end(path->world, classification, connected, &reply);
    }
    const struct path_call call = {
        .party = party, .name = name, .about = path->sockets[PATH_CLIENT]};
    status = take(path, &call, &answer);
    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = wfp_connect_end(path->world, classification, connected, &reply);
    } else {
        wfp_connect_end_allowed(path->world, classification, &allowed);
        status = wfp_connect_end_assume(path->world, classification, *answer, connected, &reply);
    }
    tell(path, &call, answer == NULL ? NULL : &allowed, &reply);
    return status;
}

static enum wfp_status reauthorize(struct wfp_path *path, const struct wfp_answer *answer,
                                   uint32_t *classification, struct wfp_reply *reply)
{
    const uint32_t client = path->sockets[PATH_CLIENT];
    const uint32_t why = WFP_REASON_POLICY_CHANGE;
    const struct wfp_address to = path_destination(path->to);
    struct wfp_world *world = path->world;

    if (path->journey.type == WFP_UDP) {
        return answer == NULL ? wfp_flow_reauthorize(world, client, &to, why, classification, reply)
                              : wfp_flow_reauthorize_assume(world, client, &to, why, *answer,
                                                            classification, reply);
    }
    return answer == NULL
               ? wfp_reauthorize(world, client, why, classification, reply)
               : wfp_reauthorize_assume(world, client, why, *answer, classification, reply);
}

enum wfp_status path_reauthorize(struct wfp_path *path, uint32_t *classification)
{
    const uint32_t client = path->sockets[PATH_CLIENT];
    const struct path_call call = {
        .party = WFP_PATH_ENGINE, .name = "reauthorize", .about = client};
    const struct wfp_address to = path_destination(path->to);
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    struct wfp_reply reply;
    enum wfp_status status = take(path, &call, &answer);

    if (status != WFP_OK) {
        return status;
    }
    if (answer != NULL && path->journey.type == WFP_UDP) {
        wfp_flow_reauthorize_allowed(path->world, client, &to, &allowed);
    } else if (answer != NULL) {
        wfp_reauthorize_allowed(path->world, client, &allowed);
    }
    status = reauthorize(path, answer, classification, &reply);
    tell(path, &call, answer == NULL ? NULL : &allowed, &reply);
    return status;
}

/* ---- datagrams: for an observer their calls look like all others ---- */

static void tell_message(struct wfp_path *path, const struct path_call *call,
                         const struct wfp_answer_set *allowed,
                         const struct wfp_message_reply *message)
{
    const struct wfp_reply reply = {.answer = message->answer, .rule = message->rule};

    tell(path, call, allowed, &reply);
}

enum wfp_status path_message_send(struct wfp_path *path, const char *name,
                                  const struct wfp_send *send, struct wfp_message_reply *reply)
{
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    enum wfp_status status;

    if (is_alone(path)) {
        return wfp_message_send(path->world, send, reply);
    }
    const struct path_call call = {.party = path->dialler, .name = name, .about = send->socket};
    status = take(path, &call, &answer);
    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = wfp_message_send(path->world, send, reply);
    } else {
        wfp_message_send_allowed(path->world, send, &allowed);
        status = wfp_message_send_assume(path->world, send, *answer, reply);
    }
    tell_message(path, &call, answer == NULL ? NULL : &allowed, reply);
    return status;
}

enum wfp_status path_message_receive(struct wfp_path *path, uint32_t party, const char *name,
                                     const struct wfp_receive *receive,
                                     struct wfp_message_reply *reply)
{
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    enum wfp_status status;

    if (is_alone(path)) {
        return wfp_message_receive(path->world, receive, reply);
    }
    const struct path_call call = {.party = party, .name = name, .about = receive->socket};
    status = take(path, &call, &answer);
    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = wfp_message_receive(path->world, receive, reply);
    } else {
        wfp_message_receive_allowed(path->world, receive, &allowed);
        status = wfp_message_receive_assume(path->world, receive, *answer, reply);
    }
    tell_message(path, &call, answer == NULL ? NULL : &allowed, reply);
    return status;
}
