/* SPDX-License-Identifier: MIT */

#include "harness/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/catalogue_shape.h"
#include "harness/clause_pattern.h"

enum { FILE_LIMIT = 8 * 1048576, PATH_LIMIT = 4096, ROWS_MAX = 10000 };

/* ---- the five parts ---- */

/* Every row begins with its id. */
static const char *row_id(const void *rows, size_t size, size_t index)
{
    const char *id;
    memcpy(&id, (const char *)rows + index * size, sizeof id);
    return id;
}

static const void *find_row(const void *rows, size_t count, size_t size, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        const char *other = row_id(rows, size, i);
        if (other != NULL && strcmp(other, id) == 0) {
            return (const char *)rows + i * size;
        }
    }
    return NULL;
}

static void *read_rows(struct reader *reader, const char *name, size_t min,
                       const struct shape *shape, size_t size, size_t *count)
{
    json_t *root = reader->document->root;
    json_t *list = json_object_get(root, name);
    if (!check_array(reader, place_member(root, name), list, min, ROWS_MAX) ||
        json_array_size(list) == 0) {
        return NULL;
    }
    char *rows = reader_keep(reader, json_array_size(list), size);
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item) {
        struct place place = place_item(list, index);
        if (rows == NULL || !read_object(reader, place, item, shape, rows + index * size)) {
            continue;
        }
        if (find_row(rows, index, size, row_id(rows, size, index)) != NULL) {
            reader_complain(reader, place_member(item, "id"), "each id once", "%s again",
                            row_id(rows, size, index));
        }
    }
    *count = rows == NULL ? 0 : json_array_size(list);
    return rows;
}

static void read_families(struct reader *reader, struct catalogue *catalogue)
{
    json_t *root = reader->document->root;
    json_t *object = json_object_get(root, "families");
    struct clause_family *rows = reader_keep(reader, CLAUSE_FAMILIES, sizeof *rows);
    struct member members[CLAUSE_FAMILIES];
    json_t *values[CLAUSE_FAMILIES] = {NULL};
    for (size_t i = 0; i < CLAUSE_FAMILIES; i++) {
        members[i] = (struct member){clause_families[i], read_later, NULL, i * sizeof values[0]};
    }
    uint64_t all = MEMBER_BIT(CLAUSE_FAMILIES) - 1;
    struct shape shape = {members, CLAUSE_FAMILIES, all, all};
    if (rows == NULL ||
        !read_object(reader, place_member(root, "families"), object, &shape, values)) {
        return;
    }
    for (size_t i = 0; i < CLAUSE_FAMILIES; i++) {
        rows[i].name = clause_families[i];
        read_object(reader, place_member(object, clause_families[i]), values[i], &family_shape,
                    &rows[i]);
    }
    catalogue->families = rows;
    catalogue->family_count = CLAUSE_FAMILIES;
}

static void read_sources(struct reader *reader, struct catalogue *catalogue)
{
    json_t *root = reader->document->root;
    json_t *object = json_object_get(root, "sources");
    size_t count = json_object_size(object);
    if (count == 0 || count > ROWS_MAX) {
        reader_complain(reader, place_member(root, "sources"), "an object of sources", "%zu",
                        count);
        return;
    }
    catalogue->sources = reader_keep(reader, count, sizeof *catalogue->sources);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        struct place place = place_member(object, key);
        if (catalogue->sources == NULL || !rule_source.fits(key)) {
            reader_complain(reader, place, rule_source.expected, "another name");
            return;
        }
        struct source_page *row = &catalogue->sources[catalogue->source_count++];
        row->key = key;
        read_text(reader, place, value, &rule_line, &row->what);
    }
}

/* ---- what holds between the parts ---- */

static void check_references(struct reader *reader, const struct catalogue *catalogue, json_t *row,
                             const struct clause *clause)
{
    for (size_t i = 0; i < clause->sources.count; i++) {
        if (catalogue_source(catalogue, clause->sources.ids[i]) == NULL) {
            reader_complain(reader, place_item(json_object_get(row, "sources"), i),
                            rule_source.expected, "%s", clause->sources.ids[i]);
        }
    }
    for (size_t i = 0; i < clause->see.count; i++) {
        if (!catalogue_has(catalogue, clause->see.ids[i])) {
            reader_complain(reader, place_item(json_object_get(row, "see"), i),
                            "an id of this catalogue", "%s", clause->see.ids[i]);
        }
    }
}

