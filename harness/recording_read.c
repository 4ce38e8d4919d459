/* SPDX-License-Identifier: MIT */

#include "harness/recording.h"

#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/document.h"
#include "harness/recording_chain.h"
#include "harness/recording_line.h"

struct recording {
    char *path;
    struct chain chain;
    struct document *document; /* of the current line */
    struct document *held;     /* of the case under way, whose vector it has */
    struct recorded_line line;
    bool ahead; /* the current line belongs to what comes next */
    struct recorded_head head;
    struct recorded_totals totals; /* of what has been read */
};

static enum status refuse(const struct recording *recording, const char *field,
                          const char *expected, const char *actual)
{
    return chain_refuse(&recording->chain, field, expected, actual);
}

static enum status parse_line(struct recording *recording)
{
    const struct chain *chain = &recording->chain;
    const enum status status = chain_document(chain, &recording->document);

    return status == STATUS_OK
               ? recorded_line_read(recording->document, chain->complaints, &recording->line)
               : status;
}

/* Reads the next line into recording->line; the end of the file is a mistake here. */
static enum status next_line(struct recording *recording)
{
    bool more;
    enum status status;

    if (recording->ahead) {
        recording->ahead = false;
        return STATUS_OK;
    }
    document_free(recording->document);
    recording->document = NULL;
    status = chain_next(&recording->chain, &more);
    if (status != STATUS_OK) {
        return status;
    }
    return more ? parse_line(recording)
                : refuse(recording, "recording", "an end line after this one",
                         "the end of the file: it is cut off");
}

/* ---- the head ---- */

static enum status read_head(struct recording *recording)
{
    enum status status = next_line(recording);

    if (status == STATUS_OK && recording->line.kind != LINE_HEAD) {
        status = refuse(recording, "kind", "head", "another kind of line");
    }
    if (status == STATUS_OK) {
        recorded_line_head(&recording->line, &recording->head);
    }
    return status;
}

static char *copy_path(const char *path)
{
    char *made = malloc(strlen(path) + 1);

    return made == NULL ? NULL : strcpy(made, path);
}

enum status recording_open(const char *path, struct complaints *complaints,
                           struct recording **recording)
{
    struct recording *made = calloc(1, sizeof *made);
    enum status status = STATUS_BROKEN;

    if (made == NULL) {
        return status;
    }
    made->path = copy_path(path);
    if (made->path != NULL) {
        status = chain_open(&made->chain, made->path, complaints);
    }
    if (status == STATUS_OK) {
        status = read_head(made);
    }
    if (status != STATUS_OK) {
        recording_close(made);
        return status;
    }
    *recording = made;
    return STATUS_OK;
}

const struct recorded_head *recording_head(const struct recording *recording)
{
    return &recording->head;
}

void recording_close(struct recording *recording)
{
    document_free(recording->document);
    document_free(recording->held);
    chain_clear(&recording->chain);
    free(recording->path);
    free(recording);
}

/* ---- cases ---- */

static enum status begin_case(struct recording *recording, struct recorded_case *next)
{
    const struct recorded_line *line = &recording->line;

    next->line = recording->chain.number;
    next->count = 0;
    next->end = line->reason == NULL ? VERDICT_PASS : VERDICT_UNSUPPORTED;
    next->vector = line->vector;
    (void)snprintf(next->name, sizeof next->name, "%s", line->name);
    (void)snprintf(next->why, sizeof next->why, "%s", line->reason == NULL ? "" : line->reason);
    (void)snprintf(next->member, sizeof next->member, "%s",
                   line->member == NULL ? "" : line->member);
    (void)snprintf(next->topic, sizeof next->topic, "%s", line->topic == NULL ? "" : line->topic);
    recording->totals.cases++;
    recording->totals.unsupported += line->reason != NULL;
    document_free(recording->held);
    recording->held = recording->document;
    recording->document = NULL;
    return json_is_object(next->vector) ? STATUS_OK
                                        : refuse(recording, "vector", "an object", "another value");
}

