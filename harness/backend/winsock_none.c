/* SPDX-License-Identifier: MIT */

/* Only Windows has a Winsock; under Wine the program for Windows has Wine's. */

#include <stdio.h>

#include "harness/backend.h"
#include "harness/backend/winsock_worker.h"

static const char why[] = "the winsock backend needs Windows or Wine; this program is for neither";

enum status backend_winsock_open(const char *redirector, struct backend *backend, char *trouble)
{
    (void)redirector;
    (void)backend;
    (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "%s", why);
    return STATUS_BROKEN;
}

int winsock_worker(void)
{
    (void)fprintf(stderr, "wfpcheck: %s\n", why);
    return STATUS_BROKEN;
}
