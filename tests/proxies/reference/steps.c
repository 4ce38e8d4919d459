/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/steps.h"

#include "tests/proxies/reference/codes.h"
#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/control_message.h"
#include "tests/proxies/reference/dial.h"
#include "tests/proxies/reference/flow.h"
#include "tests/proxies/reference/record.h"
#include "tests/proxies/reference/relay.h"

const struct steps reference_steps = {
    .backlog = SOMAXCONN_HINT(1024),
    .accept_all = connection_accept_all,
    .serve = connection_serve,
    .learn = connection_learn,
    .query = record_query,
    .grow = record_grow,
    .control = record_control,
    .read_context = context_read,
    .dial = dial,
    .attempt = dial_attempt,
    .connect = dial_connect,
    .set_record = record_set,
    .read = direction_read,
    .refuse = connection_refuse,
    .finish = connection_finish,
    .control_room = CONTROL_ROOM,
    .enable = control_message_enable,
    .cut = control_message_cut,
    .level_matters = control_message_level,
    .flow_of = flow_of,
    .same_flow = flow_same,
    .forward = flow_forward,
};
