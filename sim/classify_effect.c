/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/callout.h"
#include "sim/classify.h"
#include "sim/context.h"

typedef enum wfp_status effect_function(struct wfp_world *world, struct classification *c,
                                        const struct wfp_classify_call *call,
                                        struct wfp_reply *reply);

/* ---- the engine's turn ---- */

static const uint32_t of_turn = CLASSIFY_FACT(AT_AUTH_CONNECT) | CLASSIFY_FACT(MAY_WRITE) |
                                CLASSIFY_FACT(RIGHT) | CLASSIFY_FACT(HANDLE_HELD) |
                                CLASSIFY_FACT(DATA_HELD) | CLASSIFY_FACT(ASKED_STATE);

static uint32_t facts_of_turn(uint8_t layer, uint8_t rights)
{
    return (layer >= WFP_AUTH_CONNECT_V4 ? CLASSIFY_FACT(AT_AUTH_CONNECT) : 0) |
           ((rights & WFP_RIGHT_ACTION_WRITE) != 0 ? CLASSIFY_FACT(MAY_WRITE) | CLASSIFY_FACT(RIGHT)
                                                   : 0);
}

static void ask(struct classification *c, struct next_callout next)
{
    if (next.callout == 0) {
        return;
    }
    if (next.again) {
        c->modified = false;
        classify_reauthorize(c, 0, false);
    }
    if (next.layer != c->layer) {
        c->sublayer_decided = false;
    }
    c->layer = (uint8_t)next.layer;
    c->position = next.position + 1;
    c->callout = next.callout;
    c->returned = false;
    c->facts = (c->facts & ~of_turn) | facts_of_turn(c->layer, c->rights);
    c->out_action = WFP_ACTION_CONTINUE;
}

/* The answer tells it, where one is followed that was given elsewhere; else they are the same. */
static uint32_t in_force(uint32_t action, const struct wfp_reply *reply)
{
    return reply->answer.outcome == WFP_ACTION ? reply->answer.error : action;
}

/* What the callout decided counts from now on. */
static void settle(const struct wfp_world *world, struct classification *c)
{
    c->rights = classify_out_rights(c);
    if (c->out_action != WFP_ACTION_CONTINUE) {
        c->action = c->out_action;
        c->sublayer = wfp_callout_of(world, c->callout)->sublayer;
        c->sublayer_decided = true;
    }
}

static void drop_data(struct classification *c)
{
    memset(&c->edited, 0, sizeof c->edited);
    c->facts &= ~CLASSIFY_FACT(DATA_HELD);
    c->edited_any = false;
}

static enum wfp_status come_back(struct wfp_world *world, struct classification *c,
                                 const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)call;
    c->out_action = in_force(c->out_action, reply);
    c->returned = true;
    if (!classify_is_pended(c)) {
        drop_data(c);
        settle(world, c);
    }
    return WFP_OK;
}

/* ---- the callout's ---- */

static void tell(struct classification *c, uint32_t handle, uint32_t state)
{
    uint32_t at = 0;

    while (at < c->told_count && c->told[at].handle != handle) {
        at++;
    }
    if (at == TOLD_MAX) {
        return;
    }
    c->told[at] = (struct told){handle, state};
    if (at == c->told_count) {
        c->told_count++;
    }
}

/* The context of the last redirect by this handle. */
static struct record_view own_context(struct record_view record, uint32_t handle)
{
    struct record_walk walk = record_walk(record);
    struct record_view context = {NULL, 0};
    struct record_hop hop;

    while (record_walk_next(&walk, &hop)) {
        if (hop.handle == handle) {
            context = hop.context;
        }
    }
    return context;
}

static void copy_out(struct record_view bytes, const struct wfp_buffer *out,
                     struct wfp_reply *reply)
{
    const uint32_t size = bytes.size < out->size ? bytes.size : out->size;

    if (size > 0 && out->pointer <= WFP_POINTER_MISALIGNED) {
        memcpy(out->bytes, bytes.bytes, size);
        reply->written = size;
    }
}

static enum wfp_status hand_context(struct wfp_world *world, struct classification *c,
                                    const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    if (call->out.size > 0) {
        copy_out(own_context(classify_records(world, c), call->handle), &call->out, reply);
    }
    return WFP_OK;
}

static enum wfp_status copy_records(struct wfp_world *world, struct classification *c,
                                    const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    copy_out(classify_records(world, c), &call->out, reply);
    return WFP_OK;
}

static enum wfp_status take_handle(struct wfp_world *world, struct classification *c,
                                   const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)world;
    (void)call;
    (void)reply;
    c->facts |= CLASSIFY_FACT(HANDLE_HELD);
    return WFP_OK;
}

static enum wfp_status release_handle(struct wfp_world *world, struct classification *c,
                                      const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)world;
    (void)call;
    (void)reply;
    c->facts &= ~CLASSIFY_FACT(HANDLE_HELD);
    return WFP_OK;
}

static void put_version(struct wfp_version *to, const struct wfp_version *from)
{
    to->filter = from->filter;
    to->target_pid = from->target_pid;
    to->handle = from->handle;
    to->context = from->context;
    to->token = from->token;
    world_put_address(&to->remote, &from->remote);
}

static enum wfp_status take_data(struct wfp_world *world, struct classification *c,
                                 const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    const struct wfp_version effective = classify_effective(c);

    (void)world;
    (void)call;
    (void)reply;
    put_version(&c->edited, &effective);
    c->edited.context = 0;
    c->facts = (c->facts & ~CLASSIFY_FACT(RIGHT)) | CLASSIFY_FACT(DATA_HELD);
    c->edited_any = false;
    c->out_action = WFP_ACTION_BLOCK;
    return WFP_OK;
}

