/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress: what is being done, on a terminal, when it takes over a second.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <apr_pools.h>

#define PROGRESS_PATIENCE_MS 1000 /* before anything is shown */

struct progress;

/* Begins, unless standard error is no terminal; then, and where a thread can't
 * be had, the result is NULL, of which the functions below take no notice.  It
 * ends with pool at the latest. */
struct progress *progress_begin(apr_pool_t *pool);

/* What is done from now on: "compiling", a text that lasts. */
void progress_step(struct progress *progress, const char *step);

/* Clears the line, for good: something else is to be written. */
void progress_end(struct progress *progress);

#endif
