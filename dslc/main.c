/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main: the program routesc: finds the command and runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "cmd.h"
#include "driver.h"
#include "interrupt.h"
#include "manpage.h"
#include "shell.h"
#include "suggest.h"

static const struct cli_command *const commands[] = {
    &cmd_check,   &cmd_build,        &cmd_emit,  &cmd_list,
    &cmd_diff,    &cmd_fmt,          &cmd_serve, &cmd_conf,
    &cmd_explain, &cmd_explain_code, &cmd_urls,
};

/* Commands that a later version has. */
static const char *const later[] = {
    "deploy",
    "openapi",
    "client",
    "lsp",
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define N_LATER    (sizeof(later) / sizeof(later[0]))

static enum cli_exit
print_help(void)
{
    puts("usage: routesc COMMAND [options] ...\n\n"
         "Compiles .routes files: which URL calls which Python function, with "
         "which\ntyped arguments, for whom.\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        printf("  %-13s %s\n", commands[i]->name, commands[i]->summary);
    }
    puts("\n`routesc COMMAND --help` says more; --version says which one this "
         "is;\n--completion bash|zsh|fish prints a script for that shell.");
    return CLI_FINE;
}

/* What the build installs: scripts of shells, manual pages. */
static enum cli_exit
print_document(const char *option, const char *name)
{
    int completion = strcmp(option, "--completion") == 0;
    const char *names =
        completion ? "bash, zsh or fish" : "a command, or of `routesc`";
    int written = completion ? shell_write(name, commands, N_COMMANDS, stdout)
                             : manpage_write(name, commands, N_COMMANDS,
                                             driver_compiler, stdout);

    if (!written) {
        fprintf(stderr, "routesc: %s is of %s\n", option, names);
    }
    return written ? CLI_FINE : CLI_USAGE;
}

static int
is_routes_file(const char *word)
{
    size_t len = strlen(word);

    return len > 7 && strcmp(word + len - 7, ".routes") == 0;
}

static enum cli_exit
refuse(apr_pool_t *pool, const char *word)
{
    apr_array_header_t *words = apr_array_make(pool, 8, sizeof(const char *));
    const char *meant;

    for (size_t i = 0; i < N_LATER; i++) {
        if (strcmp(later[i], word) == 0) {
            fprintf(stderr,
                    "routesc: the command `%s` is not built yet in this "
                    "version\n",
                    word);
            return CLI_USAGE;
        }
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        APR_ARRAY_PUSH(words, const char *) = commands[i]->name;
    }
    meant = suggest_word(words, word);
    fputs("routesc: there is no command `", stderr);
    diag_say(word, stderr);
    putc('`', stderr);
    if (meant != NULL) {
        fprintf(stderr, ": did you mean `%s`?", meant);
    }
    else if (is_routes_file(word)) {
        fputs(": a command stands before the file, as in `routesc check FILE`",
              stderr);
    }
    fputs("\n`routesc --help` lists them\n", stderr);
    return CLI_USAGE;
}

/* Whether it is an option by one of its names, or its word alone. */
static int
is_asked(int argc, const char *const *argv, const char *letter,
         const char *option)
{
    return strcmp(argv[1], letter) == 0 || strcmp(argv[1], option) == 0 ||
           (argc == 2 && strcmp(argv[1], option + 2) == 0);
}

static enum cli_exit
run(apr_pool_t *pool, int argc, const char *const *argv)
{
    if (argc < 2) {
        fputs("routesc: no command; `routesc --help` lists them\n", stderr);
        return CLI_USAGE;
    }
    if (is_asked(argc, argv, "-h", "--help")) {
        return print_help();
    }
    if (is_asked(argc, argv, "-V", "--version")) {
        puts(driver_compiler);
        return CLI_FINE;
    }
    if (strcmp(argv[1], "--completion") == 0 ||
        strcmp(argv[1], "--manpage") == 0) {
        return print_document(argv[1], argc == 3 ? argv[2] : "");
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i]->name, argv[1]) == 0) {
            return cli_run(pool, commands[i], argc - 1, argv + 1);
        }
    }
    if (argc == 3 && strcmp(argv[1], "help") == 0) {
        const char *const words[] = {argv[0], argv[2], "--help", NULL};

        return run(pool, 3, words);
    }
    return refuse(pool, argv[1]);
}

int
main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    enum cli_exit code = CLI_USAGE;

    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS ||
        apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return CLI_USAGE;
    }
    atexit(apr_terminate);
    code = run(pool, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("routesc: cannot write to standard output");
        code = CLI_USAGE;
    }
    interrupt_resume();
    return (int)code;
}
