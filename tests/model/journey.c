/* SPDX-License-Identifier: MIT */

#include "tests/model/journey.h"

#include <stdio.h>
#include <string.h>

#include <wfp/kernel.h>

#include "tests/model/setting.h"
#include "tests/model/tell.h"

enum { RECORD_MAX = 64 + 32 * LIST_ROOM };

struct model model;

/* Written before each turn from what was chosen for it, so no part of the state. */
static struct wfp_policy policies[SERVICES];

static struct wfp_world *world(void)
{
    return (struct wfp_world *)(void *)model.block;
}

static void complain(enum wrong wrong)
{
    if (model.wrong == WRONG_NOTHING) {
        model.wrong = (uint8_t)wrong;
    }
}

static void demand(enum wfp_status status)
{
    if (status != WFP_OK) {
        complain(WRONG_REFUSED_CALL);
    }
}

static bool succeeded(const struct wfp_reply *reply)
{
    return reply->answer.outcome == WFP_RETURNED && reply->answer.error == 0;
}

/* ---- the services ---- */

/* Handles, listeners and places are numbered alike: from 1, in the order in which they came. */
static uint32_t process_of(unsigned party)
{
    return 100 + party;
}

static struct wfp_address service_address(unsigned service)
{
    return (struct wfp_address){.bytes = {127, 0, 0, 1}, .port = (uint16_t)(9000 + service)};
}

unsigned journey_weight(unsigned order, unsigned service)
{
    static const uint8_t weights[6][3] = {{1, 2, 3}, {2, 1, 3}, {1, 3, 2},
                                          {3, 1, 2}, {2, 3, 1}, {3, 2, 1}};

    return weights[order][service - 1];
}

static void register_callouts(unsigned service)
{
    static const enum wfp_callout_layer layers[] = {WFP_CONNECT_REDIRECT_V4, WFP_AUTH_CONNECT_V4};
    const unsigned weight = journey_weight(model.order, service);
    struct wfp_callout callout;
    uint32_t number;

    for (unsigned i = 0; i < 2; i++) {
        memset(&callout, 0, sizeof callout);
        callout.layer = layers[i];
        callout.filter = service * 10 + i;
        callout.sublayer = model.shared ? 1 : weight;
        callout.weight = weight;
        callout.classify = wfp_policy_classify;
        callout.context = &policies[service - 1];
        demand(wfp_callout_register(world(), &callout, &number));
    }
}

static void install(unsigned service)
{
    const struct wfp_address at = service_address(service);
    uint32_t handle = 0;
    uint32_t listener = 0;

    demand(wfp_handle_create(world(), service, &handle));
    demand(wfp_socket_open(world(), WFP_IPV4, WFP_TCP, true, &listener));
    demand(wfp_socket_bind(world(), listener, &at));
    demand(wfp_socket_listen(world(), listener));
    register_callouts(service);
    if (handle != service || listener != service) {
        complain(WRONG_REFUSED_CALL);
    }
}

static struct wfp_limits limits(void)
{
    return (struct wfp_limits){.sockets = SERVICES + 3 * JOURNEYS,
                               .handles = SERVICES,
                               .records = 3 * JOURNEYS,
                               .record_bytes = RECORD_MAX,
                               .origin = 1,
                               .callouts = 2 * SERVICES,
                               .classifications = JOURNEYS};
}

uint32_t journey_world_bytes(void)
{
    const struct wfp_limits least = limits();

    return (uint32_t)wfp_world_size(&least);
}

static void make_world(void)
{
    const struct wfp_limits least = limits();

    if (journey_world_bytes() > WORLD_BYTES ||
        wfp_world_init(model.block, &least, setting_rules(), setting_profile()) == NULL) {
        complain(WRONG_REFUSED_CALL);
        return;
    }
    for (unsigned service = 1; service <= SERVICES; service++) {
        install(service);
    }
}

static void set_up(struct journey *journey, unsigned topology)
{
    (void)journey;
    memset(&model, 0, sizeof model);
    model.order = (uint8_t)(topology / 2);
    model.shared = topology % 2;
    make_world();
}

