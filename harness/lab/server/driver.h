/* SPDX-License-Identifier: MIT */

/* What a proxy's own driver would know of its clients, for what stands in for it. */

#ifndef HARNESS_LAB_SERVER_DRIVER_H
#define HARNESS_LAB_SERVER_DRIVER_H

#include <stddef.h>

#include "harness/lab/context/recipe.h"

struct client;

/* The redirected clients that the program has accepted since it began, in their order. */
struct driver {
    size_t count;
    struct recipe_facts *accepted;
};

/* The program accepts the connection of this client. */
void driver_accepted(struct driver *driver, const struct client *client);
void driver_clear(struct driver *driver);

#endif
