/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: what the parts of planning share: text, places, rows.
 */
#include "plan.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

#include "plan_settings.h"

struct routes_text
plan_text(struct plan *plan, const char *text)
{
    struct routes_text slice = {0, 0};

    if (text != NULL && *text != '\0' &&
        !plan_settings_text(plan, text, &slice)) {
        slice.len = (uint32_t)strlen(text);
        slice.at =
            rows_intern(PLAN_ROWS(plan, text), text, slice.len + 1, NULL);
    }
    return slice;
}

uint32_t
plan_file(const struct plan *plan, struct span span)
{
    return span.file != 0 ? plan->file_of[span.file] : 0;
}

uint32_t
plan_line(const struct plan *plan, struct span span)
{
    const struct source_file *file = source_of(plan->sources, span);

    return file != NULL ? source_place(file, span.start).line : 0;
}

const char *
plan_note(const struct plan *plan, const char *text, struct span span)
{
    const char *path;

    if (text == NULL) {
        text = "";
    }
    if (plan_file(plan, span) == 0) {
        return text;
    }
    path = APR_ARRAY_IDX(plan->model->files, span.file, const char *);
    return apr_psprintf(plan->pool, "%s%s%s:%u", text,
                        *text != '\0' ? "  " : "", path,
                        plan_line(plan, span));
}

void
plan_exceed(struct plan *plan, struct span where, const char *fmt, ...)
{
    va_list args;

    if (plan->excess == NULL) {
        va_start(args, fmt);
        plan->excess = apr_pvsprintf(plan->pool, fmt, args);
        va_end(args);
        plan->where = where;
    }
}

uint16_t
plan_count(struct plan *plan, int count, const char *what)
{
    if (count < 0 || count > UINT16_MAX) {
        plan_exceed(plan, (struct span){0}, "%d %s, at most %d", count, what,
                    UINT16_MAX);
        return 0;
    }
    return (uint16_t)count;
}

void
plan_set_row(struct plan *plan, const void *thing, uint32_t row)
{
    struct row_of {
        const void *thing;
        uint32_t row;
    } *entry = apr_palloc(plan->pool, sizeof(*entry));

    entry->thing = thing;
    entry->row = row;
    apr_hash_set(plan->row_of, &entry->thing, sizeof(entry->thing),
                 &entry->row);
}

uint32_t
plan_row(const struct plan *plan, const void *thing)
{
    const uint32_t *row = apr_hash_get(plan->row_of, &thing, sizeof(thing));

    return row != NULL ? *row : 0;
}
