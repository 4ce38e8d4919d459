/* SPDX-License-Identifier: MIT */

#define _POSIX_C_SOURCE 200809L

#include "harness/platform/partner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/platform/clock.h"

extern char **environ;

enum { READ, WRITE, PATIENCE_STEP = 2000000 /* nanoseconds */, NANOSECONDS = 1000000 };

static bool pipe_private(int ends[2])
{
    if (pipe(ends) != 0) {
        return false;
    }
    fcntl(ends[READ], F_SETFD, FD_CLOEXEC);
    fcntl(ends[WRITE], F_SETFD, FD_CLOEXEC);
    return true;
}

static void close_both(const int ends[2])
{
    close(ends[READ]);
    close(ends[WRITE]);
}

/* A process group of its own, so that what it starts can be killed with it. */
static bool spawn(char *const *arguments, const int to[2], const int from[2], pid_t *process)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    int error;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, to[READ], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, from[WRITE], STDOUT_FILENO);
    error = posix_spawnp(process, arguments[0], &files, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error == 0;
}

bool partner_system_start(char *const *arguments, struct partner_system *system)
{
    int to[2];
    int from[2];
    pid_t process = 0;

    if (!pipe_private(to)) {
        return false;
    }
    if (!pipe_private(from)) {
        close_both(to);
        return false;
    }
    if (!spawn(arguments, to, from, &process)) {
        close_both(to);
        close_both(from);
        return false;
    }
    signal(SIGPIPE, SIG_IGN);
    close(to[READ]);
    close(from[WRITE]);
    fcntl(to[WRITE], F_SETFL, O_NONBLOCK);
    fcntl(from[READ], F_SETFL, O_NONBLOCK);
    *system = (struct partner_system){.in = to[WRITE], .out = from[READ], .process = process};
    return true;
}

static bool ready(int end, short what, unsigned milliseconds)
{
    struct pollfd wanted = {.fd = end, .events = what};

    return poll(&wanted, 1, (int)milliseconds) > 0;
}

static bool again(void)
{
    return errno == EAGAIN || errno == EINTR;
}

enum partner_outcome partner_system_read(const struct partner_system *system, char *bytes,
                                         size_t *size, unsigned milliseconds)
{
    const uint64_t end = clock_nanoseconds() + (uint64_t)milliseconds * NANOSECONDS;

    do {
        ssize_t got;

        if (!ready((int)system->out, POLLIN, milliseconds)) {
            continue;
        }
        got = read((int)system->out, bytes, *size);
        if (got > 0) {
            *size = (size_t)got;
            return PARTNER_DONE;
        }
        if (got == 0 || !again()) {
            return PARTNER_ENDED;
        }
    } while (clock_nanoseconds() < end);
    return PARTNER_LATE;
}

enum partner_outcome partner_system_write(const struct partner_system *system, const char *bytes,
                                          size_t size, unsigned milliseconds)
{
    const uint64_t end = clock_nanoseconds() + (uint64_t)milliseconds * NANOSECONDS;

    while (size > 0) {
        const ssize_t put = write((int)system->in, bytes, size);

        if (put < 0 && !again()) {
            return PARTNER_ENDED;
        }
        bytes += put > 0 ? put : 0;
        size -= put > 0 ? (size_t)put : 0;
        if (put < 0 && clock_nanoseconds() >= end) {
            return PARTNER_LATE;
        }
        if (put < 0) {
            (void)ready((int)system->in, POLLOUT, 50);
        }
    }
    return PARTNER_DONE;
}

static bool ended(pid_t process, int *state)
{
    pid_t found;

    do {
        found = waitpid(process, state, WNOHANG);
    } while (found < 0 && errno == EINTR);
    return found != 0;
}

struct partner_end partner_system_end(const struct partner_system *system, unsigned milliseconds)
{
    const struct timespec step = {.tv_nsec = PATIENCE_STEP};
    const uint64_t end = clock_nanoseconds() + (uint64_t)milliseconds * NANOSECONDS;
    const pid_t process = (pid_t)system->process;
    struct partner_end told = {false, 0};
    int state = 0;

    close((int)system->in);
    while (!ended(process, &state) && !told.killed) {
        told.killed = clock_nanoseconds() >= end;
        (void)nanosleep(&step, NULL);
    }
    /* Its group lives on where it left something behind. */
    kill(-process, SIGKILL);
    if (told.killed) {
        (void)waitpid(process, &state, 0);
    } else {
        told.code = (uint32_t)(WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state));
    }
    close((int)system->out);
    return told;
}
