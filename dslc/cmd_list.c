/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_list: `routesc list`: every route, what it calls, and who may.
 */
#include <stdio.h>

#include <apr_strings.h>
#include <jansson.h>

#include "cmd.h"
#include "columns.h"
#include "driver.h"
#include "list_json.h"
#include "matrix_print.h"
#include "method_text.h"
#include "pyoption.h"
#include "results.h"
#include "rule_text.h"
#include "target.h"

enum column {
    COLUMN_METHOD,
    COLUMN_PATH,
    COLUMN_FUNCTION,
    COLUMN_REALM,
    COLUMN_REQUIREMENT,
    N_COLUMNS
};

static const struct cli_option options[] = {
    {"format", 0, "text|json", "text if not given"},
    {"auth", 0, NULL, "list who may what, and where that was decided"},
    {"unused", 0, NULL, "list the Python functions that no route uses"},
    PYOPTION_PLACES,
    {NULL, 0, NULL, NULL},
};

/* ---- text --------------------------------------------------------------- */

/* "api or web", or "-" for a route that tries none. */
static const char *
realms_text(apr_pool_t *pool, const apr_array_header_t *realms)
{
    const char *text = NULL;

    for (int i = 0; i < realms->nelts; i++) {
        const char *name = MODEL_AT(realms, struct model_realm, i)->name;

        text =
            text == NULL ? name : apr_pstrcat(pool, text, " or ", name, NULL);
    }
    return text != NULL ? text : "-";
}

/* "/orders by accept: text/html" */
static const char *
path_text(apr_pool_t *pool, const struct model_route *route,
          const struct model_path *path)
{
    return route->variant == NULL
               ? target_path(pool, route, path)
               : apr_pstrcat(pool, path->text, " ", route->variant, NULL);
}

/* A line for each path of a route, on each of its hosts. */
static void
add_lines(apr_pool_t *pool, apr_array_header_t *lines,
          const struct model_route *route, const struct model_host *host)
{
    int n = route->kind == ROUTES_ROUTE_MOUNT ? 1 : route->paths->nelts;

    for (int i = 0; i < n; i++) {
        const char *path = path_text(
            pool, route, MODEL_AT(route->paths, struct model_path, i));
        struct columns_row *line = apr_array_push(lines);

        line->cells[COLUMN_METHOD] = method_text_of(pool, route);
        line->cells[COLUMN_PATH] =
            host->kind == ROUTES_HOST_ANY
                ? path
                : apr_pstrcat(pool, host->text, path, NULL);
        line->cells[COLUMN_FUNCTION] = apr_pstrcat(
            pool, target_text(pool, route),
            route->conduct.deprecated != NULL ? " (deprecated)" : "", NULL);
        line->cells[COLUMN_REALM] = realms_text(pool, route->auth->realms);
        line->cells[COLUMN_REQUIREMENT] =
            rule_text_of(pool, route->auth->rule);
    }
}

/* The other form of a path that is written is not listed beside it; of a
 * choice its variants are. */
static int
is_listed(const struct model_route *route)
{
    return route->twin == NULL && route->kind != ROUTES_ROUTE_CHOICE;
}

static void
print_text(apr_pool_t *pool, const struct model *model)
{
    apr_array_header_t *lines =
        apr_array_make(pool, 64, sizeof(struct columns_row));
    struct columns_row titles = {
        {"METHOD", "PATH", "FUNCTION", "REALM", "REQUIREMENT"}};

    APR_ARRAY_PUSH(lines, struct columns_row) = titles;
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);

        for (int h = 0; is_listed(route) && h < route->place->hosts->nelts;
             h++) {
            add_lines(pool, lines, route,
                      MODEL_AT(route->place->hosts, struct model_host, h));
        }
    }
    columns_print(lines, N_COLUMNS, stdout);
}

/* ---- JSON --------------------------------------------------------------- */

static json_t *
make_realms(const struct model_route *route)
{
    json_t *made = json_array();

    for (int i = 0; i < route->auth->realms->nelts; i++) {
        json_array_append_new(
            made,
            json_string(
                MODEL_AT(route->auth->realms, struct model_realm, i)->name));
    }
    return made;
}

