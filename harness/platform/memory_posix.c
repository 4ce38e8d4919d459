/* SPDX-License-Identifier: MIT */

#define _DEFAULT_SOURCE

#include "harness/platform/memory.h"

#include <sys/mman.h>

bool memory_reserve(struct memory_range *range, size_t size)
{
    const size_t mapped_size = size + MEMORY_LARGE_PAGE;
    void *mapped;
    size_t lead;

    if (mapped_size < size) {
        return false;
    }
    mapped = mmap(NULL, mapped_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) {
        return false;
    }
    lead = (MEMORY_LARGE_PAGE - (uintptr_t)mapped % MEMORY_LARGE_PAGE) % MEMORY_LARGE_PAGE;
    *range = (struct memory_range){
        .start = (uint8_t *)mapped + lead,
        .reserved = size,
        .mapped = mapped,
        .mapped_size = mapped_size,
    };
    return true;
}

/* Only a wish: without it, or where the system has no such pages, nothing else changes. */
static void ask_for_large_pages(uint8_t *start, size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size >= MEMORY_LARGE_PAGE) {
        (void)madvise(start, size, MADV_HUGEPAGE);
    }
#else
    (void)start, (void)size;
#endif
}

bool memory_extend(struct memory_range *range, size_t usable)
{
    uint8_t *from = range->start + range->usable;
    const size_t size = usable - range->usable;

    if (usable > range->reserved || mprotect(from, size, PROT_READ | PROT_WRITE) != 0) {
        return false;
    }
    ask_for_large_pages(from, size);
    range->usable = usable;
    return true;
}

void memory_release(struct memory_range *range)
{
    if (range->mapped != NULL) {
        (void)munmap(range->mapped, range->mapped_size);
    }
    *range = (struct memory_range){.usable = 0};
}
