/* SPDX-License-Identifier: Apache-2.0 */
/* diff_run: one comparison, and what it found so far; for diff's own files. */
#ifndef DIFF_RUN_H
#define DIFF_RUN_H

#include <apr_hash.h>

#include "diff.h"
#include "diff_index.h"
#include "policy.h"

struct diff {
    apr_pool_t *pool;
    struct search_run *run;
    struct diff_index *before;
    struct diff_index *after;
    apr_hash_t *realms; /* name -> struct model_realm * that stands for it */
    apr_hash_t *auths;  /* struct model_auth * -> the same with those realms */
    apr_array_header_t *changes; /* struct diff_change */
    const struct diff_spot *old; /* where the routes compared stand */
    const struct diff_spot *new;
};

/* One more change, without its sides. */
struct diff_change *
diff_run_add(struct diff *d, enum diff_kind kind, enum diff_what what,
             const char *method, const char *path);

/* A change, if two texts differ. */
void diff_run_words(struct diff *d, enum diff_what what, const char *method,
                    const char *path, const struct diff_side *before,
                    const struct diff_side *after);

#endif
