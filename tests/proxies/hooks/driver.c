/* SPDX-License-Identifier: MIT */

#include "tests/proxies/hooks/driver.h"

#include <process.h>

enum { EVENTS_MAX = 1024, REQUESTS = 2, PATIENCE = 10000, NAP = 5 /* milliseconds */ };

/* A request that the driver keeps until there is a flow. */
struct request {
    OVERLAPPED overlapped; /* first: a completion gives its address */
    struct flow_event event;
};

static HANDLE waiting, events, port;
static struct request requests[REQUESTS];
static SRWLOCK lock = SRWLOCK_INIT;
static struct flow_event seen[EVENTS_MAX];
static size_t seen_count;

static bool request_send(struct request *request)
{
    ZeroMemory(&request->overlapped, sizeof request->overlapped);
    return DeviceIoControl(events, CODE_NEXT_FLOW, NULL, 0, &request->event, sizeof request->event,
                           NULL, &request->overlapped) ||
           GetLastError() == ERROR_IO_PENDING;
}

static void note(const struct flow_event *event)
{
    AcquireSRWLockExclusive(&lock);
    seen[seen_count++ % EVENTS_MAX] = *event;
    ReleaseSRWLockExclusive(&lock);
}

static unsigned __stdcall take_events(void *nothing)
{
    DWORD count;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    (void)nothing;
    while (GetQueuedCompletionStatus(port, &count, &key, &overlapped, INFINITE)) {
        struct request *request = (struct request *)overlapped;
        if (key == 7 && count == sizeof request->event) {
            note(&request->event);
        }
        if (!request_send(request)) {
            return 1;
        }
    }
    return 0;
}

const char *driver_open(void)
{
    const DWORD access = GENERIC_READ | GENERIC_WRITE;
    waiting = CreateFileW(L"\\\\.\\WfpcheckExample", access, 0, NULL, OPEN_EXISTING, 0, NULL);
    events = CreateFileW(L"\\\\?\\WFPCHECKEXAMPLE", access, 0, NULL, OPEN_EXISTING,
                         FILE_FLAG_OVERLAPPED, NULL);
    if (waiting == INVALID_HANDLE_VALUE || events == INVALID_HANDLE_VALUE) {
        return "the device cannot be opened";
    }
    port = CreateIoCompletionPort(events, NULL, 7, 1);
    if (!port) {
        return "no completion port";
    }
    for (int i = 0; i < REQUESTS; i++) {
        if (!request_send(&requests[i])) {
            return "a request for events is not kept";
        }
    }
    return _beginthreadex(NULL, 0, take_events, NULL, 0, NULL) ? NULL : "no thread";
}

bool driver_destination(USHORT client, SOCKADDR_STORAGE *destination)
{
    USHORT in[2] = {AF_INET, client};
    DWORD count;
    return DeviceIoControl(waiting, CODE_DESTINATION, in, sizeof in, destination,
                           sizeof *destination, &count, NULL) &&
           count == sizeof *destination;
}

static bool find(USHORT client, SOCKADDR_STORAGE *destination)
{
    bool found = false;
    AcquireSRWLockShared(&lock);
    for (size_t i = 0; i < EVENTS_MAX && i < seen_count; i++) {
        if (ntohs(SS_PORT(&seen[i].source)) == client) {
            *destination = seen[i].destination;
            found = true;
        }
    }
    ReleaseSRWLockShared(&lock);
    return found;
}

bool driver_event(USHORT client, SOCKADDR_STORAGE *destination)
{
    const ULONGLONG begin = GetTickCount64();
    while (!find(client, destination)) {
        if (GetTickCount64() - begin > PATIENCE) {
            return false;
        }
        Sleep(NAP);
    }
    return true;
}
