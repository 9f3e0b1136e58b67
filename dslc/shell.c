/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell: what bash, zsh and fish need to complete a command line.
 *
 * What follows an option is told by the name of its argument: "a|b" are words,
 * DIR is a folder, FILE a file.
 */
#include "shell.h"

#include <string.h>

struct script {
    const struct cli_command *const *commands;
    size_t n;
    FILE *out;
};

/* ---- options ------------------------------------------------------------ */

static int
is_words(const struct cli_option *option)
{
    return option->argument != NULL && strchr(option->argument, '|') != NULL;
}

static int
is_folder(const struct cli_option *option)
{
    return option->argument != NULL && strcmp(option->argument, "DIR") == 0;
}

static int
is_file(const struct cli_option *option)
{
    return option->argument != NULL &&
           strncmp(option->argument, "FILE", 4) == 0;
}

static int
takes_files(const struct cli_command *command)
{
    return strncmp(command->operands, "FILE", 4) == 0 ||
           strcmp(command->operands, "OLD NEW") == 0;
}

/* A text of our own, with each byte of set replaced by escape and itself. */
static void
put_escaped(const struct script *script, const char *text, const char *set,
            const char *escape)
{
    for (; *text != '\0'; text++) {
        if (strchr(set, *text) != NULL) {
            fputs(escape, script->out);
        }
        putc(*text, script->out);
    }
}

/* "text|json" with a blank instead of each bar. */
static void
put_words(const struct script *script, const struct cli_option *option)
{
    for (const char *at = option->argument; *at != '\0'; at++) {
        putc(*at == '|' ? ' ' : *at, script->out);
    }
}

/* ---- bash --------------------------------------------------------------- */

static void
put_bash_option(const struct script *script, const struct cli_command *command,
                const struct cli_option *option)
{
    if (option->help == NULL || option->argument == NULL) {
        return;
    }
    fprintf(script->out, "    %s\\ --%s", command->name, option->name);
    if (option->letter != '\0') {
        fprintf(script->out, "|%s\\ -%c", command->name, option->letter);
    }
    fputs(") ", script->out);
    if (is_words(option)) {
        fputs("words='", script->out);
        put_words(script, option);
        fputs("' ;;\n", script->out);
    }
    else {
        fprintf(script->out, "kind=%s ;;\n",
                is_folder(option) ? "-d"
                : is_file(option) ? "-f"
                                  : "none");
    }
}

static void
put_bash_command(const struct script *script,
                 const struct cli_command *command)
{
    fprintf(script->out, "    %s) words='--help", command->name);
    for (const struct cli_option *option = command->options;
         option->name != NULL; option++) {
        if (option->help != NULL) {
            fprintf(script->out, " --%s", option->name);
        }
    }
    fprintf(script->out, "'; files=%d ;;\n", takes_files(command));
}

static void
write_bash(const struct script *script)
{
    fputs("# bash completion for routesc: written by routesc itself\n"
          "_routesc()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} words= kind= files=0\n"
          "    local command=${COMP_WORDS[1]}\n"
          "    COMPREPLY=()\n"
          "    case \"$command ${COMP_WORDS[COMP_CWORD-1]}\" in\n",
          script->out);
    for (size_t i = 0; i < script->n; i++) {
        for (const struct cli_option *option = script->commands[i]->options;
             option->name != NULL; option++) {
            put_bash_option(script, script->commands[i], option);
        }
    }
    fputs("    esac\n"
          "    if [[ $COMP_CWORD == 1 ]]; then\n        words='",
          script->out);
    for (size_t i = 0; i < script->n; i++) {
        fprintf(script->out, "%s ", script->commands[i]->name);
    }
    fputs("--help --version'\n"
          "    elif [[ -z $words$kind ]]; then\n"
          "    case $command in\n",
          script->out);
    for (size_t i = 0; i < script->n; i++) {
        put_bash_command(script, script->commands[i]);
    }
    fputs("    esac\n    fi\n"
          "    if [[ -n $kind && $kind != none ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen \"$kind\" -- \"$cur\")\n"
          "    elif [[ $files == 1 && $cur != -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -f -X '!*.routes' -- "
          "\"$cur\"; compgen -d -- \"$cur\")\n"
          "    elif [[ -n $words ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
          "\"$cur\")\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _routesc routesc\n",
          script->out);
}

/* ---- zsh ---------------------------------------------------------------- */

