/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/pretended.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

struct pretended {
    char filler[256]; /* zeros, for whoever of the system's looks for a mark of its own */
    struct pretended *next;
    enum pretended_kind kind;
    void *real;
    char name[PRETENDED_NAME_MAX];
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct pretended *first;

void *pretended_add(enum pretended_kind kind, const char *name, void *real)
{
    struct pretended *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return NULL;
    }
    made->kind = kind;
    made->real = real;
    (void)snprintf(made->name, sizeof made->name, "%s", name);
    AcquireSRWLockExclusive(&lock);
    made->next = first;
    first = made;
    ReleaseSRWLockExclusive(&lock);
    return made;
}

static struct pretended **find(const void *handle)
{
    struct pretended **at = &first;

    while (*at != NULL && *at != handle) {
        at = &(*at)->next;
    }
    return at;
}

bool pretended_know(const void *handle, enum pretended_kind kind, char *name, void **real)
{
    const struct pretended *found;

    AcquireSRWLockShared(&lock);
    found = *find(handle);
    if (found != NULL && found->kind != kind) {
        found = NULL;
    }
    if (found != NULL && name != NULL) {
        (void)snprintf(name, PRETENDED_NAME_MAX, "%s", found->name);
    }
    if (found != NULL && real != NULL) {
        *real = found->real;
    }
    ReleaseSRWLockShared(&lock);
    return found != NULL;
}

bool pretended_remove(void *handle)
{
    struct pretended **at;
    struct pretended *found;

    AcquireSRWLockExclusive(&lock);
    at = find(handle);
    found = *at;
    if (found != NULL) {
        *at = found->next;
    }
    ReleaseSRWLockExclusive(&lock);
    free(found);
    return found != NULL;
}
