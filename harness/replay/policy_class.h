/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_POLICY_CLASS_H
#define HARNESS_REPLAY_POLICY_CLASS_H

#include "harness/path_outcome.h"
#include "harness/replay/policy.h"

/*
 * Flows of one class take the same path: the same services are asked about them, over the same
 * protocol and address family. A class is chosen when a flow begins; its path is played by the
 * model when its first flow comes, and never again. A service that is not asked about a class is
 * not in its topology. No record is kept for any flow.
 */
struct profile;

enum policy_fate {
    FATE_DIRECT,     /* reached, redirected by nobody */
    FATE_REDIRECTED, /* reached by way of one proxy or more */
    FATE_BLOCKED,
    FATE_REFUSED,
    FATE_LOOP,
    FATE_NO_ROOM,        /* a limit of the model ends the path */
    FATE_UNFOLLOWED,     /* the model does not follow datagrams through proxies */
    FATE_INCOMING,       /* SIDE_INCOMING */
    FATE_ELSEWHERE,      /* SIDE_ELSEWHERE */
    FATE_TOO_MANY,       /* a class beyond POLICY_CLASSES_MAX */
    FATE_NOT_CLASSIFIED, /* of a flow, whatever its class: its beginning was not seen */
    FATE_COUNT
};

/* "direct", "not-classified" ... for programs; and for people. */
const char *policy_fate_name(enum policy_fate fate);
const char *policy_fate_text(enum policy_fate fate);

enum { POLICY_CLASSES_MAX = 255 };

struct policy_class {
    uint32_t services; /* bits: those that are asked, by their place in the policy */
    uint8_t family, protocol;
    uint8_t side;                             /* enum policy_side */
    uint8_t fate;                             /* enum policy_fate */
    bool followed;                            /* the model has played `outcome` */
    const char *names[WFP_PATH_SERVICES_MAX]; /* of the services in `outcome`, by number less 1 */
    struct path_outcome outcome;
    bool carries;          /* the proxy that gets the first hop gets a record with it */
    uint64_t flows;        /* ended so far */
    uint64_t unclassified; /* those of them whose beginning was not seen */
    uint64_t carried;      /* datagram flows whose first datagram brings the proxy a record */
    uint64_t first_packet; /* of the first flow that is classified, 0: none */
};

struct policy_classes;

/* Both must outlive the classes. NULL without memory. */
struct policy_classes *policy_classes_open(const struct policy *policy,
                                           const struct profile *profile);
void policy_classes_close(struct policy_classes *classes);

/* Of a flow that begins: the class' number; see struct flow_consumer. */
uint8_t policy_class_choose(struct policy_classes *classes, const struct flow_summary *flow);
/* Counts a flow that has ended. */
void policy_class_count(struct policy_classes *classes, const struct flow_summary *flow);

size_t policy_class_total(const struct policy_classes *classes);
const struct policy_class *policy_class_at(const struct policy_classes *classes, size_t number);
const struct policy *policy_classes_policy(const struct policy_classes *classes);
const struct profile *policy_classes_profile(const struct policy_classes *classes);

/* What becomes of this flow of this class. */
enum policy_fate policy_flow_fate(const struct policy_class *class,
                                  const struct flow_summary *flow);
/* Does its first datagram bring the proxy a record? Never one that does not ask for it. */
bool policy_flow_carries(const struct policy_class *class, const struct flow_summary *flow);

#endif
