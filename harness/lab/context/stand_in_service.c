/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/lab/context/stand_in_shape.h"

enum {
    SERVICE_ALREADY_RUNNING = 1056,
    SERVICE_DOES_NOT_EXIST = 1060,
    SERVICE_NOT_ACTIVE = 1062,
    SERVICE_EXISTS = 1073
};

/* What a call of the service manager wants, and makes of the service. */
enum deed { LOOK, CREATE, START, STOP, REMOVE, BE };

static const struct {
    const char *call; /* without the W or A at its end; the first that fits */
    enum deed deed;
} calls[] = {
    {"StartServiceCtrlDispatcher", BE},
    {"CreateService", CREATE},
    {"StartService", START},
    {"StopService", STOP},
    {"DeleteService", REMOVE},
    {"OpenService", LOOK},
    {"QueryServiceStatus", LOOK},
    {"CloseServiceHandle", LOOK},
    {"ChangeServiceConfig", LOOK},
};

static const int becomes[] = {
    [CREATE] = STAND_IN_STOPPED, [START] = STAND_IN_RUNNING, [STOP] = STAND_IN_STOPPED,
    [REMOVE] = STAND_IN_ABSENT,  [BE] = STAND_IN_RUNNING,
};

static uint32_t refusal(enum deed deed, int state)
{
    if (deed == BE) {
        return 0; /* The manager has started it: whatever it was, it is there. */
    }
    if (deed == CREATE) {
        return state == STAND_IN_ABSENT ? 0 : SERVICE_EXISTS;
    }
    if (state == STAND_IN_ABSENT) {
        return SERVICE_DOES_NOT_EXIST;
    }
    if (deed == START && state == STAND_IN_RUNNING) {
        return SERVICE_ALREADY_RUNNING;
    }
    return deed == STOP && state == STAND_IN_STOPPED ? SERVICE_NOT_ACTIVE : 0;
}

uint32_t stand_in_find_service(const struct stand_in *stand_in, struct event_bytes name)
{
    uint32_t i = 0;

    while (i < stand_in->service_count && !stand_in_same(stand_in->services[i].name, name)) {
        i++;
    }
    return i;
}

static bool find_deed(struct event_bytes name, enum deed *deed)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const size_t length = strlen(calls[i].call);

        if (name.size >= length && memcmp(name.at, calls[i].call, length) == 0) {
            *deed = calls[i].deed;
            return true;
        }
    }
    return false;
}

/* The manager itself is opened without a service's name. */
bool stand_in_answer_service(struct stand_in *stand_in, const struct event *asked,
                             struct event *answer)
{
    const struct event_bytes name = event_bytes(asked, FIELD_TEXT);
    const uint32_t found = stand_in_find_service(stand_in, name);
    enum deed deed = LOOK;

    if (name.size == 0) {
        event_set_number(answer, FIELD_ERROR, 0);
        return stand_in->service_count > 0;
    }
    if (found == stand_in->service_count || !find_deed(event_bytes(asked, FIELD_NAME), &deed)) {
        return false;
    }
    struct stand_in_service *service = &stand_in->services[found];
    const uint32_t error = refusal(deed, service->state);

    if (error == 0 && deed != LOOK) {
        service->state = becomes[deed];
    }
    event_set_number(answer, FIELD_ERROR, error);
    event_set_number(answer, FIELD_NUMBER, (uint64_t)service->state);
    return true;
}

/* ---- filters ---- */

/* What is looked up was never there: a program that finds nothing adds it. */
static const struct {
    const char *begins;
    uint32_t error; /* FWP_E_..._NOT_FOUND */
} lookups[] = {
    {"FwpmCalloutGetBy*", 0x80320001u},
    {"FwpmFilterGetBy*", 0x80320003u},
    {"FwpmProviderGetBy*", 0x80320005u},
    {"FwpmSubLayerGetBy*", 0x80320007u},
};

static bool covers(const char *wanted, struct event_bytes name)
{
    const size_t length = strlen(wanted);

    if (length > 0 && wanted[length - 1] == '*') {
        return name.size >= length - 1 && memcmp(wanted, name.at, length - 1) == 0;
    }
    return stand_in_same(wanted, name);
}

static uint32_t filter_error(struct event_bytes name)
{
    for (size_t i = 0; i < sizeof lookups / sizeof lookups[0]; i++) {
        if (covers(lookups[i].begins, name)) {
            return lookups[i].error;
        }
    }
    return 0;
}

bool stand_in_answer_filter(struct stand_in *stand_in, const struct event *asked,
                            struct event *answer)
{
    const struct event_bytes name = event_bytes(asked, FIELD_NAME);

    for (size_t i = 0; i < stand_in->filter_count; i++) {
        if (covers(stand_in->filters[i], name)) {
            event_set_number(answer, FIELD_ERROR, filter_error(name));
            event_set_number(answer, FIELD_NUMBER, ++stand_in->filters_added);
            return true;
        }
    }
    return false;
}
