/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/decide.h"
#include "sim/facts.h"
#include "tests/unit/answers.h"
#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define F(name) WFP_BIT(WFP_FACT_##name)
#define K(name) WFP_BIT(WFP_KERNEL_##name)

enum { IOCTLS = (1 << WFP_CALL_LAST_ERROR) - 1 };

/* Runs a check on every row of the table as shipped. */
static void each_rule(void (*check)(const struct wfp_rule *rule))
{
    for (size_t row = 0; row < wfp_rules_shipped()->count; row++) {
        check(&wfp_rules_shipped()->rows[row]);
    }
}

#define demand(rule, holds)                                                                        \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            print_error("rule %s: expected " #holds "\n", (rule)->id);                             \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

/* ---- the rows ---- */

static void test_table_fits(void **state)
{
    (void)state;
    assert_in_range(wfp_rules_shipped()->count, 1, WFP_RULES_MAX);
    assert_true((unsigned)WFP_CALL_COUNT <= 64);
    for (unsigned face = 0; face < WFP_FACE_COUNT; face++) {
        assert_true(wfp_fact_count((enum wfp_face)face) <= 64);
    }
}

static void test_ids_are_unique(void **state)
{
    const struct wfp_rules *rules = wfp_rules_shipped();

    (void)state;
    for (size_t a = 0; a < rules->count; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_string_not_equal(rules->rows[a].id, rules->rows[b].id);
        }
    }
}

/* "query.too-small": two words of lower-case letters, digits and dashes. */
static void check_id(const struct wfp_rule *rule)
{
    const char *dot = strchr(rule->id, '.');

    demand(rule, dot != NULL && dot != rule->id && dot[1] != '\0');
    demand(rule, strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(rule->id));
    demand(rule, strchr(dot + 1, '.') == NULL);
}

/* "QRY-06", then the end or one space; gives what follows, NULL where it is malformed. */
static const char *after_clause(const char *text)
{
    const size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t length;

    if (letters < 2 || letters > 4 || text[letters] != '-') {
        return NULL;
    }
    length = letters + 1 + strspn(text + letters + 1, "0123456789");
    if (length != letters + 3 || (text[length] != '\0' && text[length] != ' ')) {
        return NULL;
    }
    return text + length + (text[length] == ' ');
}

/* Is the id one of the list, and not only part of one (MSG-11 of CMSG-11)? */
static bool lists(const char *list, const char *id)
{
    for (const char *at = strstr(list, id); at != NULL; at = strstr(at + 1, id)) {
        if (at == list || at[-1] == ' ') {
            return true;
        }
    }
    return false;
}

static void check_clauses(const struct wfp_rule *rule)
{
    const char *clause = rule->clauses;

    demand(rule, *clause != '\0' && clause[strlen(clause) - 1] != ' ');
    while (clause != NULL && *clause != '\0') {
        const char *next = after_clause(clause);
        char id[8] = {0};

        demand(rule, next != NULL);
        memcpy(id, clause, strcspn(clause, " "));
        demand(rule, next == NULL || !lists(next, id));
        clause = next;
    }
}

static void check_guard(const struct wfp_rule *rule)
{
    demand(rule, rule->calls != 0);
    for (unsigned call = 0; call < 64; call++) {
        demand(rule, (rule->calls & WFP_BIT(call)) == 0 ||
                         (call < WFP_CALL_COUNT &&
                          wfp_call_face((enum wfp_call)call) == wfp_rule_face(rule)));
    }
    demand(rule, (rule->needs & rule->bars) == 0);
}

static void check_answer(const struct wfp_rule *rule)
{
    demand(rule, rule->source != WFP_ANSWER_LITERAL || rule->answer.outcome != WFP_PASS);
    demand(rule, (rule->source == WFP_ANSWER_KEY) == (rule->key != WFP_KEY_NONE));
    demand(rule, wfp_key_type(rule->key) == WFP_TYPE_ANSWER);
    demand(rule, rule->kernel.outcome == WFP_RETURNED);
    demand(rule, (rule->needs & rule->bars) == 0);
}

