/* SPDX-License-Identifier: MIT */

/*
 * JUnit XML: one testsuite for each profile. Its counts stand in front of its cases, so the cases
 * are kept until the end; what is planned is said at once, in `tests` of the root.
 */

#include "harness/report.h"

#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

enum group { GROUP_CASES, GROUP_FAILURES, GROUP_ERRORS, GROUP_SKIPPED, GROUP_COUNT };

/* How a verdict is said: the element in the testcase, and the count that it belongs to. */
static const struct {
    const char *element;
    enum group group;
} forms[VERDICT_COUNT] = {
    [VERDICT_PASS] = {NULL, GROUP_CASES},
    [VERDICT_FAIL] = {"failure", GROUP_FAILURES},
    [VERDICT_KNOWN] = {"skipped", GROUP_SKIPPED},
    [VERDICT_FIXED] = {"failure", GROUP_FAILURES},
    [VERDICT_UNSUPPORTED] = {"skipped", GROUP_SKIPPED},
    [VERDICT_UNDECIDED] = {"failure", GROUP_FAILURES},
    [VERDICT_BROKEN] = {"error", GROUP_ERRORS},
};

struct suite {
    struct text name;
    struct text cases;
    size_t counts[GROUP_COUNT]; /* GROUP_CASES: all of them */
    double seconds;
};

struct junit {
    FILE *out;
    struct text properties;
    struct suite *suites;
    size_t count;
    bool failed;
};

/* ---- XML ---- */

static const struct {
    const char *reference;
    uint32_t character;
    bool only_in_attribute;
} references[] = {{"&amp;", '&', false},  {"&lt;", '<', false},  {"&gt;", '>', false},
                  {"&quot;", '"', false}, {"&#10;", '\n', true}, {"&#9;", '\t', true}};

static const char *reference_to(uint32_t character, bool attribute)
{
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        if (references[i].character == character &&
            (attribute || !references[i].only_in_attribute)) {
            return references[i].reference;
        }
    }
    return NULL;
}

/* XML 1.0 can say no other control character, not even by a reference. */
static bool is_legal(uint32_t character)
{
    if (character < 0x20) {
        return character == '\n' || character == '\t';
    }
    return character != 0xFFFE && character != 0xFFFF;
}

static void add_xml(struct text *text, const char *raw, bool attribute)
{
    uint32_t character;

    while ((character = text_decode(&raw)) != 0) {
        const char *reference = reference_to(character, attribute);
        if (reference != NULL) {
            text_add(text, "%s", reference);
        } else if (is_legal(character)) {
            text_add_character(text, character);
        }
    }
}

static void add_attribute(struct text *text, const char *name, const char *raw)
{
    text_add(text, " %s=\"", name);
    add_xml(text, raw != NULL ? raw : "", true);
    text_add(text, "\"");
}

static void add_property(struct text *text, const char *name, const char *raw)
{
    if (raw == NULL) {
        return;
    }
    text_add(text, "      <property");
    add_attribute(text, "name", name);
    add_attribute(text, "value", raw);
    text_add(text, "/>\n");
}

/* ---- suites ---- */

static struct suite *suite_named(struct junit *junit, const char *name)
{
    struct suite *larger;

    for (size_t i = 0; i < junit->count; i++) {
        if (strcmp(text_bytes(&junit->suites[i].name), name) == 0) {
            return &junit->suites[i];
        }
    }
    larger = realloc(junit->suites, (junit->count + 1) * sizeof *larger);
    if (larger == NULL) {
        junit->failed = true;
        return NULL;
    }
    junit->suites = larger;
    larger[junit->count] = (struct suite){.seconds = 0};
    text_add(&larger[junit->count].name, "%s", name);
    return &larger[junit->count++];
}

