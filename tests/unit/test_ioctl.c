/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/unit/answers.h"
#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { BARE = SCENE_N - SCENE_CONTEXT }; /* a record whose hop has no context */

static const uint32_t queries[] = {WFP_SIO_QUERY_RECORDS, WFP_SIO_QUERY_CONTEXT};
static const uint32_t codes[] = {WFP_SIO_QUERY_RECORDS, WFP_SIO_QUERY_CONTEXT, WFP_SIO_SET_RECORDS,
                                 WFP_SIO_FLUSH, 0x980000DBu};

/* ---- populated scenes ---- */

static struct scene_cast cast;

static int populate(void **state)
{
    static struct scene scene;

    scene_prepare(&scene);
    scene_make(&scene);
    scene_populate(&scene, &cast);
    *state = &scene;
    return 0;
}

static int clear(void **state)
{
    scene_free(*state);
    return 0;
}

static struct wfp_ioctl set_of(struct scene *scene, enum scene_place place, enum scene_blob blob)
{
    return scene_set(scene, cast.sockets[place], blob == SCENE_NO_BLOB ? NULL : cast.blobs[blob],
                     cast.sizes[blob]);
}

/* ---- sizes (BUF-01 to BUF-08) ---- */

static struct wfp_answer expected_by_size(uint32_t size, uint32_t n)
{
    if (size >= n) {
        return answer_bytes(0, n);
    }
    return size > 0 && size < 4 ? answer_bytes(10022, 0) : answer_bytes(122, n);
}

static void check_size(struct scene *scene, uint32_t code, uint32_t size, uint32_t n)
{
    const struct wfp_redirect redirect = scene_redirect(scene->handle);
    const struct wfp_ioctl query = scene_query(scene, code, scene->accepted, size);
    const struct wfp_reply reply = scene_call(scene, &query);

    assert_answer(reply.answer, expected_by_size(size, n));
    assert_int_equal(reply.written, size >= n ? n : 0);
    assert_int_equal(reply.operation, 0);
    assert_true(scene_untouched(scene, reply.written));
    if (reply.written > 0) {
        assert_memory_equal(scene->out + reply.written - SCENE_CONTEXT -
                                (code == WFP_SIO_QUERY_RECORDS ? 8 : 0),
                            redirect.context, SCENE_CONTEXT);
    }
}

static void test_answers_follow_the_size(void **state)
{
    struct scene *scene = *state;

    for (uint32_t size = 0; size <= SCENE_N + 20; size++) {
        check_size(scene, WFP_SIO_QUERY_RECORDS, size, SCENE_N);
    }
    for (uint32_t size = 0; size <= SCENE_CONTEXT + 20; size++) {
        check_size(scene, WFP_SIO_QUERY_CONTEXT, size, SCENE_CONTEXT);
    }
    check_size(scene, WFP_SIO_QUERY_RECORDS, SCENE_ROOM, SCENE_N);
    check_size(scene, WFP_SIO_QUERY_CONTEXT, SCENE_ROOM, SCENE_CONTEXT);
}

/* BUF-02: with a length of 0 the pointer is not looked at. */
static void test_size_query_ignores_the_pointer(void **state)
{
    struct scene *scene = *state;

    for (size_t i = 0; i <= WFP_POINTER_PARTLY_UNMAPPED; i++) {
        struct wfp_ioctl query = scene_query(scene, WFP_SIO_QUERY_RECORDS, scene->accepted, 0);

        query.out.pointer = (enum wfp_pointer)i;
        assert_answer(scene_call(scene, &query).answer, answer_bytes(122, SCENE_N));
    }
}

/* QRY-11 */
static void test_asking_again_gives_the_same(void **state)
{
    struct scene *scene = *state;
    uint8_t first[SCENE_ROOM];

    assert_int_equal(scene_record(scene, scene->accepted, first), SCENE_N);
    for (unsigned i = 0; i < 3; i++) {
        uint8_t again[SCENE_ROOM];

        assert_int_equal(scene_record(scene, scene->accepted, again), SCENE_N);
        assert_memory_equal(again, first, SCENE_N);
    }
}

