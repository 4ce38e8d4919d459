/* SPDX-License-Identifier: MIT */

/*
 * What a proxy goes through: clients, their destinations, and what the model answers meanwhile
 * (vectors/proxy/ID.json, vectors/schema/scenario.schema.json). What is loaded has passed every
 * check; all strings live as long as the scenarios.
 */

#ifndef HARNESS_LAB_SERVER_SCENARIO_H
#define HARNESS_LAB_SERVER_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "harness/key.h"
#include "harness/status.h"
#include "harness/vector.h"

struct complaints;
struct document;

enum {
    SCENARIO_GROUPS_MAX = 8,
    SCENARIO_CLIENTS_MAX = 1000, /* of one group */
    SCENARIO_SCRIPTED_MAX = 8,
    SCENARIO_SETTINGS_MAX = 8,
    SCENARIO_SIZES_MAX = 16,
    SCENARIO_RULES_MAX = 16,
    SCENARIO_NAME_MAX = 96,
    SCENARIO_BYTES_MAX = 1048576,
    SCENARIO_DATAGRAM_MAX = 1400, /* bytes */
    SCENARIO_TOKEN = 8,           /* bytes that tell who sent a payload */
    SCENARIO_RECORD_MIN = 600,
    SCENARIO_RECORD_MAX = 65537,
    SCENARIO_FILE_MAX = 65536
};

enum scenario_is { SCENARIO_REDIRECTED, SCENARIO_DIRECT, SCENARIO_LOST };
enum scenario_side { SCENARIO_NOBODY, SCENARIO_CLIENT, SCENARIO_DESTINATION };
enum scenario_destination { SCENARIO_THERE, SCENARIO_REFUSED, SCENARIO_UNREACHABLE };
/* What becomes of the bytes of the recipe. */
enum scenario_context {
    SCENARIO_WHOLE,
    SCENARIO_SHORT, /* without the last byte */
    SCENARIO_EMPTY,
    SCENARIO_GARBAGE /* as long, all 0xFF */
};

struct scenario_setting {
    enum wfp_key key;
    struct wfp_value value;
    const char *text; /* "KEY=VALUE" */
};

/* Clients that are alike; all of a scenario's go at the same time. */
struct scenario_group {
    uint32_t count;
    int type;           /* enum wfp_type: WFP_TCP or WFP_UDP */
    int family;         /* enum wfp_family */
    int is;             /* enum scenario_is */
    int first;          /* enum scenario_side: who speaks first; of a connection */
    int half_close;     /* who sends its FIN before the other has sent anything */
    int reset;          /* who breaks off in the middle */
    int destination;    /* enum scenario_destination */
    uint32_t refused;   /* how many dials of each client find it so; 0: all */
    bool together;      /* they have one destination */
    uint32_t bytes;     /* each way; of a datagram */
    uint32_t datagrams; /* of each flow */
    uint32_t flows;     /* of each client: destinations that its one socket sends to */
};

enum scenario_call {
    SCENARIO_QUERY_RECORDS,
    SCENARIO_QUERY_CONTEXT,
    SCENARIO_SET_RECORDS,
    SCENARIO_CALLS
};

/* The answer to calls of one kind on one socket. */
struct scenario_scripted {
    int call;      /* enum scenario_call */
    uint32_t from; /* the first that is answered so, from 1 */
    uint32_t to;   /* the last */
    struct wfp_answer answer;
    const char *text;
};

struct scenario {
    const char *id;
    const char *path;
    const char *story;
    struct source source;
    size_t clause_count;
    const char *clauses[VECTOR_CLAUSES_MAX];
    size_t rule_count;
    const char *rules[SCENARIO_RULES_MAX]; /* that it is there for */
    size_t setting_count;
    struct scenario_setting settings[SCENARIO_SETTINGS_MAX]; /* of the profile */
    size_t size_count;                                       /* 0: the profile's own */
    uint32_t sizes[SCENARIO_SIZES_MAX];             /* of a record of one redirect, bytes */
    size_t error_count;                             /* 0: the profile's own */
    struct scenario_setting errors[KEY_VALUES_MAX]; /* of its key too-small */
    size_t scripted_count;
    struct scenario_scripted scripted[SCENARIO_SCRIPTED_MAX];
    uint32_t pending; /* milliseconds that overlapped queries stay pending; 0: none does */
    int context;      /* enum scenario_context */
    bool strange;     /* control data have an object before the record's that is none */
    bool two;         /* it is for two proxies; else for one */
    bool leak;        /* it is for --leak, which says how many clients there are */
    bool fresh;       /* the proxy is started anew for it */
    size_t group_count;
    struct scenario_group groups[SCENARIO_GROUPS_MAX];
    struct document *document;
};

/* One way of playing a scenario: each of its sizes with each of its errors. */
struct scenario_member {
    const struct scenario *scenario;
    uint32_t size;                        /* 0: the profile's own */
    const struct scenario_setting *error; /* NULL: the profile's own */
    char name[SCENARIO_NAME_MAX];         /* "record-sizes@4097-WSAEFAULT" */
};

struct scenarios {
    size_t count;
    struct scenario **items; /* in the byte order of their paths */
    size_t member_count;
    struct scenario_member *members;
};

/*
 * Loads the files of ROOT/proxy and keeps those whose id, or the name of a member, fits one of the
 * patterns ('*' and '?'; none: all). A pattern that ends in ".json" is a file of the user's own.
 * STATUS_BAD_INPUT after complaints: a file that cannot be read,
 * a pattern that fits nothing. The caller clears the scenarios in any case.
 */
enum status scenarios_load(const char *root, const char *const *patterns, size_t count,
                           const struct key_catalogue *keys, struct complaints *complaints,
                           struct scenarios *scenarios);
void scenarios_clear(struct scenarios *scenarios);

/* One file. The caller frees the scenario. */
enum status scenario_load(const char *path, const struct key_catalogue *keys,
                          struct complaints *complaints, struct scenario **scenario);
void scenario_free(struct scenario *scenario);

/* The profile as this member has it. `context`: bytes of the context of its clients. */
void scenario_profile(const struct scenario_member *member, const struct wfp_profile *base,
                      uint32_t context, struct wfp_profile *profile);

/* The scripted answer to call number `nth` (from 1) of a socket; NULL: it is the model's. */
const struct scenario_scripted *scenario_answer(const struct scenario *scenario,
                                                enum scenario_call call, uint32_t nth);

#endif