/* A rule that the kernel entry can meet says a status: none where it succeeds. */
static void check_kernel_answer(const struct wfp_rule *rule)
{
    struct wfp_profile profile;
    struct wfp_answer answer = rule->answer;

    wfp_profile_documented(&profile);
    if (rule->source == WFP_ANSWER_KEY) {
        answer = profile.keys[rule->key].values[0].answer;
    }
    if ((rule->calls & IOCTLS) == 0 || (rule->bars & F(KERNEL_ENTRY)) != 0 ||
        answer.outcome != WFP_RETURNED) {
        return;
    }
    demand(rule, (answer.error == 0) == (rule->kernel.error == 0));
    demand(rule, rule->kernel.error == 0 || rule->kernel.error >= 0xC0000000u);
    demand(rule, rule->kernel.error == 0 || rule->kernel.count != WFP_COUNT_UNCHANGED);
}

/* Everything in a row can be printed. */
static void check_names(const struct wfp_rule *rule)
{
    for (unsigned call = 0; call < WFP_CALL_COUNT; call++) {
        demand(rule, wfp_call_name((enum wfp_call)call) != NULL);
    }
    for (unsigned fact = 0; fact < 64; fact++) {
        demand(rule, ((rule->needs | rule->bars) & WFP_BIT(fact)) == 0 ||
                         wfp_fact_name(wfp_rule_face(rule), fact) != NULL);
    }
    demand(rule, wfp_stage_name(rule->stage) != NULL);
    demand(rule, wfp_effect_name(rule->effect) != NULL);
    demand(rule, rule->key == WFP_KEY_NONE || wfp_key_name(rule->key) != NULL);
    demand(rule, rule->answer.outcome == WFP_STATE || wfp_error_name(rule->answer.error) != NULL);
    demand(rule, wfp_error_name(rule->kernel.error) != NULL);
}

static void test_rows_are_well_formed(void **state)
{
    (void)state;
    each_rule(check_id);
    each_rule(check_clauses);
    each_rule(check_guard);
    each_rule(check_answer);
    each_rule(check_kernel_answer);
}

static void test_rows_can_be_printed(void **state)
{
    (void)state;
    each_rule(check_names);
}

static void test_every_answer_of_a_profile_is_asked_for(void **state)
{
    (void)state;
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        bool used = wfp_key_type((enum wfp_key)key) != WFP_TYPE_ANSWER;

        for (size_t row = 0; row < wfp_rules_shipped()->count; row++) {
            used = used || wfp_rules_shipped()->rows[row].key == (enum wfp_key)key;
        }
        assert_true(used);
    }
}

/* ---- profiles ---- */

struct setting {
    enum wfp_key key;
    struct wfp_answer answer;
};

/* As vectors/profiles/observed.json, where it differs; a second value stands behind the first. */
static const struct setting observed[] = {
    {WFP_KEY_UNMAPPED_BYTE_COUNT, UNCHANGED(10014)},
    {WFP_KEY_UNMAPPED_BYTE_COUNT, DIED},
    {WFP_KEY_UNMAPPED_OVERLAPPED, BYTES(10014, 0)},
    {WFP_KEY_UNMAPPED_OVERLAPPED, DIED},
    {WFP_KEY_UNKNOWN_CODE, BYTES(10045, 0)},
    {WFP_KEY_TOO_SMALL, NEEDED(10014)},
    {WFP_KEY_TINY_BUFFER, PASS},
    {WFP_KEY_ZERO_SIZE_QUERY, PASS},
    {WFP_KEY_NO_CONTEXT, BYTES(10022, 0)},
    {WFP_KEY_NO_CONTEXT, BYTES(0x80320008u, 0)},
    {WFP_KEY_UNCONNECTED, BYTES(10022, 0)},
    {WFP_KEY_LISTENING, BYTES(10022, 0)},
    {WFP_KEY_MISALIGNED_RECORDS, BYTES(10014, 0)},
    {WFP_KEY_SET_OUTPUT_SIZE, PASS},
    {WFP_KEY_SET_NULL_INPUT, BYTES(10014, 0)},
    {WFP_KEY_SET_NULL_INPUT, BYTES(10022, 0)},
    {WFP_KEY_SET_FOREIGN, BYTES(10022, 0)},
    {WFP_KEY_SET_FOREIGN, PASS},
};

