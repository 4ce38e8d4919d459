/* SPDX-License-Identifier: MIT */

#include "harness/verdict.h"

static const struct {
    const char *name;
    bool fails;
} verdicts[VERDICT_COUNT] = {
    [VERDICT_PASS] = {"pass", false},
    [VERDICT_FAIL] = {"fail", true},
    [VERDICT_KNOWN] = {"known", false},
    [VERDICT_FIXED] = {"fixed", true},
    [VERDICT_UNSUPPORTED] = {"unsupported", false},
    [VERDICT_UNDECIDED] = {"undecided", true},
    [VERDICT_BROKEN] = {"broken", true},
};

const char *verdict_name(enum verdict verdict)
{
    return verdicts[verdict].name;
}

bool verdict_fails(enum verdict verdict, bool allow_undecided)
{
    if (verdict == VERDICT_UNDECIDED && allow_undecided) {
        return false;
    }
    return verdicts[verdict].fails;
}
