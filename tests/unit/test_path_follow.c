/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/path.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { CALLS_MAX = 4096, SERVICES = 3 };

/* Services in a world of their own, and what an observer has seen of their journeys. */
struct machine {
    struct wfp_path_topology topology;
    struct wfp_profile profile;
    struct wfp_world *world;
    size_t world_size;
    struct wfp_path path;
    size_t count;
    struct wfp_path_call calls[CALLS_MAX];
    struct wfp_path_call trace[CALLS_MAX]; /* to be followed */
    size_t unexplained;                    /* answers that no rule allows */
};

static void note(void *context, const struct wfp_path_call *call)
{
    struct machine *machine = context;

    assert_true(machine->count < CALLS_MAX);
    machine->calls[machine->count++] = *call;
    machine->unexplained += call->allowed != NULL && call->reply.rule == NULL;
    if (call->allowed != NULL && call->reply.rule != NULL) {
        assert_true(call->allowed->count > 0);
    }
}

static int set_up(void **state)
{
    struct machine *machine = calloc(1, sizeof *machine);
    struct wfp_limits limits;
    void *memory;

    assert_non_null(machine);
    machine->topology.count = SERVICES;
    for (uint32_t i = 0; i < SERVICES; i++) {
        wfp_path_service_recommended(&machine->topology.services[i], SERVICES - i, 1);
        machine->topology.services[i].policy.context_size = 32;
    }
    wfp_profile_documented(&machine->profile);
    limits = wfp_path_limits(&machine->topology);
    machine->world_size = wfp_world_size(&limits);
    memory = malloc(machine->world_size);
    assert_non_null(memory);
    machine->world = wfp_world_init(memory, &limits, wfp_rules_shipped(), &machine->profile);
    assert_int_equal(wfp_path_set_up(&machine->path, machine->world, &machine->topology), WFP_OK);
    machine->path.observer = note;
    machine->path.observer_context = machine;
    *state = machine;
    return 0;
}

static int tear_down(void **state)
{
    struct machine *machine = *state;

    wfp_path_tear_down(&machine->path);
    free(machine->world);
    free(machine);
    return 0;
}

static enum wfp_status travel(struct machine *machine, enum wfp_type type)
{
    const struct wfp_path_journey journey = {type, WFP_PATH_IPV4, 1};
    const enum wfp_status status = wfp_path_begin(&machine->path, &journey);

    while (status == WFP_OK && wfp_path_step(&machine->path)) {
    }
    return status;
}

/* Makes a journey, and what was seen of it the trace. */
static void record(struct machine *machine, enum wfp_type type)
{
    wfp_path_follow(&machine->path, NULL, 0);
    machine->count = 0;
    assert_int_equal(travel(machine, type), WFP_OK);
    memcpy(machine->trace, machine->calls, sizeof machine->trace);
    assert_int_equal(machine->path.end, WFP_PATH_REACHED);
}

static enum wfp_status follow(struct machine *machine, enum wfp_type type, size_t count)
{
    wfp_path_follow(&machine->path, machine->trace, (uint32_t)count);
    machine->count = 0;
    machine->unexplained = 0;
    return travel(machine, type);
}

/* The call of this name, the first being number 0. */
static size_t place_of(const struct machine *machine, const char *name, size_t number)
{
    for (size_t i = 0;; i++) {
        assert_true(i < CALLS_MAX && machine->trace[i].name != NULL);
        if (strcmp(machine->trace[i].name, name) == 0 && number-- == 0) {
            return i;
        }
    }
}

/* ---- */

static void test_a_trace_is_followed_to_its_end(void **state)
{
    static const enum wfp_type types[] = {WFP_TCP, WFP_UDP};
    struct machine *machine = *state;

    for (size_t t = 0; t < COUNT(types); t++) {
        size_t made;

        record(machine, types[t]);
        made = machine->count;
        assert_int_equal(follow(machine, types[t], made), WFP_OK);
        assert_false(machine->path.strayed);
        assert_int_equal(machine->path.followed_count, made);
        assert_int_equal(machine->count, made);
        assert_int_equal(machine->unexplained, 0);
        assert_int_equal(machine->path.end, WFP_PATH_REACHED);
        for (size_t i = 0; i < made; i++) {
            assert_string_equal(machine->calls[i].name, machine->trace[i].name);
            assert_ptr_equal(machine->calls[i].reply.rule, machine->trace[i].reply.rule);
            assert_int_equal(machine->calls[i].with, machine->trace[i].with);
        }
    }
}

