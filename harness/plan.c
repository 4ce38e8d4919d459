/* SPDX-License-Identifier: MIT */

#include "harness/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/profile.h"
#include "harness/runner.h"

bool glob_matches(const char *glob, const char *text)
{
    const char *star = NULL;
    const char *retry = text;

    while (*text != '\0') {
        if (*glob == '*') {
            star = ++glob;
            retry = text;
        } else if (*glob == '?' || *glob == *text) {
            glob++;
            text++;
        } else if (star != NULL) {
            glob = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*glob == '*') {
        glob++;
    }
    return *glob == '\0';
}

static void print_name(const struct vector *vector, const struct sweep_member *member, char *buffer,
                       size_t size)
{
    (void)snprintf(buffer, size, "%s%s%s", vector->id, member == NULL ? "" : "@",
                   member == NULL ? "" : member->text);
}

void plan_case_name(const struct plan_case *planned, char *buffer, size_t size)
{
    char bare[CASE_NAME_MAX];

    print_name(planned->vector, planned->member, bare, sizeof bare);
    (void)snprintf(buffer, size, "%s[%s]", bare, planned->profile->name);
}

/* Does a name on the command line speak of one member of this vector? */
static bool names_member_of(const char *name, const struct vector *vector)
{
    const size_t length = strlen(vector->id);

    return strncmp(name, vector->id, length) == 0 && name[length] == '@';
}

/* The profile in brackets, which a copied name may end with, says nothing here. */
static bool same_case(const char *name, const char *bare)
{
    const size_t length = strcspn(name, "[");

    return strlen(bare) == length && strncmp(name, bare, length) == 0;
}

static bool named(const struct plan_filter *filter, const struct vector *vector, const char *bare)
{
    bool other_member = false;

    for (size_t i = 0; i < filter->name_count; i++) {
        if (names_member_of(filter->names[i], vector)) {
            if (same_case(filter->names[i], bare)) {
                return true;
            }
            other_member = true;
        }
    }
    return !other_member;
}

static bool wanted(const struct plan_filter *filter, const struct vector *vector,
                   const struct sweep_member *member)
{
    char bare[CASE_NAME_MAX];

    print_name(vector, member, bare, sizeof bare);
    return named(filter, vector, bare) &&
           (filter->select == NULL || glob_matches(filter->select, bare) ||
            glob_matches(filter->select, vector->id));
}

/* Would this member repeat an earlier one, or is it outside its band, now that N is known? */
static bool applies(const struct vector *vector, const struct learned *learned,
                    const struct sweep_member *member, const uint32_t *sizes, size_t size_count,
                    uint32_t *size, bool *sized)
{
    const size_t index = vector->swept == NULL ? 0 : vector->swept->number - 1;
    const bool known = learned->known[index];

    *sized = false;
    if (member->of != SWEEP_OUT_SIZE ||
        !size_resolve(member->size, learned->n[index], known, size)) {
        return !(member->of == SWEEP_OUT_SIZE && known);
    }
    *sized = true;
    if (known && band_is_range(member->band->name) &&
        !band_holds(member->band->name, *size, learned->n[index])) {
        return false;
    }
    for (size_t i = 0; i < size_count; i++) {
        if (sizes[i] == *size) {
            return false;
        }
    }
    return true;
}

static bool append(struct plan *plan, const struct plan_case *planned)
{
    if (plan->count == plan->room) {
        const size_t room = plan->room == 0 ? 256 : plan->room * 2;
        struct plan_case *cases = realloc(plan->cases, room * sizeof *cases);

        if (cases == NULL) {
            return false;
        }
        plan->cases = cases;
        plan->room = room;
    }
    plan->cases[plan->count++] = *planned;
    return true;
}

static struct learned *keep_learned(struct plan *plan)
{
    struct learned **list =
        realloc(plan->learned, (plan->learned_count + 1) * sizeof(struct learned *));
    struct learned *learned = calloc(1, sizeof *learned);

    if (list != NULL) {
        plan->learned = list;
    }
    if (list == NULL || learned == NULL) {
        free(learned);
        return NULL;
    }
    plan->learned[plan->learned_count++] = learned;
    return learned;
}

/* Is N another for each member? Only where the member says what is asked of whom. */
static bool member_moves_n(const struct sweep_member *member)
{
    return member != NULL && (member->of == SWEEP_ON || member->of == SWEEP_CODE);
}

static bool control_possible(const struct plan_case *planned, const struct backend *reference)
{
    struct script script = {planned->vector, planned->profile, planned->member,
                            false,           planned->learned, false};
    const struct control *control = planned->vector->control;
    struct wfp_answer tested = {0};
    struct wfp_answer controlled;

    if (control == NULL) {
        return true;
    }
    if (control->kind == CONTROL_CONTRAST && !play_claim(reference, &script, &tested)) {
        return false;
    }
    script.control = true;
    if (!play_claim(reference, &script, &controlled)) {
        return false;
    }
    if (control->kind == CONTROL_CONTRAST) {
        return !wfp_answer_equal(tested, controlled);
    }
    return controlled.outcome == WFP_RETURNED && controlled.error == 0;
}

static enum status add_case(struct plan *plan, struct plan_case *planned,
                            const struct backend *backend, const struct backend *reference)
{
    if (member_moves_n(planned->member) && vector_uses_n(planned->vector)) {
        const struct script script = {
            planned->vector, planned->profile, planned->member, false, NULL, false};
        struct learned *learned = keep_learned(plan);

        if (learned == NULL) {
            return STATUS_BROKEN;
        }
        play_learn(backend, &script, learned);
        planned->learned = learned;
    }
    planned->controllable = planned->vector->kind == VECTOR_PATH
                                ? path_control_possible(planned, reference)
                                : control_possible(planned, reference);
    return append(plan, planned) ? STATUS_OK : STATUS_BROKEN;
}

static enum status add_members(struct plan *plan, struct plan_case *planned,
                               const struct plan_filter *filter, const struct backend *backend,
                               const struct backend *reference)
{
    const struct sweep *sweep = vector_sweep(planned->vector);
    const struct learned *learned = planned->learned;
    uint32_t sizes[VECTOR_BANDS_MAX * VECTOR_MEMBERS_MAX];
    size_t size_count = 0;
    enum status status = STATUS_OK;

    for (size_t b = 0; b < sweep->count; b++) {
        for (size_t m = 0; m < sweep->bands[b].count && status == STATUS_OK; m++) {
            const struct sweep_member *member = &sweep->bands[b].members[m];
            uint32_t size = 0;
            bool sized;

            if (!applies(planned->vector, learned, member, sizes, size_count, &size, &sized)) {
                continue;
            }
            if (sized) {
                sizes[size_count++] = size;
            }
            if (wanted(filter, planned->vector, member)) {
                planned->member = member;
                planned->learned = learned;
                status = add_case(plan, planned, backend, reference);
            }
        }
    }
    return status;
}

enum status plan_add(struct plan *plan, const struct vector *vector, const struct profile *profile,
                     const struct plan_filter *filter, const struct backend *backend,
                     const struct backend *reference)
{
    struct plan_case planned = {vector, profile, NULL, NULL, true};
    const struct script script = {vector, profile, NULL, false, NULL, false};
    struct learned *learned = keep_learned(plan);
    const size_t before = plan->count;
    enum status status = STATUS_OK;

    if (learned == NULL) {
        return STATUS_BROKEN;
    }
    planned.learned = learned;
    if (vector_uses_n(vector) && (vector->needs & ~backend->needs) == 0) {
        play_learn(backend, &script, learned);
    }
    if (vector_sweep(vector) != NULL) {
        status = add_members(plan, &planned, filter, backend, reference);
    } else if (wanted(filter, vector, NULL)) {
        status = add_case(plan, &planned, backend, reference);
    }
    plan->vectors += plan->count > before;
    return status;
}

void plan_clear(struct plan *plan)
{
    for (size_t i = 0; i < plan->learned_count; i++) {
        free(plan->learned[i]);
    }
    free(plan->learned);
    free(plan->cases);
    memset(plan, 0, sizeof *plan);
}
