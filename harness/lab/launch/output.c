/* SPDX-License-Identifier: MIT */

#include "harness/lab/launch/output.h"

enum { PIPE_SIZE = 65536 /* of the system's buffer, bytes; a wish */ };

bool output_open(struct output *output, HANDLE to)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};

    output->to = to;
    if (!CreatePipe(&output->read, &output->write, &inherited, PIPE_SIZE)) {
        return false;
    }
    (void)SetHandleInformation(output->read, HANDLE_FLAG_INHERIT, 0);
    return true;
}

void output_handed_over(struct output *output)
{
    CloseHandle(output->write);
}

/* Goes on reading where nobody takes it: the program must not stand still for that. */
enum output_state output_pass(const struct output *output)
{
    char bytes[4096];
    DWORD waiting = 0;
    DWORD count = 0;
    DWORD written;

    if (!PeekNamedPipe(output->read, NULL, 0, NULL, &waiting, NULL)) {
        return OUTPUT_ENDED;
    }
    if (waiting == 0) {
        return OUTPUT_SILENT;
    }
    if (!ReadFile(output->read, bytes, sizeof bytes, &count, NULL)) {
        return OUTPUT_ENDED;
    }
    (void)WriteFile(output->to, bytes, count, &written, NULL);
    return OUTPUT_PASSED;
}