/* UNK-09: only a success has asked. */
static void test_a_provider_may_answer_once(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl small = scene_query(scene, queries[0], scene->accepted, 100);
    const struct wfp_ioctl ample = scene_query(scene, queries[0], scene->accepted, 1000);

    scene_decide(scene, WFP_KEY_QUERY_AGAIN, answer_bytes(10022, 0));
    assert_answer(scene_call(scene, &small).answer, answer_bytes(122, SCENE_N));
    assert_answer(scene_call(scene, &ample).answer, answer_bytes(0, SCENE_N));
    assert_answer(scene_call(scene, &ample).answer, answer_bytes(10022, 0));
}

/* ---- who is asked (UNK-01, 03, 04, 05, 10, 36, 44, 45) ---- */

struct place {
    struct wfp_answer records;
    struct wfp_answer context;
};

#define OK(n) BYTES(0, n)
#define FAILS(error) BYTES(error, 0)

static const struct place places[SCENE_PLACES] = {
    [SCENE_NO_SOCKET] = {FAILS(10038), FAILS(10038)},
    [SCENE_FRESH] = {FAILS(10057), FAILS(10057)},
    [SCENE_BOUND] = {FAILS(10057), FAILS(10057)},
    [SCENE_LISTENING] = {FAILS(10057), FAILS(10057)},
    [SCENE_CONNECTED] = {FAILS(10022), FAILS(10022)},
    [SCENE_UDP] = {FAILS(10057), FAILS(10057)},
    [SCENE_UDP_CONNECTED] = {FAILS(10022), FAILS(10022)},
    [SCENE_RAW] = {FAILS(10022), FAILS(10022)},
    [SCENE_ACCEPTED] = {OK(SCENE_N), OK(SCENE_CONTEXT)},
    [SCENE_ACCEPTED_PLAIN] = {FAILS(10022), FAILS(10022)},
    [SCENE_WITHOUT_CONTEXT] = {OK(BARE), FAILS(10022)},
    [SCENE_WITHOUT_OVERLAPPED] = {OK(SCENE_N), OK(SCENE_CONTEXT)},
    [SCENE_NOT_UPDATED] = {OK(SCENE_N), OK(SCENE_CONTEXT)},
    [SCENE_DUPLICATE] = {OK(SCENE_N), OK(SCENE_CONTEXT)},
    [SCENE_SHUT_DOWN] = {OK(SCENE_N), OK(SCENE_CONTEXT)},
    [SCENE_ASKED] = {OK(SCENE_N), OK(SCENE_CONTEXT)},
    [SCENE_ATTACHED] = {FAILS(10057), FAILS(10057)},
    [SCENE_ATTACHED_CONNECTED] = {FAILS(10022), FAILS(10022)},
};

static void test_queries_by_socket(void **state)
{
    static const uint32_t sizes[] = {1024, SCENE_N, 0};
    struct scene *scene = *state;

    for (size_t i = 0; i < SCENE_PLACES * COUNT(queries) * COUNT(sizes); i++) {
        const struct place *place = &places[i % SCENE_PLACES];
        const uint32_t code = queries[i / SCENE_PLACES % COUNT(queries)];
        const uint32_t size = sizes[i / SCENE_PLACES / COUNT(queries)];
        const struct wfp_ioctl query =
            scene_query(scene, code, cast.sockets[i % SCENE_PLACES], size);
        struct wfp_answer expected = code == queries[0] ? place->records : place->context;

        if (expected.error == 0 && size == 0) {
            expected.error = 122;
        }
        assert_answer(scene_call(scene, &query).answer, expected);
    }
}

