/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matrix_print: who may what, for people and for programs.
 */
#include "matrix_print.h"

#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#include "../runtime/option.h"
#include "columns.h"
#include "list_json.h"
#include "method_text.h"
#include "rates.h"
#include "rule_text.h"
#include "target.h"

enum column {
    COLUMN_METHOD,
    COLUMN_PATH,
    COLUMN_TARGET,
    COLUMN_ANYONE,
    COLUMN_REALM,
    COLUMN_REQUIREMENT,
    COLUMN_CSRF,
    COLUMN_DENY,
    COLUMN_LIMITS,
    COLUMN_DECIDED,
    N_COLUMNS
};

/* ---- words of both ------------------------------------------------------ */

static const char *
target_of(apr_pool_t *pool, const struct matrix_row *row)
{
    return row->route != NULL   ? target_text(pool, row->route)
           : row->place != NULL ? "404 or 405"
                                : "httpd goes on";
}

static const char *
kind_of(const struct matrix_row *row)
{
    return row->route != NULL   ? target_kind(row->route)
           : row->place != NULL ? "kept"
                                : "passed";
}

static const char *
requirement_of(apr_pool_t *pool, const struct matrix_row *row)
{
    return row->auth != NULL ? rule_text_of(pool, row->auth->rule) : NULL;
}

/* ---- text --------------------------------------------------------------- */

/* Words with something between them; "-" for none. */
static const char *
join(apr_pool_t *pool, const apr_array_header_t *words, const char *between)
{
    const char *text = NULL;

    for (int i = 0; i < words->nelts; i++) {
        const char *word = APR_ARRAY_IDX(words, i, const char *);

        text =
            text == NULL ? word : apr_pstrcat(pool, text, between, word, NULL);
    }
    return text != NULL ? text : "-";
}

static const char *
realms_text(apr_pool_t *pool, const struct matrix_row *row)
{
    apr_array_header_t *words = apr_array_make(pool, 2, sizeof(const char *));

    for (int i = 0; row->auth != NULL && i < row->auth->realms->nelts; i++) {
        APR_ARRAY_PUSH(words, const char *) =
            MODEL_AT(row->auth->realms, struct model_realm, i)->name;
    }
    return join(pool, words, " or ");
}

static const char *
limits_text(apr_pool_t *pool, const struct matrix_row *row)
{
    apr_array_header_t *words = apr_array_make(pool, 2, sizeof(const char *));

    for (int i = 0; row->rates != NULL && i < row->rates->nelts; i++) {
        APR_ARRAY_PUSH(words, const char *) =
            rates_text(pool,
                       MODEL_AT(row->rates, const struct model_rate, i)) +
            strlen("rate ");
    }
    return join(pool, words, ", ");
}

/* "shop.routes:3 override, shop.routes:9": the lines of the requirement. */
static const char *
decided_text(apr_pool_t *pool, const struct matrix_row *row)
{
    apr_array_header_t *words = apr_array_make(pool, 2, sizeof(const char *));

    for (int i = 0; i < row->lines->nelts; i++) {
        const struct origin_line *line =
            &APR_ARRAY_IDX(row->lines, i, struct origin_line);

        APR_ARRAY_PUSH(words, const char *) =
            apr_psprintf(pool, "%s:%u%s", line->place.file, line->place.line,
                         line->override ? " override" : "");
    }
    return join(pool, words, ", ");
}

static const char *
deny_text(const struct matrix_row *row)
{
    return row->conduct == NULL ? "-" : row->conduct->masked ? "404" : "403";
}

static const char *
path_text(apr_pool_t *pool, const struct matrix_row *row, int i)
{
    const struct model_path *path;

    if (row->place == NULL) {
        return "/**";
    }
    if (row->route == NULL) {
        return strcmp(row->place->path->text, "/") == 0
                   ? "/**"
                   : apr_pstrcat(pool, row->place->path->text, "/**", NULL);
    }
    path = MODEL_AT(row->route->paths, const struct model_path, i);
    return row->route->variant == NULL
               ? target_path(pool, row->route, path)
               : apr_pstrcat(pool, path->text, " ", row->route->variant, NULL);
}

static void
add_line(apr_pool_t *pool, apr_array_header_t *lines,
         const struct matrix_row *row, int path, const char *host)
{
    const char *requirement = requirement_of(pool, row);
    struct columns_row *line = apr_array_push(lines);

    line->cells[COLUMN_METHOD] =
        row->route != NULL ? method_text_of(pool, row->route) : "ANY";
    line->cells[COLUMN_PATH] =
        apr_pstrcat(pool, host, path_text(pool, row, path), NULL);
    line->cells[COLUMN_TARGET] = target_of(pool, row);
    line->cells[COLUMN_ANYONE] =
        row->place != NULL ? matrix_anyone_text(row->anyone) : "-";
    line->cells[COLUMN_REALM] = realms_text(pool, row);
    line->cells[COLUMN_REQUIREMENT] = requirement != NULL ? requirement : "-";
    line->cells[COLUMN_CSRF] = matrix_csrf_text(row->csrf);
    line->cells[COLUMN_DENY] = deny_text(row);
    line->cells[COLUMN_LIMITS] = limits_text(pool, row);
    line->cells[COLUMN_DECIDED] = decided_text(pool, row);
}

