/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/control_message.h"

#include <mswsock.h> /* WSACMSGHDR, in mingw-w64; else in ws2def.h */
#include <string.h>

#include "tests/proxies/reference/codes.h"

/* What WSA_CMSG_LEN and WSA_CMSG_SPACE say, without mingw-w64's signed constants: the data follow
 * the header at once, the next header is aligned like a pointer (CMSG-03, CMSG-05). */
enum { HEADER = sizeof(WSACMSGHDR) };

static SIZE_T aligned(SIZE_T size)
{
    return (size + sizeof(SIZE_T) - 1) / sizeof(SIZE_T) * sizeof(SIZE_T);
}

static bool enable_at(SOCKET socket, int level)
{
    static const int options[] = {IP_WFP_REDIRECT_RECORDS, IP_WFP_REDIRECT_CONTEXT};
    const DWORD yes = 1;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (setsockopt(socket, level, options[i], (const char *)&yes, sizeof yes) != 0) {
            return false;
        }
    }
    return true;
}

/* A dual-stack socket takes datagrams of both families, and needs both levels (MSG-09, OPT-03). */
bool control_message_enable(SOCKET socket, int family)
{
    if (family == AF_INET6 && !enable_at(socket, IPPROTO_IPV6)) {
        return false;
    }
    return enable_at(socket, IPPROTO_IP);
}

/* What was cut off does not come again with a later datagram (MSG-15). */
bool control_message_cut(const struct datagram *datagram)
{
    return (datagram->flags & MSG_CTRUNC) != 0;
}

/* Other levels have other meanings for the same numbers (CMSG-09). */
bool control_message_level(int level)
{
    return level == IPPROTO_IP || level == IPPROTO_IPV6;
}

static void take(const struct steps *steps, const WSACMSGHDR *header, struct tag *tag)
{
    DWORD size = (DWORD)(header->cmsg_len - HEADER);
    const unsigned char *bytes = (const unsigned char *)header + HEADER;
    if (!steps->level_matters(header->cmsg_level) || size == 0) {
        return;
    }
    if (header->cmsg_type == IP_WFP_REDIRECT_RECORDS && !tag->record) {
        tag->record = bytes;
        tag->record_size = size;
    }
    if (header->cmsg_type == IP_WFP_REDIRECT_CONTEXT && !tag->context) {
        tag->context = bytes;
        tag->context_size = size;
    }
}

/* WSA_CMSG_NXTHDR looks at no length: one of 0 would be read for ever (CMSG-07). */
struct tag control_message_read(const struct steps *steps, unsigned char *control, DWORD size)
{
    struct tag tag = {0};
    while (size >= HEADER) {
        const WSACMSGHDR *header = (const void *)control;
        if (header->cmsg_len < HEADER || header->cmsg_len > size) {
            break;
        }
        take(steps, header, &tag);
        SIZE_T step = aligned(header->cmsg_len);
        if (step >= size) {
            break;
        }
        control += step;
        size -= (DWORD)step;
    }
    return tag;
}

DWORD control_message_write(unsigned char *control, DWORD room, int family,
                            const unsigned char *record, DWORD size)
{
    SIZE_T space = HEADER + aligned(size);
    if (space > room) {
        return 0;
    }
    memset(control, 0, space);
    WSACMSGHDR *header = (void *)control;
    header->cmsg_len = HEADER + (SIZE_T)size;
    header->cmsg_level = family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
    header->cmsg_type = IP_WFP_REDIRECT_RECORDS;
    memcpy(control + HEADER, record, size);
    return (DWORD)space;
}
