/* SPDX-License-Identifier: Apache-2.0 */
/* pyplace: places in Python sources, for messages. */
#ifndef PYPLACE_H
#define PYPLACE_H

#include <apr_hash.h>
#include <jansson.h>

#include "diag.h"
#include "source.h"

#define PYPLACE_MAX_FILES 100 /* that are loaded to be shown */

struct pyplace {
    apr_pool_t *pool;
    struct source_set *sources;
    apr_hash_t *files; /* path -> struct source_file * */
};

struct pyplace *pyplace_make(apr_pool_t *pool, struct source_set *sources);

/* Adds the place that an answer's file, line, column and length name, with its
 * line if the file can be shown; nothing if it names none. */
void pyplace_add(struct pyplace *places, struct diag *diag,
                 const json_t *answer, const char *label);

/* That place itself; no place if the file can't be shown. */
struct span pyplace_span(struct pyplace *places, const json_t *answer);

#endif
