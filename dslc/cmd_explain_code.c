/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_explain_code: `routesc explain-code`: what a diagnostic means.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "cmd.h"
#include "diag.h"

#define WIDTH 79

static const struct cli_option options[] = {
    {NULL, 0, NULL, NULL},
};

/* Prints words, as many a line as fit. */
static void
print_wrapped(const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");

        if (column > 0 && column + 1 + len > WIDTH) {
            putchar('\n');
            column = 0;
        }
        column +=
            (size_t)printf("%s%.*s", column > 0 ? " " : "", (int)len, text);
        text += len;
        text += strspn(text, " ");
    }
    putchar('\n');
}

/* A code, also without its letter. */
static const struct diag_info *
find_code(apr_pool_t *pool, const char *name)
{
    const struct diag_info *info = diag_find(name);

    if (info == NULL) {
        info = diag_find(apr_pstrcat(pool, "E", name, NULL));
    }
    return info != NULL ? info : diag_find(apr_pstrcat(pool, "W", name, NULL));
}

static enum cli_exit
run(const struct cli *cli)
{
    char *name = apr_pstrdup(cli->pool, cli_operand(cli, 0));
    const struct diag_info *info;

    for (char *at = name; *at != '\0'; at++) {
        *at = (char)toupper((unsigned char)*at);
    }
    info = find_code(cli->pool, name);
    if (info == NULL) {
        return cli_fail(cli, "there is no code `%s`", cli_operand(cli, 0));
    }
    printf("%s (%s): %s\n\n", info->name,
           info->severity == DIAG_ERROR ? "error" : "warning", info->title);
    print_wrapped(info->text);
    return CLI_FINE;
}

const struct cli_command cmd_explain_code = {
    .name = "explain-code",
    .operands = "CODE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "Say what a code such as E301 means.",
    .details = "CODE is one of a message, such as E301.",
    .options = options,
    .run = run,
};
