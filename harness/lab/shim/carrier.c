/* SPDX-License-Identifier: MIT */

/*
 * The model says which datagram arrives where, and the datagram really goes there, over loopback,
 * whatever address it was sent to. What leaves the model's world is not sent.
 */

#include <string.h>

#include <wfp/datagram.h>

#include "harness/lab/shim/address.h"
#include "harness/lab/shim/world.h"

enum { PATIENCE = 2 /* seconds for what is on its way over loopback */ };

/* ---- addresses ---- */

static bool has_address(const struct shim_socket *socket, union shim_address *address, int *size)
{
    memset(address, 0, sizeof *address);
    *size = (int)sizeof *address;
    return shim_originals.getsockname(socket->socket, &address->any, size) == 0 &&
           address->ipv4.sin_port != 0;
}

int shim_carrier_bind(const struct shim_socket *socket)
{
    const struct wfp_address loopback = shim_address_loopback(socket->family);
    union shim_address address;
    int size;

    if (has_address(socket, &address, &size)) {
        return 0;
    }
    size = shim_address_make(&loopback, &address);
    return shim_originals.bind(socket->socket, &address.any, size);
}

/* ---- sending ---- */

/* An IPv4 socket cannot send to the loopback address of IPv6, and the other way round. */
static bool send_across(const struct shim_socket *to, const char *bytes, int size,
                        const union shim_address *address, int address_size)
{
    const int family = to->family == WFP_IPV6 ? AF_INET6 : AF_INET;
    const SOCKET sender =
        shim_originals.WSASocketW(family, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    bool sent;

    if (sender == INVALID_SOCKET) {
        return false;
    }
    sent = shim_originals.sendto(sender, bytes, size, 0, &address->any, address_size) == size;
    (void)shim_originals.closesocket(sender);
    return sent;
}

static bool carry(const struct shim_socket *from, const struct shim_socket *to, const char *bytes,
                  int size)
{
    union shim_address address;
    int address_size;

    if (shim_carrier_bind(from) != 0 || shim_carrier_bind(to) != 0 ||
        !has_address(to, &address, &address_size)) {
        return false;
    }
    if (from->family != to->family) {
        return send_across(to, bytes, size, &address, address_size);
    }
    return shim_originals.sendto(from->socket, bytes, size, 0, &address.any, address_size) == size;
}

void shim_carrier_send(const struct shim_socket *from, const struct shim_socket *to,
                       const void *bytes, uint32_t size)
{
    if (!carry(from, to, bytes, (int)size)) {
        (void)shim_note(WFP_BAD_STATE, "a datagram cannot be sent over loopback");
    }
}

/* ---- receiving ---- */

static bool arrives(SOCKET socket)
{
    struct timeval patience = {PATIENCE, 0};
    fd_set set = {.fd_count = 1, .fd_array = {socket}};

    return select(0, &set, NULL, NULL, &patience) == 1;
}

const uint8_t *shim_carrier_receive(const struct shim_socket *at, bool peek, const uint8_t *bytes,
                                    uint32_t size)
{
    int received = SOCKET_ERROR;

    if (arrives(at->socket)) {
        received = shim_originals.recvfrom(at->socket, (char *)shim.datagram, SHIM_DATAGRAM_MAX,
                                           peek ? MSG_PEEK : 0, NULL, NULL);
    }
    if (received < 0 || (uint32_t)received < size || memcmp(shim.datagram, bytes, size) != 0) {
        (void)shim_note(WFP_BAD_STATE, "another datagram came over loopback than the model's");
        return NULL;
    }
    return shim.datagram;
}
