/* SPDX-License-Identifier: MIT */

#include "harness/catalogue.h"

#include "harness/complaint.h"
#include "harness/vector.h"

/* What a vector cites. */
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
