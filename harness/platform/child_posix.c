/* SPDX-License-Identifier: MIT */

#define _POSIX_C_SOURCE 200809L

#include "harness/platform/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { READ, WRITE };

struct pipes {
    int to[2];
    int from[2];
};

static void close_both(const int ends[2])
{
    close(ends[READ]);
    close(ends[WRITE]);
}

/* Neither end is inherited: a second child that held one would hide the end of this one. */
static bool pipe_private(int ends[2])
{
    if (pipe(ends) != 0) {
        return false;
    }
    fcntl(ends[READ], F_SETFD, FD_CLOEXEC);
    fcntl(ends[WRITE], F_SETFD, FD_CLOEXEC);
    return true;
}

static bool pipes_open(struct pipes *pipes)
{
    if (!pipe_private(pipes->to)) {
        return false;
    }
    if (pipe_private(pipes->from)) {
        return true;
    }
    close_both(pipes->to);
    return false;
}

static int spawn(char *const *arguments, const struct pipes *pipes, pid_t *process)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    int error;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, pipes->to[READ], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, pipes->from[WRITE], STDOUT_FILENO);
    error = posix_spawnp(process, arguments[0], &files, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static bool attach(struct child *child, int in, int out, pid_t process)
{
    struct child attached = {fdopen(in, "wb"), fdopen(out, "rb"), process};

    if (attached.in == NULL || attached.out == NULL) {
        return false;
    }
    *child = attached;
    return true;
}

bool child_start(char *const *arguments, struct child *child)
{
    struct pipes pipes;
    pid_t process = 0;

    if (!pipes_open(&pipes)) {
        return false;
    }
    errno = spawn(arguments, &pipes, &process);
    if (errno != 0) {
        close_both(pipes.to);
        close_both(pipes.from);
        return false;
    }
    signal(SIGPIPE, SIG_IGN);
    close(pipes.to[READ]);
    close(pipes.from[WRITE]);
    return attach(child, pipes.to[WRITE], pipes.from[READ], process);
}

bool child_wait(struct child *child, int *code)
{
    int state = 0;
    pid_t ended;

    fclose(child->in);
    fclose(child->out);
    do {
        ended = waitpid((pid_t)child->process, &state, 0);
    } while (ended < 0 && errno == EINTR);
    if (ended < 0) {
        return false;
    }
    *code = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
    return true;
}
