/* SPDX-License-Identifier: MIT */

/* The proxy with one bug: --bug NAME, then the reference's options. */

#include <stdio.h>
#include <string.h>

#include "tests/proxies/mutants/mutants.h"
#include "tests/proxies/reference/proxy.h"

struct mutant {
    const char *name;
    struct steps wrong; /* what is zero is as in the reference */
};

static const struct mutant mutants[] = {
    {"wrong-code", {.control = control_wrong_code}},
    {"set-code-is-query-code", {.control = control_same_code}},
    {"queries-listener", {.query = query_listener}},
    {"dials-before-query", {.learn = learn_dialling_first}},
    {"query-failed-dials-anyway", {.learn = learn_without_record, .set_record = set_unless_empty}},
    {"grows-on-122-only", {.grow = grow_on_122}},
    {"grows-on-10014-only", {.grow = grow_on_10014}},
    {"grows-on-10022-only", {.grow = grow_on_10022}},
    {"no-growth", {.grow = grow_never}},
    {"asks-without-end", {.query = query_without_end}},
    {"fixed-4096", {.query = query_4096}},
    {"trusts-first-size", {.query = query_twice}},
    {"trusts-any-size", {.grow = grow_without_limit}},
    {"probe-means-no-record", {.learn = learn_by_probe, .set_record = set_unless_empty}},
    {"serves-direct-clients", {.refuse = refuse_never}},
    {"lost-record-goes-direct", {.refuse = refuse_by_dialling}},
    {"exits-on-no-record", {.learn = learn_or_exit}},
    {"trusts-context", {.read_context = context_trusted}},
    {"never-sets", {.set_record = set_never}},
    {"sets-first-socket-only", {.attempt = attempt_first_with_record}},
    {"sets-after-connect", {.attempt = attempt_set_after_connect}},
    {"sets-after-bind", {.attempt = attempt_set_after_bind}},
    {"sets-whole-buffer", {.set_record = set_whole_buffer}},
    {"sets-truncated", {.set_record = set_truncated}},
    {"alters-record", {.set_record = set_altered}},
    {"reuses-record", {.set_record = set_reused}},
    {"ignores-set-failure", {.set_record = set_ignoring_failure}},
    {"null-byte-count", {.control = control_null_count}},
    {"wants-set-count-zero", {.set_record = set_wanting_zero}},
    {"wants-set-count-full", {.set_record = set_wanting_full}},
    {"leaves-overlapped", {.control = control_abandoned}},
    {"waits-for-client", {.serve = serve_after_client}},
    {"shallow-backlog", {.backlog = 5}},
    {"ipv4-only-upstream", {.attempt = attempt_ipv4}},
    {"options-never", {.enable = enable_never}},
    {"options-ip-only", {.enable = enable_ipv4}},
    {"ignores-ctrunc", {.control_room = 1024, .cut = cut_never, .flow_of = flow_of_any}},
    {"ignores-level", {.level_matters = level_any}},
    {"state-by-source", {.same_flow = flow_same_source}},
    {"record-on-every-datagram", {.forward = forward_always_with_record}},
    {"record-never", {.forward = forward_without_record}},
    {"drops-first-datagram", {.forward = forward_after_first}},
    {"corrupts-payload", {.read = read_corrupting}},
    {"no-half-close", {.read = read_closing_both}},
    {"hangs-on-refused", {.dial = dial_or_hang}},
    {"leaks-socket", {.finish = finish_leaking}},
    {"dials-wrong-port", {.read_context = context_wrong_port}},
    {"forgets-client", {.serve = serve_never}},
    {"forgets-after-dial", {.dial = dial_and_forget}},
};

enum { MUTANTS = sizeof mutants / sizeof mutants[0] };

static const struct mutant *mutant_named(const char *name)
{
    for (size_t i = 0; i < MUTANTS; i++) {
        if (strcmp(mutants[i].name, name) == 0) {
            return &mutants[i];
        }
    }
    return NULL;
}

#define REPLACE(step)                                                                              \
    if (wrong->step)                                                                               \
    steps->step = wrong->step

static void replace(struct steps *steps, const struct steps *wrong)
{
    REPLACE(backlog);
    REPLACE(serve);
    REPLACE(learn);
    REPLACE(query);
    REPLACE(grow);
    REPLACE(control);
    REPLACE(read_context);
    REPLACE(dial);
    REPLACE(attempt);
    REPLACE(set_record);
    REPLACE(read);
    REPLACE(refuse);
    REPLACE(finish);
    REPLACE(control_room);
    REPLACE(enable);
    REPLACE(cut);
    REPLACE(level_matters);
    REPLACE(flow_of);
    REPLACE(same_flow);
    REPLACE(forward);
}

static int list(void)
{
    for (size_t i = 0; i < MUTANTS; i++) {
        puts(mutants[i].name);
    }
    return 0;
}

int main(int count, char **words)
{
    struct steps steps = reference_steps;
    const struct mutant *mutant;
    if (count == 2 && strcmp(words[1], "--list") == 0) {
        return list();
    }
    mutant = count > 2 && strcmp(words[1], "--bug") == 0 ? mutant_named(words[2]) : NULL;
    if (!mutant) {
        fprintf(stderr, "expected --bug NAME, then the proxy's options; --list tells the names\n");
        return 2;
    }
    replace(&steps, &mutant->wrong);
    return proxy_run(&steps, count - 2, words + 2);
}
