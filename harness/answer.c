/* SPDX-License-Identifier: MIT */

#include "harness/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <wfp/kernel.h>

/* Every answer that is one word. */
static const struct {
    const char *text;
    struct wfp_answer answer;
} bare[] = {
    {"died", {.outcome = WFP_DIED}},
    {"pass", {.outcome = WFP_PASS}},
    {"NOT_REDIRECTED", {.outcome = WFP_STATE, .error = WFP_NOT_REDIRECTED}},
    {"REDIRECTED_BY_SELF", {.outcome = WFP_STATE, .error = WFP_REDIRECTED_BY_SELF}},
    {"REDIRECTED_BY_OTHER", {.outcome = WFP_STATE, .error = WFP_REDIRECTED_BY_OTHER}},
    {"PREVIOUSLY_REDIRECTED_BY_SELF",
     {.outcome = WFP_STATE, .error = WFP_PREVIOUSLY_REDIRECTED_BY_SELF}},
    {"BLOCK", {.outcome = WFP_ACTION, .error = WFP_ACTION_BLOCK}},
    {"PERMIT", {.outcome = WFP_ACTION, .error = WFP_ACTION_PERMIT}},
    {"CONTINUE", {.outcome = WFP_ACTION, .error = WFP_ACTION_CONTINUE}},
    {"absent", {.outcome = WFP_FIELD, .error = WFP_ABSENT}},
    {"present", {.outcome = WFP_FIELD, .error = WFP_PRESENT}},
    {"different", {.outcome = WFP_FIELD, .error = WFP_DIFFERENT}},
    {"misuse", {.outcome = WFP_MISUSE}},
};

enum { BARE_COUNT = sizeof bare / sizeof bare[0] };

