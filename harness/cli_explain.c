/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/catalogue.h"
#include "harness/cli.h"
#include "harness/command.h"
#include "harness/coverage.h"
#include "harness/lab/rules/proxy_rule_text.h"
#include "harness/lab/rules/proxy_rules.h"
#include "harness/observation.h"
#include "harness/rule_text.h"

static const struct command command = {
    .name = "wfpcheck explain",
    .summary =
        "Tells what is known about a clause (QRY-08), a contradiction (CON-02) or an unknown "
        "(UNK-06): what the pages say, what was observed, what each profile does. Or what a rule "
        "for proxies (PRX-04) demands, why, and how to mend what it finds.",
    .positional = "ID",
    .positional_min = 1,
    .positional_max = 1,
};

struct subject {
    const char *id;
    const struct session *session;
    const struct catalogue *catalogue;
};

static void print_line(const char *label, const char *text)
{
    if (text != NULL) {
        (void)printf("  %-12s %s\n", label, text);
    }
}

/* ---- what the catalogue says ---- */

static void print_contradiction(const struct contradiction *contradiction)
{
    (void)printf("%s  %s\n", contradiction->id, contradiction->between);
    print_line("what", contradiction->what);
    print_line("resolution", contradiction->resolution);
}

static void print_unknown(const struct unknown *unknown)
{
    (void)printf("%s  %s\n", unknown->id, unknown->question);
    print_line("evidence", unknown->evidence);
    print_line("documented", unknown->documented);
    print_line("observed", unknown->observed);
    print_line("probe", unknown->probe);
    print_line("driver", unknown->needs_driver ? "needed to settle it" : "not needed to settle it");
}

static void print_sources(const struct catalogue *catalogue, const struct clause *clause)
{
    for (size_t i = 0; i < clause->sources.count; i++) {
        const struct source_page *page = catalogue_source(catalogue, clause->sources.ids[i]);

        (void)printf("  %-12s %s  %s\n", i == 0 ? "sources" : "", clause->sources.ids[i],
                     page == NULL ? "" : page->what);
    }
}

static void print_see(const struct catalogue *catalogue, const struct clause *clause)
{
    for (size_t i = 0; i < clause->see.count; i++) {
        const char *id = clause->see.ids[i];

        (void)printf("\n");
        if (catalogue_contradiction(catalogue, id) != NULL) {
            print_contradiction(catalogue_contradiction(catalogue, id));
        } else if (catalogue_unknown(catalogue, id) != NULL) {
            print_unknown(catalogue_unknown(catalogue, id));
        } else if (catalogue_clause(catalogue, id) != NULL) {
            (void)printf("%s  %s\n", id, catalogue_clause(catalogue, id)->says);
        }
    }
}

static void print_clause(const struct catalogue *catalogue, const struct clause *clause)
{
    (void)printf("%s  %s%s%s  grade %s\n", clause->id, strength_name(clause->strength),
                 clause->only == NULL ? "" : ", only ", clause->only == NULL ? "" : clause->only,
                 clause->grade == NULL ? "none" : clause->grade);
    print_line("says", clause->says);
    print_line("pages", clause->pages == NULL ? "silent" : clause->pages);
    print_line("observed", clause->observed == NULL ? "never, publicly" : clause->observed);
    print_line("model", clause->model);
    if (clause->uncoverable_reason != NULL) {
        print_line("no vector", clause->uncoverable_reason);
        print_line("", clause->uncoverable_why);
    }
    print_sources(catalogue, clause);
    print_see(catalogue, clause);
}

/* ---- what the profiles, the rules and the vectors make of it ---- */

static bool key_concerns(const struct subject *subject, const struct key_entry *entry)
{
    const struct clause *clause = catalogue_clause(subject->catalogue, subject->id);

    if (entry->settles == NULL) {
        return false;
    }
    for (size_t i = 0; clause != NULL && i < clause->see.count; i++) {
        if (id_listed(entry->settles, clause->see.ids[i])) {
            return true;
        }
    }
    return id_listed(entry->settles, subject->id);
}

static void print_values(const struct wfp_choice *choice, enum wfp_key key)
{
    char text[VALUE_TEXT_MAX];

    for (uint32_t i = 0; i < choice->count; i++) {
        value_print(wfp_key_type(key), &choice->values[i], text, sizeof text);
        (void)printf("%s%s", i == 0 ? "" : " | ", text);
    }
}

