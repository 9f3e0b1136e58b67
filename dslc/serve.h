/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: a private httpd in the foreground that serves one table.
 */
#ifndef SERVE_H
#define SERVE_H

#include <apr_tables.h>

#include "driver.h"
#include "listen.h"
#include "toolchain.h"

struct serve_job {
    const char *file; /* the .routes file, absolute */
    const struct plan *plan;
    const struct toolchain *tools;
    struct listen listen;
    const apr_array_header_t
        *paths;       /* const char *: --python-path, absolute */
    const char *home; /* --python-home, absolute, or NULL */
    const apr_array_header_t *settings; /* const char *: --set */
    const apr_array_header_t *tables;   /* const char *: --table, absolute */
    struct watch *watch; /* rebuild when a file changes; NULL: never */
};

/*
 * Builds the table in a private folder, starts httpd on it, and passes on what
 * httpd says until it ends or we are told to.  The folder is removed.  Returns
 * what the program ends with: CLI_FINE when we were told.
 *
 * As root it serves as another user, and from a copy of the file's folder
 * where that user can't read it.
 */
enum cli_exit serve_run(struct driver *driver, const struct serve_job *job);

#endif