static enum status add_step(struct recording *recording, struct recorded_case *next)
{
    const struct recorded_line *line = &recording->line;
    struct recorded_step *step = &next->steps[next->count];

    if (next->end != VERDICT_PASS || line->step != next->count + 1 ||
        line->seq != recording->totals.steps + 1) {
        return refuse(recording, "step", "the steps of a case in their order", "another one");
    }
    step->line = recording->chain.number;
    step->number = line->step;
    step->in_size = line->in_size;
    step->out_size = line->out_size;
    step->n = line->n;
    step->returned = line->returned.bytes != NULL;
    step->changed = line->returned.size;
    step->digest = 0;
    step->control_size = line->control_size;
    step->received = line->control.bytes != NULL;
    step->flags = line->flags;
    step->control_returned = line->control.size;
    step->control = NULL;
    (void)snprintf(step->call, sizeof step->call, "%s", line->call);
    (void)snprintf(step->by, sizeof step->by, "%s", line->by);
    (void)answer_parse(line->answer, &step->answer);
    if (step->returned) {
        (void)recording_number(line->returned.digest, &step->digest);
    }
    next->count++;
    recording->totals.steps++;
    return STATUS_OK;
}

static enum status stop_case(struct recording *recording, struct recorded_case *next)
{
    const struct recorded_line *line = &recording->line;

    if (next->end != VERDICT_PASS) {
        return refuse(recording, "kind", "one end of a case", "a second one");
    }
    next->end = line->as;
    (void)snprintf(next->why, sizeof next->why, "%s", line->reason);
    recording->totals.unsupported += line->as == VERDICT_UNSUPPORTED;
    recording->totals.broken += line->as == VERDICT_BROKEN;
    return STATUS_OK;
}

static enum status read_steps(struct recording *recording, struct recorded_case *next)
{
    enum status status = next_line(recording);

    while (status == STATUS_OK && recording->line.kind == LINE_STEP) {
        status = add_step(recording, next);
        if (status == STATUS_OK) {
            status = next_line(recording);
        }
    }
    if (status == STATUS_OK && recording->line.kind == LINE_STOPPED) {
        return stop_case(recording, next);
    }
    recording->ahead = status == STATUS_OK;
    return status;
}

/* ---- the end ---- */

static enum status read_end(struct recording *recording)
{
    const struct recorded_line *line = &recording->line;
    const struct recorded_totals *totals = &recording->totals;
    bool more;
    enum status status;

    if (line->cases != totals->cases || line->steps != totals->steps ||
        line->unsupported != totals->unsupported || line->broken != totals->broken ||
        line->cases != recording->head.cases) {
        return refuse(recording, "end", "the totals of what stands before it", "others");
    }
    status = chain_next(&recording->chain, &more);
    return status != STATUS_OK || !more
               ? status
               : refuse(recording, "recording", "nothing after its end", "another line");
}

enum status recording_next(struct recording *recording, struct recorded_case *next, bool *more)
{
    enum status status = next_line(recording);

    if (status != STATUS_OK) {
        return status;
    }
    if (recording->line.kind == LINE_END) {
        *more = false;
        return read_end(recording);
    }
    if (recording->line.kind != LINE_CASE) {
        return refuse(recording, "kind", "case or end", "another kind of line");
    }
    *more = true;
    status = begin_case(recording, next);
    return status == STATUS_OK ? read_steps(recording, next) : status;
}

enum status recording_check(const char *path, struct complaints *complaints)
{
    struct recorded_case *next = malloc(sizeof *next);
    struct recording *recording;
    enum status status = STATUS_BROKEN;
    bool more = true;

    if (next != NULL) {
        status = recording_open(path, complaints, &recording);
    }
    if (status == STATUS_OK) {
        while (status == STATUS_OK && more) {
            status = recording_next(recording, next, &more);
        }
        recording_close(recording);
    }
    free(next);
    return status;
}
