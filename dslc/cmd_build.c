/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_build: `routesc build`: a .routes file as an Apache module.
 */
#include "backend.h"
#include "cmd.h"
#include "driver.h"
#include "progress.h"
#include "pyoption.h"
#include "toolchain.h"

static const struct cli_option options[] = {
    {"output", 'o', "DIR", "where mod_NAME.so goes; here if not given"},
    {"keep-c", 0, NULL, "leave the C beside it, NAME.routes.c"},
    PYOPTION_ROWS,
    {NULL, 0, NULL, NULL},
};

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    struct toolchain tools;
    struct backend_job job = {.tools = &tools};
    struct backend_outcome outcome;

    if (!pyoption_apply(cli, driver)) {
        return CLI_USAGE;
    }
    driver->progress = progress_begin(cli->pool);
    job.plan = driver_plan(driver, cli_operand(cli, 0));
    if (job.plan == NULL) {
        return driver_conclude(driver);
    }
    driver->problem = toolchain_find(cli->pool, &tools);
    if (driver->problem != NULL) {
        return driver_conclude(driver);
    }
    job.plan_pool = driver->work;
    job.compiler = driver_compiler;
    job.dir = cli_value(cli, "output", ".");
    job.keep_c = cli_count(cli, "keep-c") > 0;
    progress_step(driver->progress, "compiling");
    outcome = backend_build(cli->pool, &job, driver->diags);
    progress_end(driver->progress);
    driver->problem = outcome.problem;
    if (outcome.module == NULL) {
        driver_conclude(driver);
        return CLI_USAGE; /* the input had no errors */
    }
    puts(outcome.module);
    return driver_conclude(driver);
}

const struct cli_command cmd_build = {
    .name = "build",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "Build the Apache module of a file, DIR/mod_NAME.so.",
    .details =
        "The file mod_NAME.so, NAME being the stem of FILE, is replaced in "
        "one step,\nand only by a module that has been loaded for a test.",
    .no_stdin = "a table is called after its file",
    .options = options,
    .run = run,
};