static void suite_print(const struct junit *junit, const struct suite *suite)
{
    struct text text = {0};

    text_add(&text, "  <testsuite");
    add_attribute(&text, "name", text_bytes(&suite->name));
    text_add(&text,
             " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.6f\">\n"
             "    <properties>\n",
             suite->counts[GROUP_CASES], suite->counts[GROUP_FAILURES], suite->counts[GROUP_ERRORS],
             suite->counts[GROUP_SKIPPED], suite->seconds);
    fputs(text_bytes(&text), junit->out);
    fputs(text_bytes(&junit->properties), junit->out);
    fputs("    </properties>\n", junit->out);
    fputs(text_bytes(&suite->cases), junit->out);
    fputs("  </testsuite>\n", junit->out);
    text_clear(&text);
}

/* ---- the format ---- */

static void *begin(FILE *out, const struct report_head *head, bool colour)
{
    struct junit *junit = calloc(1, sizeof *junit);

    (void)colour;
    if (junit == NULL) {
        return NULL;
    }
    junit->out = out;
    add_property(&junit->properties, "version", head->version);
    add_property(&junit->properties, "backend", head->backend);
    add_property(&junit->properties, "target", head->target);
    add_property(&junit->properties, "redirector", head->redirector);
    add_property(&junit->properties, "notes", head->notes);
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"wfpcheck\" tests=\"%zu\">\n",
            head->cases);
    return junit;
}

static void add_outcome(struct text *text, const struct result *result)
{
    const char *element = forms[result->verdict].element;

    text_add(text, "      <%s", element);
    add_attribute(text, "type", verdict_name(result->verdict));
    add_attribute(text, "message", result->message);
    text_add(text, ">");
    add_xml(text, result->detail != NULL ? result->detail : "", false);
    text_add(text, "</%s>\n", element);
}

static void result_case(void *state, const struct result *result)
{
    enum group group = forms[result->verdict].group;
    struct suite *suite =
        suite_named(state, result->profile != NULL ? result->profile : "wfpcheck");
    struct text *text;

    if (suite == NULL) {
        return;
    }
    text = &suite->cases;
    suite->seconds += result->seconds;
    suite->counts[GROUP_CASES]++;
    if (group != GROUP_CASES) {
        suite->counts[group]++;
    }
    text_add(text, "    <testcase");
    add_attribute(text, "classname", result->topic);
    add_attribute(text, "name", result->name);
    text_add(text, " time=\"%.6f\">\n", result->seconds);
    if (forms[result->verdict].element != NULL) {
        add_outcome(text, result);
    }
    text_add(text, "    </testcase>\n");
}

/* A case of its own, because consumers count cases and look at nothing else. */
static void print_missing(FILE *out, const struct report_totals *totals)
{
    const char *why = totals->interrupted ? "interrupted" : "incomplete";

    if (!totals->interrupted && totals->executed >= totals->planned) {
        return;
    }
    fprintf(out,
            "  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
            "    <testcase classname=\"wfpcheck\" name=\"run\">\n"
            "      <error type=\"%s\" message=\"%s: %zu of %zu cases ran\"/>\n"
            "    </testcase>\n"
            "  </testsuite>\n",
            why, why, totals->executed, totals->planned);
}

static bool is_whole(const struct junit *junit)
{
    bool whole = !junit->failed && !junit->properties.failed;

    for (size_t i = 0; i < junit->count; i++) {
        whole = whole && !junit->suites[i].name.failed && !junit->suites[i].cases.failed;
    }
    return whole;
}

static void end(void *state, const struct report_totals *totals)
{
    struct junit *junit = state;

    for (size_t i = 0; i < junit->count; i++) {
        suite_print(junit, &junit->suites[i]);
    }
    print_missing(junit->out, totals);
    /* Without its end no reader takes the document for a whole one. */
    if (is_whole(junit)) {
        fputs("</testsuites>\n", junit->out);
    }
    for (size_t i = 0; i < junit->count; i++) {
        text_clear(&junit->suites[i].name);
        text_clear(&junit->suites[i].cases);
    }
    text_clear(&junit->properties);
    free(junit->suites);
    free(junit);
}

const struct report_format report_junit = {"junit", begin, result_case, end};
