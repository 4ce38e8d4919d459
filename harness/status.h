/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_STATUS_H
#define HARNESS_STATUS_H

/*
 * How a call of the harness itself went. What the API under test answers is data, never a status.
 * Every enum status is to be looked at; results come through the last parameters and are untouched
 * unless the status is STATUS_OK.
 */
enum status {
    STATUS_OK,
    STATUS_BAD_INPUT, /* what we were given cannot be used; a complaint says why (exit 2) */
    STATUS_BROKEN     /* the harness or its set-up failed (exit 3) */
};

#endif
