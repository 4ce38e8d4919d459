/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "harness/backend/winsock_machine.h"

typedef bool make_function(struct machine *machine, struct machine_thread *thread, uint32_t size,
                           struct machine_buffer *buffer);

static bool make_heap(struct machine *machine, struct machine_thread *thread, uint32_t size,
                      struct machine_buffer *buffer)
{
    (void)machine;
    (void)thread;
    buffer->heap = malloc((size_t)size + 1);
    buffer->at = buffer->heap;
    buffer->readable = size;
    return buffer->heap != NULL;
}

static bool make_misaligned(struct machine *machine, struct machine_thread *thread, uint32_t size,
                            struct machine_buffer *buffer)
{
    if (!make_heap(machine, thread, size, buffer)) {
        return false;
    }
    buffer->at++;
    return true;
}

static bool make_stack(struct machine *machine, struct machine_thread *thread, uint32_t size,
                       struct machine_buffer *buffer)
{
    (void)machine;
    buffer->at = thread_stack(thread, size);
    buffer->readable = size;
    buffer->on_stack = true;
    return buffer->at != NULL;
}

static bool make_null(struct machine *machine, struct machine_thread *thread, uint32_t size,
                      struct machine_buffer *buffer)
{
    (void)machine;
    (void)thread;
    (void)size;
    (void)buffer;
    return true;
}

static bool make_unmapped(struct machine *machine, struct machine_thread *thread, uint32_t size,
                          struct machine_buffer *buffer)
{
    (void)thread;
    (void)size;
    buffer->at = machine->unmapped;
    return true;
}

static size_t whole_pages(uint32_t size)
{
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    return ((size_t)size + system.dwPageSize - 1) / system.dwPageSize * system.dwPageSize;
}

/* The first half ends where memory ends; behind it is address space for the other half. */
static bool make_partly_unmapped(struct machine *machine, struct machine_thread *thread,
                                 uint32_t size, struct machine_buffer *buffer)
{
    const uint32_t readable = size - size / 2;
    const size_t pages = whole_pages(readable == 0 ? 1 : readable);

    (void)machine;
    (void)thread;
    buffer->pages = VirtualAlloc(NULL, 2 * pages, MEM_RESERVE, PAGE_NOACCESS);
    if (buffer->pages == NULL ||
        VirtualAlloc(buffer->pages, pages, MEM_COMMIT, PAGE_READWRITE) == NULL) {
        buffer_free(buffer);
        return false;
    }
    buffer->at = (uint8_t *)buffer->pages + pages - readable;
    buffer->readable = readable;
    return true;
}

static make_function *const makers[] = {
    [WFP_POINTER_HEAP] = make_heap,
    [WFP_POINTER_STACK] = make_stack,
    [WFP_POINTER_MISALIGNED] = make_misaligned,
    [WFP_POINTER_NULL] = make_null,
    [WFP_POINTER_UNMAPPED] = make_unmapped,
    [WFP_POINTER_PARTLY_UNMAPPED] = make_partly_unmapped,
};

bool buffer_make(struct machine *machine, struct machine_thread *thread, enum wfp_pointer pointer,
                 uint32_t size, struct machine_buffer *buffer)
{
    const struct machine_buffer empty = {0};

    *buffer = empty;
    return makers[pointer](machine, thread, size, buffer);
}

void buffer_free(struct machine_buffer *buffer)
{
    const struct machine_buffer empty = {0};

    free(buffer->heap);
    if (buffer->pages != NULL) {
        VirtualFree(buffer->pages, 0, MEM_RELEASE);
    }
    *buffer = empty;
}