/* As vectors/profiles/unsupported.json. */
static const struct setting unsupported[] = {
    {WFP_KEY_NOT_STARTED, PASS},
    {WFP_KEY_NULL_BYTE_COUNT_OVERLAPPED, UNCHANGED(10014)},
    {WFP_KEY_UNMAPPED_BYTE_COUNT, DIED},
    {WFP_KEY_UNMAPPED_OVERLAPPED, DIED},
    {WFP_KEY_UNSUPPORTED, BYTES(10045, 0)},
    {WFP_KEY_UNKNOWN_CODE, BYTES(10045, 0)},
    {WFP_KEY_FLUSH, BYTES(10045, 0)},
    {WFP_KEY_OVERLAPPED, UNCHANGED(997)},
    {WFP_KEY_OVERLAPPED_ON_PLAIN_SOCKET, UNCHANGED(997)},
};

static void settle(struct scene *scene, const struct setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && settings[i].key == settings[i - 1].key) {
            scene_also(scene, settings[i].key, settings[i].answer);
        } else {
            scene_decide(scene, settings[i].key, settings[i].answer);
        }
    }
}

static void as_documented(struct scene *scene)
{
    (void)scene;
}

static void as_observed(struct scene *scene)
{
    settle(scene, observed, COUNT(observed));
    scene->profile.keys[WFP_KEY_SET_RECORD_VISIBLE].values[0].number = 1;
}

static void as_unsupported(struct scene *scene)
{
    static const uint8_t order[] = {WFP_STAGE_STARTUP, WFP_STAGE_BYTE_COUNT, WFP_STAGE_OVERLAPPED,
                                    WFP_STAGE_PENDING, WFP_STAGE_CODE,       WFP_STAGE_FAULT,
                                    WFP_STAGE_HANDLE,  WFP_STAGE_POINTERS,   WFP_STAGE_SIZES,
                                    WFP_STAGE_ACCESS,  WFP_STAGE_SOCKET,     WFP_STAGE_RECORD,
                                    WFP_STAGE_ROOM,    WFP_STAGE_OUTCOME};

    assert_int_equal(COUNT(order), WFP_STAGE_COUNT);
    settle(scene, unsupported, COUNT(unsupported));
    memcpy(scene->profile.keys[WFP_KEY_ERROR_PRECEDENCE].values[0].order, order, sizeof order);
}

/* Every key open: what it is as documented, "no objection", and an answer of its own. */
static void as_open(struct scene *scene)
{
    struct wfp_choice *flags[] = {&scene->profile.keys[WFP_KEY_SET_RECORD_VISIBLE],
                                  &scene->profile.keys[WFP_KEY_CONTEXT_OF_LAST]};

    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        if (wfp_key_type((enum wfp_key)key) == WFP_TYPE_ANSWER) {
            scene_also(scene, (enum wfp_key)key, answer_bytes(20000 + key, 0));
            scene_also(scene, (enum wfp_key)key, answer_pass);
        }
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        flags[i]->values[1].number = !flags[i]->values[0].number;
        flags[i]->count = 2;
    }
}

static void (*const profiles[])(struct scene *scene) = {as_documented, as_observed, as_unsupported,
                                                        as_open};

/* ---- every call: codes by sockets by buffers by pointers by entries by faults ---- */

/* What is common stands more than once, so that what is looked at late is reached often. */
static const uint32_t codes[] = {
    WFP_SIO_QUERY_RECORDS, WFP_SIO_QUERY_CONTEXT, WFP_SIO_SET_RECORDS, WFP_SIO_QUERY_RECORDS,
    WFP_SIO_QUERY_CONTEXT, WFP_SIO_SET_RECORDS,   WFP_SIO_FLUSH,       0x980000DBu};
static const struct {
    uint32_t size;
    enum wfp_pointer pointer;
} outs[] = {{0, WFP_POINTER_NULL},    {1, WFP_POINTER_HEAP},          {20, WFP_POINTER_HEAP},
            {1024, WFP_POINTER_HEAP}, {1024, WFP_POINTER_MISALIGNED}, {1024, WFP_POINTER_NULL},
            {0, WFP_POINTER_NULL},    {1024, WFP_POINTER_UNMAPPED}};
