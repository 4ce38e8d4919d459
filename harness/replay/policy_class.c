/* SPDX-License-Identifier: MIT */

#include "harness/replay/policy_class.h"

#include <stdlib.h>

#include "harness/profile.h"

enum { MASKS = 1 << WFP_PATH_SERVICES_MAX };

struct policy_classes {
    const struct policy *policy;
    const struct profile *profile;
    struct wfp_limits limits; /* enough for all services together */
    void *memory;             /* of the world that plays the paths */
    struct wfp_path *path;
    size_t count;
    uint8_t numbers[SIDE_COUNT][2][2][MASKS]; /* number + 1; by UDP or TCP, IPv4 or IPv6 */
    struct policy_class items[POLICY_CLASSES_MAX];
};

/* ---- words ---- */

static const struct {
    const char *name, *text;
} fates[FATE_COUNT] = {
    [FATE_DIRECT] = {"direct", "reached directly"},
    [FATE_REDIRECTED] = {"redirected", "reached through proxies"},
    [FATE_BLOCKED] = {"blocked", "blocked"},
    [FATE_REFUSED] = {"refused", "refused"},
    [FATE_LOOP] = {"loop", "a loop, for ever"},
    [FATE_NO_ROOM] = {"no-room", "ended by a limit of the model"},
    [FATE_UNFOLLOWED] = {"not-followed", "not followed: datagrams"},
    [FATE_INCOMING] = {"incoming", "not asked about: incoming"},
    [FATE_ELSEWHERE] = {"elsewhere", "not this machine's"},
    [FATE_TOO_MANY] = {"too-many-classes", "not followed: too many classes"},
    [FATE_NOT_CLASSIFIED] = {"not-classified", "not classified: begun unseen, or by the peer"},
};

const char *policy_fate_name(enum policy_fate fate)
{
    return fates[fate].name;
}

const char *policy_fate_text(enum policy_fate fate)
{
    return fates[fate].text;
}

/* ---- beginning and end ---- */

struct policy_classes *policy_classes_open(const struct policy *policy,
                                           const struct profile *profile)
{
    struct policy_classes *classes = calloc(1, sizeof *classes);
    struct path_scene scene;

    if (classes == NULL) {
        return NULL;
    }
    classes->policy = policy;
    classes->profile = profile;
    policy_scene(policy, UINT32_MAX, &scene);
    classes->limits = wfp_path_limits(&scene.topology);
    classes->memory = malloc(wfp_world_size(&classes->limits));
    classes->path = malloc(sizeof *classes->path);
    if (classes->memory == NULL || classes->path == NULL) {
        policy_classes_close(classes);
        return NULL;
    }
    return classes;
}

void policy_classes_close(struct policy_classes *classes)
{
    if (classes != NULL) {
        free(classes->memory);
        free(classes->path);
    }
    free(classes);
}

size_t policy_class_total(const struct policy_classes *classes)
{
    return classes->count;
}

const struct policy_class *policy_class_at(const struct policy_classes *classes, size_t number)
{
    return &classes->items[number];
}

const struct policy *policy_classes_policy(const struct policy_classes *classes)
{
    return classes->policy;
}

const struct profile *policy_classes_profile(const struct policy_classes *classes)
{
    return classes->profile;
}

/* ---- the path of a class ---- */

static enum policy_fate fate_of(const struct path_outcome *outcome)
{
    switch (outcome->end) {
    case WFP_PATH_REACHED:
        return outcome->count > 2 ? FATE_REDIRECTED : FATE_DIRECT;
    case WFP_PATH_BLOCKED:
        return FATE_BLOCKED;
    case WFP_PATH_REFUSED:
        return FATE_REFUSED;
    case WFP_PATH_LOOPS:
        return FATE_LOOP;
    case WFP_PATH_UNDER_WAY:
    case WFP_PATH_NO_ROOM:
        break;
    }
    return FATE_NO_ROOM;
}

/* One class, one journey: the world is made anew for each. */
static void follow(struct policy_classes *classes, struct policy_class *class,
                   struct path_scene *scene)
{
    struct wfp_path *path = classes->path;
    struct wfp_world *world = wfp_world_init(classes->memory, &classes->limits, wfp_rules_shipped(),
                                             &classes->profile->values);

