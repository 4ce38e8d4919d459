/* SPDX-License-Identifier: MIT */

/* The report of a run of paths, as a recording. */

#include <string.h>

#include "harness/recording.h"
#include "harness/recording_line.h"

static void move(json_t *from, const char *name, json_t *to, const char *as)
{
    json_t *value = json_object_get(from, name);

    if (value != NULL && !json_is_null(value)) {
        (void)json_object_set(to, as, value);
    }
}

/* What every line has; its own sum has been looked at. */
static json_t *begin(const char *kind, size_t number)
{
    return json_pack("{s:I, s:s, s:s}", "line", (json_int_t)number, "kind", kind, "sum",
                     "0000000000000000");
}

static json_t *head_of(json_t *line, size_t number)
{
    static const char *const same[] = {"backend",  "target",     "os",   "build",  "architecture",
                                       "elevated", "redirector", "date", "vectors"};
    json_t *head = begin("head", number);
    const json_t *profiles = json_object_get(line, "profiles");

    (void)json_object_set_new(head, "format", json_integer(RECORDING_FORMAT));
    move(line, "version", head, "tool");
    move(line, "planned", head, "cases");
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        move(line, same[i], head, same[i]);
    }
    if (json_array_size(profiles) == 1) {
        (void)json_object_set(head, "profile", json_array_get(profiles, 0));
    }
    return head;
}

/* A case of a recording has no profile in its name. */
static json_t *case_of(json_t *line, size_t number)
{
    const char *name = json_string_value(json_object_get(line, "name"));
    json_t *made = begin("case", number);

    if (name != NULL) {
        (void)json_object_set_new(made, "case", json_stringn(name, strcspn(name, "[")));
    }
    move(line, "member", made, "member");
    move(line, "topic", made, "topic");
    move(line, "document", made, "vector");
    return made;
}

/* A call of a trace says all that one of a recording does, and the rule. */
static json_t *call_of(json_t *line, json_t *call, size_t number, json_int_t step, json_int_t seq)
{
    json_t *made = begin("call", number);
    const char *name;
    json_t *value;

    json_object_foreach(call, name, value) {
        if (strcmp(name, "rule") != 0) {
            move(call, name, made, name);
        }
    }
    (void)json_object_set_new(made, "step", json_integer(step));
    (void)json_object_set_new(made, "seq", json_integer(seq));
    move(line, "answered_by", made, "by");
    return made;
}

static json_t *lines_of_case(json_t *line, size_t number, uint32_t steps)
{
    json_t *trace = json_object_get(line, "trace");
    json_t *outcome = begin("outcome", number);
    json_t *lines = json_array();
    size_t index;
    json_t *call;

    (void)json_array_append_new(lines, case_of(line, number));
    json_array_foreach(trace, index, call) {
        (void)json_array_append_new(lines, call_of(line, call, number, (json_int_t)index + 1,
                                                   (json_int_t)(steps + index) + 1));
    }
    move(line, "actual", outcome, "outcome");
    (void)json_array_append_new(lines, outcome);
    return lines;
}

static json_t *end_of(json_t *line, size_t number, uint32_t steps)
{
    json_t *end = begin("end", number);

    move(line, "executed", end, "cases");
    (void)json_object_update_new(end, json_pack("{s:I, s:i, s:i}", "steps", (json_int_t)steps,
                                                "unsupported", 0, "broken", 0));
    return end;
}

json_t *report_lines(json_t *line, size_t number, uint32_t steps)
{
    const char *type = json_string_value(json_object_get(line, "type"));

    if (type != NULL && strcmp(type, "head") == 0) {
        return json_pack("[o]", head_of(line, number));
    }
    if (type != NULL && strcmp(type, "totals") == 0) {
        return json_pack("[o]", end_of(line, number, steps));
    }
    return json_is_array(json_object_get(line, "trace")) ? lines_of_case(line, number, steps)
                                                         : NULL;
}
