/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreground: a server as our child, until it ends or we are told to.
 *
 * Its output comes through a pipe of ours, which a server can open again by
 * the name /proc/self/fd/2, while standard error may be a socket or belong to
 * somebody else, which it could not.  It has a session of its own: Ctrl-C
 * reaches only us, so there is one way to end, and what it runs as another
 * user has no terminal of ours to type on.
 */
#include "foreground.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "interrupt.h"

#define TICK_MS 50 /* while it starts or ends */
#define IDLE_MS 500

struct server {
    apr_pool_t *pool;
    const struct foreground_job *job;
    pid_t pid;
    int output;         /* what it says; -1 after its end */
    unsigned char last; /* byte of it */
    int is_ready;
    int is_over;
    int status;          /* of waitpid, once it is over */
    apr_time_t deadline; /* to be ready, or to end */
    const char *problem;
};

/* ---- the child ---------------------------------------------------------- */

static void
reset_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        signal(numbers[i], SIG_DFL);
    }
}

/* Never returns. */
static void
become_server(const char *const *argv, int output)
{
    int nothing = open("/dev/null", O_RDONLY);

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* should we be killed */
    reset_signals();
    dup2(nothing, 0);
    dup2(output, 1);
    dup2(output, 2);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    dprintf(2, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static int
start(struct server *server, const char *const *argv)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return 0;
    }
    server->pid = fork();
    if (server->pid == 0) {
        become_server(argv, ends[1]);
    }
    close(ends[1]);
    server->output = ends[0];
    interrupt_child(server->pid);
    return server->pid > 0;
}

/* ---- watching it -------------------------------------------------------- */

static void
write_all(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(2, bytes, n);

        if (written <= 0 && errno != EINTR) {
            return; /* nobody listens any more */
        }
        bytes += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
}

/* What runs there writes as it likes, and a terminal obeys: control characters
 * are shown as '?', those of two bytes (U+0080 to U+009F) by their second. */
static void
disarm(struct server *server, char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7F ||
            (server->last == 0xC2 && byte >= 0x80 && byte < 0xA0)) {
            bytes[i] = '?';
        }
        server->last = byte;
    }
}

/* Passes on what there is; waits a while for something. */
static void
pass_on(struct server *server, int wait_ms)
{
    struct pollfd pollers[] = {
        {.fd = server->output, .events = POLLIN},
        {.fd = server->job->watched, .events = POLLIN},
    };
    nfds_t count =
        server->job->stirred != NULL && server->is_ready > 0 ? 2 : 1;
    char bytes[8192];
    ssize_t n;

    if (poll(pollers, count, wait_ms) <= 0) {
        return;
    }
    if (count == 2 && pollers[1].revents != 0) {
        server->job->stirred(server->job->data, server->pid);
        interrupt_child(server->pid); /* it may have run other programs */
    }
    if (pollers[0].revents == 0) {
        return;
    }
    n = read(server->output, bytes, sizeof(bytes));
    if (n > 0) {
        disarm(server, bytes, (size_t)n);
        write_all(bytes, (size_t)n);
    }
    else if (n == 0) {
        close(server->output);
        server->output = -1;
    }
}

static void
look_after(struct server *server)
{
    if (waitpid(server->pid, &server->status, WNOHANG) == server->pid) {
        server->is_over = 1;
        interrupt_child(0);
    }
}

static void
greet(struct server *server)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, server->pool);
    if (listen_answers(pool, server->job->listen)) {
        server->is_ready = 1;
        server->deadline = 0;
        server->job->ready(server->job->data);
    }
    apr_pool_destroy(pool);
}

/* Past its deadline it is ended, its children too. */
static void
watch_time(struct server *server)
{
    apr_time_t now = apr_time_now();

    if (interrupt_signal() != 0 && !server->is_over && server->is_ready >= 0) {
        server->is_ready = -1;
        server->deadline = now + apr_time_from_sec(FOREGROUND_STOP_SECONDS);
    }
    if (server->deadline != 0 && now > server->deadline) {
        server->problem = server->is_ready < 0
                              ? "httpd did not end and was killed"
                              : "httpd takes no connections";
        kill(-server->pid, SIGKILL);
        server->deadline = 0;
    }
}

static void
watch(struct server *server)
{
    server->deadline =
        apr_time_now() + apr_time_from_sec(FOREGROUND_START_SECONDS);
    while (!server->is_over) {
        int is_idle = server->is_ready > 0;

        if (server->output >= 0) {
            pass_on(server, is_idle ? IDLE_MS : TICK_MS);
        }
        else {
            apr_sleep(apr_time_from_msec(TICK_MS));
        }
        look_after(server);
        if (!server->is_over && server->is_ready == 0 &&
            interrupt_signal() == 0) {
            greet(server);
        }
        watch_time(server);
    }
}

/* ---- its end ------------------------------------------------------------ */

/* What it said last; its children may hold the pipe a moment longer. */
static void
drain(struct server *server)
{
    for (int i = 0; i < 20 && server->output >= 0; i++) {
        pass_on(server, TICK_MS);
    }
    if (server->output >= 0) {
        close(server->output);
    }
}

static const char *
judge(const struct server *server)
{
    if (server->problem != NULL) {
        return server->problem;
    }
    if (interrupt_signal() != 0) {
        interrupt_forget();
        return NULL;
    }
    if (WIFSIGNALED(server->status)) {
        return apr_psprintf(server->pool, "httpd was ended by signal %d",
                            WTERMSIG(server->status));
    }
    return apr_psprintf(server->pool, "httpd ended by itself, with %d",
                        WEXITSTATUS(server->status));
}

const char *
foreground_run(apr_pool_t *pool, const struct foreground_job *job)
{
    struct server server = {.pool = pool, .job = job, .output = -1};

    signal(SIGPIPE, SIG_IGN);
    if (!start(&server, job->argv)) {
        return apr_psprintf(pool, "cannot start `%s`: %s", job->argv[0],
                            strerror(errno));
    }
    watch(&server);
    drain(&server);
    return judge(&server);
}
