/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process: runs another program to its end and keeps what it says.
 */
#include "process.h"

#include <string.h>

#include <apr_file_io.h>
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

static apr_status_t
start(apr_pool_t *pool, const char *const *argv, const char *dir,
      apr_file_t *out, apr_proc_t *process)
{
    apr_procattr_t *attr;
    apr_file_t *nothing;
    apr_status_t rv = apr_procattr_create(&attr, pool);

    if (rv == APR_SUCCESS) {
        rv = apr_file_open(&nothing, "/dev/null", APR_FOPEN_READ, 0, pool);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    apr_procattr_cmdtype_set(attr, APR_PROGRAM_PATH);
    apr_procattr_error_check_set(attr, 1);
    apr_procattr_child_in_set(attr, nothing, NULL);
    apr_procattr_child_out_set(attr, out, NULL);
    apr_procattr_child_err_set(attr, out, NULL);
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
    apr_proc_t process;
    apr_file_t *in;
    apr_file_t *out;
    apr_status_t rv = apr_file_pipe_create(&in, &out, pool);

    memset(result, 0, sizeof(*result));
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = start(pool, argv, dir, out, &process);
    apr_file_close(out);
    if (rv == APR_SUCCESS) {
        interrupt_child(process.pid);
        result->output = read_all(pool, in);
        result->code = wait_for(&process);
        interrupt_child(0);
    }
    apr_file_close(in);
    return rv;
}
