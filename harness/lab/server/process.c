/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/process.h"

#include <stdlib.h>

#include <wfp/datagram.h>

#include "harness/lab/server/lab.h"

/* ---- processes ---- */

struct process *process_add(struct lab *lab, struct proxy *proxy)
{
    struct process **processes =
        realloc(lab->processes, (lab->process_count + 1) * sizeof *processes);
    struct process *process = calloc(1, sizeof *process);

    lab->processes = processes != NULL ? processes : lab->processes;
    if (processes == NULL || process == NULL) {
        free(process);
        return NULL;
    }
    process->lab = lab;
    process->proxy = proxy;
    processes[lab->process_count++] = process;
    process->number = (uint32_t)lab->process_count;
    return process;
}

void processes_free(struct lab *lab)
{
    for (size_t i = 0; i < lab->process_count; i++) {
        struct process *process = lab->processes[i];

        for (uint32_t s = 0; s < process->room; s++) {
            free(process->sockets[s]);
        }
        free(process->sockets);
        free(process);
    }
    free(lab->processes);
    lab->processes = NULL;
    lab->process_count = 0;
}

/* ---- sockets ---- */

struct socket *process_socket(const struct process *process, uint64_t number)
{
    return number < process->room ? process->sockets[number] : NULL;
}

static bool make_room(struct process *process, uint32_t number)
{
    uint32_t room = process->room == 0 ? 64 : process->room;
    struct socket **sockets;

    while (room <= number) {
        room *= 2;
    }
    if (room == process->room) {
        return true;
    }
    sockets = realloc(process->sockets, room * sizeof *sockets);
    if (sockets == NULL) {
        return false;
    }
    for (uint32_t i = process->room; i < room; i++) {
        sockets[i] = NULL;
    }
    process->sockets = sockets;
    process->room = room;
    return true;
}

struct socket *process_socket_add(struct process *process, uint64_t number)
{
    struct socket *socket = process_socket(process, number);

    if (socket != NULL) {
        return socket;
    }
    if (number == 0 || number >= PROCESS_SOCKETS_MAX || !make_room(process, (uint32_t)number)) {
        return NULL;
    }
    socket = calloc(1, sizeof *socket);
    if (socket != NULL) {
        socket->number = (uint32_t)number;
        socket->process = process;
        process->sockets[number] = socket;
    }
    return socket;
}

static bool is_in_world(const struct socket *socket)
{
    const struct model *model = &socket->process->lab->model;

    return model->world != NULL && socket->generation == model->generation;
}

void process_socket_close(struct process *process, uint64_t number)
{
    struct socket *socket = process_socket(process, number);

    if (socket == NULL) {
        return;
    }
    if (is_in_world(socket) && socket->world != WFP_INVALID_SOCKET) {
        (void)wfp_socket_close(process->lab->model.world, socket->world);
    }
    if (socket->scenario != 0 && socket->scenario == process->lab->scenario_number) {
        process->lab->sockets_open--;
    }
    process->sockets[number] = NULL;
    free(socket);
}

void socket_count(struct socket *socket)
{
    struct lab *lab = socket->process->lab;

    if (socket->scenario != lab->scenario_number) {
        socket->scenario = lab->scenario_number;
        lab->sockets_open++;
    }
}

/* ---- in the model ---- */

/* What the socket had been through before this world began. */
static void repeat(struct model *model, const struct socket *socket)
{
    if (socket->bound) {
        (void)wfp_socket_bind(model->world, socket->world, &socket->local);
    }
    if (socket->listening) {
        (void)wfp_socket_listen(model->world, socket->world);
    }
    for (size_t i = 0; i < socket->option_count; i++) {
        uint32_t value = socket->options[i].value;
        const struct wfp_option call = {
            .socket = socket->world,
            .level = socket->options[i].level,
            .name = socket->options[i].name,
            .value = {(uint8_t *)&value, sizeof value, WFP_POINTER_HEAP}};
        struct wfp_reply reply;

        (void)wfp_option_set(model->world, &call, &reply);
    }
}

uint32_t socket_world(struct socket *socket)
{
    struct model *model = &socket->process->lab->model;

    if (model->world == NULL) {
        return WFP_INVALID_SOCKET;
    }
    if (!is_in_world(socket)) {
        socket->generation = model->generation;
        socket->door = 0;
        socket->world = model_socket(model, socket->family, socket->type, true,
                                     socket->process->system_process);
        repeat(model, socket);
    }
    return socket->world;
}
