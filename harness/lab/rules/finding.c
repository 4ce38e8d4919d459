/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "harness/lab/rules/call_text.h"

enum { SENTENCE_MAX = 512, REMARK_COLUMN = 68 };

void finding_met(struct finding *finding)
{
    finding->met++;
}

void finding_fail(struct finding *finding, const char *format, ...)
{
    char sentence[SENTENCE_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (finding->failed == 0) {
        text_clear(&finding->message);
        text_add(&finding->message, "%s", sentence);
    }
    finding->shows = finding->failed++ == 0;
}

void finding_line(struct finding *finding, size_t event, const char *remark)
{
    size_t start;

    if (!finding->shows || event == NOWHERE) {
        return;
    }
    start = finding->evidence.length;
    call_text_add(finding->view, event, &finding->evidence);
    if (remark != NULL) {
        text_pad(&finding->evidence, start, REMARK_COLUMN);
        text_add(&finding->evidence, "  <- %s", remark);
    }
    text_add(&finding->evidence, "\n");
}

void finding_open(struct finding *finding, const char *format, ...)
{
    char sentence[SENTENCE_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (finding->failed == 0 && finding->open == 0) {
        text_add(&finding->message, "%s", sentence);
    }
    finding->open++;
}

void finding_advise(struct finding *finding, size_t event, const char *format, ...)
{
    char sentence[SENTENCE_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (finding->remark.length == 0) {
        text_add(&finding->remark, "%s: ", sentence);
        call_text_add(finding->view, event, &finding->remark);
    }
    finding->met++;
}
