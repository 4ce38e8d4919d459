/* SPDX-License-Identifier: MIT */

/* The filter engine's other objects: their enumeration, of which a pretended engine has none. */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/filter_call.h"

DWORD WINAPI hook_FwpmProviderCreateEnumHandle0(HANDLE engine, const void *what, HANDLE *begun)
{
    return filter_enum_begin("FwpmProviderCreateEnumHandle0", engine, what, begun);
}

DWORD WINAPI hook_FwpmProviderEnum0(HANDLE engine, HANDLE begun, UINT32 wanted, void ***entries,
                                    UINT32 *count)
{
    return filter_enum("FwpmProviderEnum0", engine, begun, wanted, entries, count);
}

DWORD WINAPI hook_FwpmProviderDestroyEnumHandle0(HANDLE engine, HANDLE begun)
{
    return filter_of_object("FwpmProviderDestroyEnumHandle0", engine, begun);
}

DWORD WINAPI hook_FwpmSubLayerCreateEnumHandle0(HANDLE engine, const void *what, HANDLE *begun)
{
    return filter_enum_begin("FwpmSubLayerCreateEnumHandle0", engine, what, begun);
}

DWORD WINAPI hook_FwpmSubLayerEnum0(HANDLE engine, HANDLE begun, UINT32 wanted, void ***entries,
                                    UINT32 *count)
{
    return filter_enum("FwpmSubLayerEnum0", engine, begun, wanted, entries, count);
}

DWORD WINAPI hook_FwpmSubLayerDestroyEnumHandle0(HANDLE engine, HANDLE begun)
{
    return filter_of_object("FwpmSubLayerDestroyEnumHandle0", engine, begun);
}

DWORD WINAPI hook_FwpmCalloutCreateEnumHandle0(HANDLE engine, const void *what, HANDLE *begun)
{
    return filter_enum_begin("FwpmCalloutCreateEnumHandle0", engine, what, begun);
}

DWORD WINAPI hook_FwpmCalloutEnum0(HANDLE engine, HANDLE begun, UINT32 wanted, void ***entries,
                                   UINT32 *count)
{
    return filter_enum("FwpmCalloutEnum0", engine, begun, wanted, entries, count);
}

DWORD WINAPI hook_FwpmCalloutDestroyEnumHandle0(HANDLE engine, HANDLE begun)
{
    return filter_of_object("FwpmCalloutDestroyEnumHandle0", engine, begun);
}

DWORD WINAPI hook_FwpmLayerCreateEnumHandle0(HANDLE engine, const void *what, HANDLE *begun)
{
    return filter_enum_begin("FwpmLayerCreateEnumHandle0", engine, what, begun);
}

DWORD WINAPI hook_FwpmLayerEnum0(HANDLE engine, HANDLE begun, UINT32 wanted, void ***entries,
                                 UINT32 *count)
{
    return filter_enum("FwpmLayerEnum0", engine, begun, wanted, entries, count);
}

DWORD WINAPI hook_FwpmLayerDestroyEnumHandle0(HANDLE engine, HANDLE begun)
{
    return filter_of_object("FwpmLayerDestroyEnumHandle0", engine, begun);
}
