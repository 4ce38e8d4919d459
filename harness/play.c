/* SPDX-License-Identifier: MIT */

#include "harness/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/control.h"
#include "harness/pattern.h"

static const struct step *scripted(const struct script *script, size_t index)
{
    return script->control ? vector_control_step(script->vector, index)
                           : &script->vector->steps[index];
}

/* The step with the sweep's member put in where the sweep stands, or stood before its replacement.
 */
static void prepare(const struct script *script, size_t index, struct step *step)
{
    const struct step *plain = scripted(script, index);
    const struct step *swept = script->vector->swept;

    *step = *plain;
    if (script->member == NULL || swept == NULL || swept->number != plain->number) {
        return;
    }
    if (step->sweep == NULL) {
        step->sweep = swept->sweep;
    }
    if (!step_with_member(step, script->member, step)) {
        *step = *plain;
    }
    step->sweep = NULL;
}

static bool resolve_out(const struct script *script, size_t index, const struct step *step,
                        uint32_t *size, uint32_t *control_size)
{
    const bool known = script->learned != NULL && script->learned->known[index];
    const uint32_t n = known ? script->learned->n[index] : 0;

    if (step->kind == STEP_RECEIVE) {
        *size = step->message.size;
        return size_resolve(step->message.room.size, n, known, control_size);
    }
    *control_size = 0;
    if (step->kind == STEP_OPTION_GET) {
        *size = step->message.option.size;
        return true;
    }
    return size_resolve(step->ioctl.out.size, n, known, size);
}

/* What a step hands in that an earlier one should have saved. */
static const char *input_name(const struct step *step)
{
    const struct control_input *control = &step->message.control;

    if (step->kind == STEP_IOCTL) {
        return step->ioctl.in.from;
    }
    for (size_t i = 0; i < control->count; i++) {
        if (control->objects[i].data.from != NULL) {
            return control->objects[i].data.from;
        }
    }
    return control->raw.from != NULL ? control->raw.from : "that name";
}

bool play_inputs_make(const struct blobs *blobs, const struct step *step, enum wfp_layout native,
                      struct backend_call *call, struct play_inputs *inputs)
{
    bool good = true;

    memset(inputs, 0, sizeof *inputs);
    if (step->kind == STEP_IOCTL) {
        good = blobs_input(blobs, &step->ioctl.in, &inputs->in, &call->in_size);
    }
    if (step->kind == STEP_SEND) {
        good = blobs_input(blobs, &step->message.data, &inputs->in, &call->in_size);
    }
    if (good && (step->kind == STEP_SEND || step->kind == STEP_CONNECT_REQUEST)) {
        good = control_make(blobs, &step->message.control, native, &inputs->control,
                            &call->control_size);
    }
    call->in = inputs->in;
    call->control = inputs->control;
    if (!good) {
        play_inputs_free(inputs);
    }
    return good;
}

void play_inputs_free(struct play_inputs *inputs)
{
    free(inputs->in);
    free(inputs->control);
}

static enum status perform(const struct backend *backend, struct played *played,
                           const struct blobs *blobs, bool allowed)
{
    const struct step *step = &played->step;
    struct backend_call call = {.step = step, .out_size = played->out_size};
    struct play_inputs inputs;
    enum status status;

    call.control_size = played->control_size;
    if (!play_inputs_make(blobs, step, backend->layout, &call, &inputs)) {
        (void)snprintf(played->reply.trouble, sizeof played->reply.trouble,
                       "needs a record: nothing was saved as %s", input_name(step));
        return STATUS_BAD_INPUT;
    }
    call.allowed = allowed ? &played->allowed : NULL;
    played->in_size = call.in_size;
    played->control_size = call.control_size;
    played->layout = control_layout_of(step->kind == STEP_SEND ? step->message.control.layout
                                                               : step->message.room.layout,
                                       backend->layout);
    status = backend->perform(backend->state, &call, &played->reply);
    play_inputs_free(&inputs);
    return status;
}

static bool returned(const struct wfp_answer *answer)
{
    return answer->outcome == WFP_RETURNED && answer->error == 0;
}

