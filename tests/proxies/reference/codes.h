/* SPDX-License-Identifier: MIT */

/*
 * What mstcpip.h of the Windows SDK defines and mingw-w64 lacks. They are vendor codes of the input
 * class, although two of them query (DEF-02).
 */

#ifndef TESTS_PROXIES_REFERENCE_CODES_H
#define TESTS_PROXIES_REFERENCE_CODES_H

#include <winsock2.h>

#include <mstcpip.h>

#ifndef SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 220)
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT _WSAIOW(IOC_VENDOR, 221)
#define SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 222)
#endif

/* listen() takes a bare SOMAXCONN as 200; a negative number is a wish that is heard. */
#ifndef SOMAXCONN_HINT
#define SOMAXCONN_HINT(count) (-(count))
#endif

#endif
