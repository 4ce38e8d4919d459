/* SPDX-License-Identifier: MIT */

/* The driver of the proxy in device.c, or what stands in for it (device-stand-in.json). */

#ifndef TESTS_PROXIES_HOOKS_DRIVER_H
#define TESTS_PROXIES_HOOKS_DRIVER_H

#include <winsock2.h>

#include <stdbool.h>
#include <ws2tcpip.h>

enum {
    CODE_VERSION = 0x222000,
    CODE_SET_TARGET = 0x222004,
    CODE_NEXT_FLOW = 0x222008,
    CODE_DESTINATION = 0x22200C,
    CODE_UNLOADING = 0x222010,
    CODE_SLOW = 0x222014,
    CODE_UNKNOWN = 0x222FFC
};

struct flow_event {
    UINT32 protocol, process;
    SOCKADDR_STORAGE source, destination;
};

/* Where it went wrong, for a person; NULL: it did not. */
const char *service_try(void);
const char *filters_try(void);
const char *device_try(void);

/* For the proxy: opens the device, and starts to take events. */
const char *driver_open(void);
/* Where the driver says that the client with this port wanted to go. */
bool driver_destination(USHORT port, SOCKADDR_STORAGE *destination);
/* Waits for the event of that client, ten seconds at most. */
bool driver_event(USHORT port, SOCKADDR_STORAGE *destination);

#endif