static const struct {
    enum scene_blob blob;
    enum wfp_pointer pointer;
} ins[] = {{SCENE_NO_BLOB, WFP_POINTER_NULL},   {SCENE_VALID, WFP_POINTER_HEAP},
           {SCENE_ANOTHER, WFP_POINTER_STACK},  {SCENE_GARBAGE, WFP_POINTER_HEAP},
           {SCENE_TRUNCATED, WFP_POINTER_HEAP}, {SCENE_EXTENDED, WFP_POINTER_HEAP},
           {SCENE_FOREIGN, WFP_POINTER_HEAP},   {SCENE_DEAD, WFP_POINTER_MISALIGNED},
           {SCENE_VALID, WFP_POINTER_NULL},     {SCENE_VALID, WFP_POINTER_PARTLY_UNMAPPED}};
static const enum wfp_pointer counts[] = {WFP_POINTER_HEAP, WFP_POINTER_HEAP, WFP_POINTER_STACK,
                                          WFP_POINTER_NULL, WFP_POINTER_UNMAPPED};
static const enum wfp_pointer options[] = {WFP_POINTER_NULL, WFP_POINTER_NULL, WFP_POINTER_HEAP,
                                           WFP_POINTER_UNMAPPED};
static const enum wfp_entry entries[] = {WFP_ENTRY_WSAIOCTL, WFP_ENTRY_WSPIOCTL, WFP_ENTRY_WSK};
static const enum wfp_fault faults[] = {
    WFP_FAULT_NONE,         WFP_FAULT_NONE,        WFP_FAULT_NONE,
    WFP_FAULT_NONE,         WFP_FAULT_NONE,        WFP_FAULT_NONE,
    WFP_FAULT_NETWORK_DOWN, WFP_FAULT_INTERRUPTED, WFP_FAULT_CALLBACK_RUNNING,
    WFP_FAULT_PROTOCOL};
static const bool mostly[] = {true, true, true, false};

enum {
    PRODUCT = COUNT(codes) * SCENE_PLACES * COUNT(outs) * COUNT(ins) * COUNT(counts) *
              COUNT(options) * COUNT(options) * COUNT(entries) * COUNT(faults) * COUNT(mostly) *
              COUNT(mostly),
    /* Steps through the product, prime to it: a sample that meets every pair of values. */
    CLOSE_LOOK = 5003,
    GLANCE = 100003
};

static struct scene scene;
static struct scene_cast cast;

static size_t digit(size_t *number, size_t base)
{
    const size_t lowest = *number % base;

    *number /= base;
    return lowest;
}

static struct wfp_ioctl call_at(size_t number)
{
    const uint32_t code = codes[digit(&number, COUNT(codes))];
    const size_t place = digit(&number, SCENE_PLACES);
    const size_t out = digit(&number, COUNT(outs));
    const size_t in = digit(&number, COUNT(ins));
    const struct wfp_ioctl call = {
        .socket = cast.sockets[place],
        .code = code,
        .in = {cast.blobs[ins[in].blob], cast.sizes[ins[in].blob], ins[in].pointer},
        .out = {scene.out, outs[out].size, outs[out].pointer},
        .byte_count = counts[digit(&number, COUNT(counts))],
        .overlapped = options[digit(&number, COUNT(options))],
        .routine = options[digit(&number, COUNT(options))],
        .entry = entries[digit(&number, COUNT(entries))],
        .fault = faults[digit(&number, COUNT(faults))],
    };

    return call;
}

/* The process that makes this call; its digits stand above those of call_at(). */
static void enter_process(struct wfp_world *world, size_t number)
{
    const size_t calls = (size_t)PRODUCT / (COUNT(mostly) * COUNT(mostly));

    wfp_process_started(world, mostly[number / calls % COUNT(mostly)]);
    wfp_process_elevated(world, mostly[number / calls / COUNT(mostly)]);
}