static const struct clause_family *family_of(const struct catalogue *catalogue, const char *id)
{
    size_t length = strcspn(id, "-");
    for (size_t i = 0; i < catalogue->family_count; i++) {
        const char *name = catalogue->families[i].name;
        if (strlen(name) == length && strncmp(name, id, length) == 0) {
            return &catalogue->families[i];
        }
    }
    return NULL;
}

static void check_clauses(struct reader *reader, const struct catalogue *catalogue)
{
    json_t *list = json_object_get(reader->document->root, "clauses");
    for (size_t i = 0; i < catalogue->clause_count; i++) {
        json_t *row = json_array_get(list, i);
        struct clause *clause = &catalogue->clauses[i];
        clause->family = family_of(catalogue, clause->id);
        if ((clause->grade == NULL) != (clause->strength == STRENGTH_UNKNOWN)) {
            reader_complain(reader, place_member(row, "grade"),
                            "null exactly where the strength is UNKNOWN", "%s",
                            strength_name(clause->strength));
        }
        check_references(reader, catalogue, row, clause);
    }
}

static const struct member root_members[] = {
    {"families", read_later, NULL, 0}, {"sources", read_later, NULL, 0},
    {"clauses", read_later, NULL, 0},  {"contradictions", read_later, NULL, 0},
    {"unknowns", read_later, NULL, 0},
};
static const struct shape root_shape = {root_members, 5, 0x1F, 0x1F};

static void read_catalogue(struct reader *reader, struct catalogue *catalogue)
{
    json_t *root = reader->document->root;
    json_t *last;
    if (!read_object(reader, place_whole(root), root, &root_shape, &last)) {
        return;
    }
    read_families(reader, catalogue);
    read_sources(reader, catalogue);
    catalogue->clauses = read_rows(reader, "clauses", 1, &clause_shape, sizeof(struct clause),
                                   &catalogue->clause_count);
    catalogue->contradictions =
        read_rows(reader, "contradictions", 0, &contradiction_shape, sizeof(struct contradiction),
                  &catalogue->contradiction_count);
    catalogue->unknowns = read_rows(reader, "unknowns", 0, &unknown_shape, sizeof(struct unknown),
                                    &catalogue->unknown_count);
    if (reader->found == 0 && !reader->broken) {
        check_clauses(reader, catalogue);
    }
}

enum status catalogue_load(const char *root, struct complaints *complaints,
                           struct catalogue **catalogue)
{
    char path[PATH_LIMIT];
    int length = snprintf(path, sizeof path, "%s/clauses.json", root);
    struct catalogue *made = calloc(1, sizeof *made);
    if (made == NULL || length < 0 || (size_t)length >= sizeof path) {
        free(made);
        return STATUS_BROKEN;
    }
    enum status status = document_load(path, FILE_LIMIT, complaints, &made->document);
    if (status == STATUS_OK) {
        struct reader reader = {.document = made->document, .complaints = complaints};
        read_catalogue(&reader, made);
        status = reader_status(&reader);
    }
    if (status != STATUS_OK) {
        catalogue_free(made);
        return status;
    }
    *catalogue = made;
    return STATUS_OK;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue != NULL) {
        document_free(catalogue->document);
        free(catalogue);
    }
}

/* ---- questions ---- */

const struct clause *catalogue_clause(const struct catalogue *catalogue, const char *id)
{
    return find_row(catalogue->clauses, catalogue->clause_count, sizeof(struct clause), id);
}

const struct contradiction *catalogue_contradiction(const struct catalogue *catalogue,
                                                    const char *id)
{
    return find_row(catalogue->contradictions, catalogue->contradiction_count,
                    sizeof(struct contradiction), id);
}

const struct unknown *catalogue_unknown(const struct catalogue *catalogue, const char *id)
{
    return find_row(catalogue->unknowns, catalogue->unknown_count, sizeof(struct unknown), id);
}

const struct source_page *catalogue_source(const struct catalogue *catalogue, const char *key)
{
    return find_row(catalogue->sources, catalogue->source_count, sizeof(struct source_page), key);
}

bool catalogue_has(const struct catalogue *catalogue, const char *id)
{
    return catalogue_clause(catalogue, id) != NULL ||
           catalogue_contradiction(catalogue, id) != NULL ||
           catalogue_unknown(catalogue, id) != NULL;
}

bool clause_must_be_covered(const struct clause *clause)
{
    bool wanted = clause->strength == STRENGTH_MUST || clause->strength == STRENGTH_SHOULD;
    return wanted && clause->family->in_scope && clause->uncoverable_reason == NULL;
}
