/* SPDX-License-Identifier: MIT */

#include "harness/path_failure.h"

#include <stdio.h>

#include "harness/document.h"
#include "harness/failure.h"
#include "harness/locate.h"
#include "harness/path_text.h"
#include "harness/reader.h"

enum { TOPOLOGY_INDENT = 6 };

/* Where the first alternative and what happened part. */
static struct outcome_mismatch first_mismatch(const struct path_failure *failure)
{
    return path_outcome_compare(failure->allowed->items[0]->path, failure->actual);
}

/* "A NOT_REDIRECTED" of the hop and service where they part; else nothing. */
static void add_said(const struct path_failure *failure, struct outcome_mismatch found,
                     const struct path_outcome *outcome, struct text *text)
{
    const struct outcome_hop *hop = &outcome->hops[found.hop];

    if (found.service != 0) {
        text_add(text, "%s",
                 word_text(found.part == OUTCOME_TOLD ? &told_words : &did_words,
                           path_outcome_said(hop, found.part, found.round)[found.service - 1]));
    } else if (found.part == OUTCOME_CONDITIONS) {
        path_conditions_text(hop->conditions, text);
    } else {
        path_outcome_text(outcome, failure->scene->names, text);
    }
}

static void add_difference(const struct path_failure *failure, struct text *text)
{
    const struct outcome_mismatch found = first_mismatch(failure);

    text_add(text, "hop %zu: %s", found.hop + 1, outcome_part_name(found.part));
    if (found.service != 0) {
        text_add(text, " %s", path_station_name(failure->scene->names, found.service));
    }
    if (found.round != 0) {
        text_add(text, " (reauthorisation %u)", (unsigned)found.round);
    }
    text_add(text, ": expected ");
    for (size_t i = 0; i < failure->allowed->count; i++) {
        text_add(text, "%s", i == 0 ? "" : " or ");
        if (i == 0) {
            add_said(failure, found, failure->allowed->items[0]->path, text);
        } else {
            text_add(text, "%s", failure->allowed->items[i]->text);
        }
    }
    text_add(text, ", actual ");
    add_said(failure, found, failure->actual, text);
}

void path_failure_message(const struct path_failure *failure, char *buffer, size_t size)
{
    struct text text = {0};

    add_difference(failure, &text);
    (void)snprintf(buffer, size, "%s", text_bytes(&text));
    text_clear(&text);
}

/* ---- the parts of the description, from top to bottom ---- */

static int claim_line(const struct vector *vector)
{
    char field[LOCATE_FIELD_MAX];
    json_t *root = vector->document->root;
    const char *name = vector->route->family != NULL ? "family" : "expect";

    return locate(vector->document, place_member(root, name), field, sizeof field);
}

static void add_hops(const struct path_failure *failure, size_t failing, struct text *text)
{
    for (uint32_t i = 0; i < failure->path->hop_count; i++) {
        text_add(text, "  %s %3u  ", i == failing ? ">" : " ", (unsigned)i + 1);
        path_hop_text(&failure->path->hops[i], failure->scene->names, text);
        text_add(text, "\n");
    }
}

static void add_allowed(const struct path_failure *failure, struct text *text)
{
    for (size_t i = 0; i < failure->allowed->count; i++) {
        const struct expected *expected = failure->allowed->items[i];
        const char *first = failure->allowed->count > 1 ? "expected one of" : "expected";

        text_add(text, "         %-16s %s  ", i > 0 ? "or" : first, expected->text);
        for (size_t r = 0; r < expected->reason_count; r++) {
            text_add(text, " %s", expected->reasons[r]);
        }
        text_add(text, "\n");
    }
}

static void add_actual(const struct path_failure *failure, size_t failing, struct text *text)
{
    text_add(text, "         %-16s ", "actual");
    path_outcome_text(failure->actual, failure->scene->names, text);
    text_add(text, "   answered by %s\n         %-16s ", failure->answered_by, "they part at");
    add_difference(failure, text);
    text_add(text, "\n         %-16s rules ", "the model");
    path_trace_rules(failure->trace, failing, text);
    text_add(text, " (hop %zu)\n", failing + 1);
}

void path_failure_describe(const struct path_failure *failure, struct text *text)
{
    const size_t failing = first_mismatch(failure).hop;

    failure_head(failure->planned, failure->where, claim_line(failure->planned->vector), text);
    topology_text(failure->scene, TOPOLOGY_INDENT, text);
    add_hops(failure, failing, text);
    add_allowed(failure, text);
    add_actual(failure, failing, text);
    failure_command(failure->planned, failure->root, failure->options, text);
}
