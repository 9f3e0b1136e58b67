/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli: commands, their options, their help, and what is wrong with a command
 * line.
 */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <apr_getopt.h>
#include <apr_strings.h>

#include "diag.h"
#include "source.h"
#include "suggest.h"

#define HELP_COLUMN  28 /* of what options are for */
#define HELP_LETTER  'h'
#define FIRST_NUMBER 256 /* of options without a letter */

/* ---- what is wrong ------------------------------------------------------ */

enum cli_exit
cli_fail(const struct cli *cli, const char *fmt, ...)
{
    const char *message;
    va_list args;

    va_start(args, fmt);
    message = apr_pvsprintf(cli->pool, fmt, args);
    va_end(args);
    fprintf(stderr, "routesc %s: ", cli->command->name);
    diag_say(message, stderr);
    putc('\n', stderr);
    return CLI_USAGE;
}

static enum cli_exit
point_to_help(const struct cli *cli)
{
    fprintf(stderr, "`routesc %s --help` says how it is used\n",
            cli->command->name);
    return CLI_USAGE;
}

/* ---- options ------------------------------------------------------------ */

static int
count_options(const struct cli_command *command)
{
    int n = 0;

    while (command->options[n].name != NULL) {
        n++;
    }
    return n;
}

/* The index of an option of the command, or -1. */
static int
find_option(const struct cli_command *command, const char *name)
{
    for (int i = 0; command->options[i].name != NULL; i++) {
        if (strcmp(command->options[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* The options as APR reads them, --help behind them. */
static apr_getopt_option_t *
make_table(apr_pool_t *pool, const struct cli_command *command)
{
    int n = count_options(command);
    apr_getopt_option_t *table =
        apr_pcalloc(pool, (size_t)(n + 2) * sizeof(*table));

    for (int i = 0; i < n; i++) {
        const struct cli_option *option = &command->options[i];

        table[i].name = option->name;
        table[i].optch =
            option->letter != '\0' ? option->letter : FIRST_NUMBER + i;
        table[i].has_arg = option->argument != NULL;
    }
    table[n].name = "help";
    table[n].optch = HELP_LETTER;
    return table;
}

/* The index of the option that APR found. */
static int
index_of(const struct cli_command *command, int found)
{
    for (int i = 0; found < FIRST_NUMBER; i++) {
        if (command->options[i].letter == found) {
            return i;
        }
    }
    return found - FIRST_NUMBER;
}

/* Takes "%s: %s: %s": the program, what is wrong, with what. */
static void
keep_message(void *to, const char *fmt, ...)
{
    char *message = to;
    const char *colon;
    va_list args;

    va_start(args, fmt);
    vsnprintf(message, 256, fmt, args);
    va_end(args);
    message[strcspn(message, "\n")] = '\0';
    colon = strstr(message, ": ");
    if (colon != NULL) {
        memmove(message, colon + 2, strlen(colon + 2) + 1);
    }
}

/* "invalid option: --fromat", and which one it may have been. */
static enum cli_exit
refuse_option(const struct cli *cli, const char *message)
{
    const struct cli_option *option = cli->command->options;
    const char *word = strstr(message, ": --");
    const char *meant;
    apr_array_header_t *words =
        apr_array_make(cli->pool, 8, sizeof(const char *));

    cli_fail(cli, "%s", message);
    for (; option->name != NULL; option++) {
        APR_ARRAY_PUSH(words, const char *) = option->name;
    }
    APR_ARRAY_PUSH(words, const char *) = "help";
    if (word != NULL) {
        word = apr_pstrndup(cli->pool, word + 4, strcspn(word + 4, "="));
        meant = suggest_word(words, word);
        if (meant != NULL && strcmp(meant, word) != 0) {
            fprintf(stderr, "did you mean `--%s`?\n", meant);
        }
    }
    return point_to_help(cli);
}

/* ---- help --------------------------------------------------------------- */

/* What is too long for its column has a line of its own. */
static void
print_option(const char *name, char letter, const char *argument,
             const char *help)
{
    char left[80];
    int n = snprintf(
        left, sizeof(left), "%s%c%s--%s%s%s", letter != '\0' ? "-" : " ",
        letter != '\0' ? letter : ' ', letter != '\0' ? ", " : "  ", name,
        argument != NULL ? " " : "", argument != NULL ? argument : "");

    if (n > HELP_COLUMN) {
        printf("  %s\n", left);
        left[0] = '\0';
    }
    printf("  %-*s %s\n", HELP_COLUMN, left, help);
}

static enum cli_exit
print_help(const struct cli_command *command)
{
    const struct cli_option *option = command->options;

    printf("usage: routesc %s [options] %s\n\n%s\n\n", command->name,
           command->operands, command->summary);
    if (command->details != NULL) {
        printf("%s\n\n", command->details);
    }
    for (; option->name != NULL; option++) {
        if (option->help != NULL) {
            print_option(option->name, option->letter, option->argument,
                         option->help);
        }
    }
    print_option("help", HELP_LETTER, NULL, "this text");
    puts("\nIt ends with 0 if all is well, 1 if the input has errors, 2 if "
         "the command\nline or the environment is at fault.");
    return CLI_FINE;
}

/* ---- running ------------------------------------------------------------ */

/* Whether options that name a file or a folder name one: `-o ""` is most
 * often a variable of a script that is not set. */
static int
has_places(const struct cli *cli)
{
    const struct cli_option *option = cli->command->options;

    for (int i = 0; option[i].name != NULL; i++) {
        const char *argument = option[i].argument;

        if (argument != NULL &&
            (strncmp(argument, "FILE", 4) == 0 ||
             strcmp(argument, "DIR") == 0) &&
            *cli_value(cli, option[i].name, argument) == '\0') {
            cli_fail(cli, "--%s is a %s, and was empty", option[i].name,
                     *argument == 'D' ? "folder" : "file");
            return 0;
        }
    }
    return 1;
}

/* "FILE...", "FILE METHOD URL", "OLD NEW" */
static int
is_file(const struct cli_command *command, int operand)
{
    const char *operands = command->operands;

    return strcmp(operands, "OLD NEW") == 0 ||
           (strncmp(operands, "FILE", 4) == 0 &&
            (operand == 0 || operands[4] == '.'));
}

/* Whether `-` stands where, and as often as, standard input can be read. */
static int
has_readable(const struct cli *cli)
{
    const char *reason = cli->command->no_stdin;
    int n = 0;

    for (int i = 0; i < cli->operands->nelts; i++) {
        n += is_file(cli->command, i) && source_is_stdin(cli_operand(cli, i));
    }
    if (n > 0 && reason != NULL) {
        cli_fail(cli,
                 "`-`, standard input, can't be its file: %s (a file that is "
                 "called so is `./-`)",
                 reason);
        return 0;
    }
    if (n > 1) {
        cli_fail(cli, "standard input is read once: only one file is `-`");
        return 0;
    }
    return 1;
}

static enum cli_exit
run_command(const struct cli *cli)
{
    const struct cli_command *command = cli->command;
    int n = cli->operands->nelts;

    for (int i = 0; command->options[i].name != NULL; i++) {
        if (command->options[i].help == NULL && cli->values[i]->nelts > 0) {
            return cli_fail(cli, "--%s is not built yet in this version",
                            command->options[i].name);
        }
    }
    if (!has_places(cli)) {
        return CLI_USAGE;
    }
    if (n < command->min_operands ||
        (command->max_operands != 0 && n > command->max_operands)) {
        cli_fail(cli, "it takes %s, and %d were given", command->operands, n);
        return point_to_help(cli);
    }
    return has_readable(cli) ? command->run(cli) : CLI_USAGE;
}

static struct cli *
make_cli(apr_pool_t *pool, const struct cli_command *command)
{
    struct cli *cli = apr_pcalloc(pool, sizeof(*cli));
    int n = count_options(command);

    cli->pool = pool;
    cli->command = command;
    cli->operands = apr_array_make(pool, 4, sizeof(const char *));
    cli->values = apr_palloc(pool, (size_t)(n + 1) * sizeof(*cli->values));
    for (int i = 0; i < n; i++) {
        cli->values[i] = apr_array_make(pool, 1, sizeof(const char *));
    }
    return cli;
}

/* `-` is an operand, which APR takes for an option without a letter: another
 * word stands for it while APR reads. */
static const char dash[] = "dash";

static const char **
hide_dashes(apr_pool_t *pool, int argc, const char *const *argv)
{
    const char **words = apr_palloc(pool, (size_t)argc * sizeof(*words));

    for (int i = 0; i < argc; i++) {
        words[i] = strcmp(argv[i], "-") == 0 ? dash : argv[i];
    }
    return words;
}

static const char *
show_dash(const char *word)
{
    return word == dash ? "-" : word;
}

enum cli_exit
cli_run(apr_pool_t *pool, const struct cli_command *command, int argc,
        const char *const *argv)
{
    struct cli *cli = make_cli(pool, command);
    const apr_getopt_option_t *table = make_table(pool, command);
    char message[256] = "";
    apr_getopt_t *state;
    apr_status_t rv;
    const char *value;
    int found;

    apr_getopt_init(&state, pool, argc, hide_dashes(pool, argc, argv));
    state->interleave = 1;
    state->errfn = keep_message;
    state->errarg = message;
    while ((rv = apr_getopt_long(state, table, &found, &value)) ==
           APR_SUCCESS) {
        if (found == HELP_LETTER) {
            return print_help(command);
        }
        APR_ARRAY_PUSH(cli->values[index_of(command, found)], const char *) =
            show_dash(value);
    }
    if (rv != APR_EOF) {
        return refuse_option(cli, message);
    }
    for (int i = state->ind; i < argc; i++) {
        APR_ARRAY_PUSH(cli->operands, const char *) =
            show_dash(state->argv[i]);
    }
    return run_command(cli);
}

/* ---- what was said ------------------------------------------------------ */

const apr_array_header_t *
cli_values(const struct cli *cli, const char *option)
{
    return cli->values[find_option(cli->command, option)];
}

int
cli_count(const struct cli *cli, const char *option)
{
    return cli_values(cli, option)->nelts;
}

const char *
cli_value(const struct cli *cli, const char *option, const char *otherwise)
{
    const apr_array_header_t *values = cli_values(cli, option);

    return values->nelts > 0
               ? APR_ARRAY_IDX(values, values->nelts - 1, const char *)
               : otherwise;
}

const char *
cli_operand(const struct cli *cli, int i)
{
    return APR_ARRAY_IDX(cli->operands, i, const char *);
}

int
cli_choice(const struct cli *cli, const char *option, const char *const *words)
{
    const char *value = cli_value(cli, option, words[0]);
    const char *known = "";

    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], value) == 0) {
            return i;
        }
        known =
            apr_pstrcat(cli->pool, known, i > 0 ? ", " : "", words[i], NULL);
    }
    cli_fail(cli, "--%s is one of %s, and not `%s`", option, known, value);
    return -1;
}

int
cli_format(const struct cli *cli)
{
    static const char *const formats[] = {
        [CLI_TEXT] = "text",
        [CLI_JSON] = "json",
        NULL,
    };

    return cli_choice(cli, "format", formats);
}