static void begin(void (*profile)(struct scene *scene), const struct wfp_rules *rules)
{
    scene_prepare(&scene);
    scene.rules = rules;
    scene_make(&scene);
    scene_populate(&scene, &cast);
    profile(&scene);
    decide_order(rules, &scene.profile, &scene.world->order);
}

static void complain(size_t number, const char *what)
{
    const struct wfp_ioctl call = call_at(number);

    print_error("call %lu: %s (code %08lx socket %lu in %lu/%d out %lu/%d count %d overlapped %d "
                "routine %d entry %d fault %d)\n",
                (unsigned long)number, what, (unsigned long)call.code, (unsigned long)call.socket,
                (unsigned long)call.in.size, (int)call.in.pointer, (unsigned long)call.out.size,
                (int)call.out.pointer, (int)call.byte_count, (int)call.overlapped,
                (int)call.routine, (int)call.entry, (int)call.fault);
    fail();
}

/* ---- the simulator is one of those that the rules allow ---- */

/* Told the simulator's own answer, the world goes on as it did with the simulator. */
static void check_assumed(size_t number, const struct wfp_reply *given, const void *before)
{
    const struct wfp_ioctl call = call_at(number);
    struct wfp_world *twin = malloc(scene.size);
    struct wfp_reply reply;

    assert_non_null(twin);
    memcpy(twin, before, scene.size);
    enter_process(twin, number);
    assert_int_equal(wfp_ioctl_assume(twin, &call, given->answer, &reply), WFP_OK);
    if (reply.rule != given->rule || memcmp(twin, scene.world, scene.size) != 0) {
        complain(number, "expected the same world after assuming the simulator's answer");
    }
    free(twin);
}

static void check_first(size_t number, const void *before)
{
    const struct wfp_ioctl call = call_at(number);
    struct wfp_answer_set set;
    struct wfp_reply reply;

    enter_process(scene.world, number);
    wfp_ioctl_allowed(scene.world, &call, &set);
    if (set.count == 0) {
        complain(number, "expected an answer, actual none");
    }
    assert_int_equal(wfp_socket_ioctl(scene.world, &call, &reply), WFP_OK);
    if (!wfp_answer_equal(reply.answer, set.answers[0]) || reply.rule != set.rules[0]) {
        complain(number, "expected the simulator's answer first");
    }
    check_assumed(number, &reply, before);
    memcpy(scene.world, before, scene.size);
}

static void test_simulator_gives_the_first_allowed_answer(void **state)
{
    (void)state;
    for (size_t profile = 0; profile < COUNT(profiles); profile++) {
        void *before;

        begin(profiles[profile], wfp_rules_shipped());
        before = malloc(scene.size);
        assert_non_null(before);
        memcpy(before, scene.world, scene.size);
        for (size_t number = 0; number < PRODUCT; number += GLANCE) {
            check_first(number, before);
        }
        free(before);
        scene_free(&scene);
    }
}

/* ---- at most one rule answers per stage ---- */

static bool speaks(const struct wfp_rule *rule, const struct inquiry *inquiry)
{
    const bool passes = rule->source == WFP_ANSWER_KEY &&
                        scene.profile.keys[rule->key].values[0].answer.outcome == WFP_PASS;

    return !passes && (rule->calls & WFP_BIT(inquiry->call)) != 0 &&
           (inquiry->facts & rule->needs) == rule->needs && (inquiry->facts & rule->bars) == 0;
}

static struct wfp_answer documented_answer(const struct wfp_rule *rule)
{
    return rule->source == WFP_ANSWER_KEY ? scene.profile.keys[rule->key].values[0].answer
                                          : rule->answer;
}

/* Which of two size checks comes first nobody tells; where both say the same it cannot matter. */
static bool same_answer(const struct wfp_rule *a, const struct wfp_rule *b)
{
    return wfp_answer_equal(documented_answer(a), documented_answer(b));
}

