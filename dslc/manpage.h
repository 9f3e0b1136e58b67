/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manpage: the manual pages of the program and of its commands.
 */
#ifndef MANPAGE_H
#define MANPAGE_H

#include <stdio.h>

#include "cli.h"

/* Writes the page of a command, or of the program for "routesc", in the man
 * macros of roff; program is "routesc 0.1.0".  0: there is no such command. */
int manpage_write(const char *name, const struct cli_command *const *commands,
                  size_t n, const char *program, FILE *out);

#endif
