/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problem documents (RFC 9457) for faults in a request.
 */
#include "problem.h"

#include <stdlib.h>
#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <jansson.h>

#include "table.h"

#define TYPE      "urn:mod-routes:problem/invalid-request"
#define TITLE_406 "Not acceptable"
#define TYPE_406  "urn:mod-routes:problem/not-acceptable"
#define TITLE     "Invalid request"
#define STATUS    400

static const char html_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
    "<title>400 " TITLE "</title></head>\n<body>\n<h1>" TITLE "</h1>\n<p>";
static const char html_not_acceptable[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
    "<title>406 " TITLE_406 "</title></head>\n<body>\n<h1>" TITLE_406
    "</h1>\n<p>";
static const char html_tail[] = "</ul>\n</body>\n</html>\n";

static const char *
name_of(const struct routes_table *table, uint32_t route)
{
    return routes_table_text(table, table->routes[route].name);
}

void
routes_problem_add(struct routes_problems *problems, const char *in,
                   const char *name, enum routes_fault fault,
                   const char *expected)
{
    if (problems->n < ROUTES_MAX_FAULTS) {
        problems->list[problems->n++] =
            (struct routes_problem){in, name, fault, expected};
    }
}

/* ---- JSON --------------------------------------------------------------- */

static json_t *
entry_of(const struct routes_problem *problem)
{
    json_t *entry = json_object();

    json_object_set_new(entry, "in", json_string(problem->in));
    json_object_set_new(entry, "name", json_string(problem->name));
    json_object_set_new(entry, "code",
                        json_string(routes_fault_name(problem->fault)));
    if (problem->expected != NULL) {
        json_object_set_new(entry, "expected", json_string(problem->expected));
    }
    return entry;
}

static json_t *
document_of(const char *route, const struct routes_problems *problems)
{
    json_t *document = json_object();
    json_t *errors = json_array();

    for (unsigned i = 0; i < problems->n; i++) {
        json_array_append_new(errors, entry_of(&problems->list[i]));
    }
    json_object_set_new(
        document, "type",
        json_string(problems->not_acceptable ? TYPE_406 : TYPE));
    json_object_set_new(
        document, "title",
        json_string(problems->not_acceptable ? TITLE_406 : TITLE));
    json_object_set_new(document, "status",
                        json_integer(problems->not_acceptable ? 406 : STATUS));
    json_object_set_new(document, "route", json_string(route));
    json_object_set_new(document, "errors", errors);
    return document;
}

const char *
routes_problem_json(const struct routes_table *table, uint32_t route,
                    const struct routes_problems *problems, apr_pool_t *pool,
                    size_t *len)
{
    json_t *document = document_of(name_of(table, route), problems);
    char *dumped = json_dumps(document, JSON_COMPACT);
    const char *text = apr_pstrdup(pool, dumped != NULL ? dumped : "{}");

    free(dumped);
    json_decref(document);
    *len = strlen(text);
    return text;
}

/* ---- HTML --------------------------------------------------------------- */

static void
add(apr_array_header_t *page, const char *text)
{
    *(const char **)apr_array_push(page) = text;
}

static void
add_code(apr_array_header_t *page, const char *text)
{
    add(page, "<code>");
    add(page, apr_pescape_entity(page->pool, text, 0));
    add(page, "</code>");
}

static void
add_entry(apr_array_header_t *page, const struct routes_problem *problem)
{
    add(page, "<li>");
    add(page, problem->in);
    if (*problem->name != '\0') {
        add(page, " ");
        add_code(page, problem->name);
    }
    add(page, ": ");
    add(page, routes_fault_name(problem->fault));
    if (problem->expected != NULL) {
        add(page, ", expected ");
        add_code(page, problem->expected);
    }
    add(page, "</li>\n");
}

const char *
routes_problem_html(const struct routes_table *table, uint32_t route,
                    const struct routes_problems *problems, apr_pool_t *pool,
                    size_t *len)
{
    apr_array_header_t *page = apr_array_make(pool, 64, sizeof(const char *));
    const char *text;

    add(page, problems->not_acceptable ? html_not_acceptable : html_head);
    add_code(page, name_of(table, route));
    add(page, "</p>\n<ul>\n");
    for (unsigned i = 0; i < problems->n; i++) {
        add_entry(page, &problems->list[i]);
    }
    add(page, html_tail);
    text = apr_array_pstrcat(pool, page, '\0');
    *len = strlen(text);
    return text;
}
