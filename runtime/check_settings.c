/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that a server gives, and where they go.
 */
#include "check.h"

#include "setting.h"

/* One value, as a line of configuration can say it. */
static int
is_setting_type(const struct routes_type *type)
{
    return type->kind < ROUTES_TYPE_LIST && type->kind != ROUTES_TYPE_PATH &&
           type->kind != ROUTES_TYPE_RAWPATH &&
           !(type->flags & ROUTES_TYPE_OPTIONAL);
}

static void
settings_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_setting *setting = &t->settings[i];

    routes_check_text(c, setting->name);
    routes_check_text(c, setting->value);
    routes_check_row(c, setting->type, t->n_types, "a type that is none");
    routes_check_file(c, setting->file);
    if (c->refusal == NULL) {
        routes_check_expect(c, is_setting_type(&t->types[setting->type]),
                            "a type of several values");
        routes_check_expect(c, setting->has_value <= 1, "a flag that is none");
    }
}

/* A slice of text inside a row. */
static void
check_use_text(struct routes_check *c, const struct routes_use *use)
{
    size_t size;
    uint32_t n = routes_setting_rows(c->table, use->section, &size);

    routes_check_expect(c, use->row < n, "a row that is none");
    routes_check_expect(c,
                        use->offset % 4 == 0 &&
                            size >= sizeof(struct routes_text) &&
                            use->offset <= size - sizeof(struct routes_text),
                        "a text that is none");
}

static void
uses_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_use *use = &t->uses[i];

    routes_check_row(c, use->setting, t->n_settings, "a setting that is none");
    switch ((enum routes_use_kind)use->kind) {
    case ROUTES_USE_TEXT:
        check_use_text(c, use);
        return;
    case ROUTES_USE_HOST:
        routes_check_expect(c,
                            use->row != 0 && use->row < t->n_hosts &&
                                t->hosts[use->row].kind == ROUTES_HOST_EXACT,
                            "a host that is none");
        return;
    case ROUTES_USE_CONST:
        routes_check_row(c, use->row, t->n_consts, "a constant that is none");
        routes_check_row(c, use->type, t->n_types, "a type that is none");
        return;
    case ROUTES_USE_NULL:
        break;
    }
    routes_check_refuse(c, "a kind that is none");
}

void
routes_check_settings(struct routes_check *c)
{
    CHECK_ROWS(c, settings)
    CHECK_ROWS(c, uses)
}
