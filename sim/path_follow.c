/* SPDX-License-Identifier: MIT */

/* What happened elsewhere, call by call, and who looks on. */

#include "sim/path.h"

#include <string.h>

void wfp_path_follow(struct wfp_path *path, const struct wfp_path_call *calls, uint32_t count)
{
    path->trace = calls;
    path->trace_count = calls == NULL ? 0 : count;
    path->followed_count = 0;
    path->strayed = false;
}

bool path_trace_ended(const struct wfp_path *path)
{
    return path->trace == NULL || path->followed_count == path->trace_count;
}

const struct wfp_path_call *path_trace_next(const struct wfp_path *path)
{
    return path_trace_ended(path) ? NULL : &path->trace[path->followed_count];
}

/* Once and for all: not every party gives up when a call of its own fails. */
enum wfp_status path_stray(struct wfp_path *path, const struct path_call *wanted)
{
    if (path->strayed) {
        return WFP_BAD_STATE;
    }
    path->strayed = true;
    path->wanted = (struct wfp_path_call){.hop = path->hop_count,
                                          .party = wanted->party,
                                          .name = wanted->name,
                                          .about = wanted->about,
                                          .asked = wanted->asked};
    return WFP_BAD_STATE;
}

enum wfp_status path_take(struct wfp_path *path, const struct path_call *call,
                          const struct wfp_answer **answer)
{
    const struct wfp_path_call *next;

    *answer = NULL;
    if (path->trace == NULL) {
        return WFP_OK;
    }
    next = path_trace_next(path);
    if (path->strayed || next == NULL || next->hop != path->hop_count ||
        next->party != call->party || strcmp(next->name, call->name) != 0) {
        return path_stray(path, call);
    }
    path->followed_count++;
    *answer = &next->reply.answer;
    return WFP_OK;
}

void path_report(struct wfp_path *path, const struct path_call *call,
                 const struct wfp_answer_set *allowed, const struct wfp_reply *reply)
{
    static const struct wfp_reply none = {.rule = NULL};

    if (path->observer != NULL) {
        path->observer(path->observer_context,
                       &(struct wfp_path_call){.hop = path->hop_count,
                                               .party = call->party,
                                               .name = call->name,
                                               .about = call->about,
                                               .asked = call->asked,
                                               .with = call->with,
                                               .rights = call->rights,
                                               .reply = reply == NULL ? none : *reply,
                                               .allowed = allowed});
    }
}
