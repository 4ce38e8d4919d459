/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/reader.h"
#include "harness/script.h"
#include "harness/vector.h"
#include "tests/unit/vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static enum status read_vector(const char *name, const char *text, struct complaints *complaints,
                               struct vector **vector)
{
    struct document *document;
    enum status status = document_from_text(name, text, strlen(text), complaints, &document);
    assert_int_equal(status, STATUS_OK);
    return vector_read(document, shipped.keys, complaints, vector);
}

static struct vector *read_good(const char *text)
{
    struct complaints complaints = {0};
    struct vector *vector = NULL;
    enum status status = read_vector("request", text, &complaints, &vector);
    complaints_print(&complaints, stderr);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(complaints.total, 0);
    return vector;
}

/* A vector with almost everything in it, one thing to a line. */
static const char rich[] =
    "{\"id\": \"rich\", \"kind\": \"calls\",\n"
    "\"story\": \"A proxy asks for its record with every size.\",\n"
    "\"clauses\": [\"QRY-06\", \"BUF-05\"],\n"
    "\"source\": {\"kind\": \"observed\", \"reference\": \"LAB\", \"date\": \"2026-01-31\"},\n"
    "\"needs\": [\"redirect\", \"kernel-face\", \"threads\"],\n"
    "\"steps\": [\n"
    "{\"do\": \"handle\", \"as\": \"other\"},\n"
    "{\"do\": \"redirected-accept\", \"as\": \"proxy\", \"redirect\": {\"handle\": \"other\"}},\n"
    "{\"do\": \"ioctl\", \"on\": \"proxy\", \"code\": \"QUERY_RECORDS\", \"out\": {\"size\": 9999},"
    " \"save\": \"record\", \"expect\": {\"answer\": \"OK/N\", \"by\": [\"QRY-05\"]}},\n"
    "{\"do\": \"socket\", \"as\": \"out\", \"family\": \"ipv6\", \"overlapped\": false},\n"
    "{\"do\": \"ioctl\", \"on\": \"out\", \"code\": \"SET_RECORDS\", \"thread\": 1,"
    " \"in\": {\"from\": \"record\", \"extend\": 3, \"cut\": 5, \"alter\": 0}},\n"
    "{\"do\": \"ioctl\", \"on\": \"proxy\", \"code\": \"QUERY_RECORDS\", \"sweep\":"
    " {\"of\": \"out.size\", \"bands\": [\n"
    "{\"band\": \"0\", \"members\": [0], \"expect\":"
    " {\"answer\": \"WSAEFAULT/N\", \"by\": [\"QRY-06\"]}},\n"
    "{\"band\": \"4..N-1\", \"members\": [4, \"N-1\"], \"expect\":"
    " {\"answer\": \"WSAEFAULT/N\", \"by\": [\"QRY-06\"]}}]}}\n"
    "],\n"
    "\"control\": {\"kind\": \"success\", \"of\": 6, \"replace\": [{\"step\": 6, \"by\":\n"
    "{\"do\": \"ioctl\", \"on\": \"proxy\", \"code\": \"QUERY_RECORDS\","
    " \"out\": {\"size\": \"N\"}}}]}}\n";

/* ---- what is read ---- */

static void test_reads_the_head(void **state)
{
    struct vector *vector = read_good(rich);
    (void)state;
    assert_string_equal(vector->id, "rich");
    assert_string_equal(vector->path, "request");
    assert_string_equal(vector->topic, "");
    assert_int_equal(vector->clause_count, 2);
    assert_string_equal(vector->clause_list, "QRY-06 BUF-05");
    assert_int_equal(vector->source.kind, SOURCE_OBSERVED);
    assert_string_equal(vector->source.date, "2026-01-31");
    assert_null(vector->source.tool);
    assert_int_equal(vector->needs,
                     NEED_BIT(NEED_REDIRECT) | NEED_BIT(NEED_KERNEL_FACE) | NEED_BIT(NEED_THREADS));
    assert_int_equal(vector->step_count, 6);
    assert_ptr_equal(vector->swept, &vector->steps[5]);
    assert_ptr_equal(vector->claim, &vector->steps[5]);
    assert_true(vector_uses_n(vector));
    vector_free(vector);
}

static void test_reads_the_steps(void **state)
{
    struct vector *vector = read_good(rich);
    const struct step *steps = vector->steps;
    (void)state;
    assert_int_equal(steps[1].kind, STEP_REDIRECTED_ACCEPT);
    assert_true(steps[1].redirected);
    assert_string_equal(steps[1].redirect.handle, "other");
    assert_int_equal(steps[1].redirect.context, 32);
    assert_true(steps[1].update);
    assert_int_equal(steps[2].ioctl.out.size.value, 9999);
    assert_int_equal(steps[2].ioctl.out.pointer, WFP_POINTER_HEAP);
    assert_int_equal(steps[2].ioctl.in.pointer, WFP_POINTER_NULL);
    assert_int_equal(steps[3].family, WFP_IPV6);
    assert_false(steps[3].overlapped_socket);
    assert_int_equal(steps[4].ioctl.in.kind, INPUT_BLOB);
    assert_int_equal(steps[4].ioctl.in.cut, 5);
    assert_true(steps[4].ioctl.in.altered);
    assert_int_equal(steps[4].ioctl.out.pointer, WFP_POINTER_NULL);
    assert_int_equal(steps[4].thread, 1);
    assert_null(steps[4].expect);
    assert_int_equal(steps[5].number, 6);
    vector_free(vector);
}

