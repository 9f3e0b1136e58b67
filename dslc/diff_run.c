/* SPDX-License-Identifier: Apache-2.0 */
/* diff_run: one comparison, and what it found so far. */
#include "diff_run.h"

#include <string.h>

struct diff_change *
diff_run_add(struct diff *d, enum diff_kind kind, enum diff_what what,
             const char *method, const char *path)
{
    struct diff_change *change = apr_array_push(d->changes);

    change->kind = kind;
    change->what = what;
    change->method = method;
    change->path = path;
    return change;
}

void
diff_run_words(struct diff *d, enum diff_what what, const char *method,
               const char *path, const struct diff_side *before,
               const struct diff_side *after)
{
    struct diff_change *change;

    if (strcmp(before->text, after->text) != 0) {
        change = diff_run_add(d, DIFF_CHANGED, what, method, path);
        change->before = *before;
        change->after = *after;
    }
}