bool number_parse(const char *text, uint32_t *number)
{
    uint64_t value = 0;
    const char *digit = text;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        value = value * 10 + (uint64_t)(*digit - '0');
        if (value > UINT32_MAX) {
            return false;
        }
    }
    if (digit == text || *digit != '\0') {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

static bool parse_bare(const char *text, struct wfp_answer *answer)
{
    for (size_t i = 0; i < BARE_COUNT; i++) {
        if (strcmp(bare[i].text, text) == 0) {
            *answer = bare[i].answer;
            return true;
        }
    }
    return false;
}

static bool parse_error(const char *text, size_t length, uint32_t *error)
{
    char name[ANSWER_TEXT_MAX];
    if (length == 0 || length >= sizeof name) {
        return false;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    if (strcmp(name, "OK") == 0) {
        *error = 0;
        return true;
    }
    return number_parse(name, error) || wfp_error_named(name, error);
}

static bool parse_bytes(const char *text, struct wfp_answer *answer)
{
    if (strcmp(text, "N") == 0) {
        answer->count = WFP_COUNT_NEEDED;
        return true;
    }
    if (strcmp(text, "unchanged") == 0) {
        answer->count = WFP_COUNT_UNCHANGED;
        return true;
    }
    answer->count = WFP_COUNT_VALUE;
    return number_parse(text, &answer->bytes);
}

bool answer_parse(const char *text, struct wfp_answer *answer)
{
    if (parse_bare(text, answer)) {
        return true;
    }
    const char *slash = strchr(text, '/');
    if (slash == NULL) {
        return false;
    }
    struct wfp_answer parsed = {.outcome = WFP_RETURNED};
    if (!parse_error(text, (size_t)(slash - text), &parsed.error) ||
        !parse_bytes(slash + 1, &parsed)) {
        return false;
    }
    *answer = parsed;
    return true;
}

static void print_error(uint32_t error, char *buffer, size_t size)
{
    const char *name = error == 0 ? "OK" : wfp_error_name(error);
    if (name != NULL) {
        snprintf(buffer, size, "%s", name);
        return;
    }
    snprintf(buffer, size, "%" PRIu32, error);
}

static void print_bytes(struct wfp_answer answer, char *buffer, size_t size)
{
    if (answer.count == WFP_COUNT_VALUE) {
        snprintf(buffer, size, "%" PRIu32, answer.bytes);
        return;
    }
    snprintf(buffer, size, "%s", answer.count == WFP_COUNT_NEEDED ? "N" : "unchanged");
}

void answer_print(struct wfp_answer answer, char *buffer, size_t size)
{
    for (size_t i = 0; i < BARE_COUNT; i++) {
        bool one_word = answer.outcome == WFP_DIED || answer.outcome == WFP_PASS;
        bool same = one_word || answer.error == bare[i].answer.error;
        if (answer.outcome == bare[i].answer.outcome && same) {
            snprintf(buffer, size, "%s", bare[i].text);
            return;
        }
    }
    char error[ANSWER_TEXT_MAX];
    char bytes[16];
    print_error(answer.error, error, sizeof error);
    print_bytes(answer, bytes, sizeof bytes);
    snprintf(buffer, size, "%s/%s", error, bytes);
}

/* ---- values of a profile ---- */

static bool parse_flag(const char *text, uint32_t *number)
{
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0) {
        return false;
    }
    *number = yes;
    return true;
}

static bool parse_stage(const char *text, size_t length, uint8_t *stage)
{
    for (unsigned i = 0; i < WFP_STAGE_COUNT; i++) {
        const char *name = wfp_stage_name((enum wfp_stage)i);
        if (strlen(name) == length && memcmp(name, text, length) == 0) {
            *stage = (uint8_t)i;
            return true;
        }
    }
    return false;
}

static bool parse_order(const char *text, uint8_t order[WFP_STAGE_COUNT])
{
    uint32_t seen = 0;
    for (size_t i = 0; i < WFP_STAGE_COUNT; i++) {
        size_t length = strcspn(text, ",");
        bool last = i + 1 == WFP_STAGE_COUNT;
        if (text[length] != (last ? '\0' : ',') || !parse_stage(text, length, &order[i])) {
            return false;
        }
        seen |= UINT32_C(1) << order[i];
        text += length + 1;
    }
    return seen == (UINT32_C(1) << WFP_STAGE_COUNT) - 1;
}

bool value_parse(enum wfp_key_type type, const char *text, struct wfp_value *value)
{
    struct wfp_value parsed = {0};
    bool good = (type == WFP_TYPE_ANSWER && answer_parse(text, &parsed.answer)) ||
                (type == WFP_TYPE_FLAG && parse_flag(text, &parsed.number)) ||
                (type == WFP_TYPE_SIZE && number_parse(text, &parsed.number)) ||
                (type == WFP_TYPE_DURATION && number_parse(text, &parsed.number)) ||
                (type == WFP_TYPE_ORDER && parse_order(text, parsed.order));
    if (good) {
        *value = parsed;
    }
    return good;
}

static void print_order(const uint8_t order[WFP_STAGE_COUNT], char *buffer, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < WFP_STAGE_COUNT && used < size; i++) {
        const char *name = wfp_stage_name((enum wfp_stage)order[i]);
        int length = snprintf(buffer + used, size - used, "%s%s", i > 0 ? "," : "",
                              name != NULL ? name : "?");
        used += length > 0 ? (size_t)length : 0;
    }
}

void value_print(enum wfp_key_type type, const struct wfp_value *value, char *buffer, size_t size)
{
    switch (type) {
    case WFP_TYPE_ANSWER:
        answer_print(value->answer, buffer, size);
        return;
    case WFP_TYPE_FLAG:
        snprintf(buffer, size, "%s", value->number != 0 ? "true" : "false");
        return;
    case WFP_TYPE_SIZE:
    case WFP_TYPE_DURATION:
        snprintf(buffer, size, "%" PRIu32, value->number);
        return;
    case WFP_TYPE_ORDER:
        print_order(value->order, buffer, size);
        return;
    }
}

bool value_equal(enum wfp_key_type type, const struct wfp_value *a, const struct wfp_value *b)
{
    switch (type) {
    case WFP_TYPE_ANSWER:
        return wfp_answer_equal(a->answer, b->answer);
    case WFP_TYPE_FLAG:
    case WFP_TYPE_SIZE:
    case WFP_TYPE_DURATION:
        return a->number == b->number;
    case WFP_TYPE_ORDER:
        return memcmp(a->order, b->order, sizeof a->order) == 0;
    }
    return false;
}
