/* SPDX-License-Identifier: MIT */

/* The services of a path vector and the journey through them, as they are written in its file. */

#ifndef HARNESS_TOPOLOGY_H
#define HARNESS_TOPOLOGY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/path.h>

#include "harness/reader.h"
#include "harness/text.h"

/* One service with the words of its file; enums are those of wfp/path.h and wfp/kernel.h. */
struct service_row {
    const char *name;
    uint32_t weight;
    uint32_t sublayer; /* 0: one of its own, that comes in the order of the weights */
    int families;      /* WFP_PATH_V4 | WFP_PATH_V6 */
    int handle;
    int deeds[4]; /* by redirect state, at connect-redirect */
    int at_auth_connect[4];
    int chain;
    uint32_t cap; /* CAP_NONE: none */
    bool without_right;
    bool when_reauthorizing;
    bool without_query;
    bool keeps_right;
    int propagates;
    int without_record; /* 1: it refuses */
    int dials;
    uint32_t context; /* bytes */
};

enum { CAP_NONE = 100 };

struct journey_row {
    int to;
    uint32_t reauthorized;
};

struct topology {
    size_t count;
    struct service_row services[WFP_PATH_SERVICES_MAX];
    struct journey_row journey;
    bool watched; /* somebody wants to know the condition flags */
};

/* The members `topology` and `journey` of a vector. False after a complaint. */
bool topology_read(struct reader *reader, json_t *root, json_t *topology, json_t *journey,
                   struct topology *made);

/*
 * Is it the name of something that can be varied: "services" (how many of them are there), "order"
 * (given | reversed, of the weights), "journey.to", "a.propagates", "every.handle" ...?
 */
bool topology_has_field(const struct topology *topology, const char *field);
/* Puts a value there. False after a complaint about the value. */
bool topology_assign(struct reader *reader, struct place place, json_t *value, const char *field,
                     struct topology *topology);

/* The service of that name, from 1; 0: none. */
uint32_t topology_named(const struct topology *topology, const char *name);

/* What the path engine is to be given. */
void topology_make(const struct topology *topology, struct wfp_path_topology *services,
                   struct wfp_path_journey *journey);

/* Indices of the services, the greatest weight first. */
void topology_weight_order(const struct topology *topology, uint8_t order[WFP_PATH_SERVICES_MAX]);

/* One line for a service: only what is not as recommended; and one for the journey. */
void topology_add_service(const struct topology *topology, size_t index, struct text *text);
void topology_add_journey(const struct topology *topology, struct text *text);

extern const struct words state_words; /* NOT_REDIRECTED ... */
extern const struct words form_words;  /* ipv4 | ipv6 | v4-mapped */
extern const struct words deed_words;  /* redirect | permit | continue | block */

#endif
