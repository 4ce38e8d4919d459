/* SPDX-License-Identifier: MIT */

#include "harness/serve_send.h"

#include <stdio.h>

#include "harness/serve_request.h"
#include "harness/session.h"
#include "harness/text.h"

enum status serve_send(const struct server *server, json_t *request, json_t *answer)
{
    json_t *id = json_object_get(request, "id");
    int failed;

    if (answer == NULL) {
        return STATUS_BROKEN;
    }
    if (json_object_set(answer, "id", id == NULL ? json_null() : id) != 0) {
        json_decref(answer);
        return STATUS_BROKEN;
    }
    failed = json_dumpf(answer, server->out, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(answer);
    return failed != 0 || putc('\n', server->out) == EOF ? STATUS_BROKEN : STATUS_OK;
}

enum status serve_send_error(const struct server *server, json_t *request, const char *sentence)
{
    struct text safe = {0};
    enum status status;

    text_add_safe(&safe, sentence, false);
    status = serve_send(server, request, json_pack("{s:s}", "error", text_bytes(&safe)));
    text_clear(&safe);
    return status;
}

enum status serve_send_complaint(struct server *server, json_t *request)
{
    struct complaints *complaints = &server->session->complaints;
    const enum status status = serve_send_error(
        server, request,
        complaints->kept > 0 ? complaints->texts[0] : "the request cannot be used");

    complaints_clear(complaints);
    return status;
}

json_t *serve_text(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}