bool play_save_record(struct blobs *blobs, const struct step *step,
                      const struct backend_reply *reply, enum wfp_layout layout)
{
    struct control_found found;
    uint32_t at = 0;

    while (reply->message.received && reply->message.control != NULL &&
           control_take(reply->message.control, reply->message.control_size, layout, &at, &found)) {
        if (found.type == WFP_REDIRECT_RECORDS) {
            return blobs_save(blobs, step->ioctl.save, found.data, found.size);
        }
    }
    return true;
}

static bool save(struct blobs *blobs, const struct played *played)
{
    const struct backend_reply *reply = &played->reply;
    const uint32_t size =
        reply->answer.bytes < reply->out_size ? reply->answer.bytes : reply->out_size;

    if (played->step.kind == STEP_RECEIVE && played->step.ioctl.save != NULL) {
        return play_save_record(blobs, &played->step, reply, played->layout);
    }
    if (played->step.ioctl.save == NULL || !returned(&reply->answer) || reply->out == NULL) {
        return true;
    }
    return blobs_save(blobs, played->step.ioctl.save, reply->out, size);
}

static enum status play_step(const struct backend *backend, const struct script *script,
                             size_t index, struct blobs *blobs, struct played *played,
                             char *trouble)
{
    enum status status;

    memset(&played->reply, 0, sizeof played->reply);
    played->allowed.count = 0;
    prepare(script, index, &played->step);
    if (!resolve_out(script, index, &played->step, &played->out_size, &played->control_size)) {
        (void)snprintf(trouble, PLAY_TROUBLE_MAX, "needs a record");
        return STATUS_BAD_INPUT;
    }
    status = perform(backend, played, blobs, script->allowed);
    if (status == STATUS_OK && !save(blobs, played)) {
        status = STATUS_BROKEN;
    }
    if (status == STATUS_BAD_INPUT) {
        (void)snprintf(trouble, PLAY_TROUBLE_MAX, "%s", played->reply.trouble);
        return status;
    }
    if (status != STATUS_OK) {
        (void)snprintf(trouble, PLAY_TROUBLE_MAX, "step %zu: %s", index + 1, played->reply.trouble);
        return status;
    }
    played->changed =
        played->reply.out == NULL ? 0 : pattern_changed(played->reply.out, played->reply.out_size);
    return STATUS_OK;
}

enum status play_script(const struct backend *backend, const struct script *script,
                        play_observer *observer, void *context, char *trouble)
{
    char ending[BACKEND_TROUBLE_MAX] = "";
    struct blobs blobs = {0};
    enum status status;
    enum status ended;

    status = backend->begin(backend->state, script->vector, script->profile, trouble);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < script->vector->step_count && status == STATUS_OK; i++) {
        struct played played;

        status = play_step(backend, script, i, &blobs, &played, trouble);
        if (status == STATUS_OK) {
            status = observer(context, i, &played, &blobs);
        }
    }
    ended = backend->end(backend->state, ending);
    blobs_clear(&blobs);
    if (status == STATUS_OK && ended != STATUS_OK) {
        (void)snprintf(trouble, PLAY_TROUBLE_MAX, "afterwards: %s", ending);
        return ended;
    }
    return status;
}

/* ---- learning N ---- */

enum { AMPLE = 131072 };

static bool ask_amply(const struct backend *backend, const struct step *step, uint32_t room,
                      uint32_t *n)
{
    const struct blobs none = {0};
    struct played query;

    memset(&query, 0, sizeof query);
    query.out_size = room;
    query.step.kind = STEP_IOCTL;
    query.step.on = step->on;
    query.step.ioctl.code = step->ioctl.code;
    query.step.ioctl.code_text = step->ioctl.code_text;
    query.step.ioctl.in.pointer = WFP_POINTER_NULL;
    query.step.ioctl.out.pointer = WFP_POINTER_HEAP;
    query.step.ioctl.count = WFP_POINTER_HEAP;
    query.step.ioctl.overlapped = WFP_POINTER_NULL;
    query.step.ioctl.routine = WFP_POINTER_NULL;
    if (perform(backend, &query, &none, false) != STATUS_OK || !returned(&query.reply.answer)) {
        return false;
    }
    *n = query.reply.answer.bytes;
    return true;
}

