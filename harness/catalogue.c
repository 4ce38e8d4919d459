/* SPDX-License-Identifier: MIT */

#include "harness/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/reader.h"
#include "harness/vector.h"

enum {
    FILE_LIMIT = 8 * 1048576,
    PATH_LIMIT = 4096,
    ROWS_MAX = 10000,
    IDS_MAX = 256,
    CLAUSE_FAMILIES = 19,
    REASON_FAMILIES = 21
};

/* ---- patterns ---- */

/* The first CLAUSE_FAMILIES are those of clauses. */
static const char *const families[REASON_FAMILIES] = {
    "DEF", "API", "OVL", "QRY", "CTX", "SET",  "BUF", "ERR", "WSK", "CMSG", "MSG",
    "OPT", "UDP", "RED", "KRN", "ST",  "LOOP", "MET", "DIA", "CON", "UNK"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool fits_numbered(const char *text, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        size_t length = strlen(families[i]);
        const char *rest = text + length;
        if (strncmp(text, families[i], length) == 0 && rest[0] == '-' && is_digit(rest[1]) &&
            is_digit(rest[2]) && rest[3] == '\0') {
            return true;
        }
    }
    return false;
}

static bool fits_clause(const char *text)
{
    return fits_numbered(text, 0, CLAUSE_FAMILIES);
}

static bool fits_reason(const char *text)
{
    return fits_numbered(text, 0, REASON_FAMILIES);
}

static bool fits_contradiction(const char *text)
{
    return fits_numbered(text, CLAUSE_FAMILIES, CLAUSE_FAMILIES + 1);
}