    class->fate = FATE_NO_ROOM;
    if (wfp_path_set_up(path, world, &scene->topology) != WFP_OK) {
        return;
    }
    if (wfp_path_begin(path, &scene->journey) != WFP_OK) {
        class->fate = class->protocol == PROTOCOL_UDP ? FATE_UNFOLLOWED : FATE_NO_ROOM;
        wfp_path_tear_down(path);
        return;
    }
    while (wfp_path_step(path)) {
    }
    path_outcome_of(path, &class->outcome);
    class->carries = path->hop_count > 0 && path->hops[0].accepted_record;
    class->followed = true;
    class->fate = (uint8_t)fate_of(&class->outcome);
    wfp_path_tear_down(path);
}

/* Nobody is asked, whatever the protocol. */
static void go_direct(struct policy_class *class)
{
    class->outcome.end = WFP_PATH_REACHED;
    class->outcome.count = 2;
    class->outcome.stations[0] = STATION_APPLICATION;
    class->outcome.stations[1] = STATION_DESTINATION;
    class->followed = true;
    class->fate = FATE_DIRECT;
}

static void settle(struct policy_classes *classes, struct policy_class *class)
{
    struct path_scene scene;

    if (class->side != SIDE_OUTGOING) {
        class->fate = class->side == SIDE_INCOMING ? FATE_INCOMING : FATE_ELSEWHERE;
        return;
    }
    if (class->services == 0) {
        go_direct(class);
        return;
    }
    policy_scene(classes->policy, class->services, &scene);
    scene.journey.type = class->protocol == PROTOCOL_TCP ? WFP_TCP : WFP_UDP;
    scene.journey.to = class->family == 4 ? WFP_PATH_IPV4 : WFP_PATH_IPV6;
    for (uint32_t i = 0; i < scene.topology.count; i++) {
        class->names[i] = scene.names[i];
    }
    follow(classes, class, &scene);
}

/* ---- flows ---- */

static size_t add_class(struct policy_classes *classes, const struct policy_class *wanted)
{
    const bool fits = classes->count < POLICY_CLASSES_MAX - 1;
    struct policy_class *class = &classes->items[POLICY_CLASSES_MAX - 1];

    if (!fits && class->fate == FATE_TOO_MANY) {
        return POLICY_CLASSES_MAX - 1;
    }
    class = &classes->items[classes->count++];
    *class = *wanted;
    if (fits) {
        settle(classes, class);
    } else {
        class->fate = FATE_TOO_MANY;
    }
    return (size_t)(class - classes->items);
}

uint8_t policy_class_choose(struct policy_classes *classes, const struct flow_summary *flow)
{
    const enum policy_side side = policy_side_of(classes->policy, flow);
    const struct policy_class wanted = {
        .services = side == SIDE_OUTGOING ? policy_match(classes->policy, flow) : 0,
        .family = flow->family,
        .protocol = flow->protocol,
        .side = (uint8_t)side,
    };
    uint8_t *number =
        &classes->numbers[side][flow->protocol == PROTOCOL_TCP][flow->family == 6][wanted.services];

    if (*number == 0) {
        *number = (uint8_t)(add_class(classes, &wanted) + 1);
    }
    return (uint8_t)(*number - 1);
}

enum policy_fate policy_flow_fate(const struct policy_class *class, const struct flow_summary *flow)
{
    const bool asked = class->side == SIDE_OUTGOING && class->fate != FATE_TOO_MANY;

    return asked && !flow->classified ? FATE_NOT_CLASSIFIED : (enum policy_fate) class->fate;
}

bool policy_flow_carries(const struct policy_class *class, const struct flow_summary *flow)
{
    return class->carries && flow->records != 0;
}

void policy_class_count(struct policy_classes *classes, const struct flow_summary *flow)
{
    struct policy_class *class = &classes->items[flow->class];
    const enum policy_fate fate = policy_flow_fate(class, flow);

    class->flows++;
    class->unclassified += fate == FATE_NOT_CLASSIFIED;
    class->carried += policy_flow_carries(class, flow);
    if (fate != FATE_NOT_CLASSIFIED &&
        (class->first_packet == 0 || flow->first_packet < class->first_packet)) {
        class->first_packet = flow->first_packet;
    }
}
