/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/operation.h"

#include <stdlib.h>

enum { CHAINS = 256, ALIGNMENT_BITS = 4 };

static SRWLOCK lock = SRWLOCK_INIT;
static struct operation *chains[CHAINS];
static LONG64 last_number;

static struct operation **chain_of(const OVERLAPPED *overlapped)
{
    return &chains[((uintptr_t)overlapped >> ALIGNMENT_BITS) % CHAINS];
}

uint64_t operation_number(void)
{
    return (uint64_t)InterlockedIncrement64(&last_number);
}

struct operation *operation_new(enum operation_kind kind, SOCKET socket,
                                const OVERLAPPED *overlapped)
{
    struct operation *made = calloc(1, sizeof *made);

    if (made != NULL) {
        made->overlapped = overlapped;
        made->number = operation_number();
        made->kind = kind;
        made->socket = socket;
    }
    return made;
}

static struct operation *take(struct operation **at)
{
    struct operation *taken = *at;

    if (taken != NULL) {
        *at = taken->next;
        taken->next = NULL;
    }
    return taken;
}

static struct operation *take_from(struct operation **chain, const OVERLAPPED *overlapped)
{
    while (*chain != NULL && (*chain)->overlapped != overlapped) {
        chain = &(*chain)->next;
    }
    return take(chain);
}

void operation_begin(struct operation *operation)
{
    struct operation **chain = chain_of(operation->overlapped);
    struct operation *older;

    AcquireSRWLockExclusive(&lock);
    older = take_from(chain, operation->overlapped);
    operation->next = *chain;
    *chain = operation;
    ReleaseSRWLockExclusive(&lock);
    free(older);
}

struct operation *operation_take(const OVERLAPPED *overlapped)
{
    struct operation *taken;

    AcquireSRWLockExclusive(&lock);
    taken = take_from(chain_of(overlapped), overlapped);
    ReleaseSRWLockExclusive(&lock);
    return taken;
}

static struct operation *take_accept_from(struct operation **chain, SOCKET accepted)
{
    while (*chain != NULL &&
           ((*chain)->kind != OPERATION_ACCEPT || (*chain)->accept.accepted != accepted)) {
        chain = &(*chain)->next;
    }
    return take(chain);
}

struct operation *operation_take_accept(SOCKET accepted)
{
    struct operation *taken = NULL;

    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; taken == NULL && i < CHAINS; i++) {
        taken = take_accept_from(&chains[i], accepted);
    }
    ReleaseSRWLockExclusive(&lock);
    return taken;
}
