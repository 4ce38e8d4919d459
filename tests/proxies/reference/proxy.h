/* SPDX-License-Identifier: MIT */

/* A transparent proxy for redirected connections and datagrams, from its command line on. */

#ifndef TESTS_PROXIES_REFERENCE_PROXY_H
#define TESTS_PROXIES_REFERENCE_PROXY_H

#include "tests/proxies/reference/steps.h"

/*
 * Takes any number of `--listen HOST:PORT` for TCP and `--udp HOST:PORT`, IPv6 hosts in brackets.
 * Runs until it is ended; an exit code where it cannot.
 */
int proxy_run(const struct steps *steps, int count, char **words);

#endif
