/* SPDX-License-Identifier: MIT */

#include "harness/lab/launch/output.h"

enum { FINISH_LIMIT = 2000 /* milliseconds */ };

/* Goes on reading where nobody takes it: the program must not stand still for that. */
static DWORD WINAPI copy(LPVOID context)
{
    const struct output *output = context;
    char bytes[4096];
    DWORD count;
    DWORD written;

    while (ReadFile(output->read, bytes, sizeof bytes, &count, NULL) && count > 0) {
        (void)WriteFile(output->to, bytes, count, &written, NULL);
    }
    return 0;
}

bool output_open(struct output *output, DWORD which)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};

    output->to = GetStdHandle(which);
    if (!CreatePipe(&output->read, &output->write, &inherited, 0)) {
        return false;
    }
    (void)SetHandleInformation(output->read, HANDLE_FLAG_INHERIT, 0);
    output->copier = CreateThread(NULL, 0, copy, output, 0, NULL);
    return output->copier != NULL;
}

void output_handed_over(struct output *output)
{
    CloseHandle(output->write);
}

void output_finish(struct output *output)
{
    (void)WaitForSingleObject(output->copier, FINISH_LIMIT);
}
