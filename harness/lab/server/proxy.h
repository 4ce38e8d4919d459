/* SPDX-License-Identifier: MIT */

/* A program under test: its processes, what it prints, where it listens, and its end. */

#ifndef HARNESS_LAB_SERVER_PROXY_H
#define HARNESS_LAB_SERVER_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "harness/lab/server/driver.h"
#include "harness/lab/server/lab.h"
#include "harness/status.h"

struct exchange;
struct process;
struct socket;

enum {
    PROXY_OUTPUT_MAX = LAB_OUTPUT_MAX,
    PROXY_LINE_MAX = 1024,    /* bytes; a longer one is cut in two */
    PROXY_STOP_LIMIT = 5000,  /* milliseconds */
    PROXY_OUTPUT_LIMIT = 500, /* for the last of its output, when it has ended */
    PROXY_TICK = 50           /* milliseconds between signs of life to the launcher */
};

/* The last of what it printed. */
struct proxy_output {
    char bytes[2 * PROXY_OUTPUT_MAX];
    size_t size;
};

/* Of the launcher, under way. */
struct proxy_line {
    char bytes[PROXY_LINE_MAX + 1];
    size_t size;
};

/* What its launcher has said of it (harness/lab/wire/launch_words.h). */
enum proxy_word {
    PROXY_SAID_NOTHING,
    PROXY_SAID_BEGINS, /* the launcher runs */
    PROXY_SAID_ERROR,  /* the program never ran */
    PROXY_SAID_ENDED   /* the program has, and `exit_code` is there */
};

struct proxy {
    struct lab *lab;
    uint32_t number; /* from 1; by its place, service number - 1 in the model */
    const struct lab_program *program;
    char token[LAB_TOKEN_MAX];

    uv_process_t launcher;
    uv_pipe_t in;     /* its end tells the launcher that the lab is gone */
    uv_timer_t tick;  /* a byte into it */
    uv_pipe_t out;    /* of the program */
    uv_pipe_t err;    /* of the launcher */
    unsigned handles; /* of these that are not closed yet */
    int group;        /* process group of all of it; 0: there is none */
    bool started;     /* the launcher runs, or has run */
    bool stopping;    /* the lab wants its end */
    bool gone;        /* its first process has ended, and nobody wanted it */
    bool launcher_gone;
    int64_t launcher_code;
    int launcher_signal; /* that ended it; 0: none */
    bool wine_gone;      /* it went as if Wine's server had */
    unsigned looks;      /* for its last word, since */
    bool ended;          /* and all is known of it that will be */
    enum proxy_word word;
    uint32_t exit_code; /* of the program */
    struct proxy_line line;
    struct proxy_output output;
    struct driver driver;

    struct process *main;          /* the first that said hello, or its heir; NULL: none did */
    bool listens[LAB_LISTEN_MAX];  /* at the program's addresses */
    bool receives[LAB_LISTEN_MAX]; /* datagrams there */
    bool has_v6;                   /* it listens at ::1 or ::, */
    struct wfp_address v6;         /* there */
};

/* STATUS_BAD_INPUT, STATUS_BROKEN after a complaint. */
enum status proxy_start(struct lab *lab, uint32_t number, const struct lab_program *program);
/* Waits until it listens at all its addresses. STATUS_BROKEN after a complaint, which shows what it
 * printed. */
enum status proxy_wait(struct proxy *proxy);
/* proxy_absence.c: says that it does not listen, and what is known of the reason. */
void proxy_complain_of_absence(const struct proxy *proxy);
/* Ends it with all its processes, and frees it. */
void proxy_stop(struct proxy *proxy);

/* proxy_output.c: what comes from it and from the launcher is taken from now on. */
void proxy_listen_to_launcher(struct proxy *proxy);
/* proxy_end.c: the launcher is gone. By what it has said the program has ended; if it said nothing,
 * which the next ticks show, it was itself taken away from under the lab. */
void proxy_launcher_ended(uv_process_t *launcher, int64_t code, int signal);
void proxy_launcher_missed(struct proxy *proxy);
/* Of the proxy's own; once. */
void proxy_close_handle(struct proxy *proxy, uv_handle_t *handle);

/* Is the program still there? */
bool proxy_alive(const struct proxy *proxy);

/* Where a client of this family connects, or sends to; false: the proxy serves none. */
bool proxy_door(const struct proxy *proxy, enum wfp_family family, enum wfp_type type,
                struct wfp_address *address);

/* ---- for what interposers tell ---- */

/* Answers a hello; false: it has no good token. */
bool proxy_hello(struct exchange *exchange);
/* A socket of it is bound, and listens if it is one for connections. */
void proxy_bound(struct proxy *proxy, const struct socket *socket);
void proxy_process_gone(struct process *process);

#endif
