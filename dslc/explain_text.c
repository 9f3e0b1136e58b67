/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_text: a record of explain for people.
 */
#include "explain_text.h"

#include <string.h>

#include <apr_strings.h>

#include "cors.h"
#include "deprecated.h"
#include "explain_rule.h"
#include "limits.h"
#include "method_text.h"
#include "pages.h"
#include "reply.h"
#include "formats.h"
#include "results.h"
#include "rule_text.h"
#include "variants.h"
#include "target.h"

#define N_CELLS     3
#define LABEL_WIDTH 10

/* The lines behind one label, aligned among themselves. */
struct block {
    apr_pool_t *pool;
    FILE *out;
    apr_array_header_t *rows; /* struct row */
};

struct row {
    const char *cells[N_CELLS];
};

static size_t
count_chars(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static void
add_row(struct block *block, const char *first, const char *second,
        const char *third)
{
    struct row row = {{first, second, third}};

    APR_ARRAY_PUSH(block->rows, struct row) = row;
}

static void
print_row(const struct block *block, const struct row *row,
          const size_t *widths)
{
    size_t gap = 0;

    for (int c = 0; c < N_CELLS; c++) {
        if (row->cells[c] != NULL && row->cells[c][0] != '\0') {
            fprintf(block->out, "%*s%s", (int)gap, "", row->cells[c]);
            gap = 0;
        }
        gap += widths[c] + 2;
        if (row->cells[c] != NULL) {
            gap -= count_chars(row->cells[c]);
        }
    }
    putc('\n', block->out);
}

/* Prints and empties a block; an empty one is nothing. */
static void
print_block(struct block *block, const char *label)
{
    size_t widths[N_CELLS] = {0};

    for (int i = 0; i < block->rows->nelts; i++) {
        for (int c = 0; c < N_CELLS; c++) {
            const char *cell =
                APR_ARRAY_IDX(block->rows, i, struct row).cells[c];
            size_t width = cell == NULL ? 0 : count_chars(cell);

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (int i = 0; i < block->rows->nelts; i++) {
        fprintf(block->out, "%-*s", LABEL_WIDTH + 1, i == 0 ? label : "");
        print_row(block, &APR_ARRAY_IDX(block->rows, i, struct row), widths);
    }
    apr_array_clear(block->rows);
}

static const char *
place_text(apr_pool_t *pool, struct origin_place place)
{
    return apr_psprintf(pool, "%s:%u", place.file, place.line);
}

/* ---- what answers ------------------------------------------------------- */

static void
print_request(struct block *block, const struct explain *explain)
{
    const char *url = explain->url.written;

    add_row(block, explain->method,
            explain_url_shown(block->pool, url, strlen(url)), NULL);
    print_block(block, "request");
    if (explain->host != NULL) {
        add_row(block, explain->host, NULL, NULL);
        print_block(block, "host");
    }
    if (explain->url.status == 0) {
        add_row(block,
                explain_url_shown(block->pool, explain->url.path,
                                  explain->url.len),
                NULL, NULL);
        print_block(block, "path");
    }
}

static void
print_answer(struct block *block, const struct explain *explain)
{
    const char *status =
        explain->status == 0 ? "-" : apr_itoa(block->pool, explain->status);

    add_row(block, status, explain->why, NULL);
    print_block(block, "answer");
    if (explain->location != NULL) {
        add_row(block, explain->location, NULL, NULL);
        print_block(block, "location");
    }
    if (explain->allow != NULL) {
        add_row(block, explain->allow, NULL, NULL);
        print_block(block, "allow");
    }
    for (int i = 0; i < explain->challenges->nelts; i++) {
        add_row(block, APR_ARRAY_IDX(explain->challenges, i, const char *),
                NULL, NULL);
    }
    print_block(block, "challenge");
}

/* What stands for an error: of the one that it is, if it is one. */
static void
print_pages(struct block *block, const struct explain *explain)
{
    const apr_array_header_t *lines =
        pages_lines(block->pool, explain->conduct);
    const struct model_page *page =
        pages_find(explain->conduct, explain->status);

    for (int i = 0; i < lines->nelts; i++) {
        const struct model_page *row =
            MODEL_AT(explain->conduct->pages, const struct model_page, i);

        add_row(block, APR_ARRAY_IDX(lines, i, const char *),
                row == page ? "answers" : "", NULL);
    }
    print_block(block, "errors");
}

static void
print_lines(struct block *block, const apr_array_header_t *lines,
            const char *title)
{
    for (int i = 0; i < lines->nelts; i++) {
        add_row(block, APR_ARRAY_IDX(lines, i, const char *), NULL, NULL);
    }
    print_block(block, title);
}

/* The variants of the route, and which it is. */
static void
print_variants(struct block *block, const struct explain *explain)
{
    const struct model_choice *choice = explain->choice;

    for (int i = 0; i <= choice->variants->nelts; i++) {
        const struct model_variant *variant =
            i < choice->variants->nelts
                ? MODEL_AT(choice->variants, const struct model_variant, i)
                : choice->rest;

        if (variant != NULL) {
            add_row(block, variant->key,
                    apr_pstrcat(block->pool, "-> ",
                                target_text(block->pool, variant->route),
                                NULL),
                    variant->route == explain->route ? "answers" : "");
        }
    }
    print_block(block, "variants");
}

/* The formats of the route, and which it is. */
static void
print_formats(struct block *block, const struct explain *explain)
{
    const apr_array_header_t *formats = explain->route->formats;

    for (int i = 0; formats != NULL && i < formats->nelts; i++) {
        const struct model_format *format =
            &APR_ARRAY_IDX(formats, i, const struct model_format);

        add_row(block, formats_media(format->produce, format->media),
                i == explain->format ? "answers" : "", NULL);
    }
    print_block(block, "formats");
}

static void
print_route(struct block *block, const struct explain *explain)
{
    const struct model_route *route = explain->route;
    const char *place = place_text(block->pool, explain->place);

    if (explain->answer == EXPLAIN_BY_LOCATION) {
        add_row(block, explain->pattern, place, NULL);
        print_block(block, "under");
    }
    if (route == NULL) {
        return;
    }
    add_row(
        block,
        apr_pstrcat(block->pool, method_text_of(block->pool, route), " ",
                    explain->pattern, NULL),
        apr_pstrcat(block->pool, "-> ", target_text(block->pool, route), NULL),
        place);
    print_block(block, "route");
    if (explain->below != NULL) {
        add_row(block,
                apr_pstrcat(block->pool,
                            "what is required here holds for all "
                            "of the table ",
                            route->mount->target,
                            ", which may require more:", NULL),
                NULL, NULL);
        add_row(block,
                apr_pstrcat(block->pool, "routesc explain ",
                            route->mount->target, ".routes ", explain->method,
                            " '", explain->below, "'", NULL),
                NULL, NULL);
        print_block(block, "below");
    }
    if (route->says_returns) {
        add_row(block, results_text(block->pool, route, results_spelling),
                NULL, NULL);
        print_block(block, "returns");
    }
    if (explain->choice != NULL) {
        print_variants(block, explain);
    }
    print_formats(block, explain);
    if (route->strict) {
        add_row(block, "strict: no keys but the arguments'", NULL, NULL);
        print_block(block, "query");
    }
    print_lines(block, limits_lines(block->pool, &route->limits), "limits");
    print_lines(block, reply_lines(block->pool, &route->conduct), "headers");
    if (route->conduct.deprecated != NULL) {
        add_row(block, deprecated_text(block->pool, &route->conduct), NULL,
                NULL);
        print_block(block, "note");
    }
    if (route->conduct.cors != NULL) {
        add_row(block, cors_text(block->pool, route->conduct.cors), NULL,
                NULL);
        print_block(block, "cors");
    }
}

/* ---- values ------------------------------------------------------------- */

static void
add_arg(struct block *block, const struct explain_arg *arg)
{
    const char *value =
        arg->fault != NULL
            ? apr_pstrcat(block->pool, "fault: ", arg->fault, NULL)
        : arg->value != NULL ? apr_pstrcat(block->pool, "= ", arg->value, NULL)
                             : "";
    const char *from = *arg->wire == '\0' || strcmp(arg->name, arg->wire) == 0
                           ? apr_pstrcat(block->pool, "from ", arg->from, NULL)
                           : apr_pstrcat(block->pool, "from ", arg->from,
                                         ", as ", arg->wire, NULL);

    add_row(block,
            arg->type == NULL
                ? arg->name
                : apr_pstrcat(block->pool, arg->name, ": ", arg->type, NULL),
            value, strcmp(arg->from, "constant") == 0 ? "constant" : from);
}

static void
print_values(struct block *block, const struct explain *explain)
{
    for (int i = 0; i < explain->captures->nelts; i++) {
        const struct explain_capture *capture =
            &APR_ARRAY_IDX(explain->captures, i, struct explain_capture);

        add_row(
            block,
            apr_pstrcat(block->pool, capture->name, ": ", capture->type, NULL),
            apr_pstrcat(block->pool, "`", capture->value, "`", NULL), NULL);
    }
    print_block(block, "captures");
    for (int i = 0; i < explain->args->nelts; i++) {
        add_arg(block, &APR_ARRAY_IDX(explain->args, i, struct explain_arg));
    }
    print_block(block, "arguments");
}

/* ---- who may ------------------------------------------------------------ */

static const char *
state_text(enum origin_state state)
{
    switch (state) {
    case ORIGIN_HOLDS:
        return "";
    case ORIGIN_NARROWED:
        return "  (narrowed)";
    case ORIGIN_REPLACED:
        return "  (overridden)";
    }
    return "";
}

static void
add_line(struct block *block, const struct origin_line *line)
{
    const char *rule =
        apr_pstrcat(block->pool, line->override ? "override " : "",
                    strcmp(line->rule, "public") == 0 ? "" : "require ",
                    line->rule, state_text(line->state), NULL);

    add_row(block, place_text(block->pool, line->place), line->where, rule);
}

static void
print_realms(struct block *block, const struct explain *explain)
{
    if (explain->auth == NULL) {
        return;
    }
    for (int i = 0; i < explain->auth->realms->nelts; i++) {
        add_row(block,
                MODEL_AT(explain->auth->realms, struct model_realm, i)->name,
                place_text(block->pool, APR_ARRAY_IDX(explain->realms, i,
                                                      struct origin_place)),
                NULL);
    }
    print_block(block, "realms");
}

static void
print_caller(struct block *block, const struct explain *explain)
{
    static const char *const verdicts[] = {
        [ROUTES_DENIED] = "denied: 403",
        [ROUTES_NO_USER] = "not known: 401",
        [ROUTES_GRANTED] = "granted",
    };

    if (explain->caller == NULL || explain->answer == EXPLAIN_BY_HTTPD) {
        return;
    }
    add_row(block,
            explain_url_shown(block->pool, explain->caller->written,
                              strlen(explain->caller->written)),
            explain->below != NULL ? "granted by this table"
                                   : verdicts[explain->verdict],
            NULL);
    print_block(block, "caller");
}

static void
print_python(struct block *block, const struct model_rule *rule)
{
    const apr_array_header_t *questions =
        explain_rule_questions(block->pool, rule);

    for (int i = 0; i < questions->nelts; i++) {
        const struct model_rule *one =
            MODEL_AT(questions, const struct model_rule, i);
        const struct model_function *function = one->predicate->function;

        add_row(block, rule_text_of(block->pool, one),
                apr_pstrcat(block->pool, function->module, ":",
                            function->qualname, NULL),
                "decided by Python at run time");
    }
    print_block(block, "python");
}

static void
print_rule(struct block *block, const struct explain *explain)
{
    if (explain->answer != EXPLAIN_BY_HTTPD) {
        add_row(block,
                explain->auth == NULL
                    ? "anyone: nothing is required here"
                    : rule_text_of(block->pool, explain->auth->rule),
                NULL, NULL);
        print_block(block, "who may");
    }
    for (int i = 0; i < explain->lines->nelts; i++) {
        add_line(block, &APR_ARRAY_IDX(explain->lines, i, struct origin_line));
    }
    print_block(block, "because");
    if (explain->auth != NULL) {
        print_python(block, explain->auth->rule);
    }
    if (explain->csrf) {
        add_row(block, "requests that other sites make a browser send: 403",
                NULL, NULL);
        if (explain->route->conduct.csrf == ROUTES_CSRF_TOKEN) {
            add_row(block, "and those without apache.csrf_token(): 403", NULL,
                    NULL);
        }
        print_block(block, "csrf");
    }
    print_realms(block, explain);
    print_caller(block, explain);
}

/* ---- near misses -------------------------------------------------------- */

static void
print_misses(struct block *block, const struct explain *explain)
{
    for (int i = 0; i < explain->misses->nelts; i++) {
        const struct explain_miss *miss =
            &APR_ARRAY_IDX(explain->misses, i, struct explain_miss);

        add_row(block,
                apr_pstrcat(block->pool,
                            method_text_of(block->pool, miss->route), " ",
                            miss->pattern, NULL),
                place_text(block->pool, miss->place), miss->why);
    }
    if (explain->misses_left > 0) {
        add_row(block,
                apr_psprintf(block->pool, "and %d more", explain->misses_left),
                NULL, NULL);
    }
    print_block(block, "misses");
}

void
explain_text_print(apr_pool_t *pool, const struct explain *explain, FILE *out)
{
    struct block block = {.pool = pool, .out = out};

    block.rows = apr_array_make(pool, 8, sizeof(struct row));
    print_request(&block, explain);
    print_answer(&block, explain);
    print_route(&block, explain);
    if (explain->conduct != NULL) {
        print_pages(&block, explain);
    }
    print_values(&block, explain);
    print_rule(&block, explain);
    print_misses(&block, explain);
}
