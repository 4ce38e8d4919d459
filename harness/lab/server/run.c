/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include "harness/lab/server/lab.h"
#include "harness/lab/server/launch.h"
#include "harness/lab/server/order.h"
#include "harness/lab/server/play.h"

enum status lab_run(const struct lab_order *order, struct complaints *complaints,
                    struct lab_result *result)
{
    struct lab *lab = calloc(1, sizeof *lab);
    enum status status;

    if (lab == NULL) {
        return STATUS_BROKEN;
    }
    lab->result = result;
    if (!launch_system(result->system, sizeof result->system)) {
        launch_quiet_wine();
        launch_wine_version(result->wine, sizeof result->wine);
    }
    status = lab_open(lab, order, complaints);
    if (status == STATUS_OK && order->pass_through) {
        status = play_through(lab, order->profiles[0]);
    }
    for (size_t i = 0; status == STATUS_OK && !order->pass_through && i < order->profile_count;
         i++) {
        status = play_profile(lab, order->scenarios, order->profiles[i]);
    }
    result->broken = lab->broken;
    result->scenarios = lab->scenario_number;
    result->seconds = (double)lab_time(lab) / 1000000;
    result->interrupted = lab->interrupted;
    result->trace_full = lab->trace_full;
    result->trace = lab->trace;
    lab->trace = NULL;
    lab_close(lab);
    free(lab);
    return status;
}