static void test_knows_the_lines(void **state)
{
    struct vector *vector = read_good(rich);
    (void)state;
    for (size_t i = 0; i < vector->step_count; i++) {
        assert_int_equal(vector_step_line(vector, &vector->steps[i]), 7 + (int)i);
    }
    assert_int_equal(vector_step_line(vector, vector_control_step(vector, 5)), 17);
    vector_free(vector);
}

static void test_applies_the_control(void **state)
{
    struct vector *vector = read_good(rich);
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_ptr_equal(vector_control_step(vector, i), &vector->steps[i]);
    }
    const struct step *step = vector_control_step(vector, 5);
    assert_true(step->replaces);
    assert_int_equal(step->number, 6);
    assert_true(step->ioctl.out.size.symbolic);
    assert_int_equal(vector->control->kind, CONTROL_SUCCESS);
    assert_int_equal(vector->control->needs, vector->needs);
    vector_free(vector);
}

static void test_applies_members(void **state)
{
    struct vector *vector = read_good(rich);
    const struct step *step = &vector->steps[5];
    const struct band *band = &step->sweep->bands[1];
    struct step copy;
    (void)state;
    assert_int_equal(band->count, 2);
    assert_string_equal(band->members[0].text, "4");
    assert_string_equal(band->members[1].text, "N-1");
    assert_true(step_with_member(step, &band->members[1], &copy));
    assert_ptr_equal(copy.expect, band->expect);
    assert_null(copy.sweep);
    assert_int_equal(copy.ioctl.out.size.value, -1);
    assert_int_equal(copy.ioctl.out.pointer, WFP_POINTER_HEAP);
    assert_int_equal(copy.number, 6);
    assert_false(step_with_member(&copy, &band->members[1], &copy));
    assert_false(step_with_member(&vector->steps[0], &band->members[0], &copy));
    vector_free(vector);
}

/* ---- other good vectors ---- */

#define HEAD(needs)                                                                                \
    "{\"id\": \"v\", \"kind\": \"calls\", \"story\": \"A story of twenty letters.\", "             \
    "\"clauses\": [\"QRY-06\"], \"source\": {\"kind\": \"inferred\", \"reference\": \"me!\"}, "    \
    "\"needs\": [" needs "], \"steps\": ["
#define BY ", \"by\": [\"QRY-06\"]}"
#define OK "\"expect\": {\"answer\": \"OK/0\"" BY
#define FAILS "\"expect\": {\"answer\": \"WSAEINVAL/0\"" BY
#define SOCKET "{\"do\": \"socket\", \"as\": \"s\"}, "
#define IOCTL(rest) "{\"do\": \"ioctl\", \"on\": \"s\", \"code\": \"FLUSH\", " rest "}"
#define QUERY(rest) "{\"do\": \"ioctl\", \"on\": \"s\", \"code\": \"QUERY_CONTEXT\", " rest "}"
#define SWEEP(of, members, expect)                                                                 \
    "\"sweep\": {\"of\": \"" of "\", \"bands\": [{\"band\": \"one\", \"members\": [" members       \
    "], " expect "}]}"

