/* SPDX-License-Identifier: MIT */

/* How a struct wfp_answer is written in a table. */

#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

#include <wfp/sim.h>

/* clang-format off */
#define BYTES(error, number) {error, number, WFP_COUNT_VALUE, WFP_RETURNED}
#define NEEDED(error) {error, 0, WFP_COUNT_NEEDED, WFP_RETURNED}
#define UNCHANGED(error) {error, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED}
#define STATE(state) {state, 0, WFP_COUNT_UNCHANGED, WFP_STATE}
#define FIELD(presence) {presence, 0, WFP_COUNT_UNCHANGED, WFP_FIELD}
#define MISUSE {0, 0, WFP_COUNT_UNCHANGED, WFP_MISUSE}
#define PASS {0, 0, WFP_COUNT_UNCHANGED, WFP_PASS}
/* clang-format on */

#endif
