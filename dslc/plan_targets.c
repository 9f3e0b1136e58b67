/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_targets: what answers without a function, as rows of a plan.
 */
#include "plan_targets.h"

#include <string.h>

static uint32_t
plan_redirect(struct plan *plan, const struct model_route *route)
{
    const apr_array_header_t *parts = route->redirect->parts;
    size_t n = (size_t)parts->nelts;
    struct routes_target_part *rows =
        apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_pcalloc(plan->pool, n * sizeof(*notes));
    struct routes_redirect row;

    for (size_t i = 0; i < n; i++) {
        const struct model_target_part *part =
            &APR_ARRAY_IDX(parts, i, struct model_target_part);

        rows[i].kind = part->kind;
        rows[i].text = plan_text(plan, part->text);
        rows[i].capture = part->param != NULL ? part->param->capture : 0;
        notes[i] = part->param != NULL ? part->param->name : part->text;
    }
    memset(&row, 0, sizeof(row));
    row.parts =
        rows_intern(PLAN_ROWS(plan, target_parts), rows, (uint32_t)n, notes);
    row.n_parts = plan_count(plan, (int)n, "parts of a target");
    row.own = route->redirect->own != 0;
    return rows_add(PLAN_ROWS(plan, redirects), &row,
                    plan_note(plan, route->redirect->text, route->span));
}

uint32_t
plan_targets_of(struct plan *plan, const struct model_route *route)
{
    switch (route->kind) {
    case ROUTES_ROUTE_FUNCTION:
        break;
    case ROUTES_ROUTE_REDIRECT:
        return plan_redirect(plan, route);
    }
    return 0;
}
