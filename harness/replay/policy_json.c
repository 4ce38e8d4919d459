/* SPDX-License-Identifier: MIT */

#include "harness/profile.h"
#include "harness/reader.h"
#include "harness/replay/policy_report.h"
#include "harness/replay/policy_tally.h"

static void set_text(json_t *object, const char *name, const char *text)
{
    (void)json_object_set_new(object, name, json_string(text));
}

static void set_list(json_t *object, const char *name, json_t *list)
{
    if (json_array_size(list) > 0) {
        (void)json_object_set_new(object, name, list);
        return;
    }
    json_decref(list);
}

/* ---- one path ---- */

static json_t *station_list(const struct policy_class *class, size_t first)
{
    json_t *list = json_array();

    for (size_t i = first; i < class->outcome.count; i++) {
        const char *name = path_station_name(class->names, class->outcome.stations[i]);

        (void)json_array_append_new(list, json_string(name));
    }
    return list;
}

static json_t *said_list(const struct policy_class *class, bool told)
{
    const struct words *words = told ? &told_words : &did_words;
    json_t *list = json_array();

    for (size_t hop = 0; hop < class->outcome.told_hops; hop++) {
        const struct outcome_hop *made = &class->outcome.hops[hop];
        json_t *object = json_object();

        for (uint32_t i = 0; i < WFP_PATH_SERVICES_MAX && class->names[i] != NULL; i++) {
            set_text(object, class->names[i],
                     word_text(words, told ? made->told[i] : made->did[i]));
        }
        (void)json_array_append_new(list, object);
    }
    return list;
}

json_t *policy_outcome_json(const struct policy_class *class)
{
    const struct path_outcome *outcome = &class->outcome;
    json_t *object = json_object();

    (void)json_object_set_new(object, "path", station_list(class, 0));
    set_text(object, "end", word_text(&path_end_words, (int)outcome->end));
    if (outcome->by != 0) {
        set_text(object, "ended-by", path_station_name(class->names, outcome->by));
    }
    if (outcome->loop_count > 0) {
        set_list(object, "loop", station_list(class, outcome->count - outcome->loop_count));
    }
    set_list(object, "told", said_list(class, true));
    set_list(object, "did", said_list(class, false));
    return object;
}

/* ---- one flow ---- */

json_t *policy_flow_json(const struct replay_report *report, const struct flow_summary *flow)
{
    const struct policy_class *class = policy_class_at(report->classes, flow->class);
    const enum policy_fate fate = policy_flow_fate(class, flow);
    json_t *object =
        class->followed && fate != FATE_NOT_CLASSIFIED ? policy_outcome_json(class) : json_object();
    char id[FLOW_ID_MAX];

    (void)json_object_set_new(object, "class", json_integer(flow->class));
    set_text(object, "fate", policy_fate_name(fate));
    if (policy_flow_carries(class, flow)) {
        replay_flow_id(report, flow->first_packet, id);
        (void)json_object_set_new(object, "carried_by", json_pack("[s]", id));
    }
    return object;
}

/* ---- all of them ---- */

static json_t *class_json(const struct replay_report *report, size_t number)
{
    const struct policy_class *class = policy_class_at(report->classes, number);
    const struct policy *policy = policy_classes_policy(report->classes);
    json_t *asked = json_array();

    for (uint32_t i = 0; i < policy->rows.count; i++) {
        if ((class->services >> i & 1) != 0) {
            (void)json_array_append_new(asked, json_string(policy->rows.services[i].name));
        }
    }
    return json_pack("{s:i, s:s, s:i, s:o, s:s, s:I, s:I}", "class", (int)number, "protocol",
                     class->protocol == PROTOCOL_TCP ? "tcp" : "udp", "family", (int)class->family,
                     "asked", asked, "fate", policy_fate_name((enum policy_fate) class->fate),
                     "flows", (json_int_t) class->flows, "not_classified",
                     (json_int_t) class->unclassified);
}

static json_t *tally_json(const struct tally *tally)
{
    json_t *object = json_pack("{s:s, s:I, s:I}", "fate", policy_fate_name(tally->fate), "tcp",
                               (json_int_t)tally->flows[0], "udp", (json_int_t)tally->flows[1]);

    if (tally->way.length > 0) {
        set_text(object, "way", text_bytes(&tally->way));
    }
    return object;
}

json_t *policy_summary_json(const struct replay_report *report)
{
    struct tallies *tallies = policy_tallies(report->classes);
    json_t *object = json_object();
    json_t *classes = json_array();
    json_t *fates = json_array();

    set_text(object, "profile", policy_classes_profile(report->classes)->name);
    for (size_t i = 0; i < policy_class_total(report->classes); i++) {
        (void)json_array_append_new(classes, class_json(report, i));
    }
    for (size_t i = 0; tallies != NULL && i < tallies->count; i++) {
        (void)json_array_append_new(fates, tally_json(&tallies->items[i]));
    }
    (void)json_object_set_new(object, "classes", classes);
    (void)json_object_set_new(object, "fates", fates);
    policy_tallies_free(tallies);
    return object;
}
