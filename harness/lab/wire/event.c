/* SPDX-License-Identifier: MIT */

#include "harness/lab/wire/event.h"

#include <string.h>

#define TOLD(name)                                                                                 \
    {                                                                                              \
        name, false                                                                                \
    }
#define ASKED(name)                                                                                \
    {                                                                                              \
        name, true                                                                                 \
    }

const struct event_kind_row event_kinds[EVENT_KIND_COUNT] = {
    [EVENT_HELLO] = ASKED("hello"),
    [EVENT_MODULE] = TOLD("module"),
    [EVENT_CHILD] = TOLD("child"),
    [EVENT_EXIT] = TOLD("exit"),
    [EVENT_SOCKET] = TOLD("socket"),
    [EVENT_BIND] = TOLD("bind"),
    [EVENT_LISTEN] = TOLD("listen"),
    [EVENT_ACCEPT] = TOLD("accept"),
    [EVENT_ACCEPT_EX] = TOLD("accept-ex"),
    [EVENT_ACCEPTED_EX] = TOLD("accepted-ex"),
    [EVENT_UPDATE_ACCEPT] = TOLD("update-accept"),
    [EVENT_UPDATE_CONNECT] = TOLD("update-connect"),
    [EVENT_CONNECT] = ASKED("connect"),
    [EVENT_IOCTL] = ASKED("ioctl"),
    [EVENT_IOCTL_END] = TOLD("ioctl-end"),
    [EVENT_OPTION_SET] = ASKED("option-set"),
    [EVENT_OPTION_GET] = ASKED("option-get"),
    [EVENT_DATAGRAM_SEND] = ASKED("datagram-send"),
    [EVENT_DATAGRAM_RECEIVE] = ASKED("datagram-receive"),
    [EVENT_STREAM_SEND] = TOLD("stream-send"),
    [EVENT_STREAM_RECEIVE] = TOLD("stream-receive"),
    [EVENT_SHUTDOWN] = TOLD("shutdown"),
    [EVENT_CLOSE] = TOLD("close"),
    [EVENT_DUPLICATE] = TOLD("duplicate"),
    [EVENT_PEER_NAME] = TOLD("peer-name"),
    [EVENT_RESOLVE] = ASKED("resolve"),
    [EVENT_DEVICE_OPEN] = ASKED("device-open"),
    [EVENT_DEVICE_CONTROL] = ASKED("device-control"),
    [EVENT_DEVICE_CLOSE] = TOLD("device-close"),
    [EVENT_SERVICE_CALL] = ASKED("service-call"),
    [EVENT_FILTER_CALL] = ASKED("filter-call"),
    [EVENT_PASSED] = TOLD("passed"),
    [EVENT_DONE] = TOLD("done"),
    [EVENT_ANSWER] = TOLD("answer"),
    [EVENT_PASS] = TOLD("pass"),
    [EVENT_RUN] = TOLD("run"),
    [EVENT_SCENARIO] = TOLD("scenario"),
    [EVENT_SCENARIO_END] = TOLD("scenario-end"),
    [EVENT_CLIENT] = TOLD("client"),
    [EVENT_CLIENT_DATA] = TOLD("client-data"),
    [EVENT_CLIENT_END] = TOLD("client-end"),
    [EVENT_TOLD] = TOLD("told"),
    [EVENT_ARRIVAL] = TOLD("arrival"),
    [EVENT_ARRIVAL_DATA] = TOLD("arrival-data"),
    [EVENT_ARRIVAL_END] = TOLD("arrival-end"),
    [EVENT_DATAGRAM] = TOLD("datagram"),
    [EVENT_LOOP] = TOLD("loop"),
    [EVENT_DEADLINE] = TOLD("deadline"),
    [EVENT_PROCESS_START] = TOLD("process-start"),
    [EVENT_PROCESS_END] = TOLD("process-end"),
    [EVENT_NOTE] = TOLD("note"),
    [EVENT_CLIENT_SHUTDOWN] = TOLD("client-shutdown"),
    [EVENT_ARRIVAL_SHUTDOWN] = TOLD("arrival-shutdown"),
    [EVENT_BROKEN] = TOLD("broken"),
};

