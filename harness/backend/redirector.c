/* SPDX-License-Identifier: MIT */

#include "harness/backend/redirector.h"

#include <stdlib.h>
#include <string.h>

#include "harness/backend/redirector_dialogue.h"
#include "harness/platform/partner.h"

enum { ARGUMENTS_MAX = 32 };

/* ---- hello ---- */

static const struct {
    const char *name;
    uint32_t bit;
} capabilities[] = {
    {"ipv6", REDIRECTOR_IPV6},
    {"states", REDIRECTOR_STATES},
    {"bind-redirect", REDIRECTOR_BIND_REDIRECT},
    {"remote", REDIRECTOR_REMOTE},
};

/* False for one that the contract does not know: it would be a misunderstanding. */
static bool take_capability(const char *name, uint32_t *offered)
{
    for (size_t i = 0; name != NULL && i < sizeof capabilities / sizeof capabilities[0]; i++) {
        if (strcmp(name, capabilities[i].name) == 0) {
            *offered |= capabilities[i].bit;
            return true;
        }
    }
    return false;
}

static bool take_text(const json_t *answer, const char *member, char *text)
{
    const char *value = json_string_value(json_object_get(answer, member));
    char words[REDIRECTOR_QUOTED_MAX + 1];

    if (value == NULL || value[0] == '\0') {
        return false;
    }
    (void)snprintf(text, REDIRECTOR_TEXT_MAX, "%s", redirector_quote(value, words));
    return true;
}

static const char *take_offer(const json_t *answer, struct redirector_offer *offer)
{
    const json_t *protocol = json_object_get(answer, "protocol");
    const json_t *list = json_object_get(answer, "capabilities");

    if (!json_is_integer(protocol) || json_integer_value(protocol) != REDIRECTOR_PROTOCOL) {
        return "protocol 1";
    }
    if (!take_text(answer, "name", offer->name) || !take_text(answer, "version", offer->version)) {
        return "a name and a version";
    }
    if (!json_is_array(list)) {
        return "a list of capabilities";
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!take_capability(json_string_value(json_array_get(list, i)), &offer->capabilities)) {
            return "capabilities out of ipv6, states, bind-redirect, remote";
        }
    }
    return NULL;
}

static bool greet(struct redirector *redirector, char *trouble)
{
    json_t *hello = redirector_request(redirector, "hello");
    json_t *answer = NULL;
    const char *lacking;
    char *text;

    if (hello == NULL ||
        json_object_set_new(hello, "protocol", json_integer(REDIRECTOR_PROTOCOL)) != 0 ||
        json_object_set_new(hello, "wfpcheck", json_string(WFPCHECK_VERSION)) != 0 ||
        redirector_ask(redirector, hello, REDIRECTOR_GREETING_LIMIT, &answer, trouble) !=
            REDIRECTOR_DONE) {
        return false;
    }
    lacking = take_offer(answer, &redirector->offer);
    if (lacking != NULL) {
        text = json_dumps(answer, JSON_COMPACT);
        (void)redirector_nonsense(redirector, lacking, text == NULL ? "" : text, trouble);
        free(text);
    }
    json_decref(answer);
    return lacking == NULL;
}

/* ---- starting and ending ---- */

/* Cuts `line` into its arguments, in place. False if there are none or too many. */
static bool split(char *line, char **arguments)
{
    const char *at = line;
    char *to = line;
    size_t count = 0;

    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        bool inside = false;

        if (count == ARGUMENTS_MAX) {
            return false;
        }
        arguments[count++] = to;
        for (; *at != '\0' && (inside || *at != ' '); at++) {
            inside = inside != (*at == '"');
            *to = *at;
            to += *at != '"';
        }
        if (inside) {
            return false;
        }
        at += *at != '\0'; /* before the blank is written over */
        *to++ = '\0';
    }
    arguments[count] = NULL;
    return count > 0;
}

static bool start(const char *command, struct redirector *redirector, char *trouble)
{
    const size_t size = strlen(command) + 1;
    char *line = malloc(size + 1);
    char *arguments[ARGUMENTS_MAX + 1];
    char words[REDIRECTOR_QUOTED_MAX + 1];
    bool started;

    if (line == NULL) {
        redirector_say(trouble, "no memory");
        return false;
    }
    memcpy(line, command, size);
    started = split(line, arguments) && partner_start(arguments, &redirector->partner);
    if (!started) {
        redirector_say(trouble, "the redirector cannot be started: %s",
                       redirector_quote(command, words));
    }
    free(line);
    return started;
}

struct redirector *redirector_open(const char *command, char *trouble)
{
    struct redirector *redirector = calloc(1, sizeof *redirector);
    char ignored[REDIRECTOR_TROUBLE_MAX];

    if (redirector == NULL) {
        redirector_say(trouble, "no memory");
        return NULL;
    }
    if (!start(command, redirector, trouble)) {
        free(redirector);
        return NULL;
    }
    if (!greet(redirector, trouble)) {
        (void)redirector_close(redirector, true, ignored);
        return NULL;
    }
    return redirector;
}

const struct redirector_offer *redirector_offered(const struct redirector *redirector)
{
    return &redirector->offer;
}

static bool end_partner(struct redirector *redirector, char *trouble)
{
    struct partner_end end;

    if (redirector->partner == NULL) {
        return false;
    }
    end =
        partner_end(redirector->partner, redirector->lost[0] == '\0' ? REDIRECTOR_ANSWER_LIMIT : 0);
    if (redirector->lost[0] != '\0') {
        return false;
    }
    if (end.killed) {
        redirector_say(trouble,
                       "the redirector: expected to end within %d s of its goodbye, actual: killed",
                       REDIRECTOR_ANSWER_LIMIT / 1000);
        return false;
    }
    if (end.code != 0) {
        redirector_say(trouble, "the redirector: expected to end with code 0, actual %lu",
                       (unsigned long)end.code);
    }
    return end.code == 0;
}

bool redirector_close(struct redirector *redirector, bool abruptly, char *trouble)
{
    bool well = abruptly;

    if (!abruptly) {
        well = redirector_ask_plainly(redirector, redirector_request(redirector, "bye"), trouble) ==
               REDIRECTOR_DONE;
    }
    well = end_partner(redirector, trouble) && well;
    free(redirector);
    return well;
}
