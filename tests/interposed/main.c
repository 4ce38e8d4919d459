/* SPDX-License-Identifier: MIT */

/*
 * A program for the interposer to be in: does what its argument names, and prints what a program
 * sees of it. tests/python/test_interposer.py plays the lab.
 */

#include <stdio.h>
#include <string.h>

#include "tests/interposed/actions.h"

static const struct {
    const char *name;
    int (*run)(void);
} actions[] = {
    {"child", action_child},
    {"connect-by-name", action_connect_by_name},
    {"datagrams", action_datagrams},
    {"die", action_die},
    {"dial", action_dial},
    {"duplicates", action_duplicates},
    {"late-module", action_late_module},
    {"nothing", action_nothing},
    {"overlapped-query", action_overlapped_query},
    {"wait", action_wait},
};

int main(int count, char **words)
{
    WSADATA data;

    if (count != 2 || WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 2;
    }
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, words[1]) == 0) {
            return actions[i].run();
        }
    }
    (void)fprintf(stderr, "no such action: %s\n", words[1]);
    return 2;
}
