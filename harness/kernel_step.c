/* SPDX-License-Identifier: MIT */

#include "harness/kernel_step.h"

#include "harness/address.h"
#include "harness/reader.h"
#include "harness/step_message.h"
#include "harness/vector.h"

_Static_assert(sizeof(enum wfp_field) == sizeof(int), "read_word() writes an int");

/* ---- words ---- */

static const struct word layer_rows[] = {{"connect-redirect", 0}, {"auth-connect", 1}};
static const struct words callout_layer_words = WORDS(layer_rows);

static const struct word acquired_rows[] = {{"handle", ACQUIRED_HANDLE}, {"data", ACQUIRED_DATA}};
static const struct words acquired_words = WORDS(acquired_rows);

static const struct word action_rows[] = {
    {"BLOCK", WFP_ACTION_BLOCK},
    {"PERMIT", WFP_ACTION_PERMIT},
    {"CONTINUE", WFP_ACTION_CONTINUE},
};
static const struct words action_words = WORDS(action_rows);

static const struct word reason_rows[] = {
    {"policy-change", WFP_REASON_POLICY_CHANGE},
    {"new-arrival-interface", WFP_REASON_NEW_ARRIVAL_INTERFACE},
    {"classify-completion", WFP_REASON_CLASSIFY_COMPLETION},
    {"proxy-handle-changed", WFP_REASON_PROXY_HANDLE_CHANGED},
};
static const struct words reason_words = WORDS(reason_rows);

static const struct word field_rows[] = {
    {"write-right", WFP_FIELD_WRITE_RIGHT},
    {"action", WFP_FIELD_ACTION},
    {"is-reauthorize", WFP_FIELD_IS_REAUTHORIZE},
    {"is-connection-redirected", WFP_FIELD_IS_CONNECTION_REDIRECTED},
    {"is-proxy-connection", WFP_FIELD_IS_PROXY_CONNECTION},
    {"reauthorize-reason", WFP_FIELD_REAUTHORIZE_REASON},
    {"target-pid", WFP_FIELD_TARGET_PID},
    {"original-destination", WFP_FIELD_ORIGINAL_DESTINATION},
    {"record-handle", WFP_FIELD_RECORD_HANDLE},
    {"application", WFP_FIELD_APPLICATION},
    {"original-application", WFP_FIELD_ORIGINAL_APPLICATION},
    {"local-address", WFP_FIELD_LOCAL_ADDRESS},
    {"remote-address", WFP_FIELD_REMOTE_ADDRESS},
    {"previous-filter", WFP_FIELD_PREVIOUS_FILTER},
    {"previous-remote", WFP_FIELD_PREVIOUS_REMOTE},
    {"previous-handle", WFP_FIELD_PREVIOUS_HANDLE},
};
static const struct words field_words = WORDS(field_rows);

const char *kernel_field_name(enum wfp_field field)
{
    return word_text(&field_words, (int)field);
}

/* ---- values of their own ---- */

static bool fits_address(const char *text)
{
    struct wfp_address address;
    return address_parse(text, &address);
}

static const struct text_rule rule_address = {3, ADDRESS_TEXT_MAX, fits_address,
                                              "an address with its port, as 203.0.113.10:443 or "
                                              "[2001:db8::1]:443"};

bool read_given_address(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field)
{
    struct given_address *given = field;
    const char *text;
    (void)rule;
    given->given = read_text(reader, place, value, &rule_address, &text) &&
                   address_parse(text, &given->address);
    return given->given;
}

bool read_given_number(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field)
{
    struct given_number *given = field;
    given->given = read_number(reader, place, value, rule, &given->number);
    return given->given;
}

/* An unsigned number that is written as a word. */
static bool read_word_number(struct reader *reader, struct place place, json_t *value,
                             const void *rule, void *field)
{
    int number;
    if (!read_word(reader, place, value, rule, &number)) {
        return false;
    }
    *(uint32_t *)field = (uint32_t)number;
    return true;
}

