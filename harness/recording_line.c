/* SPDX-License-Identifier: MIT */

#include "harness/recording_line.h"

#include <stdio.h>

#include "harness/answer.h"
#include "harness/reader.h"
#include "harness/recording.h"

/* ---- the members of each kind of line ---- */

static bool fits_answer(const char *text)
{
    struct wfp_answer answer;

    return answer_parse(text, &answer) && answer.outcome != WFP_PASS &&
           answer.count != WFP_COUNT_NEEDED;
}

static const struct text_rule rule_text = {1, RECORDING_TEXT_MAX - 1, NULL, "a short text"};
static const struct text_rule rule_case = {1, CASE_NAME_MAX - 1, NULL, "the name of a case"};
static const struct text_rule rule_call = {1, RECORDING_CALL_MAX - 1, NULL, "a call as a text"};
static const struct text_rule rule_why = {1, RECORDING_WHY_MAX - 1, NULL, "a sentence"};
static const struct text_rule rule_by = {1, RECORDING_BY_MAX - 1, NULL, "who answered"};
static const struct text_rule rule_answer = {1, ANSWER_TEXT_MAX, fits_answer,
                                             "an answer, as WSAEFAULT/780"};
static const struct text_rule rule_short = {1, RECORDING_NAME_MAX - 1, NULL, "a short name"};
static const struct text_rule rule_outcome = {1, RECORDING_CALL_MAX - 1, NULL, "an outcome"};
static const struct text_rule rule_sum = {RECORDING_SUM_DIGITS, RECORDING_SUM_DIGITS,
                                          recording_is_hex, "16 hexadecimal digits"};
static const struct text_rule rule_hex = {0, (size_t)2 * RECORDING_BYTES_MAX, recording_is_hex,
                                          "at most 4096 bytes in hexadecimal"};
static const struct range range_count = {0, UINT32_MAX - 1};
static const struct range range_format = {RECORDING_FORMAT, RECORDING_FORMAT};
static const struct range range_step = {1, VECTOR_STEPS_MAX};
static const struct range range_call = {1, RECORDING_STEPS_MAX};
static const struct range range_hop = {1, WFP_PATH_HOPS_MAX + 1};
static const struct range range_size = {0, 2 * SIZE_MAX_BYTES};

static const struct word kind_rows[] = {
    {"head", LINE_HEAD},       {"case", LINE_CASE},       {"step", LINE_STEP}, {"call", LINE_CALL},
    {"outcome", LINE_OUTCOME}, {"stopped", LINE_STOPPED}, {"end", LINE_END}};
static const struct words kind_words = WORDS(kind_rows);
static const struct word as_rows[] = {{"unsupported", VERDICT_UNSUPPORTED},
                                      {"broken", VERDICT_BROKEN}};
static const struct words as_words = WORDS(as_rows);

static const struct member bytes_members[] = {
    {"size", read_number, &range_size, offsetof(struct line_bytes, size)},
    {"bytes", read_text, &rule_hex, offsetof(struct line_bytes, bytes)},
    {"digest", read_text, &rule_sum, offsetof(struct line_bytes, digest)},
};
static const struct shape bytes_shape = {bytes_members, 3, MEMBERS_ALL, MEMBERS_ALL};

/* rule: NULL; field: struct line_bytes */
static bool read_bytes(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field)
{
    (void)rule;
    return read_object(reader, place, value, &bytes_shape, field);
}

#define MEMBER(name, read, rule, field)                                                            \
    {                                                                                              \
        name, read, rule, offsetof(struct recorded_line, field)                                    \
    }
#define TEXT(name, rule, field) MEMBER(name, read_text, &(rule), field)
#define COUNT(name, range, field) MEMBER(name, read_number, &(range), field)
#define KIND(name, words, field) MEMBER(name, read_word, &(words), field)
#define BYTES(name, field) MEMBER(name, read_bytes, NULL, field)
#define LATER(name, field) MEMBER(name, read_later, NULL, field)
#define EVERY_LINE                                                                                 \
    COUNT("line", range_count, number), KIND("kind", kind_words, kind), TEXT("sum", rule_sum, sum)

