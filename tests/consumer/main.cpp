// SPDX-License-Identifier: MIT

#include <cstdio>

#include <wfp/sim.h>

int main()
{
    std::printf("query records is control code 0x%08lx\n",
                static_cast<unsigned long>(WFP_SIO_QUERY_RECORDS));
    return 0;
}
