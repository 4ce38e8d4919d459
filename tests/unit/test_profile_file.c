/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/complaint.h"
#include "harness/platform/files.h"
#include "harness/profile.h"
#include "harness/tree.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A tree of our own, beside the shipped one. */
#define ROOT "test_profile_file.tree"

static char shipped[4096];
static struct key_catalogue *keys;

static int load_keys(void **state)
{
    struct complaints complaints = {0};
    (void)state;
    files_make_directory(ROOT);
    files_make_directory(ROOT "/profiles");
    return !tree_default_root(shipped, sizeof shipped) ||
           key_catalogue_load(shipped, &complaints, &keys) != STATUS_OK;
}

static int free_keys(void **state)
{
    (void)state;
    key_catalogue_free(keys);
    return 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *stream = files_open(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
    assert_int_equal(fclose(stream), 0);
}

static struct profile *load(const char *root, const char *name)
{
    struct complaints complaints = {0};
    struct profile *profile = NULL;
    enum status status = profile_load(root, name, keys, &complaints, &profile);
    complaints_print(&complaints, stderr);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(complaints.total, 0);
    return profile;
}

static void expect_complaint(struct complaints *complaints, const char *part)
{
    assert_int_not_equal(complaints->total, 0);
    if (strstr(complaints->texts[0], part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, complaints->texts[0]);
    }
    complaints_clear(complaints);
}

/* ---- keys ---- */

static void test_has_every_key_of_the_model(void **state)
{
    (void)state;
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        const struct key_entry *entry = &keys->entries[key];
        const char *name = wfp_key_name((enum wfp_key)key);
        assert_int_equal(entry->key, key);
        assert_string_equal(entry->name, name);
        assert_int_equal(entry->type, wfp_key_type((enum wfp_key)key));
        assert_ptr_equal(key_entry_named(keys, name), entry);
        assert_non_null(entry->settles);
    }
    assert_null(key_entry_named(keys, "no-such-key"));
    assert_null(key_entry_named(keys, ""));
}

static const struct {
    const char *key;
    const char *value;
    bool legal;
} legal_values[] = {
    {"too-small", "WSAEFAULT/N", true},   {"too-small", "10014/N", true},
    {"too-small", "WSAEACCES/N", false},  {"too-small", "WSAEFAULT/0", false},
    {"set-record-visible", "true", true}, {"set-record-visible", "1", false},
    {"record-header", "64", true},        {"record-header", "63", false},
    {"record-header", "1000000", false},  {"record-hop", "32", true},
    {"record-hop", "31", false},          {"error-precedence", "startup", false},
};

static void test_knows_legal_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(legal_values); i++) {
        struct wfp_value value;
        const struct key_entry *entry = key_entry_named(keys, legal_values[i].key);
        assert_int_equal(key_value_parse(entry, legal_values[i].value, &value),
                         legal_values[i].legal);
    }
}

#define KEY(rest)                                                                                  \
    "{\"keys\": [{" rest ", \"settles\": [\"UNK-06\"], \"asks\": \"What is asked here, then?\"}]}"
#define SETS                                                                                       \
    "{\"name\": \"context-of-last\", \"type\": \"flag\", \"values\": [\"true\", \"false\"], "      \
    "\"settles\": [\"UNK-06\"], \"asks\": \"What is asked here, then?\"}"
#define TOO_SMALL "\"name\": \"too-small\", \"type\": \"answer\", \"values\": "

