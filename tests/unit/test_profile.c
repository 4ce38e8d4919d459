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

/* ---- the documented profile: column DOC of the dossier, section 22, and the pages ---- */

static const struct {
    const char *name;
    enum wfp_key key;
    struct wfp_answer answer;
} answers[] = {
    {"not-started", WFP_KEY_NOT_STARTED, UNCHANGED(10093)},                          /* API-19 */
    {"null-byte-count", WFP_KEY_NULL_BYTE_COUNT, UNCHANGED(10014)},                  /* UNK-24 */
    {"null-byte-count-overlapped", WFP_KEY_NULL_BYTE_COUNT_OVERLAPPED, PASS},        /* API-21 */
    {"unmapped-byte-count", WFP_KEY_UNMAPPED_BYTE_COUNT, UNCHANGED(10014)},          /* API-06 */
    {"unmapped-overlapped", WFP_KEY_UNMAPPED_OVERLAPPED, BYTES(10014, 0)},           /* API-06 */
    {"unsupported", WFP_KEY_UNSUPPORTED, PASS},                                      /* API-11 */
    {"unknown-code", WFP_KEY_UNKNOWN_CODE, BYTES(10022, 0)},                         /* API-08 */
    {"flush", WFP_KEY_FLUSH, BYTES(0, 0)},                                           /* DIA-06 */
    {"overlapped", WFP_KEY_OVERLAPPED, PASS},                                        /* UNK-41 */
    {"overlapped-on-plain-socket", WFP_KEY_OVERLAPPED_ON_PLAIN_SOCKET, PASS},        /* OVL-01 */
    {"completion-event", WFP_KEY_COMPLETION_EVENT, UNCHANGED(0)},                    /* OVL-10 */
    {"win32-too-small", WFP_KEY_WIN32_TOO_SMALL, NEEDED(122)},                       /* UNK-42 */
    {"win32-no-record", WFP_KEY_WIN32_NO_RECORD, BYTES(10022, 0)},                   /* UNK-42 */
    {"flush-pended", WFP_KEY_FLUSH_PENDED, BYTES(995, 0)},                           /* UNK-43 */
    {"too-small", WFP_KEY_TOO_SMALL, NEEDED(122)},                                   /* UNK-06 */
    {"tiny-buffer", WFP_KEY_TINY_BUFFER, BYTES(10022, 0)},                           /* UNK-07 */
    {"zero-size-query", WFP_KEY_ZERO_SIZE_QUERY, NEEDED(122)},                       /* BUF-01 */
    {"no-record", WFP_KEY_NO_RECORD, BYTES(10022, 0)},                               /* UNK-01 */
    {"no-record-size-query", WFP_KEY_NO_RECORD_SIZE_QUERY, BYTES(10022, 0)},         /* UNK-02 */
    {"no-context", WFP_KEY_NO_CONTEXT, BYTES(10022, 0)},                             /* UNK-03 */
    {"unconnected", WFP_KEY_UNCONNECTED, BYTES(10057, 0)},                           /* UNK-04 */
    {"listening", WFP_KEY_LISTENING, BYTES(10057, 0)},                               /* UNK-04 */
    {"query-on-udp-unconnected", WFP_KEY_QUERY_ON_UDP_UNCONNECTED, BYTES(10057, 0)}, /* UNK-05 */
    {"query-on-udp-connected", WFP_KEY_QUERY_ON_UDP_CONNECTED, PASS},                /* UNK-05 */
    {"query-on-raw", WFP_KEY_QUERY_ON_RAW, BYTES(10022, 0)},                         /* API-08 */
    {"misaligned-records", WFP_KEY_MISALIGNED_RECORDS, PASS},                        /* UNK-08 */
    {"misaligned-context", WFP_KEY_MISALIGNED_CONTEXT, PASS},                        /* UNK-08 */
    {"query-again", WFP_KEY_QUERY_AGAIN, PASS},                                      /* UNK-09 */
    {"query-input", WFP_KEY_QUERY_INPUT, PASS},                                      /* UNK-23 */
    {"query-needs-admin", WFP_KEY_QUERY_NEEDS_ADMIN, PASS},                          /* UNK-18 */
    {"accept-not-updated", WFP_KEY_ACCEPT_NOT_UPDATED, PASS},                        /* UNK-36 */
    {"duplicated-socket", WFP_KEY_DUPLICATED_SOCKET, PASS},                          /* UNK-44 */
    {"after-shutdown", WFP_KEY_AFTER_SHUTDOWN, PASS},                                /* UNK-45 */
    {"set-success", WFP_KEY_SET_SUCCESS, BYTES(0, 0)},                               /* UNK-24 */
    {"set-needs-admin", WFP_KEY_SET_NEEDS_ADMIN, BYTES(10013, 0)},                   /* UNK-18 */
    {"set-output-size", WFP_KEY_SET_OUTPUT_SIZE, BYTES(10022, 0)},                   /* UNK-22 */
    {"set-null-input", WFP_KEY_SET_NULL_INPUT, BYTES(10014, 0)},                     /* UNK-14 */
    {"set-empty", WFP_KEY_SET_EMPTY, BYTES(10022, 0)},                               /* UNK-14 */
    {"set-garbage", WFP_KEY_SET_GARBAGE, BYTES(10022, 0)},                           /* UNK-13 */
    {"set-truncated", WFP_KEY_SET_TRUNCATED, BYTES(10022, 0)},                       /* UNK-15 */
    {"set-extended", WFP_KEY_SET_EXTENDED, BYTES(10022, 0)},                         /* UNK-15 */
    {"set-foreign", WFP_KEY_SET_FOREIGN, BYTES(10022, 0)},                           /* UNK-50 */
    {"set-dead-handle", WFP_KEY_SET_DEAD_HANDLE, PASS},                              /* UNK-17 */
    {"set-on-udp", WFP_KEY_SET_ON_UDP, BYTES(10022, 0)},                             /* UNK-16 */
    {"set-on-raw", WFP_KEY_SET_ON_RAW, BYTES(10022, 0)},                             /* UNK-16 */
    {"set-after-bind", WFP_KEY_SET_AFTER_BIND, PASS},                                /* UNK-11 */
    {"set-after-connect", WFP_KEY_SET_AFTER_CONNECT, PASS},                          /* UNK-12 */
    {"set-again", WFP_KEY_SET_AGAIN, PASS},                                          /* UNK-25 */
    {"set-fan-out", WFP_KEY_SET_FAN_OUT, PASS},                                      /* UNK-49 */
    {"target-pid-zero", WFP_KEY_TARGET_PID_ZERO, UNCHANGED(10013)},                  /* UNK-21 */

    {"state-previous-self", WFP_KEY_STATE_PREVIOUS_SELF, STATE(3)},             /* UNK-35 */
    {"state-repeated-self", WFP_KEY_STATE_REPEATED_SELF, STATE(1)},             /* UNK-35 */
    {"reauthorize-flag-inline", WFP_KEY_REAUTHORIZE_FLAG_INLINE, MISUSE},       /* CON-31 */
    {"reauthorize-at-redirect", WFP_KEY_REAUTHORIZE_AT_REDIRECT, UNCHANGED(0)}, /* CON-37 */
    {"auth-connect-target-pid", WFP_KEY_AUTH_CONNECT_TARGET_PID, FIELD(1)},     /* CON-44 */
    {"auth-connect-destination", WFP_KEY_AUTH_CONNECT_DESTINATION, FIELD(1)},   /* CON-44 */
    {"options", WFP_KEY_OPTIONS, PASS},
    {"option-level", WFP_KEY_OPTION_LEVEL, UNCHANGED(10042)},
    {"option-short", WFP_KEY_OPTION_SHORT, UNCHANGED(10014)},
    {"option-size", WFP_KEY_OPTION_SIZE, BYTES(0, 4)},
    {"send-on-stream", WFP_KEY_SEND_ON_STREAM, UNCHANGED(10045)},
    {"receive-on-stream", WFP_KEY_RECEIVE_ON_STREAM, UNCHANGED(10045)},
    {"peek-on-stream", WFP_KEY_PEEK_ON_STREAM, UNCHANGED(10045)},
    {"send-null-count", WFP_KEY_SEND_NULL_COUNT, UNCHANGED(10014)},
    {"receive-null-count", WFP_KEY_RECEIVE_NULL_COUNT, UNCHANGED(10014)},
    {"send-no-destination", WFP_KEY_SEND_NO_DESTINATION, UNCHANGED(10057)},
    {"receive-unbound", WFP_KEY_RECEIVE_UNBOUND, UNCHANGED(10022)},
    {"receive-cut", WFP_KEY_RECEIVE_CUT, NEEDED(10040)},
    {"message-null-name", WFP_KEY_MESSAGE_NULL_NAME, UNCHANGED(10014)},
    {"message-null-control", WFP_KEY_MESSAGE_NULL_CONTROL, UNCHANGED(10014)},
    {"message-flags", WFP_KEY_MESSAGE_FLAGS, UNCHANGED(10045)},
    {"send-unbound", WFP_KEY_SEND_UNBOUND, UNCHANGED(10022)},
    {"send-object-length", WFP_KEY_SEND_OBJECT_LENGTH, UNCHANGED(10022)},
    {"send-object-type", WFP_KEY_SEND_OBJECT_TYPE, UNCHANGED(10022)},
    {"send-object-empty", WFP_KEY_SEND_OBJECT_EMPTY, UNCHANGED(10022)},
    {"send-object-level", WFP_KEY_SEND_OBJECT_LEVEL, UNCHANGED(10022)},
    {"send-record-twice", WFP_KEY_SEND_RECORD_TWICE, UNCHANGED(10022)},
    {"send-record-invalid", WFP_KEY_SEND_RECORD_INVALID, UNCHANGED(10022)},
    {"send-record-late", WFP_KEY_SEND_RECORD_LATE, PASS},
    {"send-record-connected", WFP_KEY_SEND_RECORD_CONNECTED, PASS},
};

