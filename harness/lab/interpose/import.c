/* SPDX-License-Identifier: MIT */

#include "harness/lab/interpose/import.h"

#include <stdint.h>
#include <string.h>

static shim_function *exported(const char *module, const char *name)
{
    const HMODULE loaded = GetModuleHandleA(module);

    return loaded == NULL ? NULL : (shim_function *)GetProcAddress(loaded, name);
}

void import_resolve(const struct import_hook *hooks, size_t count, const char *const *modules,
                    void *originals)
{
    for (size_t i = 0; i < count; i++) {
        shim_function *found = NULL;

        for (size_t m = 0; found == NULL && modules[m] != NULL; m++) {
            found = exported(modules[m], hooks[i].name);
        }
        memcpy((char *)originals + hooks[i].original, &found, sizeof found);
    }
}

/* kernel32 and kernelbase have different addresses for the same call: each of them counts. */
static shim_function *replacement_for(uintptr_t address, const struct import_hook *hooks,
                                      size_t count, const char *const *modules)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t m = 0; modules[m] != NULL; m++) {
            shim_function *found = exported(modules[m], hooks[i].name);

            if (found != NULL && (uintptr_t)found == address) {
                return hooks[i].replacement;
            }
        }
    }
    return NULL;
}

static BOOL replace(IMAGE_THUNK_DATA *thunk, shim_function *replacement)
{
    const uintptr_t address = (uintptr_t)replacement;
    DWORD protection;

    if (!VirtualProtect(thunk, sizeof *thunk, PAGE_READWRITE, &protection)) {
        return FALSE;
    }
    memcpy(&thunk->u1.Function, &address, sizeof address);
    return VirtualProtect(thunk, sizeof *thunk, protection, &protection);
}

static size_t patch_thunks(IMAGE_THUNK_DATA *thunk, const struct import_hook *hooks, size_t count,
                           const char *const *modules)
{
    size_t patched = 0;

    for (; thunk->u1.Function != 0; thunk++) {
        shim_function *replacement =
            replacement_for((uintptr_t)thunk->u1.Function, hooks, count, modules);

        patched += replacement != NULL && replace(thunk, replacement);
    }
    return patched;
}

/* Headers of a module that the system has loaded: they were checked by its loader. */
static const IMAGE_DATA_DIRECTORY *import_directory(const char *base)
{
    const IMAGE_DOS_HEADER *dos = (const void *)base;
    const IMAGE_NT_HEADERS *headers;

    if (base == NULL || dos->e_magic != IMAGE_DOS_SIGNATURE) {
        return NULL;
    }
    headers = (const void *)(base + dos->e_lfanew);
    if (headers->Signature != IMAGE_NT_SIGNATURE ||
        headers->OptionalHeader.NumberOfRvaAndSizes <= IMAGE_DIRECTORY_ENTRY_IMPORT) {
        return NULL;
    }
    return &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
}

size_t import_patch(HMODULE module, const struct import_hook *hooks, size_t count,
                    const char *const *modules)
{
    char *base = (char *)(uintptr_t)module;
    const IMAGE_DATA_DIRECTORY *directory = import_directory(base);
    const IMAGE_IMPORT_DESCRIPTOR *descriptor;
    size_t patched = 0;

    if (directory == NULL || directory->VirtualAddress == 0) {
        return 0;
    }
    for (descriptor = (const void *)(base + directory->VirtualAddress); descriptor->Name != 0;
         descriptor++) {
        patched += patch_thunks((void *)(base + descriptor->FirstThunk), hooks, count, modules);
    }
    return patched;
}
