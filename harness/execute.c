/* SPDX-License-Identifier: MIT */

#include "harness/execute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/clock.h"
#include "harness/platform/interrupt.h"
#include "harness/platform/worker.h"

enum { BLOCK_PER_JOB = 32 };

struct job {
    struct backend backend;
    struct backend reference;
};

struct executor {
    const struct execution *execution;
    struct job jobs[EXECUTE_JOBS_MAX];
    unsigned opened;
    struct judged *block; /* the results of one block of cases */
    size_t first;         /* case of the block */
    size_t count;
    struct worker_counter next;
};

static enum status open_jobs(struct executor *executor)
{
    const struct execution *execution = executor->execution;

    while (executor->opened < execution->jobs) {
        struct job *job = &executor->jobs[executor->opened];

        if (execution->open(execution->context, &job->backend) != STATUS_OK) {
            return STATUS_BROKEN;
        }
        if (backend_simulator_open(wfp_rules_shipped(), &job->reference) != STATUS_OK) {
            job->backend.close(job->backend.state);
            return STATUS_BROKEN;
        }
        executor->opened++;
    }
    return STATUS_OK;
}

static void close_jobs(struct executor *executor)
{
    while (executor->opened > 0) {
        struct job *job = &executor->jobs[--executor->opened];

        job->backend.close(job->backend.state);
        job->reference.close(job->reference.state);
    }
}

static void work(void *context, unsigned worker)
{
    struct executor *executor = context;
    const struct job *job = &executor->jobs[worker];
    const struct runner runner = {
        .backend = &job->backend,
        .reference = &job->reference,
        .keys = executor->execution->keys,
        .root = executor->execution->root,
        .options = executor->execution->options,
        .details = true,
        .traces = executor->execution->traces,
    };

    for (size_t i = worker_counter_next(&executor->next); i < executor->count && !interrupted();
         i = worker_counter_next(&executor->next)) {
        runner_run(&runner, &executor->execution->plan->cases[executor->first + i],
                   &executor->block[i]);
    }
}

static void hand_on(struct executor *executor, struct report_totals *totals)
{
    const struct execution *execution = executor->execution;

    for (size_t i = 0; i < executor->count; i++) {
        struct judged *judged = &executor->block[i];

        if (judged->result.name != NULL) {
            execution->result(execution->context, &judged->result);
            totals->verdicts[judged->result.verdict]++;
            totals->uncontrolled += judged->result.uncontrolled;
            totals->executed++;
        }
        judged_clear(judged);
    }
}

static void show_progress(const struct execution *execution, const struct report_totals *totals)
{
    if (execution->progress) {
        (void)fprintf(stderr, "\r%zu of %zu", totals->executed, totals->planned);
        if (totals->executed == totals->planned) {
            (void)fprintf(stderr, "\r\033[K");
        }
        (void)fflush(stderr);
    }
}

static void execute_blocks(struct executor *executor, struct report_totals *totals)
{
    const struct execution *execution = executor->execution;
    const size_t most = (size_t)execution->jobs * BLOCK_PER_JOB;

    while (executor->first < execution->plan->count && !interrupted()) {
        const size_t left = execution->plan->count - executor->first;

        executor->count = left < most ? left : most;
        executor->next = (struct worker_counter){0};
        memset(executor->block, 0, executor->count * sizeof *executor->block);
        (void)workers_run(execution->jobs, work, executor);
        hand_on(executor, totals);
        executor->first += executor->count;
        show_progress(execution, totals);
    }
}

enum status execute(const struct execution *execution, struct report_totals *totals)
{
    const uint64_t start = clock_nanoseconds();
    struct executor *executor = calloc(1, sizeof *executor);
    enum status status = STATUS_BROKEN;

    memset(totals, 0, sizeof *totals);
    totals->planned = execution->plan->count;
    if (executor == NULL) {
        return STATUS_BROKEN;
    }
    executor->execution = execution;
    executor->block = calloc((size_t)execution->jobs * BLOCK_PER_JOB, sizeof *executor->block);
    if (executor->block != NULL) {
        status = open_jobs(executor);
    }
    if (status == STATUS_OK) {
        execute_blocks(executor, totals);
    }
    close_jobs(executor);
    free(executor->block);
    free(executor);
    totals->interrupted = interrupted();
    totals->seconds = (double)(clock_nanoseconds() - start) / 1e9;
    return status;
}
