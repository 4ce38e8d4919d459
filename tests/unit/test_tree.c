/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/catalogue.h"
#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/platform/files.h"
#include "harness/profile.h"
#include "harness/tree.h"
#include "harness/vector.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A tree of our own, beside the shipped one. */
#define ROOT "test_tree.tree"

static char shipped[4096];
static struct key_catalogue *keys;

static void write_file(const char *path, const char *text)
{
    FILE *stream = files_open(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
    assert_int_equal(fclose(stream), 0);
}

static void write_vector(const char *path, const char *id)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"id\": \"%s\", \"kind\": \"calls\", \"story\": \"A story of twenty letters.\", "
             "\"clauses\": [\"QRY-06\"], \"source\": {\"kind\": \"inferred\", \"reference\": "
             "\"me!\"}, \"needs\": [], \"steps\": [{\"do\": \"last-error\", \"expect\": "
             "{\"answer\": \"OK/0\", \"by\": [\"QRY-06\"]}}]}",
             id);
    write_file(path, text);
}

static const char *const folders[] = {ROOT,           ROOT "/one",      ROOT "/one/deep",
                                      ROOT "/two",    ROOT "/schema",   ROOT "/profiles",
                                      ROOT "/known",  ROOT "/recorded", ROOT "/two/schema",
                                      ROOT "/.hidden"};
static const char *const others[] = {ROOT "/clauses.json",    ROOT "/schema/x.json",
                                     ROOT "/profiles/x.json", ROOT "/known/x.json",
                                     ROOT "/recorded/x.json", ROOT "/two/schema/x.json",
                                     ROOT "/.hidden/x.json",  ROOT "/one/notes.txt"};

static int make_tree(void **state)
{
    struct complaints complaints = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(folders); i++) {
        files_make_directory(folders[i]);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        write_file(others[i], "no vector");
    }
    write_vector(ROOT "/one/first.json", "first");
    write_vector(ROOT "/one/deep/second.json", "second");
    write_vector(ROOT "/two/another.json", "another");
    return !tree_default_root(shipped, sizeof shipped) ||
           key_catalogue_load(shipped, &complaints, &keys) != STATUS_OK;
}

static int free_keys(void **state)
{
    (void)state;
    key_catalogue_free(keys);
    return 0;
}

/* Every test but those about bad files wants the tree without them. */
static int remove_bad(void **state)
{
    (void)state;
    files_remove(ROOT "/two/bad.json");
    files_remove(ROOT "/two/first.json");
    return 0;
}

/* ---- what arguments lead to ---- */

static const struct {
    const char *arguments[3];
    const char *ids; /* in the order of the paths */
    size_t bad;
} loads[] = {
    {{NULL}, "second first another", 0},
    {{ROOT "/one"}, "second first", 0},
    {{ROOT "/one/"}, "second first", 0},
    {{"one"}, "second first", 0},
    {{"one/deep"}, "second", 0},
    {{"second"}, "second", 0},
    {{"second@N-1"}, "second", 0},
    {{"second@N-1[observed]"}, "second", 0},
    {{"second[observed]"}, "second", 0},
    {{ROOT "/two/another.json"}, "another", 0},
    {{"another", "first", "second"}, "second first another", 0},
    {{"first", ROOT "/one/first.json"}, "first", 0},
    {{"first", ROOT "/two/../one/first.json"}, "first", 0},
    {{"one", "first"}, "second first", 0},
    {{"third"}, "", 1},
    {{"third", "first"}, "first", 1},
    {{"@N-1"}, "", 1},
    {{""}, "", 1},
    {{"x"}, "", 1},
    {{ROOT "/one/absent.json", "first"}, "first", 1},
    {{ROOT "/absent", "first"}, "first", 1},
    {{ROOT "/one/notes.txt"}, "", 1},
};

static const struct vector *vector_of(const struct tree *tree, const char *id)
{
    size_t place;

    return tree_place(tree, id, &place) ? tree->by_id[place] : NULL;
}

static void expect_tree(const struct tree *tree, const char *ids)
{
    char found[256] = "";
    for (size_t i = 0; i < tree->count; i++) {
        size_t used = strlen(found);
        const char *id = tree->vectors[i]->id;
        snprintf(found + used, sizeof found - used, "%s%s", i > 0 ? " " : "", id);
        assert_ptr_equal(vector_of(tree, id), tree->vectors[i]);
    }
    assert_string_equal(found, ids);
    assert_null(vector_of(tree, "third"));
    assert_null(vector_of(tree, ""));
}

