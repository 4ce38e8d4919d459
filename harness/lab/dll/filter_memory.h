/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_DLL_FILTER_MEMORY_H
#define HARNESS_LAB_DLL_FILTER_MEMORY_H

#include <stdbool.h>
#include <windows.h>

/* As FWP_BYTE_BLOB. */
struct filter_blob {
    UINT32 size;
    UINT8 *data;
};

/* What FwpmGetAppIdFromFileName0 gives: the path as the kernel has it. NULL without memory. */
struct filter_blob *filter_app_id(const wchar_t *path);
/* False where the memory is none of ours. */
bool filter_memory_free(void *memory);

#endif
