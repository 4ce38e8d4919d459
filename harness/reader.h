/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_READER_H
#define HARNESS_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/locate.h"
#include "harness/status.h"
#include "harness/word.h"

/*
 * Reads a document into structs by tables. A closed object is described by its members; each row
 * says how a member is read and where it goes. Everything here that gives false has complained; a
 * caller may go on and collect more.
 */
struct reader {
    struct document *document;
    struct complaints *complaints;
    size_t found; /* complaints of this reader */
    bool broken;  /* out of memory */
};

/* What a document comes to: STATUS_OK only without any complaint. */
enum status reader_status(const struct reader *reader);

/*
 * Loads a file of at most `limit` bytes and has it read into `target` by `read`, which complains of
 * what is wrong. The document is the caller's, whatever the status; NULL where there is none.
 */
enum status reader_load(const char *path, size_t limit, struct complaints *complaints,
                        void (*read)(struct reader *reader, void *target), void *target,
                        struct document **document);

/* Always false, so that a check can end with it. */
bool reader_complain(struct reader *reader, struct place place, const char *expected,
                     const char *actual_format, ...) TEXT_FORMAT(4, 5);
/* "found" is the value itself, as JSON, cut where long. */
bool reader_complain_value(struct reader *reader, struct place place, const char *expected,
                           json_t *value);

/* document_keep(); NULL marks the reader as broken. */
void *reader_keep(struct reader *reader, size_t count, size_t size);

/* The texts in one, for as long as the document lives; NULL without memory. */
const char *reader_join(struct reader *reader, const char *const *texts, size_t count,
                        char separator);

/* Reads one value; `rule` is the row's, `field` the place in the struct. */
struct member {
    const char *name;
    bool (*read)(struct reader *reader, struct place place, json_t *value, const void *rule,
                 void *field);
    const void *rule;
    size_t offset;
};

enum { SHAPE_MEMBERS_MAX = 64 };

#define MEMBER_BIT(n) (UINT64_C(1) << (n))
#define MEMBERS_ALL UINT64_MAX

/*
 * Reads an object with these members only. `required` and `allowed` are sets of row numbers; of two
 * rows with one name at most one may be allowed. A member that is absent leaves its field as it
 * was.
 */
struct shape {
    const struct member *members;
    size_t count; /* at most SHAPE_MEMBERS_MAX */
    uint64_t required;
    uint64_t allowed;
};

bool read_object(struct reader *reader, struct place place, json_t *value,
                 const struct shape *shape, void *target);

/* The member that tells which shape an object has. */
bool read_kind(struct reader *reader, struct place place, json_t *value, const char *name,
               const void *words, int *kind);

/* ---- readers for one value, to stand in tables ---- */

/* Text of `min` to `max` code points; `fits` (NULL: any) is the pattern that `expected` tells. */
struct text_rule {
    size_t min;
    size_t max;
    bool (*fits)(const char *text);
    const char *expected;
};

/* rule: struct text_rule; field: const char * */
bool read_text(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field);

struct range {
    uint32_t min;
    uint32_t max;
};

/* rule: struct range; field: uint32_t. A number with a fraction or an exponent is refused. */
bool read_number(struct reader *reader, struct place place, json_t *value, const void *rule,
                 void *field);

/* rule: NULL; field: bool */
bool read_flag(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field);

/* rule: struct words; field: an enum of the size of int */
bool read_word(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field);

/* Nothing: the member is read elsewhere, with what only that place has. */
bool read_elsewhere(struct reader *reader, struct place place, json_t *value, const void *rule,
                    void *field);
/* rule: NULL; field: json_t *. Keeps the value for later. */
bool read_later(struct reader *reader, struct place place, json_t *value, const void *rule,
                void *field);

/* ---- arrays ---- */

/* Is the member an array of min to max items? */
bool check_array(struct reader *reader, struct place place, json_t *value, size_t min, size_t max);

/* An array of different texts. `texts` has room for `max`. */
bool read_texts(struct reader *reader, struct place place, json_t *value,
                const struct text_rule *rule, size_t min, size_t max, const char **texts,
                size_t *count);

/* ---- the patterns of the schema ---- */

extern const struct text_rule rule_id;   /* of a vector, a profile */
extern const struct text_rule rule_name; /* of a socket, handle, operation, blob, key */
extern const struct text_rule rule_date; /* "2024-09-27" */

#endif
