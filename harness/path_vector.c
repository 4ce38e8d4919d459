/* SPDX-License-Identifier: MIT */

#include "harness/path_vector.h"

#include "harness/vector_load.h"

const struct path_case *path_case_of(const struct vector *vector, const struct sweep_member *member)
{
    /* Members stand first in their cases. */
    return member == NULL ? &vector->path_vector->cases[0] : (const struct path_case *)member;
}

size_t path_member_count(const struct vector *vector)
{
    const struct path_vector *path = vector->path_vector;

    return path != NULL && path->is_family ? path->case_count : 0;
}

const struct sweep_member *path_member(const struct vector *vector, size_t index)
{
    return &vector->path_vector->cases[index].member;
}

void path_each_expected(const struct path_vector *path,
                        bool (*visit)(void *context, const struct expected *expected),
                        void *context)
{
    for (size_t i = 0; i < path->case_count; i++) {
        if (path->cases[i].expect != NULL &&
            !expectation_each(path->cases[i].expect, visit, context)) {
            return;
        }
    }
}

bool path_asks(const struct path_vector *path, enum wfp_key key)
{
    for (size_t i = 0; i < path->case_count; i++) {
        if (path->cases[i].expect != NULL && expectation_asks(path->cases[i].expect, key)) {
            return true;
        }
    }
    return false;
}

/* ---- the control ---- */

static const struct word control_rows[] = {
    {"success", CONTROL_SUCCESS},
    {"contrast", CONTROL_CONTRAST},
};
static const struct words control_words = WORDS(control_rows);

static const struct member control_members[] = {
    {"kind", read_word, &control_words, offsetof(struct path_control, kind)},
    {"set", read_later, NULL, offsetof(struct path_control, set)},
};
static const struct shape control_shape = {control_members, 2, 0x3, 0x3};

static bool assign(struct reader *reader, json_t *set, const char *field, json_t *value,
                   struct topology *topology)
{
    const struct place place = place_member(set, field);

    return topology_has_field(topology, field)
               ? topology_assign(reader, place, value, field, topology)
               : reader_complain(reader, place, "something of the topology that can vary", "%s",
                                 field);
}

static bool set_control(struct reader *reader, const struct path_control *control,
                        struct path_case *is)
{
    const char *field;
    json_t *value;

    is->control = is->topology;
    json_object_foreach(control->set, field, value) {
        if (!assign(reader, control->set, field, value, &is->control)) {
            return false;
        }
    }
    return true;
}

static bool read_control(struct vector_load *load, json_t *value, struct path_vector *made)
{
    struct path_control *control = reader_keep(&load->reader, 1, sizeof *control);

    if (control == NULL || !read_object(&load->reader, place_member(load->root, "control"), value,
                                        &control_shape, control)) {
        return false;
    }
    if (!json_is_object(control->set) || json_object_size(control->set) == 0) {
        return reader_complain_value(&load->reader, place_member(value, "set"),
                                     "an object of what is changed", control->set);
    }
    made->control = control;
    for (size_t i = 0; i < made->case_count; i++) {
        if (!set_control(&load->reader, control, &made->cases[i])) {
            return false;
        }
    }
    return true;
}

/* ---- the claim ---- */

static bool note_flags(void *context, const struct expected *expected)
{
    *(bool *)context |= expected->path->flags_count > 0;
    return true;
}

/* Nobody looks at the flags that no expectation speaks of. */
static void note_watched(struct path_vector *made, bool always)
{
    for (size_t i = 0; i < made->case_count; i++) {
        bool *watched = &made->cases[i].topology.watched;

        *watched = always;
        if (made->cases[i].expect != NULL) {
            (void)expectation_each(made->cases[i].expect, note_flags, watched);
        }
        made->cases[i].control.watched = *watched;
    }
}

static bool note_reached(void *context, const struct expected *expected)
{
    *(bool *)context |= expected->path->end == WFP_PATH_REACHED;
    return true;
}

static bool check_claim(struct vector_load *load, const struct path_vector *made)
{
    bool reached = false;

    path_each_expected(made, note_reached, &reached);
    return reached || made->control != NULL ||
           reader_complain(&load->reader, place_member(load->root, "control"),
                           "a control, as the destination is never reached", "none");
}

struct fitting {
    const struct topology *topology;
    bool fits;
};

static bool note_fit(void *context, const struct expected *expected)
{
    struct fitting *fitting = context;

    fitting->fits &= outcome_fits(expected->path, fitting->topology);
    return true;
}

static bool check_fit(struct vector_load *load, const struct path_case *is)
{
    struct fitting fitting = {&is->topology, true};

    (void)expectation_each(is->expect, note_fit, &fitting);
    return fitting.fits ||
           reader_complain(&load->reader, place_member(load->root, "bands"),
                           "paths through services that take part", "another for %s",
                           is->member.text == NULL ? load->vector->id : is->member.text);
}

/* ---- all of it ---- */

static bool read_single(struct vector_load *load, struct path_vector *made)
{
    struct path_case *is = reader_keep(&load->reader, 1, sizeof *is);

    if (is == NULL) {
        return false;
    }
    is->topology = made->topology;
    made->cases = is;
    made->case_count = 1;
    return (load->only_played && json_object_get(load->root, "expect") == NULL) ||
           expectation_read_leaves(&load->reader, load->root, "expect", load->keys, outcome_read,
                                   &made->topology, &is->expect);
}

static bool check_kind(struct vector_load *load, const struct path_row *row)
{
    const bool family = row->vary != NULL;
    struct reader *reader = &load->reader;

    if (family != (row->bands != NULL)) {
        return reader_complain(reader, place_member(load->root, family ? "bands" : "vary"),
                               "vary and bands together", "one of them");
    }
    if (family && row->expect != NULL) {
        return reader_complain(reader, place_member(load->root, "expect"),
                               "none beside the bands of a family", "one");
    }
    return family || row->expect != NULL || load->only_played ||
           reader_complain(reader, place_member(load->root, "expect"),
                           "an expectation, or a family's bands", "nothing");
}

bool path_vector_read(struct vector_load *load, const struct path_row *row)
{
    struct path_vector *made = reader_keep(&load->reader, 1, sizeof *made);

    if (made == NULL ||
        !topology_read(&load->reader, load->root, row->topology, row->journey, &made->topology) ||
        !check_kind(load, row)) {
        return false;
    }
    made->is_family = row->vary != NULL;
    made->bands = row->bands;
    load->vector->path_vector = made;
    if (!(made->is_family ? path_family_read(load, row, made) : read_single(load, made))) {
        return false;
    }
    if (row->control != NULL && !read_control(load, row->control, made)) {
        return false;
    }
    for (size_t i = 0; i < made->case_count; i++) {
        if (made->cases[i].expect != NULL && !check_fit(load, &made->cases[i])) {
            return false;
        }
    }
    note_watched(made, load->only_played);
    return load->only_played || check_claim(load, made);
}