static const char *const good[] = {
    HEAD("") SOCKET IOCTL(OK) "]}",
    HEAD("\"raw-sockets\"") "{\"do\": \"socket\", \"as\": \"s\", \"type\": \"raw\"}, " IOCTL(
        OK) "]}",
    HEAD("\"elevation\"") "{\"do\": \"process\", \"elevated\": false}, " SOCKET IOCTL(OK) "]}",
    HEAD("") "{\"do\": \"process\", \"started\": false}, " SOCKET IOCTL(OK) "]}",
    HEAD("\"accept-ex\", \"redirect\"") "{\"do\": \"redirected-accept\", \"as\": \"s\", "
                                        "\"update\": false}, " IOCTL(OK) "]}",
    HEAD("\"fault-injection\"") SOCKET IOCTL("\"fault\": \"interrupted\", " OK) "]}",
    HEAD("\"provider-entry\"") SOCKET IOCTL("\"entry\": \"WSPIoctl\", " OK) "]}",
    HEAD("\"kernel-entry\"") SOCKET IOCTL("\"entry\": \"WskControlSocket\", " OK) "]}",
    HEAD("\"bad-pointers\"") SOCKET IOCTL(SWEEP("count", "\"valid\", \"unmapped\"", OK)) "]}",
    HEAD("\"duplicate\"") SOCKET
    "{\"do\": \"duplicate\", \"on\": \"s\", \"as\": \"t\"}, " IOCTL(OK) "]}",
    HEAD("") SOCKET IOCTL(SWEEP("on", "\"s\", \"invalid\"", OK)) "]}",
    HEAD("") SOCKET IOCTL(SWEEP("code", "\"FLUSH\", \"0x980000DC\"", OK)) "]}",
    HEAD("") SOCKET IOCTL("\"in\": {\"hex\": \"00ff\"}, " SWEEP("in.alter", "0, 1", OK)) "]}",
    HEAD("") SOCKET IOCTL("\"in\": {\"fill\": 7}, " SWEEP("in.size", "0, 1048576", OK)) "]}",
    HEAD("") SOCKET IOCTL("\"in\": {\"hex\": \"00ff\"}, " SWEEP("in.cut", "0, 2", OK)) "]}",
    HEAD("") SOCKET IOCTL("\"in\": {\"size\": 8}, " SWEEP("in.pointer", "\"null\"", OK)) "]}",
    HEAD("") SOCKET IOCTL("\"out\": {\"size\": 8}, " SWEEP("out.pointer", "\"stack\"", OK)) "]}",
    HEAD("\"kernel-face\"") SOCKET "{\"do\": \"state\", \"on\": \"s\", \"handle\": \"self\", "
                                   "\"expect\": {\"answer\": \"NOT_REDIRECTED\"" BY "}]}",
    HEAD("") "{\"do\": \"alertable-wait\", \"expect\": {\"answer\": \"192/unchanged\"" BY "}]}",
};

static void test_accepts_good_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        vector_free(read_good(good[i]));
    }
}

static void test_only_a_query_has_an_n(void **state)
{
    struct vector *set = read_good(
        HEAD("") SOCKET "{\"do\": \"ioctl\", \"on\": \"s\", \"code\": \"SET_RECORDS\", \"in\": "
                        "{\"fill\": 1, \"size\": 2}, \"overlapped\": \"valid\", \"as\": \"op\"}, "
                        "{\"do\": \"result\", \"of\": \"op\", \"expect\": {\"answer\": \"OK/N\"" BY
                        "}]}");
    struct vector *query =
        read_good(HEAD("") SOCKET QUERY("\"expect\": {\"answer\": \"OK/N\"" BY) "]}");
    struct vector *sweep =
        read_good(HEAD("") SOCKET QUERY("\"sweep\": {\"of\": \"out.size\", \"bands\": [{\"band\": "
                                        "\"above\", \"members\": [9], " OK "}]}") "]}");
    struct vector *plain =
        read_good(HEAD("") SOCKET QUERY(SWEEP("on", "\"s\", \"invalid\"", OK)) "]}");
    (void)state;
    assert_false(vector_uses_n(set));
    assert_true(vector_uses_n(query));
    assert_true(vector_uses_n(sweep));
    assert_false(vector_uses_n(plain));
    assert_ptr_equal(vector_call(set, &set->steps[2]), &set->steps[1]);
    assert_ptr_equal(vector_call(set, &set->steps[1]), &set->steps[1]);
    assert_null(vector_call(set, &set->steps[0]));
    vector_free(set);
    vector_free(query);
    vector_free(sweep);
    vector_free(plain);
}

/* ---- a good vector with one thing wrong ---- */

