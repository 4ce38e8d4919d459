/* SPDX-License-Identifier: MIT */

/* Prints how many bytes the world's block has, for -DWORLD_BYTES. */

#include <stdio.h>

#include "tests/model/journey.h"

int main(void)
{
    return printf("%u\n", (unsigned)journey_world_bytes()) < 0;
}
