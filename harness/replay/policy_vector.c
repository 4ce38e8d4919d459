/* SPDX-License-Identifier: MIT */

#include "harness/replay/policy_vector.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/output.h"
#include "harness/plan.h"
#include "harness/platform/files.h"
#include "harness/profile.h"
#include "harness/reader.h"
#include "harness/replay/policy_report.h"
#include "harness/sha256.h"

enum {
    STATIONS_WRITTEN_MAX = 48,
    SHORT_HASH = 8,
    ID_MAX = 64,
    FIELD_MAX = 64,
    REFERENCE_MAX = 300,
    FILE_NAME_MAX = 4096
};
enum { READ_SIZE = 1 << 16 };

/* ---- choosing ---- */

/* What the format can say: what somebody is asked about, and its whole path. */
static bool is_fit(const struct policy_class *class, const struct flow_summary *flow)
{
    return class->followed && class->services != 0 && flow->classified &&
           class->outcome.count <= STATIONS_WRITTEN_MAX;
}

static bool is_wanted(const struct vector_picks *picks, const struct replay_report *report,
                      const struct flow_summary *flow)
{
    char id[FLOW_ID_MAX];

    if (picks->glob == NULL) {
        return !picks->seen[flow->class];
    }
    replay_flow_id(report, flow->first_packet, id);
    return glob_matches(picks->glob, id);
}

void vector_pick(struct vector_picks *picks, const struct replay_report *report,
                 const struct flow_summary *flow)
{
    const bool fits = is_fit(policy_class_at(report->classes, flow->class), flow);

    if (!is_wanted(picks, report, flow)) {
        return;
    }
    if (!fits) {
        picks->unfit += picks->glob != NULL;
        return;
    }
    picks->seen[flow->class] = true;
    if (picks->count >= picks->max) {
        picks->beyond++;
        return;
    }
    picks->flows[picks->count++] = *flow;
}

/* ---- hashes ---- */

static bool hash_file(const char *path, char text[SHA256_TEXT_MAX])
{
    FILE *file = files_open(path, "rb");
    uint8_t bytes[READ_SIZE];
    struct sha256 sha;
    size_t size;
    bool good;

    if (file == NULL) {
        return false;
    }
    sha256_begin(&sha);
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0) {
        sha256_add(&sha, bytes, size);
    }
    good = ferror(file) == 0;
    (void)fclose(file);
    sha256_end(&sha, text);
    return good;
}

static enum status hash(const char *path, struct complaints *complaints, char text[SHA256_TEXT_MAX])
{
    errno = 0;
    if (hash_file(path, text)) {
        return STATUS_OK;
    }
    complain(complaints, path, 0, "file", "one that can be read again, for its hash", "%s",
             strerror(errno));
    return STATUS_BAD_INPUT;
}

/* ---- one vector ---- */

struct writing {
    const struct replay_report *report;
    const struct policy *policy;
    char policy_hash[SHA256_TEXT_MAX];
    char capture_hash[SHA256_TEXT_MAX];
    size_t capture; /* whose hash that is, from 1; 0: none yet */
};

/* As they stand in the policy; what came from their place among the others is said aloud. */
static json_t *services_of(const struct policy *policy, uint32_t services)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < policy->rows.count; i++) {
        if ((services >> i & 1) != 0) {
            json_t *service = json_deep_copy(json_array_get(policy->services, i));

            (void)json_object_set_new(service, "weight",
                                      json_integer(policy->rows.services[i].weight));
            (void)json_object_set_new(service, "sublayer",
                                      json_integer(policy->rows.services[i].sublayer));
            (void)json_array_append_new(list, service);
        }
    }
    return list;
}

/* The clauses that say what somebody was told, and that all ends or does not. */
static json_t *clauses_of(const struct path_outcome *outcome)
{
    static const char *const states[4] = {"ST-01", "ST-02", "ST-03", "ST-04"};
    json_t *list = json_array();
    unsigned told = 0;

    for (size_t hop = 0; hop < outcome->told_hops; hop++) {
        for (unsigned i = 0; i < WFP_PATH_SERVICES_MAX; i++) {
            told |= outcome->hops[hop].told[i] < 4 ? 1u << outcome->hops[hop].told[i] : 0;
        }
    }
    (void)json_array_append_new(
        list, json_string(outcome->end == WFP_PATH_LOOPS ? "LOOP-01" : "LOOP-04"));
    for (unsigned state = 0; state < 4; state++) {
        if ((told >> state & 1) != 0) {
            (void)json_array_append_new(list, json_string(states[state]));
        }
    }
    return list;
}

