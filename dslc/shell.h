/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell: what bash, zsh and fish need to complete a command line.
 */
#ifndef SHELL_H
#define SHELL_H

#include <stdio.h>

#include "cli.h"

/* Writes the script of a shell ("bash", "zsh", "fish") for commands[0 .. n),
 * all their options included.  0: there is no such shell. */
int shell_write(const char *name, const struct cli_command *const *commands,
                size_t n, FILE *out);

#endif