static void test_set_record_may_be_visible(void **state)
{
    static const enum scene_place attached[] = {SCENE_ATTACHED, SCENE_ATTACHED_CONNECTED};
    struct scene *scene = *state;

    scene->profile.keys[WFP_KEY_SET_RECORD_VISIBLE].values[0].number = 1;
    for (size_t i = 0; i < COUNT(attached); i++) {
        const uint32_t socket = cast.sockets[attached[i]];
        const struct wfp_ioctl query = scene_query(scene, queries[1], socket, 1024);
        uint8_t bytes[SCENE_ROOM];

        assert_int_equal(scene_record(scene, socket, bytes), SCENE_N);
        assert_memory_equal(bytes, cast.blobs[SCENE_VALID], SCENE_N);
        assert_answer(scene_call(scene, &query).answer, answer_bytes(0, SCENE_CONTEXT));
    }
}

/* ---- SET (UNK-11 to UNK-17, UNK-25, UNK-49, SET-15) ---- */

static void test_set_by_socket(void **state)
{
    struct scene *scene = *state;

    for (size_t place = 0; place < SCENE_PLACES; place++) {
        const struct wfp_ioctl set = set_of(scene, (enum scene_place)place, SCENE_VALID);
        const bool wrong_type =
            place == SCENE_UDP || place == SCENE_UDP_CONNECTED || place == SCENE_RAW;
        const uint32_t expected = place == SCENE_NO_SOCKET ? 10038 : wrong_type ? 10022 : 0;

        assert_answer(scene_call(scene, &set).answer, answer_bytes(expected, 0));
    }
}

static void test_set_by_blob(void **state)
{
    static const uint32_t errors[SCENE_BLOBS] = {
        [SCENE_NO_BLOB] = 10022,  [SCENE_GARBAGE] = 10022, [SCENE_TRUNCATED] = 10022,
        [SCENE_EXTENDED] = 10022, [SCENE_FOREIGN] = 10022,
    };
    struct scene *scene = *state;

    for (size_t blob = 0; blob < SCENE_BLOBS; blob++) {
        const struct wfp_ioctl set = set_of(scene, SCENE_FRESH, (enum scene_blob)blob);
        const struct wfp_reply reply = scene_call(scene, &set);

        assert_answer(reply.answer, answer_bytes(errors[blob], 0));
        assert_int_equal(reply.written, 0);
        assert_true(scene_untouched(scene, 0));
    }
}

/* An accepted socket has its record from the redirect; a SET there does not replace it. */
static void test_set_on_an_accepted_socket_changes_nothing(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl set = set_of(scene, SCENE_ACCEPTED, SCENE_ANOTHER);
    uint8_t before[SCENE_ROOM];
    uint8_t after[SCENE_ROOM];

    scene_record(scene, cast.sockets[SCENE_ACCEPTED], before);
    assert_answer(scene_call(scene, &set).answer, answer_bytes(0, 0));
    assert_int_equal(scene_record(scene, cast.sockets[SCENE_ACCEPTED], after), SCENE_N);
    assert_memory_equal(after, before, SCENE_N);
}

static void test_set_again_and_fan_out_are_told_apart(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl set = set_of(scene, SCENE_ATTACHED, SCENE_ANOTHER);

    scene_decide(scene, WFP_KEY_SET_AGAIN, answer_bytes(10056, 0));
    scene_decide(scene, WFP_KEY_SET_FAN_OUT, answer_bytes(10048, 0));
    assert_answer(scene_call(scene, &set).answer, answer_bytes(10056, 0));
    set = set_of(scene, SCENE_FRESH, SCENE_VALID);
    assert_answer(scene_call(scene, &set).answer, answer_bytes(10048, 0));
    set = set_of(scene, SCENE_FRESH, SCENE_ANOTHER);
    assert_answer(scene_call(scene, &set).answer, answer_bytes(0, 0));
    assert_answer(scene_call(scene, &set).answer, answer_bytes(10056, 0));
}

