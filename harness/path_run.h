/* SPDX-License-Identifier: MIT */

/* Runs one case of a path vector and judges where the connection went. */

#ifndef HARNESS_PATH_RUN_H
#define HARNESS_PATH_RUN_H

#include <stdbool.h>

#include "harness/plan.h"
#include "harness/runner.h"

/* `judged` has been introduced: its names stand, the verdict is a pass. */
void path_run(const struct runner *runner, const struct plan_case *planned, struct judged *judged);

/* Does the model, under this profile, let the control come out as it must? True without one. */
bool path_control_possible(const struct plan_case *planned, const struct backend *reference);

#endif
