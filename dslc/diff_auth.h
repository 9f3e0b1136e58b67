/* SPDX-License-Identifier: Apache-2.0 */
/* diff_auth: who may, in two versions. */
#ifndef DIFF_AUTH_H
#define DIFF_AUTH_H

#include "diff_run.h"

/* The requirements of one thing in both versions. */
struct diff_versions {
    const struct model_auth *before;
    const struct model_auth *after;
    struct span span_before;
    struct span span_after;
};

/* The realm that stands for all of its name: the first that was asked for. */
struct model_realm *diff_auth_realm(struct diff *d, struct model_realm *realm);

/* Of a route with several paths, that of a spot; else NULL. */
const struct model_path *
diff_auth_path(struct diff *d, const struct diff_spot *spot,
               const struct model_route *route);

/* A route's decision on the path of a spot. */
const struct model_auth *
diff_auth_at(struct diff *d, const struct diff_spot *spot,
             const struct model_route *route);

/* A decision as a change shows it.  Without a place, it is what holds where
 * nothing is written. */
struct diff_side diff_auth_side(struct diff *d, const struct model_auth *auth,
                                struct span span);

/* A change, if somebody is granted or denied who wasn't. */
void diff_auth_compare(struct diff *d, enum diff_what what, const char *method,
                       const char *path, const struct diff_versions *v);

/* Whether a new route grants more than what was decided where it stands: sets
 * weakens and gains. */
void diff_auth_judge_added(struct diff *d, struct diff_change *change,
                           const struct diff_spot *spot,
                           const struct model_auth *auth);

#endif
