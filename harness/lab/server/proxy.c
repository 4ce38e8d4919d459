/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/lab/context/stand_in.h"
#include "harness/lab/server/launch.h"
#include "harness/lab/server/peer.h"
#include "harness/lab/server/process.h"
#include "harness/platform/marked.h"
#include "harness/text.h"

enum { KILL = 9 };

/* ---- its handles ---- */

static void on_closed(uv_handle_t *handle)
{
    struct proxy *proxy = handle->data;

    proxy->handles--;
}

void proxy_close_handle(struct proxy *proxy, uv_handle_t *handle)
{
    if (handle->data == proxy && !uv_is_closing(handle)) {
        uv_close(handle, on_closed);
    }
}

/* ---- start ---- */

/* What does not get through is no loss: a launcher that does not read is past waking. */
static void on_tick(uv_timer_t *tick)
{
    struct proxy *proxy = tick->data;
    char sign[] = ".";
    const uv_buf_t buffer = uv_buf_init(sign, 1);

    if (proxy->launcher_gone) {
        proxy_launcher_missed(proxy);
    } else if (!uv_is_closing((uv_handle_t *)&proxy->in)) {
        (void)uv_try_write((uv_stream_t *)&proxy->in, &buffer, 1);
    }
}

static bool begin_ticking(struct proxy *proxy)
{
    if (uv_timer_init(&proxy->lab->loop, &proxy->tick) != 0) {
        return false;
    }
    proxy->tick.data = proxy;
    proxy->handles++;
    return uv_timer_start(&proxy->tick, on_tick, PROXY_TICK, PROXY_TICK) == 0;
}

static void make_token(char token[LAB_TOKEN_MAX])
{
    uint8_t bytes[(LAB_TOKEN_MAX - 1) / 2] = {0};

    (void)uv_random(NULL, NULL, bytes, sizeof bytes, 0, NULL);
    for (size_t i = 0; i < sizeof bytes; i++) {
        (void)snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    }
}

static bool open_pipes(struct proxy *proxy)
{
    uv_pipe_t *const pipes[] = {&proxy->in, &proxy->out, &proxy->err};

    for (size_t i = 0; i < sizeof pipes / sizeof pipes[0]; i++) {
        if (uv_pipe_init(&proxy->lab->loop, pipes[i], 0) != 0) {
            return false;
        }
        pipes[i]->data = proxy;
        proxy->handles++;
    }
    return true;
}