static bool read_layer(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field)
{
    int number;
    if (!read_word(reader, place, value, rule, &number)) {
        return false;
    }
    *(bool *)field = number != 0;
    return true;
}

static const struct range range_any = {0, UINT32_MAX};
static const struct range range_pid = {0, 65535};
static const struct range range_order = {0, 65535};
static const struct range range_filter = {1, 65535};
static const struct range range_back = {0, WFP_VERSIONS_MAX};
static const struct range range_size = {0, 65536};

/* ---- the members of each kind ---- */

enum {
    DO,
    AS,
    ON,
    HANDLE,
    FAMILY,
    POINTER,
    SAVE,
    EXPECT,
    REQUEST,
    CALLOUT,
    CONTEXT,
    LAYER,
    FILTER,
    SUBLAYER,
    WEIGHT,
    CLASSIFY0,
    WHAT,
    ADDRESS,
    LOCAL_ADDRESS,
    NUMBER,
    TARGET_PID,
    TOKEN,
    FLAGS,
    ACTION,
    KEEPS_RIGHT,
    FIELD,
    BACK,
    REASON,
    SIZE,
    CONTROL,
    MEMBER_COUNT
};

#define AT(member) offsetof(struct step, member)
#define KERNEL_AT(member) offsetof(struct step, kernel.member)

static const struct member members[MEMBER_COUNT] = {
    [DO] = {"do", read_word, &step_kind_words, AT(kind)},
    [AS] = {"as", read_text, &rule_name, AT(as)},
    [ON] = {"on", read_text, &rule_name, AT(on)},
    [HANDLE] = {"handle", read_text, &rule_name, AT(handle)},
    [FAMILY] = {"family", read_word, &family_words, AT(family)},
    [POINTER] = {"pointer", read_word, &pointer_words, AT(ioctl.out.pointer)},
    [SAVE] = {"save", read_text, &rule_name, AT(ioctl.save)},
    [EXPECT] = {"expect", read_elsewhere, NULL, 0},
    [REQUEST] = {"request", read_text, &rule_name, KERNEL_AT(request)},
    [CALLOUT] = {"callout", read_text, &rule_name, KERNEL_AT(callout)},
    [CONTEXT] = {"context", read_text, &rule_name, KERNEL_AT(context)},
    [LAYER] = {"layer", read_layer, &callout_layer_words, KERNEL_AT(auth_connect)},
    [FILTER] = {"filter", read_number, &range_filter, KERNEL_AT(filter)},
    [SUBLAYER] = {"sublayer", read_number, &range_order, KERNEL_AT(sublayer)},
    [WEIGHT] = {"weight", read_number, &range_order, KERNEL_AT(weight)},
    [CLASSIFY0] = {"classify0", read_flag, NULL, KERNEL_AT(classify0)},
    [WHAT] = {"what", read_word, &acquired_words, KERNEL_AT(acquired)},
    [ADDRESS] = {"address", read_given_address, NULL, KERNEL_AT(address)},
    [LOCAL_ADDRESS] = {"local-address", read_given_address, NULL, KERNEL_AT(local_address)},
    [NUMBER] = {"number", read_given_number, &range_any, KERNEL_AT(number)},
    [TARGET_PID] = {"target-pid", read_given_number, &range_pid, KERNEL_AT(target_pid)},
    [TOKEN] = {"token", read_given_number, &range_any, KERNEL_AT(token)},
    [FLAGS] = {"flags", read_number, &range_any, KERNEL_AT(flags)},
    [ACTION] = {"action", read_word_number, &action_words, KERNEL_AT(action)},
    [KEEPS_RIGHT] = {"right-taken", read_flag, NULL, KERNEL_AT(keeps_right)},
    [FIELD] = {"field", read_word, &field_words, KERNEL_AT(field)},
    [BACK] = {"back", read_number, &range_back, KERNEL_AT(back)},
    [REASON] = {"reason", read_word_number, &reason_words, KERNEL_AT(reason)},
    [SIZE] = {"size", read_number, &range_size, KERNEL_AT(size)},
    [CONTROL] = {"control", read_control_input, NULL, AT(message.control)},
};

