/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "harness/cli.h"
#include "harness/command.h"

int cli_proxy(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    (void)fprintf(stderr,
                  "wfpcheck proxy: this wfpcheck was built without libuv, and has no lab\n");
    return EXIT_BROKEN;
}
