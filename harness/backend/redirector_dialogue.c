/* SPDX-License-Identifier: MIT */

#include "harness/backend/redirector_dialogue.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/partner.h"

void redirector_say(char *trouble, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(trouble, REDIRECTOR_TROUBLE_MAX, format, arguments);
    va_end(arguments);
}

/* What the helper wrote is shown, but never let loose on a terminal. */
const char *redirector_quote(const char *text, char *copy)
{
    size_t length = strlen(text);

    length = length > REDIRECTOR_QUOTED_MAX ? REDIRECTOR_QUOTED_MAX : length;
    for (size_t i = 0; i < length; i++) {
        copy[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    }
    copy[length] = '\0';
    return copy;
}

/* ---- one exchange ---- */

static enum redirector_outcome lose(struct redirector *redirector, char *trouble)
{
    (void)snprintf(redirector->lost, sizeof redirector->lost, "%s", trouble);
    return REDIRECTOR_LOST;
}

static const char *ending(struct redirector *redirector, char *text, size_t size)
{
    const struct partner_end end = partner_end(redirector->partner, REDIRECTOR_ANSWER_LIMIT / 5);

    redirector->partner = NULL;
    if (end.killed) {
        return "it closed its output and did not end";
    }
    (void)snprintf(text, size, "it ended with code %lu", (unsigned long)end.code);
    return text;
}

static enum redirector_outcome lose_partner(struct redirector *redirector,
                                            enum partner_outcome outcome, unsigned limit,
                                            const char *line, char *trouble)
{
    char words[REDIRECTOR_QUOTED_MAX + 1];
    char text[48];

    (void)redirector_quote(line, words);
    if (outcome == PARTNER_ENDED) {
        redirector_say(trouble, "the redirector: %s; last words: %s",
                       ending(redirector, text, sizeof text), words[0] == '\0' ? "none" : words);
    } else if (outcome == PARTNER_LATE) {
        redirector_say(trouble, "the redirector: no answer within %u s; so far: %s", limit / 1000,
                       words[0] == '\0' ? "nothing" : words);
    } else if (outcome == PARTNER_TOO_LONG) {
        redirector_say(trouble,
                       "the redirector: expected a line of at most %d bytes, actual: more, %s",
                       REDIRECTOR_LINE_MAX, words);
    } else {
        redirector_say(trouble, "the redirector: no memory to talk to it");
    }
    return lose(redirector, trouble);
}

enum redirector_outcome redirector_nonsense(struct redirector *redirector, const char *expected,
                                            const char *actual, char *trouble)
{
    char words[REDIRECTOR_QUOTED_MAX + 1];

    redirector_say(trouble, "the redirector: expected %s, actual %s", expected,
                   redirector_quote(actual, words));
    return lose(redirector, trouble);
}

/* Steals `message`. */
static enum redirector_outcome send_message(struct redirector *redirector, json_t *message,
                                            unsigned limit, char *trouble)
{
    char *text = message == NULL ? NULL : json_dumps(message, JSON_COMPACT | JSON_PRESERVE_ORDER);
    enum partner_outcome outcome = PARTNER_BROKEN;

    json_decref(message);
    if (text != NULL) {
        const size_t length = strlen(text);

        text[length] = '\n'; /* in place of the NUL: the length is known */
        outcome = partner_write(redirector->partner, text, length + 1, limit);
    }
    free(text);
    /* One that has ended may still have said why. */
    return outcome == PARTNER_DONE || outcome == PARTNER_ENDED
               ? REDIRECTOR_DONE
               : lose_partner(redirector, outcome, limit, "", trouble);
}

static enum redirector_outcome take_answer(struct redirector *redirector, json_t *answer,
                                           const char *line, char *trouble)
{
    const json_t *id = json_object_get(answer, "id");
    const json_t *ok = json_object_get(answer, "ok");
    const char *error = json_string_value(json_object_get(answer, "error"));
    char words[REDIRECTOR_QUOTED_MAX + 1];

    if (!json_is_object(answer)) {
        return redirector_nonsense(redirector, "a JSON object in one line", line, trouble);
    }
    if (!json_is_integer(id) || json_integer_value(id) != (json_int_t)redirector->last_id) {
        return redirector_nonsense(redirector, "an answer with the id of the request", line,
                                   trouble);
    }
    if (!json_is_boolean(ok) || (json_is_false(ok) && error == NULL)) {
        return redirector_nonsense(redirector, "ok true, or ok false with an error", line, trouble);
    }
    if (json_is_false(ok)) {
        redirector_say(trouble, "the redirector refuses: %s", redirector_quote(error, words));
        return REDIRECTOR_REFUSED;
    }
    return REDIRECTOR_DONE;
}

/* Steals `message`. REDIRECTOR_DONE: the caller releases `*answer`. */
enum redirector_outcome redirector_ask(struct redirector *redirector, json_t *message,
                                       unsigned milliseconds, json_t **answer, char *trouble)
{
    enum partner_outcome outcome;
    enum redirector_outcome taken;
    const char *line;
    json_t *object;
    size_t size;

    if (redirector->lost[0] != '\0') {
        json_decref(message);
        redirector_say(trouble, "%s", redirector->lost);
        return REDIRECTOR_LOST;
    }
    taken = send_message(redirector, message, milliseconds, trouble);
    if (taken != REDIRECTOR_DONE) {
        return taken;
    }
    outcome = partner_line(redirector->partner, REDIRECTOR_LINE_MAX, milliseconds, &line, &size);
    if (outcome != PARTNER_DONE) {
        char words[REDIRECTOR_QUOTED_MAX + 1];

        return lose_partner(redirector, outcome, milliseconds, redirector_quote(line, words),
                            trouble);
    }
    object = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
    taken = take_answer(redirector, object, line, trouble);
    if (taken != REDIRECTOR_DONE) {
        json_decref(object);
        return taken;
    }
    *answer = object;
    return REDIRECTOR_DONE;
}

json_t *redirector_request(struct redirector *redirector, const char *verb)
{
    return json_pack("{s:s, s:I}", "do", verb, "id", (json_int_t)++redirector->last_id);
}

enum redirector_outcome redirector_ask_plainly(struct redirector *redirector, json_t *message,
                                               char *trouble)
{
    json_t *answer = NULL;
    const enum redirector_outcome outcome =
        redirector_ask(redirector, message, REDIRECTOR_ANSWER_LIMIT, &answer, trouble);

    json_decref(answer);
    return outcome;
}