static const struct {
    const char *from;
    const char *to;
    const char *complaint;
} mistakes[] = {
    {"\"rich\"", "\"Rich\"", "request:1: id: expected lower-case words joined by '-'"},
    {"\"rich\"", "\"rich-\"", "id: expected lower-case words"},
    {"\"calls\"", "\"paths\"", "kind: expected calls | path, found \"paths\""},
    {"A proxy asks for its record with every size.", "Too short a story.", "story: expected a"},
    {"\"QRY-06\", \"BUF-05\"", "", "request:3: clauses: expected a list of 1 to 16 items"},
    {"\"BUF-05\"", "\"QRY-06\"", "clauses[2]: expected each text once, found \"QRY-06\""},
    {"\"BUF-05\"", "\"UNK-06\"", "clauses[2]: expected the id of a clause, as QRY-06"},
    {"2026-01-31", "2026-1-31", "source.date: expected a date, as 2024-09-27"},
    {"\"LAB\"", "\"\"", "source.reference: expected a text of 3 to 300"},
    {"\"date\"", "\"day\"", "source.day: expected only the members kind, reference, tool, build"},
    {", \"threads\"", "", "request:5: needs: expected all that the steps need, found no threads"},
    {"\"threads\"", "\"threads\", \"elevation\"",
     "needs: expected only what the steps need, found elevation"},
    {"\"threads\"", "\"magic\"", "needs[3]: expected redirect | kernel-face"},
    {"\"needs\"", "\"bogus\": 1, \"needs\"", "bogus: expected only the members id, kind, story"},
    {"\"do\": \"handle\", ", "", "request:7: steps[1].do: expected this member, found none"},
    {"\"do\": \"handle\"", "\"do\": \"handel\"", "steps[1].do: expected socket | bind | listen"},
    {"\"as\": \"other\"", "\"as\": \"self\"", "steps[1].as: expected a name not used before"},
    {"\"as\": \"other\"", "\"as\": \"Other\"", "steps[1].as: expected a name of at most 32"},
    {"\"as\": \"other\"", "\"as\": \"another\"",
     "request:8: steps[2].redirect.handle: expected self, or a handle of an earlier step"},
    {"\"as\": \"proxy\"", "\"as\": \"other\"", "steps[2].as: expected a name not used before"},
    {"\"as\": \"proxy\", ", "", "steps[2].as: expected this member, found none"},
    {"\"handle\": \"other\"", "\"handle\": \"other\", \"context\": 65537",
     "steps[2].redirect.context: expected a whole number from 0 to 65536, found 65537"},
    {"\"handle\": \"other\"", "\"layer\": \"flow\"", "redirect.layer: expected connect | bind"},
    {"\"on\": \"proxy\"", "\"on\": \"porxy\"",
     "steps[3].on: expected a socket of an earlier step, or invalid, found porxy"},
    {"\"on\": \"proxy\"", "\"on\": \"other\"", "steps[3].on: expected a socket"},
    {"\"QUERY_RECORDS\"", "\"QUERY\"", "steps[3].code: expected QUERY_RECORDS | QUERY_CONTEXT"},
    {"\"QUERY_RECORDS\"", "\"0x980000dc\"", "steps[3].code: expected QUERY_RECORDS"},
    {"\"QUERY_RECORDS\"", "\"FLUSH\"", "steps[3]: expected save on a query only, found FLUSH"},
    {"9999", "1048577", "steps[3].out.size: expected a size from 0 to 1048576, N, N-k or N+k"},
    {"9999", "9999.0", "steps[3].out.size: expected a size"},
    {"9999", "\"9999\"", "steps[3].out.size: expected a size"},
    {"9999", "\"N-0\"", "steps[3].out.size: expected a size"},
    {"9999", "\"N+1000000\"", "steps[3].out.size: expected a size"},
    {"9999", "1, \"pointer\": \"wild\"", "steps[3].out.pointer: expected heap | stack"},
    {"\"save\": \"record\"", "\"as\": \"op\", \"save\": \"record\"",
     "steps[3]: expected overlapped: valid beside as, found none"},
    {"\"save\": \"record\"", "\"save\": \"proxy\"", "steps[3].save: expected a name not used"},
    {"OK/N", "NOT_REDIRECTED", "steps[3].expect: expected a redirect state in the answer of a"},
    {"OK/N\"", "OK/N\", \"equals\": \"record\"",
     "steps[3].expect: expected what an earlier step saved, found record"},
    {"OK/N\"", "OK/N\", \"equals\": \"context:mine\"", "steps[3].expect: expected self, or a"},
    {"OK/N\"", "WSAEFAULT/N\", \"equals\": \"context:self\"",
     "steps[3].expect: expected equals beside an OK of a query only"},
    {"\"ipv6\"", "\"ipv5\"", "steps[4].family: expected ipv4 | ipv6, found \"ipv5\""},
    {"\"overlapped\": false", "\"overlapped\": \"valid\"",
     "steps[4].overlapped: expected true or false, found \"valid\""},
    {"\"overlapped\": false", "\"update\": false", "steps[4].update: expected only the members do"},
    {"\"thread\": 1", "\"thread\": 4", "steps[5].thread: expected a whole number from 0 to 3"},
    {"\"from\": \"record\"", "\"from\": \"out\"", "steps[5].in.from: expected what an earlier"},
    {"\"from\": \"record\"", "\"from\": \"record\", \"hex\": \"00\"",
     "steps[5].in: expected only one of from, fill and hex, found 2"},
    {"\"from\": \"record\"", "\"from\": \"record\", \"size\": 8",
     "steps[5].in.size: expected no size beside from or hex"},
    {"\"from\": \"record\"", "\"fill\": 8", "steps[5].in.size: expected a size, found none"},
    {"\"from\": \"record\"", "\"fill\": 256, \"size\": 8", "in.fill: expected a whole number from"},
    {"\"from\": \"record\"", "\"hex\": \"0A\"", "steps[5].in.hex: expected at most 2048 pairs"},
    {"\"from\": \"record\"", "\"hex\": \"000\"", "steps[5].in.hex: expected at most 2048 pairs"},
    {"\"from\": \"record\"", "\"hex\": \"00\"", "steps[5]: expected no more cut off than there is"},
    {"\"alter\": 0", "\"alter\": 3, \"hex\": \"0000000000\"", "only one of from, fill and hex"},
    {"\"from\": \"record\"", "\"pointer\": \"null\", \"size\": 8",
     "steps[5]: expected from, fill, hex, or only a pointer null or unmapped"},
    {"\"cut\": 5", "\"cut\": 0", "steps[5].in.cut: expected a whole number from 1 to 1048576"},
    {"\"out.size\"", "\"out.sizes\"", "steps[6].sweep.of: expected out.size | out.pointer"},
    {"\"out.size\"", "\"in.size\"", "steps[6].sweep.of: expected a field that the step has"},
    {"\"4..N-1\"", "\"few\"", "request:14: steps[6].sweep.bands[2].band: expected a range of siz"},
    {"\"4..N-1\"", "\"a b\"", "steps[6].sweep.bands[2].band: expected a label"},
    {"[0]", "[1]", "steps[6].sweep.bands[1].members[1]: expected a size within its band, found 1"},
    {"[0]", "[]", "steps[6].sweep.bands[1].members: expected a list of 1 to 16 items, found 0"},
    {"[0]", "[\"heap\"]", "steps[6].sweep.bands[1].members[1]: expected a size from"},
    {"\"N-1\"]", "4]", "steps[6].sweep.bands[2].members[2]: expected each member once, found 4"},
    {"[4, ", "[0, ", "steps[6].sweep.bands[2].members[1]: expected each member once, found 0"},
    {"\"sweep\":", "\"expect\": {}, \"sweep\":", "steps[6].expect: expected no expectation beside"},
    {"\"control\": {\"kind\": \"success\"", "\"control\": {\"kind\": \"maybe\"",
     "request:16: control.kind: expected success | contrast, found \"maybe\""},
    {"\"of\": 6", "\"of\": 7", "control.of: expected the number of one of the steps, found 7"},
    {"\"of\": 6", "\"of\": 5", "control.of: expected a step with an expectation, replaced by one"},
    {"\"of\": 6", "\"of\": 0", "control.of: expected a whole number from 1 to 48, found 0"},
    {"\"step\": 6", "\"step\": 9", "control.replace[1].step: expected the number of one of"},
    {"\"by\":\n{\"do\": \"ioctl\"", "\"by\":\n{\"expect\": {}, \"do\": \"ioctl\"",
     "request:17: control.replace[1].by.expect: expected nothing expected of a replacing step"},
    {"[{\"step\": 6,", "[{\"step\": 6, \"by\": {\"do\": \"last-error\"}}, {\"step\": 6,",
     "request:16: control.replace[2].step: expected each step once, found 6 again"},
    {"{\"step\": 6,", "6, {\"step\": 6,", "control.replace[1]: expected an object, found 6"},
    {"\"step\": 6", "\"step\": 2",
     "request:17: control.replace[1].by.on: expected a socket of an earlier step, or invalid"},
};

