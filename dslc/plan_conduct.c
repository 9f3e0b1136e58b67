/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_conduct: how requests are met, as rows of a plan.
 */
#include "plan_conduct.h"

#include <string.h>

uint32_t
plan_conduct_of(struct plan *plan, const struct model_conduct *conduct)
{
    static const struct routes_conduct plain;
    struct routes_conduct row;

    memset(&row, 0, sizeof(row));
    row.csrf = (uint32_t)conduct->csrf;
    if (memcmp(&row, &plain, sizeof(row)) == 0) {
        return 0;
    }
    return rows_intern(PLAN_ROWS(plan, conducts), &row, 1, NULL);
}
