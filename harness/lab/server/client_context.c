/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/lab/context/recipe.h"
#include "harness/lab/server/client.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

enum { FIRST_PROCESS = 4000, IPPROTO_OF_TCP = 6, IPPROTO_OF_UDP = 17 };

static const char client_image[] = "C:\\Program Files\\Client\\client.exe";

struct recipe_facts client_facts(const struct client *client, const struct proxy *proxy)
{
    const bool udp = client->group->type == WFP_UDP;

    return (struct recipe_facts){
        .destination = client->destination,
        .source = client->source,
        .protocol = udp ? IPPROTO_OF_UDP : IPPROTO_OF_TCP,
        .process = FIRST_PROCESS + client->number,
        .proxy = proxy->main == NULL ? 1 : proxy->main->system_process,
        .interface_index = 1,
        .time = CLIENT_TIME + client->number,
        .connection = client->number,
        .image = client_image,
    };
}

size_t client_context(const struct client *client, const struct proxy *proxy, const uint8_t **bytes)
{
    uint8_t *out = client->lab->contexts[proxy->number - 1];
    struct recipe_facts facts = client_facts(client, proxy);
    const int spoilt = client->lab->member->scenario->context;
    size_t size = 0;

    *bytes = out;
    if (spoilt == SCENARIO_EMPTY ||
        !recipe_build(proxy->program->recipe, &facts, out, RECIPE_SIZE_MAX, &size)) {
        return 0;
    }
    if (spoilt == SCENARIO_GARBAGE) {
        memset(out, 0xFF, size);
    }
    return spoilt == SCENARIO_SHORT && size > 0 ? size - 1 : size;
}

uint32_t client_context_max(struct lab *lab)
{
    static const struct scenario_group group = {.type = WFP_TCP};
    struct client client = {.lab = lab, .group = &group, .number = 1};
    uint32_t max = 0;

    for (size_t i = 0; i < lab->proxy_count; i++) {
        for (int family = WFP_IPV4; family <= WFP_IPV6; family++) {
            const struct proxy *proxy = lab->proxies[i];
            struct recipe_facts facts;
            size_t size = 0;

            client.destination = endpoint_destination((enum wfp_family)family, 1);
            client.source = endpoint_loopback((enum wfp_family)family, 1);
            facts = client_facts(&client, proxy);
            if (recipe_build(proxy->program->recipe, &facts, client.lab->contexts[i],
                             RECIPE_SIZE_MAX, &size) &&
                size > max) {
                max = (uint32_t)size;
            }
        }
    }
    return max;
}
