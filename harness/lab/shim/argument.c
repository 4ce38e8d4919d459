/* SPDX-License-Identifier: MIT */

#include "harness/lab/shim/argument.h"

#include <stdlib.h>

enum {
    BUFFERS_MAX = 64,
    LOOKED_AT_MAX = 4194304 /* more than any record */
};

const enum wfp_layout shim_layout = sizeof(void *) == 8 ? WFP_LAYOUT_64 : WFP_LAYOUT_32;

/* ---- buffers ---- */

static bool read_array(const struct shim_buffers *buffers, WSABUF *array)
{
    return buffers->count <= BUFFERS_MAX &&
           pointer_read(array, buffers->array, buffers->count * sizeof *array);
}

/* Their size in all; false if one of them cannot be used. */
static bool measure(const WSABUF *array, DWORD count, enum pointer_use use, uint32_t *size)
{
    *size = 0;
    for (DWORD i = 0; i < count; i++) {
        if (array[i].len > UINT32_MAX / 2 - *size ||
            (array[i].len > 0 &&
             !pointer_is_valid(pointer_classify(array[i].buf, array[i].len, use)))) {
            return false;
        }
        *size += array[i].len;
    }
    return true;
}

static bool read_all(const WSABUF *array, DWORD count, uint8_t *bytes)
{
    bool whole = true;

    for (DWORD i = 0; whole && i < count; i++) {
        whole = pointer_read(bytes, array[i].buf, array[i].len);
        bytes += array[i].len;
    }
    return whole;
}

bool shim_buffers_take(const struct shim_buffers *buffers, enum pointer_use use, uint32_t most,
                       struct wfp_buffer *taken)
{
    WSABUF array[BUFFERS_MAX];

    taken->bytes = NULL;
    taken->pointer = WFP_POINTER_HEAP;
    if (!read_array(buffers, array) || !measure(array, buffers->count, use, &taken->size) ||
        (use == POINTER_READ && taken->size > most)) {
        return false;
    }
    taken->bytes = calloc(1, (size_t)(taken->size < most ? taken->size : most) + 1);
    if (taken->bytes != NULL &&
        (use != POINTER_READ || read_all(array, buffers->count, taken->bytes))) {
        return true;
    }
    free(taken->bytes);
    taken->bytes = NULL;
    return false;
}

void shim_buffers_give(const struct shim_buffers *buffers, const uint8_t *bytes, uint32_t size)
{
    WSABUF array[BUFFERS_MAX];

    if (!read_array(buffers, array)) {
        return;
    }
    for (DWORD i = 0; size > 0 && i < buffers->count; i++) {
        const uint32_t part = size < array[i].len ? size : array[i].len;

        (void)pointer_write(array[i].buf, bytes, part);
        bytes += part;
        size -= part;
    }
}

/* ---- arguments ---- */

bool shim_buffer_take(const void *at, uint32_t size, enum pointer_use use, struct wfp_buffer *taken)
{
    const size_t looked_at = size < LOOKED_AT_MAX ? size : LOOKED_AT_MAX;

    taken->size = size;
    taken->pointer = pointer_classify(at, size, use);
    taken->bytes = calloc(1, looked_at + 1);
    if (taken->bytes == NULL || (use == POINTER_READ && size > LOOKED_AT_MAX)) {
        return false;
    }
    if (pointer_is_valid(taken->pointer) && !pointer_read(taken->bytes, at, looked_at)) {
        taken->pointer = WFP_POINTER_UNMAPPED;
    }
    return true;
}

enum wfp_name shim_name(const void *name, int size)
{
    if (name != NULL) {
        return WFP_NAME_GIVEN;
    }
    return size > 0 ? WFP_NAME_NULL : WFP_NAME_NONE;
}

enum wfp_pointer shim_argument(const void *at, size_t size, enum pointer_use use)
{
    const enum wfp_pointer kind = pointer_classify(at, size, use);

    if (kind == WFP_POINTER_NULL) {
        return kind;
    }
    return pointer_is_valid(kind) ? WFP_POINTER_HEAP : WFP_POINTER_UNMAPPED;
}

struct shim_socket *shim_message_socket(SOCKET socket, enum wfp_message_entry entry)
{
    struct shim_socket *found = shim_socket_find(socket);

    return found != NULL && (found->type != WFP_TCP || entry == WFP_MESSAGE_WSA) ? found : NULL;
}
