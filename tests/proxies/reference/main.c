/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/proxy.h"

int main(int count, char **words)
{
    return proxy_run(&reference_steps, count, words);
}
