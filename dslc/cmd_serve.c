/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_serve: `routesc serve`: a private httpd in the foreground.
 */
#include <apr_lib.h>

#include "cmd.h"
#include "driver.h"
#include "httpd_conf.h"
#include "pyoption.h"
#include "serve.h"
#include "serve_conf.h"
#include "watch.h"

static const struct cli_option options[] = {
    {"listen", 0, "ADDR:PORT", "where; 127.0.0.1:8080 if not given"},
    {"set", 0, "NAME=VALUE", "a setting's value, as RoutesSet gives it"},
    {"table", 0, "FILE", "mod_NAME.so of a table that is mounted in it"},
    PYOPTION_ROWS,
    {"watch", 0, NULL, "serve the new version when a file changes"},
    {NULL, 0, NULL, NULL},
};

/* The values of an option, absolute; NULL: of what is not there. */
static apr_array_header_t *
find_paths(const struct cli *cli, const char *option)
{
    const apr_array_header_t *given = cli_values(cli, option);
    apr_array_header_t *paths =
        apr_array_make(cli->pool, 4, sizeof(const char *));

    for (int i = 0; i < given->nelts; i++) {
        APR_ARRAY_PUSH(paths, const char *) = httpd_conf_absolute(
            cli->pool, APR_ARRAY_IDX(given, i, const char *));
    }
    return paths;
}

/* Names that a setting can have, so that a line of configuration is one. */
static int
is_assignment(const char *text)
{
    size_t len = 0;

    while (apr_isalnum(text[len]) || text[len] == '_') {
        len++;
    }
    return len > 0 && text[len] == '=';
}

/* The words of --set that is none, or NULL. */
static const char *
bad_setting(const apr_array_header_t *settings)
{
    for (int i = 0; i < settings->nelts; i++) {
        const char *text = APR_ARRAY_IDX(settings, i, const char *);

        if (!is_assignment(text)) {
            return text;
        }
    }
    return NULL;
}

/* Whether each --table is the module of a table; said. */
static bool
check_tables(const struct cli *cli, const apr_array_header_t *found)
{
    const apr_array_header_t *given = cli_values(cli, "table");

    for (int i = 0; i < given->nelts; i++) {
        const char *path = APR_ARRAY_IDX(found, i, const char *);
        const char *text = APR_ARRAY_IDX(given, i, const char *);

        if (path == NULL) {
            cli_fail(cli, "--table: there is no file `%s`", text);
            return false;
        }
        if (httpd_conf_word(cli->pool, path) == NULL ||
            serve_conf_table(cli->pool, path) == NULL) {
            cli_fail(cli,
                     "--table is the mod_NAME.so that `routesc build` made, "
                     "and not `%s`",
                     text);
            return false;
        }
    }
    return true;
}

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    const char *where = cli_value(cli, "listen", "127.0.0.1:8080");
    struct toolchain tools;
    const char *home = cli_value(cli, "python-home", NULL);
    struct serve_job job = {.tools = &tools};

    if (!pyoption_apply(cli, driver)) {
        return CLI_USAGE;
    }
    job.settings = cli_values(cli, "set");
    if (bad_setting(job.settings) != NULL) {
        return cli_fail(cli, "--set is NAME=VALUE, and not `%s`",
                        bad_setting(job.settings));
    }
    job.tables = find_paths(cli, "table");
    if (!check_tables(cli, job.tables)) {
        return CLI_USAGE;
    }
    job.paths = find_paths(cli, "python-path");
    job.home = home != NULL ? httpd_conf_absolute(cli->pool, home) : NULL;
    job.plan = driver_plan(driver, cli_operand(cli, 0));
    if (job.plan == NULL) {
        return driver_conclude(driver);
    }
    driver_flush(driver);
    job.file = httpd_conf_absolute(cli->pool, cli_operand(cli, 0));
    driver->problem = job.file == NULL ? "the file is gone"
                                       : toolchain_find(cli->pool, &tools);
    if (driver->problem == NULL) {
        driver->problem = listen_find(cli->pool, where, &job.listen);
    }
    if (driver->problem == NULL && cli_count(cli, "watch") > 0) {
        driver->problem = watch_open(cli->pool, &job.watch);
    }
    return driver->problem != NULL ? driver_conclude(driver)
                                   : serve_run(driver, &job);
}

const struct cli_command cmd_serve = {
    .name = "serve",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "Serve a file on a private httpd, until Ctrl-C.",
    .details = "Builds FILE in a private folder and runs the httpd that the "
               "build found. As\nroot it serves as an unprivileged user.",
    .no_stdin = "a table is called after its file",
    .options = options,
    .run = run,
};
