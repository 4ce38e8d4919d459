/* SPDX-License-Identifier: MIT */

/*
 * The context is private to a callout driver and its proxy (CTX-12). This one is what the driver of
 * this proxy, if there were one, would attach; tests/proxies/recipe.json tells the lab the same.
 */

#ifndef TESTS_PROXIES_REFERENCE_CONTEXT_H
#define TESTS_PROXIES_REFERENCE_CONTEXT_H

#include "tests/proxies/reference/steps.h"

struct context {
    char magic[4]; /* CONTEXT_MAGIC */
    UINT32 size;   /* of the whole */
    SOCKADDR_STORAGE destination;
};

#define CONTEXT_MAGIC "WPX1"

bool context_read(const unsigned char *bytes, DWORD size, struct sockaddr_storage *destination);
/* Bytes of an address of that family as Winsock's calls want it, or 0. */
int address_size(const struct sockaddr_storage *address);
bool address_same(const struct sockaddr_storage *one, const struct sockaddr_storage *other);

#endif
