/* SPDX-License-Identifier: MIT */

#include "harness/replay/capture.h"

const char *capture_verdict_name(enum capture_verdict verdict)
{
    static const char *const names[CAPTURE_VERDICT_COUNT] = {
        [CAPTURE_WHOLE] = "whole",
        [CAPTURE_EMPTY] = "empty",
        [CAPTURE_CUT] = "cut",
        [CAPTURE_PARTLY] = "partly",
        [CAPTURE_STOPPED] = "stopped",
        [CAPTURE_REFUSED] = "refused",
        [CAPTURE_UNREADABLE] = "unreadable",
    };

    return names[verdict];
}