static json_t *source_of(const struct writing *writing, const struct flow_summary *flow)
{
    const struct replay_place place = replay_place(writing->report, flow->first_packet);
    char reference[REFERENCE_MAX];

    (void)snprintf(reference, sizeof reference,
                   "replay of the capture with SHA-256 %s: the flow of %" PRIu64
                   " packets from packet %" PRIu64 "; policy with SHA-256 %s, profile %s",
                   writing->capture_hash, flow->packets, place.packet, writing->policy_hash,
                   policy_classes_profile(writing->report->classes)->name);
    return json_pack("{s:s, s:s, s:s}", "kind", "regression", "reference", reference, "tool",
                     "wfpcheck " WFPCHECK_VERSION);
}

/* Where nothing is reached: the same with services that let everything pass. */
static json_t *control_of(const struct path_outcome *outcome)
{
    static const char *const layers[] = {"deeds", "at-auth-connect"};
    json_t *set = json_object();

    if (outcome->end == WFP_PATH_REACHED) {
        json_decref(set);
        return NULL;
    }
    for (size_t layer = 0; layer < 2; layer++) {
        for (size_t state = 0; state < redirect_state_words.count; state++) {
            char field[FIELD_MAX];

            (void)snprintf(field, sizeof field, "*.%s.%s", layers[layer],
                           redirect_state_words.rows[state].text);
            (void)json_object_set_new(set, field, json_string("permit"));
        }
    }
    return json_pack("{s:s, s:o}", "kind", "contrast", "set", set);
}

static json_t *vector_of(const struct writing *writing, const struct policy_class *class,
                         const struct flow_summary *flow, const char *id)
{
    json_t *expect = policy_outcome_json(class);
    json_t *clauses = clauses_of(&class->outcome);

    (void)json_object_set(expect, "by", clauses);
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:[s], s:o, s:{s:s, s:s}, s:o, s:o*}", "id", id,
                     "kind", "path", "story",
                     "A flow of a capture under a policy of redirect services; expected is "
                     "what the model said when this was written.",
                     "clauses", clauses, "source", source_of(writing, flow), "needs", "kernel-face",
                     "services", services_of(writing->policy, class->services), "journey", "dials",
                     class->family == 4 ? "ipv4" : "ipv6", "protocol",
                     class->protocol == PROTOCOL_TCP ? "tcp" : "udp", "expect", expect, "control",
                     control_of(&class->outcome));
}

static enum status write_vector(const char *folder, const char *id, json_t *vector,
                                struct complaints *complaints)
{
    char path[FILE_NAME_MAX];
    struct output_file output;
    enum status status;

    if ((size_t)snprintf(path, sizeof path, "%s/%s.json", folder, id) >= sizeof path) {
        complain(complaints, "wfpcheck replay", 0, "--emit-vectors", "a shorter path", "%s",
                 folder);
        return STATUS_BAD_INPUT;
    }
    status = output_open(path, complaints, &output);
    if (status != STATUS_OK) {
        return status;
    }
    if (vector == NULL || json_dumpf(vector, output.stream, JSON_INDENT(2)) != 0) {
        output_abandon(&output);
        complain(complaints, path, 0, "file", "memory and room for it", "none");
        return STATUS_BROKEN;
    }
    (void)fputc('\n', output.stream);
    return output_commit(&output, complaints);
}

static enum status write_flow(struct writing *writing, const char *folder,
                              const struct flow_summary *flow, struct complaints *complaints)
{
    const struct replay_place place = replay_place(writing->report, flow->first_packet);
    const struct policy_class *class = policy_class_at(writing->report->classes, flow->class);
    enum status status = STATUS_OK;
    char id[ID_MAX];
    json_t *vector;

    if (writing->capture != place.capture + 1) {
        writing->capture = place.capture + 1;
        status =
            hash(writing->report->captures[place.capture].path, complaints, writing->capture_hash);
    }
    if (status != STATUS_OK) {
        return status;
    }
    (void)snprintf(id, sizeof id, "replay-%.*s-%.*s-%" PRIu64, SHORT_HASH, writing->policy_hash,
                   SHORT_HASH, writing->capture_hash, place.packet);
    vector = vector_of(writing, class, flow, id);
    status = write_vector(folder, id, vector, complaints);
    json_decref(vector);
    return status;
}

enum status vectors_write(const struct vector_picks *picks, const struct replay_report *report,
                          struct complaints *complaints)
{
    struct writing writing = {.report = report, .policy = policy_classes_policy(report->classes)};
    enum status status = hash(report->policy, complaints, writing.policy_hash);

    for (size_t i = 0; i < picks->count && status == STATUS_OK; i++) {
        status = write_flow(&writing, picks->folder, &picks->flows[i], complaints);
    }
    return status;
}
