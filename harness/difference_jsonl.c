/* SPDX-License-Identifier: MIT */

/*
 * JSON lines: {"type": "head", ...}; for each difference {"type": "difference", ...};
 * {"type": "totals", ...} with the number of differing cases by clause.
 */

#include <jansson.h>
#include <stdio.h>

#include "harness/difference_report.h"
#include "harness/json_line.h"

static void put(json_t *object)
{
    json_line_print(object, JSON_ENSURE_ASCII, stdout);
}

static void begin(const struct difference_report *report)
{
    json_t *object = json_pack("{s:s, s:s}", "type", "head", "version", WFPCHECK_VERSION);

    for (size_t i = 0; i < 2; i++) {
        const struct recorded_head *head = &report->sides[i].head;

        (void)json_object_set_new(
            object, i == 0 ? "a" : "b",
            json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "path", report->paths[i],
                      "planned", (json_int_t)report->sides[i].count, "target", head->target, "os",
                      head->os, "build", head->build, "architecture", head->architecture, "date",
                      head->date, "profile", head->profile));
    }
    put(object);
}

static void tell(const struct difference_report *report, const struct difference *difference)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:o}", "type", "difference", "kind",
                               difference_kind_name(difference->kind), "case", difference->name,
                               "clauses", json_line_words(difference->clauses));

    (void)report;
    if (difference->step > 0) {
        (void)json_object_update_new(object, json_pack("{s:I, s:I, s:I}", "step",
                                                       (json_int_t)difference->step, "line_a",
                                                       (json_int_t)difference->line_a, "line_b",
                                                       (json_int_t)difference->line_b));
    }
    if (difference->a[0] != '\0') {
        (void)json_object_update_new(
            object, json_pack("{s:s, s:s}", "a", difference->a, "b", difference->b));
    }
    put(object);
}

static void end(const struct difference_report *report)
{
    json_t *object = json_pack("{s:s, s:I}", "type", "totals", "cases", (json_int_t)report->cases);
    json_t *clauses = json_object();

    for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++) {
        (void)json_object_set_new(object, difference_kind_name((enum difference_kind)i),
                                  json_integer((json_int_t)report->counts[i]));
    }
    for (size_t i = 0; i < report->tally_count; i++) {
        (void)json_object_set_new(clauses, report->tallies[i].clause,
                                  json_integer((json_int_t)report->tallies[i].cases));
    }
    (void)json_object_set_new(object, "clauses", clauses);
    put(object);
}

const struct difference_format difference_jsonl = {begin, tell, end};
