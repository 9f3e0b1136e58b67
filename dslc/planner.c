/* SPDX-License-Identifier: Apache-2.0 */
/*
 * planner: lays a model out as the sections of a table, part by part.
 */
#include "planner.h"

#include <string.h>

#include "plan_auth.h"
#include "plan_events.h"
#include "plan_routes.h"
#include "plan_settings.h"
#include "plan_tree.h"
#include "plan_urls.h"
#include "trie.h"
#include "verb.h"

/* ---- sections ----------------------------------------------------------- */

/* Sections that are plain sequences: no row 0 that means "none". */
static int
is_plain(enum routes_section section)
{
    return section == ROUTES_SECTION_text || section == ROUTES_SECTION_cells ||
           section == ROUTES_SECTION_bytes ||
           section == ROUTES_SECTION_labels ||
           section == ROUTES_SECTION_methods ||
           section == ROUTES_SECTION_end_routes ||
           section == ROUTES_SECTION_realm_sets;
}

/* Sections of single numbers have nothing to say behind each. */
static int
is_noted(enum routes_section section)
{
    return section != ROUTES_SECTION_text && section != ROUTES_SECTION_cells &&
           section != ROUTES_SECTION_bytes && section != ROUTES_SECTION_words;
}

static void
open_sections(struct plan *plan)
{
    static const size_t sizes[] = {
#define X(section, row) [ROUTES_SECTION_##section] = sizeof(row),
        ROUTES_SECTIONS(X)
#undef X
    };

    for (unsigned i = 0; i < ROUTES_N_SECTIONS; i++) {
        enum routes_section section = (enum routes_section)i;

        rows_init(&plan->sections[i], plan->pool, sizes[i], is_noted(section));
        if (!is_plain(section)) {
            rows_add_zero(&plan->sections[i], 1);
        }
    }
    rows_add_zero(PLAN_ROWS(plan, text), 1); /* "" */
}

static void
plan_files(struct plan *plan)
{
    const apr_array_header_t *files = plan->model->files;

    plan->file_of = apr_pcalloc(plan->pool, ((size_t)files->nelts + 1) *
                                                sizeof(*plan->file_of));
    for (int i = 0; i < files->nelts; i++) {
        const char *path = APR_ARRAY_IDX(files, i, const char *);
        struct routes_file row;

        if (path == NULL || *path == '\0') {
            continue;
        }
        memset(&row, 0, sizeof(row));
        row.path = plan_text(plan, path);
        plan->file_of[i] = rows_add(PLAN_ROWS(plan, files), &row, path);
    }
}

/* A method has its number in every program of a run, so what another one
 * declares leaves a row without a name. */
static void
plan_methods(struct plan *plan)
{
    uint64_t methods = plan->model->methods;

    for (unsigned m = ROUTES_METHOD_OWN; methods >> m != 0; m++) {
        const char *name = (methods & ROUTES_METHOD_BIT(m)) != 0
                               ? verb_name((enum routes_method)m)
                               : "";
        struct routes_text text = plan_text(plan, name);

        rows_add(PLAN_ROWS(plan, methods), &text, name);
    }
}

static void
check_sizes(struct plan *plan)
{
    for (unsigned i = 0; i < ROUTES_N_SECTIONS; i++) {
        if (plan->sections[i].overflow) {
            plan_exceed(plan, (struct span){0},
                        "more than 2147483647 rows in one section");
        }
    }
}

/* ---- the plan ----------------------------------------------------------- */

struct plan *
planner_lay_out(apr_pool_t *pool, struct model *model,
                const struct source_set *sources)
{
    struct plan *plan = apr_pcalloc(pool, sizeof(*plan));

    plan->pool = pool;
    plan->name = model->name;
    plan->checksum = model->checksum;
    plan->language = (uint32_t)model->language;
    plan->sources = sources;
    plan->model = model;
    plan->row_of = apr_hash_make(pool);
    plan->route_of = apr_hash_make(pool);
    plan->type_of = apr_hash_make(pool);
    trie_of(model); /* first: it may add places */
    open_sections(plan);
    plan_settings_begin(plan);
    plan_methods(plan);
    plan_files(plan);
    plan_routes_functions(plan);
    plan_events_lay_out(plan);
    plan_auth_realms(plan);
    plan_routes_lay_out(plan);
    plan_tree_lay_out(plan);
    plan_urls_lay_out(plan);
    plan_settings_end(plan);
    check_sizes(plan);
    return plan;
}

void
planner_table(const struct plan *plan, const char *compiler,
              struct routes_table *table)
{
    static const uint16_t row_sizes[ROUTES_N_SECTIONS] = {
        ROUTES_SECTIONS(ROUTES_ROW_SIZE)};

    memset(table, 0, sizeof(*table));
    table->magic = ROUTES_MAGIC;
    table->abi = ROUTES_ABI_VERSION;
    table->size = sizeof(*table);
    table->language = plan->language;
    table->compiler = compiler;
    table->name = plan->name;
    table->checksum = plan->checksum;
    memcpy(table->row_sizes, row_sizes, sizeof(row_sizes));
#define X(section, row)                                                       \
    table->section = (const row *)(const void *)PLAN_ROWS(plan, section)->at; \
    table->n_##section = PLAN_ROWS(plan, section)->n;
    ROUTES_SECTIONS(X)
#undef X
}
