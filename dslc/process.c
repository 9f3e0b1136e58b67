/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process: runs another program to its end and keeps what it says.
 */
#include "process.h"

#include <signal.h>
#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "interrupt.h"

/* Reads to the end of the pipe. */
static const char *
read_all(apr_pool_t *pool, apr_file_t *pipe)
{
    char *kept = apr_palloc(pool, PROCESS_MAX_OUTPUT + 1);
    char spare[4096];
    apr_size_t n = 0;

    for (;;) {
        int full = n == PROCESS_MAX_OUTPUT;
        apr_size_t room = full ? sizeof(spare) : PROCESS_MAX_OUTPUT - n;

        if (apr_file_read(pipe, full ? spare : kept + n, &room) !=
            APR_SUCCESS) {
            break;
        }
        n += full ? 0 : room;
    }
    kept[n] = '\0';
    return kept;
}

/* Where a program reads and writes. */
struct streams {
    apr_file_t *in;
    apr_file_t *out;
    apr_file_t *err;
};

static apr_status_t
start(apr_pool_t *pool, const char *const *argv, const char *dir,
      const struct streams *streams, apr_proc_t *process)
{
    apr_procattr_t *attr;
    apr_status_t rv = apr_procattr_create(&attr, pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    apr_procattr_cmdtype_set(attr, APR_PROGRAM_PATH);
    apr_procattr_error_check_set(attr, 1);
    apr_procattr_child_in_set(attr, streams->in, NULL);
    apr_procattr_child_out_set(attr, streams->out, NULL);
    apr_procattr_child_err_set(attr, streams->err, NULL);
    if (dir != NULL) {
        apr_procattr_dir_set(attr, dir);
    }
    return apr_proc_create(process, argv[0], argv, NULL, attr, pool);
}

static int
wait_for(apr_proc_t *process)
{
    apr_exit_why_e why = APR_PROC_EXIT;
    int code = 0;

    apr_proc_wait(process, &code, &why, APR_WAIT);
    return APR_PROC_CHECK_EXIT(why) ? code : 128 + code;
}

apr_status_t
process_run(apr_pool_t *pool, const char *const *argv, const char *dir,
            struct process_result *result)
{
    struct streams streams;
    apr_proc_t process;
    apr_file_t *in;
    apr_status_t rv;

    memset(result, 0, sizeof(*result));
    rv = apr_file_open(&streams.in, "/dev/null", APR_FOPEN_READ, 0, pool);
    if (rv == APR_SUCCESS) {
        rv = apr_file_pipe_create(&in, &streams.out, pool);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    streams.err = streams.out;
    rv = start(pool, argv, dir, &streams, &process);
    apr_file_close(streams.out);
    apr_file_close(streams.in);
    if (rv == APR_SUCCESS) {
        interrupt_child(process.pid);
        result->output = read_all(pool, in);
        result->code = wait_for(&process);
        interrupt_child(0);
    }
    apr_file_close(in);
    return rv;
}

/* ---- asking ------------------------------------------------------------- */

/* A file without a name. */
static apr_status_t
open_nameless(apr_pool_t *pool, apr_file_t **file)
{
    const char *folder = "/tmp";
    char *name;
    apr_status_t rv;

    if (apr_temp_dir_get(&folder, pool) != APR_SUCCESS) {
        folder = "/tmp";
    }
    name = apr_pstrcat(pool, folder, "/routesc-XXXXXX", NULL);
    rv = apr_file_mktemp(file, name,
                         APR_FOPEN_CREATE | APR_FOPEN_READ | APR_FOPEN_WRITE |
                             APR_FOPEN_EXCL,
                         pool);
    if (rv == APR_SUCCESS) {
        apr_file_remove(name, pool);
    }
    return rv;
}

static apr_status_t
write_question(apr_file_t *file, const struct process_question *question)
{
    apr_off_t start = 0;
    apr_status_t rv =
        apr_file_write_full(file, question->input, question->length, NULL);

    return rv == APR_SUCCESS ? apr_file_seek(file, APR_SET, &start) : rv;
}

/* Reads what fits, with patience. */
static apr_status_t
read_answer(apr_pool_t *pool, apr_file_t *pipe,
            const struct process_question *question,
            struct process_result *result)
{
    apr_size_t room = 64 * 1024;
    char *kept = apr_palloc(pool, room);
    apr_size_t length = 0;
    apr_status_t rv;

    apr_file_pipe_timeout_set(pipe, question->patience);
    for (;;) {
        apr_size_t n = room - length - 1;

        rv = apr_file_read(pipe, kept + length, &n);
        if (rv != APR_SUCCESS) {
            break;
        }
        length += n;
        if (length > question->max_output) {
            return APR_ENOSPC;
        }
        if (length + 1 == room) {
            char *larger = apr_palloc(pool, room * 2);

            kept = memcpy(larger, kept, length);
            room *= 2;
        }
    }
    kept[length] = '\0';
    result->output = kept;
    result->length = length;
    return rv == APR_EOF ? APR_SUCCESS : rv;
}

/* The end of what it complained of. */
static const char *
read_errors(apr_pool_t *pool, apr_file_t *file)
{
    char *text = apr_pcalloc(pool, PROCESS_MAX_ERRORS + 1);
    apr_off_t size = 0;
    apr_off_t start;
    apr_size_t n = 0;

    apr_file_seek(file, APR_END, &size);
    start = size > PROCESS_MAX_ERRORS ? size - PROCESS_MAX_ERRORS : 0;
    apr_file_seek(file, APR_SET, &start);
    apr_file_read_full(file, text, PROCESS_MAX_ERRORS, &n);
    text[n] = '\0';
    return text;
}

static apr_status_t
ask(apr_pool_t *pool, const char *const *argv,
    const struct process_question *question, const struct streams *streams,
    apr_file_t *answer, struct process_result *result)
{
    apr_proc_t process;
    apr_status_t rv = write_question(streams->in, question);

    if (rv == APR_SUCCESS) {
        rv = start(pool, argv, NULL, streams, &process);
    }
    apr_file_close(streams->out);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    interrupt_child(process.pid);
    rv = read_answer(pool, answer, question, result);
    if (rv != APR_SUCCESS) {
        apr_proc_kill(&process, SIGKILL);
    }
    result->code = wait_for(&process);
    interrupt_child(0);
    result->errors = read_errors(pool, streams->err);
    return rv;
}

apr_status_t
process_ask(apr_pool_t *pool, const char *const *argv,
            const struct process_question *question,
            struct process_result *result)
{
    struct streams streams;
    apr_file_t *answer = NULL;
    apr_status_t rv = open_nameless(pool, &streams.in);

    memset(result, 0, sizeof(*result));
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = open_nameless(pool, &streams.err);
    if (rv == APR_SUCCESS) {
        rv = apr_file_pipe_create(&answer, &streams.out, pool);
    }
    if (rv == APR_SUCCESS) {
        rv = ask(pool, argv, question, &streams, answer, result);
        apr_file_close(answer);
        apr_file_close(streams.err);
    }
    apr_file_close(streams.in);
    return rv;
}
