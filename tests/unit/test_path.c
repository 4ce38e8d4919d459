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

enum { NUMBERS_MAX = WFP_PATH_HOPS_MAX + 1 };

/* ---- services in a world of their own ---- */

struct machine {
    struct wfp_path_topology topology;
    struct wfp_limits limits;
    struct wfp_profile profile;
    struct wfp_world *world;
    struct wfp_path path;
};

/* So many careful services, the first with the greatest weight. */
static struct machine *machine_of(uint32_t count)
{
    struct machine *machine = calloc(1, sizeof *machine);

    assert_non_null(machine);
    machine->topology.count = count;
    for (uint32_t i = 0; i < count; i++) {
        wfp_path_service_recommended(&machine->topology.services[i], count - i, count - i);
        machine->topology.services[i].policy.context_size = 32;
    }
    wfp_profile_documented(&machine->profile);
    return machine;
}

static void set_up(struct machine *machine)
{
    void *memory;

    machine->limits = wfp_path_limits(&machine->topology);
    memory = malloc(wfp_world_size(&machine->limits));
    assert_non_null(memory);
    machine->world =
        wfp_world_init(memory, &machine->limits, wfp_rules_shipped(), &machine->profile);
    assert_non_null(machine->world);
    assert_int_equal(wfp_path_set_up(&machine->path, machine->world, &machine->topology), WFP_OK);
}

static void *copy_of(const struct machine *machine)
{
    const size_t size = wfp_world_size(&machine->limits);
    void *copy = malloc(size);

    assert_non_null(copy);
    memcpy(copy, machine->world, size);
    return copy;
}

static void assert_as_before(const struct machine *machine, void *before)
{
    assert_memory_equal(machine->world, before, wfp_world_size(&machine->limits));
    free(before);
}

static void drop(struct machine *machine)
{
    wfp_path_tear_down(&machine->path);
    free(machine->world);
    free(machine);
}

static void travel(struct machine *machine, enum wfp_path_form to, uint32_t reauthorizations)
{
    const struct wfp_path_journey journey = {WFP_TCP, to, reauthorizations};

    assert_int_equal(wfp_path_begin(&machine->path, &journey), WFP_OK);
    while (wfp_path_step(&machine->path)) {
    }
}

static void assert_stops(const struct wfp_path *path, const char *stops)
{
    char actual[NUMBERS_MAX] = "";
    size_t at = 0;

    for (uint32_t i = 0; i < path->hop_count && path->hops[i].redirected_by != 0; i++) {
        actual[at++] = (char)('0' + path->hops[i].redirected_by);
        assert_true(at < sizeof actual);
    }
    assert_string_equal(actual, stops);
}

/* ---- where a journey leads ---- */

/* Two services; what the first is, and the second, besides careful. */
static const struct {
    const char *what;
    struct {
        uint8_t propagation;
        uint8_t handle;
        uint8_t outgoing;
        bool goes_on;
        bool redirects_previous;
        bool blocks_previous;
    } services[2];
    const char *stops;
    enum wfp_path_end end;
    uint32_t by;
    uint32_t cycle;
} journeys[] = {
    {"both careful", {{0}, {0}}, "12", WFP_PATH_REACHED, 0, 0},
    {"the first never sets", {{.propagation = WFP_PATH_NEVER}, {0}}, "11", WFP_PATH_LOOPS, 0, 1},
    {"the first sets late", {{.propagation = WFP_PATH_LATE}, {0}}, "11", WFP_PATH_LOOPS, 0, 1},
    {"the second never sets", {{0}, {.propagation = WFP_PATH_NEVER}}, "121", WFP_PATH_LOOPS, 0, 2},
    {"the first sets once only, the second never",
     {{.propagation = WFP_PATH_FIRST_ONLY}, {.propagation = WFP_PATH_NEVER}},
     "1211",
     WFP_PATH_LOOPS,
     0,
     1},
    {"the second gets no record",
     {{0}, {.propagation = WFP_PATH_LOST}},
     "12",
     WFP_PATH_REFUSED,
     2,
     0},
    {"the second gets no record and goes on",
     {{0}, {.propagation = WFP_PATH_LOST, .goes_on = true}},
     "121",
     WFP_PATH_LOOPS,
     0,
     2},
    {"the first cuts the record short",
     {{.propagation = WFP_PATH_TRUNCATED}, {0}},
     "1",
     WFP_PATH_REFUSED,
     1,
     0},
    {"the first sets another socket",
     {{.propagation = WFP_PATH_WRONG_SOCKET}, {0}},
     "11",
     WFP_PATH_LOOPS,
     0,
     1},
    {"a handle for each classification",
     {{.handle = WFP_PATH_HANDLE_PER_CLASSIFY}, {0}},
     "11",
     WFP_PATH_LOOPS,
     0,
     1},
    {"a handle for each filter",
     {{.handle = WFP_PATH_HANDLE_PER_FILTER, .outgoing = WFP_PATH_OTHER}, {0}},
     "112",
     WFP_PATH_REACHED,
     0,
     0},
    {"both honour only their last redirect",
     {{.redirects_previous = true}, {.redirects_previous = true}},
     "12121",
     WFP_PATH_LOOPS,
     0,
     2},
    {"the first blocks what was taken from it",
     {{.blocks_previous = true}, {0}},
     "12",
     WFP_PATH_BLOCKED,
     1,
     0},
};