static enum wfp_status edit(struct wfp_world *world, struct classification *c,
                            const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)world;
    (void)reply;
    switch (call->member) {
    case WFP_MEMBER_REMOTE_ADDRESS:
        world_put_address(&c->edited.remote, &call->address);
        break;
    case WFP_MEMBER_TARGET_PID:
        c->edited.target_pid = call->number;
        break;
    case WFP_MEMBER_REDIRECT_HANDLE:
        c->edited.handle = call->number;
        break;
    case WFP_MEMBER_CONTEXT:
        c->edited.context = call->number;
        break;
    case WFP_MEMBER_PORT_RESERVATION_TOKEN:
        c->edited.token = call->number;
        break;
    case WFP_MEMBER_LOCAL_ADDRESS:
    default:
        return WFP_OK;
    }
    c->edited_any = true;
    return WFP_OK;
}

/* Others have modified what a callout watches: it is asked again, once. */
static void note_modified(struct classification *c, const struct wfp_version *version)
{
    for (uint32_t i = 0; i < c->version_count; i++) {
        if ((c->watching >> i & 1) != 0 && c->versions[i].filter != version->filter) {
            c->watching &= ~(UINT32_C(1) << i);
            c->modified = true;
        }
    }
}

/* Who changes another's redirect and brings no context leaves the one that is there. */
static enum wfp_status apply(struct wfp_world *world, struct classification *c,
                             const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    const struct wfp_version before = classify_effective(c);

    (void)reply;
    if (c->edited_any && c->version_count == WFP_VERSIONS_MAX) {
        return WFP_NO_ROOM;
    }
    if (c->edited_any) {
        c->edited.filter = wfp_callout_of(world, c->callout)->filter;
        if (c->edited.context == 0 && c->edited.handle == before.handle) {
            c->edited.context = before.context;
        }
        context_hand_over(world, c->edited.context);
        note_modified(c, &c->edited);
        if ((call->flags & WFP_APPLY_REAUTHORIZE_IF_MODIFIED_BY_OTHERS) != 0) {
            c->watching |= UINT32_C(1) << c->version_count;
        }
        put_version(&c->versions[c->version_count++], &c->edited);
    }
    drop_data(c);
    return WFP_OK;
}

static enum wfp_status discard(struct wfp_world *world, struct classification *c,
                               const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)world;
    (void)call;
    (void)reply;
    drop_data(c);
    return WFP_OK;
}

static enum wfp_status suspend(struct wfp_world *world, struct classification *c,
                               const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)world;
    (void)call;
    (void)reply;
    c->facts = (c->facts & ~CLASSIFY_FACT(RIGHT)) | CLASSIFY_FACT(PENDED);
    c->out_action = WFP_ACTION_BLOCK;
    return WFP_OK;
}

/* RED-16: nobody else of this layer is asked. */
static enum wfp_status decide_finally(struct wfp_world *world, struct classification *c,
                                      const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)reply;
    c->facts &= ~CLASSIFY_FACT(PENDED);
    drop_data(c);
    c->out_action = call->action;
    classify_note(c, CLASSIFY_FACT(RIGHT), (call->rights & WFP_RIGHT_ACTION_WRITE) != 0);
    settle(world, c);
    c->position = UINT32_MAX;
    return WFP_OK;
}

static enum wfp_status start_again(struct wfp_world *world, struct classification *c,
                                   const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)world;
    (void)call;
    (void)reply;
    c->facts &= ~CLASSIFY_FACT(PENDED);
    drop_data(c);
    classify_reauthorize(c, WFP_REASON_CLASSIFY_COMPLETION, false);
    return WFP_OK;
}

static enum wfp_status act(struct wfp_world *world, struct classification *c,
                           const struct wfp_classify_call *call, struct wfp_reply *reply)
{
    (void)world;
    c->out_action = in_force(call->action, reply);
    classify_note(c, CLASSIFY_FACT(RIGHT), (call->rights & WFP_RIGHT_ACTION_WRITE) != 0);
    return WFP_OK;
}

static effect_function *const effects[] = {
    [WFP_EFFECT_COPY_RECORD] = copy_records,
    [WFP_EFFECT_RETURN] = come_back,
    [WFP_EFFECT_HAND_CONTEXT] = hand_context,
    [WFP_EFFECT_TAKE_HANDLE] = take_handle,
    [WFP_EFFECT_TAKE_DATA] = take_data,
    [WFP_EFFECT_EDIT] = edit,
    [WFP_EFFECT_APPLY] = apply,
    [WFP_EFFECT_DISCARD] = discard,
    [WFP_EFFECT_SUSPEND] = suspend,
    [WFP_EFFECT_DECIDE] = decide_finally,
    [WFP_EFFECT_START_AGAIN] = start_again,
    [WFP_EFFECT_ACT] = act,
    [WFP_EFFECT_RELEASE_HANDLE] = release_handle,
};

enum wfp_status classify_effect(struct wfp_world *world, struct classification *classification,
                                const struct wfp_classify_call *call,
                                const struct classify_view *view, enum wfp_effect effect,
                                struct wfp_reply *reply)
{
    if (effect == WFP_EFFECT_ASK) {
        ask(classification, view->next);
        return WFP_OK;
    }
    if (call->call == WFP_CALL_REDIRECT_STATE && reply->answer.outcome == WFP_STATE) {
        classification->facts |= CLASSIFY_FACT(ASKED_STATE);
        tell(classification, call->handle, reply->answer.error);
    }
    if ((size_t)effect >= sizeof effects / sizeof effects[0] || effects[effect] == NULL) {
        return WFP_OK;
    }
    return effects[effect](world, classification, call, reply);
}
