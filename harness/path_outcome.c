/* SPDX-License-Identifier: MIT */

#include "harness/path_outcome.h"

#include <string.h>

#include "harness/reader.h"

/* ---- what happened ---- */

static void note_asked(const struct wfp_path_asked *asked, struct outcome_hop *hop)
{
    const uint32_t at = asked->service - 1u;
    const bool redirects =
        asked->layer == WFP_CONNECT_REDIRECT_V4 || asked->layer == WFP_CONNECT_REDIRECT_V6;

    if (!redirects || asked->round != 0 || at >= WFP_PATH_SERVICES_MAX) {
        return;
    }
    hop->told[at] = asked->told == WFP_PATH_NOT_TOLD ? TOLD_NOT_TOLD : asked->told;
    hop->did[at] = asked->did == WFP_PATH_NOTHING ? DID_NOTHING : asked->did;
}

static void note_hop(const struct wfp_path_hop *made, struct outcome_hop *hop)
{
    memset(hop->told, TOLD_NOT_ASKED, sizeof hop->told);
    memset(hop->did, DID_NOT_ASKED, sizeof hop->did);
    hop->conditions = made->conditions;
    for (uint32_t i = 0; i < made->asked_count; i++) {
        note_asked(&made->asked[i], hop);
    }
}

void path_outcome_of(const struct wfp_path *path, struct path_outcome *outcome)
{
    const struct wfp_path_hop *last;

    memset(outcome, 0, sizeof *outcome);
    outcome->end = path->end;
    outcome->by = path->end == WFP_PATH_BLOCKED || path->end == WFP_PATH_REFUSED ? path->by : 0;
    outcome->loop_count = path->end == WFP_PATH_LOOPS ? path->cycle_length : 0;
    outcome->told_hops = path->hop_count;
    outcome->did_hops = path->hop_count;
    outcome->condition_hops = path->hop_count;
    for (uint32_t i = 0; i < path->hop_count; i++) {
        outcome->stations[outcome->count++] = path->hops[i].dialler;
        note_hop(&path->hops[i], &outcome->hops[i]);
    }
    if (path->hop_count == 0) {
        outcome->count = 1;
        return;
    }
    last = &path->hops[path->hop_count - 1];
    if (path->end == WFP_PATH_REACHED) {
        outcome->stations[outcome->count++] = STATION_DESTINATION;
    } else if (path->end != WFP_PATH_LOOPS && last->redirected_by != 0) {
        outcome->stations[outcome->count++] = last->redirected_by;
    }
}

/* ---- comparing ---- */

static const char *const part_names[] = {
    [OUTCOME_SAME] = "nothing", [OUTCOME_PATH] = "path",        [OUTCOME_END] = "end",
    [OUTCOME_BY] = "ended-by",  [OUTCOME_LOOP] = "loop",        [OUTCOME_TOLD] = "told",
    [OUTCOME_DID] = "did",      [OUTCOME_CONDITIONS] = "flags",
};

const char *outcome_part_name(enum outcome_part part)
{
    return part_names[part];
}

static bool part_station(const struct path_outcome *expected, const struct path_outcome *actual,
                         struct outcome_mismatch *found)
{
    size_t i = 0;

    while (i < expected->count && i < actual->count &&
           expected->stations[i] == actual->stations[i]) {
        i++;
    }
    if (i == expected->count && i == actual->count) {
        return false;
    }
    /* Station i is where hop i - 1 leads. */
    *found = (struct outcome_mismatch){OUTCOME_PATH, i > 0 ? i - 1 : 0, 0};
    return true;
}

static bool part_said(const struct path_outcome *expected, const struct path_outcome *actual,
                      enum outcome_part part, struct outcome_mismatch *found)
{
    const size_t hops = part == OUTCOME_TOLD ? expected->told_hops : expected->did_hops;
    const uint8_t unsaid = part == OUTCOME_TOLD ? TOLD_UNSAID : DID_UNSAID;

    for (size_t i = 0; i < hops; i++) {
        const struct outcome_hop *wanted = &expected->hops[i];
        const struct outcome_hop *seen = &actual->hops[i];
        const uint8_t *want = part == OUTCOME_TOLD ? wanted->told : wanted->did;
        const uint8_t *see = part == OUTCOME_TOLD ? seen->told : seen->did;

        for (uint32_t service = 0; service < WFP_PATH_SERVICES_MAX; service++) {
            if (want[service] != unsaid &&
                (i >= actual->told_hops || want[service] != see[service])) {
                *found = (struct outcome_mismatch){part, i, service + 1};
                return true;
            }
        }
    }
    return false;
}