const char *const event_fields[FIELDS_ALL] = {
    [FIELD_TIME] = "time",
    [FIELD_PROCESS] = "process",
    [FIELD_THREAD] = "thread",
    [FIELD_SOCKET] = "socket",
    [FIELD_OTHER] = "other",
    [FIELD_OPERATION] = "operation",
    [FIELD_FAMILY] = "family",
    [FIELD_TYPE] = "type",
    [FIELD_PROTOCOL] = "protocol",
    [FIELD_FLAGS] = "flags",
    [FIELD_BACKLOG] = "backlog",
    [FIELD_CODE] = "code",
    [FIELD_LEVEL] = "level",
    [FIELD_OPTION] = "option",
    [FIELD_SIZE] = "size",
    [FIELD_IN_SIZE] = "in-size",
    [FIELD_OUT_SIZE] = "out-size",
    [FIELD_IN_POINTER] = "in-pointer",
    [FIELD_OUT_POINTER] = "out-pointer",
    [FIELD_COUNT_POINTER] = "count-pointer",
    [FIELD_OVERLAPPED_POINTER] = "overlapped-pointer",
    [FIELD_ROUTINE_POINTER] = "routine-pointer",
    [FIELD_CONTROL_SIZE] = "control-size",
    [FIELD_HOW] = "how",
    [FIELD_ERROR] = "error",
    [FIELD_COUNT] = "count",
    [FIELD_DELAY] = "delay",
    [FIELD_CLIENT] = "client",
    [FIELD_DIAL] = "dial",
    [FIELD_STATE] = "state",
    [FIELD_HANDLE] = "handle",
    [FIELD_EXIT_CODE] = "exit-code",
    [FIELD_SYSTEM_PROCESS] = "system-process",
    [FIELD_PARENT] = "parent",
    [FIELD_BITS] = "bits",
    [FIELD_NUMBER] = "number",
    [FIELD_KIND_OF] = "kind-of",
    [FIELD_BY] = "by",
    [FIELD_HANDLES] = "handles",
    [FIELD_LOCAL] = "local",
    [FIELD_PEER] = "peer",
    [FIELD_REAL] = "real",
    [FIELD_IN] = "in",
    [FIELD_OUT] = "out",
    [FIELD_CONTROL] = "control",
    [FIELD_TEXT] = "text",
    [FIELD_NAME] = "name",
};

bool event_is_vendors(uint64_t code)
{
    enum { IOC_VENDOR_OF_WINDOWS = 0x18000000 };

    return (code & IOC_VENDOR_OF_WINDOWS) == IOC_VENDOR_OF_WINDOWS;
}

static uint64_t bit(enum event_field field)
{
    return UINT64_C(1) << field;
}

bool event_has(const struct event *event, enum event_field field)
{
    return (event->fields & bit(field)) != 0;
}

uint64_t event_number(const struct event *event, enum event_field field)
{
    return event_has(event, field) ? event->numbers[field] : 0;
}

struct wfp_address event_address(const struct event *event, enum event_field field)
{
    const struct wfp_address none = {0};

    return event_has(event, field) ? event->addresses[field - FIELD_NUMBERS_END] : none;
}

struct event_bytes event_bytes(const struct event *event, enum event_field field)
{
    const struct event_bytes none = {0};

    return event_has(event, field) ? event->bytes[field - FIELD_ADDRESSES_END] : none;
}

void event_set_number(struct event *event, enum event_field field, uint64_t number)
{
    event->numbers[field] = number;
    event->fields |= bit(field);
}

void event_set_address(struct event *event, enum event_field field,
                       const struct wfp_address *address)
{
    event->addresses[field - FIELD_NUMBERS_END] = *address;
    event->fields |= bit(field);
}

void event_set_bytes(struct event *event, enum event_field field, const void *bytes, size_t size)
{
    struct event_bytes *set = &event->bytes[field - FIELD_ADDRESSES_END];

    set->at = bytes;
    set->size = size > EVENT_BYTES_MAX ? EVENT_BYTES_MAX : (uint32_t)size;
    event->fields |= bit(field);
}

void event_set_text(struct event *event, enum event_field field, const char *text)
{
    event_set_bytes(event, field, text, strlen(text));
}