static void test_loads_what_arguments_lead_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(loads); i++) {
        struct complaints complaints = {0};
        struct tree tree = {0};
        size_t count = 0;
        while (count < 3 && loads[i].arguments[count] != NULL) {
            count++;
        }
        assert_int_equal(tree_load(ROOT, loads[i].arguments, count, keys, &complaints, &tree),
                         STATUS_OK);
        expect_tree(&tree, loads[i].ids);
        if (tree.bad != loads[i].bad || complaints.total != loads[i].bad) {
            complaints_print(&complaints, stderr);
            fail_msg("%s: expected %zu bad, actual %zu", loads[i].arguments[0], loads[i].bad,
                     tree.bad);
        }
        tree_clear(&tree);
        complaints_clear(&complaints);
    }
}

static void test_orders_by_path_and_by_id(void **state)
{
    struct complaints complaints = {0};
    struct tree tree;
    (void)state;
    assert_int_equal(tree_load(ROOT, NULL, 0, keys, &complaints, &tree), STATUS_OK);
    for (size_t i = 1; i < tree.count; i++) {
        assert_true(strcmp(tree.vectors[i - 1]->path, tree.vectors[i]->path) < 0);
        assert_true(strcmp(tree.by_id[i - 1]->id, tree.by_id[i]->id) < 0);
    }
    assert_string_equal(vector_of(&tree, "second")->topic, "deep");
    assert_string_equal(vector_of(&tree, "first")->topic, "one");
    tree_clear(&tree);
}

/* ---- bad files ---- */

static void test_goes_on_after_a_bad_file(void **state)
{
    struct complaints complaints = {0};
    struct tree tree;
    (void)state;
    write_file(ROOT "/two/bad.json", "{\n\"id\": 7");
    assert_int_equal(tree_load(ROOT, NULL, 0, keys, &complaints, &tree), STATUS_OK);
    expect_tree(&tree, "second first another");
    assert_int_equal(tree.bad, 1);
    assert_int_equal(complaints.total, 1);
    assert_non_null(strstr(complaints.texts[0], ROOT "/two/bad.json:2: JSON: expected"));
    tree_clear(&tree);
    complaints_clear(&complaints);
}

static void test_an_id_is_unique_in_the_tree(void **state)
{
    struct complaints complaints = {0};
    struct tree tree;
    (void)state;
    write_vector(ROOT "/two/first.json", "first");
    assert_int_equal(tree_load(ROOT, NULL, 0, keys, &complaints, &tree), STATUS_OK);
    expect_tree(&tree, "second first another");
    assert_string_equal(vector_of(&tree, "first")->path, ROOT "/one/first.json");
    assert_int_equal(tree.bad, 1);
    assert_string_equal(complaints.texts[0],
                        ROOT "/two/first.json: id: expected one that no other vector has, found "
                             "first, as in " ROOT "/one/first.json");
    tree_clear(&tree);
    complaints_clear(&complaints);
}

static void test_complains_of_an_absent_root(void **state)
{
    struct complaints complaints = {0};
    struct tree tree;
    (void)state;
    assert_int_equal(tree_load(ROOT "/absent", NULL, 0, keys, &complaints, &tree), STATUS_OK);
    assert_int_equal(tree.count, 0);
    assert_int_equal(tree.bad, 1);
    assert_int_equal(complaints.total, 1);
    tree_clear(&tree);
    complaints_clear(&complaints);
}

/* ---- one vector ---- */

static void test_loads_one_by_its_id(void **state)
{
    struct complaints complaints = {0};
    struct vector *vector = NULL;
    (void)state;
    write_file(ROOT "/two/bad.json", "no vector");
    assert_int_equal(tree_load_one(ROOT, "second", keys, &complaints, &vector), STATUS_OK);
    assert_string_equal(vector->id, "second");
    vector_free(vector);
    assert_int_equal(complaints.total, 0);
}

