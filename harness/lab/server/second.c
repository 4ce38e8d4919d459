/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/second.h"

#include "harness/address.h"
#include "harness/lab/context/recipe.h"
#include "harness/lab/context/stand_in.h"
#include "harness/reader.h"

enum { SECOND_FILE_MAX = 65536, SECOND_WORDS_MAX = 64 };

struct second {
    struct lab_program program;
    struct recipe *recipe;
    struct stand_in *stand_in;
    const char *recipe_path;
    const char *stand_in_path;
    json_t *listen, *udp, *command;
    const char *words[SECOND_WORDS_MAX + 1];
    struct document *document; /* owns this */
};

static bool fits_address(const char *text)
{
    struct wfp_address address;

    return address_parse(text, &address) && address.port != 0;
}

static const struct text_rule rule_path = {1, 4096, NULL, "a path"};
static const struct text_rule rule_word = {1, 4096, NULL, "a word of the command"};
static const struct text_rule rule_address = {
    3, 60, fits_address, "an address and a port, as 127.0.0.1:8080 or [::1]:8080"};

static const struct member second_members[] = {
    {"listen", read_later, NULL, offsetof(struct second, listen)},
    {"context", read_text, &rule_path, offsetof(struct second, recipe_path)},
    {"command", read_later, NULL, offsetof(struct second, command)},
    {"udp", read_later, NULL, offsetof(struct second, udp)},
    {"stand-in", read_text, &rule_path, offsetof(struct second, stand_in_path)},
};
static const struct shape second_shape = {second_members, 5, 0x7, MEMBERS_ALL};

static void read_addresses(struct reader *reader, json_t *root, const char *name, json_t *list,
                           struct wfp_address *addresses, size_t *count)
{
    const char *texts[LAB_LISTEN_MAX];
    size_t read = 0;

    if (list == NULL || !read_texts(reader, place_member(root, name), list, &rule_address, 1,
                                    LAB_LISTEN_MAX, texts, &read)) {
        return;
    }
    for (size_t i = 0; i < read; i++) {
        (void)address_parse(texts[i], &addresses[i]);
    }
    *count = read;
}

/* Words may be alike. */
static void read_command(struct reader *reader, json_t *root, struct second *second)
{
    json_t *list = second->command;
    size_t index;
    json_t *item;

    if (!check_array(reader, place_member(root, "command"), list, 1, SECOND_WORDS_MAX)) {
        return;
    }
    json_array_foreach(list, index, item) {
        (void)read_text(reader, place_item(list, index), item, &rule_word, &second->words[index]);
    }
    second->program.command = second->words;
}

static void read_second(struct reader *reader, json_t *root, struct second *second)
{
    if (!read_object(reader, place_whole(root), root, &second_shape, second)) {
        return;
    }
    read_addresses(reader, root, "listen", second->listen, second->program.listen,
                   &second->program.listen_count);
    read_addresses(reader, root, "udp", second->udp, second->program.udp,
                   &second->program.udp_count);
    read_command(reader, root, second);
}

static enum status load_driver(struct second *second, struct complaints *complaints)
{
    enum status status = recipe_load(second->recipe_path, complaints, &second->recipe);

    if (status == STATUS_OK && second->stand_in_path != NULL) {
        status = stand_in_load(second->stand_in_path, complaints, &second->stand_in);
    }
    second->program.recipe = second->recipe;
    second->program.stand_in = second->stand_in;
    return status;
}

enum status second_load(const char *path, struct complaints *complaints, struct second **second)
{
    struct reader reader = {.complaints = complaints};
    struct second *loaded;
    enum status status = document_load(path, SECOND_FILE_MAX, complaints, &reader.document);

    if (status != STATUS_OK) {
        return status;
    }
    loaded = reader_keep(&reader, 1, sizeof *loaded);
    if (loaded == NULL) {
        document_free(reader.document);
        return STATUS_BROKEN;
    }
    loaded->document = reader.document;
    read_second(&reader, reader.document->root, loaded);
    status = reader_status(&reader);
    if (status == STATUS_OK) {
        status = load_driver(loaded, complaints);
    }
    if (status != STATUS_OK) {
        second_free(loaded);
        return status;
    }
    *second = loaded;
    return STATUS_OK;
}

const struct lab_program *second_program(const struct second *second)
{
    return &second->program;
}

void second_free(struct second *second)
{
    if (second != NULL) {
        stand_in_free(second->stand_in);
        recipe_free(second->recipe);
        document_free(second->document);
    }
}
