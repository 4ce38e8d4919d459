/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/options.h"
#include "harness/platform/files.h"
#include "harness/text.h"

enum { BACKEND, PROFILE, OUTPUT, JOBS, QUIET, OPTIONS };

static const char *const backends[] = {"sim", "winsock", NULL};

static const struct option table[OPTIONS] = {
    [BACKEND] = {.name = "backend",
                 .help = "what runs the calls",
                 .kind = OPTION_CHOICE,
                 .choices = backends},
    [PROFILE] = {.name = "profile",
                 .argument = "NAME|FILE",
                 .help = "what the provider answers",
                 .kind = OPTION_LIST},
    [OUTPUT] = {.name = "output",
                .argument = "FILE",
                .help = "where the report goes",
                .kind = OPTION_STRING},
    [JOBS] = {.name = "jobs",
              .argument = "N",
              .help = "threads",
              .kind = OPTION_NUMBER,
              .min = 1,
              .max = 256},
    [QUIET] = {.name = "quiet", .help = "say less", .kind = OPTION_FLAG},
};

static const struct command command = {.name = "wfpcheck run",
                                       .summary = "Runs vectors.",
                                       .positional = "[PATH...]",
                                       .positional_max = 3,
                                       .options = table,
                                       .option_count = OPTIONS};

enum { WORDS_MAX = 16 };

/* A command line, its words separated by '|'. */
struct line {
    char words[256];
    char *argv[WORDS_MAX];
    int argc;
    struct complaints complaints;
    struct options options;
};

static enum status parse(struct line *line, const char *words)
{
    char *next = line->words;

    *line = (struct line){.argc = 0};
    strcpy(line->words, words);
    while (*words != '\0' && next != NULL) {
        char *bar = strchr(next, '|');
        line->argv[line->argc++] = next;
        if (bar != NULL) {
            *bar++ = '\0';
        }
        next = bar;
    }
    return options_parse(&command, line->argc, line->argv, &line->complaints, &line->options);
}

static void release(struct line *line)
{
    options_release(&line->options);
    complaints_clear(&line->complaints);
}

static void test_nothing_given(void **state)
{
    struct line line;

    (void)state;
    assert_int_equal(parse(&line, ""), STATUS_OK);
    assert_false(line.options.help);
    assert_false(options_flag(&line.options, QUIET));
    assert_string_equal(options_text(&line.options, BACKEND, "sim"), "sim");
    assert_null(options_text(&line.options, OUTPUT, NULL));
    assert_int_equal(options_number(&line.options, JOBS, 4), 4);
    assert_null(options_item(&line.options, PROFILE, 0));
    assert_null(line.options.positionals[0]);
    release(&line);
}

static void test_both_forms_in_any_order(void **state)
{
    static const char *const lines[] = {
        "--backend|winsock|a|--jobs=2|--profile|x|--quiet|--output|r.xml|--profile=y=z|b",
        "a|b|--profile=x|--profile|y=z|--output=r.xml|--quiet|--quiet|--jobs|2|--backend=winsock",
        "--jobs|02|--quiet|--output=r.xml|--backend=winsock|--profile=x|--profile=y=z|--|a|b"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct line line;
        assert_int_equal(parse(&line, lines[i]), STATUS_OK);
        assert_string_equal(options_text(&line.options, BACKEND, "sim"), "winsock");
        assert_string_equal(options_text(&line.options, OUTPUT, NULL), "r.xml");
        assert_int_equal(options_number(&line.options, JOBS, 1), 2);
        assert_true(options_flag(&line.options, QUIET));
        assert_string_equal(options_item(&line.options, PROFILE, 0), "x");
        assert_string_equal(options_item(&line.options, PROFILE, 1), "y=z");
        assert_null(options_item(&line.options, PROFILE, 2));
        assert_int_equal(line.options.positional_count, 2);
        assert_string_equal(line.options.positionals[0], "a");
        assert_string_equal(line.options.positionals[1], "b");
        assert_null(line.options.positionals[2]);
        release(&line);
    }
}

static void test_what_follows_two_dashes_is_positional(void **state)
{
    struct line line;

    (void)state;
    assert_int_equal(parse(&line, "-|--|--help|--"), STATUS_OK);
    assert_false(line.options.help);
    assert_int_equal(line.options.positional_count, 3);
    assert_string_equal(line.options.positionals[0], "-");
    assert_string_equal(line.options.positionals[1], "--help");
    assert_string_equal(line.options.positionals[2], "--");
    release(&line);
}

static void test_empty_values_are_values(void **state)
{
    struct line line;

    (void)state;
    assert_int_equal(parse(&line, "--output=|--profile=--jobs"), STATUS_OK);
    assert_string_equal(options_text(&line.options, OUTPUT, NULL), "");
    assert_string_equal(options_item(&line.options, PROFILE, 0), "--jobs");
    release(&line);
}

static void test_help_hides_every_mistake(void **state)
{
    static const char *const lines[] = {"--help", "-h", "--nonsense|--help", "a|b|c|d|e|-h|--jobs"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct line line;
        assert_int_equal(parse(&line, lines[i]), STATUS_OK);
        assert_true(line.options.help);
        assert_int_equal(line.complaints.total, 0);
        release(&line);
    }
}

