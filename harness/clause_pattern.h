/* SPDX-License-Identifier: MIT */

/* The patterns of clauses.json, for a reader's table (harness/reader.h). */

#ifndef HARNESS_CLAUSE_PATTERN_H
#define HARNESS_CLAUSE_PATTERN_H

#include "harness/reader.h"

enum { CLAUSE_FAMILIES = 19, REASON_FAMILIES = 21 };

/* "DEF" ...; the first CLAUSE_FAMILIES are those of clauses, the others CON and UNK. */
extern const char *const clause_families[REASON_FAMILIES];

/* Ids: "QRY-06"; the same, "CON-02" or "UNK-06"; "CON-02"; "UNK-06". */
extern const struct text_rule rule_clause;
extern const struct text_rule rule_reason;
extern const struct text_rule rule_contradiction;
extern const struct text_rule rule_unknown;

extern const struct text_rule rule_line;        /* one line without blanks around it */
extern const struct text_rule rule_source;      /* "K-REC" */
extern const struct text_rule rule_grade;       /* one letter */
extern const struct text_rule rule_only;        /* the name of a profile */
extern const struct text_rule rule_uncoverable; /* a reason of the closed list */

#endif
