/* SPDX-License-Identifier: MIT */

#include "harness/scope.h"

#include <stddef.h>
#include <string.h>

#include "harness/reader.h"

struct name_use {
    const char *holder; /* member of the step, or NULL: the step itself */
    const char *member;
    size_t offset; /* in struct step */
    enum step_kind kind;
    enum name_kind names;
};

static const struct name_use uses[] = {
    {NULL, "on", offsetof(struct step, on), STEP_BIND, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_LISTEN, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_SHUTDOWN, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_CLOSE, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_DUPLICATE, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_CONNECT, NAME_SOCKET},
    {NULL, "to", offsetof(struct step, to), STEP_CONNECT, NAME_SOCKET},
    {"redirect", "handle", offsetof(struct step, redirect.handle), STEP_CONNECT, NAME_HANDLE},
    {NULL, "on", offsetof(struct step, on), STEP_ACCEPT, NAME_SOCKET},
    {NULL, "from", offsetof(struct step, from), STEP_REDIRECTED_ACCEPT, NAME_SOCKET},
    {"redirect", "handle", offsetof(struct step, redirect.handle), STEP_REDIRECTED_ACCEPT,
     NAME_HANDLE},
    {NULL, "on", offsetof(struct step, on), STEP_DESTROY_HANDLE, NAME_HANDLE},
    {NULL, "on", offsetof(struct step, on), STEP_IOCTL, NAME_INVALID},
    {"in", "from", offsetof(struct step, ioctl.in.from), STEP_IOCTL, NAME_BLOB},
    {NULL, "of", offsetof(struct step, of), STEP_RESULT, NAME_OPERATION},
    {NULL, "of", offsetof(struct step, of), STEP_EVENT, NAME_OPERATION},
    {NULL, "of", offsetof(struct step, of), STEP_CANCEL, NAME_OPERATION},
    {NULL, "of", offsetof(struct step, of), STEP_FINISH, NAME_OPERATION},
    {NULL, "on", offsetof(struct step, on), STEP_STATE, NAME_SOCKET},
    {NULL, "handle", offsetof(struct step, handle), STEP_STATE, NAME_HANDLE},

    {NULL, "request", offsetof(struct step, kernel.request), STEP_STATE, NAME_REQUEST},
    {NULL, "handle", offsetof(struct step, handle), STEP_CONTEXT, NAME_HANDLE},
    {NULL, "context", offsetof(struct step, kernel.context), STEP_FREE_CONTEXT, NAME_CONTEXT},
    {NULL, "on", offsetof(struct step, on), STEP_CONNECT_REQUEST, NAME_SOCKET},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_CLASSIFY, NAME_REQUEST},
    {NULL, "callout", offsetof(struct step, kernel.callout), STEP_CLASSIFY, NAME_CALLOUT},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_LOOK, NAME_REQUEST},
    {NULL, "handle", offsetof(struct step, handle), STEP_LOOK, NAME_HANDLE},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_ACQUIRE, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_EDIT, NAME_REQUEST},
    {NULL, "handle", offsetof(struct step, handle), STEP_EDIT, NAME_HANDLE},
    {NULL, "context", offsetof(struct step, kernel.context), STEP_EDIT, NAME_CONTEXT},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_APPLY, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_RELEASE, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_PEND, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_COMPLETE, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_ACTION, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_RETURN, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_SIO_RECORDS, NAME_REQUEST},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_CONNECT_END, NAME_REQUEST},
    {NULL, "on", offsetof(struct step, on), STEP_REAUTHORIZE, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_OPTION_SET, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_OPTION_GET, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_DATAGRAM_CONNECT, NAME_SOCKET},
    {NULL, "to", offsetof(struct step, to), STEP_DATAGRAM_CONNECT, NAME_SOCKET},
    {NULL, "service", offsetof(struct step, message.service), STEP_DATAGRAM_CONNECT, NAME_SOCKET},
    {"redirect", "handle", offsetof(struct step, redirect.handle), STEP_DATAGRAM_CONNECT,
     NAME_HANDLE},
    {NULL, "on", offsetof(struct step, on), STEP_SEND, NAME_SOCKET},
    {NULL, "to", offsetof(struct step, to), STEP_SEND, NAME_SOCKET},
    {NULL, "service", offsetof(struct step, message.service), STEP_SEND, NAME_SOCKET},
    {NULL, "request", offsetof(struct step, kernel.request), STEP_SEND, NAME_REQUEST},
    {"redirect", "handle", offsetof(struct step, redirect.handle), STEP_SEND, NAME_HANDLE},
    {"data", "from", offsetof(struct step, message.data.from), STEP_SEND, NAME_BLOB},
    {NULL, "on", offsetof(struct step, on), STEP_RECEIVE, NAME_SOCKET},
    {NULL, "on", offsetof(struct step, on), STEP_FLOW_STATE, NAME_SOCKET},
    {NULL, "to", offsetof(struct step, to), STEP_FLOW_STATE, NAME_SOCKET},
    {NULL, "handle", offsetof(struct step, handle), STEP_FLOW_STATE, NAME_HANDLE},
};

