/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_VECTOR_H
#define HARNESS_VECTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "harness/expectation.h"
#include "harness/kernel_step.h"
#include "harness/message_step.h"
#include "harness/size.h"
#include "harness/status.h"

/*
 * A vector: one claim about the API as a script of steps (vectors/schema/vector.schema.json). What
 * is loaded has passed every check: each name is defined before it is used, each number is in
 * range, each answer is a known one. All strings live as long as the vector.
 */

struct complaints;
struct document;
struct key_catalogue;
struct path_claim;
struct path_scene;
struct place;
struct reader;
struct text_rule;
struct words;

enum {
    VECTOR_STEPS_MAX = 48,
    VECTOR_CLAUSES_MAX = 16,
    VECTOR_BANDS_MAX = 12,
    VECTOR_MEMBERS_MAX = 16, /* of one band */
    VECTOR_REPLACEMENTS_MAX = 8,
    VECTOR_FILE_MAX = 1048576
};

enum source_kind { SOURCE_DOCUMENTED, SOURCE_OBSERVED, SOURCE_INFERRED, SOURCE_REGRESSION };

/* Who says so. Members that are not given are NULL. */
struct source {
    enum source_kind kind;
    const char *reference;
    const char *tool;
    const char *build;
    const char *date;
};

const char *source_kind_name(enum source_kind kind);

/* What a target must be able to do; a set of them is a set of WFP_BIT-like bits, NEED_BIT(). */
enum need {
    NEED_REDIRECT,
    NEED_KERNEL_FACE,
    NEED_KERNEL_ENTRY,
    NEED_PROVIDER_ENTRY,
    NEED_FAULT_INJECTION,
    NEED_BAD_POINTERS,
    NEED_ELEVATION,
    NEED_THREADS,
    NEED_RAW_SOCKETS,
    NEED_ACCEPT_EX,
    NEED_DUPLICATE,
    NEED_CLOCK,
    NEED_DATAGRAMS,
    NEED_DATAGRAM_REDIRECT,
    NEED_LAYOUT_64,
    NEED_LAYOUT_32,
    NEED_COUNT
};

#define NEED_BIT(need) (UINT32_C(1) << (need))

/* "redirect", "kernel-face" ... */
const char *need_name(enum need need);

enum step_kind {
    STEP_SOCKET,            /* as, family, type, overlapped_socket, kernel.owner */
    STEP_BIND,              /* on, kernel.address */
    STEP_LISTEN,            /* on */
    STEP_SHUTDOWN,          /* on */
    STEP_CLOSE,             /* on */
    STEP_DUPLICATE,         /* on, as */
    STEP_CONNECT,           /* on, to, redirected + redirect, expect */
    STEP_ACCEPT,            /* on, as, update */
    STEP_PLAIN_ACCEPT,      /* as, family, overlapped_socket */
    STEP_REDIRECTED_ACCEPT, /* as, family, overlapped_socket, update, redirect, from */
    STEP_HANDLE,            /* as, kernel.flags, expect */
    STEP_DESTROY_HANDLE,    /* on: a handle */
    STEP_PROCESS,           /* started, elevated */
    STEP_THREAD_EXIT,       /* thread */
    STEP_IOCTL,             /* on, thread, as, ioctl, expect or sweep */
    STEP_RESULT,            /* of, channel, wait, expect */
    STEP_EVENT,             /* of, expect */
    STEP_CANCEL,            /* of, expect */
    STEP_FINISH,            /* of */
    STEP_ALERTABLE_WAIT,    /* thread, expect */
    STEP_LAST_ERROR,        /* thread, expect */
    STEP_STATE,             /* on or kernel.request, handle, kernel.size, expect */

    /* the kernel face: kernel_step.h has their members */
    STEP_CALLOUT,         /* as, layer, family, filter, sublayer, weight, classify0 */
    STEP_CONTEXT,         /* as, handle, size */
    STEP_FREE_CONTEXT,    /* context, expect */
    STEP_CONNECT_REQUEST, /* on, address, as */
    STEP_CLASSIFY,        /* request, callout, expect */
    STEP_LOOK,            /* request, field, back, number or address or handle, expect */
    STEP_ACQUIRE,         /* request, acquired, expect */
    STEP_EDIT,            /* request, what is to be changed, expect */
    STEP_APPLY,           /* request, flags, expect */
    STEP_RELEASE,         /* request, expect */
    STEP_PEND,            /* request, expect */
    STEP_COMPLETE,        /* request, action, expect */
    STEP_ACTION,          /* request, action, keeps_right, expect */
    STEP_RETURN,          /* request, expect */
    STEP_SIO_RECORDS,     /* request, size, pointer, save, expect */
    STEP_CONNECT_END,     /* request, expect */
    STEP_REAUTHORIZE,     /* on, as, reason, expect */

