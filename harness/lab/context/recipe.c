/* SPDX-License-Identifier: MIT */

#include "harness/lab/context/recipe.h"

#include <stddef.h>
#include <stdlib.h>

#include "harness/lab/context/recipe_explain.h"
#include "harness/reader.h"

enum { FILE_LIMIT = 1048576, FAMILIES = 2 };

struct recipe {
    struct document *document;
    const char *story;
    struct recipe_fields fields[FAMILIES]; /* by enum wfp_family; without any: not covered */
};

struct recipe_row {
    const char *story;
    uint32_t size;
};

static const struct text_rule rule_story = {10, 400, NULL, "a text of 10 to 400 characters"};
static const struct range range_size = {1, RECIPE_SIZE_MAX};

static const struct member recipe_members[] = {
    {"story", read_text, &rule_story, offsetof(struct recipe_row, story)},
    {"size", read_number, &range_size, offsetof(struct recipe_row, size)},
    {"fields", read_elsewhere, NULL, 0},
    {"ipv4", read_elsewhere, NULL, 0},
    {"ipv6", read_elsewhere, NULL, 0},
};
static const struct shape recipe_shape = {recipe_members, 5, 0x1, MEMBERS_ALL};

/* ---- reading ---- */

static const struct {
    const char *member;
    int families;
} lists[] = {{"fields", RECIPE_BOTH}, {"ipv4", RECIPE_ONLY_IPV4}, {"ipv6", RECIPE_ONLY_IPV6}};

static void read_list(struct reader *reader, json_t *root, size_t list, uint32_t size,
                      struct recipe *recipe)
{
    const struct recipe_scope scope = {.families = lists[list].families, .client = true};
    struct recipe_fields fields = {.size = size};

    if (json_object_get(root, lists[list].member) == NULL ||
        !recipe_fields_read(reader, root, lists[list].member, &scope, &fields)) {
        return;
    }
    for (unsigned family = 0; family < FAMILIES; family++) {
        if ((scope.families >> family & 1) != 0) {
            recipe->fields[family] = fields;
        }
    }
}

static bool check_lists(struct reader *reader, json_t *root)
{
    const bool both = json_object_get(root, "fields") != NULL;
    const bool one = json_object_get(root, "ipv4") != NULL || json_object_get(root, "ipv6") != NULL;

    return both != one ||
           reader_complain(reader, place_whole(root),
                           "either fields for both families, or ipv4 and ipv6 or one of them", "%s",
                           both ? "both" : "none");
}

static void read_recipe(struct reader *reader, void *target)
{
    struct recipe *recipe = target;
    json_t *root = reader->document->root;
    struct recipe_row row = {0};

    if (!read_object(reader, place_whole(root), root, &recipe_shape, &row) ||
        !check_lists(reader, root)) {
        return;
    }
    recipe->story = row.story;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        read_list(reader, root, i, row.size, recipe);
    }
}

enum status recipe_load(const char *path, struct complaints *complaints, struct recipe **recipe)
{
    struct recipe *made = calloc(1, sizeof *made);
    enum status status;

    if (made == NULL) {
        return STATUS_BROKEN;
    }
    status = reader_load(path, FILE_LIMIT, complaints, read_recipe, made, &made->document);
    if (status != STATUS_OK) {
        recipe_free(made);
        return status;
    }
    *recipe = made;
    return STATUS_OK;
}

void recipe_free(struct recipe *recipe)
{
    if (recipe != NULL) {
        document_free(recipe->document);
    }
    free(recipe);
}

/* ---- use ---- */

bool recipe_covers(const struct recipe *recipe, enum wfp_family family)
{
    return recipe->fields[family].count > 0;
}

bool recipe_build(const struct recipe *recipe, const struct recipe_facts *facts, uint8_t *out,
                  size_t room, size_t *size)
{
    const enum wfp_family family = (enum wfp_family)facts->destination.family;

    return recipe_covers(recipe, family) &&
           recipe_fields_write(&recipe->fields[family], facts, out, room, size);
}

enum status recipe_explain(const struct recipe *recipe, FILE *out)
{
    enum status status = STATUS_OK;

    (void)fprintf(out, "%s\n", recipe->story);
    for (unsigned family = 0; family < FAMILIES && status == STATUS_OK; family++) {
        if (recipe_covers(recipe, (enum wfp_family)family)) {
            status = recipe_fields_explain(&recipe->fields[family], (enum wfp_family)family, out);
        }
    }
    return status;
}
