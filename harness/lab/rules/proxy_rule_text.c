/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/proxy_rule_text.h"

#include <string.h>

#include "harness/json_line.h"
#include "harness/text.h"

enum { INDENT = 14, WIDTH = 100 };

/* Broken between words. */
static void add_paragraph(struct text *text, const char *label, const char *words)
{
    size_t column = INDENT;

    text_add(text, "    %-*s", INDENT - 4, label);
    while (*words != '\0') {
        const size_t length = strcspn(words, " ");

        if (column > INDENT && column + 1 + length > WIDTH) {
            text_add(text, "\n%*s", INDENT, "");
            column = INDENT;
        }
        text_add(text, "%s%.*s", column > INDENT ? " " : "", (int)length, words);
        column += length + (column > INDENT);
        words += length + (words[length] == ' ');
    }
    text_add(text, "\n");
}

void proxy_rule_print(const struct proxy_rule *rule, FILE *out)
{
    struct text text = {0};

    text_add(&text, "%s  %s\n", rule->id, rule->title);
    add_paragraph(&text, "severity", proxy_severity_name(rule->severity));
    add_paragraph(&text, "clauses", rule->clauses);
    add_paragraph(&text, "looks at", rule->looks_at);
    add_paragraph(&text, "needs", rule->needs);
    add_paragraph(&text, "why", rule->why);
    add_paragraph(&text, "mend", rule->mend);
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