static void test_mistakes_are_complained_about(void **state)
{
    static const struct {
        const char *words;
        const char *complaint;
    } rows[] = {
        {"--backnd=sim", "wfpcheck run: options: expected an option that --help lists "
                         "(--backend?), found --backnd=sim"},
        {"--prof|x", "(--profile?), found --prof"},
        {"--zzzzzz", "lists, found --zzzzzz"},
        {"-q", "found -q"},
        {"-quiet", "(--quiet?), found -quiet"},
        {"--=x", "found --=x"},
        {"--quietly", "(--quiet?), found --quietly"},
        {"--quiet=yes", "--quiet: expected no value, found yes"},
        {"--output", "--output: expected FILE, found none"},
        {"--output|--quiet", "--output: expected FILE, found none"},
        {"--output|a|--output|b", "--output: expected only once, found b"},
        {"--backend|winsok", "--backend: expected sim | winsock (winsock?), found winsok"},
        {"--backend=", "--backend: expected sim | winsock, found"},
        {"--jobs|0", "--jobs: expected a whole number from 1 to 256, found 0"},
        {"--jobs|257", "from 1 to 256, found 257"},
        {"--jobs|-1", "from 1 to 256, found -1"},
        {"--jobs|1x", "from 1 to 256, found 1x"},
        {"--jobs|4294967297", "found 4294967297"},
        {"--jobs|99999999999999999999999", "found 99999999999999999999999"},
        {"--jobs=", "from 1 to 256, found"},
        {"a|b|c|d", "arguments: expected [PATH...], found d"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line line;
        assert_int_equal(parse(&line, rows[i].words), STATUS_BAD_INPUT);
        assert_true(line.complaints.total >= 1);
        if (strstr(line.complaints.texts[0], rows[i].complaint) == NULL) {
            fail_msg("%s", line.complaints.texts[0]);
        }
        release(&line);
    }
}

static void test_every_mistake_is_told(void **state)
{
    struct line line;

    (void)state;
    assert_int_equal(parse(&line, "--jobs|x|--backend|y|--what|a|b|c|d"), STATUS_BAD_INPUT);
    assert_int_equal(line.complaints.total, 4);
    release(&line);
}

static void test_too_few_arguments(void **state)
{
    static const struct command needy = {
        .name = "wfpcheck show", .positional = "ID", .positional_min = 1, .positional_max = 1};
    struct complaints complaints = {0};
    struct options options;

    (void)state;
    assert_int_equal(options_parse(&needy, 0, NULL, &complaints, &options), STATUS_BAD_INPUT);
    assert_string_equal(complaints.texts[0], "wfpcheck show: arguments: expected ID, found fewer");
    complaints_clear(&complaints);
}

static void test_help_lists_the_table(void **state)
{
    static const char expected[] = "usage: wfpcheck run [OPTION...] [PATH...]\n"
                                   "\n"
                                   "Runs vectors.\n"
                                   "\n"
                                   "options:\n"
                                   "  --backend sim|winsock    what runs the calls\n"
                                   "  --profile NAME|FILE ...  what the provider answers\n"
                                   "  --output FILE            where the report goes\n"
                                   "  --jobs N                 threads\n"
                                   "  --quiet                  say less\n"
                                   "  --help                   say this\n";
    FILE *out = files_open("test_options.help", "wb");
    char *text;
    size_t size;

    (void)state;
    assert_non_null(out);
    options_help(&command, out);
    fclose(out);
    assert_int_equal(files_read("test_options.help", 4096, &text, &size), STATUS_OK);
    assert_string_equal(text, expected);
    free(text);
}

static void test_nearest(void **state)
{
    static const char *const names[] = {"run", "record", "rules", "replay", "list"};
    static const struct {
        const char *word;
        const char *name;
    } rows[] = {{"rnu", "run"},    {"runn", "run"}, {"recrod", "record"}, {"recordd", "record"},
                {"rep", "replay"}, {"lst", "list"}, {"rule", "rules"},    {"", NULL},
                {"xyz", NULL},     {"r", "run"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nearest nearest = {.word = rows[i].word};
        for (size_t j = 0; j < sizeof names / sizeof names[0]; j++) {
            nearest_offer(&nearest, names[j]);
        }
        if (rows[i].name == NULL) {
            assert_null(nearest.name);
        } else {
            assert_string_equal(nearest.name, rows[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_given),
        cmocka_unit_test(test_both_forms_in_any_order),
        cmocka_unit_test(test_what_follows_two_dashes_is_positional),
        cmocka_unit_test(test_empty_values_are_values),
        cmocka_unit_test(test_help_hides_every_mistake),
        cmocka_unit_test(test_mistakes_are_complained_about),
        cmocka_unit_test(test_every_mistake_is_told),
        cmocka_unit_test(test_too_few_arguments),
        cmocka_unit_test(test_help_lists_the_table),
        cmocka_unit_test(test_nearest),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
