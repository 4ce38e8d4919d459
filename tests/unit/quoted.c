/* SPDX-License-Identifier: MIT */

#include "tests/unit/quoted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/platform/files.h"

void write_quoted(const char *path, const char *text)
{
    FILE *stream = files_open(path, "wb");

    assert_non_null(stream);
    for (; *text != '\0'; text++) {
        assert_int_not_equal(fputc(*text == '\'' ? '"' : *text, stream), EOF);
    }
    assert_int_equal(fclose(stream), 0);
}

void expect_complaint(struct complaints *complaints, const char *part)
{
    assert_int_equal(complaints->total, 1);
    if (strstr(complaints->texts[0], part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, complaints->texts[0]);
    }
    complaints_clear(complaints);
}
