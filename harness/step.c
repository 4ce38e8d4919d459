/* SPDX-License-Identifier: MIT */

#include "harness/reader.h"
#include "harness/step_input.h"
#include "harness/step_message.h"
#include "harness/vector.h"

static bool fits_code(const char *text)
{
    uint32_t code;
    return ioctl_code_parse(text, &code);
}

static bool read_code(struct reader *reader, struct place place, json_t *value, const void *rule,
                      void *field)
{
    struct ioctl_step *ioctl = field;
    return read_text(reader, place, value, rule, &ioctl->code_text) &&
           ioctl_code_parse(ioctl->code_text, &ioctl->code);
}

/* ---- values of their own ---- */

bool read_size(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field)
{
    (void)rule;
    struct size *size = field;
    const char *text = json_string_value(value);
    json_int_t number = json_integer_value(value);
    if (text != NULL && text[0] == 'N' && size_parse(text, size)) {
        return true;
    }
    if (json_is_integer(value) && number >= 0 && number <= SIZE_MAX_BYTES) {
        *size = (struct size){.value = number};
        return true;
    }
    return reader_complain_value(reader, place, "a size from 0 to 1048576, N, N-k or N+k", value);
}

static bool read_optional_flag(struct reader *reader, struct place place, json_t *value,
                               const void *rule, void *field)
{
    struct optional_flag *flag = field;
    flag->given = true;
    return read_flag(reader, place, value, rule, &flag->value);
}

static const struct text_rule rule_code = {1, 16, fits_code,
                                           "QUERY_RECORDS | QUERY_CONTEXT | SET_RECORDS | FLUSH | "
                                           "0x and eight of 0-9 and A-F"};
static const struct range range_datagram = {0, SIZE_MAX_BYTES};
static const struct range range_advance = {0, UINT32_MAX - 1};
static const struct word name_rows[] = {{"null", WFP_NAME_NULL}};
static const struct words name_words = WORDS(name_rows);
static const struct range range_context = {0, 65536};
static const struct range range_pid = {0, 65535};
static const struct range range_thread = {0, WFP_THREADS - 1};
static const struct range range_other_thread = {1, WFP_THREADS - 1};

static const struct member output_members[] = {
    {"size", read_size, NULL, offsetof(struct output, size)},
    {"pointer", read_word, &pointer_words, offsetof(struct output, pointer)},
};
static const struct shape output_shape = {output_members, 2, 0x1, 0x3};

static bool read_output(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field)
{
    struct output *output = field;
    output->pointer = WFP_POINTER_HEAP;
    return read_object(reader, place, value, rule, output);
}

static const struct member redirect_members[] = {
    {"handle", read_text, &rule_name, offsetof(struct redirect, handle)},
    {"context", read_number, &range_context, offsetof(struct redirect, context)},
    {"target-pid", read_number, &range_pid, offsetof(struct redirect, target_pid)},
    {"layer", read_word, &layer_words, offsetof(struct redirect, layer)},
    {"remote", read_flag, NULL, offsetof(struct redirect, remote)},
    {"lost", read_flag, NULL, offsetof(struct redirect, lost)},
};
static const struct shape redirect_shape = {redirect_members, 6, 0, MEMBERS_ALL};

static bool read_redirect(struct reader *reader, struct place place, json_t *value,
                          const void *rule, void *field)
{
    return read_object(reader, place, value, rule, field);
}

/* ---- the members of each kind ---- */

enum {
    DO,
    AS,
    ON,
    OF,
    TO,
    FROM,
    HANDLE,
    FAMILY,
    TYPE,
    ATTRIBUTE, /* overlapped, of a socket */
    UPDATE,
    REDIRECT,
    STARTED,
    ELEVATED,
    THREAD,
    OTHER_THREAD, /* never the first one */
    CODE,
    IN,
    OUT,
    COUNT,
    OVERLAPPED, /* of a call */
    ROUTINE,
    ENTRY,
    FAULT,
    SAVE,
    HOW,
    WAIT,
    EXPECT,
    SWEEP,
    ADDRESS, /* of a bind */
    OWNER,
    REQUEST,
    CONTEXT_ROOM,
    HANDLE_FLAGS,
    /* datagrams */
    PEER,
    SERVICE,
    OPTION,
    SEND_HOW,
    RECEIVE_HOW,
    DATA,
    CONTROL,
    ROOM,
    NAME,
    FLAGS,
    MESSAGE_FLAGS,
    SIZE,
    ADVANCE,
    MEMBER_COUNT
};

