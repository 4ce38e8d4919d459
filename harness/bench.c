/* SPDX-License-Identifier: MIT */

#include "harness/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/pattern.h"
#include "harness/platform/child.h"
#include "harness/platform/clock.h"
#include "harness/runner.h"

enum { ROUNDS = 5, CALLS = 200000, CONTEXT = 32, BUFFER = 1024, WINDOW = 64 };

/* ---- the model ---- */

struct scene {
    struct wfp_world *world;
    uint32_t accepted;
    uint32_t outgoing;
    uint8_t record[BUFFER];
    uint32_t record_size;
};

static struct wfp_ioctl ioctl_on(uint32_t socket, uint32_t code, uint8_t *out, uint32_t size)
{
    const struct wfp_ioctl call = {
        .socket = socket,
        .code = code,
        .in = {NULL, 0, WFP_POINTER_NULL},
        .out = {out, size, WFP_POINTER_HEAP},
        .byte_count = WFP_POINTER_HEAP,
        .overlapped = WFP_POINTER_NULL,
        .routine = WFP_POINTER_NULL,
    };

    return call;
}

static bool connect_redirected(struct scene *scene)
{
    uint8_t context[CONTEXT];
    struct wfp_redirect redirect = {
        .target_pid = 1234, .context = context, .context_size = CONTEXT};
    struct wfp_connect connect = {0, &redirect};
    struct wfp_reply reply;
    uint32_t client = 0;

    pattern_context("self", context, sizeof context);
    return wfp_handle_create(scene->world, 1, &redirect.handle) == WFP_OK &&
           wfp_socket_open(scene->world, WFP_IPV4, WFP_TCP, true, &connect.listener) == WFP_OK &&
           wfp_socket_bind(scene->world, connect.listener, NULL) == WFP_OK &&
           wfp_socket_listen(scene->world, connect.listener) == WFP_OK &&
           wfp_socket_open(scene->world, WFP_IPV4, WFP_TCP, true, &client) == WFP_OK &&
           wfp_socket_connect(scene->world, client, &connect, &reply) == WFP_OK &&
           wfp_socket_accept(scene->world, connect.listener, true, &scene->accepted) == WFP_OK &&
           wfp_socket_open(scene->world, WFP_IPV4, WFP_TCP, true, &scene->outgoing) == WFP_OK;
}

static bool fetch_record(struct scene *scene)
{
    struct wfp_ioctl query =
        ioctl_on(scene->accepted, WFP_SIO_QUERY_RECORDS, scene->record, BUFFER);
    struct wfp_reply reply;

    if (wfp_socket_ioctl(scene->world, &query, &reply) != WFP_OK || reply.answer.error != 0) {
        return false;
    }
    scene->record_size = reply.answer.bytes;
    return true;
}

static double best_of(void (*work)(void *context), void *context)
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t start = clock_nanoseconds();
        double each;

        for (int i = 0; i < CALLS; i++) {
            work(context);
        }
        each = (double)(clock_nanoseconds() - start) / CALLS;
        best = round == 0 || each < best ? each : best;
    }
    return best;
}

struct repeated {
    struct wfp_world *world;
    struct wfp_ioctl call;
    struct wfp_reply reply;
};

static void repeat_ioctl(void *context)
{
    struct repeated *repeated = context;

    (void)wfp_socket_ioctl(repeated->world, &repeated->call, &repeated->reply);
}

struct copied {
    uint8_t from[BUFFER];
    uint8_t to[BUFFER];
    volatile uint32_t size; /* so that the copy is made each time */
};

static void repeat_copy(void *context)
{
    struct copied *copied = context;

    memcpy(copied->to, copied->from, copied->size);
}

static double time_ioctl(const struct scene *scene, struct wfp_ioctl call)
{
    struct repeated repeated = {.world = scene->world, .call = call};

    return best_of(repeat_ioctl, &repeated);
}

static void measure_model(struct scene *scene, struct bench_model *figures)
{
    uint8_t out[BUFFER];
    struct copied copied = {.size = scene->record_size};
    struct wfp_ioctl set = ioctl_on(scene->outgoing, WFP_SIO_SET_RECORDS, NULL, 0);

    set.out.pointer = WFP_POINTER_NULL;
    set.in = (struct wfp_buffer){scene->record, scene->record_size, WFP_POINTER_HEAP};
    figures->query_records =
        time_ioctl(scene, ioctl_on(scene->accepted, WFP_SIO_QUERY_RECORDS, out, BUFFER));
    figures->query_too_small = time_ioctl(
        scene, ioctl_on(scene->accepted, WFP_SIO_QUERY_RECORDS, out, scene->record_size - 1));
    figures->query_context =
        time_ioctl(scene, ioctl_on(scene->accepted, WFP_SIO_QUERY_CONTEXT, out, BUFFER));
    figures->set_records = time_ioctl(scene, set);
    figures->copy = best_of(repeat_copy, &copied);
}

