/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/proxy_rule_text.h"

#include <stdbool.h>
#include <string.h>

#include "harness/json_line.h"

enum { LABEL_INDENT = 4, INDENT = 14, WIDTH = 100 };

void proxy_paragraph_add(struct text *text, size_t column, size_t indent, const char *words)
{
    bool first = true;

    while (*words != '\0') {
        const size_t length = strcspn(words, " ");

        if (!first && column + 1 + length > WIDTH) {
            text_add(text, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        text_add(text, "%s%.*s", first ? "" : " ", (int)length, words);
        column += length + !first;
        first = false;
        words += length + (words[length] == ' ');
    }
    text_add(text, "\n");
}

static void add_labelled(struct text *text, const char *label, const char *words)
{
    text_add(text, "%*s%-*s", LABEL_INDENT, "", INDENT - LABEL_INDENT, label);
    proxy_paragraph_add(text, INDENT, INDENT, words);
}

void proxy_rule_print(const struct proxy_rule *rule, FILE *out)
{
    struct text text = {0};

    text_add(&text, "%s  %s\n", rule->id, rule->title);
    add_labelled(&text, "severity", proxy_severity_name(rule->severity));
    add_labelled(&text, "clauses", rule->clauses);
    add_labelled(&text, "looks at", rule->looks_at);
    add_labelled(&text, "needs", rule->needs);
    add_labelled(&text, "why", rule->why);
    add_labelled(&text, "mend", rule->mend);
    (void)fputs(text_bytes(&text), out);
    text_clear(&text);
}

json_t *proxy_rule_json(const struct proxy_rule *rule)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "id", rule->id, "title",
                     rule->title, "severity", proxy_severity_name(rule->severity), "clauses",
                     json_line_words(rule->clauses), "looks_at", rule->looks_at, "needs",
                     rule->needs, "why", rule->why, "mend", rule->mend);
}