/* The text with the first `from` replaced, to be freed. */
static char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    size_t room = strlen(text) + strlen(to) + 1;
    char *copy = malloc(room);
    assert_non_null(copy);
    snprintf(copy, room, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return copy;
}

static void expect_refused(const char *text, const char *complaint)
{
    struct complaints complaints = {0};
    struct vector *vector = NULL;
    enum status status = read_vector("request", text, &complaints, &vector);
    if (status != STATUS_BAD_INPUT || strstr(complaints.texts[0], complaint) == NULL) {
        fail_msg("not \"%s\" but: %s", complaint, status == STATUS_OK ? "-" : complaints.texts[0]);
    }
    assert_null(vector);
    complaints_clear(&complaints);
}

static void test_notices_each_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        char *text = replaced(rich, mistakes[i].from, mistakes[i].to);
        expect_refused(text, mistakes[i].complaint);
        free(text);
    }
}

/* ---- other bad vectors ---- */

static const struct {
    const char *text;
    const char *complaint;
} bad[] = {
    {"[]", "file: expected an object, found a list"},
    {"{}", "id: expected this member, found none"},
    {HEAD("") "]}", "steps: expected a list of 1 to 48 items, found 0"},
    {HEAD("") "7]}", "steps[1]: expected an object, found 7"},
    {HEAD("") "{\"do\": \"socket\", \"as\": \"s\"}]}",
     "steps: expected a step with an expectation"},
    {HEAD("") SOCKET IOCTL(FAILS) "]}",
     "control: expected a control, as the claim can only fail, found none for step 2"},
    {HEAD("") SOCKET IOCTL("\"expect\": {\"answer\": \"died\"" BY) "]}",
     "control: expected a control, as the claim can only fail"},
    {HEAD("") SOCKET IOCTL(OK) ", " IOCTL(FAILS) "]}", "control: expected a control"},
    {HEAD("") SOCKET IOCTL(SWEEP("on", "\"s\"", OK)) ", " IOCTL(SWEEP("on", "\"s\"", OK)) "]}",
     "steps: expected at most one sweep, found 2"},
    {HEAD("") SOCKET IOCTL(SWEEP("on", "\"t\"", OK)) "]}",
     "steps[2].sweep.bands[1].members[1]: expected a socket of an earlier step, or invalid"},
    {HEAD("") SOCKET IOCTL(SWEEP("count", "\"heap\"", OK)) "]}",
     "members[1]: expected a pointer word of the swept field, found \"heap\""},
    {HEAD("") SOCKET IOCTL(SWEEP("in.alter", "1", OK)) "]}",
     "steps[2].sweep.of: expected a field that the step has, found in.alter"},
    {HEAD("") SOCKET IOCTL("\"in\": {\"hex\": \"00ff\"}, " SWEEP("in.alter", "2", OK)) "]}",
     "members[1]: expected the altered byte within the input"},
    {HEAD("") SOCKET IOCTL("\"in\": {\"hex\": \"00ff\"}, " SWEEP("in.size", "2", OK)) "]}",
     "sweep.of: expected a field that the step has, found in.size"},
    {HEAD("") SOCKET IOCTL("\"sweep\": {\"of\": \"out.size\", \"bands\": [{\"band\": "
                           "\"above\", \"members\": [9], " OK "}]}") "]}",
     "steps[2].sweep.bands[1].members[1]: expected a band of N on a query only, found above"},
    {HEAD("") SOCKET IOCTL(SWEEP("code", "\"FLASH\"", OK)) "]}",
     "members[1]: expected the name of a code, or 0x and eight digits, found \"FLASH\""},
    {HEAD("") SOCKET IOCTL(SWEEP("count", "0", OK)) "]}", "members[1]: expected a pointer word"},
    {HEAD("") SOCKET IOCTL("\"out\": {\"size\": \"N\"}, " OK) "]}",
     "steps[2]: expected N on a query only, found FLUSH"},
    {HEAD("") SOCKET IOCTL("\"expect\": {\"answer\": \"OK/N\"" BY) "]}",
     "steps[2].expect: expected N in the answer of a query or a SET only, found OK/N"},
    {HEAD("") SOCKET QUERY(SWEEP("code", "\"QUERY_RECORDS\", \"FLUSH\"",
                                 "\"expect\": {\"answer\": \"OK/N\"" BY)) "]}",
     "steps[2].sweep.bands[1].expect: expected N in the answer of a query or a SET only"},
    {HEAD("") SOCKET "{\"do\": \"bind\", \"on\": \"invalid\"}, " IOCTL(OK) "]}",
     "steps[2].on: expected a socket of an earlier step, found invalid"},
    {HEAD("") "{\"do\": \"event\", \"of\": \"op\", " OK "}]}",
     "steps[1].of: expected an overlapped call of an earlier step, found op"},
    {HEAD("") "{\"do\": \"last-error\", \"expect\": {\"answer\": \"OK/0\", \"changed\": \"any\"" BY
              "}]}",
     "steps[1].expect: expected changed on an ioctl, a result or a receive only"},
    {HEAD("") "{\"do\": \"thread-exit\", \"thread\": 0}]}",
     "steps[1].thread: expected a whole number from 1 to 3, found 0"},
    {HEAD("") SOCKET "{\"do\": \"connect\", \"on\": \"s\", \"to\": \"t\", " OK "}]}",
     "steps[2].to: expected a socket of an earlier step, found t"},
    {HEAD("") SOCKET IOCTL(OK) "], \"control\": {\"kind\": \"contrast\", \"of\": 2, \"replace\": ["
                               "{\"step\": 1, \"by\": {\"do\": \"socket\", \"as\": \"t\"}}]}}",
     "steps[2].on: expected a socket of an earlier step, or invalid, found s"},
    {HEAD("") SOCKET IOCTL(OK) "], \"control\": {\"kind\": \"contrast\", \"of\": 2, \"replace\": ["
                               "{\"step\": 2, \"by\": {\"do\": \"close\", \"on\": \"s\"}}]}}",
     "control.of: expected a step with an expectation, replaced by one that answers"},
};