static const struct {
    const char *id;
    const char *complaint;
} bad_ids[] = {
    {"third", "third: id: expected the id of one vector, found 0 files of that name"},
    {"", ": id: expected the id of one vector, found 0 files"},
    {"one", "one: id: expected the id of one vector"},
    {"first", "first: id: expected the id of one vector, found 2 files of that name"},
    {"bad", ROOT "/two/bad.json:1: JSON: expected one whole JSON text"},
};

static void test_refuses_ids_of_none_or_two(void **state)
{
    (void)state;
    write_file(ROOT "/two/bad.json", "no vector");
    write_vector(ROOT "/two/first.json", "first");
    for (size_t i = 0; i < COUNT(bad_ids); i++) {
        struct complaints complaints = {0};
        struct vector *vector = NULL;
        assert_int_equal(tree_load_one(ROOT, bad_ids[i].id, keys, &complaints, &vector),
                         STATUS_BAD_INPUT);
        assert_null(vector);
        assert_non_null(strstr(complaints.texts[0], bad_ids[i].complaint));
        complaints_clear(&complaints);
    }
}

/* ---- the shipped tree ---- */

static void test_the_shipped_vectors_are_good(void **state)
{
    struct complaints complaints = {0};
    struct tree tree;
    struct catalogue *catalogue;
    (void)state;
    assert_int_equal(catalogue_load(shipped, &complaints, &catalogue), STATUS_OK);
    assert_int_equal(tree_load(shipped, NULL, 0, keys, &complaints, &tree), STATUS_OK);
    for (size_t i = 0; i < tree.count; i++) {
        catalogue_check(catalogue, tree.vectors[i], &complaints);
    }
    complaints_print(&complaints, stderr);
    assert_int_equal(complaints.total, 0);
    assert_int_equal(tree.bad, 0);
    assert_in_range(tree.count, 1, 100000);
    tree_clear(&tree);
    catalogue_free(catalogue);
}

/* ---- the catalogue of clauses ---- */

static void test_finds_clauses(void **state)
{
    struct complaints complaints = {0};
    struct catalogue *catalogue;
    (void)state;
    assert_int_equal(catalogue_load(shipped, &complaints, &catalogue), STATUS_OK);
    const struct clause *clause = catalogue_clause(catalogue, "QRY-06");
    assert_string_equal(clause->id, "QRY-06");
    assert_string_equal(clause->family->name, "QRY");
    assert_true(clause_must_be_covered(clause));
    assert_non_null(catalogue_source(catalogue, clause->sources.ids[0]));
    assert_non_null(catalogue_contradiction(catalogue, "CON-02"));
    assert_string_equal(catalogue_unknown(catalogue, "UNK-06")->id, "UNK-06");
    assert_true(catalogue_has(catalogue, "CON-02") && catalogue_has(catalogue, "UNK-06"));
    assert_null(catalogue_clause(catalogue, "CON-02"));
    assert_false(catalogue_has(catalogue, "QRY-99"));
    catalogue_free(catalogue);
}

static void test_notices_what_a_vector_cites_wrongly(void **state)
{
    struct complaints complaints = {0};
    struct catalogue *catalogue;
    struct vector *vector;
    (void)state;
    assert_int_equal(catalogue_load(shipped, &complaints, &catalogue), STATUS_OK);
    assert_int_equal(vector_load(ROOT "/one/first.json", keys, &complaints, &vector), STATUS_OK);
    assert_int_equal(catalogue_check(catalogue, vector, &complaints), STATUS_OK);
    json_array_set_new(json_object_get(vector->document->root, "clauses"), 0,
                       json_string("QRY-99"));
    assert_int_equal(catalogue_check(catalogue, vector, &complaints), STATUS_BAD_INPUT);
    assert_ptr_equal(strstr(complaints.texts[0], ROOT "/one/first.json:"), complaints.texts[0]);
    assert_non_null(
        strstr(complaints.texts[0], ": clauses[1]: expected an id of clauses.json, found QRY-99"));
    vector_free(vector);
    catalogue_free(catalogue);
    complaints_clear(&complaints);
}

#define FAMILY(name, scope) "\"" name "\": {\"title\": \"T\", \"in_scope\": " scope "}"
#define OUT(name) ", " FAMILY(name, "false")
#define CLAUSE(id, strength, grade, source, see)                                                   \
    "{\"id\": \"" id "\", \"strength\": \"" strength "\", \"grade\": " grade                       \
    ", \"says\": \"It does.\", \"pages\": null, \"observed\": \"Once.\", \"model\": \"Too.\", "    \
    "\"sources\": [\"" source "\"], \"see\": [" see "]"

