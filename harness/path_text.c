/* SPDX-License-Identifier: MIT */

#include "harness/path_text.h"

#include "harness/expectation_text.h"
#include "harness/reader.h"

enum { ASKED_COLUMN = 26, BAND_INDENT = 4, LEAF_INDENT = 8, MEMBERS_SHOWN = 6 };

/* ---- a hop ---- */

static const char *destination_of(const struct wfp_path_hop *hop, const char *const *names)
{
    if (hop->redirected_by != 0) {
        return path_station_name(names, hop->redirected_by);
    }
    return hop->blocked_by != 0 ? "nowhere" : "destination";
}

static void add_asked(const struct wfp_path_asked *asked, const char *const *names,
                      struct text *text)
{
    const int told = asked->told == WFP_PATH_NOT_TOLD ? TOLD_NOT_TOLD : asked->told;
    const int did = asked->did == WFP_PATH_NOTHING ? DID_NOTHING : asked->did;
    const bool authorizes =
        asked->layer == WFP_AUTH_CONNECT_V4 || asked->layer == WFP_AUTH_CONNECT_V6;

    text_add(text, "  %s%s %s %s", path_station_name(names, asked->service),
             authorizes ? " AUTH_CONNECT" : "", word_text(&told_words, told),
             word_text(&did_words, did));
    if (asked->round > 0) {
        text_add(text, " (reauthorisation %u)", (unsigned)asked->round);
    }
}

void path_hop_text(const struct wfp_path_hop *hop, const char *const *names, struct text *text)
{
    const size_t start = text->length;

    text_add(text, "%s %s %s > %s", path_station_name(names, hop->dialler),
             word_text(&form_words, hop->to), hop->tracked ? "with a record" : "without a record",
             destination_of(hop, names));
    text_pad(text, start, ASKED_COLUMN);
    for (uint32_t i = 0; i < hop->asked_count; i++) {
        const bool redirects = hop->asked[i].layer == WFP_CONNECT_REDIRECT_V4 ||
                               hop->asked[i].layer == WFP_CONNECT_REDIRECT_V6;

        /* At AUTH_CONNECT only a block is worth a word. */
        if (redirects || hop->asked[i].did == WFP_DEED_BLOCK) {
            add_asked(&hop->asked[i], names, text);
        }
    }
}

/* ---- a claim ---- */

static void add_members(const struct band *band, struct text *text)
{
    text_add(text, "%*s%s (", BAND_INDENT, "", band->name);
    for (size_t i = 0; i < band->count && i < MEMBERS_SHOWN; i++) {
        text_add(text, "%s%s", i == 0 ? "" : ", ", band->members[i].text);
    }
    if (band->count > MEMBERS_SHOWN) {
        text_add(text, " and %zu more", band->count - MEMBERS_SHOWN);
    }
    text_add(text, ")\n");
}

static void add_family(const struct path_claim *claim, struct text *text)
{
    text_add(text, "  family of");
    for (size_t i = 0; i < claim->varied_count; i++) {
        text_add(text, "%s %s", i == 0 ? "" : " +", claim->varied[i].text);
    }
    text_add(text, "\n");
    for (size_t i = 0; i < claim->family->count; i++) {
        add_members(&claim->family->bands[i], text);
        expectation_text(claim->family->bands[i].expect, LEAF_INDENT, text);
    }
}

static void add_control(const struct path_control *control, struct text *text)
{
    text_add(text, "  control: with");
    for (size_t i = 0; i < control->count; i++) {
        text_add(text, " %s", control->settings[i].text);
    }
    text_add(text, " the connection must fare otherwise\n");
}

void path_claim_text(const struct path_claim *claim, struct text *text)
{
    topology_text(&claim->scene, BAND_INDENT, text);
    if (claim->expect != NULL) {
        text_add(text, "  expected\n");
        expectation_text(claim->expect, LEAF_INDENT, text);
    }
    if (claim->family != NULL) {
        add_family(claim, text);
    }
    if (claim->control != NULL) {
        add_control(claim->control, text);
    }
}
