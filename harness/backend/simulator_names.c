/* SPDX-License-Identifier: MIT */

/* What a script calls by name. */

#include <string.h>

#include "harness/backend/simulator.h"

uint32_t simulator_id(const struct simulator *simulator, enum object kind, const char *name)
{
    for (size_t i = simulator->name_count; i-- > 0;) {
        const struct named *named = &simulator->names[i];

        if (named->kind == kind && strcmp(named->name, name) == 0) {
            return named->id;
        }
    }
    return 0;
}

enum wfp_status simulator_keep_name(struct simulator *simulator, enum object kind, const char *name,
                                    uint32_t id)
{
    const struct named named = {name, kind, id, WFP_IPV4};

    if (simulator->name_count == NAMES_MAX) {
        return WFP_NO_ROOM;
    }
    simulator->names[simulator->name_count++] = named;
    return WFP_OK;
}

static enum wfp_status create_handle(struct simulator *simulator, const char *name, uint32_t *id)
{
    const enum wfp_status status =
        wfp_handle_create(simulator->world, 1000 + simulator->name_count, id);

    return status != WFP_OK ? status : simulator_keep_name(simulator, OBJECT_HANDLE, name, *id);
}

/* The handle "self" comes into being when it is first used. */
enum wfp_status simulator_handle(struct simulator *simulator, const char *name, uint32_t *id)
{
    *id = simulator_id(simulator, OBJECT_HANDLE, name);
    return *id != 0 ? WFP_OK : create_handle(simulator, name, id);
}

uint32_t simulator_socket(const struct simulator *simulator, const char *name)
{
    return simulator_id(simulator, OBJECT_SOCKET, name);
}

enum wfp_family simulator_family(const struct simulator *simulator, const char *name)
{
    for (size_t i = simulator->name_count; i-- > 0;) {
        if (strcmp(simulator->names[i].name, name) == 0) {
            return simulator->names[i].family;
        }
    }
    return WFP_IPV4;
}