static const struct member head_members[] = {
    EVERY_LINE,
    COUNT("format", range_format, format),
    TEXT("tool", rule_text, tool),
    TEXT("backend", rule_text, backend),
    TEXT("target", rule_text, target),
    TEXT("os", rule_text, os),
    TEXT("build", rule_text, build),
    TEXT("architecture", rule_text, architecture),
    MEMBER("elevated", read_flag, NULL, elevated),
    TEXT("redirector", rule_text, redirector),
    TEXT("date", rule_text, date),
    COUNT("vectors", range_count, vectors),
    COUNT("cases", range_count, cases),
    TEXT("profile", rule_text, profile),
};
static const struct member case_members[] = {
    EVERY_LINE,
    TEXT("case", rule_case, name),
    LATER("vector", vector),
    TEXT("member", rule_text, member),
    TEXT("topic", rule_text, topic),
    TEXT("unsupported", rule_why, reason),
};
static const struct member step_members[] = {
    EVERY_LINE,
    COUNT("seq", range_count, seq),
    COUNT("step", range_step, step),
    TEXT("call", rule_call, call),
    COUNT("in_size", range_size, in_size),
    COUNT("out_size", range_size, out_size),
    TEXT("answer", rule_answer, answer),
    TEXT("by", rule_by, by),
    BYTES("in", in),
    COUNT("n", range_count, n),
    BYTES("returned", returned),
    COUNT("control_size", range_size, control_size),
    COUNT("flags", range_count, flags),
    BYTES("control", control),
};
static const struct member call_members[] = {
    EVERY_LINE,
    COUNT("seq", range_count, seq),
    COUNT("step", range_call, step),
    COUNT("hop", range_hop, hop),
    TEXT("party", rule_short, party),
    TEXT("call", rule_short, call),
    COUNT("on", range_count, on),
    TEXT("by", rule_by, by),
    TEXT("asked", rule_short, asked),
    TEXT("with", rule_short, with),
    MEMBER("write_right", read_flag, NULL, write_right),
    TEXT("answer", rule_answer, answer),
};
static const struct member outcome_members[] = {
    EVERY_LINE,
    TEXT("outcome", rule_outcome, outcome),
};
static const struct member stopped_members[] = {
    EVERY_LINE,
    KIND("as", as_words, as),
    TEXT("why", rule_why, reason),
};
static const struct member end_members[] = {
    EVERY_LINE,
    COUNT("cases", range_count, cases),
    COUNT("steps", range_count, steps),
    COUNT("unsupported", range_count, unsupported),
    COUNT("broken", range_count, broken),
};

#define SHAPE(members, required)                                                                   \
    {                                                                                              \
        (members), sizeof(members) / sizeof((members)[0]), MEMBER_BIT(required) - 1, MEMBERS_ALL   \
    }

/* The members that may be absent stand last. */
static const struct shape shapes[] = {
    [LINE_HEAD] = SHAPE(head_members, 15),      [LINE_CASE] = SHAPE(case_members, 5),
    [LINE_STEP] = SHAPE(step_members, 10),      [LINE_CALL] = SHAPE(call_members, 10),
    [LINE_OUTCOME] = SHAPE(outcome_members, 4), [LINE_STOPPED] = SHAPE(stopped_members, 5),
    [LINE_END] = SHAPE(end_members, 7),
};

enum status recorded_line_read(struct document *document, struct complaints *complaints,
                               struct recorded_line *line)
{
    struct reader reader = {.document = document, .complaints = complaints};
    const struct place whole = place_whole(document->root);
    const struct recorded_line empty = {.n = RECORDED_UNKNOWN};
    int kind;

    *line = empty;
    if (read_kind(&reader, whole, document->root, "kind", &kind_words, &kind)) {
        (void)read_object(&reader, whole, document->root, &shapes[kind], line);
    }
    return reader_status(&reader);
}

static void copy(char *to, const char *from)
{
    (void)snprintf(to, RECORDING_TEXT_MAX, "%s", from == NULL ? "" : from);
}

void recorded_line_head(const struct recorded_line *line, struct recorded_head *head)
{
    copy(head->tool, line->tool);
    copy(head->backend, line->backend);
    copy(head->target, line->target);
    copy(head->os, line->os);
    copy(head->build, line->build);
    copy(head->architecture, line->architecture);
    copy(head->redirector, line->redirector);
    copy(head->profile, line->profile);
    copy(head->date, line->date);
    head->elevated = line->elevated;
    head->vectors = line->vectors;
    head->cases = line->cases;
}
