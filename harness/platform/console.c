/* SPDX-License-Identifier: MIT */

#include "harness/platform/console.h"

#include <stdlib.h>

bool console_no_colour(void)
{
    const char *value = getenv("NO_COLOR");

    return value != NULL && value[0] != '\0';
}
