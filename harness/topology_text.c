/* SPDX-License-Identifier: MIT */

#include "harness/reader.h"
#include "harness/topology.h"

static void add_word(struct text *text, const char *name, const struct words *words, int value,
                     int usual)
{
    if (value != usual) {
        text_add(text, " %s=%s", name, word_text(words, value));
    }
}

static void add_flag(struct text *text, const char *name, bool value)
{
    text_add(text, "%s%s", value ? " " : "", value ? name : "");
}

static void add_number(struct text *text, const char *name, uint32_t value, uint32_t usual)
{
    if (value != usual) {
        text_add(text, " %s=%lu", name, (unsigned long)value);
    }
}

static void add_deeds(struct text *text, const char *prefix, const uint8_t deeds[4],
                      const uint8_t usual[4])
{
    for (int state = 0; state < 4; state++) {
        if (deeds[state] != usual[state]) {
            text_add(text, " %s%s=%s", prefix, word_text(&redirect_state_words, state),
                     word_text(&deed_words, deeds[state]));
        }
    }
}

void topology_service_text(const struct wfp_path_service *service, const char *name,
                           struct text *text)
{
    struct wfp_path_service usual;
    const struct wfp_policy *policy = &service->policy;

    wfp_path_service_recommended(&usual, 1, 0);
    text_add(text, "%-3s sublayer=%lu weight=%lu propagates=%s", name,
             (unsigned long)service->sublayer, (unsigned long)service->weight,
             word_text(&propagation_words, service->propagation));
    add_word(text, "families", &families_words, service->families, usual.families);
    add_word(text, "handle", &handle_words, service->handle, usual.handle);
    add_word(text, "dials", &form_words, service->outgoing, usual.outgoing);
    add_word(text, "refuses", &flag_words, service->refuses, usual.refuses);
    add_word(text, "chain", &chain_words, (int)policy->chain, (int)usual.policy.chain);
    add_deeds(text, "", policy->deeds, usual.policy.deeds);
    add_deeds(text, "at-auth-connect.", policy->at_auth_connect, usual.policy.at_auth_connect);
    add_flag(text, "keeps-right", policy->keeps_right);
    add_flag(text, "without-right", policy->without_right);
    add_flag(text, "without-query", policy->without_query);
    add_flag(text, "when-reauthorizing", policy->when_reauthorizing);
    add_number(text, "context", policy->context_size, usual.policy.context_size);
    add_number(text, "cap", policy->cap, usual.policy.cap);
}

void topology_text(const struct path_scene *scene, int indent, struct text *text)
{
    for (uint32_t i = 0; i < scene->topology.count; i++) {
        text_add(text, "%*s", indent, "");
        topology_service_text(&scene->topology.services[i], scene->names[i], text);
        text_add(text, "\n");
    }
    text_add(text, "%*sapp dials=%s", indent, "",
             word_text(&journey_form_words, (int)scene->journey.to));
    add_word(text, "protocol", &protocol_words, (int)scene->journey.type, WFP_TCP);
    add_number(text, "reauthorizations", scene->journey.reauthorizations, 0);
    text_add(text, "\n");
}
