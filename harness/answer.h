/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_ANSWER_H
#define HARNESS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

/*
 * The written form of an answer, in vectors, profiles, recordings and on the command line:
 *
 *   ERROR/BYTES   OK, WSAEFAULT or 10014; then N, unchanged or a decimal number
 *   died          the call ended in an access violation
 *   pass          no objection; only a profile says so
 *   NOT_REDIRECTED, REDIRECTED_BY_SELF, REDIRECTED_BY_OTHER, PREVIOUSLY_REDIRECTED_BY_SELF
 */
enum { ANSWER_TEXT_MAX = 64 };

/* Members that the outcome gives no meaning to are 0. Numbers end at UINT32_MAX. */
bool answer_parse(const char *text, struct wfp_answer *answer);

/* Writes what answer_parse() reads; ANSWER_TEXT_MAX is always room enough. */
void answer_print(struct wfp_answer answer, char *buffer, size_t size);

/*
 * The written form of a profile's value: an answer; true or false; a number of bytes; or every
 * stage once, separated by ','.
 */
enum { VALUE_TEXT_MAX = 256 };

/* Members of the value that its type gives no meaning to are 0. */
bool value_parse(enum wfp_key_type type, const char *text, struct wfp_value *value);

/* Writes what value_parse() reads; VALUE_TEXT_MAX is always room enough. */
void value_print(enum wfp_key_type type, const struct wfp_value *value, char *buffer, size_t size);

bool value_equal(enum wfp_key_type type, const struct wfp_value *a, const struct wfp_value *b);

/* "0" to "4294967295", with nothing before or after. */
bool number_parse(const char *text, uint32_t *number);

#endif
