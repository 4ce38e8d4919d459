/* SPDX-License-Identifier: MIT */

/*
 * What the Promela model steps through: one world and the journeys in it, as one struct of bytes.
 *
 * Every step is made of public calls of wfp/sim.h and wfp/kernel.h. Who is asked, what he is told,
 * where a connection arrives and what a record holds is the world's answer; here stands only whose
 * connection it is, and what was seen.
 */

#ifndef TESTS_MODEL_JOURNEY_H
#define TESTS_MODEL_JOURNEY_H

#include <stdbool.h>
#include <stdint.h>

#ifndef SERVICES
#define SERVICES 3 /* redirect services, each with one redirect handle */
#endif
#ifndef JOURNEYS
#define JOURNEYS 1 /* connections of applications, in one world */
#endif
#ifndef LIST_ROOM
#define LIST_ROOM (SERVICES + 1) /* redirects that a record has room for */
#endif
#ifndef WORLD_BYTES
#define WORLD_BYTES 16384 /* of the world's block; the build asks journey_world_bytes() first */
#endif

/* What a callout does in the state that it is told. */
enum conduct { CONDUCT_UNDECIDED, CONDUCT_REDIRECT, CONDUCT_PERMIT, CONDUCT_BLOCK };

/* What a proxy does with the record of what it accepted, when it dials. */
enum manner { MANNER_CORRECTLY, MANNER_NEVER, MANNER_LATE };

enum blame {
    BLAME_DIAL = 1,    /* the record was not passed on */
    BLAME_REDIRECT = 2 /* a redirect in state 1 or 3 */
};

enum ending {
    ENDING_NONE,
    ENDING_REACHED,
    ENDING_BLOCKED,
    ENDING_REFUSED, /* by a proxy that got no record */
    ENDING_NO_ROOM  /* the record outgrew its room */
};

/* What must never be; 0: nothing is wrong. */
enum wrong {
    WRONG_NOTHING,
    WRONG_TOO_MANY_REDIRECTS, /* without a hop to blame, more than there are handles */
    WRONG_UNBLAMED_NO_ROOM,   /* a list outgrew its room without a redirect in state 1 or 3 */
    WRONG_TOLD,               /* the classification told another state than the socket */
    WRONG_LEFT_BEHIND,        /* all journeys ended, and the world is not as it was before */
    WRONG_NOT_REPEATABLE,     /* one step, made twice, gave different bytes */
    WRONG_REFUSED_CALL        /* a call that must succeed did not */
};

struct journey {
    uint8_t dialler;  /* 0: the application; else a service */
    uint8_t accepted; /* sockets; 0: none */
    uint8_t outgoing;
    uint8_t classification;
    uint8_t has_record;    /* what the QUERY on `accepted` said */
    uint8_t asked;         /* the service whose callout is asked next; 0: nobody is left */
    uint8_t told;          /* the state that it will be told */
    uint8_t redirected_by; /* this hop; 0: nobody */
    uint8_t late;          /* the record is SET once the connection is made */
    uint8_t unblamed;      /* redirects since the last hop to blame */
    uint8_t outgrowing;    /* the list has had a redirect in state 1 or 3 */
    uint8_t blamed;        /* bit set of enum blame: what this hop is to blame for */
    uint8_t ending;        /* enum ending */
};

/* All that a state consists of. */
struct model {
    struct journey journeys[JOURNEYS];
    uint8_t order;                       /* of the weights */
    uint8_t shared;                      /* one sublayer for all, not one each */
    uint8_t wrong;                       /* enum wrong */
    uint8_t conducts[SERVICES][4];       /* enum conduct by state, where they are fixed */
    uint8_t waiting[SERVICES][JOURNEYS]; /* journeys + 1 at a listener, the oldest first */
    _Alignas(16) uint8_t block[WORLD_BYTES];
};

extern struct model model;

/*
 * The environment says what is checked: WFP_MODEL is a list of words.
 *
 * careful    callouts do not redirect in states 1 and 3, proxies pass every record on
 * second     only the second journey is careful
 * heedful    callouts do not redirect in states 1 and 3
 * indulgent  a proxy that does not pass a record on is not to blame
 * fixed      a callout does the same whenever it is told the same state
 * twice      every step is made twice, over different garbage on the stack
 * shared     only with one sublayer for all; own: only with one each
 * order=N    only with that order of the weights, from 0
 * RULE:HOW   the table of rules is altered, as harness/mutation.h names it
 *
 * False, with a sentence on stderr: it cannot be done. `telling`: each step is printed as JSON.
 */
bool journey_settings(bool telling);
uint32_t journey_world_bytes(void);

/* Choices of the beginning. */
unsigned journey_orders(void);
unsigned journey_weight(unsigned order, unsigned service);
/* Twice the order, and one more where all share a sublayer. */
bool journey_allows(unsigned topology);

/* ---- guards: they change nothing ---- */

bool journey_careful(unsigned j);
bool journey_offers(unsigned j, enum conduct conduct);
bool journey_is_first_waiting(unsigned j);

/* ---- steps ---- */

enum step {
    STEP_SET_UP,  /* argument: a topology */
    STEP_OPEN,    /* the outgoing socket */
    STEP_PASS_ON, /* argument: enum manner */
    STEP_BEGIN,   /* connect, up to the first callout */
    STEP_ASK,     /* argument: enum conduct; one callout, up to the next */
    STEP_CONNECT, /* argument: the record is lost on its way */
    STEP_LATE,    /* the SET that comes late */
    STEP_LEAVE,   /* the proxy's two sockets are closed */
    STEP_ACCEPT,  /* ... by the service, and the QUERY */
    STEP_REFUSE,  /* ... closes what it accepted */
    STEP_NEXT_HOP /* what the hop was to blame for is history */
};

void journey_step(unsigned j, enum step step, unsigned argument);

#endif
