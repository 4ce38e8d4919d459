/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/peer.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

/* ---- what interposers tell ---- */

static struct proxy *proxy_of_token(struct lab *lab, struct event_bytes token)
{
    for (size_t i = 0; i < lab->proxy_count; i++) {
        struct proxy *proxy = lab->proxies[i];

        if (proxy != NULL && strlen(proxy->token) == token.size &&
            memcmp(proxy->token, token.at, token.size) == 0) {
            return proxy;
        }
    }
    return NULL;
}

bool proxy_hello(struct exchange *exchange)
{
    const struct event *event = &exchange->event;
    struct proxy *proxy = proxy_of_token(exchange->lab, event_bytes(event, FIELD_NAME));
    struct process *process = proxy == NULL ? NULL : process_add(exchange->lab, proxy);

    if (process == NULL) {
        return false;
    }
    process->peer = exchange->peer;
    process->bits = (uint32_t)event_number(event, FIELD_BITS);
    process->system_process = (uint32_t)event_number(event, FIELD_SYSTEM_PROCESS);
    exchange->process = process;
    exchange->peer->process = process;
    if (proxy->main == NULL || proxy->main->passed_on) {
        proxy->main = process;
    }
    exchange_answer(exchange, EVENT_BY_SHIM,
                    event_number(event, FIELD_PROTOCOL) == EVENT_PROTOCOL ? 0 : 1);
    event_set_number(&exchange->answer, FIELD_PROCESS, process->number);
    /* The token is nobody's business. */
    exchange->event.fields &= ~(UINT64_C(1) << FIELD_NAME);
    exchange_tell(exchange);
    return true;
}

/* Is the program's address reached through this socket? */
static bool covers(const struct wfp_address *bound, const struct wfp_address *wanted)
{
    if (bound->port != wanted->port) {
        return false;
    }
    return wfp_address_unspecified(bound) || endpoint_same_host(bound, wanted);
}

static void note_v6(struct proxy *proxy, const struct socket *socket)
{
    const struct lab_program *program = proxy->program;

    if (socket->local.family == WFP_IPV6 && program->listen_count > 0 &&
        socket->local.port == program->listen[0].port) {
        proxy->has_v6 = true;
        proxy->v6 = socket->local;
    }
}

void proxy_bound(struct proxy *proxy, const struct socket *socket)
{
    const struct lab_program *program = proxy->program;

    if (socket->type == WFP_UDP) {
        for (size_t i = 0; i < program->udp_count; i++) {
            proxy->receives[i] |= covers(&socket->local, &program->udp[i]);
        }
        return;
    }
    if (!socket->listening) {
        return;
    }
    for (size_t i = 0; i < program->listen_count; i++) {
        proxy->listens[i] |= covers(&socket->local, &program->listen[i]);
    }
    note_v6(proxy, socket);
}

static void tell_end(const struct process *process)
{
    struct event event = {.kind = EVENT_PROCESS_END};
    const enum event_end unasked = process->said_exit ? EVENT_END_CLOSED : EVENT_END_KILLED;

    event_set_number(&event, FIELD_PROCESS, process->number);
    event_set_number(&event, FIELD_HOW, process->proxy->stopping ? EVENT_END_RESET : unasked);
    if (process->said_exit) {
        event_set_number(&event, FIELD_EXIT_CODE, process->exit_code);
    }
    lab_tell(process->lab, &event);
}

static bool listens(const struct process *process)
{
    bool found = false;

    for (uint32_t i = 0; i < process->room && !found; i++) {
        found = process->sockets[i] != NULL && process->sockets[i]->listening;
    }
    return found;
}

/* A program that starts itself again is from then on the one that it started. */
static bool passes_on(const struct process *process)
{
    return process->lab->order->follow && !process->proxy->stopping && process->said_exit &&
           process->exit_code == 0 && process->started_others && !listens(process);
}

static void promote_next(struct proxy *proxy)
{
    const struct lab *lab = proxy->lab;

    for (size_t i = proxy->main->number; i < lab->process_count && proxy->main->passed_on; i++) {
        if (lab->processes[i]->proxy == proxy && lab->processes[i]->peer != NULL) {
            proxy->main = lab->processes[i];
        }
    }
}

void proxy_process_gone(struct process *process)
{
    struct proxy *proxy = process->proxy;

    if (proxy == NULL) {
        return;
    }
    /* The first one's end is told when its launcher ends, which knows the exit code. */
    if (process == proxy->main && !passes_on(process)) {
        proxy->gone = !proxy->stopping;
        return;
    }
    tell_end(process);
    if (process == proxy->main) {
        process->passed_on = true;
        promote_next(proxy);
    }
}

/* ---- where it is reached ---- */

/* A client's address cannot be "any"; through :: both families are reached. */
static bool reach(const struct wfp_address *address, enum wfp_family family,
                  struct wfp_address *out)
{
    const bool any = wfp_address_unspecified(address);

    if (address->family != family && !(any && address->family == WFP_IPV6)) {
        return false;
    }
    *out = any ? endpoint_loopback(family, address->port) : *address;
    return true;
}

bool proxy_door(const struct proxy *proxy, enum wfp_family family, enum wfp_type type,
                struct wfp_address *address)
{
    const struct lab_program *program = proxy->program;
    const bool udp = type == WFP_UDP;
    const struct wfp_address *list = udp ? program->udp : program->listen;
    const size_t count = udp ? program->udp_count : program->listen_count;

    for (size_t i = 0; i < count; i++) {
        if (list[i].family == family && reach(&list[i], family, address)) {
            return true;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (reach(&list[i], family, address)) {
            return true;
        }
    }
    return !udp && family == WFP_IPV6 && proxy->has_v6 && reach(&proxy->v6, family, address);
}
