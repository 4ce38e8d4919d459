/* SPDX-License-Identifier: MIT */

/* The filter engine's objects are enumerated alike: of a pretended engine there are none. */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/filter_call.h"

#define ENUMERATES(object)                                                                         \
    DWORD WINAPI hook_Fwpm##object##CreateEnumHandle0(HANDLE engine, const void *what,             \
                                                      HANDLE *begun)                               \
    {                                                                                              \
        return filter_enum_begin("Fwpm" #object "CreateEnumHandle0", engine, what, begun);         \
    }                                                                                              \
                                                                                                   \
    DWORD WINAPI hook_Fwpm##object##Enum0(HANDLE engine, HANDLE begun, UINT32 wanted,              \
                                          void ***entries, UINT32 *count)                          \
    {                                                                                              \
        return filter_enum("Fwpm" #object "Enum0", engine, begun, wanted, entries, count);         \
    }                                                                                              \
                                                                                                   \
    DWORD WINAPI hook_Fwpm##object##DestroyEnumHandle0(HANDLE engine, HANDLE begun)                \
    {                                                                                              \
        return filter_of_object("Fwpm" #object "DestroyEnumHandle0", engine, begun);               \
    }

ENUMERATES(Provider)
ENUMERATES(SubLayer)
ENUMERATES(Callout)
ENUMERATES(Filter)
ENUMERATES(Layer)
