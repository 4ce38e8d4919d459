// SPDX-License-Identifier: MIT

// The same as main.c for those who write C++: the header must serve them as well.

#include <cstdint>
#include <iostream>
#include <vector>

#include <wfp/sim.h>

namespace
{

const std::uint8_t context[] = {203, 0, 113, 10, 1, 187};

struct failure {
    const char *what;
};

void demand(wfp_status status, const char *what)
{
    if (status != WFP_OK) {
        throw failure{what};
    }
}

// A client's connection, redirected to a listener and accepted there.
std::uint32_t redirect_one(wfp_world *world)
{
    wfp_redirect redirect = {};
    wfp_connect what = {};
    wfp_reply reply = {};
    std::uint32_t client = WFP_INVALID_SOCKET;
    std::uint32_t accepted = WFP_INVALID_SOCKET;

    demand(wfp_handle_create(world, 1, &redirect.handle), "handle");
    redirect.target_pid = 1234;
    redirect.context = context;
    redirect.context_size = sizeof context;
    demand(wfp_socket_open(world, WFP_IPV6, WFP_TCP, true, &what.listener), "listener");
    demand(wfp_socket_bind(world, what.listener, nullptr), "bind");
    demand(wfp_socket_listen(world, what.listener), "listen");
    demand(wfp_socket_open(world, WFP_IPV6, WFP_TCP, true, &client), "client");
    what.redirect = &redirect;
    demand(wfp_socket_connect(world, client, &what, &reply), "connect");
    demand(wfp_socket_accept(world, what.listener, true, &accepted), "accept");
    return accepted;
}

// Asks with so much room as there is, and prints the answer.
wfp_answer ask(wfp_world *world, std::uint32_t socket, std::vector<std::uint8_t> &room)
{
    struct wfp_ioctl call = {}; // the function has the same name
    wfp_reply reply = {};

    call.socket = socket;
    call.code = WFP_SIO_QUERY_RECORDS;
    call.in.pointer = WFP_POINTER_NULL;
    call.out.bytes = room.data();
    call.out.size = static_cast<std::uint32_t>(room.size());
    call.overlapped = WFP_POINTER_NULL;
    call.routine = WFP_POINTER_NULL;
    demand(wfp_socket_ioctl(world, &call, &reply), "query");
    std::cout << "a query with " << room.size()
              << " bytes of room: " << wfp_error_name(reply.answer.error) << ", "
              << reply.answer.bytes << " bytes (rule " << reply.rule->id << ")\n";
    return reply.answer;
}

bool as_documented(wfp_world *world, const wfp_profile &profile)
{
    const std::uint32_t accepted = redirect_one(world);
    const std::uint32_t n = wfp_record_size(&profile, 1, sizeof context);
    const wfp_answer too_small = {122, n, WFP_COUNT_VALUE, WFP_RETURNED};
    const wfp_answer success = {0, n, WFP_COUNT_VALUE, WFP_RETURNED};
    std::vector<std::uint8_t> small(64);
    std::vector<std::uint8_t> ample(n);

    return wfp_answer_equal(ask(world, accepted, small), too_small) && small[0] == 0 &&
           wfp_answer_equal(ask(world, accepted, ample), success) && ample[0] != 0;
}

} // namespace

int main()
{
    wfp_limits limits = {};
    limits.sockets = 16;
    limits.handles = 4;
    limits.records = 4;
    limits.record_bytes = 4096;
    limits.operations = 4;
    limits.origin = 1;
    std::vector<std::uint64_t> memory(wfp_world_size(&limits) / sizeof(std::uint64_t) + 1);
    wfp_profile profile;

    wfp_profile_documented(&profile);
    try {
        const bool expected = as_documented(
            wfp_world_init(memory.data(), &limits, wfp_rules_shipped(), &profile), profile);

        std::cout << (expected ? "as documented\n" : "not as documented\n");
        return expected ? 0 : 1;
    } catch (const failure &failed) {
        std::cout << "cannot be set up: " << failed.what << "\n";
        return 1;
    }
}
