/* SPDX-License-Identifier: MIT */

/* Answers (struct wfp_answer) to stand in static tables; scene.h has the same as values. */

#ifndef TESTS_UNIT_ANSWERS_H
#define TESTS_UNIT_ANSWERS_H

#include <wfp/sim.h>

#define ANSWER(error, bytes, count, outcome)                                                       \
    {                                                                                              \
        (error), (bytes), (count), (outcome)                                                       \
    }
#define BYTES(error, bytes) ANSWER(error, bytes, WFP_COUNT_VALUE, WFP_RETURNED)
#define NEEDED(error) ANSWER(error, 0, WFP_COUNT_NEEDED, WFP_RETURNED)
#define UNCHANGED(error) ANSWER(error, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED)
#define STATE(state) ANSWER(state, 0, WFP_COUNT_UNCHANGED, WFP_STATE)
#define PASS ANSWER(0, 0, WFP_COUNT_UNCHANGED, WFP_PASS)
#define FIELD(presence) ANSWER(presence, 0, WFP_COUNT_UNCHANGED, WFP_FIELD)
#define MISUSE ANSWER(0, 0, WFP_COUNT_UNCHANGED, WFP_MISUSE)
#define DIED ANSWER(0, 0, WFP_COUNT_UNCHANGED, WFP_DIED)

#endif