static const struct member step_members[MEMBER_COUNT] = {
    [DO] = {"do", read_word, &step_kind_words, offsetof(struct step, kind)},
    [AS] = {"as", read_text, &rule_name, offsetof(struct step, as)},
    [ON] = {"on", read_text, &rule_name, offsetof(struct step, on)},
    [OF] = {"of", read_text, &rule_name, offsetof(struct step, of)},
    [TO] = {"to", read_text, &rule_name, offsetof(struct step, to)},
    [FROM] = {"from", read_text, &rule_name, offsetof(struct step, from)},
    [HANDLE] = {"handle", read_text, &rule_name, offsetof(struct step, handle)},
    [FAMILY] = {"family", read_word, &family_words, offsetof(struct step, family)},
    [TYPE] = {"type", read_word, &type_words, offsetof(struct step, type)},
    [ATTRIBUTE] = {"overlapped", read_flag, NULL, offsetof(struct step, overlapped_socket)},
    [UPDATE] = {"update", read_flag, NULL, offsetof(struct step, update)},
    [REDIRECT] = {"redirect", read_redirect, &redirect_shape, offsetof(struct step, redirect)},
    [STARTED] = {"started", read_optional_flag, NULL, offsetof(struct step, started)},
    [ELEVATED] = {"elevated", read_optional_flag, NULL, offsetof(struct step, elevated)},
    [THREAD] = {"thread", read_number, &range_thread, offsetof(struct step, thread)},
    [OTHER_THREAD] = {"thread", read_number, &range_other_thread, offsetof(struct step, thread)},
    [CODE] = {"code", read_code, &rule_code, offsetof(struct step, ioctl)},
    [IN] = {"in", read_input, NULL, offsetof(struct step, ioctl.in)},
    [OUT] = {"out", read_output, &output_shape, offsetof(struct step, ioctl.out)},
    [COUNT] = {"count", read_word, &count_words, offsetof(struct step, ioctl.count)},
    [OVERLAPPED] = {"overlapped", read_word, &given_words, offsetof(struct step, ioctl.overlapped)},
    [ROUTINE] = {"routine", read_word, &given_words, offsetof(struct step, ioctl.routine)},
    [ENTRY] = {"entry", read_word, &entry_words, offsetof(struct step, ioctl.entry)},
    [FAULT] = {"fault", read_word, &fault_words, offsetof(struct step, ioctl.fault)},
    [SAVE] = {"save", read_text, &rule_name, offsetof(struct step, ioctl.save)},
    [HOW] = {"how", read_word, &channel_words, offsetof(struct step, channel)},
    [WAIT] = {"wait", read_flag, NULL, offsetof(struct step, wait)},
    [EXPECT] = {"expect", read_elsewhere, NULL, 0},
    [SWEEP] = {"sweep", read_elsewhere, NULL, 0},
    [ADDRESS] = {"address", read_given_address, NULL, offsetof(struct step, kernel.address)},
    [OWNER] = {"owner", read_given_number, &range_pid, offsetof(struct step, kernel.owner)},
    [REQUEST] = {"request", read_text, &rule_name, offsetof(struct step, kernel.request)},
    [CONTEXT_ROOM] = {"size", read_number, &range_context, offsetof(struct step, kernel.size)},
    [HANDLE_FLAGS] = {"flags", read_number, &range_context, offsetof(struct step, kernel.flags)},

    [PEER] = {"peer", read_peer, NULL, offsetof(struct step, message)},
    [SERVICE] = {"service", read_text, &rule_name, offsetof(struct step, message.service)},
    [OPTION] = {"option", read_option, NULL, offsetof(struct step, message.option)},
    [SEND_HOW] = {"how", read_word, &send_words, offsetof(struct step, message.entry)},
    [RECEIVE_HOW] = {"how", read_word, &receive_words, offsetof(struct step, message.entry)},
    [DATA] = {"data", read_input, NULL, offsetof(struct step, message.data)},
    [CONTROL] = {"control", read_control_input, NULL, offsetof(struct step, message.control)},
    [ROOM] = {"control", read_control_room, NULL, offsetof(struct step, message.room)},
    [NAME] = {"name", read_word, &name_words, offsetof(struct step, message.name)},
    [FLAGS] = {"flags", read_message_flags, NULL, offsetof(struct step, message.flags)},
    [MESSAGE_FLAGS] = {"message-flags", read_message_flags, NULL,
                       offsetof(struct step, message.message_flags)},
    [SIZE] = {"size", read_number, &range_datagram, offsetof(struct step, message.size)},
    [ADVANCE] = {"advance", read_number, &range_advance, offsetof(struct step, message.advance)},
};

