/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/service_call.h"

#include "harness/lab/dll/link.h"

void service_call_name(struct service_call *call, LPCWSTR name)
{
    if (name == NULL || WideCharToMultiByte(CP_UTF8, 0, name, -1, call->service,
                                            sizeof call->service, NULL, NULL) == 0) {
        call->service[0] = '\0';
    }
}

bool service_call_widen(LPCSTR name, wchar_t wide[PRETENDED_NAME_MAX])
{
    return name != NULL && MultiByteToWideChar(CP_ACP, 0, name, -1, wide, PRETENDED_NAME_MAX) > 0;
}

bool service_call_ask(const struct service_call *call, DWORD *error, DWORD *state)
{
    struct event event = {.kind = EVENT_SERVICE_CALL};
    struct link_answer answer;
    enum link_outcome outcome;

    event_set_text(&event, FIELD_NAME, call->call);
    event_set_text(&event, FIELD_TEXT, call->service);
    outcome = link_ask(&event, &answer);
    *error = RPC_S_SERVER_UNAVAILABLE;
    if (outcome == LINK_ANSWERED) {
        *error = (DWORD)event_number(&answer.event, FIELD_ERROR);
        *state = (DWORD)event_number(&answer.event, FIELD_NUMBER);
    }
    link_answer_free(&answer);
    return outcome != LINK_PASSED;
}

void service_call_done(BOOL succeeded)
{
    const DWORD error = GetLastError();

    link_done(EVENT_SERVICE_CALL, 0, succeeded ? 0 : error, 0);
    SetLastError(error);
}

BOOL service_call_gives(DWORD error)
{
    if (error != 0) {
        SetLastError(error);
    }
    return error == 0;
}