static const struct {
    const char *name;
    enum wfp_key key;
    enum wfp_key_type type;
    uint32_t number;
} numbers[] = {
    {"set-record-visible", WFP_KEY_SET_RECORD_VISIBLE, WFP_TYPE_FLAG, 0},         /* UNK-10 */
    {"context-of-last", WFP_KEY_CONTEXT_OF_LAST, WFP_TYPE_FLAG, 1},               /* UNK-19 */
    {"bind-redirect-record", WFP_KEY_BIND_REDIRECT_RECORD, WFP_TYPE_FLAG, 0},     /* UNK-47 */
    {"remote-redirect-record", WFP_KEY_REMOTE_REDIRECT_RECORD, WFP_TYPE_FLAG, 0}, /* UNK-48 */
    {"record-header", WFP_KEY_RECORD_HEADER, WFP_TYPE_SIZE, 188},                 /* UNK-20 */
    {"record-hop", WFP_KEY_RECORD_HOP, WFP_TYPE_SIZE, 560},                       /* UNK-20 */
    {"option-late", WFP_KEY_OPTION_LATE, WFP_TYPE_FLAG, 0},
    {"trunc-flag", WFP_KEY_TRUNC_FLAG, WFP_TYPE_FLAG, 1},
    {"control-partial", WFP_KEY_CONTROL_PARTIAL, WFP_TYPE_FLAG, 0},
    {"peek-shows-record", WFP_KEY_PEEK_SHOWS_RECORD, WFP_TYPE_FLAG, 1},
    {"mapped-level-ip", WFP_KEY_MAPPED_LEVEL_IP, WFP_TYPE_FLAG, 1},
    {"udp-idle", WFP_KEY_UDP_IDLE, WFP_TYPE_DURATION, 60},
};