static void test_refuses_bad_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        expect_refused(bad[i].text, bad[i].complaint);
    }
}

static void test_goes_on_after_a_mistake(void **state)
{
    struct complaints complaints = {0};
    struct vector *vector = NULL;
    char *once = replaced(rich, "9999", "-1");
    char *twice = replaced(once, "\"ipv6\"", "\"ipv5\"");
    (void)state;
    assert_int_equal(read_vector("request", twice, &complaints, &vector), STATUS_BAD_INPUT);
    assert_int_equal(complaints.total, 2);
    complaints_clear(&complaints);
    free(once);
    free(twice);
}

/* ---- id and topic ---- */

static const struct {
    const char *name;
    const char *topic; /* NULL: the name is refused */
} names[] = {
    {"rich.json", ""},          {"a/b/rich.json", "b"}, {"b/rich.json", "b"},
    {"/rich.json", ""},         {"request", ""},        {"poor.json", NULL},
    {"b/very-rich.json", NULL}, {"b/ric.json", NULL},   {"rich/x.json", NULL},
};

static void test_holds_the_id_against_the_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct complaints complaints = {0};
        struct vector *vector = NULL;
        enum status status = read_vector(names[i].name, rich, &complaints, &vector);
        assert_int_equal(status, names[i].topic != NULL ? STATUS_OK : STATUS_BAD_INPUT);
        if (status == STATUS_OK) {
            assert_string_equal(vector->topic, names[i].topic);
        } else {
            assert_non_null(strstr(complaints.texts[0], "id: expected the name of the file"));
        }
        vector_free(vector);
        complaints_clear(&complaints);
    }
}

