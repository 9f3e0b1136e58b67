/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_targets: what answers without a function, as rows of a plan.
 */
#include "plan_targets.h"

#include <string.h>

#include "plan_routes.h"

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

static uint32_t
plan_choice(struct plan *plan, const struct model_route *route,
            const struct model_path *path)
{
    const struct model_choice *choice = route->choice;
    size_t n = (size_t)choice->variants->nelts;
    struct routes_variant *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_pcalloc(plan->pool, n * sizeof(*notes));
    struct routes_choice row;

    for (size_t i = 0; i < n; i++) {
        const struct model_variant *variant =
            MODEL_AT(choice->variants, const struct model_variant, i);

        rows[i].key = plan_text(plan, variant->key);
        rows[i].route = plan_routes_row(plan, variant->route, path);
        notes[i] = plan_note(plan, variant->key, variant->span);
    }
    memset(&row, 0, sizeof(row));
    row.by = choice->by;
    row.name = plan_text(plan, choice->name);
    row.expected = plan_text(plan, choice->expected);
    row.variants =
        rows_intern(PLAN_ROWS(plan, variants), rows, (uint32_t)n, notes);
    row.n_variants = (uint32_t)n;
    row.rest = choice->rest != NULL
                   ? plan_routes_row(plan, choice->rest->route, path)
                   : 0;
    return rows_add(PLAN_ROWS(plan, choices), &row,
                    plan_note(plan, choice->name, choice->span));
}

/* Below which capture, from 1, the path of a mount goes on; 0: nowhere. */
static uint16_t
below_of(const struct model_path *path)
{
    const struct model_segment *last = MODEL_AT(
        path->segments, const struct model_segment, path->segments->nelts - 1);

    return last->rest ? (uint16_t)(last->param->capture + 1) : 0;
}

static uint32_t
plan_mount(struct plan *plan, const struct model_route *route,
           const struct model_path *path)
{
    const struct model_mount *mount = route->mount;
    struct routes_mount row;

    memset(&row, 0, sizeof(row));
    row.kind = (uint8_t)mount->kind;
    row.flags = (uint8_t)mount->flags;
    row.below = below_of(path);
    row.function =
        mount->function != NULL ? plan_row(plan, mount->function) : 0;
    row.target = plan_text(plan, mount->target);
    row.index = plan_text(plan, mount->index);
    return rows_add(PLAN_ROWS(plan, mounts), &row,
                    plan_note(plan, path->text, route->span));
}

uint32_t
plan_targets_of(struct plan *plan, const struct model_route *route,
                const struct model_path *path)
{
    switch (route->kind) {
    case ROUTES_ROUTE_FUNCTION:
        break;
    case ROUTES_ROUTE_REDIRECT:
        return plan_redirect(plan, route);
    case ROUTES_ROUTE_CHOICE: /* its variants stand before it */
        return plan_choice(plan, route, path);
    case ROUTES_ROUTE_MOUNT:
        return plan_mount(plan, route, path);
    }
    return 0;
}