#define M(member) MEMBER_BIT(member)

/* What a kind must have, and what it may have besides. */
static const struct {
    uint64_t required;
    uint64_t optional;
} kind_members[STEP_KIND_COUNT] = {
    [STEP_SOCKET] = {M(AS), M(FAMILY) | M(TYPE) | M(ATTRIBUTE) | M(OWNER)},
    [STEP_BIND] = {M(ON), M(ADDRESS)},
    [STEP_LISTEN] = {M(ON), 0},
    [STEP_SHUTDOWN] = {M(ON), 0},
    [STEP_CLOSE] = {M(ON), 0},
    [STEP_DUPLICATE] = {M(ON) | M(AS), 0},
    [STEP_CONNECT] = {M(ON), M(TO) | M(REDIRECT) | M(EXPECT)},
    [STEP_ACCEPT] = {M(ON) | M(AS), M(UPDATE)},
    [STEP_PLAIN_ACCEPT] = {M(AS), M(FAMILY) | M(ATTRIBUTE)},
    [STEP_REDIRECTED_ACCEPT] = {M(AS),
                                M(FAMILY) | M(ATTRIBUTE) | M(UPDATE) | M(REDIRECT) | M(FROM)},
    [STEP_HANDLE] = {M(AS), M(HANDLE_FLAGS) | M(EXPECT)},
    [STEP_DESTROY_HANDLE] = {M(ON), 0},
    [STEP_PROCESS] = {0, M(STARTED) | M(ELEVATED)},
    [STEP_THREAD_EXIT] = {M(OTHER_THREAD), 0},
    [STEP_IOCTL] = {M(ON) | M(CODE), M(IN) | M(OUT) | M(COUNT) | M(OVERLAPPED) | M(ROUTINE) |
                                         M(ENTRY) | M(FAULT) | M(THREAD) | M(AS) | M(SAVE) |
                                         M(EXPECT) | M(SWEEP)},
    [STEP_RESULT] = {M(OF), M(HOW) | M(WAIT) | M(EXPECT)},
    [STEP_EVENT] = {M(OF), M(EXPECT)},
    [STEP_CANCEL] = {M(OF), M(EXPECT)},
    [STEP_FINISH] = {M(OF), 0},
    [STEP_ALERTABLE_WAIT] = {0, M(THREAD) | M(EXPECT)},
    [STEP_LAST_ERROR] = {0, M(THREAD) | M(EXPECT)},
    [STEP_STATE] = {M(HANDLE), M(ON) | M(REQUEST) | M(CONTEXT_ROOM) | M(EXPECT)},

    [STEP_OPTION_SET] = {M(ON) | M(OPTION), M(EXPECT)},
    [STEP_OPTION_GET] = {M(ON) | M(OPTION), M(EXPECT)},
    [STEP_DATAGRAM_CONNECT] = {M(ON), M(TO) | M(PEER) | M(REDIRECT) | M(SERVICE) | M(EXPECT)},
    [STEP_SEND] = {M(ON), M(TO) | M(PEER) | M(SEND_HOW) | M(DATA) | M(CONTROL) | M(NAME) |
                              M(FLAGS) | M(MESSAGE_FLAGS) | M(COUNT) | M(OVERLAPPED) | M(REDIRECT) |
                              M(SERVICE) | M(REQUEST) | M(EXPECT)},
    [STEP_RECEIVE] = {M(ON), M(RECEIVE_HOW) | M(SIZE) | M(ROOM) | M(NAME) | M(FLAGS) | M(COUNT) |
                                 M(OVERLAPPED) | M(SAVE) | M(EXPECT)},
    [STEP_CLOCK] = {M(ADVANCE), 0},
    [STEP_FLOW_STATE] = {M(ON) | M(HANDLE), M(TO) | M(PEER) | M(EXPECT)},
};

static const struct step defaults = {
    .overlapped_socket = true,
    .update = true,
    .wait = true,
    .redirect = {.handle = "self", .context = 32, .target_pid = 1234},
    .ioctl = {.in = {.pointer = WFP_POINTER_NULL},
              .out = {.pointer = WFP_POINTER_NULL},
              .count = WFP_POINTER_HEAP,
              .overlapped = WFP_POINTER_NULL,
              .routine = WFP_POINTER_NULL},
    .message = {.size = 2048,
                .data = {.kind = INPUT_HEX, .hex = "01", .pointer = WFP_POINTER_HEAP},
                .control = {.pointer = WFP_POINTER_NULL, .raw = {.pointer = WFP_POINTER_NULL}},
                .room = {.pointer = WFP_POINTER_NULL}},
};

