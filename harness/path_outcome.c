/* SPDX-License-Identifier: MIT */

#include "harness/path_outcome.h"

#include <string.h>

#include "harness/reader.h"

/* ---- what happened ---- */

const uint8_t *path_outcome_said(const struct outcome_hop *hop, enum outcome_part part,
                                 uint32_t round)
{
    if (round == 0) {
        return part == OUTCOME_TOLD ? hop->told : hop->did;
    }
    return part == OUTCOME_TOLD ? hop->told_again[round - 1] : hop->did_again[round - 1];
}

void path_outcome_say(struct outcome_hop *hop, enum outcome_part part, uint32_t round,
                      uint32_t service, int word)
{
    if (part == OUTCOME_TOLD) {
        (round == 0 ? hop->told : hop->told_again[round - 1])[service - 1] = (uint8_t)word;
    } else {
        (round == 0 ? hop->did : hop->did_again[round - 1])[service - 1] = (uint8_t)word;
    }
}

void path_outcome_fill(struct outcome_hop *hop, uint8_t told, uint8_t did)
{
    memset(hop->told, told, sizeof hop->told);
    memset(hop->told_again, told, sizeof hop->told_again);
    memset(hop->did, did, sizeof hop->did);
    memset(hop->did_again, did, sizeof hop->did_again);
}

static void note_asked(const struct wfp_path_asked *asked, struct outcome_hop *hop)
{
    const bool redirects =
        asked->layer == WFP_CONNECT_REDIRECT_V4 || asked->layer == WFP_CONNECT_REDIRECT_V6;

    if (!redirects || asked->round >= OUTCOME_ROUNDS || asked->service == 0) {
        return;
    }
    path_outcome_say(hop, OUTCOME_TOLD, asked->round, asked->service,
                     asked->told == WFP_PATH_NOT_TOLD ? TOLD_NOT_TOLD : asked->told);
    path_outcome_say(hop, OUTCOME_DID, asked->round, asked->service,
                     asked->did == WFP_PATH_NOTHING ? DID_NOTHING : asked->did);
}

static void note_hop(const struct wfp_path_hop *made, struct outcome_hop *hop)
{
    path_outcome_fill(hop, TOLD_NOT_ASKED, DID_NOT_ASKED);
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
    *found = (struct outcome_mismatch){.part = OUTCOME_PATH, .hop = i > 0 ? i - 1 : 0};
    return true;
}

/* `i` is the hop; rounds come in their order. */
static bool part_round(const struct path_outcome *expected, const struct path_outcome *actual,
                       size_t i, uint32_t round, struct outcome_mismatch *found)
{
    const uint8_t unsaid = found->part == OUTCOME_TOLD ? TOLD_UNSAID : DID_UNSAID;
    const uint8_t *want = path_outcome_said(&expected->hops[i], found->part, round);
    const uint8_t *see = path_outcome_said(&actual->hops[i], found->part, round);

    for (uint32_t service = 0; service < WFP_PATH_SERVICES_MAX; service++) {
        if (want[service] != unsaid && (i >= actual->told_hops || want[service] != see[service])) {
            found->hop = i;
            found->service = service + 1;
            found->round = round;
            return true;
        }
    }
    return false;
}

static bool part_said(const struct path_outcome *expected, const struct path_outcome *actual,
                      enum outcome_part part, struct outcome_mismatch *found)
{
    const size_t hops = part == OUTCOME_TOLD ? expected->told_hops : expected->did_hops;
    struct outcome_mismatch here = {.part = part};

    for (size_t i = 0; i < hops; i++) {
        for (uint32_t round = 0; round < OUTCOME_ROUNDS; round++) {
            if (part_round(expected, actual, i, round, &here)) {
                *found = here;
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
            *found = (struct outcome_mismatch){.part = OUTCOME_CONDITIONS, .hop = i};
            return true;
        }
    }
    return false;
}

struct outcome_mismatch path_outcome_compare(const struct path_outcome *expected,
                                             const struct path_outcome *actual)
{
    const size_t last = actual->told_hops > 0 ? actual->told_hops - 1 : 0;
    struct outcome_mismatch found = {.part = OUTCOME_SAME, .hop = last};

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

/* "; told 1: A NOT_REDIRECTED", or for a reauthorisation "; told 1, again 2: A not-told". */
static void add_said(const struct path_outcome *outcome, size_t i, enum outcome_part part,
                     uint32_t round, const char *const *names, struct text *text)
{
    const struct words *words = part == OUTCOME_TOLD ? &told_words : &did_words;
    const uint8_t unsaid = part == OUTCOME_TOLD ? TOLD_UNSAID : DID_UNSAID;
    const uint8_t *said = path_outcome_said(&outcome->hops[i], part, round);
    const char *before = NULL;

    for (uint32_t service = 0; service < WFP_PATH_SERVICES_MAX; service++) {
        if (said[service] == unsaid) {
            continue;
        }
        if (before == NULL) {
            text_add(text, "; %s %zu", outcome_part_name(part), i + 1);
            text_add(text, round == 0 ? ":" : ", again %u:", (unsigned)round);
            before = "";
        }
        text_add(text, "%s %s %s", before, names[service], word_text(words, said[service]));
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
        for (uint32_t round = 0; round < OUTCOME_ROUNDS; round++) {
            add_said(outcome, i, OUTCOME_TOLD, round, names, text);
        }
    }
    for (size_t i = 0; i < outcome->did_hops; i++) {
        for (uint32_t round = 0; round < OUTCOME_ROUNDS; round++) {
            add_said(outcome, i, OUTCOME_DID, round, names, text);
        }
    }
    for (size_t i = 0; i < outcome->condition_hops; i++) {
        text_add(text, "; flags %zu: ", i + 1);
        path_conditions_text(outcome->hops[i].conditions, text);
    }
}