static const struct {
    const char *text;
    const char *complaint;
} bad_keys[] = {
    {"{\"keys\": []}", "keys: expected a list of 1 to"},
    {"{\"keys\": [3]}", "keys[1]: expected an object, found 3"},
    {KEY("\"name\": \"too-large\", \"type\": \"flag\", \"values\": [\"true\", \"false\"]"),
     "keys[1].name: expected a key of the model, found too-large"},
    {KEY("\"name\": \"too-small\", \"type\": \"flag\", \"values\": [\"true\", \"false\"]"),
     "keys[1].type: expected answer, found flag"},
    {KEY(TOO_SMALL "[\"OK/0\"]"), "keys[1].values: expected a list of 2 to 8 items, found 1"},
    {KEY(TOO_SMALL "[\"OK/0\", \"maybe\"]"), "keys[1].values[2]: expected a value of the key's"},
    {KEY(TOO_SMALL "[\"OK/0\", \"0/0\"]"), "keys[1].values[2]: expected each value once"},
    {KEY(TOO_SMALL "[\"OK/0\", \"OK/1\"], \"min\": 3"), "keys[1].min: expected only the members"},
    {KEY("\"name\": \"record-hop\", \"type\": \"size\", \"min\": 8, \"max\": 90"),
     "keys[1].min: expected no less than the model needs, found 8"},
    {KEY("\"name\": \"record-hop\", \"type\": \"size\", \"min\": 80, \"max\": 70"),
     "keys[1].max: expected no less than min"},
    {KEY("\"name\": \"record-hop\", \"type\": \"size\", \"min\": 80"),
     "keys[1].max: expected this member, found none"},
    {KEY("\"name\": \"x\", \"type\": \"text\""), "keys[1].type: expected answer | flag | size | "},
    {KEY(TOO_SMALL "[\"OK/0\", \"OK/1\"]"), "expected not-started, found no such key"},
    {"{\"keys\": [" SETS ", " SETS "]}",
     "keys[2].name: expected each key once, found context-of-last again"},
    {KEY("\"name\": \"error-precedence\", \"type\": \"order\", \"values\": [\"startup\"]"),
     "keys[1].values: expected a list of "},
    {"{\"keys\": [" SETS "], \"more\": 1}", "more: expected only the members keys"},
};

static void test_refuses_bad_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_keys); i++) {
        struct complaints complaints = {0};
        struct key_catalogue *read = NULL;
        write_file(ROOT "/profiles/keys.json", bad_keys[i].text);
        assert_int_equal(key_catalogue_load(ROOT, &complaints, &read), STATUS_BAD_INPUT);
        assert_null(read);
        bool found = false;
        for (size_t j = 0; j < complaints.kept; j++) {
            found |= strstr(complaints.texts[j], bad_keys[i].complaint) != NULL;
        }
        if (!found) {
            fail_msg("nothing says \"%s\"; first: %s", bad_keys[i].complaint, complaints.texts[0]);
        }
        complaints_clear(&complaints);
    }
}

/* ---- the shipped profiles ---- */

static bool choices_equal(enum wfp_key key, const struct wfp_choice *a, const struct wfp_choice *b)
{
    bool equal = a->count == b->count;
    for (uint32_t i = 0; equal && i < a->count; i++) {
        equal = value_equal(wfp_key_type(key), &a->values[i], &b->values[i]);
    }
    return equal;
}

static void test_documented_is_what_the_model_has_built_in(void **state)
{
    struct profile *profile = load(shipped, "documented");
    static struct wfp_profile built_in;
    (void)state;
    wfp_profile_documented(&built_in);
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        if (!choices_equal((enum wfp_key)key, &profile->values.keys[key], &built_in.keys[key])) {
            fail_msg("%s differs", wfp_key_name((enum wfp_key)key));
        }
    }
    profile_free(profile);
}

static const char *const shipped_names[] = {"documented", "observed", "unsupported"};

static void test_every_key_has_a_value_and_a_source(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shipped_names); i++) {
        struct profile *profile = load(shipped, shipped_names[i]);
        assert_string_equal(profile->name, shipped_names[i]);
        assert_string_equal(profile->chain[0], shipped_names[i]);
        for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
            assert_in_range(profile->values.keys[key].count, 1, WFP_VALUES_MAX);
            assert_non_null(profile->sources[key].reference);
        }
        profile_free(profile);
    }
}

