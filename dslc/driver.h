/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver: runs the passes over a .routes file, in their order.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include <stdio.h>

#include "cli.h"
#include "diag.h"
#include "model.h"
#include "plan.h"
#include "pycheck.h"
#include "source.h"

/* The passes of one run, over one file or several. */
struct driver {
    apr_pool_t *pool; /* sources, messages */
    apr_pool_t *work; /* programs, models, plans; it may go before */
    struct source_set *sources;
    struct diag_list *diags;
    const struct pycheck_options *python; /* NULL: it is not looked at */
    int pedantic;              /* what could be said and is not is a warning */
    struct progress *progress; /* NULL: nothing is shown */
    const char *problem;       /* pool: a file that can't be read; else NULL */
};

/* What tables say of their maker: "routesc 0.1.0". */
extern const char driver_compiler[];

/* Everything of a run lives in pool; what was made of the sources, in
 * driver->work, whose memory is the system's again once it is destroyed. */
struct driver *driver_make(apr_pool_t *pool);

/* From source to policy: what is wrong goes to diags.  NULL, and problem, when
 * the file can't be read or Python can't be asked. */
struct model *driver_check(struct driver *driver, const char *path);

/* From source to plan: NULL when there were errors, or a problem. */
struct plan *driver_plan(struct driver *driver, const char *path);

/* Prints all messages, once, in colours on a terminal that has them. */
void driver_report(struct driver *driver, enum diag_format format, FILE *out);

/* Prints all messages so far as text on standard error, before something that
 * takes long; those to come are a list of their own. */
void driver_flush(struct driver *driver);

/* Prints all messages as text on standard error, with the problem if there was
 * one; returns what the program ends with, if that is all. */
enum cli_exit driver_conclude(struct driver *driver);

#endif
