/* SPDX-License-Identifier: MIT */

/* What a proxy's SET on the socket of a dial came to, and whose record it was. */

#ifndef HARNESS_LAB_RULES_SETTING_H
#define HARNESS_LAB_RULES_SETTING_H

#include "harness/lab/rules/view.h"

enum setting_end {
    SETTING_NEVER,      /* no SET on this socket */
    SETTING_WRONG_CODE, /* ... but bytes were handed to another code */
    SETTING_DONE,       /* before the dial, and before bind */
    SETTING_AFTER_BIND,
    SETTING_AFTER_CONNECT,
    SETTING_PENDING,  /* overlapped, and dialled before its end */
    SETTING_NO_COUNT, /* failed for want of lpcbBytesReturned */
    SETTING_FAILED    /* otherwise */
};

struct setting {
    enum setting_end end;
    size_t act; /* the one that shows it; NOWHERE where there is none */
};

/* Bytes that went from a socket of the proxy's own to a code which takes none, or means nothing. */
bool setting_is_misdirected(const struct view *view, const struct act *act);

struct setting setting_of(const struct view *view, const struct dial *dial);

enum setting_bytes {
    SETTING_BYTES_OWN,
    SETTING_BYTES_UNKNOWN, /* what was set, or what should have been, is not in the trace */
    SETTING_BYTES_OTHERS,  /* another client's record */
    SETTING_BYTES_LONGER,  /* begins with the record */
    SETTING_BYTES_SHORTER, /* is its beginning */
    SETTING_BYTES_ALTERED
};

struct setting_match {
    enum setting_bytes bytes;
    size_t record; /* act of the query whose record is compared */
    size_t client; /* whose it was, where it was another's */
    size_t at;     /* the first byte that differs */
};

/* `act` is a SET for a dial of this client's. */
struct setting_match setting_match(const struct view *view, size_t act, size_t client);

#endif
