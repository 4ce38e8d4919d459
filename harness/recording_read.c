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
    bool ahead;    /* the current line belongs to what comes next */
    json_t *queue; /* of a report's line: the recording's lines that say the same */
    size_t queued; /* of those, the next */
    struct recorded_head head;
    struct recorded_totals totals; /* of what has been read */
    struct recorded_step *steps;   /* of the case under way */
    size_t room;
};

static enum status refuse(const struct recording *recording, const char *field,
                          const char *expected, const char *actual)
{
    return chain_refuse(&recording->chain, field, expected, actual);
}

static enum status take_line(struct recording *recording, json_t *root)
{
    const struct chain *chain = &recording->chain;
    const enum status status = chain_document(chain, root, &recording->document);

    return status == STATUS_OK
               ? recorded_line_read(recording->document, chain->complaints, &recording->line)
               : status;
}

/* The line of a report stands for several. */
static enum status expand_line(struct recording *recording, json_t *root)
{
    json_decref(recording->queue);
    recording->queue = report_lines(root, recording->chain.number, recording->totals.steps);
    recording->queued = 1;
    return recording->queue == NULL
               ? refuse(recording, "type", "the head, a path with its trace, or the totals",
                        "something else: judge takes a run's report of paths only")
               : take_line(recording, json_array_get(recording->queue, 0));
}

static enum status parse_line(struct recording *recording)
{
    json_t *root;
    enum status status = chain_json(&recording->chain, &root);

    if (status != STATUS_OK) {
        return status;
    }
    status = json_object_get(root, "type") == NULL ? take_line(recording, root)
                                                   : expand_line(recording, root);
    json_decref(root);
    return status;
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
    if (recording->queued < json_array_size(recording->queue)) {
        return take_line(recording, json_array_get(recording->queue, recording->queued++));
    }
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
    json_decref(recording->queue);
    free(recording->steps);
    free(recording->path);
    free(recording);
}

/* ---- cases ---- */

static enum status begin_case(struct recording *recording, struct recorded_case *next)
{
    const struct recorded_line *line = &recording->line;

    next->line = recording->chain.number;
    next->count = 0;
    next->outcome[0] = '\0';
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

/* Room for one more step, zeroed; NULL without memory. */
static struct recorded_step *grow_steps(struct recording *recording, struct recorded_case *next)
{
    struct recorded_step *steps = recording->steps;

    if (next->count == recording->room) {
        const size_t room = recording->room == 0 ? VECTOR_STEPS_MAX : recording->room * 2;

        steps = realloc(steps, room * sizeof *steps);
        if (steps == NULL) {
            return NULL;
        }
        recording->steps = steps;
        recording->room = room;
    }
    next->steps = steps;
    memset(&steps[next->count], 0, sizeof *steps);
    return &steps[next->count];
}

/* A step, or a call of a path, has come when one was to come. */
static bool is_next_step(const struct recording *recording, const struct recorded_case *next)
{
    const struct recorded_line *line = &recording->line;
    const bool first = next->count == 0;
    const bool of_path = line->kind == LINE_CALL;

    return next->end == VERDICT_PASS && next->outcome[0] == '\0' && line->step == next->count + 1 &&
           line->seq == recording->totals.steps + 1 &&
           (first || (next->steps[0].of_path.hop > 0) == of_path);
}

static void fill_step(const struct recorded_line *line, struct recorded_step *step)
{
    step->in_size = line->in_size;
    step->out_size = line->out_size;
    step->n = line->n;
    step->returned = line->returned.bytes != NULL;
    step->changed = line->returned.size;
    step->control_size = line->control_size;
    step->received = line->control.bytes != NULL;
    step->flags = line->flags;
    step->control_returned = line->control.size;
    (void)snprintf(step->call, sizeof step->call, "%s", line->call);
    if (step->returned) {
        (void)recording_number(line->returned.digest, &step->digest);
    }
}

static void copy_name(char *to, const char *from)
{
    (void)snprintf(to, RECORDING_NAME_MAX, "%s", from == NULL ? "" : from);
}

static void fill_call(const struct recorded_line *line, struct recorded_step *step)
{
    struct recorded_call *call = &step->of_path;

    step->n = RECORDED_UNKNOWN;
    call->hop = line->hop;
    call->on = line->on;
    call->write_right = line->write_right;
    call->silent = line->answer == NULL;
    copy_name(call->party, line->party);
    copy_name(call->name, line->call);
    copy_name(call->asked, line->asked);
    copy_name(call->with, line->with);
    recorded_call_text(call, step->call, sizeof step->call);
    if (strcmp(call->name, "query-records") == 0 && step->answer.outcome == WFP_RETURNED &&
        step->answer.error == 0) {
        step->n = step->answer.bytes;
    }
}

static enum status add_step(struct recording *recording, struct recorded_case *next)
{
    const struct recorded_line *line = &recording->line;
    struct recorded_step *step;

    if (!is_next_step(recording, next)) {
        return refuse(recording, "step", "the steps of a case in their order", "another one");
    }
    step = grow_steps(recording, next);
    if (step == NULL) {
        return STATUS_BROKEN;
    }
    step->line = recording->chain.number;
    step->number = line->step;
    (void)snprintf(step->by, sizeof step->by, "%s", line->by);
    if (line->answer != NULL) {
        (void)answer_parse(line->answer, &step->answer);
    }
    if (line->kind == LINE_CALL) {
        fill_call(line, step);
    } else {
        fill_step(line, step);
    }
    next->count++;
    recording->totals.steps++;
    return STATUS_OK;
}

/* A path says what it came to, after its last call. */
static enum status end_path(struct recording *recording, struct recorded_case *next)
{
    if (next->end != VERDICT_PASS || next->count == 0 || next->steps[0].of_path.hop == 0) {
        return refuse(recording, "kind", "an outcome after the calls of a path", "one elsewhere");
    }
    (void)snprintf(next->outcome, sizeof next->outcome, "%s", recording->line.outcome);
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

    while (status == STATUS_OK &&
           (recording->line.kind == LINE_STEP || recording->line.kind == LINE_CALL)) {
        status = add_step(recording, next);
        if (status == STATUS_OK) {
            status = next_line(recording);
        }
    }
    if (status == STATUS_OK && recording->line.kind == LINE_STOPPED) {
        return stop_case(recording, next);
    }
    if (status == STATUS_OK && recording->line.kind == LINE_OUTCOME) {
        return end_path(recording, next);
    }
    if (status == STATUS_OK && next->count > 0 && next->steps[0].of_path.hop > 0) {
        return refuse(recording, "kind", "call, outcome or stopped", "another kind of line");
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
    struct recorded_case *next = calloc(1, sizeof *next);
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
