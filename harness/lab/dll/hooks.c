/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/hooks.h"

#define HOOK(name)                                                                                 \
    {                                                                                              \
#name, (shim_function *)hook_##name, 0                                                     \
    }

static const struct import_hook hooks[] = {
    HOOK(socket),
    HOOK(WSASocketA),
    HOOK(WSASocketW),
    HOOK(WSADuplicateSocketA),
    HOOK(WSADuplicateSocketW),
    HOOK(bind),
    HOOK(listen),
    HOOK(shutdown),
    HOOK(WSASendDisconnect),
    HOOK(WSARecvDisconnect),
    HOOK(closesocket),
    HOOK(getpeername),
    HOOK(accept),
    HOOK(WSAAccept),
    HOOK(AcceptEx),
    HOOK(connect),
    HOOK(WSAConnect),
    HOOK(WSAConnectByNameA),
    HOOK(WSAConnectByNameW),
    HOOK(WSAConnectByList),
    HOOK(WSAIoctl),
    HOOK(setsockopt),
    HOOK(getsockopt),
    HOOK(send),
    HOOK(sendto),
    HOOK(WSASend),
    HOOK(WSASendTo),
    HOOK(WSASendMsg),
    HOOK(TransmitFile),
    HOOK(recv),
    HOOK(recvfrom),
    HOOK(WSARecv),
    HOOK(WSARecvFrom),
    HOOK(WSARecvEx),
    HOOK(CreateIoCompletionPort),
    HOOK(SetFileCompletionNotificationModes),
    HOOK(GetQueuedCompletionStatus),
    HOOK(GetQueuedCompletionStatusEx),
    HOOK(WSAGetOverlappedResult),
    HOOK(GetOverlappedResult),
    HOOK(GetOverlappedResultEx),
    HOOK(CancelIoEx),
    HOOK(CancelIo),
    HOOK(CreateThreadpoolIo),
    HOOK(BindIoCompletionCallback),
    HOOK(getaddrinfo),
    HOOK(GetAddrInfoW),
    HOOK(GetAddrInfoExW),
    HOOK(gethostbyname),
    HOOK(CreateProcessA),
    HOOK(CreateProcessW),
    HOOK(ExitProcess),
    HOOK(DuplicateHandle),
    HOOK(CloseHandle),
    HOOK(GetProcAddress),
    HOOK(CreateFileW),
    HOOK(CreateFileA),
    HOOK(CreateFile2),
    HOOK(DeviceIoControl),
    HOOK(ReadFile),
    HOOK(WriteFile),
    HOOK(ReadFileEx),
    HOOK(WriteFileEx),
    HOOK(OpenSCManagerW),
    HOOK(OpenSCManagerA),
    HOOK(OpenServiceW),
    HOOK(OpenServiceA),
    HOOK(CreateServiceW),
    HOOK(CreateServiceA),
    HOOK(CloseServiceHandle),
    HOOK(StartServiceW),
    HOOK(StartServiceA),
    HOOK(DeleteService),
    HOOK(ControlService),
    HOOK(QueryServiceStatus),
    HOOK(QueryServiceStatusEx),
    HOOK(ChangeServiceConfigW),
    HOOK(ChangeServiceConfig2W),
    HOOK(StartServiceCtrlDispatcherW),
    HOOK(StartServiceCtrlDispatcherA),
    HOOK(RegisterServiceCtrlHandlerW),
    HOOK(RegisterServiceCtrlHandlerA),
    HOOK(RegisterServiceCtrlHandlerExW),
    HOOK(RegisterServiceCtrlHandlerExA),
    HOOK(SetServiceStatus),
    HOOK(FwpmEngineOpen0),
    HOOK(FwpmEngineClose0),
    HOOK(FwpmTransactionBegin0),
    HOOK(FwpmTransactionCommit0),
    HOOK(FwpmTransactionAbort0),
    HOOK(FwpmProviderAdd0),
    HOOK(FwpmProviderDeleteByKey0),
    HOOK(FwpmSubLayerAdd0),
    HOOK(FwpmSubLayerDeleteByKey0),
    HOOK(FwpmCalloutDeleteByKey0),
    HOOK(FwpmCalloutDeleteById0),
    HOOK(FwpmFilterDeleteByKey0),
    HOOK(FwpmFilterDeleteById0),
    HOOK(FwpmCalloutAdd0),
    HOOK(FwpmFilterAdd0),
    HOOK(FwpmEngineSetOption0),
    HOOK(FwpmProviderGetByKey0),
    HOOK(FwpmSubLayerGetByKey0),
    HOOK(FwpmCalloutGetByKey0),
    HOOK(FwpmFilterGetByKey0),
    HOOK(FwpmFilterCreateEnumHandle0),
    HOOK(FwpmFilterEnum0),
    HOOK(FwpmFilterDestroyEnumHandle0),
    HOOK(FwpmProviderCreateEnumHandle0),
    HOOK(FwpmProviderEnum0),
    HOOK(FwpmProviderDestroyEnumHandle0),
    HOOK(FwpmSubLayerCreateEnumHandle0),
    HOOK(FwpmSubLayerEnum0),
    HOOK(FwpmSubLayerDestroyEnumHandle0),
    HOOK(FwpmCalloutCreateEnumHandle0),
    HOOK(FwpmCalloutEnum0),
    HOOK(FwpmCalloutDestroyEnumHandle0),
    HOOK(FwpmLayerCreateEnumHandle0),
    HOOK(FwpmLayerEnum0),
    HOOK(FwpmLayerDestroyEnumHandle0),
    HOOK(FwpmProviderContextAdd0),
    HOOK(FwpmProviderContextAdd1),
    HOOK(FwpmProviderContextAdd2),
    HOOK(FwpmProviderContextAdd3),
    HOOK(FwpmProviderContextDeleteByKey0),
    HOOK(FwpmProviderContextDeleteById0),
    HOOK(FwpmGetAppIdFromFileName0),
    HOOK(FwpmFreeMemory0),
};

static const char *const modules[] = {"ws2_32.dll",   "wsock32.dll",    "mswsock.dll",
                                      "kernel32.dll", "kernelbase.dll", "advapi32.dll",
                                      "sechost.dll",  "fwpuclnt.dll",   NULL};

enum { HOOK_COUNT = sizeof hooks / sizeof hooks[0], TARGETS_MAX = 3 * HOOK_COUNT };

static SRWLOCK lock = SRWLOCK_INIT;
static struct import_target targets[TARGETS_MAX];
static size_t target_count;

void hooks_resolve(void)
{
    AcquireSRWLockExclusive(&lock);
    target_count = import_targets(hooks, HOOK_COUNT, modules, targets, TARGETS_MAX);
    ReleaseSRWLockExclusive(&lock);
}

size_t hooks_patch(HMODULE module)
{
    size_t patched;

    AcquireSRWLockShared(&lock);
    patched = import_patch(module, targets, target_count);
    ReleaseSRWLockShared(&lock);
    return patched;
}

shim_function *hooks_replacement(shim_function *function)
{
    shim_function *found;

    AcquireSRWLockShared(&lock);
    found = import_replacement((uintptr_t)function, targets, target_count);
    ReleaseSRWLockShared(&lock);
    return found == NULL ? function : found;
}
