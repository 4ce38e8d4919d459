/* SPDX-License-Identifier: MIT */

#include "tests/model/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/mutation.h"
#include "harness/word.h"
#include "tests/model/journey.h"
#include "tests/model/tell.h"

enum { WORD_MAX = 80, HEADER_LEAST = 64, HOP_LEAST = 32 };

static struct setting chosen;
static struct mutant mutant;
static struct wfp_profile profile;
static const struct wfp_rules *rules;

const struct setting *setting(void)
{
    return &chosen;
}

const struct wfp_rules *setting_rules(void)
{
    return rules;
}

const struct wfp_profile *setting_profile(void)
{
    return &profile;
}

static bool alter_rule(const char *id, const char *how)
{
    const struct wfp_rules *shipped = wfp_rules_shipped();
    const struct word *mutation = word_find(&mutation_words, how);

    for (size_t row = 0; row < shipped->count && mutation != NULL; row++) {
        if (strcmp(shipped->rows[row].id, id) == 0) {
            mutation_make(shipped, row, (enum mutation)mutation->value, &mutant);
            rules = &mutant.rules;
            return true;
        }
    }
    return false;
}

static bool take_word(char *word)
{
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {{"careful", &chosen.careful},    {"second", &chosen.second},
                 {"heedful", &chosen.heedful},    {"indulgent", &chosen.indulgent},
                 {"fixed", &chosen.fixed},        {"twice", &chosen.twice},
                 {"shared", &chosen.only_shared}, {"own", &chosen.only_own}};
    char *colon = strchr(word, ':');

    if (sscanf(word, "order=%u", &chosen.order) == 1) {
        chosen.only_one_order = true;
        return true;
    }
    if (colon != NULL) {
        *colon = '\0';
        return alter_rule(word, colon + 1);
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(flags[i].word, word) == 0) {
            *flags[i].flag = true;
            return true;
        }
    }
    return false;
}

bool journey_settings(bool telling)
{
    const char *words = getenv("WFP_MODEL");
    char word[WORD_MAX];
    int length = 0;

    tell(telling);
    rules = wfp_rules_shipped();
    wfp_profile_documented(&profile);
    profile.keys[WFP_KEY_RECORD_HEADER].values[0].number = HEADER_LEAST;
    profile.keys[WFP_KEY_RECORD_HOP].values[0].number = HOP_LEAST;
    for (; words != NULL && sscanf(words, "%79s%n", word, &length) == 1; words += length) {
        if (!take_word(word)) {
            fprintf(stderr, "WFP_MODEL: %s: expected a word of journey.h or RULE:HOW\n", word);
            return false;
        }
    }
    chosen.heedful |= chosen.careful;
    return true;
}

bool journey_careful(unsigned j)
{
    return chosen.careful || (chosen.second && j == 1);
}

bool journey_allows(unsigned topology)
{
    const bool shared = topology % 2;

    return (shared ? !chosen.only_own : !chosen.only_shared) &&
           (!chosen.only_one_order || chosen.order == topology / 2);
}