/* ---- sizes and bands ---- */

static const struct {
    const char *text;
    uint32_t n;
    int64_t bytes; /* -1: none */
} sizes[] = {
    {"0", 780, 0},      {"1048576", 780, 1048576}, {"N", 780, 780},
    {"N-1", 780, 779},  {"N+16", 780, 796},        {"N-780", 780, 0},
    {"N-781", 780, -1}, {"N+1", UINT32_MAX, -1},   {"N+999999", 0, 999999},
};

static void test_resolves_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct size size;
        char text[SIZE_TEXT_MAX];
        uint32_t bytes = 12345;
        assert_true(size_parse(sizes[i].text, &size));
        size_print(size, text, sizeof text);
        assert_string_equal(text, sizes[i].text);
        assert_int_equal(size_resolve(size, sizes[i].n, true, &bytes), sizes[i].bytes >= 0);
        assert_int_equal(bytes, sizes[i].bytes >= 0 ? sizes[i].bytes : 12345);
        assert_int_equal(size_resolve(size, sizes[i].n, false, &bytes), text[0] != 'N');
    }
}

static const char *const no_sizes[] = {"",   "n",       "N-0", "N+01", "N-",        "N--1", "N1",
                                       "-1", "1048577", "1 ",  "0x10", "N-1000000", "NN",   "N-1 "};

static void test_refuses_what_is_no_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_sizes); i++) {
        struct size size = {true, 77};
        assert_false(size_parse(no_sizes[i], &size));
        assert_int_equal(size.value, 77);
    }
}

static const struct {
    const char *band;
    uint32_t value;
    uint32_t n;
    bool holds;
} held[] = {
    {"0", 0, 780, true},          {"0", 1, 780, false},       {"1..3", 0, 780, false},
    {"1..3", 1, 780, true},       {"1..3", 3, 780, true},     {"1..3", 4, 780, false},
    {"4..N-1", 4, 780, true},     {"4..N-1", 779, 780, true}, {"4..N-1", 780, 780, false},
    {"4..N-1", 4, 4, false},      {"N", 780, 780, true},      {"N", 779, 780, false},
    {"above", 781, 780, true},    {"above", 780, 780, false}, {"above", UINT32_MAX, 780, true},
    {"N+1..N+4", 784, 780, true}, {"few", 0, 0, false},       {"3..1", 2, 780, false},
};

static void test_bands_hold_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(held); i++) {
        assert_int_equal(band_holds(held[i].band, held[i].value, held[i].n), held[i].holds);
    }
    assert_true(band_is_range("above") && band_is_symbolic("above"));
    assert_true(band_is_range("1..3") && !band_is_symbolic("1..3"));
    assert_false(band_is_range("few") || band_is_range("1..") || band_is_range("..3"));
    assert_false(band_is_range("") || band_is_range("1...3"));
}

/* ---- the script form ---- */

