/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_fmt: `routesc fmt`: files in their canonical layout.
 */
#include <stdio.h>

#include "cmd.h"
#include "driver.h"
#include "fmt.h"
#include "interrupt.h"
#include "rewrite.h"

static const struct cli_option options[] = {
    {"check", 0, NULL, "only name what would change; end with 1 then"},
    {NULL, 0, NULL, NULL},
};

/* ---- reading ---- */

/* The file that is to be laid out, or NULL after a message. */
static struct source_file *
load(const struct cli *cli, struct driver *driver, const char *path)
{
    struct source_file *file = NULL;
    char message[120];
    apr_status_t rv = source_is_stdin(path)
                          ? source_load_stdin(driver->sources, &file)
                          : source_load(driver->sources, path, &file);

    if (file == NULL) {
        cli_fail(cli, "cannot read `%s`: %s", path,
                 apr_strerror(rv, message, sizeof(message)));
    }
    return file;
}

/* ---- writing ---- */

static enum cli_exit
deliver(const struct cli *cli, struct driver *driver,
        const struct source_file *file, const struct fmt_text *result)
{
    const char *problem;

    if (cli_count(cli, "check") > 0) {
        if (result->changed) {
            puts(file->path);
        }
        return result->changed ? CLI_ERRORS : CLI_FINE;
    }
    if (source_is_stdin(cli_operand(cli, 0))) {
        fwrite(result->text, 1, result->length, stdout);
        return CLI_FINE;
    }
    if (!result->changed) {
        return CLI_FINE;
    }
    problem = rewrite_file(driver->pool, file->path, file->text, file->length,
                           result->text, result->length);
    return problem == NULL ? CLI_FINE : cli_fail(cli, "%s", problem);
}

static enum cli_exit
format(const struct cli *cli, apr_pool_t *pool, const char *path)
{
    struct driver *driver = driver_make(pool);
    struct source_file *file = load(cli, driver, path);
    struct fmt_text result;

    if (file == NULL) {
        return CLI_USAGE;
    }
    switch (fmt_source(pool, file, driver->diags, &result)) {
    case FMT_FINE:
        return deliver(cli, driver, file, &result);
    case FMT_ERRORS:
        driver_report(driver, DIAG_TEXT, stderr);
        return CLI_ERRORS;
    case FMT_LARGE:
        return cli_fail(cli, "`%s` would have more than %u MB", file->path,
                        SOURCE_MAX_BYTES >> 20);
    case FMT_BROKEN:
        break;
    }
    return cli_fail(cli,
                    "this is a mistake of routesc: `%s` would say something "
                    "else; it is left as it was",
                    file->path);
}

static enum cli_exit
run(const struct cli *cli)
{
    enum cli_exit worst = CLI_FINE;
    int count = cli->operands->nelts;
    apr_pool_t *pool;

    for (int i = 0; i < count && count > 1; i++) {
        if (source_is_stdin(cli_operand(cli, i))) {
            return cli_fail(cli, "`-` stands alone");
        }
    }
    if (!source_is_stdin(cli_operand(cli, 0))) {
        interrupt_catch(); /* no half-written file is left lying about */
    }
    for (int i = 0; i < count && interrupt_signal() == 0; i++) {
        enum cli_exit code;

        apr_pool_create(&pool, cli->pool);
        code = format(cli, pool, cli_operand(cli, i));
        worst = code > worst ? code : worst;
        apr_pool_destroy(pool);
    }
    return worst;
}

const struct cli_command cmd_fmt = {
    .name = "fmt",
    .operands = "FILE...",
    .min_operands = 1,
    .summary = "Lay files out in the one way; - is standard input to output.",
    .details =
        "Files are rewritten in place, if anything changes. Comments stay.",
    .options = options,
    .run = run,
};
