/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_TOPOLOGY_H
#define HARNESS_TOPOLOGY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/path.h>

#include "harness/text.h"

/*
 * The services of a path vector and the journey of its connection: what the members `services` and
 * `journey` say, and what the path engine takes.
 */

struct place;
struct reader;
struct words;

/* One service in the words of the schema. What is not given is as the pages recommend. */
struct service_row {
    const char *name;
    int families;
    int handle;
    int propagates;
    int dials;
    int chain;
    int deeds[4]; /* by enum wfp_redirect_state */
    int at_auth_connect[4];
    bool refuses;
    bool keeps_right;
    bool without_right;
    bool without_query;
    bool when_reauthorizing;
    uint32_t sublayer; /* 8 for the first that is listed, 7 for the second ... */
    uint32_t weight;   /* the same */
    uint32_t context;  /* bytes */
    uint32_t cap;
};

struct journey_row {
    int dials;
    int protocol; /* enum wfp_type: a connection, or the datagrams of one flow */
    uint32_t reauthorizations;
};

struct topology_rows {
    uint32_t count;
    struct journey_row journey;
    struct service_row services[WFP_PATH_SERVICES_MAX];
};

/* Ready to be played. The names are those of the services, by their numbers less one. */
struct path_scene {
    struct wfp_path_topology topology;
    struct wfp_path_journey journey;
    const char *names[WFP_PATH_SERVICES_MAX]; /* also of those that take no part in this member */
};

/* Reads the members `services` and `journey` (NULL: not given) of `holder`. */
bool topology_read(struct reader *reader, json_t *holder, json_t *services, json_t *journey,
                   struct topology_rows *rows);

void topology_scene(const struct topology_rows *rows, struct path_scene *scene);

/* A field that a family varies: "services", "journey.dials", "A.weight", "*.deeds.NOT_REDIRECTED".
 */
struct varied_field {
    const char *text;
    const struct member *member; /* NULL: how many of the services take part */
    size_t offset;               /* in the row of a service, or of the journey */
    bool journey;
    uint32_t first; /* of the services that have it varied */
    uint32_t last;
};

bool topology_field(struct reader *reader, struct place place, const char *text,
                    const struct topology_rows *rows, struct varied_field *field);

/* Gives the field this value; `whole` has all services that the vector lists. */
bool topology_vary(struct reader *reader, struct place place, json_t *value,
                   const struct topology_rows *whole, const struct varied_field *field,
                   struct topology_rows *rows);

/* "A   weight=2 propagates=never"; what is as the pages recommend is left out. */
void topology_service_text(const struct wfp_path_service *service, const char *name,
                           struct text *text);
/* One line for each service and one for the journey, each indented by `indent` columns. */
void topology_text(const struct path_scene *scene, int indent, struct text *text);

/* topology_words.c: the words of the schema. */
extern const struct words families_words;
extern const struct words handle_words;
extern const struct words propagation_words;
extern const struct words form_words;         /* of a service */
extern const struct words journey_form_words; /* of the application */
extern const struct words protocol_words;
extern const struct words flag_words; /* no, yes */
extern const struct words chain_words;
extern const struct words deed_words;
extern const struct words redirect_state_words;

#endif
