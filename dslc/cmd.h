/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: the commands of routesc, one file each.
 */
#ifndef CMD_H
#define CMD_H

#include "cli.h"

extern const struct cli_command cmd_build;
extern const struct cli_command cmd_check;
extern const struct cli_command cmd_conf;
extern const struct cli_command cmd_diff;
extern const struct cli_command cmd_emit;
extern const struct cli_command cmd_explain;
extern const struct cli_command cmd_explain_code;
extern const struct cli_command cmd_fmt;
extern const struct cli_command cmd_list;
extern const struct cli_command cmd_serve;
extern const struct cli_command cmd_urls;

#endif