static struct machine *machine_for(size_t row)
{
    struct machine *machine = machine_of(2);

    for (size_t i = 0; i < 2; i++) {
        struct wfp_path_service *service = &machine->topology.services[i];
        const uint32_t state = WFP_PREVIOUSLY_REDIRECTED_BY_SELF;

        service->propagation = journeys[row].services[i].propagation;
        service->handle = journeys[row].services[i].handle;
        service->outgoing = journeys[row].services[i].outgoing;
        service->refuses = !journeys[row].services[i].goes_on;
        if (journeys[row].services[i].redirects_previous) {
            service->policy.deeds[state] = WFP_DEED_REDIRECT;
        }
        if (journeys[row].services[i].blocks_previous) {
            service->policy.at_auth_connect[state] = WFP_DEED_BLOCK;
        }
    }
    return machine;
}

static void test_journeys(void **state)
{
    (void)state;
    for (size_t row = 0; row < COUNT(journeys); row++) {
        struct machine *machine = machine_for(row);

        print_message("%s\n", journeys[row].what);
        set_up(machine);
        travel(machine, WFP_PATH_IPV4, 0);
        assert_stops(&machine->path, journeys[row].stops);
        assert_int_equal(machine->path.end, journeys[row].end);
        assert_int_equal(machine->path.by, journeys[row].by);
        assert_int_equal(machine->path.cycle_length, journeys[row].cycle);
        drop(machine);
    }
}

static void test_each_service_once(void **state)
{
    (void)state;
    for (uint32_t count = 0; count <= WFP_PATH_SERVICES_MAX; count++) {
        struct machine *machine = machine_of(count);
        char stops[WFP_PATH_SERVICES_MAX + 1] = "12345678";

        stops[count] = '\0';
        set_up(machine);
        travel(machine, WFP_PATH_IPV6, 0);
        assert_stops(&machine->path, stops);
        assert_int_equal(machine->path.end, WFP_PATH_REACHED);
        assert_int_equal(machine->path.hop_count, count + 1);
        drop(machine);
    }
}

/* ---- what is told on the way ---- */

static void test_states_and_flags(void **state)
{
    static const uint8_t told[3][2] = {
        {WFP_NOT_REDIRECTED, WFP_NOT_REDIRECTED},
        {WFP_REDIRECTED_BY_SELF, WFP_REDIRECTED_BY_OTHER},
        {WFP_PREVIOUSLY_REDIRECTED_BY_SELF, WFP_REDIRECTED_BY_SELF},
    };
    static const uint32_t conditions[3] = {
        WFP_CONDITION_IS_CONNECTION_REDIRECTED,
        WFP_CONDITION_IS_CONNECTION_REDIRECTED | WFP_CONDITION_IS_PROXY_CONNECTION,
        WFP_CONDITION_IS_PROXY_CONNECTION,
    };
    struct machine *machine = machine_of(2);

    (void)state;
    set_up(machine);
    travel(machine, WFP_PATH_MAPPED, 0);
    assert_int_equal(machine->path.hop_count, COUNT(told));
    for (uint32_t i = 0; i < COUNT(told); i++) {
        const struct wfp_path_hop *hop = &machine->path.hops[i];

        assert_int_equal(hop->dialler, i);
        assert_int_equal(hop->tracked, i > 0);
        assert_int_equal(hop->asked_count, 2);
        assert_int_equal(hop->asked[0].layer, WFP_CONNECT_REDIRECT_V4);
        assert_int_equal(hop->asked[0].told, told[i][0]);
        assert_int_equal(hop->asked[1].told, told[i][1]);
        assert_int_equal(hop->conditions, conditions[i]);
    }
    drop(machine);
}

