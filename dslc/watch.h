/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: tells when a .routes file or a Python source changes.
 */
#ifndef WATCH_H
#define WATCH_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "model.h"
#include "source.h"

struct watch;

/* Watches nothing yet, as long as pool lives.  NULL, or why this system can't
 * tell, in pool. */
const char *watch_open(apr_pool_t *pool, struct watch **watch);

/* What poll() waits on. */
int watch_descriptor(const struct watch *watch);

/*
 * Watches the folders of the sources and those in which the modules that the
 * model names are, or would be: packages in the folder of the file and in
 * paths (const char *).  What is watched stays so.  model may be NULL.
 */
struct watch_program {
    const struct source_set *sources;
    const struct model *model;
    const char *file;
    const apr_array_header_t *paths;
};
void watch_add(struct watch *watch, const struct watch_program *program);

/* Waits for a change, a while (-1: until a signal comes), and then until
 * nothing has changed for a moment: an editor writes in several steps.  1, or
 * 0: there was none. */
int watch_changed(struct watch *watch, int wait_ms);

#endif
