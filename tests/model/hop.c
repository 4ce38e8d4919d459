/* SPDX-License-Identifier: MIT */

#include "tests/model/hop.h"

#include <string.h>

#include "tests/model/services.h"
#include "tests/model/setting.h"
#include "tests/model/tell.h"

static bool succeeded(const struct wfp_reply *reply)
{
    return reply->answer.outcome == WFP_RETURNED && reply->answer.error == 0;
}

/* ---- the end of a journey ---- */

static void close_one(uint8_t *socket)
{
    if (*socket != 0) {
        demand(wfp_socket_close(world(), *socket));
        *socket = 0;
    }
}

static void check_clean(void)
{
    static uint8_t ended[WORLD_BYTES];

    for (unsigned j = 0; j < JOURNEYS; j++) {
        if (model.journeys[j].ending == ENDING_NONE) {
            return;
        }
    }
    memcpy(ended, model.block, sizeof ended);
    make_world();
    if (memcmp(ended, model.block, sizeof ended) != 0) {
        complain(WRONG_LEFT_BEHIND);
    }
}

static void end_with(struct journey *journey, enum ending ending)
{
    close_one(&journey->accepted);
    close_one(&journey->outgoing);
    memset(journey, 0, sizeof *journey);
    journey->ending = (uint8_t)ending;
    check_clean();
}

/* ---- a proxy's ioctls ---- */

/* Through this entry the error is handed over, and leaves no trace with a thread. */
static struct wfp_ioctl ioctl_on(uint32_t socket, uint32_t code)
{
    return (struct wfp_ioctl){.socket = socket,
                              .code = code,
                              .byte_count = WFP_POINTER_STACK,
                              .overlapped = WFP_POINTER_NULL,
                              .routine = WFP_POINTER_NULL,
                              .in.pointer = WFP_POINTER_NULL,
                              .out.pointer = WFP_POINTER_NULL,
                              .entry = WFP_ENTRY_WSPIOCTL};
}

static uint32_t query(const struct journey *journey, uint8_t *record)
{
    struct wfp_ioctl call = ioctl_on(journey->accepted, WFP_SIO_QUERY_RECORDS);
    struct wfp_reply reply;

    call.out = (struct wfp_buffer){record, RECORD_MAX, WFP_POINTER_HEAP};
    demand(wfp_socket_ioctl(world(), &call, &reply));
    return succeeded(&reply) ? reply.written : 0;
}

static void set_record(const struct journey *journey)
{
    struct wfp_ioctl call = ioctl_on(journey->outgoing, WFP_SIO_SET_RECORDS);
    uint8_t record[RECORD_MAX];
    struct wfp_reply reply;

    call.in = (struct wfp_buffer){record, query(journey, record), WFP_POINTER_HEAP};
    demand(wfp_socket_ioctl(world(), &call, &reply));
}

/* ---- a hop ---- */

void hop_open(struct journey *journey, unsigned argument)
{
    uint32_t socket = 0;

    (void)argument;
    demand(wfp_socket_open(world(), WFP_IPV4, WFP_TCP, true, &socket));
    demand(wfp_socket_owner(world(), socket, process_of(journey->dialler)));
    journey->outgoing = (uint8_t)socket;
}

static void blame(struct journey *journey, enum blame blamed)
{
    journey->unblamed = 0;
    if (blamed != BLAME_DIAL || !setting()->indulgent) {
        journey->blamed |= (uint8_t)blamed;
    }
}

void hop_pass_on(struct journey *journey, unsigned manner)
{
    journey->late = manner == MANNER_LATE && journey->has_record;
    if (manner == MANNER_CORRECTLY) {
        set_record(journey);
        return;
    }
    blame(journey, BLAME_DIAL);
    journey->outgrowing = false;
}

static bool in_own_state(enum wfp_redirect_state state)
{
    return state == WFP_REDIRECTED_BY_SELF || state == WFP_PREVIOUSLY_REDIRECTED_BY_SELF;
}

/* What each handle was told is known only while the connect is under way. */
static void note_told(const struct journey *journey, bool own[SERVICES + 1])
{
    enum wfp_redirect_state state;

    for (uint32_t handle = 1; handle <= SERVICES; handle++) {
        own[handle] = wfp_classify_told(world(), journey->classification, handle, &state) &&
                      in_own_state(state);
    }
}

static void count_redirect(struct journey *journey, bool own_state)
{
    if (own_state) {
        blame(journey, BLAME_REDIRECT);
        journey->outgrowing = true;
        return;
    }
    if (++journey->unblamed > SERVICES) {
        complain(WRONG_TOO_MANY_REDIRECTS);
    }
}

static void wait_at(struct journey *journey)
{
    uint8_t *waiting = model.waiting[journey->redirected_by - 1];

    while (*waiting != 0) {
        waiting++;
    }
    *waiting = (uint8_t)(journey - model.journeys + 1);
}

void hop_connect(struct journey *journey, unsigned lost)
{
    bool own[SERVICES + 1] = {false};
    struct wfp_connected connected;
    struct wfp_reply reply;
    enum wfp_status status;

    note_told(journey, own);
    if (lost) {
        demand(wfp_connect_lose_record(world(), journey->classification));
    }
    status = wfp_connect_end(world(), journey->classification, &connected, &reply);
    journey->classification = 0;
    tell_connected(journey, status, &connected, lost);
    if (status == WFP_NO_ROOM) {
        if (!journey->outgrowing && !own[connected.handle]) {
            complain(WRONG_UNBLAMED_NO_ROOM);
        }
        end_with(journey, ENDING_NO_ROOM);
        return;
    }
    demand(status);
    if (connected.blocked || connected.listener == 0) {
        end_with(journey, connected.blocked ? ENDING_BLOCKED : ENDING_REACHED);
        return;
    }
    journey->redirected_by = (uint8_t)connected.listener;
    count_redirect(journey, own[connected.handle]);
    wait_at(journey);
}

void hop_set_late(struct journey *journey, unsigned argument)
{
    (void)argument;
    set_record(journey);
    journey->late = false;
}

void hop_leave(struct journey *journey, unsigned argument)
{
    (void)argument;
    close_one(&journey->accepted);
    close_one(&journey->outgoing);
}

void hop_accept(struct journey *journey, unsigned argument)
{
    uint8_t *waiting = model.waiting[journey->redirected_by - 1];
    uint8_t record[RECORD_MAX];
    uint32_t socket = 0;

    (void)argument;
    memmove(waiting, waiting + 1, JOURNEYS - 1);
    waiting[JOURNEYS - 1] = 0;
    demand(wfp_socket_accept(world(), journey->redirected_by, true, &socket));
    journey->accepted = (uint8_t)socket;
    journey->dialler = journey->redirected_by;
    journey->redirected_by = 0;
    journey->has_record = query(journey, record) > 0;
}

void hop_refuse(struct journey *journey, unsigned argument)
{
    (void)argument;
    end_with(journey, ENDING_REFUSED);
}

void hop_next(struct journey *journey, unsigned argument)
{
    (void)argument;
    journey->blamed = 0;
}