/* A fifth version of the connect's own would be one above the cap of three and the one in hand. */
static void test_cap_blocks_a_reauthorisation(void **state)
{
    for (uint32_t count = 0; count <= WFP_PATH_REAUTHORIZATIONS_MAX; count++) {
        struct machine *machine = machine_of(1);
        void *before;

        (void)state;
        machine->topology.services[0].policy.when_reauthorizing = true;
        set_up(machine);
        before = copy_of(machine);
        travel(machine, WFP_PATH_IPV4, count);
        assert_int_equal(machine->path.end, count < 4 ? WFP_PATH_REACHED : WFP_PATH_BLOCKED);
        assert_stops(&machine->path, count < 4 ? "1" : "");
        assert_as_before(machine, before); /* what was blocked does not wait for ever */
        drop(machine);
    }
}

/* ---- the world stays as it was, whatever the services do ---- */

static void choose(struct wfp_path_service *service, uint32_t choice)
{
    service->propagation = (uint8_t)(choice % (WFP_PATH_LOST + 1));
    choice /= WFP_PATH_LOST + 1;
    service->handle = (uint8_t)(choice % (WFP_PATH_HANDLE_PER_CLASSIFY + 1));
    choice /= WFP_PATH_HANDLE_PER_CLASSIFY + 1;
    service->outgoing = (uint8_t)(choice % (WFP_PATH_OTHER + 1));
    choice /= WFP_PATH_OTHER + 1;
    service->refuses = choice % 2 != 0;
    if (choice / 2 != 0) {
        service->policy.deeds[WFP_PREVIOUSLY_REDIRECTED_BY_SELF] = WFP_DEED_REDIRECT;
    }
}

enum {
    CHOICES =
        (WFP_PATH_LOST + 1) * (WFP_PATH_HANDLE_PER_CLASSIFY + 1) * (WFP_PATH_OTHER + 1) * 2 * 2
};

static void journey_there_and_back(struct machine *machine, enum wfp_path_form to)
{
    void *before = copy_of(machine);

    travel(machine, to, 1);
    assert_in_range(machine->path.end, WFP_PATH_REACHED, WFP_PATH_LOOPS);
    assert_true(machine->path.hop_count < WFP_PATH_HOPS_MAX);
    assert_as_before(machine, before);
}

static void test_world_is_as_before(void **state)
{
    (void)state;
    for (uint32_t choice = 0; choice < CHOICES; choice++) {
        struct machine *machine = machine_of(2);

        choose(&machine->topology.services[0], choice);
        choose(&machine->topology.services[1], choice * 7 % CHOICES);
        set_up(machine);
        journey_there_and_back(machine, WFP_PATH_IPV4);
        journey_there_and_back(machine, WFP_PATH_IPV6);
        journey_there_and_back(machine, WFP_PATH_MAPPED);
        drop(machine);
    }
}

static void test_tear_down_leaves_a_fresh_world(void **state)
{
    struct machine *machine = machine_of(3);
    void *fresh;

    (void)state;
    set_up(machine);
    wfp_path_tear_down(&machine->path);
    fresh = copy_of(machine);
    memset(fresh, 0, wfp_world_size(&machine->limits));
    assert_non_null(
        wfp_world_init(fresh, &machine->limits, wfp_rules_shipped(), &machine->profile));
    assert_as_before(machine, fresh);
    drop(machine);
}

/* In the middle of a journey, too. */
static void test_tear_down_ends_a_journey(void **state)
{
    const struct wfp_path_journey journey = {WFP_TCP, WFP_PATH_IPV4, 0};
    struct machine *machine = machine_of(3);

    (void)state;
    set_up(machine);
    assert_int_equal(wfp_path_begin(&machine->path, &journey), WFP_OK);
    assert_true(wfp_path_step(&machine->path));
    assert_int_equal(wfp_path_begin(&machine->path, &journey), WFP_BAD_STATE);
    wfp_path_tear_down(&machine->path);
    assert_false(wfp_path_step(&machine->path));
    drop(machine);
}

/* ---- limits ---- */