/* Two rules of one stage that answer differently, or NULL. */
static const char *ambiguity(const struct inquiry *inquiry)
{
    const struct wfp_rule *by_stage[WFP_STAGE_COUNT] = {NULL};
    static char message[128];

    for (size_t row = 0; row < wfp_rules_shipped()->count; row++) {
        const struct wfp_rule *rule = &wfp_rules_shipped()->rows[row];

        if (!speaks(rule, inquiry)) {
            continue;
        }
        if (by_stage[rule->stage] != NULL && !same_answer(by_stage[rule->stage], rule)) {
            (void)snprintf(message, sizeof message, "%s and %s both answer",
                           by_stage[rule->stage]->id, rule->id);
            return message;
        }
        by_stage[rule->stage] = rule;
    }
    return NULL;
}

static void check_unambiguous(size_t number, bool finishing)
{
    const struct wfp_ioctl call = call_at(number);
    const struct descriptor *descriptor = world_descriptor(scene.world, call.socket);
    const struct operation left = {.endpoint = descriptor == NULL ? 0 : descriptor->endpoint};
    struct ioctl_view view;

    enter_process(scene.world, number);
    facts_of_ioctl(scene.world, &call, facts_reading(scene.world), finishing ? &left : NULL, &view);
    if (ambiguity(&view.inquiry) != NULL) {
        complain(number, ambiguity(&view.inquiry));
    }
}

static void test_documented_stages_are_unambiguous(void **state)
{
    (void)state;
    begin(as_documented, wfp_rules_shipped());
    for (size_t number = 0; number < PRODUCT; number += CLOSE_LOOK) {
        check_unambiguous(number, false);
        check_unambiguous(number, true);
    }
    scene_free(&scene);
}

/* What is asked beside ioctls, by the facts that the model can find. */
static const struct {
    enum wfp_call call;
    uint64_t facts;
} inquiries[] = {
    {WFP_CALL_LAST_ERROR, 0},
    {WFP_CALL_ABORT, 0},
    {WFP_CALL_ABORT, F(FLUSHING)},
    {WFP_CALL_RESULT, F(OPERATION_PENDING)},
    {WFP_CALL_RESULT, F(OPERATION_PENDING) | F(OPERATION_WIN32)},
    {WFP_CALL_RESULT, 0},
    {WFP_CALL_RESULT, F(OPERATION_WIN32)},
    {WFP_CALL_RESULT, F(OPERATION_WIN32) | F(OPERATION_TOO_SMALL)},
    {WFP_CALL_RESULT, F(OPERATION_WIN32) | F(OPERATION_NO_RECORD)},
    {WFP_CALL_RESULT, F(OPERATION_WIN32) | F(OPERATION_UNSUPPORTED)},
    {WFP_CALL_RESULT, F(OPERATION_ROUTINE) | F(OPERATION_TOO_SMALL)},
    {WFP_CALL_EVENT, 0},
    {WFP_CALL_EVENT, F(OPERATION_PENDING)},
    {WFP_CALL_EVENT, F(OPERATION_ROUTINE)},
    {WFP_CALL_EVENT, F(OPERATION_PENDING) | F(OPERATION_ROUTINE)},
    {WFP_CALL_ALERTABLE_WAIT, 0},
    {WFP_CALL_ALERTABLE_WAIT, F(ROUTINE_DUE)},
    {WFP_CALL_CANCEL, 0},
    {WFP_CALL_CANCEL, F(OPERATION_PENDING)},
    {WFP_CALL_CANCEL, F(OPERATION_PENDING) | F(OPERATION_ROUTINE)},
    {WFP_CALL_CONNECT, 0},
    {WFP_CALL_CONNECT, K(TARGET_PID_ZERO)},
    {WFP_CALL_REDIRECT_STATE, K(LIST_EMPTY)},
    {WFP_CALL_REDIRECT_STATE, K(LIST_MEMBER) | K(LIST_LAST)},
    {WFP_CALL_REDIRECT_STATE, K(LIST_MEMBER)},
    {WFP_CALL_REDIRECT_STATE, 0},
};

static void test_other_calls_are_unambiguous(void **state)
{
    (void)state;
    begin(as_documented, wfp_rules_shipped());
    for (size_t i = 0; i < COUNT(inquiries); i++) {
        const struct inquiry inquiry = {.call = inquiries[i].call,
                                        .facts = inquiries[i].facts,
                                        .stored = {0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED}};
        struct wfp_answer_set set = {.count = 0};

        assert_null(ambiguity(&inquiry));
        decide_all(scene.world, &inquiry, &set);
        assert_int_equal(set.count, 1);
        assert_answer(decide(scene.world, &inquiry).answer, set.answers[0]);
    }
    scene_free(&scene);
}