    /* datagrams; what they have beside `on`, `to` and `expect` is in `message` */
    STEP_OPTION_SET,
    STEP_OPTION_GET,
    STEP_DATAGRAM_CONNECT, /* redirected + redirect */
    STEP_SEND,             /* redirected + redirect */
    STEP_RECEIVE,          /* ioctl.save: the payload of the record object */
    STEP_CLOCK,
    STEP_FLOW_STATE, /* handle */
    STEP_KIND_COUNT
};

/* "socket", "redirected-accept" ... as in the vectors. */
const char *step_kind_name(enum step_kind kind);
/* Does a step of this kind give an answer (and so may have an expectation)? */
bool step_kind_answers(enum step_kind kind);

struct redirect {
    const char *handle;   /* default "self" */
    uint32_t context;     /* bytes, default 32 */
    uint32_t target_pid;  /* default 1234 */
    enum wfp_layer layer; /* default CONNECT_REDIRECT */
    bool remote;
    bool lost;
};

struct output {
    struct size size;         /* default 0 */
    enum wfp_pointer pointer; /* default HEAP where an output is given, else NULL */
};

struct ioctl_step {
    uint32_t code;
    const char *code_text; /* "QUERY_RECORDS", "0x980000DC" */
    struct input in;
    struct output out;
    enum wfp_pointer count;      /* HEAP (valid), NULL or UNMAPPED */
    enum wfp_pointer overlapped; /* NULL (none), HEAP (valid) or UNMAPPED */
    enum wfp_pointer routine;    /* NULL (none), HEAP (valid) or UNMAPPED */
    enum wfp_entry entry;
    enum wfp_fault fault;
    const char *save; /* keep the returned bytes under this name, or NULL */
};

struct optional_flag {
    bool given;
    bool value;
};

/* Members that a step's kind does not have are NULL, 0 or false. */
struct step {
    enum step_kind kind;
    uint32_t number; /* in the vector, from 1; a replacing step has the number of the replaced */
    bool replaces;   /* it stands in the control */
    const char *on;
    const char *as;
    const char *of;
    const char *to;
    const char *from;
    const char *handle;
    enum wfp_family family;
    enum wfp_type type;
    bool overlapped_socket; /* default true */
    bool update;            /* default true */
    bool redirected;        /* the redirect is in force */
    struct redirect redirect;
    struct optional_flag started;
    struct optional_flag elevated;
    uint32_t thread;
    struct ioctl_step ioctl;
    struct kernel_step kernel;
    struct message_step message;
    enum wfp_channel channel;
    bool wait;                        /* default true */
    const struct expectation *expect; /* NULL: set-up, must succeed */
    const struct sweep *sweep;        /* NULL: none; a step has not both */
};

enum sweep_field {
    SWEEP_OUT_SIZE,
    SWEEP_OUT_POINTER,
    SWEEP_IN_SIZE,
    SWEEP_IN_POINTER,
    SWEEP_IN_CUT,
    SWEEP_IN_EXTEND,
    SWEEP_IN_ALTER,
    SWEEP_CODE,
    SWEEP_COUNT_POINTER, /* "count" */
    SWEEP_ON,
    SWEEP_SCENE /* of a path vector's family: which fields vary is in the vector's path_claim */
};

/* One value of the varied field; which member holds it depends on the field. */
struct sweep_member {
    const char *text; /* as in a case's name: "N-1", "1024", "null" */
    const struct band *band;
    enum sweep_field of;
    struct size size;         /* OUT_SIZE; IN_SIZE, IN_CUT, IN_EXTEND, IN_ALTER: never symbolic */
    enum wfp_pointer pointer; /* OUT_POINTER, IN_POINTER, COUNT_POINTER */
    uint32_t code;            /* CODE */
    const char *on;           /* ON */
    const struct path_scene *scene;   /* SCENE */
    const struct path_scene *control; /* SCENE: what its control plays; NULL: none */
};

struct band {
    const char *name;
    size_t count;
    const struct sweep_member *members;
    const struct expectation *expect;
};

struct sweep {
    enum sweep_field of;
    size_t count;
    const struct band *bands;
};

enum control_kind {
    CONTROL_SUCCESS, /* step `of` must succeed in the control run */
    CONTROL_CONTRAST /* it must answer differently from the tested run */
};

struct control {
    enum control_kind kind;
    uint32_t of; /* number of the step, from 1 */
    size_t count;
    const struct step *replacements; /* each says by `number` which step it replaces */
    uint32_t needs;                  /* bits; of the whole control run */
};

enum vector_kind { VECTOR_CALLS, VECTOR_PATH };

/*
 * A path vector has services, a journey and an outcome (path_vector.h) in place of steps: `steps`,
 * `swept`, `claim` and `control` are NULL.
 */
struct vector {
    enum vector_kind kind;
    const struct path_claim *route; /* NULL unless VECTOR_PATH */
    const char *id;
    const char *path;  /* of the file, or "request" */
    const char *topic; /* name of the folder that holds the file; "" where there is none */
    const char *story;
    size_t clause_count;
    const char *clauses[VECTOR_CLAUSES_MAX];
    const char *clause_list; /* the same, separated by one space */
    struct source source;
    uint32_t needs; /* bits; exactly what the steps require */
    size_t step_count;
    const struct step *steps;
    const struct step *swept; /* the step with the sweep, or NULL */
    const struct step *claim; /* the control's step `of`, else the last step with an expectation */
    const struct control *control; /* NULL: none */
    struct document *document;     /* owns all of this */
};

