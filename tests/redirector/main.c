/* SPDX-License-Identifier: MIT */

/*
 * A helper that keeps to vectors/REDIRECTOR.md but redirects nothing: it has no driver. For tests
 * on Windows and Wine. `fake_redirector refuse` refuses every redirect, `die` ends at the first,
 * `silent` never answers one.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 262144 };

static char line[LINE_MAX_BYTES + 2];

static void answer(unsigned long id, const char *rest)
{
    (void)printf("{\"id\":%lu,%s}\n", id, rest);
    (void)fflush(stdout);
}

static unsigned long id_of(const char *request)
{
    const char *id = strstr(request, "\"id\":");

    return id == NULL ? 0 : strtoul(id + 5, NULL, 10);
}

static int redirects(const char *how, unsigned long id)
{
    if (strcmp(how, "die") == 0) {
        (void)printf("the driver is not loaded");
        exit(5);
    }
    if (strcmp(how, "refuse") == 0) {
        answer(id, "\"ok\":false,\"error\":\"no driver\"");
    } else if (strcmp(how, "silent") != 0) {
        answer(id, "\"ok\":true");
    }
    return 1;
}

/* False when there is nothing more to do. */
static int obey(const char *how)
{
    const unsigned long id = id_of(line);

    if (strstr(line, "\"do\":\"hello\"") != NULL) {
        answer(id, "\"ok\":true,\"protocol\":1,\"name\":\"fake\",\"version\":\"1\","
                   "\"capabilities\":[\"states\"]");
    } else if (strstr(line, "\"do\":\"redirect\"") != NULL) {
        return redirects(how, id);
    } else if (strstr(line, "\"do\":\"states\"") != NULL) {
        answer(id, "\"ok\":true,\"states\":{\"self\":\"NOT_REDIRECTED\"}");
    } else if (strstr(line, "\"redirect\":999999") != NULL ||
               strstr(line, "\"do\":\"dance\"") != NULL) {
        answer(id, "\"ok\":false,\"error\":\"unknown\"");
    } else {
        answer(id, "\"ok\":true");
    }
    return strstr(line, "\"do\":\"bye\"") == NULL;
}

int main(int count, char **arguments)
{
    const char *how = count > 1 ? arguments[1] : "";

    while (fgets(line, (int)sizeof line, stdin) != NULL && obey(how)) {
    }
    return 0;
}
