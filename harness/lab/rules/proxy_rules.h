/* SPDX-License-Identifier: MIT */

/*
 * What a proxy must do about redirect records, as one table of rules, and what a trace of one
 * shows of it. A rule looks at the trace alone, so that a verdict can be given again later.
 */

#ifndef HARNESS_LAB_RULES_PROXY_RULES_H
#define HARNESS_LAB_RULES_PROXY_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lab/trace/trace.h"
#include "harness/status.h"

/* Either fails the run. What is mere advice is told with a pass. */
enum proxy_severity { PROXY_MUST, PROXY_SHOULD };

struct finding;

struct proxy_rule {
    const char *id;    /* "PRX-04" */
    const char *title; /* what the proxy does when all is well */
    enum proxy_severity severity;
    const char *clauses;  /* between single spaces */
    const char *looks_at; /* what proves it, and when there is something to judge */
    const char *why;      /* which loss or loop follows in the field */
    const char *mend;
    const char *needs; /* what the trace must have for it: "a zero-size query" */
    bool served;       /* ... which any redirected client that is served brings about */
    void (*look)(struct finding *finding); /* at one part of a trace */
};

enum { PROXY_RULES = 40 };
extern const struct proxy_rule proxy_rules[PROXY_RULES]; /* in the order of their ids */

/* NULL when there is none of that id. */
const struct proxy_rule *proxy_rule_named(const char *id);
/* "MUST", "SHOULD" */
const char *proxy_severity_name(enum proxy_severity severity);

enum proxy_verdict {
    PROXY_PASS,
    PROXY_FAIL,
    PROXY_UNDECIDED, /* there was something to judge, and what was seen does not decide it */
    PROXY_IDLE,      /* the trace has nothing that the rule is about; message says what is absent */
    PROXY_BROKEN     /* what the lab rests on died in this scenario; of proxy_lab alone */
};

/* In place of a rule, for what befell the lab; not in the table. */
extern const struct proxy_rule proxy_lab;

/* One rule in one scenario under one profile. */
struct proxy_case {
    const struct proxy_rule *rule;
    char *scenario; /* its id, "start-up" for what was before the first; "" where the rule
                             is idle in the whole trace */
    char *profile;  /* "" there, too */
    enum proxy_verdict verdict;
    char *message;  /* one line; of a pass its advice, or NULL */
    char *evidence; /* lines: "call 17  ioctl QUERY_RECORDS ..."; NULL where there is none */
};

struct proxy_judgement {
    struct proxy_case *cases; /* by rule, then in the trace's order; idle only where nothing else;
                               * at the end where the lab broke */
    size_t count;
    size_t scenarios; /* scenario and profile, that the trace has, and that were judged */
    char *
        listed; /* NULL, or lines for people: dials of no client, calls that are not followed ... */
};

/* STATUS_BROKEN without memory. The judgement is the caller's, and outlives the trace. */
enum status proxy_judge(const struct trace *trace, struct proxy_judgement **judgement);
/* NULL is nothing. */
void proxy_judgement_free(struct proxy_judgement *judgement);

/* The verdict over the whole trace: fail before undecided, that before pass, idle last. */
enum proxy_verdict proxy_rule_verdict(const struct proxy_judgement *judgement,
                                      const struct proxy_rule *rule);

#endif