static void print_key(const struct session *session, const struct key_entry *entry)
{
    static const char *const kinds[] = {
        [KEY_DOCUMENTED] = "documented",
        [KEY_OBSERVED] = "observed",
        [KEY_INFERRED] = "inferred",
        [KEY_SET_BY_USER] = "set by the user",
    };

    (void)printf("\nkey %s  (%s)\n  %s\n", entry->name, entry->settles, entry->asks);
    for (size_t p = 0; p < session->profile_count; p++) {
        const struct profile *profile = session->profiles[p];

        (void)printf("  %-12s ", profile->name);
        print_values(&profile->values.keys[entry->key], entry->key);
        (void)printf("   %s: %s\n", kinds[profile->sources[entry->key].kind],
                     profile->sources[entry->key].reference);
    }
}

static void print_rule(const struct wfp_rule *rule)
{
    struct text text = {0};

    text_add(&text, "  %s: ", rule->id);
    rule_text_guard(rule, &text);
    text_add(&text, " -> ");
    rule_text_answer(rule, &text);
    (void)printf("%s\n", text_bytes(&text));
    text_clear(&text);
}

static void print_rules(const struct subject *subject)
{
    const struct wfp_rules *rules = wfp_rules_shipped();
    bool any = false;

    for (size_t row = 0; row < rules->count; row++) {
        const struct wfp_rule *rule = &rules->rows[row];
        const bool by_key = rule->source == WFP_ANSWER_KEY &&
                            key_concerns(subject, &subject->session->keys->entries[rule->key]);

        if (by_key || id_listed(rule->clauses, subject->id)) {
            (void)printf("%s", any ? "" : "\nrules of the model\n");
            print_rule(rule);
            any = true;
        }
    }
}

static void print_vectors(const struct subject *subject)
{
    const struct tree *tree = &subject->session->tree;
    bool any = false;

    for (size_t i = 0; i < tree->count; i++) {
        if (id_listed(tree->vectors[i]->clause_list, subject->id)) {
            (void)printf("%s  %s\n", any ? "" : "\nvectors that cite it\n", tree->vectors[i]->id);
            any = true;
        }
    }
}

static enum status explain(struct session *session, const char *id)
{
    struct catalogue *catalogue;
    const enum status status = catalogue_load(session->root, &session->complaints, &catalogue);
    const struct subject subject = {id, session, catalogue};
    enum status observed;

    if (status != STATUS_OK) {
        return status;
    }
    if (!catalogue_has(catalogue, id)) {
        complain(&session->complaints, "wfpcheck explain", 0, "ID",
                 "a clause, contradiction or unknown of vectors/clauses.json", "%s", id);
        catalogue_free(catalogue);
        return STATUS_BAD_INPUT;
    }
    if (catalogue_clause(catalogue, id) != NULL) {
        print_clause(catalogue, catalogue_clause(catalogue, id));
    } else if (catalogue_contradiction(catalogue, id) != NULL) {
        print_contradiction(catalogue_contradiction(catalogue, id));
    } else {
        print_unknown(catalogue_unknown(catalogue, id));
    }
    observed = observations_print(session->root, id, &session->complaints, stdout);
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        if (key_concerns(&subject, &session->keys->entries[key])) {
            print_key(session, &session->keys->entries[key]);
        }
    }
    print_rules(&subject);
    print_vectors(&subject);
    catalogue_free(catalogue);
    return observed;
}

int cli_explain(int argc, char **argv)
{
    struct session session = {0};
    struct options options;
    enum status status;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    if (proxy_rule_named(options.positionals[0]) != NULL) {
        proxy_rule_print(proxy_rule_named(options.positionals[0]), stdout);
        return command_end(&options, &session, STATUS_OK);
    }
    status = session_open(&session);
    if (status == STATUS_OK) {
        status = session_add_profile(&session, "all");
    }
    if (status == STATUS_OK) {
        status = session_load(&session, NULL, 0);
    }
    if (status == STATUS_OK) {
        status = explain(&session, options.positionals[0]);
    }
    return command_end(&options, &session, status);
}
