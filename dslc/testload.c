/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testload: whether a built module can be loaded, tried in a child process.
 *
 * A generated module needs one symbol of httpd, ap_register_provider.  Here it
 * is a stand-in that is never called: the loader only wants to bind it.
 */
#include "testload.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_dso.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#define MAX_REASON 2048

/* What httpd has under this name; the program exports it.  Weak, so that a
 * program that has one takes its own. */
__attribute__((weak)) int
testload_provider(void) __asm__("ap_register_provider");

int
testload_provider(void)
{
    return -1;
}

/* In the child: says through the pipe what is wrong, and how much by its exit
 * code. */
static void
load(apr_pool_t *pool, const char *path, const char *record, apr_file_t *out)
{
    apr_dso_handle_t *handle;
    apr_dso_handle_sym_t symbol;
    char reason[MAX_REASON];

    if (apr_dso_load(&handle, path, pool) != APR_SUCCESS) {
        apr_file_puts(apr_dso_error(handle, reason, sizeof(reason)), out);
        _exit(1);
    }
    if (apr_dso_sym(&symbol, handle, record) != APR_SUCCESS) {
        apr_file_puts(apr_psprintf(pool, "it has no module record %s", record),
                      out);
        _exit(1);
    }
    _exit(0);
}

static const char *
read_reason(apr_pool_t *pool, apr_file_t *in)
{
    char reason[MAX_REASON];
    apr_size_t n = 0;

    if (apr_file_read_full(in, reason, sizeof(reason), &n) != APR_EOF) {
        n = 0;
    }
    return apr_pstrmemdup(pool, reason, n);
}

/* What the child's end means. */
static const char *
judge(apr_pool_t *pool, apr_proc_t *child, const char *reason)
{
    apr_exit_why_e why = APR_PROC_EXIT;
    int code = 0;

    apr_proc_wait(child, &code, &why, APR_WAIT);
    if (!APR_PROC_CHECK_EXIT(why)) {
        return apr_psprintf(pool, "loading it ends with signal %d", code);
    }
    return code == 0 ? NULL : reason;
}

const char *
testload_check(apr_pool_t *pool, const char *path, const char *record)
{
    apr_file_t *in;
    apr_file_t *out;
    apr_proc_t child;
    apr_status_t rv = apr_file_pipe_create(&in, &out, pool);
    const char *reason;

    if (rv == APR_SUCCESS) {
        rv = apr_proc_fork(&child, pool);
    }
    if (rv == APR_INCHILD) {
        load(pool, path, record, out);
    }
    if (rv != APR_INPARENT) {
        return "no process can be started for it";
    }
    apr_file_close(out);
    reason = read_reason(pool, in);
    apr_file_close(in);
    return judge(pool, &child, reason);
}
