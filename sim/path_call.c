/* SPDX-License-Identifier: MIT */

/* Every call of a path: made, or followed where a trace says what came of it; and told. */

#include "sim/path.h"

/* Nobody follows, nobody looks on: most journeys are made so. */
static bool is_alone(const struct wfp_path *path)
{
    return path->trace == NULL && path->observer == NULL;
}

enum wfp_status path_note(struct wfp_path *path, uint32_t party, const char *name, uint32_t about)
{
    const struct wfp_answer *answer;
    enum wfp_status status;

    if (is_alone(path)) {
        return WFP_OK;
    }
    const struct path_call call = {.party = party, .name = name, .about = about};
    status = path_take(path, &call, &answer);
    if (status == WFP_OK) {
        path_report(path, &call, NULL, NULL);
    }
    return status;
}

/* ---- calls that answer ---- */

/* One call of the world with what its function takes; the reply of a message in its own form. */
struct made {
    enum {
        MADE_IOCTL,
        MADE_OPTION,
        MADE_CLASSIFY,
        MADE_CONNECT,
        MADE_REAUTHORIZE,
        MADE_REAUTHORIZE_FLOW,
        MADE_SEND,
        MADE_RECEIVE
    } kind;
    union {
        const struct wfp_ioctl *ioctl;
        const struct wfp_option *option;
        const struct wfp_classify_call *classify;
        const struct wfp_send *send;
        const struct wfp_receive *receive;
    } call;
    uint32_t classification;         /* CONNECT */
    struct wfp_connected *connected; /* CONNECT */
    uint32_t *reauthorized;          /* REAUTHORIZE: the classification that begins */
    struct wfp_message_reply *message;
};

static struct wfp_reply plain_reply(const struct wfp_message_reply *message)
{
    return (struct wfp_reply){.answer = message->answer, .rule = message->rule};
}

/* As the model answers it. */
static enum wfp_status make(struct wfp_path *path, const struct made *made, struct wfp_reply *reply)
{
    struct wfp_world *world = path->world;
    const uint32_t client = path->sockets[PATH_CLIENT];
    const struct wfp_address to = path_destination(path->to);
    enum wfp_status status;

    switch (made->kind) {
    case MADE_IOCTL:
        return wfp_socket_ioctl(world, made->call.ioctl, reply);
    case MADE_OPTION:
        return wfp_option_set(world, made->call.option, reply);
    case MADE_CLASSIFY:
        return wfp_classify(world, made->call.classify, reply);
    case MADE_CONNECT:
        return wfp_connect_end(world, made->classification, made->connected, reply);
    case MADE_REAUTHORIZE:
        return wfp_reauthorize(world, client, WFP_REASON_POLICY_CHANGE, made->reauthorized, reply);
    case MADE_REAUTHORIZE_FLOW:
        return wfp_flow_reauthorize(world, client, &to, WFP_REASON_POLICY_CHANGE,
                                    made->reauthorized, reply);
    case MADE_SEND:
        status = wfp_message_send(world, made->call.send, made->message);
        break;
    case MADE_RECEIVE:
    default:
        status = wfp_message_receive(world, made->call.receive, made->message);
        break;
    }
    *reply = plain_reply(made->message);
    return status;
}

static void allow(const struct wfp_path *path, const struct made *made, struct wfp_answer_set *set)
{
    const struct wfp_world *world = path->world;
    const uint32_t client = path->sockets[PATH_CLIENT];
    const struct wfp_address to = path_destination(path->to);

    switch (made->kind) {
    case MADE_IOCTL:
        wfp_ioctl_allowed(world, made->call.ioctl, set);
        break;
    case MADE_OPTION:
        wfp_option_set_allowed(world, made->call.option, set);
        break;
    case MADE_CLASSIFY:
        wfp_classify_allowed(world, made->call.classify, set);
        break;
    case MADE_CONNECT:
        wfp_connect_end_allowed(world, made->classification, set);
        break;
    case MADE_REAUTHORIZE:
        wfp_reauthorize_allowed(world, client, set);
        break;
    case MADE_REAUTHORIZE_FLOW:
        wfp_flow_reauthorize_allowed(world, client, &to, set);
        break;
    case MADE_SEND:
        wfp_message_send_allowed(world, made->call.send, set);
        break;
    case MADE_RECEIVE:
    default:
        wfp_message_receive_allowed(world, made->call.receive, set);
        break;
    }
}

/* As it was answered elsewhere. */
static enum wfp_status assume(struct wfp_path *path, const struct made *made,
                              struct wfp_answer answer, struct wfp_reply *reply)
{
    struct wfp_world *world = path->world;
    const uint32_t client = path->sockets[PATH_CLIENT];
    const struct wfp_address to = path_destination(path->to);
    enum wfp_status status;

    switch (made->kind) {
    case MADE_IOCTL:
        return wfp_ioctl_assume(world, made->call.ioctl, answer, reply);
    case MADE_OPTION:
        return wfp_option_set_assume(world, made->call.option, answer, reply);
    case MADE_CLASSIFY:
        return wfp_classify_assume(world, made->call.classify, answer, reply);
    case MADE_CONNECT:
        return wfp_connect_end_assume(world, made->classification, answer, made->connected, reply);
    case MADE_REAUTHORIZE:
        return wfp_reauthorize_assume(world, client, WFP_REASON_POLICY_CHANGE, answer,
                                      made->reauthorized, reply);
    case MADE_REAUTHORIZE_FLOW:
        return wfp_flow_reauthorize_assume(world, client, &to, WFP_REASON_POLICY_CHANGE, answer,
                                           made->reauthorized, reply);
    case MADE_SEND:
        status = wfp_message_send_assume(world, made->call.send, answer, made->message);
        break;
    case MADE_RECEIVE:
    default:
        status = wfp_message_receive_assume(world, made->call.receive, answer, made->message);
        break;
    }
    *reply = plain_reply(made->message);
    return status;
}