#define M(member) MEMBER_BIT(member)

static const struct {
    uint64_t required;
    uint64_t optional;
} kind_members[STEP_KIND_COUNT] = {
    [STEP_CALLOUT] = {M(AS),
                      M(LAYER) | M(FAMILY) | M(FILTER) | M(SUBLAYER) | M(WEIGHT) | M(CLASSIFY0)},
    [STEP_CONTEXT] = {M(AS), M(HANDLE) | M(SIZE)},
    [STEP_FREE_CONTEXT] = {M(CONTEXT), M(EXPECT)},
    [STEP_CONNECT_REQUEST] = {M(ON) | M(ADDRESS) | M(AS), M(CONTROL)},
    [STEP_CLASSIFY] = {M(REQUEST), M(CALLOUT) | M(EXPECT)},
    [STEP_LOOK] = {M(REQUEST) | M(FIELD), M(BACK) | M(NUMBER) | M(ADDRESS) | M(HANDLE) | M(EXPECT)},
    [STEP_ACQUIRE] = {M(REQUEST), M(WHAT) | M(EXPECT)},
    [STEP_EDIT] = {M(REQUEST), M(ADDRESS) | M(LOCAL_ADDRESS) | M(TARGET_PID) | M(HANDLE) |
                                   M(CONTEXT) | M(TOKEN) | M(EXPECT)},
    [STEP_APPLY] = {M(REQUEST), M(FLAGS) | M(EXPECT)},
    [STEP_RELEASE] = {M(REQUEST), M(EXPECT)},
    [STEP_PEND] = {M(REQUEST), M(EXPECT)},
    [STEP_COMPLETE] = {M(REQUEST), M(ACTION) | M(EXPECT)},
    [STEP_ACTION] = {M(REQUEST) | M(ACTION), M(KEEPS_RIGHT) | M(EXPECT)},
    [STEP_RETURN] = {M(REQUEST), M(EXPECT)},
    [STEP_SIO_RECORDS] = {M(REQUEST), M(SIZE) | M(POINTER) | M(SAVE) | M(EXPECT)},
    [STEP_CONNECT_END] = {M(REQUEST), M(EXPECT)},
    [STEP_REAUTHORIZE] = {M(ON) | M(AS), M(REASON) | M(EXPECT)},
};

bool kernel_step_is(const struct step *step)
{
    return kind_members[step->kind].required != 0;
}

bool kernel_kind_answers(int kind)
{
    return (kind_members[kind].optional & M(EXPECT)) != 0;
}

/* A buffer is where its size says that one is, unless the pointer is told. */
static void settle_output(struct step *step)
{
    step->ioctl.out.size = (struct size){.value = step->kernel.size};
    if (step->kernel.size > 0 && step->ioctl.out.pointer == WFP_POINTER_NULL) {
        step->ioctl.out.pointer = WFP_POINTER_HEAP;
    }
}

bool kernel_step_read(struct reader *reader, struct place place, json_t *value, struct step *step)
{
    const uint64_t required = kind_members[step->kind].required | M(DO);
    const struct shape shape = {members, MEMBER_COUNT, required,
                                required | kind_members[step->kind].optional};
    const bool is_context = step->kind == STEP_CONTEXT;

    step->kernel.filter = 1;
    step->kernel.sublayer = 1;
    step->kernel.weight = 1;
    step->kernel.reason = WFP_REASON_POLICY_CHANGE;
    step->kernel.size = is_context ? 32 : 0;
    if (is_context) {
        step->handle = "self";
    }
    if (!read_object(reader, place, value, &shape, step)) {
        return false;
    }
    if (step->kind == STEP_SIO_RECORDS) {
        settle_output(step);
    }
    return true;
}
