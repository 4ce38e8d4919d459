/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/filter_memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "harness/lab/interpose/pointer.h"

static const wchar_t device[] = L"\\device\\harddiskvolume1";

enum { DRIVE = 2, MARK = 0x57465043 };

/* One block: the blob, the mark by which it is known for ours, and the path. */
struct block {
    struct filter_blob blob; /* first: its address is the program's */
    UINT32 mark;
    wchar_t path[];
};

struct filter_blob *filter_app_id(const wchar_t *path)
{
    const wchar_t *rest = wcslen(path) > DRIVE && path[1] == L':' ? path + DRIVE : path;
    const size_t characters = wcslen(device) + wcslen(rest) + 1;
    struct block *block = calloc(1, sizeof *block + characters * sizeof block->path[0]);

    if (block == NULL) {
        return NULL;
    }
    (void)wcscpy(block->path, device);
    (void)wcscat(block->path, rest);
    (void)_wcslwr(block->path);
    block->mark = MARK;
    block->blob.size = (UINT32)(characters * sizeof block->path[0]);
    block->blob.data = (UINT8 *)block->path;
    return &block->blob;
}

bool filter_memory_free(void *memory)
{
    struct block head;

    if (!pointer_read(&head, memory, sizeof head) || head.mark != MARK ||
        head.blob.data != (UINT8 *)memory + offsetof(struct block, path)) {
        return false;
    }
    free(memory);
    return true;
}
