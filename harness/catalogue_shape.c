/* SPDX-License-Identifier: MIT */

#include "harness/catalogue_shape.h"

#include <stddef.h>

#include "harness/catalogue.h"
#include "harness/clause_pattern.h"

enum { IDS_MAX = 256 };

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
const struct shape clause_shape = {clause_members, 11, 0x1FF, 0x7FF};

static const struct member contradiction_members[] = {
    {"id", read_text, &rule_contradiction, offsetof(struct contradiction, id)},
    {"between", read_text, &rule_line, offsetof(struct contradiction, between)},
    {"what", read_text, &rule_line, offsetof(struct contradiction, what)},
    {"resolution", read_text, &rule_line, offsetof(struct contradiction, resolution)},
};
const struct shape contradiction_shape = {contradiction_members, 4, 0xF, 0xF};

static const struct member unknown_members[] = {
    {"id", read_text, &rule_unknown, offsetof(struct unknown, id)},
    {"question", read_text, &rule_line, offsetof(struct unknown, question)},
    {"evidence", read_text, &rule_line, offsetof(struct unknown, evidence)},
    {"documented", read_text, &rule_line, offsetof(struct unknown, documented)},
    {"observed", read_text, &rule_line, offsetof(struct unknown, observed)},
    {"probe", read_text, &rule_line, offsetof(struct unknown, probe)},
    {"needs_driver", read_flag, NULL, offsetof(struct unknown, needs_driver)},
};
const struct shape unknown_shape = {unknown_members, 7, 0x7F, 0x7F};

static const struct member family_members[] = {
    {"title", read_text, &rule_line, offsetof(struct clause_family, title)},
    {"in_scope", read_flag, NULL, offsetof(struct clause_family, in_scope)},
};
const struct shape family_shape = {family_members, 2, 0x3, 0x3};