static void test_unsupported_extends_observed(void **state)
{
    struct profile *profile = load(shipped, "unsupported");
    (void)state;
    assert_int_equal(profile->chain_count, 2);
    assert_string_equal(profile->chain[1], "observed");
    const struct wfp_choice *choice = &profile->values.keys[WFP_KEY_UNSUPPORTED];
    assert_int_equal(choice->count, 1);
    assert_int_equal(choice->values[0].answer.error, 10045);
    profile_free(profile);
}

/* ---- profiles of our own ---- */

static void copy_observed(void)
{
    char path[4200];
    char *text;
    size_t size;
    snprintf(path, sizeof path, "%s/profiles/observed.json", shipped);
    assert_int_equal(files_read(path, 1048576, &text, &size), STATUS_OK);
    write_file(ROOT "/profiles/observed.json", text);
    free(text);
}

#define PROFILE(name, extends, keys)                                                               \
    "{\"name\": \"" name "\", \"title\": \"A title long enough\", \"extends\": " extends           \
    ", \"keys\": {" keys "}}"
#define SOURCE ", \"source\": {\"kind\": \"observed\", \"reference\": \"A test.\"}}"
#define VALUE(key, value) "\"" key "\": {\"value\": " value SOURCE

static void test_the_nearer_profile_has_the_last_word(void **state)
{
    (void)state;
    copy_observed();
    write_file(
        ROOT "/profiles/middle.json",
        PROFILE("middle", "\"observed\"",
                VALUE("too-small", "[\"WSAEINVAL/0\"]") "," VALUE("record-hop", "[200, 300]")));
    write_file(
        ROOT "/near.json",
        PROFILE("mine", "\"middle\"", VALUE("too-small", "[\"WSAENOBUFS/N\", \"WSAEFAULT/N\"]")));
    struct profile *profile = load(ROOT, ROOT "/near.json");
    assert_string_equal(profile->name, "mine");
    assert_int_equal(profile->chain_count, 3);
    assert_string_equal(profile->chain[1], "middle");
    assert_int_equal(profile->values.keys[WFP_KEY_TOO_SMALL].count, 2);
    assert_int_equal(profile->values.keys[WFP_KEY_TOO_SMALL].values[0].answer.error, 10055);
    assert_int_equal(profile->values.keys[WFP_KEY_RECORD_HOP].values[1].number, 300);
    assert_int_equal(profile->sources[WFP_KEY_TOO_SMALL].kind, KEY_OBSERVED);
    profile_free(profile);
}

static const struct {
    const char *text;
    const char *complaint;
} bad_profiles[] = {
    {PROFILE("other", "\"observed\"", ""), "name: expected the name of the file, found other"},
    {PROFILE("bad", "\"bad\"", ""), "extends: expected a chain of at most 8"},
    {PROFILE("bad", "\"loop\"", ""), "extends: expected a chain of at most 8"},
    {PROFILE("bad", "\"absent\"", ""), "absent.json: file: expected a readable file"},
    {PROFILE("bad", "\"../observed\"", ""), "extends: expected lower-case words"},
    {"{\"name\": \"bad\", \"title\": \"A title long enough\", \"extends\": \"observed\", "
     "\"keys\": []}",
     "keys: expected an object, found a list"},
    {PROFILE("bad", "7", ""), "extends: expected lower-case words"},
    {PROFILE("bad", "null", ""), "keys: expected every key, as the profile extends none, found no"},
    {PROFILE("bad", "\"observed\"", VALUE("too-big", "[true]")),
     "keys.too-big: expected error-precedence | not-started"},
    {PROFILE("bad", "\"observed\"", VALUE("too-small", "[\"WSAEACCES/0\"]")),
     "keys.too-small.value[1]: expected ERROR_INSUFFICIENT_BUFFER/N | WSAEFAULT/N"},
    {PROFILE("bad", "\"observed\"", VALUE("too-small", "[\"WSAEFAULT/N\", \"10014/N\"]")),
     "keys.too-small.value[2]: expected each value once"},
    {PROFILE("bad", "\"observed\"", VALUE("too-small", "\"WSAEFAULT/N\"")),
     "keys.too-small.value: expected a list of 1 to 4 items"},
    {PROFILE("bad", "\"observed\"", VALUE("too-small", "[]")),
     "keys.too-small.value: expected a list of 1 to 4 items, found 0"},
    {PROFILE("bad", "\"observed\"", VALUE("set-record-visible", "[\"true\"]")),
     "keys.set-record-visible.value[1]: expected true | false, found \"true\""},
    {PROFILE("bad", "\"observed\"", VALUE("record-hop", "[31]")),
     "keys.record-hop.value[1]: expected a number from 32 to"},
    {PROFILE("bad", "\"observed\"", VALUE("record-hop", "[32.0]")),
     "keys.record-hop.value[1]: expected a number from 32 to"},
    {PROFILE("bad", "\"observed\"", VALUE("error-precedence", "[[\"startup\"]]")),
     "keys.error-precedence.value[1]: expected every stage once"},
    {PROFILE("bad", "\"observed\"", "\"too-small\": {\"value\": [\"WSAEFAULT/N\"]}"),
     "keys.too-small.source: expected this member, found none"},
};

