/* SPDX-License-Identifier: MIT */

#include "harness/replay/policy.h"

#include <stdlib.h>

#include "harness/reader.h"

static const struct text_rule rule_story = {1, 400, NULL, "a text of 1 to 400 characters"};

struct policy_row {
    const char *story;
    json_t *services, *filters, *local;
};

static const struct member policy_members[] = {
    {"story", read_text, &rule_story, offsetof(struct policy_row, story)},
    {"services", read_later, NULL, offsetof(struct policy_row, services)},
    {"filters", read_later, NULL, offsetof(struct policy_row, filters)},
    {"local", read_later, NULL, offsetof(struct policy_row, local)},
};
static const struct shape policy_shape = {policy_members, 4, 0x2, MEMBERS_ALL};

/* ---- reading ---- */

static bool read_filters(struct reader *reader, json_t *root, json_t *list, struct policy *policy)
{
    bool good = true;

    if (!check_array(reader, place_member(root, "filters"), list, 0, POLICY_FILTERS_MAX)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct policy_filter *filter = &policy->filters[i];

        good &= policy_filter_read(reader, list, i, &policy->rows, filter);
        policy->filtered |= UINT32_C(1) << filter->service;
    }
    policy->filter_count = json_array_size(list);
    return good;
}

static void read_policy(struct reader *reader, struct policy *policy)
{
    json_t *root = policy->document->root;
    struct policy_row row = {0};

    if (!read_object(reader, place_whole(root), root, &policy_shape, &row) ||
        !topology_read(reader, root, row.services, NULL, &policy->rows)) {
        return;
    }
    policy->story = row.story;
    policy->services = row.services;
    if (row.filters != NULL) {
        (void)read_filters(reader, root, row.filters, policy);
    }
    if (row.local != NULL) {
        (void)policy_subnets_read(reader, root, "local", row.local, policy->local,
                                  &policy->local_count);
    }
}

enum status policy_load(const char *path, struct complaints *complaints, struct policy **policy)
{
    struct policy *made = calloc(1, sizeof *made);
    struct reader reader = {.complaints = complaints};
    enum status status;

    if (made == NULL) {
        return STATUS_BROKEN;
    }
    status = document_load(path, POLICY_FILE_MAX, complaints, &made->document);
    if (status == STATUS_OK) {
        reader.document = made->document;
        read_policy(&reader, made);
        status = reader_status(&reader);
    }
    if (status != STATUS_OK) {
        policy_free(made);
        return status;
    }
    *policy = made;
    return STATUS_OK;
}

void policy_free(struct policy *policy)
{
    if (policy != NULL && policy->document != NULL) {
        document_free(policy->document);
    }
    free(policy);
}

/* ---- which flows ---- */

uint32_t policy_match(const struct policy *policy, const struct flow_summary *flow)
{
    uint32_t services = ((UINT32_C(1) << policy->rows.count) - 1) & ~policy->filtered;

    for (size_t i = 0; i < policy->filter_count; i++) {
        const struct policy_filter *filter = &policy->filters[i];
        const uint32_t bit = UINT32_C(1) << filter->service;

        if ((services & bit) == 0 && policy_filter_matches(filter, flow)) {
            services |= bit;
        }
    }
    return services;
}

static bool is_local(const struct policy *policy, const struct flow_address *address,
                     uint8_t family)
{
    return policy_subnets_have(policy->local, policy->local_count, address->words, family);
}

enum policy_side policy_side_of(const struct policy *policy, const struct flow_summary *flow)
{
    if (policy->local_count == 0 || is_local(policy, &flow->client, flow->family)) {
        return SIDE_OUTGOING;
    }
    return is_local(policy, &flow->server, flow->family) ? SIDE_INCOMING : SIDE_ELSEWHERE;
}

/* ---- the services ---- */

bool policy_asked_before(const struct policy *policy, uint32_t a, uint32_t b)
{
    const struct service_row *first = &policy->rows.services[a];
    const struct service_row *second = &policy->rows.services[b];

    if (first->sublayer != second->sublayer) {
        return first->sublayer > second->sublayer;
    }
    return first->weight != second->weight ? first->weight > second->weight : a < b;
}

void policy_scene(const struct policy *policy, uint32_t services, struct path_scene *scene)
{
    struct topology_rows rows = {.journey = policy->rows.journey};

    for (uint32_t i = 0; i < policy->rows.count; i++) {
        if ((services >> i & 1) != 0) {
            rows.services[rows.count++] = policy->rows.services[i];
        }
    }
    topology_scene(&rows, scene);
}