/* ---- the order of rows carries no meaning ---- */

static struct wfp_rule shuffled[WFP_RULES_MAX];

static void shuffle(uint64_t seed)
{
    const size_t count = wfp_rules_shipped()->count;

    memcpy(shuffled, wfp_rules_shipped()->rows, count * sizeof shuffled[0]);
    for (size_t i = count; i > 1; i--) {
        struct wfp_rule kept = shuffled[i - 1];
        size_t other;

        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        other = (size_t)(seed >> 33) % i;
        shuffled[i - 1] = shuffled[other];
        shuffled[other] = kept;
    }
}

static bool sets_equal(const struct wfp_answer_set *a, const struct wfp_answer_set *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        if (!wfp_answer_equal(a->answers[i], b->answers[i]) ||
            strcmp(a->rules[i]->id, b->rules[i]->id) != 0) {
            return false;
        }
    }
    return a->count == b->count;
}

/* The same world, but for its table. */
static struct wfp_world *twin_of(const struct wfp_rules *rules)
{
    struct wfp_world *twin = malloc(scene.size);

    assert_non_null(twin);
    memcpy(twin, scene.world, scene.size);
    twin->rules = rules;
    decide_order(rules, &scene.profile, &twin->order);
    return twin;
}

static void check_shuffled(uint64_t seed)
{
    const struct wfp_rules rules = {shuffled, wfp_rules_shipped()->count};
    struct wfp_world *twin;

    shuffle(seed);
    twin = twin_of(&rules);
    for (size_t number = (size_t)seed; number < PRODUCT; number += GLANCE) {
        const struct wfp_ioctl call = call_at(number);
        struct wfp_answer_set here;
        struct wfp_answer_set there;

        enter_process(scene.world, number);
        enter_process(twin, number);
        wfp_ioctl_allowed(scene.world, &call, &here);
        wfp_ioctl_allowed(twin, &call, &there);
        if (!sets_equal(&here, &there)) {
            complain(number, "expected the same set after shuffling the rules");
        }
    }
    free(twin);
}

static void test_order_of_rows_means_nothing(void **state)
{
    (void)state;
    for (size_t profile = 0; profile < COUNT(profiles); profile++) {
        begin(profiles[profile], wfp_rules_shipped());
        for (uint64_t seed = 1; seed <= 3; seed++) {
            check_shuffled(seed);
        }
        scene_free(&scene);
    }
}

/* ---- every rule of the ioctls can answer, and an open key gives all its values ---- */

static const uint32_t marks[WFP_VALUES_MAX] = {20001, 20002, 20003, 20004};

static void mark(enum wfp_key key)
{
    scene_decide(&scene, key, answer_bytes(marks[0], 0));
    for (size_t i = 1; i < WFP_VALUES_MAX; i++) {
        scene_also(&scene, key, answer_bytes(marks[i], 0));
    }
}

/* A call through an entry of the user's that this rule answers; PRODUCT if there is none. */
static size_t call_answered_by(const struct wfp_rule *rule)
{
    for (size_t number = 0; number < PRODUCT; number += 101) {
        const struct wfp_ioctl call = call_at(number);
        struct ioctl_view view;

        enter_process(scene.world, number);
        facts_of_ioctl(scene.world, &call, facts_reading(scene.world), NULL, &view);
        if (call.entry != WFP_ENTRY_WSK && call.byte_count <= WFP_POINTER_MISALIGNED &&
            decide(scene.world, &view.inquiry).rule == rule) {
            return number;
        }
    }
    return PRODUCT;
}

static void check_marks(const struct wfp_rule *rule, size_t number)
{
    const struct wfp_ioctl call = call_at(number);
    struct wfp_answer_set set;

    enter_process(scene.world, number);
    wfp_ioctl_allowed(scene.world, &call, &set);
    demand(rule, set.count >= WFP_VALUES_MAX);
    for (size_t i = 0; i < WFP_VALUES_MAX; i++) {
        assert_answer(set.answers[i], answer_bytes(marks[i], 0));
        demand(rule, set.rules[i] == rule);
    }
}

