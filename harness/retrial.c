/* SPDX-License-Identifier: MIT */

#include "harness/retrial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/document.h"
#include "harness/retrial_step.h"

/* The gravest verdict of the steps, or how the recording itself says that the case ended. */
static void sum_up(struct trial *trial)
{
    static const int gravity[VERDICT_COUNT] = {[VERDICT_UNSUPPORTED] = 1,
                                               [VERDICT_UNDECIDED] = 2,
                                               [VERDICT_BROKEN] = 3,
                                               [VERDICT_FAIL] = 4};
    struct tried *tried = trial->tried;

    tried->verdict = trial->recorded->end;
    (void)snprintf(tried->message, sizeof tried->message, "%s", trial->recorded->why);
    for (size_t i = 0; i <= trial->recorded->count; i++) {
        const struct tried_step *step = &tried->steps[i];

        tried->judged += step->judged;
        if (gravity[step->verdict] > gravity[tried->verdict]) {
            tried->verdict = step->verdict;
            memcpy(tried->message, step->message, sizeof tried->message);
        }
    }
    if (tried->verdict == VERDICT_PASS && tried->judged == 0) {
        tried->verdict = VERDICT_UNDECIDED;
        (void)snprintf(tried->message, sizeof tried->message, "no answer in it to judge");
    }
}

static void try_steps(struct trial *trial)
{
    const struct retrial *retrial = trial->retrial;
    struct tried *tried = trial->tried;
    const struct script script = {tried->vector, retrial->profile, trial->member, false, NULL,
                                  false};
    char trouble[BACKEND_TROUBLE_MAX];

    trial->sizes_fit = retrial_fit_sizes(retrial, &script, trial->recorded);
    if (retrial->model->begin(retrial->model->state, tried->vector, retrial->profile, trouble) !=
        STATUS_OK) {
        trial_conclude(&tried->steps[0], VERDICT_UNDECIDED, "the model cannot follow: %s", trouble);
        return;
    }
    for (size_t i = 0; i < trial->recorded->count && trial_step(trial, i); i++) {
    }
    (void)retrial->model->end(retrial->model->state, trouble);
    blobs_clear(&trial->blobs);
}

enum status trial_refuse(const struct trial *trial, size_t line, const char *field,
                         const char *expected, const char *actual)
{
    complain(trial->retrial->complaints, trial->retrial->path, (int)line, field, expected, "%s",
             actual);
    return STATUS_BAD_INPUT;
}

static enum status refuse(const struct trial *trial, const char *field, const char *expected,
                          const char *actual)
{
    return trial_refuse(trial, trial->recorded->line, field, expected, actual);
}

/* Nothing of a path, or all of it: its steps are calls, and what it came to is said. */
static enum status check_kind(const struct trial *trial)
{
    const struct recorded_case *recorded = trial->recorded;
    const bool path = trial->tried->vector->kind == VECTOR_PATH;
    const bool calls = recorded->count > 0 && recorded->steps[0].of_path.hop > 0;

    if (recorded->count > 0 && path != calls) {
        return refuse(trial, "kind", path ? "the calls of a path" : "steps", "the other");
    }
    if (path && recorded->end == VERDICT_PASS && recorded->outcome[0] == '\0') {
        return refuse(trial, "outcome", "what the path came to", "nothing");
    }
    return STATUS_OK;
}

/* Do the vector, the member and the recorded steps go together? */
static enum status check(struct trial *trial)
{
    const struct recorded_case *recorded = trial->recorded;
    const struct vector *vector = trial->tried->vector;
    const bool whole = recorded->end == VERDICT_PASS;

    trial->member = vector_member(vector, recorded->member);
    if ((trial->member == NULL) != (vector_sweep(vector) == NULL) ||
        (trial->member == NULL && recorded->member[0] != '\0')) {
        return refuse(trial, "member", "a member of the vector's sweep", recorded->member);
    }
    if (vector->kind != VECTOR_PATH &&
        (recorded->count > vector->step_count || (whole && recorded->count < vector->step_count))) {
        return refuse(trial, "step", "as many steps as the vector has", "another number");
    }
    return check_kind(trial);
}

static enum status read_vector(const struct trial *trial)
{
    const struct retrial *retrial = trial->retrial;
    struct document *document;
    char name[1024];
    enum status status;

    (void)snprintf(name, sizeof name, "%.900s:%zu", retrial->path, trial->recorded->line);
    status = document_from_tree(name, trial->recorded->vector, retrial->complaints, &document);
    return status == STATUS_OK
               ? vector_read(document, retrial->keys, retrial->complaints, &trial->tried->vector)
               : status;
}

static enum status try_all(struct trial *trial)
{
    if (trial->tried->vector->kind == VECTOR_PATH) {
        return trial_path(trial);
    }
    try_steps(trial);
    return STATUS_OK;
}

enum status retrial_case(const struct retrial *retrial, const struct recorded_case *recorded,
                         struct tried *tried)
{
    struct trial trial = {.retrial = retrial, .recorded = recorded, .tried = tried};
    enum status status;

    memset(tried, 0, sizeof *tried);
    status = read_vector(&trial);
    if (status == STATUS_OK) {
        status = check(&trial);
    }
    if (status == STATUS_OK) {
        tried->steps = calloc(recorded->count + 1, sizeof *tried->steps);
        status = tried->steps == NULL ? STATUS_BROKEN : STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = try_all(&trial);
    }
    if (status != STATUS_OK) {
        tried_clear(tried);
        return status;
    }
    sum_up(&trial);
    return STATUS_OK;
}

void tried_clear(struct tried *tried)
{
    vector_free(tried->vector);
    free(tried->steps);
    text_clear(&tried->hops);
    tried->vector = NULL;
    tried->steps = NULL;
}
