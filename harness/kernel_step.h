/* SPDX-License-Identifier: MIT */

/* The steps of the kernel face: callouts, and what they do while a connect is classified. */

#ifndef HARNESS_KERNEL_STEP_H
#define HARNESS_KERNEL_STEP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/kernel.h>

#include "harness/locate.h"

struct reader;
struct step;

struct given_address {
    bool given;
    struct wfp_address address;
};

struct given_number {
    bool given;
    uint32_t number;
};

enum acquired { ACQUIRED_BOTH, ACQUIRED_HANDLE, ACQUIRED_DATA };

/* The members that only these steps have; those that a kind does not have are NULL, 0 or false. */
struct kernel_step {
    const char *request; /* a connect under way */
    const char *callout; /* the one that is expected to be asked */
    const char *context; /* pool memory */
    bool auth_connect;   /* the layer */
    uint32_t filter;     /* default 1 */
    uint32_t sublayer;   /* default 1 */
    uint32_t weight;     /* default 1 */
    bool classify0;
    enum acquired acquired;
    struct given_address address;
    struct given_address local_address;
    struct given_number number; /* what a look compares with */
    struct given_number target_pid;
    struct given_number token;
    uint32_t flags;
    uint32_t action;  /* 0: none */
    bool keeps_right; /* the write right is left as acquire made it */
    enum wfp_field field;
    uint32_t back;
    uint32_t reason;           /* default POLICY_CHANGE */
    uint32_t size;             /* of a buffer or a context; default 32 for a context */
    struct given_number owner; /* process of a socket */
};

/* kind from STEP_CALLOUT on. */
bool kernel_step_is(const struct step *step);
bool kernel_kind_answers(int kind);

/* "write-right" ... */
const char *kernel_field_name(enum wfp_field field);

/* Reads all but the expectation; false after a complaint. */
bool kernel_step_read(struct reader *reader, struct place place, json_t *value, struct step *step);

/* "apply c1 flags=1" */
void kernel_step_print(const struct step *step, char *buffer, size_t size);

/* For the tables of the other kinds. */
bool read_given_address(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field);
bool read_given_number(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field);

#endif
