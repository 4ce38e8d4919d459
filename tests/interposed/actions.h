/* SPDX-License-Identifier: MIT */

#ifndef TESTS_INTERPOSED_ACTIONS_H
#define TESTS_INTERPOSED_ACTIONS_H

#include <winsock2.h>

#include <windows.h>

/* Each gives the program's exit code. */

int action_child(void);           /* starts this program with "duplicates" */
int action_connect_by_name(void); /* WSAConnectByNameW to example.test:443 */
int action_datagrams(void);       /* receives in every way; see datagrams.c */
int action_dial(void);            /* asks for records and dials 198.18.0.1:443 */
int action_die(void);             /* of a null pointer */
int action_duplicates(void);      /* copies a socket in two ways, closes it in two */
int action_late_module(void);     /* loads late.c, which opens a socket */
int action_nothing(void);
int action_overlapped_query(void); /* waits for the records of an unconnected socket */
int action_wait(void);             /* until it is killed */

/* "198.18.0.1:443"; in memory that the next call uses again. */
const char *action_address(const struct sockaddr_in *address);

#endif
