/* SPDX-License-Identifier: MIT */

/* Control data of datagrams: they bring the record and take it on. Contracts: steps.h. */

#ifndef TESTS_PROXIES_REFERENCE_CONTROL_MESSAGE_H
#define TESTS_PROXIES_REFERENCE_CONTROL_MESSAGE_H

#include "tests/proxies/reference/steps.h"

/* Room for the largest record with a context, both with their headers. */
enum { CONTROL_ROOM = 131072 };

bool control_message_enable(SOCKET socket, int family);
bool control_message_cut(const struct datagram *datagram);
bool control_message_level(int level);

/* What `size` bytes of control data say. Points into them. Whatever they are, it ends. */
struct tag control_message_read(const struct steps *steps, unsigned char *control, DWORD size);
/* Writes a record as the one control message for a socket of `family`; bytes written, 0: no room.
 */
DWORD control_message_write(unsigned char *control, DWORD room, int family,
                            const unsigned char *record, DWORD size);

#endif
