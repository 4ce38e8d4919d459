/* SPDX-License-Identifier: MIT */

#include "harness/retrial.h"

#include <string.h>

/* The size of one record: header + hops * hop + rest, in the model; `recorded` on the target. */
struct sample {
    uint32_t recorded;
    uint32_t model;
    int64_t hops;
    int64_t rest;
};

struct samples {
    size_t count;
    size_t steps[VECTOR_STEPS_MAX]; /* where each was taken */
    struct sample items[VECTOR_STEPS_MAX];
};

static uint32_t *number_of(struct profile *profile, enum wfp_key key)
{
    return &profile->values.keys[key].values[0].number;
}

/* What the trace tells of N: what was learnt or, without that, what a success returned. */
static uint32_t recorded_n(const struct recorded_step *step)
{
    const struct wfp_answer *answer = &step->answer;
    const bool whole =
        answer->outcome == WFP_RETURNED && answer->error == 0 && answer->count == WFP_COUNT_VALUE;

    return step->n == RECORDED_UNKNOWN && whole ? answer->bytes : step->n;
}

static bool asks_for_record(const struct script *script, const struct step *step)
{
    const bool swept =
        step->sweep != NULL && script->member != NULL && script->member->of == SWEEP_CODE;

    return step->kind == STEP_IOCTL &&
           (swept ? script->member->code : step->ioctl.code) == WFP_SIO_QUERY_RECORDS;
}

/* Plays what was recorded, and tells N of what it asks for. */
typedef void learn_function(const struct retrial *retrial, const void *played,
                            struct learned *learned);

static void learn_script(const struct retrial *retrial, const void *played, struct learned *learned)
{
    play_learn(retrial->model, played, learned);
}

static void take_sample(struct samples *samples, size_t at, uint32_t recorded,
                        const struct learned *learned)
{
    if (recorded != RECORDED_UNKNOWN && learned->known[at]) {
        samples->steps[samples->count] = at;
        samples->items[samples->count++] = (struct sample){recorded, learned->n[at], 0, 0};
    }
}

static void take_samples(const struct script *script, const struct recorded_case *recorded,
                         const struct learned *learned, struct samples *samples)
{
    samples->count = 0;
    for (size_t i = 0; i < recorded->count; i++) {
        if (asks_for_record(script, &script->vector->steps[i])) {
            take_sample(samples, i, recorded_n(&recorded->steps[i]), learned);
        }
    }
}

static bool agree(const struct samples *samples)
{
    for (size_t i = 0; i < samples->count; i++) {
        if (samples->items[i].recorded != samples->items[i].model) {
            return false;
        }
    }
    return true;
}

/* How many hops a record has shows when each of them grows by one byte. */
static void count_hops(const struct retrial *retrial, learn_function *learn, const void *played,
                       struct samples *samples)
{
    uint32_t *hop = number_of(retrial->profile, WFP_KEY_RECORD_HOP);
    const int64_t header = *number_of(retrial->profile, WFP_KEY_RECORD_HEADER);
    struct learned grown;

    (*hop)++;
    learn(retrial, played, &grown);
    (*hop)--;
    for (size_t i = 0; i < samples->count; i++) {
        struct sample *sample = &samples->items[i];

        sample->hops = (int64_t)grown.n[samples->steps[i]] - sample->model;
        sample->rest = sample->model - header - sample->hops * (int64_t)*hop;
    }
}

static bool in_range(const struct key_entry *entry, int64_t size)
{
    return size >= entry->min && size <= entry->max;
}

/* Two records of different lengths tell the size of a hop; otherwise it stays, if it can. */
static int64_t hop_size(const struct samples *samples, int64_t usual,
                        const struct key_entry *header_key)
{
    const struct sample *first = &samples->items[0];
    const int64_t body = (int64_t)first->recorded - first->rest;
    const int64_t header = body - first->hops * usual;

    for (size_t i = 1; i < samples->count; i++) {
        const struct sample *other = &samples->items[i];

        if (other->hops != first->hops) {
            return ((int64_t)other->recorded - other->rest - first->recorded + first->rest) /
                   (other->hops - first->hops);
        }
    }
    if (in_range(header_key, header) || first->hops == 0) {
        return usual;
    }
    return (body - (header < header_key->min ? header_key->min : header_key->max - first->hops)) /
           first->hops;
}

static bool fits(const struct samples *samples, int64_t header, int64_t hop)
{
    for (size_t i = 0; i < samples->count; i++) {
        const struct sample *sample = &samples->items[i];

        if (header + sample->hops * hop + sample->rest != sample->recorded) {
            return false;
        }
    }
    return true;
}

static bool fit(const struct retrial *retrial, learn_function *learn, const void *played,
                struct samples *samples)
{
    const struct key_entry *header_key = &retrial->keys->entries[WFP_KEY_RECORD_HEADER];
    const struct key_entry *hop_key = &retrial->keys->entries[WFP_KEY_RECORD_HOP];
    uint32_t *usual = number_of(retrial->profile, WFP_KEY_RECORD_HOP);
    int64_t header;
    int64_t hop;

    if (agree(samples)) {
        return true;
    }
    count_hops(retrial, learn, played, samples);
    hop = hop_size(samples, *usual, header_key);
    header = samples->items[0].recorded - samples->items[0].rest - samples->items[0].hops * hop;
    if (!in_range(hop_key, hop) || !in_range(header_key, header) || !fits(samples, header, hop)) {
        return false;
    }
    *usual = (uint32_t)hop;
    *number_of(retrial->profile, WFP_KEY_RECORD_HEADER) = (uint32_t)header;
    return true;
}

bool retrial_fit_sizes(const struct retrial *retrial, const struct script *script,
                       const struct recorded_case *recorded)
{
    struct samples samples;
    struct learned learned;

    play_learn(retrial->model, script, &learned);
    take_samples(script, recorded, &learned, &samples);
    return fit(retrial, learn_script, script, &samples);
}

/* ---- paths: N is what the first queries of the proxies have returned ---- */

struct queries {
    size_t count;
    struct learned *learned;
};

static void note_query(void *context, const struct wfp_path_call *call)
{
    struct queries *queries = context;
    const struct wfp_answer *answer = &call->reply.answer;

    if (strcmp(call->name, "query-records") == 0 && queries->count < VECTOR_STEPS_MAX) {
        queries->learned->known[queries->count] = answer->error == 0;
        queries->learned->n[queries->count++] = answer->bytes;
    }
}

static void learn_path(const struct retrial *retrial, const void *played, struct learned *learned)
{
    struct queries queries = {0, learned};
    const struct backend_path asked = {
        .scene = played,
        .profile = retrial->profile,
        .observer = note_query,
        .context = &queries,
    };
    const struct wfp_path *path;
    char trouble[BACKEND_TROUBLE_MAX];

    memset(learned, 0, sizeof *learned);
    (void)retrial->model->path(retrial->model->state, &asked, &path, trouble);
}

bool retrial_fit_path_sizes(const struct retrial *retrial, const struct path_scene *scene,
                            const struct recorded_case *recorded)
{
    struct samples samples = {0};
    struct learned learned;
    size_t query = 0;

    learn_path(retrial, scene, &learned);
    for (size_t i = 0; i < recorded->count && query < VECTOR_STEPS_MAX; i++) {
        const struct recorded_step *step = &recorded->steps[i];

        if (strcmp(step->of_path.name, "query-records") == 0) {
            take_sample(&samples, query++, recorded_n(step), &learned);
        }
    }
    return fit(retrial, learn_path, scene, &samples);
}
