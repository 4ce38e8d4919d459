/* SPDX-License-Identifier: MIT */

#include "harness/platform/memory.h"

#include <windows.h>

bool memory_reserve(struct memory_range *range, size_t size)
{
    void *mapped = VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS);

    if (mapped == NULL) {
        return false;
    }
    /* Large pages need a privilege here, so that nothing is lost by starting between two. */
    *range = (struct memory_range){
        .start = mapped,
        .reserved = size,
        .mapped = mapped,
        .mapped_size = size,
    };
    return true;
}

bool memory_extend(struct memory_range *range, size_t usable)
{
    if (usable > range->reserved ||
        VirtualAlloc(range->start + range->usable, usable - range->usable, MEM_COMMIT,
                     PAGE_READWRITE) == NULL) {
        return false;
    }
    range->usable = usable;
    return true;
}

void memory_release(struct memory_range *range)
{
    if (range->mapped != NULL) {
        (void)VirtualFree(range->mapped, 0, MEM_RELEASE);
    }
    *range = (struct memory_range){.usable = 0};
}
