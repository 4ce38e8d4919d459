/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/expectation.h"
#include "harness/profile.h"

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_message(const struct expected_message *a, const struct expected_message *b)
{
    if (a->flags != b->flags || a->part != b->part || a->count != b->count ||
        !same_text(a->data_hex, b->data_hex)) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->objects[i].level != b->objects[i].level ||
            a->objects[i].type != b->objects[i].type ||
            !same_text(a->objects[i].equals_blob, b->objects[i].equals_blob) ||
            !same_text(a->objects[i].equals_context, b->objects[i].equals_context)) {
            return false;
        }
    }
    return true;
}

static bool is_listed(const struct expected_list *list, const struct expected *expected)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct expected *other = list->items[i];
        if (other->path == expected->path && wfp_answer_equal(other->answer, expected->answer) &&
            other->changed == expected->changed &&
            same_text(other->equals_blob, expected->equals_blob) &&
            same_text(other->equals_context, expected->equals_context) &&
            same_message(&other->message, &expected->message)) {
            return true;
        }
    }
    return false;
}

static bool collect(const struct expectation *expectation, const struct profile *active,
                    struct expected_list *list);

static bool collect_answers(const struct expectation *expectation, struct expected_list *list)
{
    for (size_t i = 0; i < expectation->count; i++) {
        if (is_listed(list, &expectation->answers[i])) {
            continue;
        }
        if (list->count == EXPECTED_LIST_MAX) {
            snprintf(list->missing, sizeof list->missing, "room for so many alternatives");
            return false;
        }
        list->items[list->count++] = &expectation->answers[i];
    }
    return true;
}

static bool collect_profile(const struct expectation *expectation, const struct profile *active,
                            struct expected_list *list)
{
    for (size_t link = 0; link < active->chain_count; link++) {
        for (size_t i = 0; i < expectation->count; i++) {
            const struct branch *branch = &expectation->branches[i];
            if (strcmp(branch->name, active->chain[link]) == 0) {
                return collect(branch->expectation, active, list);
            }
        }
    }
    snprintf(list->missing, sizeof list->missing, "profile %s", active->name);
    return false;
}

static const struct branch *find_value(const struct expectation *expectation,
                                       const struct wfp_value *value)
{
    for (size_t i = 0; i < expectation->count; i++) {
        if (value_equal(wfp_key_type(expectation->key), &expectation->branches[i].value, value)) {
            return &expectation->branches[i];
        }
    }
    return NULL;
}

static bool collect_key(const struct expectation *expectation, const struct profile *active,
                        struct expected_list *list)
{
    const struct wfp_choice *choice = &active->values.keys[expectation->key];
    for (uint32_t i = 0; i < choice->count; i++) {
        const struct branch *branch = find_value(expectation, &choice->values[i]);
        if (branch == NULL) {
            char text[VALUE_TEXT_MAX];
            value_print(wfp_key_type(expectation->key), &choice->values[i], text, sizeof text);
            snprintf(list->missing, sizeof list->missing, "key %s = %s",
                     wfp_key_name(expectation->key), text);
            return false;
        }
        if (!collect(branch->expectation, active, list)) {
            return false;
        }
    }
    return true;
}

static bool collect(const struct expectation *expectation, const struct profile *active,
                    struct expected_list *list)
{
    if (expectation->kind == EXPECTATION_PROFILE) {
        return collect_profile(expectation, active, list);
    }
    if (expectation->kind == EXPECTATION_KEY) {
        return collect_key(expectation, active, list);
    }
    return collect_answers(expectation, list);
}

bool expectation_leaves(const struct expectation *expectation, const struct profile *active,
                        struct expected_list *list)
{
    list->count = 0;
    list->missing[0] = '\0';
    return collect(expectation, active, list);
}

bool expectation_asks(const struct expectation *expectation, enum wfp_key key)
{
    if (expectation->kind == EXPECTATION_ANSWERS) {
        return false;
    }
    if (expectation->kind == EXPECTATION_KEY && expectation->key == key) {
        return true;
    }
    for (size_t i = 0; i < expectation->count; i++) {
        if (expectation_asks(expectation->branches[i].expectation, key)) {
            return true;
        }
    }
    return false;
}
