/* SPDX-License-Identifier: MIT */

/* Calls to the service manager: the lab is asked, which may have a stand-in that names the service.
 */

#ifndef HARNESS_LAB_DLL_SERVICE_CALL_H
#define HARNESS_LAB_DLL_SERVICE_CALL_H

#include <stdbool.h>
#include <windows.h>

#include "harness/lab/dll/pretended.h"

/* What is asked, and of which service, in UTF-8: nothing for the manager itself. */
struct service_call {
    const char *call;
    char service[PRETENDED_NAME_MAX];
};

/* NULL, or what cannot be a name: nothing. */
void service_call_name(struct service_call *call, LPCWSTR name);
/* False without a name, or for one that no service can have. */
bool service_call_widen(LPCSTR name, wchar_t wide[PRETENDED_NAME_MAX]);

/*
 * False: the call is to be passed to the system. Else it is answered with this error, 0 for none,
 * and then with the SERVICE_... state that the service has from now on.
 */
bool service_call_ask(const struct service_call *call, DWORD *error, DWORD *state);
/* A call that was passed ended so; GetLastError is as it was. */
void service_call_done(BOOL succeeded);
/* FALSE, and the last error, for one that is not 0. */
BOOL service_call_gives(DWORD error);

#endif