static void test_impossible_journeys(void **state)
{
    static const struct wfp_path_journey impossible[] = {
        {WFP_RAW, WFP_PATH_IPV4, 0},
        {WFP_TCP, WFP_PATH_SAME, 0},
        {WFP_TCP, WFP_PATH_OTHER, 0},
        {WFP_TCP, WFP_PATH_IPV4, WFP_PATH_REAUTHORIZATIONS_MAX + 1},
    };
    struct machine *machine = machine_of(1);
    void *before;

    (void)state;
    set_up(machine);
    before = copy_of(machine);
    for (size_t i = 0; i < COUNT(impossible); i++) {
        assert_int_equal(wfp_path_begin(&machine->path, &impossible[i]), WFP_BAD_STATE);
        assert_false(wfp_path_step(&machine->path));
    }
    assert_as_before(machine, before);
    drop(machine);
}

static void test_services_that_do_not_fit(void **state)
{
    struct machine *machine = machine_of(2);
    struct wfp_path_topology many = {.count = WFP_PATH_SERVICES_MAX + 1};
    struct wfp_path *path = malloc(sizeof *path);

    (void)state;
    assert_non_null(path);
    set_up(machine);
    assert_int_equal(wfp_path_set_up(path, machine->world, &many), WFP_BAD_STATE);
    free(path);
    drop(machine);
}

/* Where a record has room for two redirects, a third service gets no connection. */
static void test_no_room_for_the_record(void **state)
{
    struct machine *machine = machine_of(3);
    void *memory;
    void *before;

    (void)state;
    machine->limits = wfp_path_limits(&machine->topology);
    machine->limits.record_bytes = wfp_record_size(&machine->profile, 2, 64);
    memory = malloc(wfp_world_size(&machine->limits));
    machine->world =
        wfp_world_init(memory, &machine->limits, wfp_rules_shipped(), &machine->profile);
    assert_int_equal(wfp_path_set_up(&machine->path, machine->world, &machine->topology), WFP_OK);
    before = copy_of(machine);
    travel(machine, WFP_PATH_IPV4, 0);
    assert_int_equal(machine->path.end, WFP_PATH_NO_ROOM);
    assert_stops(&machine->path, "12");
    assert_as_before(machine, before);
    drop(machine);
}

/* ---- to watch it ---- */

struct watch {
    uint32_t calls;
    uint32_t states;
    uint32_t last_hop;
};

static void observe(void *context, const struct wfp_path_call *call)
{
    struct watch *watch = context;

    assert_non_null(call->name);
    assert_true(call->hop >= watch->last_hop);
    watch->last_hop = call->hop;
    watch->calls++;
    watch->states += call->reply.rule != NULL && call->reply.answer.outcome == WFP_STATE;
}

static void test_every_call_is_seen(void **state)
{
    struct machine *machine = machine_of(2);
    struct watch watch = {0, 0, 0};
    struct wfp_path *quiet = malloc(sizeof *quiet);

    (void)state;
    assert_non_null(quiet);
    set_up(machine);
    travel(machine, WFP_PATH_IPV4, 0);
    *quiet = machine->path;
    machine->path.observer = observe;
    machine->path.observer_context = &watch;
    travel(machine, WFP_PATH_IPV4, 0);
    assert_int_equal(watch.states, 6); /* two callouts at each of three hops */
    assert_int_equal(watch.last_hop, 2);
    assert_true(watch.calls > 40);
    assert_int_equal(machine->path.end, quiet->end);
    assert_int_equal(machine->path.hop_count, quiet->hop_count);
    free(quiet);
    machine->path.observer = NULL;
    drop(machine);
}

static void test_names_of_ends(void **state)
{
    (void)state;
    assert_string_equal(wfp_path_end_name(WFP_PATH_UNDER_WAY), "under-way");
    assert_string_equal(wfp_path_end_name(WFP_PATH_LOOPS), "loop");
    assert_string_equal(wfp_path_end_name(WFP_PATH_NO_ROOM), "no-room");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_journeys),
        cmocka_unit_test(test_each_service_once),
        cmocka_unit_test(test_states_and_flags),
        cmocka_unit_test(test_cap_blocks_a_reauthorisation),
        cmocka_unit_test(test_world_is_as_before),
        cmocka_unit_test(test_tear_down_leaves_a_fresh_world),
        cmocka_unit_test(test_tear_down_ends_a_journey),
        cmocka_unit_test(test_impossible_journeys),
        cmocka_unit_test(test_services_that_do_not_fit),
        cmocka_unit_test(test_no_room_for_the_record),
        cmocka_unit_test(test_every_call_is_seen),
        cmocka_unit_test(test_names_of_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
