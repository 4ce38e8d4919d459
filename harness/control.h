/* SPDX-License-Identifier: MIT */

/*
 * Control data as bytes: made from what a send step says, and held against what a receive step
 * expects. The layout is written down here once more (CMSG-01 to CMSG-05), so that the model's
 * control data are checked by somebody else.
 */

#ifndef HARNESS_CONTROL_H
#define HARNESS_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/blob.h"
#include "harness/message_step.h"

enum wfp_layout control_layout_of(enum control_layout wanted, enum wfp_layout native);

/*
 * Makes the control data of a send; to be freed. `*bytes` is NULL where there are none to pass.
 * False when a blob is not there or there is no memory.
 */
bool control_make(const struct blobs *blobs, const struct control_input *control,
                  enum wfp_layout native, uint8_t **bytes, uint32_t *size);

/*
 * One object of what a receive returned. `at` goes on by its space. False where none begins there
 * that is whole.
 */
struct control_found {
    uint32_t level;
    uint32_t type;
    const uint8_t *data;
    uint32_t size;
};

bool control_take(const uint8_t *bytes, uint32_t size, enum wfp_layout layout, uint32_t *at,
                  struct control_found *found);

#endif
