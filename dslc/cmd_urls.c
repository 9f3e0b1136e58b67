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

/* Writes beside the file and renames, so that it is whole or as before. */
static const char *
write_file(const struct urls_write_job *job, apr_pool_t *pool,
           const char *path)
{
    const char *fresh = apr_psprintf(pool, "%s.%ld.tmp", path, (long)getpid());
    FILE *file = fopen(fresh, "wx");
    int good = file != NULL;

    if (good) {
        urls_write_module(job, file);
        good = ferror(file) == 0;
        good = fclose(file) == 0 && good && rename(fresh, path) == 0;
    }
    if (good) {
        return NULL;
    }
    path = apr_psprintf(pool, "cannot write `%s`: %s", path, strerror(errno));
    if (file != NULL) {
        unlink(fresh);
    }
    return path;
}

static const char *
write_files(struct urls_write_job *job, apr_pool_t *pool, const char *path)
{
    const char *problem = write_file(job, pool, path);

    if (problem != NULL) {
        return problem;
    }
    job->stub = 1;
    return write_file(job, pool, apr_pstrcat(pool, path, "i", NULL));
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
    .options = options,
    .run = run,
};
