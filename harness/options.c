/* SPDX-License-Identifier: MIT */

#include "harness/options.h"

#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

enum { FIELD_MAX = 64 };

/* ---- parsing ---- */

struct parse {
    const struct command *command;
    struct complaints *complaints;
    struct options *options;
    char *const *argv;
    size_t count, next;
    size_t wrong;
};

static void refuse(struct parse *parse, const char *field, const char *expected, const char *actual)
{
    complain(parse->complaints, parse->command->name, 0, field, expected, "%s", actual);
    parse->wrong++;
}

static void refuse_option(struct parse *parse, const char *name)
{
    const struct command *command = parse->command;
    struct text word = {0};
    struct text expected = {0};
    const char *start = name + strspn(name, "-");
    text_add_bytes(&word, start, strcspn(start, "="));
    struct nearest nearest = {.word = text_bytes(&word)};
    for (size_t i = 0; i < command->option_count; i++) {
        nearest_offer(&nearest, command->options[i].name);
    }
    text_add(&expected, "an option that --help lists");
    if (nearest.name != NULL) {
        text_add(&expected, " (--%s?)", nearest.name);
    }
    refuse(parse, "options", text_bytes(&expected), name);
    text_clear(&expected);
    text_clear(&word);
}

static void refuse_choice(struct parse *parse, const struct option *option, const char *field,
                          const char *value)
{
    struct nearest nearest = {.word = value};
    struct text expected = {0};
    for (size_t i = 0; option->choices[i] != NULL; i++) {
        text_add(&expected, "%s%s", i > 0 ? " | " : "", option->choices[i]);
        nearest_offer(&nearest, option->choices[i]);
    }
    if (nearest.name != NULL) {
        text_add(&expected, " (%s?)", nearest.name);
    }
    refuse(parse, field, text_bytes(&expected), value);
    text_clear(&expected);
}

static bool is_number(const char *text, uint32_t min, uint32_t max, uint32_t *number)
{
    uint64_t value = 0;
    if (*text == '\0' || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    for (; *text != '\0' && value <= max; text++) {
        value = value * 10 + (uint64_t)(*text - '0');
    }
    if (value < min || value > max) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

static bool check_number(struct parse *parse, const struct option *option, const char *field,
                         struct given *given)
{
    char expected[64];
    if (is_number(given->text, option->min, option->max, &given->number)) {
        return true;
    }
    snprintf(expected, sizeof expected, "a whole number from %lu to %lu",
             (unsigned long)option->min, (unsigned long)option->max);
    refuse(parse, field, expected, given->text);
    return false;
}

static bool check_choice(struct parse *parse, const struct option *option, const char *field,
                         struct given *given)
{
    for (size_t i = 0; option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], given->text) == 0) {
            return true;
        }
    }
    refuse_choice(parse, option, field, given->text);
    return false;
}

/* Without a check every value is good. */
static const struct {
    bool takes_value;
    bool repeats;
    bool (*check)(struct parse *parse, const struct option *option, const char *field,
                  struct given *given);
} kinds[] = {
    [OPTION_FLAG] = {false, true, NULL},
    [OPTION_STRING] = {true, false, NULL},
    [OPTION_NUMBER] = {true, false, check_number},
    [OPTION_CHOICE] = {true, false, check_choice},
    [OPTION_LIST] = {true, true, NULL},
};

static const struct option *option_named(const struct command *command, const char *name,
                                         size_t length)
{
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option *option = &command->options[i];
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0) {
            return option;
        }
    }
    return NULL;
}

/* The value of the option that was just read: behind '=', or the next argument; NULL: there is
 * none. */
static const char *take_value(struct parse *parse, const char *behind)
{
    if (*behind == '=') {
        return behind + 1;
    }
    if (parse->next == parse->count || strncmp(parse->argv[parse->next], "--", 2) == 0) {
        return NULL;
    }
    return parse->argv[parse->next++];
}

static void add_given(struct parse *parse, const struct option *option, const char *field,
                      const char *value)
{
    struct options *options = parse->options;
    size_t row = (size_t)(option - parse->command->options);
    struct given given = {.option = row, .text = value};
    if (!kinds[option->kind].repeats && options_text(options, row, NULL) != NULL) {
        refuse(parse, field, "only once", value);
        return;
    }
    if (kinds[option->kind].check != NULL &&
        !kinds[option->kind].check(parse, option, field, &given)) {
        return;
    }
    options->given[options->given_count++] = given;
}

static void read_option(struct parse *parse, const char *argument)
{
    size_t length = strcspn(argument + 2, "=");
    const char *behind = argument + 2 + length;
    const struct option *option = option_named(parse->command, argument + 2, length);
    char field[FIELD_MAX];
    const char *value = "";
    if (option == NULL || argument[1] != '-') {
        refuse_option(parse, argument);
        return;
    }
    snprintf(field, sizeof field, "--%s", option->name);
    if (kinds[option->kind].takes_value) {
        value = take_value(parse, behind);
    } else if (*behind != '\0') {
        refuse(parse, field, "no value", behind + 1);
        return;
    }
    if (value == NULL) {
        refuse(parse, field, option->argument != NULL ? option->argument : "a value", "none");
        return;
    }
    add_given(parse, option, field, value);
}

