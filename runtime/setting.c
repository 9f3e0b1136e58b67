/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: a table as one server's configuration completes it.
 *
 * What is served is a table like any other, so nothing that reads one knows
 * of settings: a value costs what a literal costs.
 */
#include "setting.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "table.h"
#include "value.h"

#define HOST_MAX_LENGTH 253 /* bytes of a host name */

struct binding {
    const struct routes_table *from;
    struct routes_table *to;
    apr_pool_t *pool;
    const char **values;          /* by setting */
    struct routes_text *texts;    /* by setting: its value, as written */
    struct routes_text *names;    /* and in lower case */
    char *own[ROUTES_N_SECTIONS]; /* rows copied to be changed, or NULL */
    struct routes_setting_fault *fault;
};

static int
fail(struct binding *b, uint32_t setting, const char *text)
{
    b->fault->setting = setting;
    b->fault->text = text;
    return 0;
}

/* ---- values ------------------------------------------------------------- */

static const char *
refuse_type(const struct routes_table *table, uint32_t type, const char *value,
            apr_pool_t *pool)
{
    struct routes_value read;

    if (routes_value_text(table, type, value, strlen(value), 0, &read) ==
        ROUTES_FAULT_NONE) {
        return NULL;
    }
    return apr_pstrcat(pool, "is no ",
                       routes_table_text(table, table->types[type].spelling),
                       NULL);
}

/* What is wrong with a value of one setting, or NULL; in pool.  It has no
 * control characters then, and is of the setting's type. */
static const char *
refuse_value(const struct routes_table *table, uint32_t setting,
             const char *value, apr_pool_t *pool)
{
    if (routes_utf8_control(value, strlen(value))) {
        return "has a control character";
    }
    return refuse_type(table, table->settings[setting].type, value, pool);
}

/* The values of all settings, those of the configuration first. */
static int
collect_values(struct binding *b, const char *const *values)
{
    const struct routes_table *table = b->from;

    for (uint32_t i = 1; i < table->n_settings; i++) {
        const struct routes_setting *setting = &table->settings[i];
        const char *refusal;

        if (values[i] == NULL && !setting->has_value) {
            return fail(b, i, "has no value");
        }
        b->values[i] = values[i] != NULL
                           ? values[i]
                           : routes_table_text(table, setting->value);
        refusal = refuse_value(table, i, b->values[i], b->pool);
        if (refusal != NULL) {
            return fail(b, i, refusal);
        }
    }
    return 1;
}

static struct routes_text
append(char *pool, uint32_t *used, const char *text)
{
    struct routes_text slice = {*used, (uint32_t)strlen(text)};

    memcpy(pool + slice.at, text, slice.len + 1);
    *used += slice.len + 1;
    return slice;
}

/* Each value is in the new pool twice: hosts are compared in lower case. */
static int
make_texts(struct binding *b)
{
    size_t size = b->from->n_text;
    uint32_t used = b->from->n_text;
    char *text;

    for (uint32_t i = 1; i < b->from->n_settings; i++) {
        size += 2 * (strlen(b->values[i]) + 1);
        if (size > INT32_MAX) {
            return fail(b, i, "is too long");
        }
    }
    text = apr_palloc(b->pool, size);
    memcpy(text, b->from->text, used);
    for (uint32_t i = 1; i < b->from->n_settings; i++) {
        b->texts[i] = append(text, &used, b->values[i]);
        b->names[i] = append(text, &used, b->values[i]);
        for (uint32_t at = b->names[i].at; text[at] != '\0'; at++) {
            text[at] = (char)tolower((unsigned char)text[at]);
        }
    }
    b->to->text = text;
    b->to->n_text = used;
    return 1;
}

/* ---- rows --------------------------------------------------------------- */

uint32_t
routes_setting_rows(const struct routes_table *table, uint32_t section,
                    size_t *size)
{
    switch ((enum routes_section)section) {
#define X(name, row)                                                          \
    case ROUTES_SECTION_##name:                                               \
        *size = sizeof(row);                                                  \
        return table->n_##name;
        ROUTES_SECTIONS(X)
#undef X
    case ROUTES_N_SECTIONS:
        break;
    }
    *size = 0;
    return 0;
}

/* Points a section of the new table to rows of its own. */
static const void *
set_rows(struct binding *b, uint32_t section, char *rows)
{
    switch ((enum routes_section)section) {
#define X(name, row)                                                          \
    case ROUTES_SECTION_##name:                                               \
        if (rows != NULL) {                                                   \
            b->to->name = (const row *)(const void *)rows;                    \
        }                                                                     \
        return b->to->name;
        ROUTES_SECTIONS(X)
#undef X
    case ROUTES_N_SECTIONS:
        break;
    }
    return NULL;
}

/* A row that may be written. */
static char *
own_row(struct binding *b, uint32_t section, uint32_t row)
{
    size_t size;
    uint32_t n = routes_setting_rows(b->to, section, &size);

    if (b->own[section] == NULL) {
        b->own[section] =
            apr_pmemdup(b->pool, set_rows(b, section, NULL), n * size);
        set_rows(b, section, b->own[section]);
    }
    return b->own[section] + row * size;
}

/* ---- uses --------------------------------------------------------------- */

static int
put_text(struct binding *b, const struct routes_use *use)
{
    memcpy(own_row(b, use->section, use->row) + use->offset,
           &b->texts[use->setting], sizeof(struct routes_text));
    return 1;
}

