/* SPDX-License-Identifier: MIT */

#include "harness/reader.h"
#include "harness/topology.h"

static const struct word families_rows[] = {
    {"both", WFP_PATH_V4 | WFP_PATH_V6},
    {"ipv4", WFP_PATH_V4},
    {"ipv6", WFP_PATH_V6},
};
const struct words families_words = WORDS(families_rows);

static const struct word handle_rows[] = {
    {"shared", WFP_PATH_HANDLE_SHARED},
    {"per-filter", WFP_PATH_HANDLE_PER_FILTER},
    {"per-classify", WFP_PATH_HANDLE_PER_CLASSIFY},
};
const struct words handle_words = WORDS(handle_rows);

static const struct word propagation_rows[] = {
    {"correctly", WFP_PATH_CORRECTLY}, {"never", WFP_PATH_NEVER},
    {"late", WFP_PATH_LATE},           {"first-only", WFP_PATH_FIRST_ONLY},
    {"truncated", WFP_PATH_TRUNCATED}, {"wrong-socket", WFP_PATH_WRONG_SOCKET},
    {"lost", WFP_PATH_LOST},
};
const struct words propagation_words = WORDS(propagation_rows);

static const struct word form_rows[] = {
    {"same", WFP_PATH_SAME},     {"ipv4", WFP_PATH_IPV4},   {"ipv6", WFP_PATH_IPV6},
    {"mapped", WFP_PATH_MAPPED}, {"other", WFP_PATH_OTHER},
};
const struct words form_words = WORDS(form_rows);

static const struct word journey_form_rows[] = {
    {"ipv4", WFP_PATH_IPV4},
    {"ipv6", WFP_PATH_IPV6},
    {"mapped", WFP_PATH_MAPPED},
};
const struct words journey_form_words = WORDS(journey_form_rows);

static const struct word protocol_rows[] = {{"tcp", WFP_TCP}, {"udp", WFP_UDP}};
const struct words protocol_words = WORDS(protocol_rows);

static const struct word flag_rows[] = {{"no", false}, {"yes", true}};
const struct words flag_words = WORDS(flag_rows);

static const struct word chain_rows[] = {
    {"ignored", WFP_CHAIN_IGNORED},
    {"newest", WFP_CHAIN_NEWEST},
    {"whole", WFP_CHAIN_WHOLE},
};
const struct words chain_words = WORDS(chain_rows);

static const struct word deed_rows[] = {
    {"redirect", WFP_DEED_REDIRECT},
    {"permit", WFP_DEED_PERMIT},
    {"continue", WFP_DEED_CONTINUE},
    {"block", WFP_DEED_BLOCK},
};
const struct words deed_words = WORDS(deed_rows);

static const struct word redirect_state_rows[] = {
    {"NOT_REDIRECTED", WFP_NOT_REDIRECTED},
    {"REDIRECTED_BY_SELF", WFP_REDIRECTED_BY_SELF},
    {"REDIRECTED_BY_OTHER", WFP_REDIRECTED_BY_OTHER},
    {"PREVIOUSLY_REDIRECTED_BY_SELF", WFP_PREVIOUSLY_REDIRECTED_BY_SELF},
};
const struct words redirect_state_words = WORDS(redirect_state_rows);