/* UNK-18: an unelevated SET is refused whatever it hands in, a query is not. */
static void test_set_needs_elevation(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl set = set_of(scene, SCENE_FRESH, SCENE_VALID);
    struct wfp_ioctl query;

    wfp_process_elevated(scene->world, false);
    assert_answer(scene_call(scene, &set).answer, answer_bytes(10013, 0));
    set = set_of(scene, SCENE_FRESH, SCENE_GARBAGE);
    assert_answer(scene_call(scene, &set).answer, answer_bytes(10013, 0));
    query = scene_query(scene, queries[0], cast.sockets[SCENE_ACCEPTED], 1024);
    assert_answer(scene_call(scene, &query).answer, answer_bytes(0, SCENE_N));
    wfp_process_elevated(scene->world, true);
    assert_answer(scene_call(scene, &set).answer, answer_bytes(10022, 0));
}

/* ---- pointers (API-06, API-19, API-21, OVL-01, OVL-02) ---- */

static void test_output_pointers(void **state)
{
    static const uint32_t errors[] = {0, 0, 0, 10014, 10014, 10014};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(errors) * COUNT(queries); i++) {
        const uint32_t code = queries[i / COUNT(errors)];
        const uint32_t n = code == queries[0] ? SCENE_N : SCENE_CONTEXT;
        const uint32_t error = errors[i % COUNT(errors)];
        struct wfp_ioctl query = scene_query(scene, code, cast.sockets[SCENE_ACCEPTED], 1024);
        struct wfp_reply reply;

        query.out.pointer = (enum wfp_pointer)(i % COUNT(errors));
        reply = scene_call(scene, &query);
        assert_answer(reply.answer, answer_bytes(error, error == 0 ? n : 0));
        assert_int_equal(reply.written, error == 0 ? n : 0);
        assert_true(scene_untouched(scene, reply.written));
    }
}

static void test_input_pointers(void **state)
{
    static const uint32_t errors[] = {0, 0, 0, 10014, 10014, 10014};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(errors); i++) {
        struct wfp_ioctl set = set_of(scene, SCENE_FRESH, SCENE_VALID);
        struct wfp_ioctl query = scene_query(scene, queries[0], cast.sockets[SCENE_ACCEPTED], 1024);

        set.in.pointer = (enum wfp_pointer)i;
        assert_answer(scene_call(scene, &set).answer, answer_bytes(errors[i], 0));
        query.in = set.in;
        assert_answer(scene_call(scene, &query).answer, answer_bytes(0, SCENE_N));
    }
}

static void test_set_takes_no_output(void **state)
{
    static const uint32_t errors[] = {10022, 10022, 10022, 10022, 10014, 10014};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(errors); i++) {
        struct wfp_ioctl set = set_of(scene, SCENE_FRESH, SCENE_VALID);

        set.out.pointer = (enum wfp_pointer)i;
        assert_answer(scene_call(scene, &set).answer, answer_bytes(0, 0));
        set.out.size = 16;
        assert_answer(scene_call(scene, &set).answer, answer_bytes(errors[i], 0));
    }
}

enum { VALID = WFP_POINTER_HEAP, NONE = WFP_POINTER_NULL, WILD = WFP_POINTER_UNMAPPED };

static const struct {
    int count;
    int overlapped;
    int routine;
    bool plain; /* the socket has no overlapped attribute */
    struct wfp_answer expected;
} arguments[] = {
    {VALID, NONE, NONE, false, OK(SCENE_N)},      {NONE, NONE, NONE, false, UNCHANGED(10014)},
    {NONE, VALID, NONE, false, UNCHANGED(0)},     {WILD, NONE, NONE, false, UNCHANGED(10014)},
    {WILD, VALID, NONE, false, UNCHANGED(10014)}, {VALID, WILD, NONE, false, FAILS(10014)},
    {NONE, WILD, NONE, false, UNCHANGED(10014)},  {VALID, VALID, WILD, false, FAILS(10014)},
    {VALID, NONE, WILD, false, OK(SCENE_N)},      {VALID, VALID, WILD, true, OK(SCENE_N)},
    {VALID, VALID, VALID, false, OK(SCENE_N)},
};

