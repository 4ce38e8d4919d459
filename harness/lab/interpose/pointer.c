/* SPDX-License-Identifier: MIT */

#include "harness/lab/interpose/pointer.h"

#include <stdint.h>
#include <string.h>
#include <windows.h>

static const DWORD writable =
    PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
static const DWORD executable =
    PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
static const DWORD readable = PAGE_READONLY | PAGE_EXECUTE_READ | PAGE_READWRITE | PAGE_WRITECOPY |
                              PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

static bool allows(const MEMORY_BASIC_INFORMATION *region, enum pointer_use use)
{
    const DWORD wanted[] = {readable, writable, executable};

    return region->State == MEM_COMMIT && (region->Protect & (PAGE_GUARD | PAGE_NOACCESS)) == 0 &&
           (region->Protect & wanted[use]) != 0;
}

/* How many bytes from there on, at most `size`, can be used so. */
static size_t usable(uintptr_t at, size_t size, enum pointer_use use)
{
    size_t count = 0;

    while (count < size) {
        MEMORY_BASIC_INFORMATION region;
        uintptr_t end;

        if (VirtualQuery((const void *)(at + count), &region, sizeof region) == 0 ||
            !allows(&region, use)) {
            break;
        }
        end = (uintptr_t)region.BaseAddress + region.RegionSize;
        if (end <= at + count) {
            break;
        }
        count = end - at;
    }
    return count < size ? count : size;
}

static bool on_stack(uintptr_t at)
{
    ULONG_PTR low = 0;
    ULONG_PTR high = 0;

    GetCurrentThreadStackLimits(&low, &high);
    return at >= low && at < high;
}

enum wfp_pointer pointer_classify(const void *at, size_t size, enum pointer_use use)
{
    const uintptr_t address = (uintptr_t)at;
    const size_t wanted = size == 0 ? 1 : size;
    size_t found;

    if (at == NULL) {
        return WFP_POINTER_NULL;
    }
    found = usable(address, wanted, use);
    if (found == 0) {
        return WFP_POINTER_UNMAPPED;
    }
    if (found < wanted) {
        return WFP_POINTER_PARTLY_UNMAPPED;
    }
    if (use != POINTER_EXECUTE && address % sizeof(void *) != 0) {
        return WFP_POINTER_MISALIGNED;
    }
    return on_stack(address) ? WFP_POINTER_STACK : WFP_POINTER_HEAP;
}

bool pointer_is_valid(enum wfp_pointer kind)
{
    return kind == WFP_POINTER_HEAP || kind == WFP_POINTER_STACK || kind == WFP_POINTER_MISALIGNED;
}

/*
 * What stands on this thread's stack above this call stays there while it runs: it is copied at
 * once. The calls below cost a tenth of a millisecond under Wine.
 */
static bool stays(const void *at, size_t size)
{
    const uintptr_t here = (uintptr_t)&size;
    const uintptr_t address = (uintptr_t)at;
    ULONG_PTR low = 0;
    ULONG_PTR high = 0;

    GetCurrentThreadStackLimits(&low, &high);
    return here >= low && here < high && address > here && address < high && size <= high - address;
}

/* Both directions ask first: where memory is only reserved, Wine's calls would not fail. */
bool pointer_read(void *to, const void *from, size_t size)
{
    SIZE_T copied = 0;

    if (stays(from, size)) {
        memcpy(to, from, size);
        return true;
    }
    return size == 0 ||
           (usable((uintptr_t)from, size, POINTER_READ) == size &&
            ReadProcessMemory(GetCurrentProcess(), from, to, size, &copied) && copied == size);
}

bool pointer_write(void *to, const void *from, size_t size)
{
    SIZE_T copied = 0;

    if (stays(to, size)) {
        memcpy(to, from, size);
        return true;
    }
    return size == 0 ||
           (usable((uintptr_t)to, size, POINTER_WRITE) == size &&
            WriteProcessMemory(GetCurrentProcess(), to, from, size, &copied) && copied == size);
}
