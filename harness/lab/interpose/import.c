/* SPDX-License-Identifier: MIT */

#include "harness/lab/interpose/import.h"

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

size_t import_targets(const struct import_hook *hooks, size_t count, const char *const *modules,
                      struct import_target *targets, size_t room)
{
    size_t filled = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t m = 0; modules[m] != NULL && filled < room; m++) {
            shim_function *found = exported(modules[m], hooks[i].name);

            if (found != NULL) {
                targets[filled].address = (uintptr_t)found;
                targets[filled++].replacement = hooks[i].replacement;
            }
        }
    }
    return filled;
}

shim_function *import_replacement(uintptr_t address, const struct import_target *targets,
                                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (targets[i].address == address) {
            return targets[i].replacement;
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

static size_t patch_thunks(IMAGE_THUNK_DATA *thunk, const struct import_target *targets,
                           size_t count)
{
    size_t patched = 0;

    for (; thunk->u1.Function != 0; thunk++) {
        shim_function *replacement =
            import_replacement((uintptr_t)thunk->u1.Function, targets, count);

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

size_t import_patch(HMODULE module, const struct import_target *targets, size_t count)
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
        patched += patch_thunks((void *)(base + descriptor->FirstThunk), targets, count);
    }
    return patched;
}
