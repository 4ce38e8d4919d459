/* SPDX-License-Identifier: MIT */

#include "harness/backend/redirector.h"

#include <stdlib.h>

#include "harness/backend/redirector_dialogue.h"
#include "harness/pattern.h"

/* The discard port and its neighbours: nothing is sent there. */
static const struct redirector_connection connections[] = {
    [WFP_IPV4] = {WFP_IPV4, "127.0.0.1:49151", "127.0.0.1:9"},
    [WFP_IPV6] = {WFP_IPV6, "[::1]:49151", "[::1]:9"},
};
static const char *const listeners[] = {[WFP_IPV4] = "127.0.0.1:10", [WFP_IPV6] = "[::1]:10"};

struct checking {
    struct redirector *redirector;
    char trouble[REDIRECTOR_TROUBLE_MAX]; /* "": none */
    uint8_t *context;                     /* REDIRECTOR_CONTEXT_MAX bytes */
};

/* ---- questions: true if the helper did as it should ---- */

static bool redirect(struct checking *checking, enum wfp_family family, uint32_t size,
                     uint32_t *number)
{
    const struct redirector_request request = {
        .connection = connections[family],
        .handle = "self",
        .listener = listeners[family],
        .target_pid = 1234,
        .context = checking->context,
        .context_size = size,
    };

    return redirector_redirect(checking->redirector, &request, number, checking->trouble) ==
           REDIRECTOR_DONE;
}

static bool release(struct checking *checking, uint32_t number)
{
    return redirector_release(checking->redirector, number, checking->trouble) == REDIRECTOR_DONE;
}

static bool redirect_and_release(struct checking *checking, enum wfp_family family, uint32_t size)
{
    uint32_t number = 0;

    return redirect(checking, family, size, &number) && release(checking, number);
}

static bool ask_ipv4(struct checking *checking)
{
    return redirect_and_release(checking, WFP_IPV4, 32);
}

static bool ask_ipv6(struct checking *checking)
{
    return redirect_and_release(checking, WFP_IPV6, 32);
}

static bool ask_no_context(struct checking *checking)
{
    return redirect_and_release(checking, WFP_IPV4, 0);
}

static bool ask_large_context(struct checking *checking)
{
    return redirect_and_release(checking, WFP_IPV4, REDIRECTOR_CONTEXT_MAX);
}

static bool ask_two(struct checking *checking)
{
    uint32_t first = 0;
    uint32_t second = 0;

    return redirect(checking, WFP_IPV4, 32, &first) && redirect(checking, WFP_IPV4, 8, &second) &&
           release(checking, first) && release(checking, second);
}

static bool ask_state(struct checking *checking)
{
    enum wfp_redirect_state state;

    return redirector_state(checking->redirector, &connections[WFP_IPV4], "self", &state,
                            checking->trouble) == REDIRECTOR_DONE;
}

/* A refusal is the right answer. */
static bool refused(struct checking *checking, enum redirector_outcome outcome)
{
    if (outcome == REDIRECTOR_DONE) {
        (void)snprintf(checking->trouble, sizeof checking->trouble,
                       "expected ok false with an error, actual ok true");
    }
    return outcome == REDIRECTOR_REFUSED;
}

static bool ask_wrong_release(struct checking *checking)
{
    return refused(checking, redirector_release(checking->redirector, 999999, checking->trouble));
}

static bool ask_nonsense(struct checking *checking)
{
    return refused(checking, redirector_unknown(checking->redirector, checking->trouble));
}

static const struct question {
    const char *what;
    uint32_t needs; /* capabilities */
    bool (*ask)(struct checking *checking);
} questions[] = {
    {"redirects a connection over IPv4 and releases it", 0, ask_ipv4},
    {"redirects a connection over IPv6", REDIRECTOR_IPV6, ask_ipv6},
    {"takes a redirect without a context", 0, ask_no_context},
    {"takes a context of 65536 bytes", 0, ask_large_context},
    {"keeps two redirects and releases the older first", 0, ask_two},
    {"tells the redirect state of a connection", REDIRECTOR_STATES, ask_state},
    {"refuses to release what it does not know, and goes on", 0, ask_wrong_release},
    {"refuses a request of unknown kind, and goes on", 0, ask_nonsense},
    {"redirects after it has refused", 0, ask_ipv4},
};

/* ---- telling ---- */

static bool tell(FILE *out, bool well, const char *what, const char *trouble)
{
    (void)fprintf(out, "%s  %s%s%s\n", well ? "ok  " : "FAIL", what, well ? "" : ": ",
                  well ? "" : trouble);
    return well;
}

static bool ask_all(struct checking *checking, FILE *out)
{
    const uint32_t has = redirector_offered(checking->redirector)->capabilities;
    bool well = true;

    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        const struct question *question = &questions[i];

        if (checking->redirector->lost[0] != '\0') {
            (void)fprintf(out, "-     %s: not asked any more\n", question->what);
            continue;
        }

        if ((question->needs & ~has) != 0) {
            (void)fprintf(out, "-     %s: not offered\n", question->what);
            continue;
        }
        well = tell(out, question->ask(checking), question->what, checking->trouble) && well;
    }
    return well;
}

/* Every part with a helper of its own, as a helper may not be asked after its goodbye. */
static bool check_end(const char *command, bool abruptly, FILE *out)
{
    static const char *const whats[] = {"answers a goodbye and ends with code 0",
                                        "ends with code 0 when its input ends"};
    char trouble[REDIRECTOR_TROUBLE_MAX] = "";
    struct redirector *redirector = redirector_open(command, trouble);

    return tell(out, redirector != NULL && redirector_close(redirector, abruptly, trouble),
                whats[abruptly], trouble);
}

static bool check_questions(struct checking *checking, const char *command, FILE *out)
{
    char ignored[REDIRECTOR_TROUBLE_MAX];
    const struct redirector_offer *offer;
    bool well;

    checking->redirector = redirector_open(command, checking->trouble);
    if (!tell(out, checking->redirector != NULL, "starts and greets", checking->trouble)) {
        return false;
    }
    offer = redirector_offered(checking->redirector);
    (void)fprintf(out, "      %s %s\n", offer->name, offer->version);
    well = ask_all(checking, out);
    (void)redirector_close(checking->redirector, true, ignored);
    return well;
}

bool redirector_check(const char *command, FILE *out)
{
    struct checking checking = {.context = malloc(REDIRECTOR_CONTEXT_MAX)};
    bool well = checking.context != NULL;

    if (well) {
        pattern_context("self", checking.context, REDIRECTOR_CONTEXT_MAX);
        well = check_questions(&checking, command, out) && check_end(command, false, out) &&
               check_end(command, true, out);
    }
    free(checking.context);
    return well;
}
