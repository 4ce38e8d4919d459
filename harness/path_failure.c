/* SPDX-License-Identifier: MIT */

#include "harness/path_failure.h"

#include <stdio.h>
#include <string.h>

static size_t failing_hop(const struct path_failure *failure)
{
    size_t latest = 0;

    /* The alternative that holds longest is the one that was meant. */
    for (size_t i = 0; i < failure->allowed->count; i++) {
        size_t hop;

        (void)outcome_compare(failure->allowed->items[i]->path, &failure->is->topology,
                              failure->path, &hop);
        latest = hop > latest ? hop : latest;
    }
    return latest;
}

void path_failure_message(const struct path_failure *failure, char *buffer, size_t size)
{
    struct text text = {0};
    size_t hop;

    text_add(&text, "hop %zu: expected ", failing_hop(failure) + 1);
    for (size_t i = 0; i < failure->allowed->count; i++) {
        text_add(&text, "%s", i == 0 ? "" : " or ");
        outcome_add(failure->allowed->items[i]->path, &failure->is->topology, &text);
    }
    text_add(&text, "; actual ");
    outcome_add_actual(&failure->is->topology, failure->path, &text);
    switch (outcome_compare(failure->allowed->items[0]->path, &failure->is->topology, failure->path,
                            &hop)) {
    case OUTCOME_OTHER_STATE:
        text_add(&text, ", but other states are told");
        break;
    case OUTCOME_OTHER_FLAGS:
        text_add(&text, ", but with other flags");
        break;
    case OUTCOME_ALLOWED:
    case OUTCOME_OTHER_PATH:
    case OUTCOME_OTHER_END:
    default:
        break;
    }
    (void)snprintf(buffer, size, "%s", text_bytes(&text));
    text_clear(&text);
}

/* ---- hops ---- */

static const char *name_of(const struct topology *topology, uint32_t service)
{
    return service == 0 || service > topology->count ? "application"
                                                     : topology->services[service - 1].name;
}

static void add_asked(const struct topology *topology, const struct wfp_path_asked *asked,
                      struct text *text)
{
    text_add(text, "  %s", name_of(topology, asked->service));
    if (asked->round > 0) {
        text_add(text, " again");
    }
    if (asked->layer >= WFP_AUTH_CONNECT_V4) {
        text_add(text, " at auth-connect");
    }
    if (asked->told != WFP_PATH_NOT_TOLD) {
        text_add(text, " %s", word_text(&state_words, asked->told));
    }
    if (asked->did != WFP_PATH_NOTHING) {
        text_add(text, ": %s", word_text(&deed_words, asked->did));
    }
}

void path_add_hop(const struct topology *topology, const struct wfp_path_hop *hop,
                  struct text *text)
{
    text_add(text, "%s dials %s%s", name_of(topology, hop->dialler),
             word_text(&form_words, hop->to),
             hop->dialler == 0 ? ""
             : hop->tracked    ? " with the record"
                               : " without a record");
    for (uint32_t i = 0; i < hop->asked_count; i++) {
        add_asked(topology, &hop->asked[i], text);
    }
    if (hop->redirected_by != 0) {
        text_add(text, "  -> %s", name_of(topology, hop->redirected_by));
    } else {
        text_add(text, hop->blocked_by != 0 ? "  -> blocked" : "  -> destination");
    }
}

static void add_hops(const struct path_failure *failure, struct text *text)
{
    const size_t failing = failing_hop(failure);

    for (uint32_t i = 0; i < failure->path->hop_count; i++) {
        text_add(text, "  %s %3lu  ", i == failing ? ">" : " ", (unsigned long)i + 1);
        path_add_hop(&failure->is->topology, &failure->path->hops[i], text);
        text_add(text, "\n");
    }
}

/* ---- the parts of the description, from top to bottom ---- */

static int line_of(const struct path_failure *failure)
{
    const struct vector *vector = failure->about.planned->vector;
    char field[LOCATE_FIELD_MAX];
    const char *member = vector->path_vector->is_family ? "bands" : "expect";

    return locate(vector->document, place_member(vector->document->root, member), field,
                  sizeof field);
}

static void add_head(const struct path_failure *failure, struct text *text)
{
    const struct vector *vector = failure->about.planned->vector;
    char name[CASE_NAME_MAX];

    plan_case_name(failure->about.planned, name, sizeof name);
    text_add(text, "%s   %s   %s   %s\n", name, vector->clause_list,
             source_kind_name(vector->source.kind), failure->about.where);
    text_add(text, "  %s\n  %s:%d\n", vector->story, vector->path, line_of(failure));
}

