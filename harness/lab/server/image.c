/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/image.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/platform/files.h"

/* The DOS header says where the PE header is; that begins with its name and the machine. */
enum { DOS_SIZE = 64, DOS_OFFSET = 60, PE_SIZE = 6, OFFSET_MAX = 1 << 20 };

static const struct {
    uint8_t name[PE_SIZE];
    enum image_kind kind;
} machines[] = {
    {{'P', 'E', 0, 0, 0x64, 0x86}, IMAGE_X64},
    {{'P', 'E', 0, 0, 0x4C, 0x01}, IMAGE_X86},
};

static enum image_kind read_kind(FILE *file)
{
    uint8_t dos[DOS_SIZE];
    uint8_t pe[PE_SIZE];
    uint32_t offset;

    if (fread(dos, 1, sizeof dos, file) != sizeof dos || memcmp(dos, "MZ", 2) != 0) {
        return IMAGE_OTHER;
    }
    offset = (uint32_t)dos[DOS_OFFSET] | (uint32_t)dos[DOS_OFFSET + 1] << 8 |
             (uint32_t)dos[DOS_OFFSET + 2] << 16 | (uint32_t)dos[DOS_OFFSET + 3] << 24;
    if (offset > OFFSET_MAX || fseek(file, (long)offset, SEEK_SET) != 0 ||
        fread(pe, 1, sizeof pe, file) != sizeof pe) {
        return IMAGE_OTHER;
    }
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        if (memcmp(pe, machines[i].name, sizeof pe) == 0) {
            return machines[i].kind;
        }
    }
    return IMAGE_OTHER;
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
