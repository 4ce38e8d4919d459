/* SPDX-License-Identifier: MIT */

#include "harness/judge.h"

#include <stdlib.h>
#include <string.h>

#include "harness/control.h"
#include "harness/hex.h"
#include "harness/pattern.h"

const char *mismatch_name(enum mismatch mismatch)
{
    static const char *const names[] = {
        [MISMATCH_NONE] = "nothing",
        [MISMATCH_OUTCOME] = "how the call ended",
        [MISMATCH_ERROR] = "the error",
        [MISMATCH_BYTES] = "the byte count",
        [MISMATCH_CHANGED] = "bytes changed in the output buffer",
        [MISMATCH_CONTENT] = "the bytes returned",
        [MISMATCH_FLAGS] = "the flags returned",
        [MISMATCH_CONTROL] = "the control objects returned",
    };

    return names[mismatch];
}

static bool count_matches(const struct judge_context *context, struct wfp_answer wanted,
                          const struct played *played)
{
    const struct wfp_answer actual = played->reply.answer;

    if (wanted.count != WFP_COUNT_NEEDED) {
        return wanted.count == actual.count && wanted.bytes == actual.bytes;
    }
    return context->n_known && actual.count == WFP_COUNT_VALUE && actual.bytes == context->n;
}

static bool changed_allowed(const struct expected *expected, const struct played *played)
{
    const bool succeeded = expected->answer.outcome == WFP_RETURNED && expected->answer.error == 0;
    enum changed allowed = expected->changed;

    if (allowed == CHANGED_DEFAULT) {
        allowed = succeeded ? CHANGED_RETURNED : CHANGED_ANY;
    }
    switch (allowed) {
    case CHANGED_NONE:
        return played->changed == 0;
    case CHANGED_RETURNED:
        return played->changed <= played->reply.answer.bytes;
    case CHANGED_ANY:
    case CHANGED_DEFAULT:
    default:
        return true;
    }
}

/* The size of the context that a handle attached in this script. */
static uint32_t context_size(const struct script *script, const char *handle)
{
    uint32_t size = 0;

    for (size_t i = 0; i < script->vector->step_count; i++) {
        const struct step *step = &script->vector->steps[i];

        if ((step->kind == STEP_REDIRECTED_ACCEPT || step->redirected) &&
            strcmp(step->redirect.handle, handle) == 0) {
            size = step->redirect.context;
        }
        if (step->kind == STEP_CONTEXT && strcmp(step->handle, handle) == 0) {
            size = step->kernel.size;
        }
    }
    return size;
}

bool judge_wanted_bytes(const struct judge_context *context, const struct expected *expected,
                        uint8_t **bytes, uint32_t *size)
{
    const struct blob *blob = NULL;

    if (expected->equals_blob == NULL && expected->equals_context == NULL) {
        return false;
    }
    if (expected->equals_blob != NULL) {
        blob = blobs_find(context->blobs, expected->equals_blob);
    }
    *size = blob != NULL ? blob->size : 0;
    if (expected->equals_context != NULL) {
        *size = context_size(context->script, expected->equals_context);
    }
    *bytes = malloc((size_t)*size + 1);
    if (*bytes == NULL) {
        return false;
    }
    if (expected->equals_context != NULL) {
        pattern_context(expected->equals_context, *bytes, *size);
    } else if (blob != NULL) {
        memcpy(*bytes, blob->bytes, *size);
    }
    return true;
}

/* A state comes with a context, not with a byte count. */
static uint32_t returned_bytes(const struct backend_reply *reply)
{
    return reply->answer.outcome == WFP_STATE ? reply->out_size : reply->answer.bytes;
}

static bool content_matches(const struct judge_context *context, const struct expected *expected,
                            const struct played *played)
{
    const struct backend_reply *reply = &played->reply;
    uint8_t *wanted;
    uint32_t size;
    bool matches;

    if (!judge_wanted_bytes(context, expected, &wanted, &size)) {
        return true;
    }
    matches = reply->out != NULL && returned_bytes(reply) == size && size <= reply->out_size &&
              memcmp(reply->out, wanted, size) == 0;
    free(wanted);
    return matches;
}

static bool data_matches(const struct expected *expected, const struct played *played)
{
    const struct backend_reply *reply = &played->reply;
    const char *hex = expected->message.data_hex;

    if (hex == NULL) {
        return true;
    }
    if (reply->out == NULL || strlen(hex) != 2 * (size_t)reply->answer.bytes ||
        reply->answer.bytes > reply->out_size) {
        return false;
    }
    for (uint32_t i = 0; i < reply->answer.bytes; i++) {
        if (reply->out[i] != hex_byte(hex + (size_t)2 * i)) {
            return false;
        }
    }
    return true;
}

/* ---- what a receive shows beside its data ---- */

static bool payload_matches(const struct judge_context *context,
                            const struct expected_object *wanted, const struct control_found *found)
{
    struct expected expected = {.equals_blob = wanted->equals_blob,
                                .equals_context = wanted->equals_context};
    uint8_t *bytes;
    uint32_t size;
    bool matches;

    if (!judge_wanted_bytes(context, &expected, &bytes, &size)) {
        return found->size > 0;
    }
    matches = found->size == size && memcmp(found->data, bytes, size) == 0;
    free(bytes);
    return matches;
}

static bool objects_match(const struct judge_context *context,
                          const struct expected_message *wanted, const struct played *played)
{
    const struct backend_message *message = &played->reply.message;
    struct control_found found;
    uint32_t at = 0;

    if (message->control == NULL) {
        return wanted->count == 0 && message->control_size == 0;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        const struct expected_object *object = &wanted->objects[i];

        if (!control_take(message->control, message->control_size, played->layout, &at, &found) ||
            found.level != (uint32_t)object->level || found.type != (uint32_t)object->type ||
            !payload_matches(context, object, &found)) {
            return false;
        }
    }
    return at == message->control_size;
}

static enum mismatch judge_message(const struct judge_context *context,
                                   const struct expected_message *wanted,
                                   const struct played *played)
{
    const struct backend_message *message = &played->reply.message;

    if (played->step.kind != STEP_RECEIVE || !message->received) {
        return MISMATCH_NONE;
    }
    if (message->flags != wanted->flags) {
        return MISMATCH_FLAGS;
    }
    if (wanted->part) {
        return message->control_size > 0 && message->control_size <= played->control_size
                   ? MISMATCH_NONE
                   : MISMATCH_CONTROL;
    }
    return objects_match(context, wanted, played) ? MISMATCH_NONE : MISMATCH_CONTROL;
}

enum mismatch judge_alternative(const struct judge_context *context,
                                const struct expected *expected, const struct played *played)
{
    const struct wfp_answer actual = played->reply.answer;

    if (expected->answer.outcome != actual.outcome) {
        return MISMATCH_OUTCOME;
    }
    if (expected->answer.error != actual.error) {
        return MISMATCH_ERROR;
    }
    if (actual.outcome == WFP_RETURNED && !count_matches(context, expected->answer, played)) {
        return MISMATCH_BYTES;
    }
    if (!changed_allowed(expected, played)) {
        return MISMATCH_CHANGED;
    }
    if (!content_matches(context, expected, played) || !data_matches(expected, played)) {
        return MISMATCH_CONTENT;
    }
    return judge_message(context, &expected->message, played);
}
