/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check: `routesc check`: what is wrong with the files.
 */
#include <stdbool.h>

#include "cmd.h"
#include "driver.h"
#include "interrupt.h"
#include "pyoption.h"
#include "watch.h"

static const struct cli_option options[] = {
    {"format", 0, "text|json|sarif|github", "text if not given"},
    {"pedantic", 0, NULL, "warn of what could be said and is not"},
    {"warn-as-error", 0, NULL, "end with 1 for a warning, too"},
    PYOPTION_ROWS,
    {"watch", 0, NULL, "check again when a file changes, until Ctrl-C"},
    {NULL, 0, NULL, NULL},
};

static const char *const formats[] = {
    [DIAG_TEXT] = "text",
    [DIAG_JSON] = "json",
    [DIAG_SARIF] = "sarif",
    [DIAG_GITHUB] = "github",
    NULL,
};

/* A run over all files; watch, if not NULL, learns what they are made of. */
static enum cli_exit
check_files(const struct cli *cli, struct driver *driver, int format,
            struct watch *watch)
{
    enum cli_exit code = CLI_FINE;

    for (int i = 0; i < cli->operands->nelts; i++) {
        const struct watch_program program = {
            .sources = driver->sources,
            .model = driver_check(driver, cli_operand(cli, i)),
            .file = cli_operand(cli, i),
            .paths = cli_values(cli, "python-path"),
        };

        if (program.model == NULL) {
            code = cli_fail(cli, "%s", driver->problem);
        }
        if (watch != NULL) {
            watch_add(watch, &program);
        }
    }
    driver_report(driver, (enum diag_format)format, stdout);
    if (code != CLI_FINE) {
        return code;
    }
    if (diag_error_count(driver->diags) > 0 ||
        (cli_count(cli, "warn-as-error") > 0 &&
         diag_warning_count(driver->diags) > 0)) {
        return CLI_ERRORS;
    }
    return CLI_FINE;
}

static void
check_again(const struct cli *cli, const struct driver *first,
            struct watch *watch)
{
    struct driver *driver;
    apr_pool_t *pool;

    apr_pool_create(&pool, cli->pool);
    driver = driver_make(pool);
    driver->python = first->python;
    driver->pedantic = first->pedantic;
    check_files(cli, driver, DIAG_TEXT, watch);
    printf("-- %u errors, %u warnings; Ctrl-C ends this --\n",
           diag_error_count(driver->diags), diag_warning_count(driver->diags));
    fflush(stdout);
    apr_pool_destroy(pool);
}

static bool
has_stdin(const struct cli *cli)
{
    for (int i = 0; i < cli->operands->nelts; i++) {
        if (source_is_stdin(cli_operand(cli, i))) {
            return true;
        }
    }
    return false;
}

/* Until Ctrl-C, which is how it should end. */
static enum cli_exit
check_and_watch(const struct cli *cli, const struct driver *first, int format)
{
    struct watch *watch;
    const char *problem = watch_open(cli->pool, &watch);

    if (problem == NULL && has_stdin(cli)) {
        problem = "--watch: standard input is read once, and can't change";
    }
    if (problem == NULL && format != DIAG_TEXT) {
        problem = "--watch prints text, and no other format";
    }
    if (problem != NULL) {
        return cli_fail(cli, "%s", problem);
    }
    interrupt_catch();
    do {
        check_again(cli, first, watch);
        while (interrupt_signal() == 0 && !watch_changed(watch, -1)) {
            /* something else stirred in a folder */
        }
    } while (interrupt_signal() == 0);
    interrupt_forget();
    return CLI_FINE;
}

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    int format = cli_choice(cli, "format", formats);

    if (format < 0 || !pyoption_apply(cli, driver)) {
        return CLI_USAGE;
    }
    driver->pedantic = cli_count(cli, "pedantic") > 0;
    return cli_count(cli, "watch") > 0
               ? check_and_watch(cli, driver, format)
               : check_files(cli, driver, format, NULL);
}

const struct cli_command cmd_check = {
    .name = "check",
    .operands = "FILE...",
    .min_operands = 1,
    .summary = "Say everything that is wrong with the files.",
    .details =
        "Messages go to standard output. Python functions are looked at in "
        "their\nsources; nothing of them is executed without --import. FILE "
        "may be "
        "`-`,\nstandard input, once: its folder is then the working one.",
    .options = options,
    .run = run,
};