/* The same datagram, once more, with ample room for its control data. */
static bool ask_receive(const struct backend *backend, const struct step *step, uint32_t *n)
{
    const struct blobs none = {0};
    struct played query;

    memset(&query, 0, sizeof query);
    query.out_size = AMPLE;
    query.control_size = AMPLE;
    query.step = *step;
    query.step.ioctl.save = NULL;
    query.step.message.flags = 0;
    query.step.message.room.pointer = WFP_POINTER_HEAP;
    if (perform(backend, &query, &none, false) != STATUS_OK || !returned(&query.reply.answer)) {
        return false;
    }
    *n = query.reply.message.control_size;
    return *n > 0;
}

bool play_ask_again(const struct backend *backend, const struct step *step, uint32_t *n)
{
    static const uint32_t rooms[] = {4096, 131072, 1048576};

    if (step->kind == STEP_RECEIVE) {
        return ask_receive(backend, step, n);
    }

    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        if (ask_amply(backend, step, rooms[i], n)) {
            return true;
        }
    }
    return false;
}

static bool asks(const struct step *step)
{
    return (step->kind == STEP_IOCTL && ioctl_code_queries(step->ioctl.code)) ||
           (step->kind == STEP_RECEIVE && step->message.room.size.symbolic);
}

/* Plays what stands before step `index` and asks there; mistakes on the way just leave N unknown.
 */
static void learn_step(const struct backend *backend, const struct script *script, size_t index,
                       struct learned *learned)
{
    struct script before = *script;
    struct blobs blobs = {0};
    char trouble[PLAY_TROUBLE_MAX];
    enum status status;
    struct played played;

    before.learned = learned;
    status = backend->begin(backend->state, script->vector, script->profile, trouble);
    if (status != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < index && status == STATUS_OK; i++) {
        status = play_step(backend, &before, i, &blobs, &played, trouble);
    }
    if (status == STATUS_OK) {
        prepare(script, index, &played.step);
        learned->known[index] = play_ask_again(backend, &played.step, &learned->n[index]);
    }
    /* Whatever it complains about, the tested run will meet too. */
    (void)backend->end(backend->state, trouble);
    blobs_clear(&blobs);
}

size_t play_origin(const struct script *script, size_t index)
{
    const struct step *step = scripted(script, index);

    for (size_t i = index; step->of != NULL && i-- > 0;) {
        const struct step *earlier = scripted(script, i);

        if (earlier->kind == STEP_IOCTL && earlier->as != NULL &&
            strcmp(earlier->as, step->of) == 0) {
            return i;
        }
    }
    return index;
}

void play_learn(const struct backend *backend, const struct script *script, struct learned *learned)
{
    memset(learned, 0, sizeof *learned);
    for (size_t i = 0; i < script->vector->step_count; i++) {
        struct step step;

        prepare(script, i, &step);
        if (asks(&step)) {
            learn_step(backend, script, i, learned);
        } else {
            const size_t origin = play_origin(script, i);

            learned->known[i] = learned->known[origin];
            learned->n[i] = learned->n[origin];
        }
    }
}

/* ---- the claim's answer ---- */

struct claim_watch {
    uint32_t number;
    struct wfp_answer answer;
    bool seen;
};

static enum status watch_claim(void *context, size_t index, const struct played *played,
                               const struct blobs *blobs)
{
    struct claim_watch *watch = context;

    (void)index;
    (void)blobs;
    if (played->step.number == watch->number) {
        watch->answer = played->reply.answer;
        watch->seen = true;
    }
    return STATUS_OK;
}

bool play_claim(const struct backend *backend, const struct script *script,
                struct wfp_answer *answer)
{
    struct claim_watch watch = {script->vector->claim->number, {0}, false};
    char trouble[PLAY_TROUBLE_MAX];

    (void)play_script(backend, script, watch_claim, &watch, trouble);
    *answer = watch.answer;
    return watch.seen;
}