static int spawn(struct proxy *proxy, const struct launch *launch, char **environment)
{
    const uv_stdio_flags readable = (uv_stdio_flags)(UV_CREATE_PIPE | UV_READABLE_PIPE);
    const uv_stdio_flags writable = (uv_stdio_flags)(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
    /* Under Wine they are a group of their own, to be ended together; Windows has the job. */
    const unsigned flags =
        UV_PROCESS_WINDOWS_HIDE | (launch->wine != NULL ? UV_PROCESS_DETACHED : 0u);
    uv_stdio_container_t ends[3] = {
        {.flags = readable, .data.stream = (uv_stream_t *)&proxy->in},
        {.flags = writable, .data.stream = (uv_stream_t *)&proxy->out},
        {.flags = writable, .data.stream = (uv_stream_t *)&proxy->err},
    };
    const uv_process_options_t options = {.exit_cb = proxy_launcher_ended,
                                          .file = launch->arguments[0],
                                          .args = launch->arguments,
                                          .env = environment,
                                          .flags = flags,
                                          .stdio_count = 3,
                                          .stdio = ends};
    int error;

    proxy->launcher.data = proxy;
    proxy->handles++;
    error = uv_spawn(&proxy->lab->loop, &proxy->launcher, &options);
    if (error != 0) {
        proxy_close_handle(proxy, (uv_handle_t *)&proxy->launcher);
        return error;
    }
    proxy->started = true;
    proxy->group = launch->wine != NULL ? proxy->launcher.pid : 0;
    proxy_listen_to_launcher(proxy);
    return 0;
}

static void tell_start(struct proxy *proxy)
{
    struct event event = {.kind = EVENT_PROCESS_START};
    struct text command = {0};

    for (size_t i = 0; proxy->program->command[i] != NULL; i++) {
        text_add(&command, "%s", i > 0 ? " " : "");
        text_add_safe(&command, proxy->program->command[i], false);
    }
    event_set_text(&event, FIELD_TEXT, text_bytes(&command));
    lab_tell(proxy->lab, &event);
    text_clear(&command);
}

static enum status launch_it(struct proxy *proxy)
{
    struct lab *lab = proxy->lab;
    const struct launch_wish wish = {.command = proxy->program->command,
                                     .shim = lab->order->shim,
                                     .follow = lab->order->follow,
                                     .port = lab->wire_port,
                                     .token = proxy->token};
    struct launch launch;
    enum status status = launch_make(&wish, lab->complaints, &launch);
    char **environment = status == STATUS_OK ? launch_environment(&launch) : NULL;

    if (environment != NULL) {
        const int error = open_pipes(proxy) && begin_ticking(proxy)
                              ? spawn(proxy, &launch, environment)
                              : UV_ENOMEM;

        if (error != 0) {
            complain(lab->complaints, launch.arguments[0], 0, "program", "one that can be started",
                     "%s", uv_strerror(error));
            status = STATUS_BROKEN;
        }
    } else if (status == STATUS_OK) {
        status = STATUS_BROKEN;
    }
    launch_texts_free(environment);
    launch_release(&launch);
    return status;
}

enum status proxy_start(struct lab *lab, uint32_t number, const struct lab_program *program)
{
    struct proxy *proxy = calloc(1, sizeof *proxy);
    enum status status;

    if (proxy == NULL) {
        return STATUS_BROKEN;
    }
    proxy->lab = lab;
    proxy->number = number;
    proxy->program = program;
    make_token(proxy->token);
    lab->proxies[number - 1] = proxy;
    lab->proxy_count = number > lab->proxy_count ? number : lab->proxy_count;
    if (program->stand_in != NULL) {
        stand_in_begin(program->stand_in);
    }
    tell_start(proxy);
    status = launch_it(proxy);
    if (status != STATUS_OK) {
        proxy_stop(proxy);
    }
    return status;
}

/* ---- waiting for it ---- */

bool proxy_alive(const struct proxy *proxy)
{
    return !proxy->ended && proxy->main != NULL && proxy->main->peer != NULL;
}

static bool is_ready(const struct proxy *proxy)
{
    bool ready = proxy->main != NULL;

    for (size_t i = 0; i < proxy->program->listen_count; i++) {
        ready &= proxy->listens[i];
    }
    for (size_t i = 0; i < proxy->program->udp_count; i++) {
        ready &= proxy->receives[i];
    }
    return ready;
}

static bool is_ready_or_gone(struct lab *lab, void *context)
{
    const struct proxy *proxy = context;

    (void)lab;
    return is_ready(proxy) || proxy->ended;
}

/* Only the pipe to the launcher is left: all that it printed has come. */
static bool is_silent(struct lab *lab, void *context)
{
    const struct proxy *proxy = context;

    (void)lab;
    return !proxy->ended || proxy->handles <= 1;
}

enum status proxy_wait(struct proxy *proxy)
{
    (void)lab_wait(proxy->lab, is_ready_or_gone, proxy, LAB_START_LIMIT);
    if (is_ready(proxy)) {
        return STATUS_OK;
    }
    (void)lab_wait(proxy->lab, is_silent, proxy, PROXY_OUTPUT_LIMIT);
    if (!proxy->lab->interrupted && !proxy->lab->broken) {
        proxy_complain_of_absence(proxy);
    }
    return STATUS_BROKEN;
}

/* ---- its end ---- */

static bool is_over(struct lab *lab, void *context)
{
    const struct proxy *proxy = context;

    (void)lab;
    return proxy->handles == 0;
}

static bool has_ended(struct lab *lab, void *context)
{
    const struct proxy *proxy = context;

    (void)lab;
    return proxy->ended || !proxy->started;
}

/* The launcher ends its job when its input ends; only if it does not, it is killed. */
/* What Wine may have left, if its server was killed: who waits for that waits for ever. */
static void kill_the_rest(const struct proxy *proxy)
{
    char mark[LAUNCH_MARK_MAX];

    if (proxy->group != 0) {
        (void)uv_kill(-proxy->group, KILL);
    }
    if (proxy->wine_gone) {
        launch_mark(proxy->lab->wire_port, proxy->token, mark);
        marked_kill(mark);
    }
}

static void end_launcher(struct proxy *proxy)
{
    const bool interrupted = proxy->lab->interrupted;

    (void)uv_run(&proxy->lab->loop, UV_RUN_NOWAIT);
    proxy->stopping = true;
    proxy_close_handle(proxy, (uv_handle_t *)&proxy->in);
    proxy->lab->interrupted = false; /* Ctrl-C is no reason to leave a process behind. */
    if (!lab_wait(proxy->lab, has_ended, proxy, PROXY_STOP_LIMIT)) {
        (void)uv_process_kill(&proxy->launcher, KILL);
        (void)lab_wait(proxy->lab, has_ended, proxy, PROXY_STOP_LIMIT);
    }
    kill_the_rest(proxy);
    proxy_close_handle(proxy, (uv_handle_t *)&proxy->tick);
    proxy_close_handle(proxy, (uv_handle_t *)&proxy->out);
    proxy_close_handle(proxy, (uv_handle_t *)&proxy->err);
    (void)lab_wait(proxy->lab, is_over, proxy, PROXY_STOP_LIMIT);
    proxy->lab->interrupted |= interrupted;
}

/* What the first proxy printed last is shown with the report, unless one has ended unasked. */
static void keep_output(const struct proxy *proxy)
{
    const struct proxy_output *output = &proxy->output;
    const size_t size = output->size < LAB_OUTPUT_MAX ? output->size : LAB_OUTPUT_MAX;
    struct lab_result *result = proxy->lab->result;

    if (!result->output_of_end && (proxy->number == 1 || proxy->gone)) {
        memcpy(result->output, output->bytes + output->size - size, size);
        result->output[size] = '\0';
        result->output_of_end = proxy->gone;
    }
}

void proxy_stop(struct proxy *proxy)
{
    struct lab *lab = proxy->lab;

    end_launcher(proxy);
    keep_output(proxy);
    for (size_t i = 0; i < lab->process_count; i++) {
        struct process *process = lab->processes[i];

        if (process->proxy == proxy) {
            if (process->peer != NULL) {
                peer_drop(process->peer);
            }
            process->proxy = NULL;
        }
    }
    lab->proxies[proxy->number - 1] = NULL;
    driver_clear(&proxy->driver);
    free(proxy);
}
