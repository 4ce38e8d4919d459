/* SPDX-License-Identifier: MIT */

#include "harness/path_outcome.h"
#include "harness/reader.h"

static const struct word path_end_rows[] = {
    {"reached", WFP_PATH_REACHED}, {"blocked", WFP_PATH_BLOCKED}, {"refused", WFP_PATH_REFUSED},
    {"loop", WFP_PATH_LOOPS},      {"no-room", WFP_PATH_NO_ROOM},
};
const struct words path_end_words = WORDS(path_end_rows);

static const struct word told_rows[] = {
    {"NOT_REDIRECTED", WFP_NOT_REDIRECTED},
    {"REDIRECTED_BY_SELF", WFP_REDIRECTED_BY_SELF},
    {"REDIRECTED_BY_OTHER", WFP_REDIRECTED_BY_OTHER},
    {"PREVIOUSLY_REDIRECTED_BY_SELF", WFP_PREVIOUSLY_REDIRECTED_BY_SELF},
    {"not-told", TOLD_NOT_TOLD},
    {"not-asked", TOLD_NOT_ASKED},
};
const struct words told_words = WORDS(told_rows);

static const struct word did_rows[] = {
    {"redirect", WFP_DEED_REDIRECT}, {"permit", WFP_DEED_PERMIT}, {"continue", WFP_DEED_CONTINUE},
    {"block", WFP_DEED_BLOCK},       {"nothing", DID_NOTHING},    {"not-asked", DID_NOT_ASKED},
};
const struct words did_words = WORDS(did_rows);

static const struct word condition_rows[] = {
    {"IS_REAUTHORIZE", WFP_CONDITION_IS_REAUTHORIZE},
    {"IS_CONNECTION_REDIRECTED", WFP_CONDITION_IS_CONNECTION_REDIRECTED},
    {"IS_PROXY_CONNECTION", WFP_CONDITION_IS_PROXY_CONNECTION},
};
const struct words condition_words = WORDS(condition_rows);
