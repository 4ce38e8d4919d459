/* SPDX-License-Identifier: MIT */

/*
 * Journeys of connections through redirect services: the choices are here, the world is C.
 *
 * The state is `model` (journey.h): the world's block and what is known of each journey. It is
 * finite: the world reuses its slots, a proxy closes what it has passed on, so a journey never has
 * more than three sockets, and the only thing that could grow is the list in a record. A service
 * that redirects in state 1 or 3 and passes the record on makes [A, A, A ...], for ever and never
 * twice the same. The record's room ends that: the connect has no room, and the journey ends there.
 * It is a loop by another name, so it must have a hop to blame as well: WRONG_UNBLAMED_NO_ROOM.
 *
 * `unblamed` counts the redirects since the last hop to blame. That it never exceeds the number of
 * handles says both that a path without such a hop ends (LOOP-04), and that no cycle is without
 * one: every lap has a redirect. The progress labels say the second once more, as Spin sees it.
 */

c_decl {
\#include "tests/model/journey.h"
}

c_track "&model" "sizeof(struct model)" "Matched"

#define J (Pjourney->number)
#define MINE (&model.journeys[Pjourney->number])
#define STEP(what, argument) STEP_IF(true, what, argument)
#define STEP_IF(guard, what, argument)                                                            \
    d_step {                                                                                      \
        c_expr { (guard) };                                                                       \
        c_code { journey_step(J, what, argument); };                                              \
        if                                                                                        \
        :: c_expr { model.wrong } -> assert(false)                                                \
        :: else                                                                                   \
        fi                                                                                        \
    }

/*
 * What another journey cannot come between. FINE: one call. Otherwise a part of a hop: the
 * dialler's up to the connect, the connect with its callouts, the accept.
 */
#ifdef FINE
#define PART
#else
#define PART atomic
#endif

proctype journey(byte number)
{
    do
    :: PART {
        STEP(STEP_OPEN, 0);
        if
        :: c_expr { !MINE->dialler }
        :: STEP_IF(MINE->has_record, STEP_PASS_ON, MANNER_CORRECTLY)
        :: STEP_IF(MINE->has_record && !journey_careful(J), STEP_PASS_ON, MANNER_LATE)
        :: STEP_IF(MINE->dialler && !journey_careful(J), STEP_PASS_ON, MANNER_NEVER)
        :: STEP_IF(MINE->dialler && !MINE->has_record, STEP_REFUSE, 0); break
        fi
       };
       PART {
        STEP(STEP_BEGIN, 0);
        do
        :: c_expr { !MINE->asked } -> break
        :: STEP_IF(journey_offers(J, CONDUCT_REDIRECT), STEP_ASK, CONDUCT_REDIRECT)
        :: STEP_IF(journey_offers(J, CONDUCT_PERMIT), STEP_ASK, CONDUCT_PERMIT)
        :: STEP_IF(journey_offers(J, CONDUCT_BLOCK), STEP_ASK, CONDUCT_BLOCK)
        od;
        if
        :: STEP(STEP_CONNECT, false)
        :: STEP(STEP_CONNECT, true)
        fi;
        if
        :: c_expr { MINE->ending } -> break
        :: c_expr { !MINE->ending }
        fi;
        if
        :: STEP_IF(MINE->late, STEP_LATE, 0)
        :: c_expr { !MINE->late }
        fi;
        STEP(STEP_LEAVE, 0)
       };
       STEP_IF(journey_is_first_waiting(J), STEP_ACCEPT, 0);
       /* A progress label is not seen inside an atomic. */
       if
       :: c_expr { MINE->blamed } -> progress: STEP(STEP_NEXT_HOP, 0)
       :: c_expr { !MINE->blamed }
       fi
    od
}

init {
    byte topology = 0;
    byte started = 0;

    c_code {
        if (!journey_settings(readtrail != 0)) {
            exit(2);
        }
    };
    do
    :: c_expr { (Pinit->topology + 1 < 2 * journey_orders()) } -> topology++
    :: break
    od;
    if
    :: c_expr { (journey_allows(Pinit->topology)) }
    :: else -> goto over
    fi;
    d_step {
        c_code { journey_step(0, STEP_SET_UP, Pinit->topology); };
        topology = 0
    };
    atomic {
        do
        :: c_expr { Pinit->started < JOURNEYS } -> run journey(started); started++
        :: else -> break
        od
    };
over:
    skip
}