static void check_reachable(const struct wfp_rule *rule)
{
    const bool about_count = (rule->needs & (F(COUNT_NULL) | F(COUNT_UNMAPPED))) != 0;
    size_t number;

    if ((rule->calls & IOCTLS) == 0 || about_count) {
        return;
    }
    begin(as_documented, wfp_rules_shipped());
    if (rule->source == WFP_ANSWER_KEY) {
        mark(rule->key);
    }
    number = call_answered_by(rule);
    demand(rule, number < PRODUCT);
    if (rule->source == WFP_ANSWER_KEY) {
        check_marks(rule, number);
    }
    scene_free(&scene);
}

static void test_every_rule_can_answer_with_all_its_values(void **state)
{
    (void)state;
    each_rule(check_reachable);
}

/* ---- precedence ---- */

static const struct {
    enum wfp_stage stage; /* moved to the front */
    struct wfp_answer expected;
} fronts[] = {
    {WFP_STAGE_STARTUP, UNCHANGED(10093)}, {WFP_STAGE_FAULT, BYTES(10050, 0)},
    {WFP_STAGE_HANDLE, BYTES(10038, 0)},   {WFP_STAGE_POINTERS, BYTES(10014, 0)},
    {WFP_STAGE_SIZES, BYTES(10022, 0)},    {WFP_STAGE_ACCESS, BYTES(10013, 0)},
    {WFP_STAGE_CODE, BYTES(10045, 0)},     {WFP_STAGE_OUTCOME, BYTES(0, 0)},
};

static void move_to_front(enum wfp_stage stage)
{
    uint8_t *order = scene.profile.keys[WFP_KEY_ERROR_PRECEDENCE].values[0].order;

    for (size_t i = 0; i < WFP_STAGE_COUNT; i++) {
        order[i] = (uint8_t)i;
    }
    memmove(order + 1, order, (size_t)stage);
    order[0] = (uint8_t)stage;
    decide_order(wfp_rules_shipped(), &scene.profile, &scene.world->order);
}

/* Everything is wrong with this call; what is looked at first says so. */
static void test_precedence_moves_the_answer(void **state)
{
    struct wfp_ioctl call;

    (void)state;
    begin(as_documented, wfp_rules_shipped());
    scene_decide(&scene, WFP_KEY_UNSUPPORTED, answer_bytes(10045, 0));
    wfp_process_started(scene.world, false);
    wfp_process_elevated(scene.world, false);
    call = scene_set(&scene, WFP_INVALID_SOCKET, cast.blobs[SCENE_GARBAGE], SCENE_N);
    call.in.pointer = WFP_POINTER_UNMAPPED;
    call.out.size = 10;
    call.fault = WFP_FAULT_NETWORK_DOWN;
    for (size_t i = 0; i < COUNT(fronts); i++) {
        struct wfp_answer_set set;

        move_to_front(fronts[i].stage);
        wfp_ioctl_allowed(scene.world, &call, &set);
        assert_int_equal(set.count, 1);
        assert_answer(set.answers[0], fronts[i].expected);
        assert_answer(scene_call(&scene, &call).answer, fronts[i].expected);
    }
    scene_free(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_fits),
        cmocka_unit_test(test_ids_are_unique),
        cmocka_unit_test(test_rows_are_well_formed),
        cmocka_unit_test(test_rows_can_be_printed),
        cmocka_unit_test(test_every_answer_of_a_profile_is_asked_for),
        cmocka_unit_test(test_simulator_gives_the_first_allowed_answer),
        cmocka_unit_test(test_documented_stages_are_unambiguous),
        cmocka_unit_test(test_other_calls_are_unambiguous),
        cmocka_unit_test(test_order_of_rows_means_nothing),
        cmocka_unit_test(test_every_rule_can_answer_with_all_its_values),
        cmocka_unit_test(test_precedence_moves_the_answer),
    };

    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
