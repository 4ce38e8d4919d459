/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/plan.h"
#include "harness/platform/files.h"
#include "harness/profile.h"

/* ---- members ---- */

static void name_member(struct scenario_member *member)
{
    const struct scenario *scenario = member->scenario;
    char size[16] = "";
    char error[32] = "";

    if (member->size != 0) {
        (void)snprintf(size, sizeof size, "%lu", (unsigned long)member->size);
    }
    if (member->error != NULL) {
        (void)snprintf(error, sizeof error, "%.*s", (int)strcspn(member->error->text, "/"),
                       member->error->text);
    }
    (void)snprintf(member->name, sizeof member->name, "%s%s%s%s%s", scenario->id,
                   *size != '\0' || *error != '\0' ? "@" : "", size,
                   *size != '\0' && *error != '\0' ? "-" : "", error);
}

static bool is_wanted(const struct scenario_member *member, const char *const *patterns, bool *used,
                      size_t count)
{
    bool wanted = count == 0;

    for (size_t i = 0; i < count; i++) {
        if (glob_matches(patterns[i], member->name) ||
            glob_matches(patterns[i], member->scenario->id) ||
            strcmp(patterns[i], member->scenario->path) == 0) {
            used[i] = true;
            wanted = true;
        }
    }
    return wanted;
}

static size_t at_least_one(size_t count)
{
    return count > 0 ? count : 1;
}

static void add_members(struct scenarios *scenarios, const struct scenario *scenario,
                        const char *const *patterns, bool *used, size_t count)
{
    for (size_t s = 0; s < at_least_one(scenario->size_count); s++) {
        for (size_t e = 0; e < at_least_one(scenario->error_count); e++) {
            struct scenario_member *member = &scenarios->members[scenarios->member_count];

            member->scenario = scenario;
            member->size = scenario->size_count > 0 ? scenario->sizes[s] : 0;
            member->error = scenario->error_count > 0 ? &scenario->errors[e] : NULL;
            name_member(member);
            scenarios->member_count += is_wanted(member, patterns, used, count);
        }
    }
}

static enum status list_members(struct scenarios *scenarios, const char *const *patterns,
                                size_t count, struct complaints *complaints)
{
    enum status status = STATUS_OK;
    size_t room = 0;
    bool *used = calloc(count + 1, sizeof *used);

    for (size_t i = 0; i < scenarios->count; i++) {
        room += at_least_one(scenarios->items[i]->size_count) *
                at_least_one(scenarios->items[i]->error_count);
    }
    scenarios->members = calloc(room + 1, sizeof *scenarios->members);
    if (used == NULL || scenarios->members == NULL) {
        free(used);
        return STATUS_BROKEN;
    }
    for (size_t i = 0; i < scenarios->count; i++) {
        add_members(scenarios, scenarios->items[i], patterns, used, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!used[i]) {
            complain(complaints, "--scenario", 0, "argument",
                     "a scenario of vectors/proxy, or a pattern of some", "%s", patterns[i]);
            status = STATUS_BAD_INPUT;
        }
    }
    free(used);
    return status;
}

/* ---- loading ---- */

struct loading {
    const struct key_catalogue *keys;
    struct complaints *complaints;
    struct scenarios *scenarios;
    enum status status; /* the worst */
};

static enum status load_one(void *context, const char *path, const char *trouble)
{
    struct loading *loading = context;
    struct scenarios *scenarios = loading->scenarios;
    struct scenario **items;
    enum status status;

    if (trouble != NULL) {
        complain(loading->complaints, path, 0, "folder", "one that can be read", "%s", trouble);
        loading->status = STATUS_BAD_INPUT;
        return STATUS_OK;
    }
    items = realloc(scenarios->items, (scenarios->count + 1) * sizeof *items);
    if (items == NULL) {
        return STATUS_BROKEN;
    }
    scenarios->items = items;
    status = scenario_load(path, loading->keys, loading->complaints, &items[scenarios->count]);
    scenarios->count += status == STATUS_OK;
    loading->status = status == STATUS_BAD_INPUT ? status : loading->status;
    return status == STATUS_BROKEN ? status : STATUS_OK;
}

/* A file of the user's own among the patterns. */
static bool is_file(const char *pattern)
{
    const size_t length = strlen(pattern);

    return length > 5 && strcmp(pattern + length - 5, ".json") == 0;
}

/* They come first; the shipped ones are loaded only where a pattern is none of these. */
static enum status load_files(struct loading *loading, const char *const *patterns, size_t count,
                              size_t *files)
{
    enum status status = STATUS_OK;

    *files = 0;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        if (is_file(patterns[i])) {
            ++*files;
            status = load_one(loading, patterns[i], NULL);
        }
    }
    return status;
}

enum status scenarios_load(const char *root, const char *const *patterns, size_t count,
                           const struct key_catalogue *keys, struct complaints *complaints,
                           struct scenarios *scenarios)
{
    struct loading loading = {.keys = keys, .complaints = complaints, .scenarios = scenarios};
    char folder[4096];
    size_t files = 0;
    enum status status = load_files(&loading, patterns, count, &files);

    (void)snprintf(folder, sizeof folder, "%s/proxy", root);
    if (status == STATUS_OK && files < count + (count == 0)) {
        status = files_walk(folder, ".json", load_one, &loading);
    }
    status = status == STATUS_OK ? loading.status : status;
    return status == STATUS_OK ? list_members(scenarios, patterns, count, complaints) : status;
}

void scenarios_clear(struct scenarios *scenarios)
{
    for (size_t i = 0; i < scenarios->count; i++) {
        scenario_free(scenarios->items[i]);
    }
    free(scenarios->items);
    free(scenarios->members);
    *scenarios = (struct scenarios){0};
}

/* ---- what a member makes of things ---- */

static void apply(struct wfp_profile *profile, const struct scenario_setting *setting)
{
    profile->keys[setting->key] = (struct wfp_choice){.count = 1, .values = {setting->value}};
}

static void set_size(struct wfp_profile *profile, enum wfp_key key, uint32_t bytes)
{
    profile->keys[key] = (struct wfp_choice){.count = 1, .values = {{.number = bytes}}};
}

/* A record of one redirect is a frame and a hop with the context. */
static void resize_record(struct wfp_profile *profile, uint32_t size, uint32_t context)
{
    enum { FRAME = 64, HOP_MIN = 32 };
    const uint32_t rest = size > FRAME + context ? size - FRAME - context : 0;

    set_size(profile, WFP_KEY_RECORD_HEADER, FRAME);
    set_size(profile, WFP_KEY_RECORD_HOP, rest > HOP_MIN ? rest : HOP_MIN);
}

void scenario_profile(const struct scenario_member *member, const struct wfp_profile *base,
                      uint32_t context, struct wfp_profile *profile)
{
    const struct scenario *scenario = member->scenario;

    *profile = *base;
    for (size_t i = 0; i < scenario->setting_count; i++) {
        apply(profile, &scenario->settings[i]);
    }
    if (member->error != NULL) {
        apply(profile, member->error);
    }
    if (member->size != 0) {
        resize_record(profile, member->size, context);
    }
}

const struct scenario_scripted *scenario_answer(const struct scenario *scenario,
                                                enum scenario_call call, uint32_t nth)
{
    for (size_t i = 0; i < scenario->scripted_count; i++) {
        const struct scenario_scripted *scripted = &scenario->scripted[i];

        if (scripted->call == (int)call && nth >= scripted->from && nth <= scripted->to) {
            return scripted;
        }
    }
    return NULL;
}
