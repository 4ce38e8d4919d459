/* SPDX-License-Identifier: MIT */

/*
 * What the Windows SDK defines and mingw-w64's headers lack. Numbers only, each with where it is
 * written down; an SDK that has them is left alone, and its values are held against the model's.
 */

#ifndef HARNESS_BACKEND_WINSOCK_CODES_H
#define HARNESS_BACKEND_WINSOCK_CODES_H

#include <winsock2.h>

#include <mstcpip.h> /* after winsock2.h: DEF-03 */

#include <wfp/sim.h>

/*
 * DEF-01, DEF-02. mstcpip.h of the Windows SDK: vendor ioctls of the input class, numbers 220 to
 * 222; microsoft/win32metadata carries the header (shared/mstcpip.h), windows-rs and winapi-rs the
 * resulting numbers.
 */
#ifndef SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 220)
#endif
#ifndef SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT _WSAIOW(IOC_VENDOR, 221)
#endif
#ifndef SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS
#define SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 222)
#endif

_Static_assert(SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS == WFP_SIO_QUERY_RECORDS, "DEF-02");
_Static_assert(SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT == WFP_SIO_QUERY_CONTEXT, "DEF-02");
_Static_assert(SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS == WFP_SIO_SET_RECORDS, "DEF-02");
_Static_assert(SIO_FLUSH == WFP_SIO_FLUSH, "DEF-02");

#endif
