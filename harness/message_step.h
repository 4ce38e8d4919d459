/* SPDX-License-Identifier: MIT */

/* What the steps about datagrams have of their own. Read by step_message.c. */

#ifndef HARNESS_MESSAGE_STEP_H
#define HARNESS_MESSAGE_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/datagram.h>

#include "harness/size.h"

enum input_kind {
    INPUT_NONE, /* no bytes: `pointer` and `size` say what is passed (NULL and 0 by default) */
    INPUT_BLOB, /* the bytes saved as `from` */
    INPUT_FILL, /* `size` times the byte `fill` */
    INPUT_HEX   /* the bytes written in `hex`, two lower-case digits each */
};

/*
 * The input buffer. To the bytes of the kind, `cut` bytes are taken off the end, then `extend` zero
 * bytes are added, then the byte at offset `alter` is inverted if `altered`. What is passed as the
 * length is the length of the result, wherever `pointer` says that it stands.
 */
struct input {
    enum input_kind kind;
    enum wfp_pointer pointer;
    const char *from;
    const char *hex;
    uint32_t fill;
    uint32_t size;
    uint32_t cut;
    uint32_t extend;
    uint32_t alter;
    bool altered;
};

/* The width of control objects. NATIVE: that of the process under test, 64 bits in the model. */
enum control_layout { CONTROL_NATIVE, CONTROL_64, CONTROL_32 };

struct control_object {
    int level;
    int type;
    struct input data; /* NONE: no payload */
    bool has_length;
    uint32_t length; /* of the length field, in place of the true one */
};

enum { CONTROL_OBJECTS_MAX = 4 };

/* Control data that are sent: objects, or raw bytes, of which only the first `size` are passed. */
struct control_input {
    enum control_layout layout;
    enum wfp_pointer pointer;
    struct input raw; /* NONE: the objects */
    size_t count;
    struct control_object objects[CONTROL_OBJECTS_MAX];
    bool has_size;
    uint32_t size;
};

/* Room for control data that are received. */
struct control_room {
    enum control_layout layout;
    struct size size;
    enum wfp_pointer pointer; /* NULL where there is none */
    enum wfp_pointer length;  /* of the kernel's call: NULL or HEAP */
};

struct option_value {
    int level;
    int name;
    uint32_t value;
    uint32_t size; /* bytes, default 4 */
    enum wfp_pointer pointer;
};

struct message_step {
    enum wfp_message_entry entry;
    const char *peer_text; /* "203.0.113.9:53", or NULL: `to` names a socket */
    struct wfp_address peer;
    const char *service;
    struct input data;
    struct control_input control;
    struct control_room room;
    enum wfp_name name; /* NONE: by whether there is a destination */
    uint32_t flags;
    uint32_t message_flags;
    uint32_t size;    /* of the data buffer of a receive */
    uint32_t advance; /* microseconds */
    struct option_value option;
};

/* What a receive must show beside its answer; a call that has received nothing shows nothing. */
struct expected_object {
    int level;
    int type;
    const char *equals_blob;    /* its payload, or NULL */
    const char *equals_context; /* ... the context that this handle attached, or NULL */
};

struct expected_message {
    uint32_t flags;       /* dwFlags on return */
    const char *data_hex; /* the payload, or NULL: any */
    bool part; /* of control data only the beginning came; the objects are not looked at */
    size_t count;
    struct expected_object objects[CONTROL_OBJECTS_MAX];
};

#endif
