/* SPDX-License-Identifier: MIT */

#include "harness/expectation_text.h"

enum { STEP = 2 };

static void add_answer(const struct expected *expected, int indent, struct text *text)
{
    text_add(text, "%*s%-32s", indent, "", expected->text);
    for (size_t i = 0; i < expected->reason_count; i++) {
        text_add(text, " %s", expected->reasons[i]);
    }
    text_add(text, "\n");
}

static void add_branch(const struct expectation *expectation, const struct branch *branch,
                       int indent, struct text *text)
{
    if (expectation->kind == EXPECTATION_KEY) {
        text_add(text, "%*s%s = %s:\n", indent, "", wfp_key_name(expectation->key), branch->name);
    } else {
        text_add(text, "%*s%s:\n", indent, "", branch->name);
    }
    expectation_text(branch->expectation, indent + STEP, text);
}

void expectation_text(const struct expectation *expectation, int indent, struct text *text)
{
    for (size_t i = 0; i < expectation->count; i++) {
        if (expectation->kind == EXPECTATION_ANSWERS) {
            add_answer(&expectation->answers[i], indent, text);
        } else {
            add_branch(expectation, &expectation->branches[i], indent, text);
        }
    }
}
