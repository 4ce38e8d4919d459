/* SPDX-License-Identifier: MIT */

#include "harness/path_show.h"

#include <stdlib.h>

#include "harness/document.h"
#include "harness/expectation_text.h"
#include "harness/path_vector.h"

static void add_topology(const struct topology *topology, struct text *text)
{
    for (size_t i = 0; i < topology->count; i++) {
        text_add(text, "  ");
        topology_add_service(topology, i, text);
        text_add(text, "\n");
    }
    text_add(text, "  ");
    topology_add_journey(topology, text);
    text_add(text, "\n");
}

static void add_json(json_t *value, struct text *text)
{
    char *line = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

    text_add(text, "%s", line == NULL ? "" : line);
    free(line);
}

static void add_band(const struct path_vector *path, const struct band *band, struct text *text)
{
    const struct expectation *expect = NULL;
    size_t count = 0;

    text_add(text, "  band %s:", band->name);
    for (size_t i = 0; i < path->case_count; i++) {
        if (path->cases[i].member.band == band) {
            text_add(text, "%s@%s", count++ % 4 == 0 ? "\n      " : "  ",
                     path->cases[i].member.text);
            expect = path->cases[i].expect;
        }
    }
    text_add(text, "\n");
    expectation_text(expect, 8, text);
}

/* Is it the first member of its band? */
static bool begins_band(const struct path_vector *path, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (path->cases[i].member.band == path->cases[index].member.band) {
            return false;
        }
    }
    return true;
}

static void add_axes(const struct vector *vector, struct text *text)
{
    json_t *axes = json_object_get(vector->document->root, "vary");
    size_t index;
    json_t *axis;

    json_array_foreach(axes, index, axis) {
        text_add(text, "  %s varies %s: ", json_string_value(json_object_get(axis, "as")),
                 json_string_value(json_object_get(axis, "of")));
        add_json(json_object_get(axis, "values"), text);
        text_add(text, "\n");
    }
}

void path_show(const struct vector *vector, struct text *text)
{
    const struct path_vector *path = vector->path_vector;

    add_topology(&path->topology, text);
    add_axes(vector, text);
    for (size_t i = 0; i < path->case_count; i++) {
        if (path->is_family && begins_band(path, i)) {
            add_band(path, path->cases[i].member.band, text);
        } else if (!path->is_family) {
            expectation_text(path->cases[i].expect, 8, text);
        }
    }
    if (path->control != NULL) {
        text_add(text, "  control: with ");
        add_json(path->control->set, text);
        text_add(text, " the path must %s\n",
                 path->control->kind == CONTROL_SUCCESS ? "reach its destination" : "be another");
    }
}
