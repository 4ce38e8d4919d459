/* SPDX-License-Identifier: MIT */

#include "harness/baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/clause_pattern.h"
#include "harness/reader.h"

enum { FILE_MAX = 1048576, PATH_ROOM = 1200, LIST_MAX = 512 };

static const struct text_rule rule_of_table = {3, 64, NULL, "the id of a rule"};
static const struct text_rule rule_sentence = {10, 300, NULL, "a sentence"};

static const struct member mutant_members[] = {
    {"rule", read_text, &rule_of_table, offsetof(struct accepted_mutant, rule)},
    {"mutation", read_word, &mutation_words, offsetof(struct accepted_mutant, mutation)},
    {"reason", read_text, &rule_sentence, offsetof(struct accepted_mutant, reason)},
};
static const struct shape mutant_shape = {mutant_members, 3, MEMBERS_ALL, MEMBERS_ALL};

static const struct member clause_members[] = {
    {"clause", read_text, &rule_clause, offsetof(struct accepted_clause, clause)},
    {"reason", read_text, &rule_sentence, offsetof(struct accepted_clause, reason)},
};
static const struct shape clause_shape = {clause_members, 2, MEMBERS_ALL, MEMBERS_ALL};

/* The two lists as they stand in the file. */
struct lists {
    json_t *survivors;
    json_t *uncovered;
};

static const struct member list_members[] = {
    {"survivors", read_later, NULL, offsetof(struct lists, survivors)},
    {"uncovered", read_later, NULL, offsetof(struct lists, uncovered)},
};
static const struct shape list_shape = {list_members, 2, MEMBERS_ALL, MEMBERS_ALL};

/* Reads the items of one list, each of `size` bytes. */
static bool read_items(struct reader *reader, json_t *lists, const char *name, json_t *list,
                       const struct shape *shape, size_t size, void **items, size_t *count)
{
    char *kept;
    bool good = true;

    if (!check_array(reader, place_member(lists, name), list, 0, LIST_MAX)) {
        return false;
    }
    *count = json_array_size(list);
    kept = reader_keep(reader, *count + 1, size);
    *items = kept;
    for (size_t i = 0; kept != NULL && i < *count; i++) {
        good = read_object(reader, place_item(list, i), json_array_get(list, i), shape,
                           kept + i * size) &&
               good;
    }
    return kept != NULL && good;
}

static void read_all(struct reader *reader, struct baseline *baseline)
{
    json_t *root = reader->document->root;
    struct lists lists = {NULL, NULL};
    void *mutants = NULL;
    void *clauses = NULL;

    if (!read_object(reader, place_whole(root), root, &list_shape, &lists)) {
        return;
    }
    (void)read_items(reader, root, "survivors", lists.survivors, &mutant_shape,
                     sizeof *baseline->mutants, &mutants, &baseline->mutant_count);
    (void)read_items(reader, root, "uncovered", lists.uncovered, &clause_shape,
                     sizeof *baseline->clauses, &clauses, &baseline->clause_count);
    baseline->mutants = mutants;
    baseline->clauses = clauses;
}

enum status baseline_load(const char *root, struct complaints *complaints,
                          struct baseline **baseline)
{
    struct baseline *loaded = calloc(1, sizeof *loaded);
    struct reader reader = {.complaints = complaints};
    char path[PATH_ROOM];
    enum status status = STATUS_BROKEN;

    (void)snprintf(path, sizeof path, "%s/coverage.json", root);
    if (loaded != NULL) {
        status = document_load(path, FILE_MAX, complaints, &loaded->document);
    }
    if (status == STATUS_OK) {
        reader.document = loaded->document;
        read_all(&reader, loaded);
        status = reader_status(&reader);
    }
    if (status != STATUS_OK) {
        baseline_free(loaded);
        return status;
    }
    *baseline = loaded;
    return STATUS_OK;
}

void baseline_free(struct baseline *baseline)
{
    if (baseline != NULL && baseline->document != NULL) {
        document_free(baseline->document);
    }
    free(baseline);
}

const char *baseline_mutant(const struct baseline *baseline, const char *rule,
                            enum mutation mutation)
{
    for (size_t i = 0; i < baseline->mutant_count; i++) {
        if (baseline->mutants[i].mutation == mutation &&
            strcmp(baseline->mutants[i].rule, rule) == 0) {
            return baseline->mutants[i].reason;
        }
    }
    return NULL;
}

const char *baseline_clause(const struct baseline *baseline, const char *clause)
{
    for (size_t i = 0; i < baseline->clause_count; i++) {
        if (strcmp(baseline->clauses[i].clause, clause) == 0) {
            return baseline->clauses[i].reason;
        }
    }
    return NULL;
}
