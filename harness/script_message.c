/* SPDX-License-Identifier: MIT */

#include "harness/script_message.h"

#include <stdio.h>
#include <string.h>

#include "harness/reader.h"
#include "harness/script_line.h"
#include "harness/text.h"
#include "harness/vector.h"

static void put_layout(struct script_line *line, enum control_layout layout)
{
    if (layout != CONTROL_NATIVE) {
        script_put(line, " layout=%s", layout == CONTROL_64 ? "64" : "32");
    }
}

static void put_flags(struct script_line *line, const char *name, uint32_t flags)
{
    const char *separator = "";

    if (flags == 0) {
        return;
    }
    script_put(line, " %s=", name);
    for (size_t i = 0; i < message_flag_words.count; i++) {
        if ((flags & (uint32_t)message_flag_words.rows[i].value) != 0) {
            script_put(line, "%s%s", separator, message_flag_words.rows[i].text);
            separator = ",";
        }
    }
}

static void put_bytes(struct script_line *line, const struct input *input)
{
    switch (input->kind) {
    case INPUT_BLOB:
        script_put(line, "%s", input->from);
        break;
    case INPUT_FILL:
        script_put(line, "%lu*%02lx", (unsigned long)input->size, (unsigned long)input->fill);
        break;
    case INPUT_HEX:
        script_put(line, "hex:%.32s%s", input->hex, strlen(input->hex) > 32 ? "..." : "");
        break;
    case INPUT_NONE:
        script_put(line, "nothing");
        break;
    }
    if (input->cut > 0) {
        script_put(line, ",cut=%lu", (unsigned long)input->cut);
    }
    if (input->extend > 0) {
        script_put(line, ",extend=%lu", (unsigned long)input->extend);
    }
    if (input->altered) {
        script_put(line, ",alter=%lu", (unsigned long)input->alter);
    }
}

static void put_option(struct script_line *line, const struct step *step)
{
    const struct option_value *option = &step->message.option;

    script_put(line, " %s/%s", word_text(&level_words, option->level),
               word_text(&object_words, option->name));
    if (step->kind == STEP_OPTION_SET) {
        script_put(line, " value=%lu", (unsigned long)option->value);
    }
    if (option->size != 4) {
        script_put(line, " size=%lu", (unsigned long)option->size);
    }
    if (option->pointer != WFP_POINTER_HEAP) {
        script_put(line, " %s", pointer_name(option->pointer));
    }
}

void script_sent(struct script_line *line, const struct control_input *control)
{
    put_layout(line, control->layout);
    if (control->raw.kind != INPUT_NONE) {
        script_put(line, " control=");
        put_bytes(line, &control->raw);
    }
    for (size_t i = 0; i < control->count; i++) {
        const struct control_object *object = &control->objects[i];

        script_put(line, " control=%s/%s(", word_text(&level_words, object->level),
                   word_text(&object_words, object->type));
        put_bytes(line, &object->data);
        script_put(line, ")");
        if (object->has_length) {
            script_put(line, " length=%lu", (unsigned long)object->length);
        }
    }
    if (control->has_size) {
        script_put(line, " control-size=%lu", (unsigned long)control->size);
    }
    if (control->has_size && control->pointer == WFP_POINTER_NULL) {
        script_put(line, " null");
    }
}

static void put_send(struct script_line *line, const struct message_step *message)
{
    script_put(line, " %s data=", word_text(&send_words, (int)message->entry));
    put_bytes(line, &message->data);
    script_sent(line, &message->control);
    put_flags(line, "message-flags", message->message_flags);
}

static void put_room(struct script_line *line, const struct control_room *room, const uint32_t *n)
{
    struct size size = room->size;
    char text[SIZE_TEXT_MAX];
    uint32_t bytes;

    if (room->pointer == WFP_POINTER_NULL && !size.symbolic && size.value == 0) {
        return;
    }
    if (n != NULL && size_resolve(size, *n, true, &bytes)) {
        size = (struct size){.value = bytes};
    }
    size_print(size, text, sizeof text);
    put_layout(line, room->layout);
    script_put(line, " control=%s", text);
    if (room->pointer != WFP_POINTER_HEAP) {
        script_put(line, " %s", pointer_name(room->pointer));
    }
    script_put(line, "%s", room->length == WFP_POINTER_NULL ? " length=null" : "");
}

static void put_kind(struct script_line *line, const struct step *step, const uint32_t *n)
{
    const struct message_step *message = &step->message;

    switch (step->kind) {
    case STEP_OPTION_SET:
    case STEP_OPTION_GET:
        put_option(line, step);
        break;
    case STEP_SEND:
        put_send(line, message);
        break;
    case STEP_RECEIVE:
        script_put(line, " %s size=%lu", word_text(&receive_words, (int)message->entry),
                   (unsigned long)message->size);
        put_room(line, &message->room, n);
        break;
    case STEP_CLOCK:
        script_put(line, " advance=%lu", (unsigned long)message->advance);
        break;
    default:
        break;
    }
}

void script_message(const struct step *step, const uint32_t *n, char *buffer, size_t size)
{
    struct script_line line = {.buffer = buffer, .size = size};
    const struct message_step *message = &step->message;

    buffer[0] = '\0';
    if (step->on != NULL) {
        script_put(&line, " %s", step->on);
    }
    if (step->to != NULL || message->peer_text != NULL) {
        script_put(&line, " to=%s", step->to != NULL ? step->to : message->peer_text);
    }
    script_put(&line, "%s%s", step->handle != NULL ? " " : "",
               step->handle != NULL ? step->handle : "");
    put_kind(&line, step, n);
    put_flags(&line, "flags", message->flags);
    if (message->name == WFP_NAME_NULL) {
        script_put(&line, " name=null");
    }
    if (message->service != NULL) {
        script_put(&line, " service=%s", message->service);
    }
    if (step->kernel.request != NULL) {
        script_put(&line, " request=%s", step->kernel.request);
    }
}