static void add_topology(const struct topology *topology, struct text *text)
{
    for (size_t i = 0; i < topology->count; i++) {
        text_add(text, "         ");
        topology_add_service(topology, i, text);
        text_add(text, "\n");
    }
    text_add(text, "         ");
    topology_add_journey(topology, text);
    text_add(text, "\n");
}

static void add_told(const struct path_failure *failure, const struct path_outcome *outcome,
                     size_t hop, struct text *text)
{
    text_add(text, "                          at hop %zu", hop + 1);
    for (uint32_t service = 1; service <= failure->is->topology.count; service++) {
        const uint8_t told = outcome->told[hop][service - 1];

        if (told != OUTCOME_NOT_TOLD) {
            text_add(text, "  %s %s", name_of(&failure->is->topology, service),
                     word_text(&state_words, told));
        }
    }
    text_add(text, "\n");
}

static void add_difference(const struct path_failure *failure, const struct path_outcome *outcome,
                           struct text *text)
{
    size_t hop;

    switch (outcome_compare(outcome, &failure->is->topology, failure->path, &hop)) {
    case OUTCOME_OTHER_STATE:
        add_told(failure, outcome, hop, text);
        break;
    case OUTCOME_OTHER_FLAGS:
        text_add(text, "                          at hop %zu, at auth-connect: flags", hop + 1);
        outcome_add_flags(outcome->flags[hop], text);
        text_add(text, "; actual");
        outcome_add_flags(hop_flags(&failure->path->hops[hop]), text);
        text_add(text, "\n");
        break;
    case OUTCOME_ALLOWED:
    case OUTCOME_OTHER_PATH:
    case OUTCOME_OTHER_END:
    default:
        break;
    }
}

static void add_allowed(const struct path_failure *failure, struct text *text)
{
    for (size_t i = 0; i < failure->allowed->count; i++) {
        const struct expected *expected = failure->allowed->items[i];
        const size_t start = text->length;

        text_add(text, "         %-16s ",
                 i > 0                         ? "or"
                 : failure->allowed->count > 1 ? "expected one of"
                                               : "expected");
        outcome_add(expected->path, &failure->is->topology, text);
        text_pad(text, start, 82);
        for (size_t r = 0; r < expected->reason_count; r++) {
            text_add(text, " %s", expected->reasons[r]);
        }
        text_add(text, "\n");
        add_difference(failure, expected->path, text);
    }
}

static void add_actual(const struct path_failure *failure, struct text *text)
{
    const size_t start = text->length;

    text_add(text, "         %-16s ", "actual");
    outcome_add_actual(&failure->is->topology, failure->path, text);
    text_pad(text, start, 82);
    text_add(text, " answered by model\n");
}

/* ---- the model's rule ---- */

/* The last rule that told a state, or let a connect go, in the failing hop. */
struct rule_watch {
    uint32_t hop;
    const struct wfp_rule *told;
    const struct wfp_rule *connected;
};

static void watch_rule(void *context, const struct wfp_path_call *call)
{
    struct rule_watch *watch = context;

    if (call->hop != watch->hop) {
        return;
    }
    if (call->reply.answer.outcome == WFP_STATE) {
        watch->told = call->reply.rule;
    }
    if (strcmp(call->name, "connect") == 0) {
        watch->connected = call->reply.rule;
    }
}

static void find_rule(const struct path_failure *failure, struct failure *about)
{
    struct rule_watch watch = {(uint32_t)failing_hop(failure), NULL, NULL};
    const struct backend *backend = failure->backend;
    char trouble[BACKEND_TROUBLE_MAX];
    const struct wfp_path *path;

    if (backend == NULL || backend->travel == NULL ||
        backend->travel(backend->state, &failure->is->topology, about->planned->profile, watch_rule,
                        &watch, &path, trouble) != STATUS_OK) {
        return;
    }
    about->rule = watch.told != NULL ? watch.told : watch.connected;
}

void path_failure_describe(const struct path_failure *failure, struct text *text)
{
    struct failure about = failure->about;

    add_head(failure, text);
    add_topology(&failure->is->topology, text);
    add_hops(failure, text);
    add_allowed(failure, text);
    add_actual(failure, text);
    find_rule(failure, &about);
    failure_add_rule(&about, text);
    failure_add_command(&about, text);
}