/* What `as` names. */
static const enum name_kind defines[STEP_KIND_COUNT] = {
    [STEP_SOCKET] = NAME_SOCKET,           [STEP_DUPLICATE] = NAME_SOCKET,
    [STEP_ACCEPT] = NAME_SOCKET,           [STEP_PLAIN_ACCEPT] = NAME_SOCKET,
    [STEP_HANDLE] = NAME_HANDLE,           [STEP_REDIRECTED_ACCEPT] = NAME_SOCKET,
    [STEP_IOCTL] = NAME_OPERATION,

    [STEP_CALLOUT] = NAME_CALLOUT,         [STEP_CONTEXT] = NAME_CONTEXT,
    [STEP_CONNECT_REQUEST] = NAME_REQUEST, [STEP_REAUTHORIZE] = NAME_REQUEST,
};

/* NAME_INVALID stands for a socket or `invalid`. */
static const char *const wanted[] = {
    [NAME_SOCKET] = "a socket of an earlier step",
    [NAME_HANDLE] = "self, or a handle of an earlier step",
    [NAME_OPERATION] = "an overlapped call of an earlier step",
    [NAME_BLOB] = "what an earlier step saved",
    [NAME_INVALID] = "a socket of an earlier step, or invalid",
    [NAME_CALLOUT] = "a callout of an earlier step",
    [NAME_CONTEXT] = "a context of an earlier step",
    [NAME_REQUEST] = "a connect-request or a reauthorize of an earlier step",
};

static void scope_add(struct scope *scope, const char *name, enum name_kind kind)
{
    scope->names[scope->count] = name;
    scope->kinds[scope->count++] = kind;
}

void scope_begin(struct scope *scope)
{
    scope->count = 0;
    scope_add(scope, "self", NAME_HANDLE);
    scope_add(scope, "invalid", NAME_INVALID);
}

enum name_kind scope_find(const struct scope *scope, const char *name)
{
    for (size_t i = 0; i < scope->count; i++) {
        if (strcmp(scope->names[i], name) == 0) {
            return scope->kinds[i];
        }
    }
    return NAME_NONE;
}

bool scope_check(struct reader *reader, struct place place, const char *name, enum name_kind names,
                 const struct scope *scope)
{
    enum name_kind found = scope_find(scope, name);
    bool socket = names == NAME_INVALID && found == NAME_SOCKET;
    return found == names || socket || reader_complain(reader, place, wanted[names], "%s", name);
}

static const char *name_at(const struct step *step, size_t offset)
{
    const char *name;
    memcpy(&name, (const char *)step + offset, sizeof name);
    return name;
}

static bool define(struct reader *reader, json_t *value, const char *member, const char *name,
                   enum name_kind kind, struct scope *scope)
{
    if (name == NULL) {
        return true;
    }
    if (scope_find(scope, name) != NAME_NONE) {
        return reader_complain(reader, place_member(value, member), "a name not used before", "%s",
                               name);
    }
    scope_add(scope, name, kind);
    return true;
}

/* What the control objects of a send take from earlier steps. */
static bool check_objects(struct reader *reader, json_t *value, const struct step *step,
                          const struct scope *scope)
{
    json_t *control = json_object_get(value, "control");
    json_t *objects = json_object_get(control, "objects");
    const bool sends = step->kind == STEP_SEND || step->kind == STEP_CONNECT_REQUEST;
    bool good = true;
    for (size_t i = 0; sends && i < step->message.control.count; i++) {
        const char *from = step->message.control.objects[i].data.from;
        good &= from == NULL || scope_check(reader, place_item(objects, i), from, NAME_BLOB, scope);
    }
    const char *raw = sends ? step->message.control.raw.from : NULL;
    return good && (raw == NULL ||
                    scope_check(reader, place_member(control, "raw"), raw, NAME_BLOB, scope));
}

bool scope_step(struct reader *reader, json_t *value, const struct step *step, struct scope *scope)
{
    bool good = true;
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        const struct name_use *use = &uses[i];
        const char *name = use->kind == step->kind ? name_at(step, use->offset) : NULL;
        json_t *holder = use->holder == NULL ? value : json_object_get(value, use->holder);
        if (name != NULL && holder != NULL) {
            struct place place = place_member(holder, use->member);
            good &= scope_check(reader, place, name, use->names, scope);
        }
    }
    good &= check_objects(reader, value, step, scope);
    good &= define(reader, value, "as", step->as, defines[step->kind], scope);
    return define(reader, value, "save", step->ioctl.save, NAME_BLOB, scope) && good;
}
