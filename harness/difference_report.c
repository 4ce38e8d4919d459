/* SPDX-License-Identifier: MIT */

#include "harness/difference_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

static struct tally *tally_of(struct difference_report *report, const char *clause, size_t length)
{
    struct tally *tally;

    for (size_t i = 0; i < report->tally_count; i++) {
        tally = &report->tallies[i];
        if (strlen(tally->clause) == length && memcmp(tally->clause, clause, length) == 0) {
            return tally;
        }
    }
    if (report->tally_count == TALLIES_MAX || length >= TALLY_CLAUSE_MAX) {
        return NULL;
    }
    tally = &report->tallies[report->tally_count++];
    memcpy(tally->clause, clause, length);
    tally->clause[length] = '\0';
    tally->cases = 0;
    return tally;
}

static void count_clauses(struct difference_report *report, const char *clauses)
{
    while (*clauses != '\0') {
        const size_t length = strcspn(clauses, " ");
        struct tally *tally = tally_of(report, clauses, length);

        if (tally != NULL) {
            tally->cases++;
        }
        clauses += length + (clauses[length] == ' ');
    }
}

void difference_count(struct difference_report *report, const struct difference *difference)
{
    report->counts[difference->kind]++;
    if (report->last == NULL || strcmp(report->last, difference->name) != 0) {
        report->cases++;
        count_clauses(report, difference->clauses);
    }
    report->last = difference->name;
}

static int compare_tallies(const void *a, const void *b)
{
    const struct tally *left = a;
    const struct tally *right = b;

    return strcmp(left->clause, right->clause);
}

void difference_sort(struct difference_report *report)
{
    qsort(report->tallies, report->tally_count, sizeof report->tallies[0], compare_tallies);
}

/* Texts of a recording are somebody else's. */
static void print(struct text *text)
{
    struct text safe = {0};

    text_add_safe(&safe, text_bytes(text), true);
    (void)fputs(text_bytes(&safe), stdout);
    text_clear(&safe);
    text_clear(text);
}

static void begin(const struct difference_report *report)
{
    struct text text = {0};

    text_add(&text, "wfpcheck %s · two recordings\n", WFPCHECK_VERSION);
    for (size_t i = 0; i < 2; i++) {
        const struct recorded_head *head = &report->sides[i].head;

        text_add(&text, "  %c  %s · %zu cases · %s · %s %s %s · %s%s%s\n", "AB"[i],
                 report -> paths[i], report -> sides[i].count, head->target, head->os, head->build,
                 head->architecture, head->date, head->profile[0] == '\0' ? "" : " · profile ",
                 head->profile);
    }
    print(&text);
}

static void tell(const struct difference_report *report, const struct difference *difference)
{
    struct text text = {0};

    if (report->last == NULL || strcmp(report->last, difference->name) != 0) {
        text_add(&text, "  %s   %s\n", difference->name, difference->clauses);
    }
    text_add(&text, "    ");
    switch (difference->kind) {
    case DIFFERENCE_ONLY_A:
        text_add(&text, "only in A\n");
        break;
    case DIFFERENCE_ONLY_B:
        text_add(&text, "only in B\n");
        break;
    case DIFFERENCE_VECTOR:
        text_add(&text, "the vector itself is not the same in A and B\n");
        break;
    default:
        if (difference->step > 0) {
            text_add(&text, "step %zu  ", difference->step);
        }
        text_add(&text, "A  %s   B  %s\n", difference->a, difference->b);
        break;
    }
    print(&text);
}

static void end(const struct difference_report *report)
{
    struct text text = {0};

    if (report->tally_count > 0) {
        text_add(&text, "  cases that differ, by clause\n");
    }
    for (size_t i = 0; i < report->tally_count; i++) {
        text_add(&text, "    %-10s %zu\n", report->tallies[i].clause, report->tallies[i].cases);
    }
    text_add(&text, "  %zu cases differ", report->cases);
    for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++) {
        text_add(&text, " · %zu %s", report->counts[i],
                 difference_kind_name((enum difference_kind)i));
    }
    text_add(&text, "\n");
    print(&text);
}

const struct difference_format difference_human = {begin, tell, end};
