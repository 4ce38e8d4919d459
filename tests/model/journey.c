/* SPDX-License-Identifier: MIT */

#include "tests/model/journey.h"

#include <string.h>

#include "tests/model/hop.h"
#include "tests/model/services.h"
#include "tests/model/setting.h"
#include "tests/model/tell.h"

struct model model;

static void set_up(struct journey *journey, unsigned topology)
{
    (void)journey;
    memset(&model, 0, sizeof model);
    model.order = (uint8_t)(topology / 2);
    model.shared = topology % 2;
    make_world();
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
        (journey->told == WFP_REDIRECTED_BY_SELF ||
         journey->told == WFP_PREVIOUSLY_REDIRECTED_BY_SELF)) {
        return false;
    }
    if (setting()->fixed) {
        return decided == CONDUCT_UNDECIDED || decided == conduct;
    }
    /* What makes no difference at this layer is not offered. */
    return conduct != (hop_at_auth_connect(journey) ? CONDUCT_REDIRECT : CONDUCT_BLOCK);
}

/* ---- steps ---- */

static hop_step *const steps[] = {
    [STEP_SET_UP] = set_up,     [STEP_OPEN] = hop_open,     [STEP_PASS_ON] = hop_pass_on,
    [STEP_BEGIN] = hop_begin,   [STEP_ASK] = hop_ask,       [STEP_CONNECT] = hop_connect,
    [STEP_LATE] = hop_set_late, [STEP_LEAVE] = hop_leave,   [STEP_ACCEPT] = hop_accept,
    [STEP_REFUSE] = hop_refuse, [STEP_NEXT_HOP] = hop_next,
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
