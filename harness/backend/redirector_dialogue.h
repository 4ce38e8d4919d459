/* SPDX-License-Identifier: MIT */

/* One request to the helper, and its answer. */

#ifndef HARNESS_BACKEND_REDIRECTOR_DIALOGUE_H
#define HARNESS_BACKEND_REDIRECTOR_DIALOGUE_H

#include <jansson.h>
#include <stdint.h>

#include "harness/backend/redirector.h"
#include "harness/text.h"

struct partner;

/* Milliseconds. */
enum { REDIRECTOR_GREETING_LIMIT = 10000, REDIRECTOR_ANSWER_LIMIT = 5000 };

enum { REDIRECTOR_QUOTED_MAX = 60 };

struct redirector {
    struct partner *partner; /* NULL: ended */
    uint32_t last_id;
    struct redirector_offer offer;
    char lost[REDIRECTOR_TROUBLE_MAX]; /* why it can be asked no more, or "" */
};

/* Puts a sentence into REDIRECTOR_TROUBLE_MAX bytes. */
void redirector_say(char *trouble, const char *format, ...) TEXT_FORMAT(2, 3);

/*
 * What the helper wrote is shown, but cut and never let loose on a terminal. `copy` has
 * REDIRECTOR_QUOTED_MAX + 1 bytes and is returned.
 */
const char *redirector_quote(const char *text, char *copy);

/* A request with the next id, to be added to; NULL without memory, which redirector_ask() takes. */
json_t *redirector_request(struct redirector *redirector, const char *verb);

/* Steals `message`. REDIRECTOR_DONE: the caller releases `*answer`, which is an object. */
enum redirector_outcome redirector_ask(struct redirector *redirector, json_t *message,
                                       unsigned milliseconds, json_t **answer, char *trouble);
/* The same where nothing but "ok" is of interest. */
enum redirector_outcome redirector_ask_plainly(struct redirector *redirector, json_t *message,
                                               char *trouble);

/* The helper broke the contract: it is not asked again. */
enum redirector_outcome redirector_nonsense(struct redirector *redirector, const char *expected,
                                            const char *actual, char *trouble);

#endif