static bool asks_for_help(const struct parse *parse)
{
    for (size_t i = 0; i < parse->count && strcmp(parse->argv[i], "--") != 0; i++) {
        if (strcmp(parse->argv[i], "--help") == 0 || strcmp(parse->argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

static void read_arguments(struct parse *parse)
{
    struct options *options = parse->options;
    bool only_positionals = false;
    while (parse->next < parse->count) {
        const char *argument = parse->argv[parse->next++];
        if (only_positionals || argument[0] != '-' || argument[1] == '\0') {
            options->positionals[options->positional_count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            only_positionals = true;
        } else {
            read_option(parse, argument);
        }
    }
}

static void check_positionals(struct parse *parse)
{
    const struct command *command = parse->command;
    const struct options *options = parse->options;
    const char *expected = command->positional != NULL ? command->positional : "none";
    if (options->positional_count < command->positional_min) {
        refuse(parse, "arguments", expected, "fewer");
    }
    if (options->positional_count > command->positional_max) {
        refuse(parse, "arguments", expected, options->positionals[command->positional_max]);
    }
}

enum status options_parse(const struct command *command, int argc, char *const *argv,
                          struct complaints *complaints, struct options *options)
{
    size_t count = argc > 0 ? (size_t)argc : 0;
    struct options parsed = {.command = command};
    struct parse parse = {command, complaints, &parsed, argv, count, 0, 0};
    parsed.given = calloc(count + 1, sizeof *parsed.given);
    parsed.positionals = calloc(count + 1, sizeof *parsed.positionals);
    if (parsed.given == NULL || parsed.positionals == NULL) {
        options_release(&parsed);
        return STATUS_BROKEN;
    }
    parsed.help = asks_for_help(&parse);
    if (!parsed.help) {
        read_arguments(&parse);
        check_positionals(&parse);
    }
    if (parse.wrong > 0) {
        options_release(&parsed);
        return STATUS_BAD_INPUT;
    }
    *options = parsed;
    return STATUS_OK;
}

void options_release(struct options *options)
{
    free(options->given);
    free(options->positionals);
    *options = (struct options){0};
}

/* ---- asking ---- */

static const struct given *find(const struct options *options, size_t option, size_t index)
{
    for (size_t i = 0; i < options->given_count; i++) {
        if (options->given[i].option == option && index-- == 0) {
            return &options->given[i];
        }
    }
    return NULL;
}

bool options_flag(const struct options *options, size_t option)
{
    return find(options, option, 0) != NULL;
}

const char *options_text(const struct options *options, size_t option, const char *otherwise)
{
    const struct given *given = find(options, option, 0);
    return given != NULL ? given->text : otherwise;
}

uint32_t options_number(const struct options *options, size_t option, uint32_t otherwise)
{
    const struct given *given = find(options, option, 0);
    return given != NULL ? given->number : otherwise;
}

const char *options_item(const struct options *options, size_t option, size_t index)
{
    const struct given *given = find(options, option, index);
    return given != NULL ? given->text : NULL;
}

/* ---- help ---- */

static void add_usage(struct text *text, const struct option *option)
{
    text_add(text, "  --%s", option->name);
    if (option->argument != NULL) {
        text_add(text, " %s", option->argument);
    }
    for (size_t i = 0; option->argument == NULL && option->choices != NULL; i++) {
        if (option->choices[i] == NULL) {
            break;
        }
        text_add(text, "%s%s", i > 0 ? "|" : " ", option->choices[i]);
    }
    if (option->kind == OPTION_LIST) {
        text_add(text, " ...");
    }
}

static size_t usage_width(const struct command *command)
{
    size_t widest = strlen("  --help");
    for (size_t i = 0; i < command->option_count; i++) {
        struct text usage = {0};
        add_usage(&usage, &command->options[i]);
        widest = usage.length > widest ? usage.length : widest;
        text_clear(&usage);
    }
    return widest;
}

static void add_row(struct text *text, const struct option *option, size_t width)
{
    size_t start = text->length;
    add_usage(text, option);
    text_pad(text, start, width);
    text_add(text, "  %s\n", option->help);
}

void options_help(const struct command *command, FILE *out)
{
    static const struct option help = {.name = "help", .help = "say this"};
    struct text text = {0};
    size_t width = usage_width(command);
    text_add(&text, "usage: %s%s%s%s\n\n%s\n\noptions:\n", command->name,
             command->option_count > 0 ? " [OPTION...]" : "",
             command->positional != NULL ? " " : "",
             command->positional != NULL ? command->positional : "", command->summary);
    for (size_t i = 0; i < command->option_count; i++) {
        add_row(&text, &command->options[i], width);
    }
    add_row(&text, &help, width);
    fputs(text_bytes(&text), out);
    text_clear(&text);
}