/* What was told is told again; the callout does what it did elsewhere. */
static void test_an_answer_that_no_rule_allows_is_taken(void **state)
{
    static const struct {
        const char *name;
        size_t number;
        struct wfp_answer answer;
    } rows[] = {
        {"redirect-state", 4, {.outcome = WFP_STATE, .error = WFP_NOT_REDIRECTED}},
        {"look", 2, {.outcome = WFP_FIELD, .error = WFP_PRESENT}},
        {"look-connection-redirected", 0, {.outcome = WFP_FIELD, .error = WFP_ABSENT}},
        {"release-classify-handle", 0, {.outcome = WFP_MISUSE}},
    };
    struct machine *machine = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t made;
        size_t place;

        record(machine, WFP_TCP);
        made = machine->count;
        place = place_of(machine, rows[i].name, rows[i].number);
        assert_false(wfp_answer_equal(machine->trace[place].reply.answer, rows[i].answer));
        machine->trace[place].reply.answer = rows[i].answer;
        assert_int_equal(follow(machine, WFP_TCP, made), WFP_OK);
        assert_null(machine->calls[place].reply.rule);
        assert_true(wfp_answer_equal(machine->calls[place].reply.answer, rows[i].answer));
        assert_int_equal(machine->path.followed_count, made);
        assert_int_equal(machine->path.end, WFP_PATH_REACHED);
    }
}

static void test_a_callout_may_do_otherwise(void **state)
{
    struct machine *machine = *state;
    size_t action;
    size_t back;

    record(machine, WFP_TCP);
    action = place_of(machine, "action", 1);
    back = place_of(machine, "return", 1);
    machine->trace[action].with = WFP_ACTION_BLOCK;
    machine->trace[action].rights = 0;
    machine->trace[action].reply.answer.error = WFP_ACTION_BLOCK;
    machine->trace[back].reply.answer.error = WFP_ACTION_BLOCK;
    (void)follow(machine, WFP_TCP, back + 1);
    assert_int_equal(machine->unexplained, 0);
    assert_int_equal(machine->path.followed_count, back + 1);
    assert_int_equal(machine->path.hops[0].asked[1].did, WFP_DEED_BLOCK);
}

static void test_a_trace_of_others_is_left(void **state)
{
    static const struct {
        const char *name;
        size_t number;
        struct wfp_path_call put; /* name, party and hop; what is 0 stays */
    } rows[] = {
        {"socket", 0, {.name = "accept"}},  {"connect-begin", 0, {.party = 1}},
        {"accept", 0, {.hop = 7}},          {"set-records", 0, {.name = "connect-begin"}},
        {"query-records", 1, {.party = 3}}, {"apply", 0, {.name = "dance"}},
        {"return", 2, {.party = 1}},
    };
    struct machine *machine = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct wfp_path_call *put = &rows[i].put;
        struct wfp_path_call *call;
        size_t place;
        size_t made;

        record(machine, WFP_TCP);
        made = machine->count;
        place = place_of(machine, rows[i].name, rows[i].number);
        call = &machine->trace[place];
        call->name = put->name == NULL ? call->name : put->name;
        call->party = put->party == 0 ? call->party : put->party;
        call->hop = put->hop == 0 ? call->hop : put->hop;
        (void)follow(machine, WFP_TCP, made);
        assert_true(machine->path.strayed);
        assert_int_equal(machine->path.followed_count, place);
        assert_int_equal(machine->count, place);
        assert_non_null(machine->path.wanted.name);
    }
}

static void test_another_callout_is_left(void **state)
{
    struct machine *machine = *state;
    size_t made;

    record(machine, WFP_TCP);
    made = machine->count;
    machine->trace[place_of(machine, "next-callout", 0)].asked = 2;
    (void)follow(machine, WFP_TCP, made);
    assert_true(machine->path.strayed);
    assert_int_equal(machine->path.wanted.asked, 1);
    assert_int_equal(machine->count, place_of(machine, "next-callout", 0) + 1);
}

/* Wherever the trace ends, nothing of the journey is left in the world. */
static void test_an_end_before_the_end_is_left(void **state)
{
    struct machine *machine = *state;
    void *before = malloc(machine->world_size);
    size_t made;

    assert_non_null(before);
    record(machine, WFP_TCP);
    made = machine->count;
    memcpy(before, machine->world, machine->world_size);
    for (size_t count = 0; count < made; count++) {
        (void)follow(machine, WFP_TCP, count);
        assert_true(machine->path.strayed);
        assert_int_equal(machine->path.followed_count, count);
        assert_memory_equal(machine->world, before, machine->world_size);
    }
    assert_int_equal(follow(machine, WFP_TCP, made), WFP_OK);
    assert_false(machine->path.strayed);
    free(before);
}

int main(void)
{
#define IN_MACHINE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    static const struct CMUnitTest tests[] = {
        IN_MACHINE(test_a_trace_is_followed_to_its_end),
        IN_MACHINE(test_an_answer_that_no_rule_allows_is_taken),
        IN_MACHINE(test_a_callout_may_do_otherwise),
        IN_MACHINE(test_a_trace_of_others_is_left),
        IN_MACHINE(test_another_callout_is_left),
        IN_MACHINE(test_an_end_before_the_end_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