/*
 * Loads one file. Its complaints go to `complaints`, all that there are; STATUS_BAD_INPUT then.
 * The caller frees the vector.
 */
enum status vector_load(const char *path, const struct key_catalogue *keys,
                        struct complaints *complaints, struct vector **vector);

/*
 * The same from a document, which becomes the vector's, or is freed if the call fails. The id is
 * held against the file's stem only where the document's name ends in ".json".
 */
enum status vector_read(struct document *document, const struct key_catalogue *keys,
                        struct complaints *complaints, struct vector **vector);

/* The same for a vector that is only to be played: it may expect nothing, its claim is then NULL.
 */
enum status vector_read_script(struct document *document, const struct key_catalogue *keys,
                               struct complaints *complaints, struct vector **vector);

void vector_free(struct vector *vector);

/* The sweep of its swept step, or its family; NULL: one case for each profile. */
const struct sweep *vector_sweep(const struct vector *vector);
/* The member of that name, or NULL. */
const struct sweep_member *vector_member(const struct vector *vector, const char *text);

/* The step at `index` (from 0) in the control run. The vector must have a control. */
const struct step *vector_control_step(const struct vector *vector, size_t index);

/* Line of the step in the vector's file, from 1; 0 if it cannot be told. Slow: for messages. */
int vector_step_line(const struct vector *vector, const struct step *step);

/*
 * Does a size, a band or an answer speak of the N of a query? The N in the answer of a SET is the
 * length of its input and does not count.
 */
bool vector_uses_n(const struct vector *vector);

/*
 * The ioctl behind a step: itself, or for result, event, cancel and finish the overlapped call that
 * they are about. NULL for other kinds.
 */
const struct step *vector_call(const struct vector *vector, const struct step *step);

/*
 * The step with one member of its sweep put in: the copy has the band's expectation and no sweep.
 * False if the step has no sweep or the member is not one of this field.
 */
bool step_with_member(const struct step *step, const struct sweep_member *member,
                      struct step *copy);

/* The capabilities that this step takes, members of its sweep included. */
uint32_t step_needs(const struct step *step);

/* Visits every alternative of the step's expectation, or of all bands, until `visit` gives false.
 */
void step_each_expected(const struct step *step,
                        bool (*visit)(void *context, const struct expected *expected),
                        void *context);

/* Is it a query for records or for the context: does it have an N? */
bool ioctl_code_queries(uint32_t code);
/* "QUERY_RECORDS" ..., or NULL for a code without a name. */
const char *ioctl_code_name(uint32_t code);
/* "out.size" ... */
const char *sweep_field_name(enum sweep_field field);
/* "heap", "partly-unmapped" ... */
const char *pointer_name(enum wfp_pointer pointer);
/* "WSAIoctl" ...; "network-down" ... (NULL for none); "completion-port" ... */
const char *entry_name(enum wfp_entry entry);
const char *fault_name(enum wfp_fault fault);
const char *channel_name(enum wfp_channel channel);

/* ---- between the files that load a vector; results as in harness/reader.h ---- */

/* step_table.c: the words of the schema. */
extern const struct words step_kind_words;
extern const struct words family_words;
extern const struct words type_words;
extern const struct words layer_words;
extern const struct words pointer_words;
extern const struct words count_words; /* valid, null, unmapped */
extern const struct words given_words; /* valid, unmapped */
extern const struct words entry_words;
extern const struct words fault_words;
extern const struct words channel_words;
extern const struct words sweep_words;
extern const struct words send_words;
extern const struct words receive_words;
extern const struct words level_words;
extern const struct words object_words;
extern const struct words message_flag_words;

/* step_table.c: a code by name, or as 0x and eight digits; a pointer word of the swept field. */
bool ioctl_code_parse(const char *text, uint32_t *code);
bool sweep_pointer_parse(enum sweep_field field, const char *text, enum wfp_pointer *pointer);

/* vector.c: the members `story` and `source` of whatever makes a claim; field: struct source. */
extern const struct text_rule rule_story;
bool read_source(struct reader *reader, struct place place, json_t *value, const void *rule,
                 void *field);

/* step.c: a number of bytes, or a text that speaks of N; for tables. Field: struct size. */
bool read_size(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field);

/* step.c: one step, complete; `replaces`: it stands in a control and expects nothing. */
bool step_read(struct reader *reader, struct place place, json_t *value,
               const struct key_catalogue *keys, bool replaces, struct step *step);
/* Do the members of a step that is to run fit together? `place` is what to complain about. */
bool step_check(struct reader *reader, struct place place, const struct step *step);

/* sweep.c: the member `sweep` of a step whose other members are read already. */
bool sweep_read(struct reader *reader, json_t *value, const struct key_catalogue *keys,
                struct step *step);

#endif