static void test_arguments(void **state)
{
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(arguments); i++) {
        const enum scene_place place =
            arguments[i].plain ? SCENE_WITHOUT_OVERLAPPED : SCENE_ACCEPTED;
        struct wfp_ioctl query = scene_query(scene, queries[0], cast.sockets[place], 1024);
        struct wfp_reply reply;

        query.byte_count = (enum wfp_pointer)arguments[i].count;
        query.overlapped = (enum wfp_pointer)arguments[i].overlapped;
        query.routine = (enum wfp_pointer)arguments[i].routine;
        reply = scene_call(scene, &query);
        assert_answer(reply.answer, arguments[i].expected);
        if (reply.operation != 0) {
            assert_int_equal(wfp_operation_release(scene->world, reply.operation), WFP_OK);
        }
    }
}

/* OVL-01, OVL-03: where the routine is ignored it excuses no other argument. */
static void test_ignored_routine_hides_nothing(void **state)
{
    static const enum scene_place targets[] = {SCENE_FRESH, SCENE_WITHOUT_OVERLAPPED};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(targets); i++) {
        struct wfp_ioctl call = set_of(scene, targets[i], SCENE_NO_BLOB);

        call.routine = WFP_POINTER_UNMAPPED;
        assert_answer(scene_call(scene, &call).answer, answer_bytes(10022, 0));
        call = scene_query(scene, queries[0], cast.sockets[targets[i]], 3);
        call.routine = WFP_POINTER_UNMAPPED;
        assert_answer(scene_call(scene, &call).answer, answer_bytes(10022, 0));
    }
}

static void test_nothing_works_before_startup(void **state)
{
    struct scene *scene = *state;

    wfp_process_started(scene->world, false);
    for (size_t i = 0; i < COUNT(codes); i++) {
        const struct wfp_ioctl call =
            scene_query(scene, codes[i], cast.sockets[SCENE_ACCEPTED], 1024);

        assert_answer(scene_call(scene, &call).answer, answer_unchanged(10093));
    }
}

/* ---- faults and codes ---- */

static void test_faults(void **state)
{
    static const uint32_t errors[] = {0, 10050, 10004, 10036, 10042};
    struct scene *scene = *state;

    for (size_t fault = WFP_FAULT_NETWORK_DOWN; fault <= WFP_FAULT_PROTOCOL; fault++) {
        struct wfp_ioctl query =
            scene_query(scene, queries[fault % 2], cast.sockets[SCENE_ACCEPTED], 1024);
        struct wfp_ioctl set = set_of(scene, SCENE_FRESH, SCENE_VALID);

        query.fault = set.fault = (enum wfp_fault)fault;
        assert_answer(scene_call(scene, &query).answer, answer_bytes(errors[fault], 0));
        assert_answer(scene_call(scene, &set).answer,
                      answer_bytes(fault == WFP_FAULT_PROTOCOL ? 0 : errors[fault], 0));
    }
}

static void test_other_codes_are_unknown(void **state)
{
    static const uint32_t others[] = {0,           0x980000DBu, 0x980000DFu, 0x580000DCu,
                                      0xD80000DCu, 0x58000026u, 0x28000003u, UINT32_MAX};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(others); i++) {
        const struct wfp_ioctl call =
            scene_query(scene, others[i], cast.sockets[SCENE_ACCEPTED], 1024);
        const struct wfp_reply reply = scene_call(scene, &call);

        assert_answer(reply.answer, answer_bytes(10022, 0));
        assert_string_equal(reply.rule->id, "code.unknown");
    }
}

static void test_flush_returns_nothing(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl call =
        scene_query(scene, WFP_SIO_FLUSH, cast.sockets[SCENE_ACCEPTED], 0);

    assert_answer(scene_call(scene, &call).answer, answer_bytes(0, 0));
}

/* ---- the other entries (API-04, QRY-14, QRY-15, SET-11, CTX-06) ---- */

