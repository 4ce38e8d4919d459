/* SPDX-License-Identifier: MIT */

#include "harness/cli_replay_policy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"

static enum status refuse(struct complaints *complaints, const char *option, const char *expected,
                          const char *actual)
{
    complain(complaints, "wfpcheck replay", 0, option, expected, "%s", actual);
    return STATUS_BAD_INPUT;
}

static enum status check(const struct policy_wishes *wishes, struct complaints *complaints)
{
    if (wishes->policy == NULL && wishes->folder != NULL) {
        return refuse(complaints, "--emit-vectors", "--policy beside it", "none");
    }
    if (wishes->policy == NULL && wishes->profile != NULL) {
        return refuse(complaints, "--profile", "--policy beside it", "none");
    }
    if (wishes->folder == NULL && wishes->glob != NULL) {
        return refuse(complaints, "--emit-flows", "--emit-vectors beside it", "none");
    }
    if (wishes->folder != NULL && !files_make_directory(wishes->folder)) {
        return refuse(complaints, "--emit-vectors", "a folder, or a name for one", wishes->folder);
    }
    for (size_t i = 0; wishes->folder != NULL && i < wishes->capture_count; i++) {
        if (strcmp(wishes->captures[i], "-") == 0) {
            return refuse(complaints, "--emit-vectors",
                          "captures that are files: they are read again for their hash",
                          "standard input");
        }
    }
    return STATUS_OK;
}

static enum status open_profile(const char *name, struct complaints *complaints,
                                struct replay_policy *with)
{
    enum status status;

    with->session = calloc(1, sizeof *with->session);
    if (with->session == NULL) {
        return STATUS_BROKEN;
    }
    status = session_open(with->session);
    if (status == STATUS_OK && name != NULL && strcmp(name, "all") == 0) {
        return refuse(complaints, "--profile", "one profile", name);
    }
    if (status == STATUS_OK) {
        status = session_profile(with->session, name == NULL ? "observed" : name) == NULL
                     ? STATUS_BAD_INPUT
                     : STATUS_OK;
    }
    session_complain(with->session);
    return status;
}

static enum status open_picks(const struct policy_wishes *wishes, struct replay_policy *with)
{
    if (wishes->folder == NULL) {
        return STATUS_OK;
    }
    with->picks = calloc(1, sizeof *with->picks);
    if (with->picks == NULL) {
        return STATUS_BROKEN;
    }
    with->picks->folder = wishes->folder;
    with->picks->glob = wishes->glob;
    with->picks->max = wishes->max;
    return STATUS_OK;
}

enum status replay_policy_open(const struct policy_wishes *wishes, struct complaints *complaints,
                               struct replay_policy *with)
{
    enum status status = check(wishes, complaints);

    if (status != STATUS_OK || wishes->policy == NULL) {
        return status;
    }
    status = policy_load(wishes->policy, complaints, &with->policy);
    if (status == STATUS_OK) {
        status = open_profile(wishes->profile, complaints, with);
    }
    if (status == STATUS_OK) {
        status = open_picks(wishes, with);
    }
    if (status == STATUS_OK) {
        with->classes = policy_classes_open(with->policy, with->session->profiles[0]);
        status = with->classes == NULL ? STATUS_BROKEN : STATUS_OK;
    }
    return status;
}

void replay_policy_close(struct replay_policy *with)
{
    policy_classes_close(with->classes);
    policy_free(with->policy);
    if (with->session != NULL) {
        session_close(with->session);
    }
    free(with->session);
    free(with->picks);
}

enum status replay_policy_finish(const struct replay_policy *with,
                                 const struct replay_report *report, struct complaints *complaints)
{
    const struct vector_picks *picks = with->picks;
    enum status status;

    if (picks == NULL) {
        return STATUS_OK;
    }
    status = vectors_write(picks, report, complaints);
    if (status == STATUS_OK) {
        (void)fprintf(stderr,
                      "wfpcheck replay: %zu vector%s written to %s; they hold for the profile %s\n",
                      picks->count, picks->count == 1 ? "" : "s", picks->folder,
                      with->session->profiles[0]->name);
    }
    if (picks->unfit > 0) {
        (void)fprintf(stderr,
                      "wfpcheck replay: %" PRIu64 " flow%s left out: none that is seen "
                      "from its beginning and about which a service is asked\n",
                      picks->unfit, picks->unfit == 1 ? "" : "s");
    }
    if (picks->beyond > 0) {
        (void)fprintf(stderr, "wfpcheck replay: %" PRIu64 " more are beyond --emit-max %zu\n",
                      picks->beyond, picks->max);
    }
    return status;
}