static void
put_zsh_option(const struct script *script, const struct cli_option *option)
{
    if (option->letter != '\0') {
        fprintf(script->out, " \\\n        '(--%s)-%c[", option->name,
                option->letter);
        put_escaped(script, option->help, "[]:\\", "\\");
        fprintf(script->out, "]:%s:_files'", option->argument);
    }
    fprintf(script->out, " \\\n        '*--%s[", option->name);
    for (const char *at = option->help; *at != '\0'; at++) {
        if (*at == '\'') {
            fputs("'\\'", script->out);
        }
        else if (strchr("[]:\\", *at) != NULL) {
            putc('\\', script->out);
        }
        putc(*at, script->out);
    }
    putc(']', script->out);
    if (is_words(option)) {
        fprintf(script->out, ":%s:(", "word");
        put_words(script, option);
        putc(')', script->out);
    }
    else if (option->argument != NULL) {
        fprintf(script->out, ":%s:%s", is_folder(option) ? "folder" : "value",
                is_folder(option) ? "_files -/"
                : is_file(option) ? "_files"
                                  : "");
    }
    putc('\'', script->out);
}

static void
put_zsh_command(const struct script *script, const struct cli_command *command)
{
    fprintf(script->out, "    %s) _arguments '--help[this text]'",
            command->name);
    for (const struct cli_option *option = command->options;
         option->name != NULL; option++) {
        if (option->help != NULL) {
            put_zsh_option(script, option);
        }
    }
    fprintf(script->out, " \\\n        '*:%s:%s' ;;\n",
            takes_files(command) ? "file" : "word",
            takes_files(command) ? "_files -g \"*.routes\"" : "");
}

static void
write_zsh(const struct script *script)
{
    fputs("#compdef routesc\n"
          "# zsh completion for routesc: written by routesc itself\n"
          "local -a commands\ncommands=(\n",
          script->out);
    for (size_t i = 0; i < script->n; i++) {
        fprintf(script->out, "    '%s:", script->commands[i]->name);
        put_escaped(script, script->commands[i]->summary, ":\\", "\\");
        fputs("'\n", script->out);
    }
    fputs(")\n"
          "if (( CURRENT == 2 )); then\n"
          "    _describe command commands\n"
          "    _arguments '--help[the commands]' '--version[which one it "
          "is]'\n"
          "    return\n"
          "fi\n"
          "shift words\n(( CURRENT-- ))\n"
          "case $words[1] in\n",
          script->out);
    for (size_t i = 0; i < script->n; i++) {
        put_zsh_command(script, script->commands[i]);
    }
    fputs("esac\n", script->out);
}

/* ---- fish --------------------------------------------------------------- */

static void
put_fish_text(const struct script *script, const char *text)
{
    putc('\'', script->out);
    put_escaped(script, text, "'\\", "\\");
    putc('\'', script->out);
}

static void
put_fish_option(const struct script *script, const struct cli_command *command,
                const struct cli_option *option)
{
    fprintf(script->out,
            "complete -c routesc -n '__fish_seen_subcommand_from %s' -l %s",
            command->name, option->name);
    if (option->letter != '\0') {
        fprintf(script->out, " -s %c", option->letter);
    }
    if (is_words(option)) {
        fputs(" -x -a '", script->out);
        put_words(script, option);
        putc('\'', script->out);
    }
    else if (is_folder(option)) {
        fputs(" -x -a '(__fish_complete_directories)'", script->out);
    }
    else if (option->argument != NULL) {
        fputs(is_file(option) ? " -r -F" : " -x", script->out);
    }
    fputs(" -d ", script->out);
    put_fish_text(script, option->help);
    putc('\n', script->out);
}

static void
put_fish_command(const struct script *script,
                 const struct cli_command *command)
{
    fprintf(script->out,
            "complete -c routesc -n __fish_use_subcommand -f -a %s -d ",
            command->name);
    put_fish_text(script, command->summary);
    fprintf(script->out,
            "\ncomplete -c routesc -n '__fish_seen_subcommand_from %s' %s"
            " -l help -d 'this text'\n",
            command->name,
            takes_files(command) ? "-k -a '(__fish_complete_suffix .routes)'"
                                 : "-f");
    for (const struct cli_option *option = command->options;
         option->name != NULL; option++) {
        if (option->help != NULL) {
            put_fish_option(script, command, option);
        }
    }
}

static void
write_fish(const struct script *script)
{
    fputs("# fish completion for routesc: written by routesc itself\n"
          "complete -c routesc -n __fish_use_subcommand -l help\n"
          "complete -c routesc -n __fish_use_subcommand -l version\n",
          script->out);
    for (size_t i = 0; i < script->n; i++) {
        put_fish_command(script, script->commands[i]);
    }
}

/* ---- the shells --------------------------------------------------------- */

static const struct shell_row {
    const char *name;
    void (*write)(const struct script *script);
} shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

int
shell_write(const char *name, const struct cli_command *const *commands,
            size_t n, FILE *out)
{
    const struct script script = {commands, n, out};

    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(shells[i].name, name) == 0) {
            shells[i].write(&script);
            return 1;
        }
    }
    return 0;
}
