/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check: `routesc check`: what is wrong with the files.
 */
#include "cmd.h"
#include "driver.h"
#include "pyoption.h"

static const struct cli_option options[] = {
    {"format", 0, "FORMAT", "text, json, sarif or github; text if not given"},
    {"warn-as-error", 0, NULL, "end with 1 for a warning, too"},
    PYOPTION_ROWS,
    {NULL, 0, NULL, NULL},
};

static const char *const formats[] = {
    [DIAG_TEXT] = "text",
    [DIAG_JSON] = "json",
    [DIAG_SARIF] = "sarif",
    [DIAG_GITHUB] = "github",
    NULL,
};

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    int format = cli_choice(cli, "format", formats);
    enum cli_exit code = CLI_FINE;

    if (format < 0 || !pyoption_apply(cli, driver)) {
        return CLI_USAGE;
    }
    for (int i = 0; i < cli->operands->nelts; i++) {
        if (driver_check(driver, cli_operand(cli, i)) == NULL) {
            code = cli_fail(cli, "%s", driver->problem);
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

const struct cli_command cmd_check = {
    .name = "check",
    .operands = "FILE...",
    .min_operands = 1,
    .summary = "Say everything that is wrong with the files.",
    .options = options,
    .run = run,
};
