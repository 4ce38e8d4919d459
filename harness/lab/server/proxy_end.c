/* SPDX-License-Identifier: MIT */

/* How a program ended, by what its launcher said before it went. */

#include <stdio.h>

#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

#define FIRST_EXCEPTION 0x80000000u /* of the exit codes that are a status of Windows */
#define LAST_EXCEPTION 0xFFFFFF00u  /* above are small negative numbers, as of exit(-1) */

static bool is_exception(uint32_t code)
{
    return code >= FIRST_EXCEPTION && code <= LAST_EXCEPTION;
}

/*
 * Whoever calls exit() while another thread does may never come to say so: the code tells. That of
 * a program which was killed is 0 under Wine, and nobody meant it.
 */
static enum event_end how_it_ended(const struct proxy *proxy)
{
    if (proxy->stopping && !proxy->gone) {
        return EVENT_END_RESET;
    }
    if (proxy->main != NULL && proxy->main->said_exit) {
        return EVENT_END_CLOSED;
    }
    if (proxy->word != PROXY_SAID_ENDED || proxy->exit_code == 0) {
        return EVENT_END_KILLED;
    }
    return is_exception(proxy->exit_code) ? EVENT_END_DIED : EVENT_END_CLOSED;
}

/* The end of one that has passed on has been told. */
static void tell_end(struct proxy *proxy)
{
    const enum event_end how = how_it_ended(proxy);
    struct event event = {.kind = EVENT_PROCESS_END};

    if (proxy->main != NULL && proxy->main->passed_on) {
        return;
    }
    event_set_number(&event, FIELD_PROCESS, proxy->main == NULL ? 0 : proxy->main->number);
    event_set_number(&event, FIELD_HOW, how);
    if (proxy->word == PROXY_SAID_ENDED && how != EVENT_END_KILLED) {
        event_set_number(&event, FIELD_EXIT_CODE, proxy->exit_code);
    }
    lab_tell(proxy->lab, &event);
}

/* By itself a launcher says how the program ended, or why it never ran. */
static void tell_taken_away(struct proxy *proxy)
{
    static const char launcher[] = "wfpcheck-launch, which held the program,";
    char text[256];

    if (proxy->launcher_signal != 0) {
        (void)snprintf(text, sizeof text, "%s was killed by signal %d", launcher,
                       proxy->launcher_signal);
    } else if (proxy->group != 0) {
        proxy->wine_gone = true;
        (void)snprintf(text, sizeof text,
                       "Wine's server ended, as far as the lab can tell: %s went without a word "
                       "about how it fared",
                       launcher);
    } else {
        (void)snprintf(text, sizeof text, "%s was ended from outside with exit code %lld", launcher,
                       (long long)proxy->launcher_code);
    }
    lab_break(proxy->lab, text);
}

/* Where the launcher never began, Wine did not start, and has said why. */
static bool was_taken_away(const struct proxy *proxy)
{
    return !proxy->stopping && (proxy->word == PROXY_SAID_BEGINS ||
                                (proxy->word == PROXY_SAID_NOTHING && proxy->launcher_signal != 0));
}

static void conclude(struct proxy *proxy)
{
    proxy->ended = true;
    if (was_taken_away(proxy)) {
        tell_taken_away(proxy);
    } else {
        tell_end(proxy);
    }
    proxy_close_handle(proxy, (uv_handle_t *)&proxy->tick);
}

void proxy_launcher_ended(uv_process_t *launcher, int64_t code, int signal)
{
    struct proxy *proxy = launcher->data;

    proxy->launcher_gone = true;
    proxy->launcher_code = code;
    proxy->launcher_signal = signal;
    if (proxy->word > PROXY_SAID_BEGINS) {
        conclude(proxy);
    }
    proxy_close_handle(proxy, (uv_handle_t *)launcher);
}

/* Its last word can be on its way. Between two ticks the loop looks at all that has come. */
void proxy_launcher_missed(struct proxy *proxy)
{
    enum { LAST_LOOK = 2 };

    if (!proxy->ended && ++proxy->looks == LAST_LOOK) {
        conclude(proxy);
    }
}