static json_t *
make_route(const struct driver *driver, const struct model_route *route)
{
    const struct source_file *file = source_of(driver->sources, route->span);
    struct source_place place = source_place(file, route->span.start);

    return json_pack(
        "{s:o, s:o, s:o, s:s, s:s, s:s, s:o, s:s, s:b, s:i, s:s*, s:s*, s:s*, "
        "s:s*, s:s, s:i}",
        "methods", list_json_methods(route), "hosts",
        list_json_hosts(route->place), "paths", list_json_paths(route), "name",
        route->name, "kind", target_kind(route), target_kind(route),
        target_text(driver->pool, route), "realms", make_realms(route),
        "requirement", rule_text_of(driver->pool, route->auth->rule), "csrf",
        route->conduct.csrf != ROUTES_CSRF_NONE, "status", route->status,
        "returns",
        route->says_returns
            ? results_text(driver->pool, route, results_spelling)
            : NULL,
        "doc", route->doc, "deprecated", route->conduct.deprecated, "variant",
        route->variant, "file", file->path, "line", (int)place.line);
}

static void
print_json(const struct driver *driver, const struct model *model)
{
    json_t *made = json_array();

    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, struct model_route, i);

        if (is_listed(route)) {
            json_array_append_new(made, make_route(driver, route));
        }
    }
    json_dumpf(made, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(made);
}

/* ---- the command -------------------------------------------------------- */

/* The functions instead of the routes. */
static enum cli_exit
list_unused(const struct cli *cli, struct driver *driver, int format)
{
    struct pycheck_options *python = pyoption_read(cli);
    struct diag_list *unused = diag_list_make(cli->pool);

    if (python == NULL) {
        return CLI_USAGE;
    }
    python->unused = unused;
    driver->python = python;
    if (driver_check(driver, cli_operand(cli, 0)) == NULL ||
        diag_error_count(driver->diags) > 0) {
        return driver_conclude(driver);
    }
    driver->diags = unused;
    driver_report(driver, format == CLI_JSON ? DIAG_JSON : DIAG_TEXT, stdout);
    return CLI_FINE;
}

/* Who may what. */
static void
print_auth(const struct driver *driver, const struct model *model, int format)
{
    const apr_array_header_t *rows =
        matrix_make(driver->pool, model, driver->sources);

    if (format == CLI_JSON) {
        matrix_print_json(driver->pool, rows, stdout);
    }
    else {
        matrix_print_text(driver->pool, rows, stdout);
    }
}

/* An overview leaves out what waits (E019), and says so; what an audit reads
 * is whole or not there. */
static bool
may_list(const struct cli *cli, const struct driver *driver)
{
    return cli_count(cli, "auth") > 0 ? diag_error_count(driver->diags) == 0
                                      : diag_mistake_count(driver->diags) == 0;
}

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    int format = cli_format(cli);
    struct model *model;

    if (format < 0) {
        return CLI_USAGE;
    }
    if (cli_count(cli, "unused") > 0 && cli_count(cli, "auth") > 0) {
        return cli_fail(cli, "--unused lists functions, --auth routes");
    }
    if (cli_count(cli, "unused") > 0) {
        return list_unused(cli, driver, format);
    }
    model = driver_check(driver, cli_operand(cli, 0));
    if (model != NULL && may_list(cli, driver)) {
        if (cli_count(cli, "auth") > 0) {
            print_auth(driver, model, format);
        }
        else if (format == CLI_JSON) {
            print_json(driver, model);
        }
        else {
            print_text(cli->pool, model);
        }
    }
    return driver_conclude(driver);
}

const struct cli_command cmd_list = {
    .name = "list",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "List every route, what it calls, and who may.",
    .details =
        "One line for each route and host, in the order of the source.\n"
        "What waits for a later version (E019) is said and left out.\n"
        "With --auth also what locations keep (their 404 and 405), what\n"
        "goes on to httpd, whether a caller whom no realm knows gets in,\n"
        "and the line of each part of a requirement; of a whole file only.\n"
        "FILE may be `-`, standard input.",
    .options = options,
    .run = run,
};