static const struct {
    const char *step;
    const char *line;
} scripts[] = {
    {"{\"do\": \"socket\", \"as\": \"c\", \"type\": \"udp\", \"overlapped\": false}",
     "c = socket udp ipv4 overlapped=no"},
    {"{\"do\": \"redirected-accept\", \"as\": \"c\"}", "c = redirected-accept tcp ipv4 context=32"},
    {"{\"do\": \"redirected-accept\", \"as\": \"c\", \"from\": \"s\", \"update\": false,"
     " \"redirect\": {\"context\": 0, \"target-pid\": 0, \"layer\": \"bind\", \"remote\": true,"
     " \"lost\": true}}",
     "c = redirected-accept tcp ipv4 context=0 target-pid=0 layer=bind remote lost from=s "
     "update=no"},
    {"{\"do\": \"connect\", \"on\": \"s\"}", "connect s"},
    {"{\"do\": \"connect\", \"on\": \"s\", \"to\": \"s\", \"redirect\": {}}",
     "connect s to=s redirected context=32"},
    {"{\"do\": \"accept\", \"on\": \"s\", \"as\": \"c\", \"update\": false}",
     "c = accept s update=no"},
    {"{\"do\": \"process\", \"started\": false}", "process started=no"},
    {"{\"do\": \"thread-exit\", \"thread\": 2}", "thread-exit thread=2"},
    {"{\"do\": \"state\", \"on\": \"s\", \"handle\": \"self\"}", "state s self"},
    {"{\"do\": \"ioctl\", \"on\": \"invalid\", \"code\": \"0x980000DC\", \"out\": {\"size\": "
     "\"N-1\","
     " \"pointer\": \"stack\"}, \"save\": \"b\"}",
     "ioctl invalid QUERY_RECORDS out=779 stack save=b"},
    {"{\"do\": \"ioctl\", \"on\": \"s\", \"code\": \"0x12345678\", \"in\": {\"fill\": 255,"
     " \"size\": 9, \"cut\": 1, \"extend\": 2, \"alter\": 3}, \"count\": \"null\","
     " \"overlapped\": \"valid\", \"routine\": \"valid\", \"as\": \"op\"}",
     "op = ioctl s 0x12345678 in=9*ff cut=1 extend=2 alter=3 count=null overlapped=valid "
     "routine=valid"},
    {"{\"do\": \"ioctl\", \"on\": \"s\", \"code\": \"SET_RECORDS\", \"in\": {\"hex\": \"00ff\","
     " \"pointer\": \"misaligned\"}}",
     "ioctl s SET_RECORDS in=hex:00ff misaligned"},
    {"{\"do\": \"ioctl\", \"on\": \"s\", \"code\": \"SET_RECORDS\", \"in\": {\"size\": 780,"
     " \"pointer\": \"null\"}}",
     "ioctl s SET_RECORDS in=780 null"},
    {"{\"do\": \"redirected-accept\", \"as\": \"c\", \"redirect\": {\"handle\": \"other\"}}",
     "c = redirected-accept tcp ipv4 handle=other context=32"},
    {"{\"do\": \"process\", \"elevated\": true}", "process elevated=yes"},
    {"{\"do\": \"result\", \"of\": \"op\", \"wait\": false, \"how\": \"completion-port\"}",
     "result op completion-port wait=no"},
    {"{\"do\": \"ioctl\", \"on\": \"s\", \"code\": \"FLUSH\", \"entry\": \"WSPIoctl\", \"fault\":"
     " \"protocol\", \"thread\": 3, \"count\": \"unmapped\"}",
     "ioctl s FLUSH count=unmapped entry=WSPIoctl fault=protocol thread=3"},
    {IOCTL(SWEEP("code", "\"FLUSH\"", OK)), "ioctl s {one}"},
    {IOCTL(SWEEP("on", "\"s\"", OK)), "ioctl {one} FLUSH"},
    {IOCTL(SWEEP("count", "\"null\"", OK)), "ioctl s FLUSH count={one}"},
    {IOCTL(SWEEP("out.pointer", "\"null\"", OK)), "ioctl s FLUSH out=0 {one}"},
    {IOCTL("\"in\": {\"from\": \"b\"}, " SWEEP("in.extend", "1", OK)),
     "ioctl s FLUSH in=b in.extend={one}"},
};

static void expect_script(const char *text, const char *line)
{
    struct complaints complaints = {0};
    struct document *document;
    struct step step;
    char found[SCRIPT_LINE_MAX];
    uint32_t n = 780;
    assert_int_equal(document_from_text("step", text, strlen(text), &complaints, &document),
                     STATUS_OK);
    struct reader reader = {.document = document, .complaints = &complaints};
    json_t *root = document->root;
    assert_true(step_read(&reader, place_whole(root), root, shipped.keys, false, &step));
    script_print(&step, &n, found, sizeof found);
    assert_string_equal(found, line);
    document_free(document);
}

static void test_prints_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        expect_script(scripts[i].step, scripts[i].line);
    }
}

static void test_prints_a_sweep_and_its_members(void **state)
{
    struct vector *vector = read_good(rich);
    const struct step *step = &vector->steps[5];
    struct step copy;
    char line[SCRIPT_LINE_MAX];
    (void)state;
    script_print(step, NULL, line, sizeof line);
    assert_string_equal(line, "ioctl proxy QUERY_RECORDS out={0 | 4..N-1} heap");
    assert_true(step_with_member(step, &step->sweep->bands[1].members[1], &copy));
    script_print(&copy, NULL, line, sizeof line);
    assert_string_equal(line, "ioctl proxy QUERY_RECORDS out=N-1 heap");
    for (size_t size = 1; size < 10; size++) {
        line[size] = '#';
        script_print(&copy, NULL, line, size);
        assert_int_equal(line[size], '#');
        assert_int_equal(strlen(line), size - 1);
    }
    vector_free(vector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_the_head),
        cmocka_unit_test(test_reads_the_steps),
        cmocka_unit_test(test_knows_the_lines),
        cmocka_unit_test(test_applies_the_control),
        cmocka_unit_test(test_applies_members),
        cmocka_unit_test(test_accepts_good_vectors),
        cmocka_unit_test(test_only_a_query_has_an_n),
        cmocka_unit_test(test_notices_each_mistake),
        cmocka_unit_test(test_refuses_bad_vectors),
        cmocka_unit_test(test_goes_on_after_a_mistake),
        cmocka_unit_test(test_holds_the_id_against_the_path),
        cmocka_unit_test(test_resolves_sizes),
        cmocka_unit_test(test_refuses_what_is_no_size),
        cmocka_unit_test(test_bands_hold_sizes),
        cmocka_unit_test(test_prints_steps),
        cmocka_unit_test(test_prints_a_sweep_and_its_members),
    };

    return cmocka_run_group_tests(tests, shipped_open, shipped_close);
}
