/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "harness/backend/winsock_worker.h"
#include "harness/cli.h"
#include "harness/command.h"
#include "harness/platform/console.h"
#include "harness/text.h"

struct entry {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct entry entries[] = {
    {"run", "run vectors and judge every answer", cli_run},
    {"list", "list vectors", cli_list},
    {"show", "show one vector as a script", cli_show},
    {"explain", "tell what is known about a clause, a contradiction or an unknown", cli_explain},
    {"coverage", "tell which clauses and rules the vectors cover", cli_coverage},
    {"rules", "print the model's table of rules", cli_rules},
    {"lint", "check vectors without running them", cli_lint},
    {"record", "play vectors and record every answer", cli_record},
    {"judge", "judge a recording by the model", cli_judge},
    {"diff", "tell what two recordings answer differently", cli_diff},
    {"replay", "tell the flows of captured traffic and which packets would carry records",
     cli_replay},
    {"proxy", "put a Windows proxy program under test", cli_proxy},
    {"serve", "answer requests in JSON lines on standard input and output", cli_serve},
    {"bench", "measure the model, the runner and serve", cli_bench},
};

enum { ENTRY_COUNT = sizeof entries / sizeof entries[0] };

static void print_help(FILE *out)
{
    (void)fprintf(out, "usage: wfpcheck COMMAND [ARGUMENT...]\n\n"
                       "Conformance tests for the connection-redirect records of the Windows "
                       "Filtering Platform.\n\n");
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        (void)fprintf(out, "  %-10s %s\n", entries[i].name, entries[i].summary);
    }
    (void)fprintf(out,
                  "\nwfpcheck COMMAND --help tells more. wfpcheck --version tells the version.\n"
                  "Exit codes: 0 all well, 1 verdicts that fail the run, 2 wrong usage or "
                  "unreadable input, 3 harness or set-up broken.\n");
}

static int unknown_command(const char *name)
{
    struct nearest nearest = {.word = name};

    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        nearest_offer(&nearest, entries[i].name);
    }
    (void)fprintf(stderr, "wfpcheck: unknown command \"%s\"", name);
    if (nearest.name != NULL) {
        (void)fprintf(stderr, "; is \"%s\" meant?", nearest.name);
    }
    (void)fprintf(stderr, "%s See wfpcheck --help.\n", nearest.name == NULL ? "." : "");
    return EXIT_USAGE;
}

/* The worker of the Winsock backend is this program again; no command for people. */
static int dispatch(int argc, char **argv)
{
    if (strcmp(argv[1], "winsock-worker") == 0) {
        return winsock_worker();
    }
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (strcmp(entries[i].name, argv[1]) == 0) {
            return entries[i].run(argc - 2, argv + 2);
        }
    }
    return unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
    console_binary_standard_streams();
    if (!program_arguments(&argc, &argv)) {
        (void)fprintf(stderr, "wfpcheck: no memory for the command line\n");
        return EXIT_BROKEN;
    }
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return EXIT_WELL;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("wfpcheck %s\n", WFPCHECK_VERSION);
        return EXIT_WELL;
    }
    return dispatch(argc, argv);
}