/* A line for each path, on each host. */
static void
add_lines(apr_pool_t *pool, apr_array_header_t *lines,
          const struct matrix_row *row)
{
    int paths = row->route == NULL || row->route->kind == ROUTES_ROUTE_MOUNT
                    ? 1
                    : row->route->paths->nelts;

    if (row->place == NULL) {
        add_line(pool, lines, row, 0, "");
        return;
    }
    for (int h = 0; h < row->place->hosts->nelts; h++) {
        const struct model_host *host =
            MODEL_AT(row->place->hosts, struct model_host, h);

        for (int p = 0; p < paths; p++) {
            add_line(pool, lines, row, p,
                     host->kind == ROUTES_HOST_ANY ? "" : host->text);
        }
    }
}

void
matrix_print_text(apr_pool_t *pool, const apr_array_header_t *rows, FILE *out)
{
    apr_array_header_t *lines =
        apr_array_make(pool, rows->nelts + 1, sizeof(struct columns_row));
    const struct columns_row titles = {{"METHOD", "PATH", "TARGET", "ANYONE",
                                        "REALM", "REQUIREMENT", "CSRF", "DENY",
                                        "RATES", "DECIDED"}};

    APR_ARRAY_PUSH(lines, struct columns_row) = titles;
    for (int i = 0; i < rows->nelts; i++) {
        add_lines(pool, lines,
                  &APR_ARRAY_IDX(rows, i, const struct matrix_row));
    }
    columns_print(lines, N_COLUMNS, out);
}

/* ---- JSON --------------------------------------------------------------- */

static json_t *
make_place(struct origin_place place)
{
    return place.line == 0 ? json_null()
                           : json_pack("{s:s, s:i}", "file", place.file,
                                       "line", (int)place.line);
}

static json_t *
make_realms(const struct matrix_row *row)
{
    json_t *made = json_array();

    for (int i = 0; row->auth != NULL && i < row->auth->realms->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(row->auth->realms, struct model_realm, i);

        json_array_append_new(
            made, json_pack("{s:s, s:s}", "name", realm->name, "kind",
                            routes_option_kind_name(realm->kind)));
    }
    return made;
}

static json_t *
make_decided(const struct matrix_row *row)
{
    json_t *made = json_array();

    for (int i = 0; i < row->lines->nelts; i++) {
        const struct origin_line *line =
            &APR_ARRAY_IDX(row->lines, i, struct origin_line);

        json_array_append_new(
            made,
            json_pack("{s:s, s:s, s:s, s:i, s:b}", "rule", line->rule, "where",
                      line->where, "file", line->place.file, "line",
                      (int)line->place.line, "override", line->override));
    }
    return made;
}

static json_t *
make_rates(apr_pool_t *pool, const struct matrix_row *row)
{
    json_t *made = json_array();

    for (int i = 0; row->rates != NULL && i < row->rates->nelts; i++) {
        json_array_append_new(
            made,
            json_string(rates_text(
                pool, MODEL_AT(row->rates, const struct model_rate, i))));
    }
    return made;
}

static json_t *
make_paths(apr_pool_t *pool, const struct matrix_row *row)
{
    return row->route != NULL && row->route->kind != ROUTES_ROUTE_MOUNT
               ? list_json_paths(row->route)
               : json_pack("[s]", path_text(pool, row, 0));
}

static json_t *
make_deny(const struct matrix_row *row)
{
    return row->conduct == NULL
               ? json_null()
               : json_integer(row->conduct->masked ? 404 : 403);
}

static json_t *
make_row(apr_pool_t *pool, const struct matrix_row *row)
{
    const struct model_route *route = row->route;
    const char *requirement = requirement_of(pool, row);

    return json_pack(
        "{s:o, s:o, s:o, s:s*, s:s*, s:s, s:s, s:s?, s:o, s:o, s:s?, s:o, "
        "s:s?, s:o, s:o, s:o}",
        "methods",
        route != NULL ? list_json_methods(route) : json_pack("[s]", "ANY"),
        "hosts",
        row->place != NULL ? list_json_hosts(row->place) : json_array(),
        "paths", make_paths(pool, row), "name",
        route != NULL ? route->name : NULL, "variant",
        route != NULL ? route->variant : NULL, "kind", kind_of(row), "target",
        target_of(pool, row), "anyone",
        row->place != NULL ? matrix_anyone_text(row->anyone) : NULL, "realms",
        make_realms(row), "auth", make_place(row->asked), "requirement",
        requirement, "decided", make_decided(row), "csrf",
        row->csrf != MATRIX_CSRF_NONE ? matrix_csrf_text(row->csrf) : NULL,
        "deny", make_deny(row), "rates", make_rates(pool, row), "at",
        make_place(row->at));
}

void
matrix_print_json(apr_pool_t *pool, const apr_array_header_t *rows, FILE *out)
{
    json_t *made = json_array();

    for (int i = 0; i < rows->nelts; i++) {
        json_array_append_new(
            made,
            make_row(pool, &APR_ARRAY_IDX(rows, i, const struct matrix_row)));
    }
    json_dumpf(made, out, JSON_INDENT(2));
    putc('\n', out);
    json_decref(made);
}