static void test_refuses_bad_profiles(void **state)
{
    (void)state;
    copy_observed();
    write_file(ROOT "/profiles/loop.json", PROFILE("loop", "\"bad\"", ""));
    for (size_t i = 0; i < COUNT(bad_profiles); i++) {
        struct complaints complaints = {0};
        struct profile *profile = NULL;
        write_file(ROOT "/profiles/bad.json", bad_profiles[i].text);
        assert_int_equal(profile_load(ROOT, "bad", keys, &complaints, &profile), STATUS_BAD_INPUT);
        assert_null(profile);
        expect_complaint(&complaints, bad_profiles[i].complaint);
    }
}

static void test_limits_the_chain(void **state)
{
    struct complaints complaints = {0};
    struct profile *profile = NULL;
    (void)state;
    for (char link = 'a'; link < 'a' + PROFILE_CHAIN_MAX; link++) {
        char path[64];
        char text[256];
        snprintf(path, sizeof path, ROOT "/profiles/%c.json", link);
        snprintf(text, sizeof text,
                 "{\"name\": \"%c\", \"title\": \"A title long enough\", \"extends\": \"%c\", "
                 "\"keys\": {}}",
                 link, link + 1);
        write_file(path, text);
    }
    assert_int_equal(profile_load(ROOT, "a", keys, &complaints, &profile), STATUS_BAD_INPUT);
    expect_complaint(&complaints, "h.json:1: extends: expected a chain of at most 8 profiles");
}

/* ---- --set ---- */

static void write_reversed_order(char *text, size_t size)
{
    snprintf(text, size, "error-precedence=");
    for (unsigned stage = WFP_STAGE_COUNT; stage-- > 0;) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", wfp_stage_name((enum wfp_stage)stage),
                 stage > 0 ? "," : "");
    }
}

static void test_sets_values(void **state)
{
    struct complaints complaints = {0};
    struct profile *profile = load(shipped, "observed");
    const struct wfp_choice *choice = profile->values.keys;
    (void)state;
    assert_int_equal(profile_set(profile, "too-small=WSAEINVAL/0", keys, &complaints), STATUS_OK);
    assert_int_equal(choice[WFP_KEY_TOO_SMALL].count, 1);
    assert_int_equal(choice[WFP_KEY_TOO_SMALL].values[0].answer.error, 10022);
    assert_int_equal(profile->sources[WFP_KEY_TOO_SMALL].kind, KEY_SET_BY_USER);
    assert_int_equal(profile_set(profile, "record-hop=64|65|66|67", keys, &complaints), STATUS_OK);
    assert_int_equal(choice[WFP_KEY_RECORD_HOP].count, 4);
    assert_int_equal(choice[WFP_KEY_RECORD_HOP].values[3].number, 67);
    char order[512];
    write_reversed_order(order, sizeof order);
    assert_int_equal(profile_set(profile, order, keys, &complaints), STATUS_OK);
    assert_int_equal(choice[WFP_KEY_ERROR_PRECEDENCE].values[0].order[0], WFP_STAGE_OUTCOME);
    assert_int_equal(complaints.total, 0);
    profile_free(profile);
}