static const struct {
    uint32_t code;
    enum scene_place place;
    enum scene_blob blob;
    uint32_t out_size;
    uint32_t status;
    uint32_t bytes;
} kernel[] = {
    {WFP_SIO_QUERY_RECORDS, SCENE_ACCEPTED, SCENE_NO_BLOB, 1024, 0, SCENE_N},
    {WFP_SIO_QUERY_RECORDS, SCENE_ACCEPTED, SCENE_NO_BLOB, 0, 0xC0000023u, SCENE_N},
    {WFP_SIO_QUERY_RECORDS, SCENE_ACCEPTED, SCENE_NO_BLOB, 3, 0xC0000023u, SCENE_N},
    {WFP_SIO_QUERY_RECORDS, SCENE_ACCEPTED, SCENE_NO_BLOB, SCENE_N - 1, 0xC0000023u, SCENE_N},
    {WFP_SIO_QUERY_RECORDS, SCENE_ACCEPTED_PLAIN, SCENE_NO_BLOB, 1024, 0xC0000225u, 0},
    {WFP_SIO_QUERY_CONTEXT, SCENE_ACCEPTED, SCENE_NO_BLOB, 1024, 0, SCENE_CONTEXT},
    {WFP_SIO_QUERY_CONTEXT, SCENE_ACCEPTED, SCENE_NO_BLOB, 0, 0xC0000023u, SCENE_CONTEXT},
    {WFP_SIO_QUERY_CONTEXT, SCENE_WITHOUT_CONTEXT, SCENE_NO_BLOB, 0, 0xC0000225u, 0},
    {WFP_SIO_SET_RECORDS, SCENE_FRESH, SCENE_VALID, 0, 0, 0},
    {WFP_SIO_SET_RECORDS, SCENE_FRESH, SCENE_GARBAGE, 0, 0xC0000095u, 0},
    {WFP_SIO_SET_RECORDS, SCENE_FRESH, SCENE_TRUNCATED, 0, 0xC0000095u, 0},
    {WFP_SIO_SET_RECORDS, SCENE_FRESH, SCENE_EXTENDED, 0, 0xC0000095u, 0},
};

static struct wfp_ioctl kernel_call(struct scene *scene, size_t row)
{
    struct wfp_ioctl call = set_of(scene, kernel[row].place, kernel[row].blob);

    call.code = kernel[row].code;
    call.entry = WFP_ENTRY_WSK;
    call.byte_count = WFP_POINTER_NULL;
    call.out.size = kernel[row].out_size;
    call.out.pointer = kernel[row].out_size == 0 ? WFP_POINTER_NULL : WFP_POINTER_HEAP;
    return call;
}

static void test_kernel_entry_answers_statuses(void **state)
{
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(kernel); i++) {
        const struct wfp_ioctl call = kernel_call(scene, i);
        const struct wfp_reply reply = scene_call(scene, &call);

        assert_answer(reply.answer, answer_bytes(kernel[i].status, kernel[i].bytes));
        assert_true(scene_untouched(scene, reply.written));
    }
    wfp_process_elevated(scene->world, false);
    for (size_t i = 8; i < COUNT(kernel); i++) {
        const struct wfp_ioctl call = kernel_call(scene, i);

        assert_answer(scene_call(scene, &call).answer, answer_bytes(0xC0000022u, 0));
    }
}

/* What the kernel entry does not look at excuses none of what it does look at. */
static void test_kernel_entry_looks_at_buffers(void **state)
{
    static const enum wfp_pointer pointers[] = {WFP_POINTER_HEAP, WFP_POINTER_NULL,
                                                WFP_POINTER_UNMAPPED};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(pointers); i++) {
        struct wfp_ioctl call = kernel_call(scene, 0);

        call.out.pointer = WFP_POINTER_NULL;
        call.byte_count = call.routine = pointers[i];
        call.overlapped = WFP_POINTER_HEAP;
        assert_answer(scene_call(scene, &call).answer, answer_bytes(0xC000000Du, 0));
        call = kernel_call(scene, 8);
        call.in.size = 0;
        call.byte_count = call.routine = pointers[i];
        call.overlapped = WFP_POINTER_HEAP;
        assert_answer(scene_call(scene, &call).answer, answer_bytes(0xC000000Du, 0));
    }
}

