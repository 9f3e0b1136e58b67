/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli: commands, their options, their help, and what is wrong with a command
 * line.
 */
#ifndef CLI_H
#define CLI_H

#include <apr_pools.h>
#include <apr_tables.h>

/* What routesc ends with. */
enum cli_exit {
    CLI_FINE = 0,
    CLI_ERRORS = 1, /* the input has errors */
    CLI_USAGE = 2   /* the command line or the environment */
};

struct cli_option {
    const char *name;     /* long: "format"; NULL ends a list */
    char letter;          /* short: 'o', or 0 */
    const char *argument; /* "DIR", "text|json", or NULL: it takes none */
    const char *help;     /* NULL: of a later version, refused by name */
};

struct cli;

struct cli_command {
    const char *name;
    const char *operands; /* "FILE...", for the usage line */
    int min_operands;
    int max_operands; /* 0: any number */
    const char *summary;
    const char *details;  /* lines that say more, or NULL */
    const char *no_stdin; /* why its FILE is not `-`; NULL: it may be */
    const struct cli_option *options;
    enum cli_exit (*run)(const struct cli *cli);
};

/* A command line that was understood; everything lives in pool. */
struct cli {
    apr_pool_t *pool;
    const struct cli_command *command;
    apr_array_header_t *operands; /* const char * */
    apr_array_header_t **values;  /* const char *, of each option as often as
                                     it was given */
};

/*
 * Reads argv[0..argc), of which argv[0] is the command's name, and runs the
 * command, or says what is wrong or how it is used.
 */
enum cli_exit cli_run(apr_pool_t *pool, const struct cli_command *command,
                      int argc, const char *const *argv);

/* How often an option was given. */
int cli_count(const struct cli *cli, const char *option);

/* Its last value, or otherwise. */
const char *
cli_value(const struct cli *cli, const char *option, const char *otherwise);

/* All its values: const char *. */
const apr_array_header_t *
cli_values(const struct cli *cli, const char *option);

const char *cli_operand(const struct cli *cli, int i);

/* Which of words, which end with NULL, the option's last value is; 0 when it
 * was not given, -1, and a message, when it is none. */
int cli_choice(const struct cli *cli, const char *option,
               const char *const *words);

/* What --format says of a command that speaks text or JSON; -1, and a message:
 * neither. */
enum cli_format {
    CLI_TEXT,
    CLI_JSON
};
int cli_format(const struct cli *cli);

/* "routesc COMMAND: MESSAGE" on standard error; returns CLI_USAGE. */
enum cli_exit cli_fail(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
