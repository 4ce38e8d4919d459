/* SPDX-License-Identifier: MIT */

#include "harness/replay/policy_tally.h"

#include <stdlib.h>
#include <string.h>

size_t policy_cycle(const struct path_outcome *outcome, size_t places[OUTCOME_STATIONS_MAX])
{
    const size_t count = outcome->loop_count;
    const size_t start = outcome->count - count;
    size_t lowest = 0;

    for (size_t i = 1; i < count; i++) {
        if (outcome->stations[start + i] < outcome->stations[start + lowest]) {
            lowest = i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        places[i] = start + (lowest + i) % count;
    }
    return count;
}

static void add_proxies(const struct policy_class *class, struct text *text)
{
    const char *before = "";

    for (size_t i = 1; i + 1 < class->outcome.count; i++) {
        text_add(text, "%s%s", before, path_station_name(class->names, class->outcome.stations[i]));
        before = " > ";
    }
}

/* "A > B > A": the turn closes. */
static void add_cycle(const struct policy_class *class, struct text *text)
{
    size_t places[OUTCOME_STATIONS_MAX];
    const size_t count = policy_cycle(&class->outcome, places);

    for (size_t i = 0; i <= count && count > 0; i++) {
        text_add(text, "%s%s", i == 0 ? "" : " > ",
                 path_station_name(class->names, class->outcome.stations[places[i % count]]));
    }
}

static void add_way(const struct policy_class *class, struct text *text)
{
    switch ((enum policy_fate) class->fate) {
    case FATE_REDIRECTED:
        add_proxies(class, text);
        return;
    case FATE_BLOCKED:
    case FATE_REFUSED:
        text_add(text, "by %s", path_station_name(class->names, class->outcome.by));
        return;
    case FATE_LOOP:
        add_cycle(class, text);
        return;
    default:
        return;
    }
}

static struct tally *find(struct tallies *tallies, enum policy_fate fate, const char *way)
{
    struct tally *tally = tallies->items;

    while (tally < tallies->items + tallies->count &&
           (tally->fate != fate || strcmp(text_bytes(&tally->way), way) != 0)) {
        tally++;
    }
    if (tally == tallies->items + tallies->count) {
        tallies->count++;
        tally->fate = fate;
        text_add(&tally->way, "%s", way);
    }
    return tally;
}

static void count(struct tallies *tallies, const struct policy_class *class, enum policy_fate fate,
                  uint64_t flows)
{
    struct text way = {0};
    struct tally *tally;

    if (flows == 0) {
        return;
    }
    if (fate != FATE_NOT_CLASSIFIED) {
        add_way(class, &way);
    }
    tally = find(tallies, fate, text_bytes(&way));
    tally->flows[class->protocol == PROTOCOL_UDP] += flows;
    if (tally->first_packet == 0 || class->first_packet < tally->first_packet) {
        tally->first_packet = class->first_packet;
    }
    text_clear(&way);
}

static int compare(const void *left, const void *right)
{
    const struct tally *a = left;
    const struct tally *b = right;
    const uint64_t a_flows = a->flows[0] + a->flows[1];
    const uint64_t b_flows = b->flows[0] + b->flows[1];

    if (a->fate != b->fate) {
        return a->fate < b->fate ? -1 : 1;
    }
    if (a_flows != b_flows) {
        return a_flows > b_flows ? -1 : 1;
    }
    return strcmp(text_bytes(&a->way), text_bytes(&b->way));
}

struct tallies *policy_tallies(const struct policy_classes *classes)
{
    struct tallies *tallies = calloc(1, sizeof *tallies);

    for (size_t i = 0; i < policy_class_total(classes) && tallies != NULL; i++) {
        const struct policy_class *class = policy_class_at(classes, i);

        count(tallies, class, (enum policy_fate) class->fate, class->flows - class->unclassified);
        count(tallies, class, FATE_NOT_CLASSIFIED, class->unclassified);
    }
    if (tallies != NULL) {
        qsort(tallies->items, tallies->count, sizeof tallies->items[0], compare);
    }
    return tallies;
}

void policy_tallies_free(struct tallies *tallies)
{
    for (size_t i = 0; tallies != NULL && i < tallies->count; i++) {
        text_clear(&tallies->items[i].way);
    }
    free(tallies);
}