static uint32_t last_error(struct scene *scene, uint32_t thread)
{
    struct wfp_reply reply;

    wfp_last_error(scene->world, thread, &reply);
    assert_answer(reply.answer, answer_unchanged(reply.answer.error));
    return reply.answer.error;
}

static void test_reason_stays_with_the_thread(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl query = scene_query(scene, queries[0], scene->accepted, 100);

    for (uint32_t thread = 0; thread < WFP_THREADS; thread++) {
        assert_int_equal(last_error(scene, thread), 0);
        query.thread = thread;
        scene_call(scene, &query);
        assert_int_equal(last_error(scene, thread), 122);
    }
    query.socket = WFP_INVALID_SOCKET;
    query.thread = 2;
    scene_call(scene, &query);
    query.socket = scene->accepted;
    query.out.size = 1024;
    assert_answer(scene_call(scene, &query).answer, answer_bytes(0, SCENE_N));
    assert_int_equal(last_error(scene, 1), 122);
    assert_int_equal(last_error(scene, 2), 10038);
}

static void test_other_entries_hand_the_reason_over(void **state)
{
    static const enum wfp_entry entries[] = {WFP_ENTRY_WSPIOCTL, WFP_ENTRY_WSK};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(entries); i++) {
        struct wfp_ioctl query = scene_query(scene, queries[0], scene->accepted, 100);

        query.entry = entries[i];
        assert_answer(scene_call(scene, &query).answer,
                      answer_bytes(entries[i] == WFP_ENTRY_WSK ? 0xC0000023u : 122, SCENE_N));
        assert_int_equal(last_error(scene, 0), 0);
    }
}

static void test_there_are_few_threads(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl query = scene_query(scene, queries[0], scene->accepted, 1024);
    struct wfp_reply reply;

    query.thread = WFP_THREADS;
    assert_int_equal(wfp_socket_ioctl(scene->world, &query, &reply), WFP_BAD_STATE);
    query.thread = UINT32_MAX;
    assert_int_equal(wfp_socket_ioctl(scene->world, &query, &reply), WFP_BAD_STATE);
    assert_int_equal(last_error(scene, WFP_THREADS), 0);
    assert_true(scene_untouched(scene, 0));
}

/* ---- following what was recorded elsewhere ---- */

static struct wfp_reply assume(struct scene *scene, const struct wfp_ioctl *call,
                               struct wfp_answer answer)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_ioctl_assume(scene->world, call, answer, &reply), WFP_OK);
    assert_answer(reply.answer, answer);
    return reply;
}

static void test_assumed_answer_names_its_rule(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl query = scene_query(scene, queries[0], scene->accepted, 100);

    scene_also(scene, WFP_KEY_TOO_SMALL, answer_needed(10014));
    assert_string_equal(assume(scene, &query, answer_bytes(10014, SCENE_N)).rule->id,
                        "query.too-small");
    assert_int_equal(last_error(scene, 0), 10014);
    assert_null(assume(scene, &query, answer_bytes(10014, SCENE_N - 1)).rule);
    assert_null(assume(scene, &query, answer_bytes(10055, SCENE_N)).rule);
    assert_int_equal(last_error(scene, 0), 10055);
    assert_true(scene_untouched(scene, 0));
}

/* A success that nothing allows has still done what the call is made for; a failure nothing. */
static void test_assumed_answer_is_taken_at_its_word(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl set = set_of(scene, SCENE_FRESH, SCENE_VALID);

    wfp_process_elevated(scene->world, false);
    assert_null(assume(scene, &set, answer_bytes(10022, 0)).rule);
    assert_int_equal(scene_state(scene, set.socket, scene->handle), WFP_NOT_REDIRECTED);
    assert_null(assume(scene, &set, answer_bytes(0, 0)).rule);
    assert_int_equal(scene_state(scene, set.socket, scene->handle), WFP_REDIRECTED_BY_SELF);
    set = set_of(scene, SCENE_BOUND, SCENE_GARBAGE);
    assert_null(assume(scene, &set, answer_bytes(0, 0)).rule);
    assert_int_equal(scene_state(scene, set.socket, scene->handle), WFP_NOT_REDIRECTED);
}

