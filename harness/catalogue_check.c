/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/catalogue.h"
#include "harness/reader.h"
#include "harness/vector.h"

/* What a vector cites. */
struct citing {
    const struct catalogue *catalogue;
    struct reader reader;
};

static void check_list(struct citing *citing, json_t *list)
{
    size_t index;
    json_t *id;

    json_array_foreach(list, index, id) {
        if (!catalogue_has(citing->catalogue, json_string_value(id))) {
            reader_complain(&citing->reader, place_item(list, index), "an id of clauses.json", "%s",
                            json_string_value(id));
        }
    }
}

/* Ids stand in every list of these names and nowhere else; the vector has been read already. */
static bool cites(const char *name)
{
    return strcmp(name, "clauses") == 0 || strcmp(name, "by") == 0;
}

static void check_value(struct citing *citing, json_t *value)
{
    const char *name;
    size_t index;
    json_t *inner;

    json_object_foreach(value, name, inner) {
        if (cites(name) && json_is_array(inner)) {
            check_list(citing, inner);
        } else {
            check_value(citing, inner);
        }
    }
    json_array_foreach(value, index, inner) {
        check_value(citing, inner);
    }
}

enum status catalogue_check(const struct catalogue *catalogue, const struct vector *vector,
                            struct complaints *complaints)
{
    struct citing citing = {
        .catalogue = catalogue,
        .reader = {.document = vector->document, .complaints = complaints},
    };

    check_value(&citing, vector->document->root);
    return reader_status(&citing.reader);
}