unsigned journey_orders(void)
{
    static const unsigned orders[] = {1, 1, 2, 6};

    return orders[SERVICES];
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

static void open_outgoing(struct journey *journey, unsigned argument)
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

static void pass_on(struct journey *journey, unsigned manner)
{
    journey->late = manner == MANNER_LATE && journey->has_record;
    if (manner == MANNER_CORRECTLY) {
        set_record(journey);
        return;
    }
    blame(journey, BLAME_DIAL);
    journey->outgrowing = false;
}

/* The callout of a service is registered under twice its number, or one less. */
static void look_ahead(struct journey *journey)
{
    const struct wfp_classify_call next = {.call = WFP_CALL_NEXT,
                                           .classification = journey->classification};
    enum wfp_redirect_state state = WFP_NOT_REDIRECTED;
    struct wfp_classify_fixed fixed;
    struct wfp_reply reply;

    demand(wfp_classify(world(), &next, &reply));
    journey->asked = (uint8_t)((wfp_classify_callout(world(), journey->classification) + 1) / 2);
    journey->told = 0;
    if (journey->asked == 0) {
        return;
    }
    demand(wfp_classify_fixed(world(), journey->classification, &fixed));
    if (fixed.layer == WFP_AUTH_CONNECT_V4) {
        (void)wfp_classify_told(world(), journey->classification, journey->asked, &state);
        journey->told = (uint8_t)state;
        return;
    }
    demand(wfp_redirect_state(world(), journey->outgoing, journey->asked, &reply));
    journey->told = (uint8_t)reply.answer.error;
}

static void begin(struct journey *journey, unsigned argument)
{
    const struct wfp_address to = {.bytes = {203, 0, 113, 10}, .port = 443};
    uint32_t classification = 0;

    (void)argument;
    demand(wfp_connect_begin(world(), journey->outgoing, &to, &classification));
    journey->classification = (uint8_t)classification;
    look_ahead(journey);
}

static bool at_auth_connect(const struct journey *journey)
{
    struct wfp_classify_fixed fixed;

    return wfp_classify_fixed(world(), journey->classification, &fixed) == WFP_OK &&
           fixed.layer == WFP_AUTH_CONNECT_V4;
}

/* In every other state it permits: it is told no other one. */
static struct wfp_policy *policy_for(const struct journey *journey, unsigned conduct)
{
    struct wfp_policy *policy = &policies[journey->asked - 1];

    wfp_policy_recommended(policy);
    memset(policy->deeds, WFP_DEED_PERMIT, sizeof policy->deeds);
    memset(policy->at_auth_connect, WFP_DEED_PERMIT, sizeof policy->at_auth_connect);
    policy->handle = journey->asked;
    policy->service = service_address(journey->asked);
    policy->target_pid = process_of(journey->asked);
    if (conduct == CONDUCT_REDIRECT) {
        policy->deeds[journey->told] = WFP_DEED_REDIRECT;
    }
    if (conduct == CONDUCT_BLOCK) {
        policy->at_auth_connect[journey->told] = WFP_DEED_BLOCK;
    }
    return policy;
}

static void check_told(const struct journey *journey)
{
    enum wfp_redirect_state state;

    if (wfp_classify_told(world(), journey->classification, journey->asked, &state) &&
        state != journey->told) {
        complain(WRONG_TOLD);
    }
}

static void ask(struct journey *journey, unsigned conduct)
{
    const uint32_t number = wfp_classify_callout(world(), journey->classification);
    const struct wfp_callout *callout = wfp_callout_of(world(), number);
    const struct wfp_classify_call back = {.call = WFP_CALL_RETURN,
                                           .classification = journey->classification};
    struct wfp_reply reply;

    if (setting()->fixed) {
        model.conducts[journey->asked - 1][journey->told] = (uint8_t)conduct;
    }
    tell_asked(journey, at_auth_connect(journey), conduct);
    callout->classify(world(), journey->classification, policy_for(journey, conduct));
    check_told(journey);
    demand(wfp_classify(world(), &back, &reply));
    look_ahead(journey);
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

static void finish_connect(struct journey *journey, unsigned lost)
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

static void set_late(struct journey *journey, unsigned argument)
{
    (void)argument;
    set_record(journey);
    journey->late = false;
}

static void leave(struct journey *journey, unsigned argument)
{
    (void)argument;
    close_one(&journey->accepted);
    close_one(&journey->outgoing);
}

static void accept_next(struct journey *journey, unsigned argument)
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

static void refuse(struct journey *journey, unsigned argument)
{
    (void)argument;
    end_with(journey, ENDING_REFUSED);
}

static void next_hop(struct journey *journey, unsigned argument)
{
    (void)argument;
    journey->blamed = 0;
}

/* ---- guards ---- */

bool journey_is_first_waiting(unsigned j)
{
    return model.waiting[model.journeys[j].redirected_by - 1][0] == j + 1;
}

bool journey_offers(unsigned j, enum conduct conduct)
{
    const struct journey *journey = &model.journeys[j];
    uint8_t decided;

    if (journey->asked == 0) {
        return false;
    }
    decided = model.conducts[journey->asked - 1][journey->told];
    if (conduct == CONDUCT_REDIRECT && (setting()->heedful || journey_careful(j)) &&
        in_own_state((enum wfp_redirect_state)journey->told)) {
        return false;
    }
    if (setting()->fixed) {
        return decided == CONDUCT_UNDECIDED || decided == conduct;
    }
    /* What makes no difference at this layer is not offered. */
    return conduct != (at_auth_connect(journey) ? CONDUCT_REDIRECT : CONDUCT_BLOCK);
}

/* ---- steps ---- */

typedef void step_function(struct journey *journey, unsigned argument);

static step_function *const steps[] = {
    [STEP_SET_UP] = set_up,
    [STEP_OPEN] = open_outgoing,
    [STEP_PASS_ON] = pass_on,
    [STEP_BEGIN] = begin,
    [STEP_ASK] = ask,
    [STEP_CONNECT] = finish_connect,
    [STEP_LATE] = set_late,
    [STEP_LEAVE] = leave,
    [STEP_ACCEPT] = accept_next,
    [STEP_REFUSE] = refuse,
    [STEP_NEXT_HOP] = next_hop,
};

enum { STACK_BYTES = 16384 };

static void litter_stack(uint8_t garbage)
{
    volatile uint8_t bytes[STACK_BYTES];

    for (unsigned i = 0; i < sizeof bytes; i += 1) {
        bytes[i] = garbage;
    }
}

/* Equal histories must give equal bytes, or the state space is larger than the world's. */
static void step_twice(unsigned j, enum step step, unsigned argument)
{
    static struct model before;
    static struct model once;

    memcpy(&before, &model, sizeof model);
    litter_stack(0x00);
    steps[step](&model.journeys[j], argument);
    memcpy(&once, &model, sizeof model);
    memcpy(&model, &before, sizeof model);
    litter_stack(0xFF);
    steps[step](&model.journeys[j], argument);
    if (memcmp(&once, &model, sizeof model) != 0) {
        complain(WRONG_NOT_REPEATABLE);
    }
}

void journey_step(unsigned j, enum step step, unsigned argument)
{
    tell_step(j, step, argument);
    if (setting()->twice) {
        step_twice(j, step, argument);
    } else {
        steps[step](&model.journeys[j], argument);
    }
    tell_wrong(j);
}
