/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_urls: `routesc urls`: a Python module that makes a file's URLs.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "cmd.h"
#include "driver.h"
#include "toolchain.h"
#include "urls_write.h"

#define MAX_KIT 65536 /* bytes of urlkit.py */

static const struct cli_option options[] = {
    {"output", 'o', "FILE.py",
     "where it goes, with a .pyi; else standard output"},
    {NULL, 0, NULL, NULL},
};

/* The text of urlkit.py without its first lines, which are its own; NULL and
 * a problem if it can't be read. */
static const char *
read_kit(struct driver *driver)
{
    const char *path = toolchain_urlkit(driver->pool);
    FILE *file = fopen(path, "r");
    char *text = apr_pcalloc(driver->pool, MAX_KIT);
    const char *start;

    if (file == NULL || fread(text, 1, MAX_KIT - 1, file) == 0) {
        driver->problem = apr_psprintf(driver->pool, "cannot read `%s`: %s",
                                       path, strerror(errno));
    }
    if (file != NULL) {
        fclose(file);
    }
    start = strstr(text, "# ----");
    return driver->problem == NULL && start != NULL ? start : "";
}

/* The name of a file until it is whole. */
static const char *
fresh_of(apr_pool_t *pool, const char *path)
{
    return apr_psprintf(pool, "%s.%ld.tmp", path, (long)getpid());
}

/* Writes beside the file; 0, or -1 with the reason in errno and nothing
 * there.  What is there was left by one with our number that was killed. */
static int
write_fresh(const struct urls_write_job *job, const char *fresh)
{
    FILE *file;
    int error;

    unlink(fresh);
    file = fopen(fresh, "wx");
    if (file == NULL) {
        return -1;
    }
    urls_write_module(job, file);
    error = ferror(file) != 0 ? errno : 0;
    if (fclose(file) != 0 && error == 0) {
        error = errno;
    }
    if (error == 0) {
        return 0;
    }
    unlink(fresh);
    errno = error;
    return -1;
}

static int
put_in_place(const char *fresh, const char *path)
{
    int failed = rename(fresh, path);
    int error = errno;

    if (failed != 0) {
        unlink(fresh);
        errno = error;
    }
    return failed;
}

/* The module and its stub: both are there, whole, before one of them takes
 * its place. */
static const char *
write_files(struct urls_write_job *job, apr_pool_t *pool, const char *path)
{
    const char *stub = apr_pstrcat(pool, path, "i", NULL);
    const char *fresh = fresh_of(pool, path);
    const char *fresh_stub = fresh_of(pool, stub);
    const char *at = path;
    int failed = write_fresh(job, fresh);

    job->stub = 1;
    if (failed == 0 && write_fresh(job, fresh_stub) != 0) {
        failed = errno;
        unlink(fresh);
        errno = failed;
        at = stub;
    }
    if (failed == 0 && put_in_place(fresh, path) != 0) {
        failed = errno;
        unlink(fresh_stub);
        errno = failed;
    }
    if (failed == 0 && put_in_place(fresh_stub, stub) != 0) {
        failed = -1;
        at = stub;
    }
    return failed == 0 ? NULL
                       : apr_psprintf(pool, "cannot write `%s`: %s", at,
                                      strerror(errno));
}

static void
write_module(struct driver *driver, const struct model *model,
             const apr_array_header_t *functions, const char *path)
{
    struct urls_write_job job = {
        .model = model,
        .sources = driver->sources,
        .functions = functions,
        .compiler = driver_compiler,
        .kit = read_kit(driver),
    };

    if (driver->problem != NULL) {
        return;
    }
    if (path == NULL) {
        urls_write_module(&job, stdout);
    }
    else {
        driver->problem = write_files(&job, driver->pool, path);
    }
}

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    const char *path = cli_value(cli, "output", NULL);
    const apr_array_header_t *functions = NULL;
    struct model *model;

    if (path != NULL &&
        (strlen(path) < 4 || strcmp(path + strlen(path) - 3, ".py") != 0)) {
        return cli_fail(cli, "-o is a file such as urls.py, and not `%s`",
                        path);
    }
    model = driver_check(driver, cli_operand(cli, 0));
    if (model != NULL && diag_error_count(driver->diags) == 0) {
        functions = urls_of(model, driver->diags);
    }
    if (functions != NULL && diag_error_count(driver->diags) == 0) {
        write_module(driver, model, functions, path);
    }
    return driver_conclude(driver);
}

const struct cli_command cmd_urls = {
    .name = "urls",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "Write a Python module that makes the URLs of named routes.",
    .details = "Each function of the module takes the parameters of its path "
               "and query string,\ntyped, and gives the URL.",
    .no_stdin = "the module tells which file it is made of",
    .options = options,
    .run = run,
};
