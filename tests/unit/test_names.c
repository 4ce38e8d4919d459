/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <wfp/sim.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- errors: the constants of the dossier, section 20 ---- */

static const struct {
    uint32_t number;
    const char *name;
} errors[] = {
    {0, "OK"},
    {1, "ERROR_INVALID_FUNCTION"},
    {5, "ERROR_ACCESS_DENIED"},
    {6, "ERROR_INVALID_HANDLE"},
    {50, "ERROR_NOT_SUPPORTED"},
    {87, "ERROR_INVALID_PARAMETER"},
    {122, "ERROR_INSUFFICIENT_BUFFER"},
    {192, "WAIT_IO_COMPLETION"},
    {234, "ERROR_MORE_DATA"},
    {258, "WSA_WAIT_TIMEOUT"},
    {534, "ERROR_ARITHMETIC_OVERFLOW"},
    {995, "WSA_OPERATION_ABORTED"},
    {996, "WSA_IO_INCOMPLETE"},
    {997, "WSA_IO_PENDING"},
    {1168, "ERROR_NOT_FOUND"},
    {10004, "WSAEINTR"},
    {10009, "WSAEBADF"},
    {10013, "WSAEACCES"},
    {10014, "WSAEFAULT"},
    {10022, "WSAEINVAL"},
    {10035, "WSAEWOULDBLOCK"},
    {10036, "WSAEINPROGRESS"},
    {10038, "WSAENOTSOCK"},
    {10040, "WSAEMSGSIZE"},
    {10042, "WSAENOPROTOOPT"},
    {10045, "WSAEOPNOTSUPP"},
    {10048, "WSAEADDRINUSE"},
    {10050, "WSAENETDOWN"},
    {10051, "WSAENETUNREACH"},
    {10052, "WSAENETRESET"},
    {10053, "WSAECONNABORTED"},
    {10054, "WSAECONNRESET"},
    {10055, "WSAENOBUFS"},
    {10056, "WSAEISCONN"},
    {10057, "WSAENOTCONN"},
    {10058, "WSAESHUTDOWN"},
    {10060, "WSAETIMEDOUT"},
    {10093, "WSANOTINITIALISED"},
    {0x00000103u, "STATUS_PENDING"},
    {0x80000005u, "STATUS_BUFFER_OVERFLOW"},
    {0x80320008u, "FWP_E_NOT_FOUND"},
    {0xC0000008u, "STATUS_INVALID_HANDLE"},
    {0xC000000Du, "STATUS_INVALID_PARAMETER"},
    {0xC0000010u, "STATUS_INVALID_DEVICE_REQUEST"},
    {0xC0000022u, "STATUS_ACCESS_DENIED"},
    {0xC0000023u, "STATUS_BUFFER_TOO_SMALL"},
    {0xC0000095u, "STATUS_INTEGER_OVERFLOW"},
    {0xC00000BBu, "STATUS_NOT_SUPPORTED"},
    {0xC0000120u, "STATUS_CANCELLED"},
    {0xC0000140u, "STATUS_INVALID_CONNECTION"},
    {0xC0000225u, "STATUS_NOT_FOUND"},
};

static void test_errors_by_number_and_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        uint32_t number = UINT32_MAX;

        assert_non_null(wfp_error_name(errors[i].number));
        assert_string_equal(wfp_error_name(errors[i].number), errors[i].name);
        assert_true(wfp_error_named(errors[i].name, &number));
        assert_int_equal(number, errors[i].number);
    }
}

/* Whatever number has a name: the name leads back to it. */
static void check_back(uint32_t number)
{
    const char *name = wfp_error_name(number);
    uint32_t back = ~number;

    if (name != NULL) {
        assert_true(wfp_error_named(name, &back));
        assert_int_equal(back, number);
    }
}

static void test_names_lead_back(void **state)
{
    static const uint32_t bases[] = {0, 0x80000000u, 0x80320000u, 0xC0000000u, 0xC0220000u};

    (void)state;
    for (size_t i = 0; i < COUNT(bases); i++) {
        for (uint32_t low = 0; low < 0x4000; low++) {
            check_back(bases[i] + low);
        }
    }
}

