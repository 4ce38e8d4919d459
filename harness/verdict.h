/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_VERDICT_H
#define HARNESS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

/* What a case comes to (README, "How to read a verdict"). */
enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_KNOWN,       /* failed as a known gap says */
    VERDICT_FIXED,       /* listed as a known gap, but passed */
    VERDICT_UNSUPPORTED, /* the target lacks a capability; the message names it */
    VERDICT_UNDECIDED,   /* neither yes nor no; the message says why */
    VERDICT_BROKEN,      /* the harness or the set-up failed, not the target */
    VERDICT_COUNT
};

/* "pass", "fail" ... */
const char *verdict_name(enum verdict verdict);
/* Does it make a run fail? UNDECIDED does unless it is allowed. */
bool verdict_fails(enum verdict verdict, bool allow_undecided);

/* One judged case. All strings live as long as the result; NULL where there is nothing to say. */
struct result {
    const char *name;   /* vector@member[profile] */
    const char *vector; /* the vector's id */
    const char *member; /* of its sweep, or NULL */
    const char *band;   /* the member's band, or NULL */
    const char *profile;
    const char *topic;   /* the vector's folder below vectors/ */
    const char *clauses; /* separated by one space */
    const char *story;
    enum verdict verdict;
    bool uncontrolled;   /* its control cannot be had under this profile */
    const char *message; /* one line: why it is not a pass */
    const char
        *detail; /* many lines: the failure as a person reads it, with the command to repeat */
    const char *actual;      /* the answer of the claim step, as text ("WSAEFAULT/780") */
    const char *rule;        /* the model's rule behind it */
    const char *settles;     /* "UNK-06 CON-02": what the rule's profile key settles, or NULL */
    const char *answered_by; /* model | provider | shim | helper */
    const char *trace;       /* of a path, where it is wanted: every call in order, as JSON */
    const char *document;    /* with a trace: the vector, as JSON */
    double seconds;
};

#endif
