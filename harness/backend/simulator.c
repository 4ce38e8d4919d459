/* SPDX-License-Identifier: MIT */

#include "harness/backend/simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/profile.h"

enum { DATAGRAM_BYTES = 2048, FLOWS = 16 };

static uint32_t at_least(uint32_t size, uint32_t step)
{
    uint32_t rounded = step;

    while (rounded < size) {
        rounded *= 2;
    }
    return rounded;
}

/* Each send may begin a flow on both sides, and bring a record of its own. */
static void add_message(const struct step *step, struct wfp_limits *limits)
{
    const struct input *data = &step->message.data;

    if (step->kind == STEP_SEND || step->kind == STEP_DATAGRAM_CONNECT) {
        limits->flows += 2;
        limits->datagrams++;
        limits->records += step->message.control.count > 0 || step->message.control.has_size ||
                           step->message.control.raw.kind != INPUT_NONE;
        limits->datagram_bytes = at_least(
            data->size, limits->datagram_bytes == 0 ? DATAGRAM_BYTES : limits->datagram_bytes);
    }
}

static void add_step(const struct step *step, struct wfp_limits *limits, uint32_t *contexts)
{
    const bool sets = step->kind == STEP_IOCTL && step->ioctl.code == WFP_SIO_SET_RECORDS;

    limits->sockets += HIDDEN_PER_STEP;
    limits->operations += step->kind == STEP_IOCTL;
    if (step->kind == STEP_REDIRECTED_ACCEPT || step->redirected) {
        limits->records++;
        *contexts += step->redirect.context;
    }
    limits->records += sets;
    limits->callouts += step->kind == STEP_CALLOUT;
    limits->classifications += step->kind == STEP_CONNECT_REQUEST || step->kind == STEP_REAUTHORIZE;
    limits->records += step->kind == STEP_CONNECT_END;
    if (step->kind == STEP_CONTEXT) {
        limits->contexts++;
        limits->context_bytes =
            step->kernel.size > limits->context_bytes ? step->kernel.size : limits->context_bytes;
        *contexts += step->kernel.size;
    }
    add_message(step, limits);
}

struct wfp_limits simulator_limits(const struct vector *vector, const struct profile *profile)
{
    struct wfp_limits limits = {.handles = 8, .records = 2, .operations = 1, .origin = 0x77667063};
    uint32_t contexts = 0;

    for (size_t i = 0; i < vector->step_count; i++) {
        add_step(&vector->steps[i], &limits, &contexts);
    }
    for (size_t i = 0; vector->control != NULL && i < vector->control->count; i++) {
        add_step(&vector->control->replacements[i], &limits, &contexts);
    }
    limits.record_bytes =
        at_least(wfp_record_size(&profile->values, limits.records, contexts), 4096);
    limits.sockets = at_least(limits.sockets, 16);
    limits.records = at_least(limits.records, 4);
    limits.operations = at_least(limits.operations, 8);
    if (limits.callouts + limits.classifications + limits.contexts > 0) {
        limits.callouts = at_least(limits.callouts, 4);
        limits.classifications = at_least(limits.classifications, 4);
        limits.contexts = at_least(limits.contexts, 4);
        limits.context_bytes = at_least(limits.context_bytes, 64);
    }
    limits.flows = limits.flows == 0 ? 0 : at_least(limits.flows, FLOWS);
    limits.datagrams = limits.flows == 0 ? 0 : at_least(limits.datagrams, FLOWS);
    return limits;
}

static bool same_limits(const struct wfp_limits *a, const struct wfp_limits *b)
{
    return a->sockets == b->sockets && a->handles == b->handles && a->records == b->records &&
           a->record_bytes == b->record_bytes && a->operations == b->operations &&
           a->origin == b->origin && a->callouts == b->callouts &&
           a->classifications == b->classifications && a->contexts == b->contexts &&
           a->context_bytes == b->context_bytes && a->flows == b->flows &&
           a->datagrams == b->datagrams && a->datagram_bytes == b->datagram_bytes;
}

static struct pristine *find_pristine(struct simulator *simulator,
                                      const struct wfp_profile *profile,
                                      const struct wfp_limits *limits)
{
    for (size_t i = 0; i < PRISTINE_MAX; i++) {
        struct pristine *pristine = &simulator->pristine[i];

        if (pristine->memory != NULL && pristine->profile == profile &&
            same_limits(&pristine->limits, limits)) {
            return pristine;
        }
    }
    return NULL;
}