static const struct {
    const char *assignment;
    const char *complaint;
} bad_assignments[] = {
    {"", "--set: argument: expected KEY=VALUE, found \"\""},
    {"too-small", "--set: argument: expected KEY=VALUE, found \"too-small\""},
    {"=WSAEFAULT/N", "--set: argument: expected KEY=VALUE"},
    {"a-key-that-is-so-long-that-no-buffer-of-ours-would-ever-hold-it-at-all=1",
     "--set: argument: expected KEY=VALUE"},
    {"too-big=OK/0", "--set: key: expected error-precedence | not-started | "},
    {"too-big=OK/0", ", found \"too-big\""},
    {"too-small=", "--set: too-small: expected ERROR_INSUFFICIENT_BUFFER/N | WSAEFAULT/N | "},
    {"too-small=WSAEFAULT/N|", "found \"\""},
    {"too-small=|WSAEFAULT/N", "found \"\""},
    {"too-small=WSAEFAULT/N|WSAEACCES/0", "found \"WSAEACCES/0\""},
    {"too-small=WSAEFAULT/N|10014/N", "--set: too-small: expected at most 4 different values"},
    {"record-hop=64|65|66|67|68", "--set: record-hop: expected at most 4 different values"},
    {"record-hop=4294967360", "--set: record-hop: expected a number from 32 to"},
};

static void test_refuses_bad_assignments(void **state)
{
    struct complaints complaints = {0};
    struct profile *profile = load(shipped, "observed");
    static struct wfp_profile before;
    (void)state;
    memcpy(&before, &profile->values, sizeof before);
    for (size_t i = 0; i < COUNT(bad_assignments); i++) {
        assert_int_equal(profile_set(profile, bad_assignments[i].assignment, keys, &complaints),
                         STATUS_BAD_INPUT);
        expect_complaint(&complaints, bad_assignments[i].complaint);
    }
    assert_memory_equal(&before, &profile->values, sizeof before);
    profile_free(profile);
}

static void test_refuses_names_that_are_no_profile(void **state)
{
    static char long_name[5000];
    struct complaints complaints = {0};
    struct profile *profile = NULL;
    (void)state;
    memset(long_name, 'x', sizeof long_name - 1);
    assert_int_equal(profile_load(shipped, long_name, keys, &complaints, &profile),
                     STATUS_BAD_INPUT);
    expect_complaint(&complaints, "--profile: profile: expected a name or a file");
    assert_int_equal(profile_load(shipped, "windows", keys, &complaints, &profile),
                     STATUS_BAD_INPUT);
    expect_complaint(&complaints, "windows.json: file: expected a readable file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_has_every_key_of_the_model),
        cmocka_unit_test(test_knows_legal_values),
        cmocka_unit_test(test_refuses_bad_keys),
        cmocka_unit_test(test_documented_is_what_the_model_has_built_in),
        cmocka_unit_test(test_every_key_has_a_value_and_a_source),
        cmocka_unit_test(test_unsupported_extends_observed),
        cmocka_unit_test(test_the_nearer_profile_has_the_last_word),
        cmocka_unit_test(test_refuses_bad_profiles),
        cmocka_unit_test(test_limits_the_chain),
        cmocka_unit_test(test_sets_values),
        cmocka_unit_test(test_refuses_bad_assignments),
        cmocka_unit_test(test_refuses_names_that_are_no_profile),
    };

    return cmocka_run_group_tests(tests, load_keys, free_keys);
}
