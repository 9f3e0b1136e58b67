/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_emit: `routesc emit`: the C of a table, to read.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "backend.h"
#include "cmd.h"
#include "driver.h"
#include "emit.h"

static const struct cli_option options[] = {
    {"output", 'o', "FILE.c", "where it goes; standard output if not given"},
    {NULL, 0, NULL, NULL},
};

/* Writes beside the file and renames, so that it is whole or as before. */
static const char *
write_file(apr_pool_t *pool, const struct plan *plan, const char *path)
{
    const char *fresh = apr_psprintf(pool, "%s.%ld.tmp", path, (long)getpid());
    const char *problem;

    unlink(fresh); /* of one with our number that was killed */
    problem = backend_write_c(pool, plan, driver_compiler, fresh);
    if (problem != NULL || rename(fresh, path) != 0) {
        problem =
            apr_psprintf(pool, "cannot write `%s`: %s", path, strerror(errno));
        unlink(fresh);
    }
    return problem;
}

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    struct plan *plan = driver_plan(driver, cli_operand(cli, 0));
    const char *path = cli_value(cli, "output", "-");

    if (plan == NULL) {
        return driver_conclude(driver);
    }
    if (strcmp(path, "-") == 0) {
        emit_c(plan, driver_compiler, stdout);
    }
    else {
        driver->problem = write_file(cli->pool, plan, path);
    }
    return driver_conclude(driver);
}

const struct cli_command cmd_emit = {
    .name = "emit",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "Write the C of a file's table, to read.",
    .details = "What a build would compile, with the line of the source "
               "behind each row.",
    .no_stdin = "a table is called after its file",
    .options = options,
    .run = run,
};
