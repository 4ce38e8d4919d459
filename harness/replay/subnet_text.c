/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "harness/replay/address.h"
#include "harness/replay/subnet.h"

void subnet_text(const struct subnet *subnet, char text[SUBNET_TEXT_MAX])
{
    char address[ADDRESS_TEXT_MAX];

    address_text(subnet->words, subnet->family, address);
    (void)snprintf(text, SUBNET_TEXT_MAX, "%s/%u", address, (unsigned)subnet->bits);
}
