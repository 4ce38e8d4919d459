/* SPDX-License-Identifier: MIT */

/* This program was built without libpcap, and nothing else here reads capture files. */

#include "harness/replay/capture.h"

const char *capture_library(void)
{
    return "built without libpcap";
}

void capture_read(const char *path, const char *filter, capture_visit *visit, void *context,
                  struct capture_result *result)
{
    (void)path, (void)filter, (void)visit, (void)context;
    *result = (struct capture_result){.verdict = CAPTURE_REFUSED};
    (void)snprintf(result->why, sizeof result->why, "%s", capture_library());
}

void capture_read_stream(FILE *stream, const char *filter, capture_visit *visit, void *context,
                         struct capture_result *result)
{
    if (stream != stdin) {
        (void)fclose(stream);
    }
    capture_read("", filter, visit, context, result);
}
