/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/image.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/platform/files.h"

/*
 * The DOS header says where the PE header is. That begins with its name and the machine; of a
 * program for x86 it is 248 bytes, with a directory whose entry for the CLR only assemblies have.
 */
enum { DOS_SIZE = 64, DOS_OFFSET = 60, NAME_SIZE = 6, CLR_ENTRY = 24 + 208, PE32_SIZE = 248 };
enum { OFFSET_MAX = 1 << 20 };

static const struct {
    uint8_t name[NAME_SIZE];
    enum image_kind kind;
} machines[] = {
    {{'P', 'E', 0, 0, 0x64, 0x86}, IMAGE_X64},
    {{'P', 'E', 0, 0, 0x4C, 0x01}, IMAGE_X86},
};

static uint32_t load_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static bool is_assembly(const uint8_t *pe, size_t size)
{
    return size == PE32_SIZE && load_u32(pe + CLR_ENTRY) != 0;
}

static enum image_kind kind_of(const uint8_t *pe, size_t size)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        if (memcmp(pe, machines[i].name, NAME_SIZE) == 0) {
            return machines[i].kind == IMAGE_X86 && is_assembly(pe, size) ? IMAGE_ASSEMBLY
                                                                          : machines[i].kind;
        }
    }
    return IMAGE_OTHER;
}

static enum image_kind read_kind(FILE *file)
{
    uint8_t dos[DOS_SIZE];
    uint8_t pe[PE32_SIZE] = {0}; /* of a file that ends within, what is not there is no name */
    uint32_t offset;

    if (fread(dos, 1, sizeof dos, file) != sizeof dos || memcmp(dos, "MZ", 2) != 0) {
        return IMAGE_OTHER;
    }
    offset = load_u32(dos + DOS_OFFSET);
    if (offset > OFFSET_MAX || fseek(file, (long)offset, SEEK_SET) != 0) {
        return IMAGE_OTHER;
    }
    return kind_of(pe, fread(pe, 1, sizeof pe, file));
}

enum image_kind image_kind_of(const char *path)
{
    FILE *file = files_open(path, "rb");
    enum image_kind kind;

    if (file == NULL) {
        return IMAGE_ABSENT;
    }
    kind = read_kind(file);
    (void)fclose(file);
    return kind;
}
