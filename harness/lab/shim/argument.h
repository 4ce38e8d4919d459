/* SPDX-License-Identifier: MIT */

/* What calls pass, as the model takes it: copies, so that it touches nothing of the program's. */

#ifndef HARNESS_LAB_SHIM_ARGUMENT_H
#define HARNESS_LAB_SHIM_ARGUMENT_H

#include <winsock2.h>

#include <stdbool.h>
#include <stdint.h>

#include <wfp/datagram.h>

#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/world.h"

/* An array of buffers; the array and what it leads to may stand anywhere. */
struct shim_buffers {
    const WSABUF *array;
    DWORD count;
};

/* The layout of control objects in this process. */
extern const enum wfp_layout shim_layout;

/*
 * One copy of all, to be freed: of the bytes that stand there (READ), or zeros as many as they have
 * room for, at most `most` (WRITE). False: an array or buffer that cannot be used so, or no memory.
 */
bool shim_buffers_take(const struct shim_buffers *buffers, enum pointer_use use, uint32_t most,
                       struct wfp_buffer *taken);
/* Spreads `size` bytes over them. */
void shim_buffers_give(const struct shim_buffers *buffers, const uint8_t *bytes, uint32_t size);
/*
 * A copy of what stands in a buffer, to be freed. It may be said to be larger than anything that is
 * passed; then no more of it is looked at. False without memory, or if that much is to be READ.
 */
bool shim_buffer_take(const void *at, uint32_t size, enum pointer_use use,
                      struct wfp_buffer *taken);

/* What the model sees of a name and its length. */
enum wfp_name shim_name(const void *name, int size);
/* ... of a pointer to something small: HEAP, NULL or UNMAPPED. What is there in part is not. */
enum wfp_pointer shim_argument(const void *at, size_t size, enum pointer_use use);

/* The socket, if the model answers such a call on it; else NULL: what TCP carries is its own. */
struct shim_socket *shim_message_socket(SOCKET socket, enum wfp_message_entry entry);

#endif
