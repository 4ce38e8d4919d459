/* SPDX-License-Identifier: MIT */

#include "harness/path_vector.h"

#include <string.h>

#include "harness/reader.h"
#include "harness/vector_load.h"

const struct path_scene *path_claim_scene(const struct path_claim *claim,
                                          const struct sweep_member *member)
{
    return member == NULL ? &claim->scene : member->scene;
}

const struct expectation *path_claim_expect(const struct path_claim *claim,
                                            const struct sweep_member *member)
{
    return member == NULL ? claim->expect : member->band->expect;
}

const struct path_scene *path_claim_control(const struct path_claim *claim,
                                            const struct sweep_member *member)
{
    return member == NULL ? claim->control_scene : member->control;
}

bool path_claim_asks(const struct path_claim *claim, enum wfp_key key)
{
    if (claim->expect != NULL && expectation_asks(claim->expect, key)) {
        return true;
    }
    for (size_t i = 0; claim->family != NULL && i < claim->family->count; i++) {
        if (expectation_asks(claim->family->bands[i].expect, key)) {
            return true;
        }
    }
    return false;
}

static bool check_needs(struct vector_load *load)
{
    struct place place = place_member(load->root, "needs");
    json_t *needs = load->row.needs;
    const char *name = need_name(NEED_KERNEL_FACE);
    if (!check_array(&load->reader, place, needs, 1, 1)) {
        return false;
    }
    const char *found = json_string_value(json_array_get(needs, 0));
    load->vector->needs = NEED_BIT(NEED_KERNEL_FACE);
    return (found != NULL && strcmp(found, name) == 0) ||
           reader_complain_value(&load->reader, place_item(needs, 0), name,
                                 json_array_get(needs, 0));
}

static bool read_claim(struct vector_load *load, const struct topology_rows *rows,
                       struct path_claim *claim)
{
    struct reader *reader = &load->reader;
    const struct vector_row *row = &load->row;
    const bool both = row->expect != NULL && row->family != NULL;
    const bool neither = row->expect == NULL && row->family == NULL && !load->only_played;
    if (both || neither) {
        return reader_complain(reader, place_member(load->root, "expect"),
                               "either this member or family", "%s", both ? "both" : "neither");
    }
    topology_scene(rows, &claim->scene);
    if (row->control != NULL && !path_control_read(reader, load->root, row->control, rows, claim)) {
        return false;
    }
    if (row->family != NULL) {
        return path_family_read(reader, load->root, row->family, load->keys, rows, claim);
    }
    if (claim->control != NULL) {
        claim->control_scene = path_control_make(reader, claim->control, rows, rows);
    }
    return row->expect == NULL ||
           expectation_read_path(reader, load->root, "expect", load->keys, rows, &claim->expect);
}

bool vector_read_path(struct vector_load *load)
{
    struct topology_rows *rows = reader_keep(&load->reader, 1, sizeof *rows);
    struct path_claim *claim = reader_keep(&load->reader, 1, sizeof *claim);
    if (rows == NULL || claim == NULL) {
        return false;
    }
    const bool good = check_needs(load);
    if (!topology_read(&load->reader, load->root, load->row.services, load->row.journey, rows)) {
        return false;
    }
    load->vector->route = claim;
    if (!read_claim(load, rows, claim)) {
        return false;
    }
    return (load->only_played || path_control_check(&load->reader, load->root, claim)) && good;
}
