/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/lab/server/image.h"
#include "harness/platform/files.h"

#define FILE_NAME "test_lab_image.exe"

enum { PE = 128, CLR = PE + 24 + 208, SIZE = PE + 248 };

/* The headers of a program; each row alters or cuts them. */
static void make(uint8_t bytes[SIZE])
{
    memset(bytes, 0, SIZE);
    memcpy(bytes, "MZ", 2);
    bytes[60] = PE;
    memcpy(bytes + PE, "PE\0\0\x4C\x01", 6);
}

static enum image_kind kind_of(const uint8_t *bytes, size_t size)
{
    FILE *file = files_open(FILE_NAME, "wb");
    enum image_kind kind;

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    kind = image_kind_of(FILE_NAME);
    (void)remove(FILE_NAME);
    return kind;
}

static void test_kinds(void **state)
{
    static const struct {
        size_t size;
        size_t at;
        uint8_t byte;
        enum image_kind kind;
    } table[] = {
        {SIZE, 2, 0, IMAGE_X86},
        {SIZE, CLR, 1, IMAGE_ASSEMBLY},
        {SIZE, CLR + 3, 1, IMAGE_ASSEMBLY},
        {SIZE, CLR - 1, 1, IMAGE_X86},
        {SIZE, CLR + 4, 1, IMAGE_X86},
        {SIZE - 1, CLR, 1, IMAGE_X86}, /* cut: it is left to the system to say what is wrong */
        {PE + 6, 2, 0, IMAGE_X86},
        {PE + 5, 2, 0, IMAGE_OTHER},
        {PE, 2, 0, IMAGE_OTHER},
        {63, 2, 0, IMAGE_OTHER},
        {0, 2, 0, IMAGE_OTHER},
        {SIZE, 0, 'm', IMAGE_OTHER},
        {SIZE, PE, 'p', IMAGE_OTHER},
        {SIZE, PE + 5, 2, IMAGE_OTHER},
        {SIZE, 62, 0x7F, IMAGE_OTHER},
        {SIZE, 63, 0xFF, IMAGE_OTHER},
    };
    uint8_t bytes[SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        make(bytes);
        bytes[table[i].at] = table[i].byte;
        assert_int_equal(kind_of(bytes, table[i].size), table[i].kind);
    }
}

/* There the entry stands elsewhere; and Windows starts such an assembly like any program. */
static void test_x64_is_not_looked_into(void **state)
{
    uint8_t bytes[SIZE];

    (void)state;
    make(bytes);
    memcpy(bytes + PE + 4, "\x64\x86", 2);
    memset(bytes + PE + 6, 1, SIZE - PE - 6);
    assert_int_equal(kind_of(bytes, SIZE), IMAGE_X64);
}

static void test_absent(void **state)
{
    (void)state;
    assert_int_equal(image_kind_of("no-such-file.exe"), IMAGE_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_x64_is_not_looked_into),
        cmocka_unit_test(test_absent),
    };

    return cmocka_run_group_tests_name("lab_image", tests, NULL, NULL);
}
