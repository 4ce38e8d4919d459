/* SPDX-License-Identifier: MIT */

#include "harness/platform/interrupt.h"

#include <windows.h>

static volatile LONG stop_asked;

static BOOL WINAPI note(DWORD event)
{
    /* FALSE hands the event on, and the next handler ends the process. */
    if (InterlockedExchange(&stop_asked, 1) != 0) {
        return FALSE;
    }
    /* After these the process is ended as soon as the handler returns. */
    if (event == CTRL_CLOSE_EVENT || event == CTRL_LOGOFF_EVENT || event == CTRL_SHUTDOWN_EVENT) {
        Sleep(INFINITE);
    }
    return TRUE;
}

void interrupt_watch(void)
{
    SetConsoleCtrlHandler(note, TRUE);
}

bool interrupted(void)
{
    return InterlockedCompareExchange(&stop_asked, 0, 0) != 0;
}