static struct pristine *make_pristine(struct simulator *simulator,
                                      const struct wfp_profile *profile,
                                      const struct wfp_limits *limits)
{
    struct pristine *pristine = &simulator->pristine[simulator->next_pristine];
    uint8_t *memory = realloc(pristine->memory, wfp_world_size(limits));

    if (memory == NULL) {
        return NULL;
    }
    simulator->next_pristine = (simulator->next_pristine + 1) % PRISTINE_MAX;
    pristine->memory = memory;
    pristine->profile = profile;
    pristine->limits = *limits;
    (void)wfp_world_init(memory, limits, simulator->rules, profile);
    return pristine;
}

static bool reserve(struct simulator *simulator, size_t size)
{
    uint8_t *memory;

    if (size <= simulator->memory_size) {
        return true;
    }
    memory = realloc(simulator->memory, size);
    if (memory == NULL) {
        return false;
    }
    simulator->memory = memory;
    simulator->memory_size = size;
    return true;
}

enum status simulator_renew(struct simulator *simulator, const struct wfp_limits *limits,
                            const struct profile *profile, char *trouble)
{
    const size_t size = wfp_world_size(limits);
    const struct pristine *pristine = find_pristine(simulator, &profile->values, limits);

    if (pristine == NULL) {
        pristine = make_pristine(simulator, &profile->values, limits);
    }
    if (pristine == NULL || !reserve(simulator, size)) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "no memory for a world of %zu bytes", size);
        return STATUS_BROKEN;
    }
    memcpy(simulator->memory, pristine->memory, size);
    simulator->world_size = size;
    simulator->world = (struct wfp_world *)(void *)simulator->memory;
    simulator->name_count = 0;
    simulator->operation_count = 0;
    return STATUS_OK;
}

uint8_t *simulator_buffer(struct simulator *simulator, uint32_t size)
{
    uint8_t *bytes;

    if (simulator->buffer_count == BUFFERS_MAX) {
        return NULL;
    }
    bytes = malloc(size == 0 ? 1 : size);
    if (bytes != NULL) {
        simulator->buffers[simulator->buffer_count++] = bytes;
    }
    return bytes;
}

static enum status begin(void *state, const struct vector *vector, const struct profile *profile,
                         char *trouble)
{
    const struct wfp_limits limits = simulator_limits(vector, profile);

    return simulator_renew(state, &limits, profile, trouble);
}

static enum status end(void *state, char *trouble)
{
    struct simulator *simulator = state;

    (void)trouble;
    while (simulator->buffer_count > 0) {
        free(simulator->buffers[--simulator->buffer_count]);
    }
    return STATUS_OK;
}

static const char *const statuses[] = {
    [WFP_OK] = "done",
    [WFP_NO_ROOM] = "the model has no room left for it",
    [WFP_NO_SOCKET] = "there is no such socket",
    [WFP_NO_HANDLE] = "there is no such redirect handle",
    [WFP_BAD_STATE] = "not possible in this state",
};

static enum status perform(void *state, const struct backend_call *call,
                           struct backend_reply *reply)
{
    struct simulator *simulator = state;
    enum wfp_status status;

    reply->answer = (struct wfp_answer){0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED};
    reply->out = NULL;
    reply->out_size = 0;
    reply->message = (struct backend_message){.received = false};
    reply->rule = NULL;
    reply->answered_by = "model";
    if (simulator_lacks_operation(simulator, call->step)) {
        (void)snprintf(reply->trouble, sizeof reply->trouble,
                       "needs a call that starts an operation");
        return STATUS_BAD_INPUT;
    }
    status = simulator_perform(simulator, call, reply);
    if (status != WFP_OK) {
        (void)snprintf(reply->trouble, sizeof reply->trouble, "%s", statuses[status]);
        return STATUS_BROKEN;
    }
    return STATUS_OK;
}

static const char *target(void *state)
{
    (void)state;
    return "model";
}

static void close_simulator(void *state)
{
    struct simulator *simulator = state;

    (void)end(state, NULL);
    for (size_t i = 0; i < PRISTINE_MAX; i++) {
        free(simulator->pristine[i].memory);
    }
    free(simulator->memory);
    free(simulator->path);
    free(simulator);
}

enum status backend_simulator_open(const struct wfp_rules *rules, struct backend *backend)
{
    struct simulator *simulator = calloc(1, sizeof *simulator);
    const struct backend opened = {
        .name = "simulator",
        .needs = NEED_BIT(NEED_COUNT) - 1,
        .redirector = "none",
        .target = target,
        .begin = begin,
        .perform = perform,
        .end = end,
        .path = simulator_play_path,
        .close = close_simulator,
        .state = simulator,
    };

    if (simulator == NULL) {
        return STATUS_BROKEN;
    }
    simulator->rules = rules;
    *backend = opened;
    return STATUS_OK;
}
