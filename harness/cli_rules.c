/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli.h"
#include "harness/command.h"
#include "harness/json_line.h"
#include "harness/lab/rules/proxy_rule_text.h"
#include "harness/lab/rules/proxy_rules.h"
#include "harness/rule_text.h"

static void print_human(const struct wfp_rule *rule)
{
    struct text text = {0};

    text_add(&text, "%s\n    for      ", rule->id);
    rule_text_calls(rule, &text);
    text_add(&text, "\n    at       %s\n    when     ", wfp_stage_name(rule->stage));
    rule_text_guard(rule, &text);
    text_add(&text, "\n    answers  ");
    rule_text_answer(rule, &text);
    text_add(&text, "\n    clauses  %s\n", rule->clauses);
    (void)fputs(text_bytes(&text), stdout);
    text_clear(&text);
}

static void print_dot_rule(const struct wfp_rule *rule)
{
    struct text text = {0};

    text_add(&text, "    \"%s\" [label=\"%s\\n", rule->id, rule->id);
    rule_text_guard(rule, &text);
    text_add(&text, "\\n");
    rule_text_answer(rule, &text);
    text_add(&text, "\"];\n    \"stage %s\" -> \"%s\";\n", wfp_stage_name(rule->stage), rule->id);
    (void)fputs(text_bytes(&text), stdout);
    text_clear(&text);
}

static void print_dot(const struct wfp_rules *rules)
{
    (void)printf("digraph rules {\n    rankdir=LR;\n    node [shape=box];\n");
    for (unsigned stage = 0; stage < WFP_STAGE_COUNT; stage++) {
        (void)printf("    \"stage %s\" [shape=ellipse];\n", wfp_stage_name((enum wfp_stage)stage));
        if (stage > 0) {
            (void)printf("    \"stage %s\" -> \"stage %s\" [label=\"pass\"];\n",
                         wfp_stage_name((enum wfp_stage)(stage - 1)),
                         wfp_stage_name((enum wfp_stage)stage));
        }
    }
    for (size_t row = 0; row < rules->count; row++) {
        print_dot_rule(&rules->rows[row]);
    }
    (void)printf("}\n");
}

static void print_json(const struct wfp_rule *rule)
{
    json_line_print(rule_json(rule), 0, stdout);
}

static void print_each(const struct wfp_rules *rules, void (*print)(const struct wfp_rule *rule))
{
    for (size_t row = 0; row < rules->count; row++) {
        print(&rules->rows[row]);
    }
}

/* ---- the rules that a proxy is judged by ---- */

static int print_proxy_rules(const char *format)
{
    if (strcmp(format, "dot") == 0) {
        (void)fprintf(stderr, "wfpcheck rules: --format: expected human or jsonl with --proxy, "
                              "found dot\n");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < PROXY_RULES; i++) {
        if (strcmp(format, "jsonl") == 0) {
            json_line_print(proxy_rule_json(&proxy_rules[i]), 0, stdout);
        } else {
            proxy_rule_print(&proxy_rules[i], stdout);
        }
    }
    return EXIT_WELL;
}

int cli_rules(int argc, char **argv)
{
    static const char *const formats[] = {"human", "dot", "jsonl", NULL};
    static const struct option table[] = {
        {.name = "format", .help = "how to print", .kind = OPTION_CHOICE, .choices = formats},
        {.name = "proxy",
         .help = "the rules that wfpcheck proxy judges a proxy by, instead",
         .kind = OPTION_FLAG},
    };
    static const struct command command = {
        .name = "wfpcheck rules",
        .summary = "print the model's table of rules",
        .options = table,
        .option_count = 2,
    };
    struct options options;
    const char *format;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    format = options_text(&options, 0, "human");
    if (options_flag(&options, 1)) {
        code = print_proxy_rules(format);
        options_release(&options);
        return code;
    }
    if (format[0] == 'd') {
        print_dot(wfp_rules_shipped());
    } else {
        print_each(wfp_rules_shipped(), format[0] == 'j' ? print_json : print_human);
    }
    options_release(&options);
    return EXIT_WELL;
}
