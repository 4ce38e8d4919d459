/* SPDX-License-Identifier: MIT */

/* Files that a test writes, and what a reader says of them. */

#ifndef TESTS_UNIT_QUOTED_H
#define TESTS_UNIT_QUOTED_H

struct complaints;

/* Writes JSON, with ' for ", to a file. */
void write_quoted(const char *path, const char *text);

/* There is this one complaint, with `part` in it; the list is empty then. */
void expect_complaint(struct complaints *complaints, const char *part);

#endif
