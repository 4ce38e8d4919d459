/* SPDX-License-Identifier: MIT */

#include "harness/replay/replay_report.h"

#include <inttypes.h>

const char replay_caution[] =
    "A capture never contains redirect records: this is what would happen to these flows on a "
    "machine where they are redirected.";

struct replay_place replay_place(const struct replay_report *report, uint64_t number)
{
    struct replay_place place = {0, number};

    for (size_t i = 0; i < report->started && report->captures[i].before < number; i++) {
        place.capture = i;
        place.packet = number - report->captures[i].before;
    }
    return place;
}

void replay_flow_id(const struct replay_report *report, uint64_t first_packet, char id[FLOW_ID_MAX])
{
    const struct replay_place place = replay_place(report, first_packet);

    (void)snprintf(id, FLOW_ID_MAX, "%zu-%" PRIu64, place.capture + 1, place.packet);
}