/* Labels of letters, digits, `-` and `_`, none empty. */
static int
is_host(const char *name)
{
    size_t len = strlen(name);
    char before = '.';

    for (; *name != '\0'; before = *name++) {
        if (*name == '.' ? before == '.'
                         : !isalnum((unsigned char)*name) && *name != '-' &&
                               *name != '_') {
            return 0;
        }
    }
    return before != '.' && len <= HOST_MAX_LENGTH;
}

static int
put_host(struct binding *b, const struct routes_use *use)
{
    struct routes_host *host =
        (void *)own_row(b, ROUTES_SECTION_hosts, use->row);

    if (!is_host(b->values[use->setting])) {
        return fail(b, use->setting, "is no host name");
    }
    host->name = b->names[use->setting];
    return 1;
}

static void
set_const(struct routes_const *row, const struct binding *b,
          const struct routes_use *use, const struct routes_value *value)
{
    memset(row, 0, sizeof(*row));
    if (value->kind == ROUTES_VALUE_BOOL) {
        row->kind = ROUTES_CONST_BOOL;
        row->i = value->u.boolean;
    }
    else if (value->kind == ROUTES_VALUE_INT) {
        row->kind = ROUTES_CONST_INT;
        row->i = value->u.integer;
    }
    else if (value->kind == ROUTES_VALUE_FLOAT) {
        row->kind = ROUTES_CONST_FLOAT;
        row->f = value->u.real;
    }
    else {
        row->kind = value->kind == ROUTES_VALUE_STR ? ROUTES_CONST_STR
                                                    : ROUTES_CONST_TEXT;
        row->text = b->texts[use->setting];
    }
}

static int
put_const(struct binding *b, const struct routes_use *use)
{
    const char *text = b->values[use->setting];
    const char *refusal = refuse_type(b->from, use->type, text, b->pool);
    struct routes_value value;

    if (refusal != NULL) {
        return fail(b, use->setting, refusal);
    }
    routes_value_text(b->from, use->type, text, strlen(text), 0, &value);
    set_const((void *)own_row(b, ROUTES_SECTION_consts, use->row), b, use,
              &value);
    return 1;
}

static int
put(struct binding *b, const struct routes_use *use)
{
    switch ((enum routes_use_kind)use->kind) {
    case ROUTES_USE_NULL:
        break;
    case ROUTES_USE_TEXT:
        return put_text(b, use);
    case ROUTES_USE_HOST:
        return put_host(b, use);
    case ROUTES_USE_CONST:
        return put_const(b, use);
    }
    return fail(b, use->setting, "has no place");
}

/* ---- hosts -------------------------------------------------------------- */

static int
compare_hosts(const struct routes_table *t, const struct routes_host *a,
              const struct routes_host *b)
{
    uint32_t len = a->name.len < b->name.len ? a->name.len : b->name.len;
    int order = memcmp(t->text + a->name.at, t->text + b->name.at, len);

    return order != 0
               ? order
               : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}

/* The setting that named a host, or 0. */
static uint32_t
setting_of(const struct binding *b, const struct routes_host *host)
{
    for (uint32_t i = 1; i < b->from->n_settings; i++) {
        if (b->names[i].at == host->name.at) {
            return i;
        }
    }
    return 0;
}

static int
refuse_twin(struct binding *b, const struct routes_host *x,
            const struct routes_host *y)
{
    uint32_t setting = setting_of(b, x);

    return fail(b, setting != 0 ? setting : setting_of(b, y),
                "is the name of another host");
}

/* The names have changed, so the exact hosts, which come first, are put in
 * order again. */
static int
sort_hosts(struct binding *b)
{
    struct routes_host *hosts = (void *)b->own[ROUTES_SECTION_hosts];

    for (uint32_t i = 2; hosts != NULL && i < b->to->n_hosts &&
                         hosts[i].kind == ROUTES_HOST_EXACT;
         i++) {
        struct routes_host host = hosts[i];
        uint32_t at = i;

        while (at > 1 && compare_hosts(b->to, &hosts[at - 1], &host) > 0) {
            hosts[at] = hosts[at - 1];
            at--;
        }
        hosts[at] = host;
        if (at > 1 && compare_hosts(b->to, &hosts[at - 1], &host) == 0) {
            return refuse_twin(b, &hosts[at - 1], &host);
        }
    }
    return 1;
}

/* ---- the table ---------------------------------------------------------- */

static int
put_all(struct binding *b)
{
    for (uint32_t i = 1; i < b->from->n_uses; i++) {
        if (!put(b, &b->from->uses[i])) {
            return 0;
        }
    }
    return sort_hosts(b);
}

const struct routes_table *
routes_setting_bind(const struct routes_table *table,
                    const char *const *values, apr_pool_t *pool,
                    struct routes_setting_fault *fault)
{
    uint32_t n = table->n_settings;
    struct binding b = {.from = table, .pool = pool, .fault = fault};

    if (n <= 1) {
        return table;
    }
    b.to = apr_pmemdup(pool, table, sizeof(*table));
    b.values = apr_pcalloc(pool, n * sizeof(*b.values));
    b.texts = apr_pcalloc(pool, n * sizeof(*b.texts));
    b.names = apr_pcalloc(pool, n * sizeof(*b.names));
    if (!collect_values(&b, values) || !make_texts(&b) || !put_all(&b)) {
        return NULL;
    }
    return b.to;
}
