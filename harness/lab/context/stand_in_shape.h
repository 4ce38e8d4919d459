/* SPDX-License-Identifier: MIT */

/* What the file of a driver stand-in says. */

#ifndef HARNESS_LAB_CONTEXT_STAND_IN_SHAPE_H
#define HARNESS_LAB_CONTEXT_STAND_IN_SHAPE_H

#include "harness/lab/context/recipe_field.h"
#include "harness/lab/context/stand_in.h"

enum {
    STAND_IN_DEVICES_MAX = 16,
    STAND_IN_CONTROLS_MAX = 128,
    STAND_IN_SERVICES_MAX = 16,
    STAND_IN_FILTERS_MAX = 64
};

enum stand_in_until { STAND_IN_AT_ONCE, STAND_IN_CLIENT_ACCEPTED, STAND_IN_EXIT };

/* Where in its input a device control has the port of a client. */
struct stand_in_key {
    uint32_t at, width;
    int order; /* enum recipe_order */
};

struct stand_in_reply {
    uint32_t error; /* of Win32; 0: success */
    uint32_t delay; /* milliseconds that the call stays pending */
    int until;      /* enum stand_in_until */
    bool by_port;
    bool unnamed; /* for what the file does not name */
    struct stand_in_key key;
    uint32_t missing; /* the error, where no client has that port */
    struct recipe_fields out;
    uint64_t told; /* so many accepted clients were told of */
};

struct stand_in_control {
    uint32_t code;
    const char *name; /* NULL: none */
    struct stand_in_reply reply;
};

struct stand_in_device {
    const char *path;
    uint32_t open; /* error */
    uint32_t count;
    struct stand_in_control *controls;
    struct stand_in_reply others, read, write; /* where not given: ERROR_INVALID_FUNCTION */
};

/* As SERVICE_STATUS has them; absent until it is created. */
enum stand_in_state { STAND_IN_ABSENT = 0, STAND_IN_STOPPED = 1, STAND_IN_RUNNING = 4 };

struct stand_in_service {
    const char *name;
    int begins, state; /* enum stand_in_state */
};

struct stand_in {
    struct document *document;
    const char *story;
    uint32_t device_count, service_count;
    size_t filter_count;
    struct stand_in_device devices[STAND_IN_DEVICES_MAX];
    struct stand_in_service services[STAND_IN_SERVICES_MAX];
    const char *filters[STAND_IN_FILTERS_MAX]; /* names of calls; with '*' at the end: all such */
    uint64_t filters_added;
    uint8_t out[RECIPE_SIZE_MAX]; /* of the last answer */
};

/* Fills a struct stand_in; for reader_load(). */
void stand_in_read(struct reader *reader, void *target);

/* ---- stand_in_control.c ---- */

/* To what the file does not name. */
extern const struct stand_in_reply stand_in_no_reply;

/* For tables of members; rule: NULL. field: uint32_t, struct stand_in_reply, stand_in_device */
bool stand_in_read_error(struct reader *reader, struct place place, json_t *value, const void *rule,
                         void *field);
bool stand_in_read_reply(struct reader *reader, struct place place, json_t *value, const void *rule,
                         void *field);
bool stand_in_read_controls(struct reader *reader, struct place place, json_t *value,
                            const void *rule, void *field);

/* ---- answering ---- */

/* The number of the device or service of this name, from 0; else how many there are. */
uint32_t stand_in_find_device(const struct stand_in *stand_in, struct event_bytes path);
uint32_t stand_in_find_service(const struct stand_in *stand_in, struct event_bytes name);

/* As stand_in_answer(), of one kind each. False: not named here. */
bool stand_in_answer_service(struct stand_in *stand_in, const struct event *asked,
                             struct event *answer);
bool stand_in_answer_filter(struct stand_in *stand_in, const struct event *asked,
                            struct event *answer);

/* Are they the same, whatever the case of their letters A to Z? */
bool stand_in_same(const char *name, struct event_bytes text);

#endif