static void test_unknown_errors_have_no_name(void **state)
{
    static const uint32_t numbers[] = {2, 123, 9999, 10000, 20001, 0x7FFFFFFFu, UINT32_MAX};
    static const char *const names[] = {"",           "wsaeinval",    "WSAEINVAL ",
                                        " WSAEINVAL", "WSAEINVA",     "WSAEINVALX",
                                        "10022",      "SOCKET_ERROR", "OK/0"};
    uint32_t number = 77;

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        assert_null(wfp_error_name(numbers[i]));
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_false(wfp_error_named(names[i], &number));
        assert_int_equal(number, 77);
    }
}

/* ---- enums ---- */

static const char *call_name(unsigned number)
{
    return wfp_call_name((enum wfp_call)number);
}

static const char *stage_name(unsigned number)
{
    return wfp_stage_name((enum wfp_stage)number);
}

static const char *fact_name(unsigned number)
{
    return wfp_fact_name(WFP_FACE_SOCKET, number);
}

static const char *kernel_fact_name(unsigned number)
{
    return wfp_fact_name(WFP_FACE_KERNEL, number);
}

static const char *datagram_fact_name(unsigned number)
{
    return wfp_fact_name(WFP_FACE_DATAGRAM, number);
}

static const char *effect_name(unsigned number)
{
    return wfp_effect_name((enum wfp_effect)number);
}

static const struct {
    const char *(*name)(unsigned number);
    unsigned count;
} enums[] = {
    {call_name, WFP_CALL_COUNT},
    {stage_name, WFP_STAGE_COUNT},
    {fact_name, WFP_FACT_COUNT},
    {kernel_fact_name, WFP_KERNEL_COUNT},
    {effect_name, WFP_EFFECT_RECEIVE_CUT + 1},
    {datagram_fact_name, WFP_DATAGRAM_COUNT},
};

static void test_every_enumerator_has_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(enums); i++) {
        for (unsigned number = 0; number < enums[i].count; number++) {
            const char *name = enums[i].name(number);

            assert_non_null(name);
            assert_true(*name != '\0');
            assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        }
    }
}

static void test_enumerators_have_names_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(enums); i++) {
        for (unsigned a = 0; a < enums[i].count; a++) {
            for (unsigned b = 0; b < a; b++) {
                assert_string_not_equal(enums[i].name(a), enums[i].name(b));
            }
        }
    }
}

static void test_no_other_number_has_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(enums); i++) {
        assert_null(enums[i].name(enums[i].count));
        assert_null(enums[i].name(enums[i].count + 1));
        assert_null(enums[i].name(0x7FFFFFFFu));
    }
}

/* Spot checks: a table shifted by one would pass all of the above. */
static void test_names_are_the_right_ones(void **state)
{
    (void)state;
    assert_string_equal(wfp_call_name(WFP_CALL_QUERY_RECORDS), "query-records");
    assert_string_equal(wfp_call_name(WFP_CALL_ABORT), "abort");
    assert_string_equal(wfp_call_name(WFP_CALL_REDIRECT_STATE), "redirect-state");
    assert_string_equal(wfp_stage_name(WFP_STAGE_STARTUP), "startup");
    assert_string_equal(wfp_stage_name(WFP_STAGE_OUTCOME), "outcome");
    assert_string_equal(fact_name(WFP_FACT_NOT_STARTED), "not-started");
    assert_string_equal(fact_name(WFP_FACT_OUT_SHORT), "out-short");
    assert_string_equal(kernel_fact_name(WFP_KERNEL_LIST_MEMBER), "list-member");
    assert_string_equal(wfp_effect_name(WFP_EFFECT_NONE), "none");
    assert_string_equal(wfp_effect_name(WFP_EFFECT_CONNECT), "connect");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_by_number_and_by_name),
        cmocka_unit_test(test_names_lead_back),
        cmocka_unit_test(test_unknown_errors_have_no_name),
        cmocka_unit_test(test_every_enumerator_has_a_name),
        cmocka_unit_test(test_enumerators_have_names_of_their_own),
        cmocka_unit_test(test_no_other_number_has_a_name),
        cmocka_unit_test(test_names_are_the_right_ones),
    };

    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
