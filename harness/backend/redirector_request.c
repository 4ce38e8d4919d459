/* SPDX-License-Identifier: MIT */

#include "harness/backend/redirector.h"

#include <stdlib.h>
#include <string.h>

#include "harness/backend/redirector_dialogue.h"

static const char *const families[] = {[WFP_IPV4] = "ipv4", [WFP_IPV6] = "ipv6"};
static const char *const layers[] = {
    [WFP_LAYER_CONNECT_REDIRECT] = "connect-redirect", [WFP_LAYER_BIND_REDIRECT] = "bind-redirect"};

static bool add_connection(json_t *message, const struct redirector_connection *connection)
{
    return json_object_set_new(message, "protocol", json_string("tcp")) == 0 &&
           json_object_set_new(message, "family", json_string(families[connection->family])) == 0 &&
           json_object_set_new(message, "from", json_string(connection->from)) == 0 &&
           json_object_set_new(message, "to", json_string(connection->to)) == 0;
}

static json_t *hex_of(const uint8_t *bytes, uint32_t size)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * (size_t)size + 1);
    json_t *string;

    if (text == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < size; i++) {
        text[2 * (size_t)i] = digits[bytes[i] >> 4];
        text[2 * (size_t)i + 1] = digits[bytes[i] & 15];
    }
    string = json_stringn(text, 2 * (size_t)size);
    free(text);
    return string;
}

static bool add_redirect(json_t *message, const struct redirector_request *wanted)
{
    return add_connection(message, &wanted->connection) &&
           json_object_set_new(message, "handle", json_string(wanted->handle)) == 0 &&
           json_object_set_new(message, "listener", json_string(wanted->listener)) == 0 &&
           json_object_set_new(message, "target_pid", json_integer(wanted->target_pid)) == 0 &&
           json_object_set_new(message, "layer", json_string(layers[wanted->layer])) == 0 &&
           json_object_set_new(message, "remote", json_boolean(wanted->remote)) == 0 &&
           json_object_set_new(message, "context", hex_of(wanted->context, wanted->context_size)) ==
               0;
}

static const char *lacks(const struct redirector *redirector,
                         const struct redirector_request *wanted)
{
    const uint32_t has = redirector->offer.capabilities;

    if (wanted->connection.family == WFP_IPV6 && (has & REDIRECTOR_IPV6) == 0) {
        return "ipv6";
    }
    if (wanted->layer == WFP_LAYER_BIND_REDIRECT && (has & REDIRECTOR_BIND_REDIRECT) == 0) {
        return "bind-redirect";
    }
    return wanted->remote && (has & REDIRECTOR_REMOTE) == 0 ? "remote" : NULL;
}

enum redirector_outcome redirector_redirect(struct redirector *redirector,
                                            const struct redirector_request *wanted,
                                            uint32_t *redirect, char *trouble)
{
    const char *lacking = lacks(redirector, wanted);
    enum redirector_outcome outcome;
    json_t *message;

    if (lacking != NULL) {
        redirector_say(trouble, "needs a redirector with %s", lacking);
        return REDIRECTOR_LACKS;
    }
    message = redirector_request(redirector, "redirect");
    if (message == NULL || !add_redirect(message, wanted)) {
        json_decref(message);
        message = NULL;
    }
    outcome = redirector_ask_plainly(redirector, message, trouble);
    if (outcome == REDIRECTOR_DONE) {
        *redirect = redirector->last_id;
    }
    return outcome;
}

static const char *const states[] = {
    [WFP_NOT_REDIRECTED] = "NOT_REDIRECTED",
    [WFP_REDIRECTED_BY_SELF] = "REDIRECTED_BY_SELF",
    [WFP_REDIRECTED_BY_OTHER] = "REDIRECTED_BY_OTHER",
    [WFP_PREVIOUSLY_REDIRECTED_BY_SELF] = "PREVIOUSLY_REDIRECTED_BY_SELF",
};

static bool take_state(const json_t *answer, const char *handle, enum wfp_redirect_state *state)
{
    const char *told =
        json_string_value(json_object_get(json_object_get(answer, "states"), handle));

    for (size_t i = 0; told != NULL && i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(told, states[i]) == 0) {
            *state = (enum wfp_redirect_state)i;
            return true;
        }
    }
    return false;
}

enum redirector_outcome redirector_state(struct redirector *redirector,
                                         const struct redirector_connection *connection,
                                         const char *handle, enum wfp_redirect_state *state,
                                         char *trouble)
{
    json_t *message = redirector_request(redirector, "states");
    json_t *answer = NULL;
    enum redirector_outcome outcome;

    if (message == NULL || !add_connection(message, connection) ||
        json_object_set_new(message, "handles", json_pack("[s]", handle)) != 0) {
        json_decref(message);
        message = NULL;
    }
    outcome = redirector_ask(redirector, message, REDIRECTOR_ANSWER_LIMIT, &answer, trouble);
    if (outcome == REDIRECTOR_DONE && !take_state(answer, handle, state)) {
        outcome =
            redirector_nonsense(redirector, "a state by the name of each handle", "none", trouble);
    }
    json_decref(answer);
    return outcome;
}

enum redirector_outcome redirector_release(struct redirector *redirector, uint32_t redirect,
                                           char *trouble)
{
    json_t *message = redirector_request(redirector, "release");

    if (message != NULL && json_object_set_new(message, "redirect", json_integer(redirect)) != 0) {
        json_decref(message);
        message = NULL;
    }
    return redirector_ask_plainly(redirector, message, trouble);
}

enum redirector_outcome redirector_unknown(struct redirector *redirector, char *trouble)
{
    return redirector_ask_plainly(redirector, redirector_request(redirector, "dance"), trouble);
}