static const char small[] = "{\"families\": {" FAMILY("QRY", "true") OUT("DEF") OUT("API") OUT(
    "OVL") OUT("CTX") OUT("SET") OUT("BUF") OUT("ERR") OUT("WSK") OUT("CMSG") OUT("MSG") OUT("OPT")
    OUT("UDP") OUT("RED") OUT("KRN") OUT("ST") OUT("LOOP") OUT("MET") OUT(
        "DIA") "},\n"
               "\"sources\": {\"REC\": \"A page\", \"K-REC\": \"Another page\"},\n"
               "\"clauses\": [\n" CLAUSE("QRY-01", "MUST", "\"D\"", "REC", "\"CON-01\", \"UNK-01\"") "},\n" CLAUSE(
                   "QRY-02", "UNKNOWN", "null", "K-REC",
                   "") "},\n" CLAUSE("QRY-03", "SHOULD", "\"I\"", "REC",
                                     "") ", \"only\": \"observed\",\n"
                                         "\"uncoverable\": {\"reason\": \"provider-only\", "
                                         "\"why\": \"No.\"}},\n" CLAUSE(
                                             "DEF-01", "MAY", "\"W\"", "REC",
                                             "\"QRY-01\"") "}],\n"
                                                           "\"contradictions\": [{\"id\": "
                                                           "\"CON-01\", \"between\": \"A\", "
                                                           "\"what\": \"B\","
                                                           " \"resolution\": \"C\"}],\n"
                                                           "\"unknowns\": [{\"id\": \"UNK-01\", "
                                                           "\"question\": \"Q\", \"evidence\": "
                                                           "\"E\","
                                                           " \"documented\": \"D\", \"observed\": "
                                                           "\"O\", \"probe\": \"P\", "
                                                           "\"needs_driver\": false}]}\n";

static void test_reads_a_small_catalogue(void **state)
{
    struct complaints complaints = {0};
    struct catalogue *catalogue;
    (void)state;
    write_file(ROOT "/clauses.json", small);
    assert_int_equal(catalogue_load(ROOT, &complaints, &catalogue), STATUS_OK);
    assert_int_equal(catalogue->family_count, 19);
    assert_int_equal(catalogue->source_count, 2);
    assert_int_equal(catalogue->clause_count, 4);
    const struct clause *clauses = catalogue->clauses;
    assert_true(clause_must_be_covered(&clauses[0]));
    assert_string_equal(clauses[0].see.ids[1], "UNK-01");
    assert_string_equal(clauses[0].grade, "D");
    assert_null(clauses[0].pages);
    assert_null(clauses[1].grade);
    assert_false(clause_must_be_covered(&clauses[1]));
    assert_string_equal(clauses[2].only, "observed");
    assert_string_equal(clauses[2].uncoverable_reason, "provider-only");
    assert_false(clause_must_be_covered(&clauses[2]));
    assert_string_equal(clauses[3].family->name, "DEF");
    assert_string_equal(strength_name(clauses[3].strength), "MAY");
    catalogue_free(catalogue);
}

