/* SPDX-License-Identifier: MIT */

#include "harness/report.h"

#include <string.h>

static const struct report_format *const formats[] = {&report_human, &report_tap, &report_junit,
                                                      &report_jsonl};

const struct report_format *report_format_named(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i]->name, name) == 0) {
            return formats[i];
        }
    }
    return NULL;
}
