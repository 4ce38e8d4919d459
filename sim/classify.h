/* SPDX-License-Identifier: MIT */

/* A connect while it is classified: the world's slots for it, and the order of the callouts. */

#ifndef SIM_CLASSIFY_H
#define SIM_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/decide.h"
#include "sim/world.h"

/* One that is under way; NULL if there is none of that number. */
struct classification *classify_under_way(struct wfp_world *world, uint32_t number);
const struct classification *classify_of(const struct wfp_world *world, uint32_t number);
bool classify_any_under_way(const struct wfp_world *world);

/* Takes a slot for an endpoint's connect, or flow of datagrams, to `to`; 0: no room. */
uint32_t classify_take(struct wfp_world *world, uint32_t endpoint, const struct wfp_address *to);
/* Begins again at connect-redirect, or at auth-connect; earlier versions stay. */
void classify_begin(struct classification *classification, bool at_auth_connect);
void classify_reauthorize(struct classification *classification, uint32_t reason,
                          bool at_auth_connect);
/* Gives the slot back, and the contexts that the engine has for it. */
void classify_drop(struct wfp_world *world, uint32_t number);
/* Drops all that are under way for an endpoint. */
void classify_forget(struct wfp_world *world, uint32_t endpoint);
/* The versions that stay with a flow, taken up again for a reauthorisation. */
struct classification *classify_kept(struct wfp_world *world, uint32_t number);

/* Whom the engine asks next, and where that stands in the order. */
struct next_callout {
    uint32_t callout; /* 0: nobody is left */
    uint32_t position;
    uint32_t layer; /* enum wfp_callout_layer */
    uint32_t again; /* true: the whole begins anew, as a reauthorisation (RED-17); all words, so
                       that the struct is returned in whole ones */
};

struct next_callout classify_next(const struct wfp_world *world,
                                  const struct classification *classification);
/* Is nobody being asked? One that has returned and is not pended no longer is. */
bool classify_idle(const struct classification *classification);

/* The newest version, or the application's own request. */
struct wfp_version classify_effective(const struct classification *classification);
bool classify_redirected(const struct classification *classification);
/* The local service of the effective request: a link, 0 if nobody listens there. */
uint32_t classify_service(const struct wfp_world *world,
                          const struct classification *classification);

/*
 * What rules see of a classification is kept as they see it: AT_AUTH_CONNECT, REAUTHORIZING and
 * PENDED, and of the turn MAY_WRITE, RIGHT, HANDLE_HELD, DATA_HELD and ASKED_STATE.
 */
#define CLASSIFY_FACT(name) ((uint32_t)(WFP_BIT(WFP_KERNEL_##name)))

static inline void classify_note(struct classification *classification, uint32_t fact, bool holds)
{
    classification->facts = (classification->facts & ~fact) | (holds ? fact : 0);
}

static inline bool classify_at_auth(const struct classification *classification)
{
    return (classification->facts & CLASSIFY_FACT(AT_AUTH_CONNECT)) != 0;
}

/* What classifyOut says of the right to write the action: WFP_RIGHT_ACTION_WRITE or 0. */
static inline uint8_t classify_out_rights(const struct classification *classification)
{
    return (classification->facts & CLASSIFY_FACT(RIGHT)) != 0 ? WFP_RIGHT_ACTION_WRITE : 0;
}

static inline bool classify_is_pended(const struct classification *classification)
{
    return (classification->facts & CLASSIFY_FACT(PENDED)) != 0;
}

/* ---- classify_facts.c ---- */

/* What rules see of a classification by itself. */
uint64_t facts_of_classification(const struct classification *classification);
/* A call about it looked at: what rules see, and what their effects need. */
struct classify_view {
    struct inquiry inquiry;
    struct next_callout next; /* with WFP_CALL_NEXT */
};

void facts_of_call(const struct wfp_world *world, const struct classification *classification,
                   const struct wfp_classify_call *call, struct classify_view *view);
/* The list of redirects that a connect, or the first datagram of a flow, comes with. */
struct record_view classify_list(const struct wfp_world *world,
                                 const struct classification *classification);
/* The record behind the metadata handle; there is none at auth-connect (KRN-06). */
struct record_view classify_records(const struct wfp_world *world,
                                    const struct classification *classification);

/* ---- metadata.c ---- */

/* A look that compares: the answer that the rule gives becomes DIFFERENT if the value is. */
void metadata_compare(const struct wfp_world *world, const struct classification *classification,
                      const struct wfp_classify_call *call, const struct wfp_rule *rule,
                      struct wfp_answer *answer);

/* ---- classify_effect.c ---- */

enum wfp_status classify_effect(struct wfp_world *world, struct classification *classification,
                                const struct wfp_classify_call *call,
                                const struct classify_view *view, enum wfp_effect effect,
                                struct wfp_reply *reply);

#endif