/* The small catalogue with the first `from` replaced. */
static const struct {
    const char *from;
    const char *to;
    const char *complaint;
} mistakes[] = {
    {"\"families\"", "\"family\"", "families: expected this member, found none"},
    {"\"DEF\"", "\"DEFS\"", "families.DEF: expected this member, found none"},
    {"true", "1", "clauses.json:1: families.QRY.in_scope: expected true or false, found 1"},
    {"\"REC\"", "\"rec\"", "clauses.json:2: sources.rec: expected a key of `sources`, as K-REC"},
    {"A page", "", "sources.REC: expected one line of at most 400 characters, found \"\""},
    {"QRY-01", "QRY-1", "clauses.json:4: clauses[1].id: expected the id of a clause"},
    {"QRY-01", "CON-01", "clauses[1].id: expected the id of a clause"},
    {"QRY-02", "QRY-01", "clauses.json:5: clauses[2].id: expected each id once, found QRY-01"},
    {"\"MUST\"", "\"UNKNOWN\"", "clauses[1].grade: expected null exactly where the strength is"},
    {"\"UNKNOWN\"", "\"MUST\"", "clauses[2].grade: expected null exactly where the strength is"},
    {"\"MUST\"", "\"WILL\"", "clauses[1].strength: expected MUST | SHOULD | MAY | UNKNOWN"},
    {"\"D\"", "\"DH\"", "clauses[1].grade: expected D | H | S | O | P | W | I | null"},
    {"\"grade\"", "\"mark\"", "clauses[1].grade: expected this member, found none"},
    {"It does.", "It does. ", "clauses[1].says: expected one line"},
    {"It does.", "It\\ndoes.", "clauses[1].says: expected one line"},
    {"\"sources\": [\"REC\"]", "\"sources\": [\"IPOPT\"]", "clauses[1].sources[1]: expected a key"},
    {"\"sources\": [\"REC\"]", "\"sources\": []", "clauses[1].sources: expected a list of 1 to"},
    {"\"UNK-01\"]", "\"UNK-02\"]", "clauses[1].see[2]: expected an id of this catalogue"},
    {"\"UNK-01\"]", "\"CON-01\"]", "clauses[1].see[2]: expected each text once"},
    {"\"only\": \"observed\"", "\"only\": \"unsupported\"", "clauses[3].only: expected documented"},
    {"provider-only", "laziness", "clauses[3].uncoverable.reason: expected documentation-history"},
    {"\"why\"", "\"what\"", "clauses[3].uncoverable.why: expected this member, found none"},
    {"{\"id\": \"CON-01\"", "{\"id\": \"UNK-01\"",
     "contradictions[1].id: expected an id as CON-02"},
    {"\"resolution\": \"C\"", "\"resolution\": null", "contradictions[1].resolution: expected one"},
    {"{\"id\": \"UNK-01\"", "{\"id\": \"UNK-1\"", "unknowns[1].id: expected an id as UNK-06"},
    {"\"needs_driver\": false", "\"needs_driver\": 0", "unknowns[1].needs_driver: expected true"},
};

static void write_mistake(size_t i)
{
    FILE *stream = files_open(ROOT "/clauses.json", "wb");
    const char *at = strstr(small, mistakes[i].from);
    assert_non_null(stream);
    assert_non_null(at);
    fwrite(small, 1, (size_t)(at - small), stream);
    fprintf(stream, "%s%s", mistakes[i].to, at + strlen(mistakes[i].from));
    assert_int_equal(fclose(stream), 0);
}

static bool says(const struct complaints *complaints, const char *part)
{
    for (size_t i = 0; i < complaints->kept; i++) {
        if (strstr(complaints->texts[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

static void test_notices_mistakes_in_the_catalogue(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct complaints complaints = {0};
        struct catalogue *catalogue = NULL;
        write_mistake(i);
        enum status status = catalogue_load(ROOT, &complaints, &catalogue);
        if (status != STATUS_BAD_INPUT || !says(&complaints, mistakes[i].complaint)) {
            fail_msg("not \"%s\" but: %s", mistakes[i].complaint,
                     complaints.kept > 0 ? complaints.texts[0] : "-");
        }
        assert_null(catalogue);
        complaints_clear(&complaints);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_loads_what_arguments_lead_to, remove_bad),
        cmocka_unit_test_setup(test_orders_by_path_and_by_id, remove_bad),
        cmocka_unit_test_setup(test_goes_on_after_a_bad_file, remove_bad),
        cmocka_unit_test_setup(test_an_id_is_unique_in_the_tree, remove_bad),
        cmocka_unit_test(test_complains_of_an_absent_root),
        cmocka_unit_test_setup(test_loads_one_by_its_id, remove_bad),
        cmocka_unit_test_setup(test_refuses_ids_of_none_or_two, remove_bad),
        cmocka_unit_test(test_the_shipped_vectors_are_good),
        cmocka_unit_test(test_finds_clauses),
        cmocka_unit_test(test_notices_what_a_vector_cites_wrongly),
        cmocka_unit_test(test_reads_a_small_catalogue),
        cmocka_unit_test(test_notices_mistakes_in_the_catalogue),
    };

    return cmocka_run_group_tests(tests, make_tree, free_keys);
}
