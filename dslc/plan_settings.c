/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_settings: settings of a plan, and where their values go.
 */
#include "plan_settings.h"

#include <string.h>

#include <apr_strings.h>

#include "emit_shape.h"
#include "plan_types.h"

/* What plan knows of one setting. */
struct known {
    const struct model_setting *setting;
    struct routes_text slice; /* no other text has it */
    uint32_t row;
};

/* ---- texts -------------------------------------------------------------- */

/* Never merged with an equal text. */
static struct routes_text
add_text(struct plan *plan, const char *text)
{
    struct rows *rows = PLAN_ROWS(plan, text);
    uint32_t len = (uint32_t)strlen(text);
    struct routes_text slice = {rows_add_zero(rows, len + 1), len};

    memcpy(rows_at(rows, slice.at), text, len);
    return slice;
}

void
plan_settings_begin(struct plan *plan)
{
    const apr_array_header_t *settings = plan->model->settings;

    plan->setting_of = apr_hash_make(plan->pool);
    for (int i = 0; i < settings->nelts; i++) {
        struct known *known = apr_pcalloc(plan->pool, sizeof(*known));

        known->setting = MODEL_AT(settings, const struct model_setting, i);
        known->slice = add_text(plan, known->setting->text);
        known->row = (uint32_t)i + 1;
        apr_hash_set(plan->setting_of, &known->setting->text,
                     sizeof(known->setting->text), known);
        plan_set_row(plan, known->setting, known->row);
    }
    plan->settings_end = PLAN_ROWS(plan, text)->n;
}

int
plan_settings_text(const struct plan *plan, const char *text,
                   struct routes_text *slice)
{
    const struct known *known =
        apr_hash_get(plan->setting_of, &text, sizeof(text));

    if (known != NULL) {
        *slice = known->slice;
    }
    return known != NULL;
}

/* ---- uses --------------------------------------------------------------- */

static void
add_use(struct plan *plan, const struct routes_use *use, const char *name)
{
    rows_add(PLAN_ROWS(plan, uses), use, name);
}

uint32_t
plan_settings_const(struct plan *plan, const struct model_literal *literal,
                    const struct routes_const *row)
{
    const struct model_setting *setting = literal->setting;
    struct routes_use use = {.kind = ROUTES_USE_CONST,
                             .setting = plan_row(plan, setting),
                             .section = ROUTES_SECTION_consts};

    use.row = rows_add(PLAN_ROWS(plan, consts), row,
                       plan_note(plan, setting->text, literal->span));
    use.type = plan_types_of(plan, literal->type);
    add_use(plan, &use, setting->text);
    return use.row;
}

/* The setting whose text a slice is, or NULL. */
static const struct known *
find_slice(const struct plan *plan, const struct routes_text *slice)
{
    if (slice->at >= plan->settings_end) {
        return NULL;
    }
    for (apr_hash_index_t *i = apr_hash_first(plan->pool, plan->setting_of);
         i != NULL; i = apr_hash_next(i)) {
        const struct known *known = apr_hash_this_val(i);

        if (known->slice.at == slice->at) {
            return known;
        }
    }
    return NULL;
}

static void
find_use(struct plan *plan, enum routes_section section, uint32_t row,
         size_t offset)
{
    const char *at = rows_at(&plan->sections[section], row);
    const struct known *known = find_slice(plan, (const void *)(at + offset));
    struct routes_use use = {
        .section = (uint32_t)section, .row = row, .offset = (uint32_t)offset};

    if (known == NULL) {
        return;
    }
    use.kind =
        section == ROUTES_SECTION_hosts ? ROUTES_USE_HOST : ROUTES_USE_TEXT;
    use.setting = known->row;
    add_use(plan, &use, known->setting->text);
}

static void
find_uses(struct plan *plan, enum routes_section section)
{
    size_t offset;

    for (unsigned i = 0; emit_shape_text(section, i, &offset); i++) {
        for (uint32_t row = 0; row < plan->sections[section].n; row++) {
            find_use(plan, section, row, offset);
        }
    }
}

/* ---- settings ----------------------------------------------------------- */

static void
add_setting(struct plan *plan, const struct model_setting *setting)
{
    struct routes_setting row;

    memset(&row, 0, sizeof(row));
    row.name = plan_text(plan, setting->name);
    row.type = plan_types_of(plan, setting->type);
    row.has_value = setting->value != NULL;
    row.value = plan_text(plan, setting->shown);
    row.file = plan_file(plan, setting->span);
    row.line = plan_line(plan, setting->span);
    rows_add(PLAN_ROWS(plan, settings), &row,
             plan_note(plan, setting->name, setting->span));
}

void
plan_settings_end(struct plan *plan)
{
    const apr_array_header_t *settings = plan->model->settings;

    for (int i = 0; i < settings->nelts; i++) {
        add_setting(plan, MODEL_AT(settings, const struct model_setting, i));
    }
    for (unsigned i = 0; settings->nelts > 0 && i < ROUTES_N_SECTIONS; i++) {
        find_uses(plan, (enum routes_section)i);
    }
}