/* `asked`: NULL, or whom the engine asks, which can only be told once it has asked. */
static enum wfp_status watched(struct wfp_path *path, struct path_call call,
                               const struct made *made, path_asked_function *asked,
                               struct wfp_reply *reply)
{
    const struct wfp_path_call *next = path_trace_next(path);
    const struct wfp_answer *answer;
    struct wfp_answer_set allowed;
    enum wfp_status status = path_take(path, &call, &answer);

    if (status != WFP_OK) {
        return status;
    }
    if (answer == NULL) {
        status = make(path, made, reply);
    } else {
        allow(path, made, &allowed);
        status = assume(path, made, *answer, reply);
    }
    call.asked = asked == NULL ? 0 : asked(path, made->call.classify->classification);
    path_report(path, &call, answer == NULL ? NULL : &allowed, reply);
    return status == WFP_OK && next != NULL && next->asked != call.asked ? path_stray(path, &call)
                                                                         : status;
}

enum wfp_status path_ioctl(struct wfp_path *path, uint32_t party, const char *name,
                           const struct wfp_ioctl *ioctl, struct wfp_reply *reply)
{
    if (is_alone(path)) {
        return wfp_socket_ioctl(path->world, ioctl, reply);
    }
    const struct made made = {.kind = MADE_IOCTL, .call.ioctl = ioctl};
    return watched(path, (struct path_call){party, name, ioctl->socket, 0, 0, 0}, &made, NULL,
                   reply);
}

enum wfp_status path_set_option(struct wfp_path *path, uint32_t party,
                                const struct wfp_option *option, struct wfp_reply *reply)
{
    const struct made made = {.kind = MADE_OPTION, .call.option = option};

    return watched(path, (struct path_call){party, "set-option", option->socket, 0, 0, 0}, &made,
                   NULL, reply);
}

static struct path_call about_classification(uint32_t party, const char *name,
                                             const struct wfp_classify_call *call)
{
    const bool edits = call->call == WFP_CALL_EDIT;

    return (struct path_call){.party = party,
                              .name = name,
                              .about = call->classification,
                              .with = edits ? (uint32_t)call->member : call->action,
                              .rights = call->rights};
}

void path_tell(struct wfp_path *path, const struct wfp_classify_call *call,
               const struct wfp_reply *reply)
{
    const struct path_call made = about_classification(path->turn, wfp_call_name(call->call), call);

    path_report(path, &made, NULL, reply);
}

enum wfp_status path_classify_call(struct wfp_path *path, uint32_t party, const char *name,
                                   const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    if (is_alone(path)) {
        return wfp_classify(path->world, call, reply);
    }
    const struct made made = {.kind = MADE_CLASSIFY, .call.classify = call};
    return watched(path, about_classification(party, name, call), &made, NULL, reply);
}

enum wfp_status path_next_callout(struct wfp_path *path, uint32_t classification,
                                  path_asked_function *asked, struct wfp_reply *reply)
{
    const struct wfp_classify_call next = {.call = WFP_CALL_NEXT, .classification = classification};
    if (is_alone(path)) {
        return wfp_classify(path->world, &next, reply);
    }
    const struct made made = {.kind = MADE_CLASSIFY, .call.classify = &next};
    return watched(path, about_classification(WFP_PATH_ENGINE, "next-callout", &next), &made, asked,
                   reply);
}

enum wfp_status path_connect_end(struct wfp_path *path, uint32_t party, const char *name,
                                 uint32_t classification, struct wfp_connected *connected)
{
    const uint32_t client = path->sockets[PATH_CLIENT];
    const struct made made = {
        .kind = MADE_CONNECT, .classification = classification, .connected = connected};
    struct wfp_reply reply;

    return watched(path, (struct path_call){party, name, client, 0, 0, 0}, &made, NULL, &reply);
}

enum wfp_status path_reauthorize(struct wfp_path *path, uint32_t *classification)
{
    const uint32_t client = path->sockets[PATH_CLIENT];
    const bool flow = path->journey.type == WFP_UDP;
    const struct made made = {.kind = flow ? MADE_REAUTHORIZE_FLOW : MADE_REAUTHORIZE,
                              .reauthorized = classification};
    struct wfp_reply reply;

    return watched(path, (struct path_call){WFP_PATH_ENGINE, "reauthorize", client, 0, 0, 0}, &made,
                   NULL, &reply);
}

enum wfp_status path_message_send(struct wfp_path *path, const char *name,
                                  const struct wfp_send *send, struct wfp_message_reply *reply)
{
    const struct made made = {.kind = MADE_SEND, .call.send = send, .message = reply};
    struct wfp_reply plain;

    return watched(path, (struct path_call){path->dialler, name, send->socket, 0, 0, 0}, &made,
                   NULL, &plain);
}

enum wfp_status path_message_receive(struct wfp_path *path, uint32_t party, const char *name,
                                     const struct wfp_receive *receive,
                                     struct wfp_message_reply *reply)
{
    const struct made made = {.kind = MADE_RECEIVE, .call.receive = receive, .message = reply};
    struct wfp_reply plain;

    return watched(path, (struct path_call){party, name, receive->socket, 0, 0, 0}, &made, NULL,
                   &plain);
}
