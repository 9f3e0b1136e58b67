/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manpage: the manual pages of the program and of its commands.
 */
#include "manpage.h"

#include <ctype.h>
#include <string.h>

/* Text, with what roff would take for its own. */
static void
put_text(const char *text, FILE *out)
{
    int at_start = 1;

    for (; *text != '\0'; text++) {
        if (at_start && (*text == '.' || *text == '\'')) {
            fputs("\\&", out);
        }
        at_start = *text == '\n';
        switch (*text) {
        case '\\':
            fputs("\\e", out);
            break;
        case '-':
            fputs("\\-", out);
            break;
        case '`':
            fputs("\\(ga", out);
            break;
        case '\'':
            fputs("\\(aq", out);
            break;
        default:
            putc(*text, out);
        }
    }
}

static void
put_upper(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        fputs(*text == '-' ? "\\-" : "", out);
        if (*text != '-') {
            putc(toupper((unsigned char)*text), out);
        }
    }
}

/* NAME, without the full stop of a summary. */
static void
put_head(const char *name, const char *summary, const char *program, FILE *out)
{
    size_t length = strlen(summary);

    fputs(".\\\" written by routesc itself\n.TH ", out);
    put_upper(name, out);
    fprintf(out, " 1 \"\" \"%s\" \"mod_routes\"\n.SH NAME\n", program);
    put_text(name, out);
    fputs(" \\- ", out);
    for (size_t i = 0; i < length - (summary[length - 1] == '.'); i++) {
        const char letter[] = {
            i == 0 ? (char)tolower((unsigned char)summary[i]) : summary[i],
            '\0'};

        put_text(letter, out);
    }
    putc('\n', out);
}

static void
put_option(const struct cli_option *option, FILE *out)
{
    if (option->help == NULL) {
        return;
    }
    fputs(".TP\n", out);
    if (option->letter != '\0') {
        fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    }
    fputs("\\fB\\-\\-", out);
    put_text(option->name, out);
    fputs("\\fR", out);
    if (option->argument != NULL) {
        fputs(" \\fI", out);
        put_text(option->argument, out);
        fputs("\\fR", out);
    }
    putc('\n', out);
    put_text(option->help, out);
    putc('\n', out);
}

static void
put_end(FILE *out)
{
    fputs(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nsay how it is used\n"
          ".SH EXIT STATUS\n"
          "0 if all is well, 1 if the input has errors, 2 if the command line "
          "or the\nenvironment is at fault.\n",
          out);
}

static void
write_command(const struct cli_command *command, const char *program,
              FILE *out)
{
    char name[64];

    snprintf(name, sizeof(name), "routesc-%s", command->name);
    put_head(name, command->summary, program, out);
    fputs(".SH SYNOPSIS\n\\fBroutesc ", out);
    put_text(command->name, out);
    fputs("\\fR [options] \\fI", out);
    put_text(command->operands, out);
    fputs("\\fR\n.SH DESCRIPTION\n", out);
    put_text(command->summary, out);
    if (command->details != NULL) {
        fputs("\n.PP\n", out);
        put_text(command->details, out);
    }
    fputs("\n.SH OPTIONS\n", out);
    for (const struct cli_option *option = command->options;
         option->name != NULL; option++) {
        put_option(option, out);
    }
    put_end(out);
    fputs(".SH SEE ALSO\n.BR routesc (1)\n", out);
}

static void
write_program(const struct cli_command *const *commands, size_t n,
              const char *program, FILE *out)
{
    put_head("routesc", "the compiler of .routes files", program, out);
    fputs(".SH SYNOPSIS\n\\fBroutesc\\fR \\fICOMMAND\\fR [options] ...\n"
          ".SH DESCRIPTION\n"
          "Compiles .routes files, which say which URL calls which Python "
          "function, with\nwhich typed arguments, for whom, into modules of "
          "Apache httpd.\n"
          "Each command has a page of its own.\n.SH COMMANDS\n",
          out);
    for (size_t i = 0; i < n; i++) {
        fputs(".TP\n\\fB", out);
        put_text(commands[i]->name, out);
        fputs("\\fR\n", out);
        put_text(commands[i]->summary, out);
        putc('\n', out);
    }
    fputs(".SH OPTIONS\n.TP\n\\fB\\-\\-version\\fR\nsay which one it is\n",
          out);
    put_end(out);
    fputs(
        ".SH ENVIRONMENT\n.TP\nAPXS, HTTPD\nother programs than those of the "
        "build\n.TP\nNO_COLOR\nmessages without colours\n.SH SEE ALSO\n",
        out);
    for (size_t i = 0; i < n; i++) {
        fputs(".BR routesc\\-", out);
        put_text(commands[i]->name, out);
        fprintf(out, " (1)%s\n", i + 1 < n ? "," : "");
    }
}

int
manpage_write(const char *name, const struct cli_command *const *commands,
              size_t n, const char *program, FILE *out)
{
    if (strcmp(name, "routesc") == 0) {
        write_program(commands, n, program, out);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            write_command(commands[i], program, out);
            return 1;
        }
    }
    return 0;
}
