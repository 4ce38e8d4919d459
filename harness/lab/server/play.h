/* SPDX-License-Identifier: MIT */

/* Scenarios, one after another, against proxies that are running. */

#ifndef HARNESS_LAB_SERVER_PLAY_H
#define HARNESS_LAB_SERVER_PLAY_H

#include "harness/lab/server/lab.h"
#include "harness/lab/server/scenario.h"
#include "harness/status.h"

struct profile;

enum { PLAY_LINGER = 250 /* milliseconds: for what the proxy still has to close */ };

/*
 * Plays all of them under one profile, and starts the proxies: once, again where one died, and for
 * a scenario that wants it. The proxies are stopped at the end. STATUS_BROKEN after a complaint: a
 * proxy cannot be started. An interruption ends it, and is no error here.
 */
enum status play_profile(struct lab *lab, const struct scenarios *scenarios,
                         const struct profile *profile);

/*
 * Only looks on: the proxy is started, and whoever sits at the machine uses it, until it ends or
 * the lab is interrupted, which is the usual end here and no interruption.
 */
enum status play_through(struct lab *lab, const struct profile *profile);

#endif
