/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include <wfp/sim.h>

int main(void)
{
    printf("query records is control code 0x%08lx\n", (unsigned long)WFP_SIO_QUERY_RECORDS);
    return 0;
}