static void test_assumed_query_copies(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl query = scene_query(scene, queries[0], scene->accepted, 1024);

    scene_decide(scene, WFP_KEY_QUERY_AGAIN, answer_bytes(10022, 0));
    assert_int_equal(assume(scene, &query, answer_bytes(10055, 0)).written, 0);
    assert_int_equal(assume(scene, &query, answer_bytes(0, SCENE_N)).written, SCENE_N);
    assert_true(scene_untouched(scene, SCENE_N));
    assert_answer(scene_call(scene, &query).answer, answer_bytes(10022, 0));
}

/* Nobody sees a byte count for which there is no place; the answer is known by the rest. */
static void test_assumed_answer_is_the_one_seen(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl query = scene_query(scene, queries[0], scene->accepted, 1024);

    query.overlapped = WFP_POINTER_HEAP;
    query.byte_count = WFP_POINTER_NULL;
    assert_string_equal(assume(scene, &query, answer_unchanged(0)).rule->id, "query.records");
    assert_int_equal(assume(scene, &query, answer_unchanged(0)).written, SCENE_N);
}

static void test_assumed_pending_pends(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl query = scene_query(scene, queries[0], scene->accepted, 1024);
    struct wfp_reply reply;

    query.overlapped = WFP_POINTER_HEAP;
    reply = assume(scene, &query, answer_unchanged(997));
    assert_null(reply.rule);
    assert_int_not_equal(reply.operation, 0);
    assert_int_equal(wfp_operation_release(scene->world, reply.operation), WFP_BAD_STATE);
    query.thread = WFP_THREADS;
    assert_int_equal(wfp_ioctl_assume(scene->world, &query, answer_unchanged(997), &reply),
                     WFP_BAD_STATE);
}

int main(void)
{
#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)
#define WITH_CAST(test) cmocka_unit_test_setup_teardown(test, populate, clear)
    const struct CMUnitTest tests[] = {
        WITH_SCENE(test_answers_follow_the_size),
        WITH_SCENE(test_size_query_ignores_the_pointer),
        WITH_SCENE(test_asking_again_gives_the_same),
        WITH_SCENE(test_a_provider_may_answer_once),
        WITH_CAST(test_queries_by_socket),
        WITH_CAST(test_set_record_may_be_visible),
        WITH_CAST(test_set_by_socket),
        WITH_CAST(test_set_by_blob),
        WITH_CAST(test_set_on_an_accepted_socket_changes_nothing),
        WITH_CAST(test_set_again_and_fan_out_are_told_apart),
        WITH_CAST(test_set_needs_elevation),
        WITH_CAST(test_output_pointers),
        WITH_CAST(test_input_pointers),
        WITH_CAST(test_set_takes_no_output),
        WITH_CAST(test_arguments),
        WITH_CAST(test_ignored_routine_hides_nothing),
        WITH_CAST(test_nothing_works_before_startup),
        WITH_CAST(test_faults),
        WITH_CAST(test_other_codes_are_unknown),
        WITH_CAST(test_flush_returns_nothing),
        WITH_CAST(test_kernel_entry_answers_statuses),
        WITH_CAST(test_kernel_entry_looks_at_buffers),
        WITH_SCENE(test_reason_stays_with_the_thread),
        WITH_SCENE(test_other_entries_hand_the_reason_over),
        WITH_SCENE(test_there_are_few_threads),
        WITH_SCENE(test_assumed_answer_names_its_rule),
        WITH_CAST(test_assumed_answer_is_taken_at_its_word),
        WITH_SCENE(test_assumed_query_copies),
        WITH_SCENE(test_assumed_answer_is_the_one_seen),
        WITH_SCENE(test_assumed_pending_pends),
    };

    return cmocka_run_group_tests_name("ioctl", tests, NULL, NULL);
}
