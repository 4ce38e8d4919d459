/* SPDX-License-Identifier: MIT */

/*
 * A stand-in answers in place of a proxy's own driver: the devices that the program opens, the
 * services that it installs and starts, and the filters that it adds. What a stand-in does not name
 * is passed to the system. vectors/recipes/README.md is for authors,
 * vectors/schema/stand-in.schema.json has the form.
 */

#ifndef HARNESS_LAB_CONTEXT_STAND_IN_H
#define HARNESS_LAB_CONTEXT_STAND_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/lab/context/recipe.h"
#include "harness/lab/wire/event.h"
#include "harness/status.h"

struct complaints;
struct stand_in;

/* As recipe_load(). The caller frees the stand-in. */
enum status stand_in_load(const char *path, struct complaints *complaints,
                          struct stand_in **stand_in);
void stand_in_free(struct stand_in *stand_in);

/* A process of the program begins: services are as the file says, nobody was told of a client. */
void stand_in_begin(struct stand_in *stand_in);

/* What a driver would know, given by the lab. */
struct stand_in_facts {
    void *lab; /* handed to both */
    /* The client whose own port this is, the newest first; false: there is none. */
    bool (*client_of_port)(void *lab, uint16_t port, struct recipe_facts *facts);
    /* The client that was accepted as the `number`-th since the process began, from 0. */
    bool (*client_accepted)(void *lab, uint64_t number, struct recipe_facts *facts);
    uint32_t proxy; /* the process that asks */
    uint64_t time;  /* as FILETIME */
};

/*
 * Answers EVENT_DEVICE_OPEN, EVENT_DEVICE_CONTROL, EVENT_SERVICE_CALL or EVENT_FILTER_CALL.
 * `answer` becomes EVENT_ANSWER, its bytes live until the next call; or EVENT_PASS, where the
 * stand-in does not name what was asked. Without a stand-in (NULL) everything is passed.
 */
void stand_in_answer(struct stand_in *stand_in, const struct event *asked,
                     const struct stand_in_facts *facts, struct event *answer);

#endif