static bool fits_unknown(const char *text)
{
    return fits_numbered(text, CLAUSE_FAMILIES + 1, REASON_FAMILIES);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One line without blanks around it. */
static bool fits_line(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && !is_blank(text[0]) && !is_blank(text[length - 1]) &&
           strchr(text, '\n') == NULL;
}

/* ^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$ */
static bool fits_source(const char *text)
{
    char before = '-';
    if (is_digit(*text)) {
        return false;
    }
    for (; *text != '\0'; before = *text++) {
        bool dash = *text == '-' && before != '-';
        if (!dash && !(*text >= 'A' && *text <= 'Z') && !is_digit(*text)) {
            return false;
        }
    }
    return before != '-';
}

static const char *const uncoverable_reasons[] = {"documentation-history", "header-provenance",
                                                  "provider-only", "statement-of-purpose"};

static bool fits_uncoverable(const char *text)
{
    for (size_t i = 0; i < sizeof uncoverable_reasons / sizeof uncoverable_reasons[0]; i++) {
        if (strcmp(uncoverable_reasons[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static bool fits_grade(const char *text)
{
    return *text != '\0' && strchr("DHSOPWI", *text) != NULL && text[1] == '\0';
}

static bool fits_only(const char *text)
{
    return strcmp(text, "documented") == 0 || strcmp(text, "observed") == 0;
}

const struct text_rule rule_clause = {1, 16, fits_clause, "the id of a clause, as QRY-06"};
const struct text_rule rule_reason = {1, 16, fits_reason,
                                      "the id of a clause, a CON or an UNK, as QRY-06"};

static const struct text_rule rule_contradiction = {1, 16, fits_contradiction, "an id as CON-02"};
static const struct text_rule rule_unknown = {1, 16, fits_unknown, "an id as UNK-06"};
static const struct text_rule rule_line = {1, 400, fits_line, "one line of at most 400 characters"};
static const struct text_rule rule_source = {1, 64, fits_source, "a key of `sources`, as K-REC"};
static const struct text_rule rule_grade = {1, 1, fits_grade, "D | H | S | O | P | W | I | null"};
static const struct text_rule rule_only = {1, 16, fits_only, "documented | observed"};
static const struct text_rule rule_uncoverable = {
    1, 32, fits_uncoverable,
    "documentation-history | header-provenance | provider-only | statement-of-purpose"};

/* ---- rows ---- */

static const struct word strength_rows[] = {
    {"MUST", STRENGTH_MUST},
    {"SHOULD", STRENGTH_SHOULD},
    {"MAY", STRENGTH_MAY},
    {"UNKNOWN", STRENGTH_UNKNOWN},
};
static const struct words strength_words = WORDS(strength_rows);

const char *strength_name(enum strength strength)
{
    return word_text(&strength_words, (int)strength);
}

static bool read_text_or_null(struct reader *reader, struct place place, json_t *value,
                              const void *rule, void *field)
{
    return json_is_null(value) || read_text(reader, place, value, rule, field);
}

static bool read_ids(struct reader *reader, struct place place, json_t *value, const void *rule,
                     void *field)
{
    struct id_list *list = field;
    size_t min = rule == &rule_source ? 1 : 0;
    if (!check_array(reader, place, value, min, IDS_MAX) || json_array_size(value) == 0) {
        return json_is_array(value);
    }
    const char **ids = reader_keep(reader, json_array_size(value), sizeof *ids);
    list->ids = ids;
    return ids != NULL && read_texts(reader, place, value, rule, min, IDS_MAX, ids, &list->count);
}

static const struct member uncoverable_members[] = {
    {"reason", read_text, &rule_uncoverable, offsetof(struct clause, uncoverable_reason)},
    {"why", read_text, &rule_line, offsetof(struct clause, uncoverable_why)},
};
static const struct shape uncoverable_shape = {uncoverable_members, 2, 0x3, 0x3};

/* Its members lie beside each other in the clause: `field` is the clause itself. */
static bool read_uncoverable(struct reader *reader, struct place place, json_t *value,
                             const void *rule, void *field)
{
    return read_object(reader, place, value, rule, field);
}

static const struct member clause_members[] = {
    {"id", read_text, &rule_clause, offsetof(struct clause, id)},
    {"strength", read_word, &strength_words, offsetof(struct clause, strength)},
    {"grade", read_text_or_null, &rule_grade, offsetof(struct clause, grade)},
    {"says", read_text, &rule_line, offsetof(struct clause, says)},
    {"pages", read_text_or_null, &rule_line, offsetof(struct clause, pages)},
    {"observed", read_text_or_null, &rule_line, offsetof(struct clause, observed)},
    {"model", read_text, &rule_line, offsetof(struct clause, model)},
    {"sources", read_ids, &rule_source, offsetof(struct clause, sources)},
    {"see", read_ids, &rule_reason, offsetof(struct clause, see)},
    {"only", read_text, &rule_only, offsetof(struct clause, only)},
    {"uncoverable", read_uncoverable, &uncoverable_shape, 0},
};
static const struct shape clause_shape = {clause_members, 11, 0x1FF, 0x7FF};

static const struct member contradiction_members[] = {
    {"id", read_text, &rule_contradiction, offsetof(struct contradiction, id)},
    {"between", read_text, &rule_line, offsetof(struct contradiction, between)},
    {"what", read_text, &rule_line, offsetof(struct contradiction, what)},
    {"resolution", read_text, &rule_line, offsetof(struct contradiction, resolution)},
};
static const struct shape contradiction_shape = {contradiction_members, 4, 0xF, 0xF};

static const struct member unknown_members[] = {
    {"id", read_text, &rule_unknown, offsetof(struct unknown, id)},
    {"question", read_text, &rule_line, offsetof(struct unknown, question)},
    {"evidence", read_text, &rule_line, offsetof(struct unknown, evidence)},
    {"documented", read_text, &rule_line, offsetof(struct unknown, documented)},
    {"observed", read_text, &rule_line, offsetof(struct unknown, observed)},
    {"probe", read_text, &rule_line, offsetof(struct unknown, probe)},
    {"needs_driver", read_flag, NULL, offsetof(struct unknown, needs_driver)},
};
static const struct shape unknown_shape = {unknown_members, 7, 0x7F, 0x7F};

static const struct member family_members[] = {
    {"title", read_text, &rule_line, offsetof(struct clause_family, title)},
    {"in_scope", read_flag, NULL, offsetof(struct clause_family, in_scope)},
};
static const struct shape family_shape = {family_members, 2, 0x3, 0x3};

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
        members[i] = (struct member){families[i], read_later, NULL, i * sizeof values[0]};
    }
    uint64_t all = MEMBER_BIT(CLAUSE_FAMILIES) - 1;
    struct shape shape = {members, CLAUSE_FAMILIES, all, all};
    if (rows == NULL ||
        !read_object(reader, place_member(root, "families"), object, &shape, values)) {
        return;
    }
    for (size_t i = 0; i < CLAUSE_FAMILIES; i++) {
        rows[i].name = families[i];
        read_object(reader, place_member(object, families[i]), values[i], &family_shape, &rows[i]);
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
        if (catalogue->sources == NULL || !fits_source(key)) {
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

/* ---- what a vector cites ---- */

struct citing {
    const struct catalogue *catalogue;
    const struct vector *vector;
    const struct step *step;
    struct complaints *complaints;
    size_t found;
};

static void check_id(struct citing *citing, int line, const char *field, const char *id)
{
    if (!catalogue_has(citing->catalogue, id)) {
        complain(citing->complaints, citing->vector->path, line, field, "an id of clauses.json",
                 "%s", id);
        citing->found++;
    }
}

static bool check_reasons(void *context, const struct expected *expected)
{
    struct citing *citing = context;
    for (size_t i = 0; i < expected->reason_count; i++) {
        if (!catalogue_has(citing->catalogue, expected->reasons[i])) {
            check_id(citing, vector_step_line(citing->vector, citing->step), "by",
                     expected->reasons[i]);
        }
    }
    return true;
}

enum status catalogue_check(const struct catalogue *catalogue, const struct vector *vector,
                            struct complaints *complaints)
{
    struct citing citing = {.catalogue = catalogue, .vector = vector, .complaints = complaints};
    for (size_t i = 0; i < vector->clause_count; i++) {
        check_id(&citing, 0, "clauses", vector->clauses[i]);
    }
    for (size_t i = 0; i < vector->step_count; i++) {
        citing.step = &vector->steps[i];
        step_each_expected(citing.step, check_reasons, &citing);
    }
    return citing.found == 0 ? STATUS_OK : STATUS_BAD_INPUT;
}