static void test_tables_are_complete(void **state)
{
    (void)state;
    assert_int_equal(COUNT(answers) + COUNT(numbers) + 1, WFP_KEY_COUNT - 1);
}

static void test_documented_answers(void **state)
{
    struct wfp_profile profile;

    (void)state;
    wfp_profile_documented(&profile);
    for (size_t i = 0; i < COUNT(answers); i++) {
        assert_string_equal(wfp_key_name(answers[i].key), answers[i].name);
        assert_int_equal(wfp_key_type(answers[i].key), WFP_TYPE_ANSWER);
        assert_int_equal(profile.keys[answers[i].key].count, 1);
        assert_answer(profile.keys[answers[i].key].values[0].answer, answers[i].answer);
    }
}

static void test_documented_numbers(void **state)
{
    struct wfp_profile profile;

    (void)state;
    wfp_profile_documented(&profile);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        assert_string_equal(wfp_key_name(numbers[i].key), numbers[i].name);
        assert_int_equal(wfp_key_type(numbers[i].key), numbers[i].type);
        assert_int_equal(profile.keys[numbers[i].key].count, 1);
        assert_int_equal(profile.keys[numbers[i].key].values[0].number, numbers[i].number);
    }
}

/* UNK-26 */
static void test_documented_precedence(void **state)
{
    static const enum wfp_stage order[] = {
        WFP_STAGE_STARTUP, WFP_STAGE_FAULT,   WFP_STAGE_BYTE_COUNT, WFP_STAGE_OVERLAPPED,
        WFP_STAGE_HANDLE,  WFP_STAGE_CODE,    WFP_STAGE_POINTERS,   WFP_STAGE_SIZES,
        WFP_STAGE_ACCESS,  WFP_STAGE_PENDING, WFP_STAGE_SOCKET,     WFP_STAGE_RECORD,
        WFP_STAGE_ROOM,    WFP_STAGE_OUTCOME};
    struct wfp_profile profile;

    (void)state;
    wfp_profile_documented(&profile);
    assert_int_equal(COUNT(order), WFP_STAGE_COUNT);
    assert_int_equal(wfp_key_type(WFP_KEY_ERROR_PRECEDENCE), WFP_TYPE_ORDER);
    assert_int_equal(profile.keys[WFP_KEY_ERROR_PRECEDENCE].count, 1);
    for (size_t i = 0; i < WFP_STAGE_COUNT; i++) {
        assert_int_equal(profile.keys[WFP_KEY_ERROR_PRECEDENCE].values[0].order[i], order[i]);
    }
}