enum status bench_model(struct bench_model *figures)
{
    const struct wfp_limits limits = {.sockets = 8,
                                      .handles = 2,
                                      .records = 8,
                                      .record_bytes = 2048,
                                      .operations = 2,
                                      .origin = 1};
    struct wfp_profile *profile = malloc(sizeof *profile);
    void *memory = malloc(wfp_world_size(&limits));
    enum status status = STATUS_BROKEN;
    struct scene scene;

    memset(&scene, 0, sizeof scene);
    if (profile != NULL && memory != NULL) {
        wfp_profile_documented(profile);
        scene.world = wfp_world_init(memory, &limits, wfp_rules_shipped(), profile);
        if (connect_redirected(&scene) && fetch_record(&scene)) {
            measure_model(&scene, figures);
            status = STATUS_OK;
        }
    }
    free(memory);
    free(profile);
    return status;
}

/* ---- the runner ---- */

enum status bench_plan(const struct plan *plan, const struct backend *backend, double *per_second)
{
    const struct runner runner = {.backend = backend, .options = ""};
    const uint64_t start = clock_nanoseconds();
    uint64_t spent = 0;
    double cases = 0;

    if (plan->count == 0) {
        return STATUS_BROKEN;
    }
    while (spent < UINT64_C(500000000)) {
        for (size_t i = 0; i < plan->count; i++) {
            struct judged judged;

            runner_run(&runner, &plan->cases[i], &judged);
            judged_clear(&judged);
        }
        cases += (double)plan->count;
        spent = clock_nanoseconds() - start;
    }
    *per_second = cases * 1e9 / (double)spent;
    return STATUS_OK;
}

/* ---- serve ---- */

static bool read_line(FILE *stream)
{
    int c = getc(stream);

    while (c != EOF && c != '\n') {
        c = getc(stream);
    }
    return c == '\n';
}

static bool ask(struct child *child, const char *id, const char *profile)
{
    return fprintf(child->in, "{\"id\":1,\"do\":\"run\",\"vector\":\"%s\",\"profile\":\"%s\"}\n",
                   id, profile) > 0;
}

/* `window` requests are on the way at a time. */
static bool pump(struct child *child, const char *const *ids, size_t count, const char *profile,
                 size_t window, double *per_second)
{
    const uint64_t start = clock_nanoseconds();
    uint64_t spent = 0;
    double vectors = 0;
    size_t next = 0;

    while (spent < UINT64_C(500000000)) {
        for (size_t i = 0; i < window; i++) {
            if (!ask(child, ids[next++ % count], profile)) {
                return false;
            }
        }
        if (fflush(child->in) != 0) {
            return false;
        }
        for (size_t i = 0; i < window; i++) {
            if (!read_line(child->out)) {
                return false;
            }
        }
        vectors += (double)window;
        spent = clock_nanoseconds() - start;
    }
    *per_second = vectors * 1e9 / (double)spent;
    return true;
}

bool bench_serve(char *program, const char *const *ids, size_t count, const char *profile,
                 struct bench_serve *figures)
{
    char serve[] = "serve";
    char *arguments[] = {program, serve, NULL};
    struct child child;
    double ignored;
    bool worked;
    int code;

    if (count == 0 || !child_start(arguments, &child)) {
        return false;
    }
    worked = read_line(child.out) && pump(&child, ids, count, profile, WINDOW, &ignored) &&
             pump(&child, ids, count, profile, 1, &figures->one_by_one) &&
             pump(&child, ids, count, profile, WINDOW, &figures->pipelined);
    return child_wait(&child, &code) && worked;
}

bool bench_start(char *const *arguments, double *milliseconds)
{
    double best = 0;

    for (int round = 0; round < 4 * ROUNDS; round++) {
        const uint64_t start = clock_nanoseconds();
        struct child child;
        double spent;
        int code;

        if (!child_start(arguments, &child)) {
            return false;
        }
        while (getc(child.out) != EOF) {
        }
        if (!child_wait(&child, &code) || code != 0) {
            return false;
        }
        spent = (double)(clock_nanoseconds() - start) / 1e6;
        best = round == 0 || spent < best ? spent : best;
    }
    *milliseconds = best;
    return true;
}
