/* SPDX-License-Identifier: MIT */

#include "tests/unit/line_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"

void line_file_load(const char *path, struct line_file *file)
{
    char *text;

    assert_int_equal(files_read(path, LINE_FILE_MAX, &text, &file->size), STATUS_OK);
    memcpy(file->bytes, text, file->size);
    free(text);
    file->count = 0;
    for (size_t i = 0; i < file->size; i++) {
        if (file->bytes[i] == '\n') {
            assert_true(file->count < LINE_FILE_LINES);
            file->starts[++file->count] = i + 1;
        }
    }
}

void line_file_append(const struct line_file *file, size_t line, char *bytes, size_t *size)
{
    const size_t length = file->starts[line] - file->starts[line - 1];

    memcpy(bytes + *size, file->bytes + file->starts[line - 1], length);
    *size += length;
}

void line_file_write(const char *path, const char *bytes, size_t size)
{
    FILE *out = files_open(path, "wb");

    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}