static bool part_conditions(const struct path_outcome *expected, const struct path_outcome *actual,
                            struct outcome_mismatch *found)
{
    for (size_t i = 0; i < expected->condition_hops; i++) {
        if (i >= actual->condition_hops ||
            expected->hops[i].conditions != actual->hops[i].conditions) {
            *found = (struct outcome_mismatch){OUTCOME_CONDITIONS, i, 0};
            return true;
        }
    }
    return false;
}

struct outcome_mismatch path_outcome_compare(const struct path_outcome *expected,
                                             const struct path_outcome *actual)
{
    const size_t last = actual->told_hops > 0 ? actual->told_hops - 1 : 0;
    struct outcome_mismatch found = {OUTCOME_SAME, last, 0};

    if (part_station(expected, actual, &found)) {
        return found;
    }
    if (expected->end != actual->end) {
        found.part = OUTCOME_END;
    } else if (expected->by != actual->by) {
        found.part = OUTCOME_BY;
    } else if (expected->loop_count != actual->loop_count) {
        found.part = OUTCOME_LOOP;
    }
    if (found.part == OUTCOME_SAME && !part_said(expected, actual, OUTCOME_TOLD, &found) &&
        !part_said(expected, actual, OUTCOME_DID, &found)) {
        (void)part_conditions(expected, actual, &found);
    }
    return found;
}

/* ---- text ---- */

const char *path_station_name(const char *const *names, uint32_t station)
{
    if (station == STATION_APPLICATION) {
        return "app";
    }
    return station == STATION_DESTINATION ? "destination" : names[station - 1];
}

static void add_stations(const struct path_outcome *outcome, const char *const *names, size_t first,
                         struct text *text)
{
    for (size_t i = first; i < outcome->count; i++) {
        text_add(text, "%s%s", i == first ? "" : " > ",
                 path_station_name(names, outcome->stations[i]));
    }
}

void path_outcome_text(const struct path_outcome *outcome, const char *const *names,
                       struct text *text)
{
    add_stations(outcome, names, 0, text);
    text_add(text, ", %s", wfp_path_end_name(outcome->end));
    if (outcome->by != 0) {
        text_add(text, " by %s", names[outcome->by - 1]);
    }
    if (outcome->loop_count > 0) {
        text_add(text, " of ");
        add_stations(outcome, names, outcome->count - outcome->loop_count, text);
    }
}

static void add_said(const char *what, size_t hop, const uint8_t *said, uint8_t unsaid,
                     const struct words *words, const char *const *names, struct text *text)
{
    const char *before = NULL;

    for (uint32_t i = 0; i < WFP_PATH_SERVICES_MAX; i++) {
        if (said[i] == unsaid) {
            continue;
        }
        if (before == NULL) {
            text_add(text, "; %s %zu:", what, hop + 1);
            before = "";
        }
        text_add(text, "%s %s %s", before, names[i], word_text(words, said[i]));
        before = ",";
    }
}

void path_conditions_text(uint32_t conditions, struct text *text)
{
    const char *separator = "";

    for (size_t i = 0; i < condition_words.count; i++) {
        if ((conditions & (uint32_t)condition_words.rows[i].value) != 0) {
            text_add(text, "%s%s", separator, condition_words.rows[i].text);
            separator = " ";
        }
    }
    text_add(text, "%s", *separator == '\0' ? "none" : "");
}

void path_outcome_hops_text(const struct path_outcome *outcome, const char *const *names,
                            struct text *text)
{
    for (size_t i = 0; i < outcome->told_hops; i++) {
        add_said("told", i, outcome->hops[i].told, TOLD_UNSAID, &told_words, names, text);
    }
    for (size_t i = 0; i < outcome->did_hops; i++) {
        add_said("did", i, outcome->hops[i].did, DID_UNSAID, &did_words, names, text);
    }
    for (size_t i = 0; i < outcome->condition_hops; i++) {
        text_add(text, "; flags %zu: ", i + 1);
        path_conditions_text(outcome->hops[i].conditions, text);
    }
}
