/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_events: what runs when a process starts and stops, as rows of a plan.
 */
#include "plan_events.h"

#include <string.h>

void
plan_events_lay_out(struct plan *plan)
{
    const apr_array_header_t *events = plan->model->events;

    for (int i = 0; i < events->nelts; i++) {
        const struct model_event *event =
            MODEL_AT(events, const struct model_event, i);
        const struct routes_event row = {
            .kind = event->kind,
            .function = plan_row(plan, event->function),
            .file = plan_file(plan, event->span),
            .line = plan_line(plan, event->span),
        };

        rows_add(PLAN_ROWS(plan, events), &row,
                 plan_note(plan, event->function->qualname, event->span));
    }
}
