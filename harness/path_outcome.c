/* SPDX-License-Identifier: MIT */

#include "harness/path_outcome.h"

#include <string.h>

static const struct word end_rows[] = {
    {"reached", WFP_PATH_REACHED}, {"blocked", WFP_PATH_BLOCKED}, {"refused", WFP_PATH_REFUSED},
    {"loop", WFP_PATH_LOOPS},      {"no-room", WFP_PATH_NO_ROOM},
};
const struct words end_words = WORDS(end_rows);

/* ---- a hop as it was ---- */

uint8_t hop_told(const struct wfp_path_hop *hop, uint32_t service)
{
    for (uint32_t i = 0; i < hop->asked_count; i++) {
        const struct wfp_path_asked *asked = &hop->asked[i];

        if (asked->service == service && asked->round == 0 && asked->layer < WFP_AUTH_CONNECT_V4) {
            return asked->told;
        }
    }
    return OUTCOME_NOT_TOLD;
}

uint8_t hop_flags(const struct wfp_path_hop *hop)
{
    const bool redirected = (hop->conditions & WFP_CONDITION_IS_CONNECTION_REDIRECTED) != 0;
    const bool proxy = (hop->conditions & WFP_CONDITION_IS_PROXY_CONNECTION) != 0;

    return (uint8_t)((redirected ? OUTCOME_REDIRECTED : 0) | (proxy ? OUTCOME_PROXY : 0));
}

/* ---- compared ---- */

static size_t stop_count(const struct path_outcome *outcome, const struct topology *topology)
{
    return outcome->weight_order ? topology->count : outcome->stop_count;
}

static uint8_t stop_at(const struct path_outcome *outcome, const struct topology *topology,
                       size_t at)
{
    uint8_t order[WFP_PATH_SERVICES_MAX];

    if (!outcome->weight_order) {
        return outcome->stops[at];
    }
    topology_weight_order(topology, order);
    return (uint8_t)(order[at] + 1);
}

static size_t actual_stops(const struct wfp_path *path)
{
    size_t count = 0;

    while (count < path->hop_count && path->hops[count].redirected_by != 0) {
        count++;
    }
    return count;
}

static bool other_path(const struct path_outcome *outcome, const struct topology *topology,
                       const struct wfp_path *path, size_t *hop)
{
    const size_t expected = stop_count(outcome, topology);
    const size_t actual = actual_stops(path);

    for (*hop = 0; *hop < expected && *hop < actual; (*hop)++) {
        if (stop_at(outcome, topology, *hop) != path->hops[*hop].redirected_by) {
            return true;
        }
    }
    return expected != actual;
}

static bool other_end(const struct path_outcome *outcome, const struct wfp_path *path, size_t *hop)
{
    *hop = path->hop_count > 0 ? path->hop_count - 1 : 0;
    return outcome->end != path->end || outcome->who != path->by ||
           outcome->cycle_length != path->cycle_length;
}

static bool other_state(const struct path_outcome *outcome, const struct wfp_path *path,
                        size_t *hop)
{
    for (*hop = 0; *hop < outcome->told_count && *hop < path->hop_count; (*hop)++) {
        for (uint32_t service = 1; service <= WFP_PATH_SERVICES_MAX; service++) {
            if (hop_told(&path->hops[*hop], service) != outcome->told[*hop][service - 1]) {
                return true;
            }
        }
    }
    return false;
}

static bool other_flags(const struct path_outcome *outcome, const struct wfp_path *path,
                        size_t *hop)
{
    for (*hop = 0; *hop < outcome->flags_count && *hop < path->hop_count; (*hop)++) {
        if (hop_flags(&path->hops[*hop]) != outcome->flags[*hop]) {
            return true;
        }
    }
    return false;
}

enum outcome_mismatch outcome_compare(const struct path_outcome *outcome,
                                      const struct topology *topology, const struct wfp_path *path,
                                      size_t *hop)
{
    if (other_path(outcome, topology, path, hop)) {
        return OUTCOME_OTHER_PATH;
    }
    if (other_end(outcome, path, hop)) {
        return OUTCOME_OTHER_END;
    }
    if (other_state(outcome, path, hop)) {
        return OUTCOME_OTHER_STATE;
    }
    return other_flags(outcome, path, hop) ? OUTCOME_OTHER_FLAGS : OUTCOME_ALLOWED;
}

bool outcome_fits(const struct path_outcome *outcome, const struct topology *topology)
{
    for (size_t i = 0; i < outcome->stop_count; i++) {
        if (outcome->stops[i] > topology->count) {
            return false;
        }
    }
    return outcome->who <= topology->count;
}

/* ---- printed ---- */

static void add_stop(const struct topology *topology, uint8_t service, bool first,
                     struct text *text)
{
    text_add(text, "%s%s", first ? "" : " > ",
             service == 0 || service > topology->count ? "?"
                                                       : topology->services[service - 1].name);
}

struct ending {
    enum wfp_path_end end;
    uint32_t who;
    size_t stops;
    size_t cycle;
};

static void add_ending(const struct topology *topology, struct ending ending, const uint8_t *stops,
                       struct text *text)
{
    text_add(text, "%s, %s", ending.stops == 0 ? "direct" : "",
             word_text(&end_words, (int)ending.end));
    if (ending.who != 0) {
        text_add(text, " by ");
        add_stop(topology, (uint8_t)ending.who, true, text);
    }
    for (size_t i = 0; i < ending.cycle; i++) {
        text_add(text, i == 0 ? " " : "");
        add_stop(topology, stops[ending.stops - ending.cycle + i], i == 0, text);
    }
}

void outcome_add(const struct path_outcome *outcome, const struct topology *topology,
                 struct text *text)
{
    uint8_t stops[OUTCOME_STOPS_MAX];
    const struct ending ending = {outcome->end, outcome->who, stop_count(outcome, topology),
                                  outcome->cycle_length};

    for (size_t i = 0; i < ending.stops; i++) {
        stops[i] = stop_at(outcome, topology, i);
        add_stop(topology, stops[i], i == 0, text);
    }
    add_ending(topology, ending, stops, text);
}

void outcome_add_actual(const struct topology *topology, const struct wfp_path *path,
                        struct text *text)
{
    uint8_t stops[WFP_PATH_HOPS_MAX];
    const struct ending ending = {path->end, path->by, actual_stops(path), path->cycle_length};

    for (size_t i = 0; i < ending.stops; i++) {
        stops[i] = path->hops[i].redirected_by;
        add_stop(topology, stops[i], i == 0, text);
    }
    add_ending(topology, ending, stops, text);
}

void outcome_add_flags(uint8_t flags, struct text *text)
{
    text_add(text, "%s%s%s", (flags & OUTCOME_REDIRECTED) != 0 ? " redirected" : "",
             (flags & OUTCOME_PROXY) != 0 ? " proxy" : "", flags == 0 ? " none" : "");
}