/* Every byte is set: a profile may be compared and copied with memcmp and memcpy. */
static void test_documented_sets_every_byte(void **state)
{
    struct wfp_profile first;
    struct wfp_profile second;

    (void)state;
    memset(&first, 0x00, sizeof first);
    memset(&second, 0xFF, sizeof second);
    wfp_profile_documented(&first);
    wfp_profile_documented(&second);
    assert_memory_equal(&first, &second, sizeof first);
}

/* ---- names ---- */

static void test_keys_by_number_and_by_name(void **state)
{
    (void)state;
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        const char *name = wfp_key_name((enum wfp_key)key);

        assert_non_null(name);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        assert_int_equal(wfp_key_named(name), key);
    }
}

static void test_unknown_keys(void **state)
{
    static const char *const names[] = {"",          "none",      "too-smal", "too-small ",
                                        "Too-Small", "too_small", "keys"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(wfp_key_named(names[i]), WFP_KEY_NONE);
    }
    assert_null(wfp_key_name(WFP_KEY_NONE));
    assert_null(wfp_key_name(WFP_KEY_COUNT));
    assert_null(wfp_key_name((enum wfp_key)(WFP_KEY_COUNT + 1)));
}

/* ---- record sizes ---- */

static void test_record_size_follows_the_profile(void **state)
{
    struct wfp_profile profile;

    (void)state;
    wfp_profile_documented(&profile);
    assert_int_equal(wfp_record_size(&profile, 1, SCENE_CONTEXT), SCENE_N);
    assert_int_equal(wfp_record_size(&profile, 0, 0), 188);
    assert_int_equal(wfp_record_size(&profile, 3, 256), 188 + 3 * 560 + 256);
    profile.keys[WFP_KEY_RECORD_HEADER].values[0].number = 100;
    profile.keys[WFP_KEY_RECORD_HOP].values[0].number = 50;
    assert_int_equal(wfp_record_size(&profile, 2, 8), 208);
}

/* What the function tells is what the query of a world with that profile returns. */
static void test_record_size_is_what_a_query_returns(void **state)
{
    static const uint32_t shapes[][2] = {{188, 560}, {64, 32}, {72, 40}, {500, 1000}};

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        struct scene scene;
        uint8_t bytes[SCENE_ROOM];

        scene_prepare(&scene);
        scene.profile.keys[WFP_KEY_RECORD_HEADER].values[0].number = shapes[i][0];
        scene.profile.keys[WFP_KEY_RECORD_HOP].values[0].number = shapes[i][1];
        scene_make(&scene);
        scene_fill(&scene);
        assert_int_equal(scene_record(&scene, scene.accepted, bytes),
                         wfp_record_size(&scene.profile, 1, SCENE_CONTEXT));
        scene_free(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_complete),
        cmocka_unit_test(test_documented_answers),
        cmocka_unit_test(test_documented_numbers),
        cmocka_unit_test(test_documented_precedence),
        cmocka_unit_test(test_documented_sets_every_byte),
        cmocka_unit_test(test_keys_by_number_and_by_name),
        cmocka_unit_test(test_unknown_keys),
        cmocka_unit_test(test_record_size_follows_the_profile),
        cmocka_unit_test(test_record_size_is_what_a_query_returns),
    };

    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
