/* SPDX-License-Identifier: MIT */

#include "harness/variant.h"

#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/path_vector.h"

static bool step_asks(const struct step *step, enum wfp_key key)
{
    if (step->expect != NULL && expectation_asks(step->expect, key)) {
        return true;
    }
    for (size_t b = 0; step->sweep != NULL && b < step->sweep->count; b++) {
        if (expectation_asks(step->sweep->bands[b].expect, key)) {
            return true;
        }
    }
    return false;
}

static bool vector_asks(const struct vector *vector, enum wfp_key key)
{
    if (vector->route != NULL && path_claim_asks(vector->route, key)) {
        return true;
    }
    for (size_t i = 0; i < vector->step_count; i++) {
        if (step_asks(&vector->steps[i], key)) {
            return true;
        }
    }
    return false;
}

static struct profile *copy_with(struct variants *variants, const struct profile *base,
                                 enum wfp_key key, const struct wfp_value *value)
{
    struct profile **list =
        realloc(variants->profiles, (variants->count + 1) * sizeof(struct profile *));
    struct profile *copy = malloc(sizeof *copy);

    if (list != NULL) {
        variants->profiles = list;
    }
    if (list == NULL || copy == NULL) {
        free(copy);
        return NULL;
    }
    *copy = *base;
    copy->values.keys[key].count = 1;
    copy->values.keys[key].values[0] = *value;
    variants->profiles[variants->count++] = copy;
    return copy;
}

static bool has_value(const struct profile *profile, enum wfp_key key,
                      const struct wfp_value *value)
{
    const struct wfp_choice *choice = &profile->values.keys[key];

    return choice->count == 1 && value_equal(wfp_key_type(key), &choice->values[0], value);
}

static enum status add_variant(struct variants *variants, const struct profile *profile,
                               enum wfp_key key, const struct tree *tree,
                               const struct backend *backend)
{
    static const struct plan_filter all = {NULL, NULL, 0};

    for (size_t i = 0; i < tree->count; i++) {
        if (vector_asks(tree->vectors[i], key) &&
            plan_add(&variants->plan, tree->vectors[i], profile, &all, backend, backend) !=
                STATUS_OK) {
            return STATUS_BROKEN;
        }
    }
    return STATUS_OK;
}

static enum status add_key(struct variants *variants, const struct profile *base,
                           const struct key_entry *entry, const struct tree *tree,
                           const struct backend *backend)
{
    for (size_t i = 0; i < entry->value_count; i++) {
        const struct profile *profile;

        if (has_value(base, entry->key, &entry->values[i])) {
            continue;
        }
        profile = copy_with(variants, base, entry->key, &entry->values[i]);
        if (profile == NULL ||
            add_variant(variants, profile, entry->key, tree, backend) != STATUS_OK) {
            return STATUS_BROKEN;
        }
    }
    return STATUS_OK;
}

enum status variants_add(struct variants *variants, const struct profile *base,
                         const struct key_catalogue *keys, const struct tree *tree,
                         const struct backend *backend)
{
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        const enum wfp_key_type type = keys->entries[key].type;

        if ((type == WFP_TYPE_ANSWER || type == WFP_TYPE_FLAG) &&
            add_key(variants, base, &keys->entries[key], tree, backend) != STATUS_OK) {
            return STATUS_BROKEN;
        }
    }
    return STATUS_OK;
}

void variants_clear(struct variants *variants)
{
    plan_clear(&variants->plan);
    for (size_t i = 0; i < variants->count; i++) {
        free(variants->profiles[i]);
    }
    free(variants->profiles);
    memset(variants, 0, sizeof *variants);
}