bool step_kind_answers(enum step_kind kind)
{
    return (kind_members[kind].optional & M(EXPECT)) != 0 || kernel_kind_answers((int)kind);
}

/* ---- do the members fit together? ---- */

static bool check_operation(struct reader *reader, struct place place, const struct step *step)
{
    bool pends = step->ioctl.overlapped == WFP_POINTER_HEAP;
    return step->as == NULL || pends ||
           reader_complain(reader, place, "overlapped: valid beside as", "none");
}

/* N is the size of what a query returns; no other call has one. */
static bool check_query(struct reader *reader, struct place place, const struct step *step)
{
    if (ioctl_code_queries(step->ioctl.code)) {
        return true;
    }
    if (step->ioctl.save != NULL) {
        return reader_complain(reader, place, "save on a query only", "%s", step->ioctl.code_text);
    }
    return !step->ioctl.out.size.symbolic ||
           reader_complain(reader, place, "N on a query only", "%s", step->ioctl.code_text);
}

/* The state of a connection that is made, or of one that is being classified. */
static bool check_state(struct reader *reader, struct place place, const struct step *step)
{
    const bool request = step->kernel.request != NULL;
    if ((step->on != NULL) == request) {
        return reader_complain(reader, place, "either on or request", request ? "both" : "none");
    }
    return request || step->kernel.size == 0 ||
           reader_complain(reader, place, "size beside a request only", "on");
}

bool step_check(struct reader *reader, struct place place, const struct step *step)
{
    if (step->kind == STEP_STATE) {
        return check_state(reader, place, step);
    }
    if (step->kind != STEP_IOCTL) {
        return message_check(reader, place, step);
    }
    const char *wanted = input_wants(&step->ioctl.in);
    if (wanted != NULL) {
        return reader_complain(reader, place, wanted, "another input");
    }
    return check_operation(reader, place, step) && check_query(reader, place, step);
}

/* ---- one step ---- */

/* A state step may bring a buffer for the context. */
static void settle_room(struct step *step)
{
    if (step->kind == STEP_STATE && step->kernel.size > 0) {
        step->ioctl.out.size = (struct size){.value = step->kernel.size};
        step->ioctl.out.pointer = WFP_POINTER_HEAP;
    }
}

static bool read_expect_or_sweep(struct reader *reader, json_t *value,
                                 const struct key_catalogue *keys, struct step *step)
{
    bool expects = json_object_get(value, "expect") != NULL;
    bool sweeps = json_object_get(value, "sweep") != NULL;
    if (expects && sweeps) {
        return reader_complain(reader, place_member(value, "expect"),
                               "no expectation beside a sweep", "both");
    }
    if (step->replaces && (expects || sweeps)) {
        return reader_complain(reader, place_member(value, expects ? "expect" : "sweep"),
                               "nothing expected of a replacing step", "this member");
    }
    if (sweeps) {
        return sweep_read(reader, value, keys, step);
    }
    return !expects || expectation_read(reader, value, "expect", keys, &step->expect);
}

bool step_read(struct reader *reader, struct place place, json_t *value,
               const struct key_catalogue *keys, bool replaces, struct step *step)
{
    int kind;
    if (!read_kind(reader, place, value, "do", &step_kind_words, &kind)) {
        return false;
    }
    uint64_t required = kind_members[kind].required | M(DO);
    struct shape shape = {step_members, MEMBER_COUNT, required,
                          required | kind_members[kind].optional};
    *step = defaults;
    step->kind = (enum step_kind)kind;
    step->replaces = replaces;
    if (kernel_step_is(step)) {
        return kernel_step_read(reader, place, value, step) &&
               read_expect_or_sweep(reader, value, keys, step);
    }
    if (!read_object(reader, place, value, &shape, step)) {
        return false;
    }
    settle_room(step);
    bool redirects = json_object_get(value, "redirect") != NULL;
    step->redirected = redirects || step->kind == STEP_REDIRECTED_ACCEPT;
    return check_input_size(reader, value, step) &&
           read_expect_or_sweep(reader, value, keys, step) &&
           (step->sweep != NULL || step_check(reader, place, step));
}
