/* SPDX-License-Identifier: Apache-2.0 */
/* redirect: a route that sends a caller elsewhere. */
#include "dslc/redirect.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/args.h"
#include "dslc/clause.h"
#include "dslc/paths.h"
#include "dslc/rates.h"
#include "dslc/route.h"
#include "dslc/urls.h"

/* A redirect being made. */
struct maker {
    struct checker *checker;
    const struct frame *frame; /* around it */
    const struct ast_stmt *stmt;
    const struct model_path *path; /* its own, whose parameters it may name */
    struct model_redirect *redirect;
    const char *text; /* not yet a part: what stands there as it is sent */
    bool broken;
};

/* ---- statuses ---- */

static bool
keeps_method(int64_t status)
{
    return status == 307 || status == 308;
}

static bool
check_status(struct checker *checker, const struct ast_value *status)
{
    struct diag *diag;

    if (keeps_method(status->number) ||
        (status->number >= 301 && status->number <= 303)) {
        return true;
    }
    diag = diag_error(checker->diags, status->span, E016,
                      "a redirect has no status %s",
                      checker_quote(checker, status->text));
    diag_help(diag, "308 and 301 are for good, 307, 302 and 303 for now; 308 "
                    "and 307 keep the method, the others answer GET");
    return false;
}

/* Those that the status has a meaning for. */
static struct methods
methods_of(int64_t status)
{
    struct methods get = {ROUTES_METHOD_BIT(ROUTES_METHOD_GET), false};
    struct methods any = {0, true};

    return keeps_method(status) ? any : get;
}

/* ---- parts ---- */

static void
add_text(struct maker *maker, const char *text)
{
    maker->text = apr_pstrcat(maker->checker->pool, maker->text, text, NULL);
}

static void
add_part(struct maker *maker, enum routes_target_part_kind kind,
         const char *text, const struct model_param *param)
{
    const struct model_target_part part = {kind, text, param};

    APR_ARRAY_PUSH(maker->redirect->parts, struct model_target_part) = part;
}

static void
end_text(struct maker *maker)
{
    if (*maker->text != '\0') {
        add_part(maker, ROUTES_TARGET_TEXT, maker->text, NULL);
        maker->text = "";
    }
}

/* rest: slashes in what it took stay. */
static enum routes_target_part_kind
kind_of(const struct model_param *param, bool rest)
{
    return rest && (param->type->kind == ROUTES_TYPE_PATH ||
                    param->type->kind == ROUTES_TYPE_RAWPATH)
               ? ROUTES_TARGET_REST
               : ROUTES_TARGET_SEGMENT;
}

/* What a parameter took. */
static void
add_param(struct maker *maker, const char *name, struct span span, bool rest)
{
    const struct model_param *param =
        paths_find(maker->path, maker->frame->base.host_param, name);
    struct diag *diag;

    if (param == NULL && paths_unclear(maker->checker, maker->path)) {
        maker->broken = true;
        return;
    }
    if (param == NULL) {
        diag = diag_error(maker->checker->diags, span, E011,
                          "%s is no parameter of the redirect's path",
                          checker_quote(maker->checker, name));
        diag_place(diag, maker->path->span, "this path");
        maker->broken = true;
        return;
    }
    end_text(maker);
    add_part(maker, kind_of(param, rest), "", param);
}

/* Where the request's query string goes. */
static void
add_query(struct maker *maker, bool has_query)
{
    end_text(maker);
    add_part(maker, ROUTES_TARGET_QUERY, has_query ? "&" : "?", NULL);
}

/* ---- a path ---- */

static void
add_written_part(struct maker *maker, const struct ast_part *part)
{
    apr_pool_t *pool = maker->checker->pool;

    if (part->kind == AST_PART_TEXT) {
        add_text(maker, urls_quote(pool, part->text));
        return;
    }
    if (part->kind != AST_PART_PARAM) {
        maker->broken = true; /* said by the parser */
        return;
    }
    if (part->type != NULL) {
        diag_error(maker->checker->diags, part->span, E016,
                   "a target names a parameter: its type stands in the path");
        maker->broken = true;
        return;
    }
    add_param(maker, part->text, part->name_span, true);
}

static void
add_written_path(struct maker *maker, const struct ast_path *path)
{
    for (const struct ast_segment *segment = path->segments.first;
         segment != NULL; segment = segment->next) {
        add_text(maker, "/");
        for (const struct ast_part *part = segment->parts.first; part != NULL;
             part = part->next) {
            add_written_part(maker, part);
        }
    }
}

/* A path whose parameters are those of the redirect's own. */
static void
add_path(struct maker *maker, const struct model_path *path)
{
    apr_pool_t *pool = maker->checker->pool;

    for (int i = 0; i < path->segments->nelts; i++) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, const struct model_segment, i);

        add_text(maker, "/");
        add_text(maker, urls_quote(pool, segment->prefix));
        if (segment->param != NULL) {
            end_text(maker);
            add_part(maker, kind_of(segment->param, true), "", segment->param);
            add_text(maker, urls_quote(pool, segment->suffix));
        }
    }
}

static bool
is_root(const struct model_path *prefix)
{
    return prefix == NULL || prefix->segments->nelts == 0;
}

static void
read_path(struct maker *maker, const struct ast_path *path)
{
    const struct model_path *prefix = maker->frame->base.prefix;
    struct diag *diag;

    if (path->dot && prefix == NULL) {
        diag = diag_error(maker->checker->diags, path->span, E101,
                          "`.` is a location's own path, and no location is "
                          "around it");
        diag_help(diag, "the root is `/`");
        maker->broken = true;
        return;
    }
    maker->redirect->own = 1;
    if (prefix != NULL) {
        add_path(maker, prefix);
    }
    add_written_path(maker, path);
    if (path->dot && is_root(prefix)) {
        add_text(maker, "/");
    }
    add_query(maker, false);
}

/* ---- a string ---- */

static void
refuse(struct maker *maker, const struct ast_value *target, const char *why)
{
    struct diag *diag;

    if (maker->broken) {
        return;
    }
    maker->broken = true;
    diag = diag_error(maker->checker->diags, target->span, E016,
                      "%s is no target: %s",
                      checker_quote(maker->checker, target->text), why);
    diag_help(diag, "write a path, /new/{id}, or a URL in quotes, "
                    "\"https://example.com/new\"");
}

/* The length of "https://host:port" at the front, or 0. */
static size_t
authority_length(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;
    size_t host = strspn(text + scheme, "abcdefghijklmnopqrstuvwxyz"
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789-._[]:");

    return scheme == 0 || host == 0 ? 0 : scheme + host;
}

/* Where the target leads is fixed: a path of ours, or a named server. */
static const char *
read_front(struct maker *maker, const struct ast_value *target)
{
    const char *text = target->text;
    size_t length = authority_length(text);

    maker->redirect->own = text[0] == '/';
    if (text[0] == '/' && text[1] == '/') {
        refuse(maker, target, "`//` begins the name of another server");
    }
    else if (text[0] != '/' && length == 0) {
        refuse(maker, target,
               "it begins neither with `/` nor with http:// or https:// and "
               "the name of a server");
    }
    else if (text[length] != '\0' && strchr("/?#", text[length]) == NULL) {
        refuse(maker, target,
               text[length] == '{'
                   ? "a caller would choose the server by a parameter"
                   : "the name of the server does not end in `/`");
    }
    add_text(maker, apr_pstrmemdup(maker->checker->pool, text, length));
    return text + length;
}

/* {name} at the text; the end of it. */
static const char *
read_param(struct maker *maker, const struct ast_value *target,
           const char *text, bool in_path)
{
    size_t length = strcspn(text, "}");

    if (text[length] == '\0') {
        refuse(maker, target, "a `{` is not closed");
        return text + length;
    }
    add_param(maker,
              apr_pstrmemdup(maker->checker->pool, text + 1, length - 1),
              target->span, in_path);
    return text + length + 1;
}

/* A byte that a URL may have, or that stands for one. */
static void
add_byte(struct maker *maker, const struct ast_value *target, const char *text)
{
    unsigned char byte = (unsigned char)*text;

    if (byte == '%' && !(apr_isxdigit(text[1]) && apr_isxdigit(text[2]))) {
        refuse(maker, target, "a `%` has two hexadecimal digits behind it");
    }
    else if (byte <= ' ' || byte == 0x7f ||
             strchr("\"<>\\^`|}", byte) != NULL) {
        refuse(maker, target, "no URL has such a character unencoded");
    }
    if (byte >= 0x80) {
        add_text(maker, apr_psprintf(maker->checker->pool, "%%%02X", byte));
        return;
    }
    add_text(maker, apr_pstrmemdup(maker->checker->pool, text, 1));
}

static void
read_string(struct maker *maker, const struct ast_value *target)
{
    const char *text = read_front(maker, target);
    bool in_fragment = false;
    bool in_query = false;

    while (*text != '\0' && !maker->broken) {
        if (*text == '{') {
            text = read_param(maker, target, text, !in_query && !in_fragment);
            continue;
        }
        if (*text == '#') {
            if (in_fragment) {
                refuse(maker, target, "it has a second `#`");
            }
            add_query(maker, in_query);
            in_fragment = true;
        }
        in_query |= *text == '?' && !in_fragment;
        add_byte(maker, target, text);
        text++;
    }
    if (!in_fragment) {
        add_query(maker, in_query);
    }
}

/* ---- the target ---- */

static const char *
part_text(struct maker *maker, const struct model_target_part *part)
{
    switch (part->kind) {
    case ROUTES_TARGET_NULL:
    case ROUTES_TARGET_QUERY:
        break;
    case ROUTES_TARGET_TEXT:
        return part->text;
    case ROUTES_TARGET_SEGMENT:
    case ROUTES_TARGET_REST:
        return apr_pstrcat(maker->checker->pool, "{", part->param->name, "}",
                           NULL);
    }
    return "";
}

static void
begin_target(struct maker *maker)
{
    maker->redirect->parts = apr_array_make(maker->checker->pool, 4,
                                            sizeof(struct model_target_part));
    maker->redirect->text = "";
    maker->text = "";
}

/* How it is shown. */
static void
end_target(struct maker *maker)
{
    struct model_redirect *redirect = maker->redirect;

    end_text(maker);
    for (int i = 0; i < redirect->parts->nelts; i++) {
        redirect->text = apr_pstrcat(
            maker->checker->pool, redirect->text,
            part_text(maker, &APR_ARRAY_IDX(redirect->parts, i,
                                            struct model_target_part)),
            NULL);
    }
}

static void
read_target(struct maker *maker)
{
    const struct ast_value *target = maker->stmt->u.redirect.target;

    begin_target(maker);
    if (target->kind == AST_PATH) {
        read_path(maker, target->path);
    }
    else {
        read_string(maker, target);
    }
    end_target(maker);
}

/* The path as a target that leads back to it would be shown. */
static const char *
own_text(struct maker *maker)
{
    apr_pool_t *pool = maker->checker->pool;
    const char *text = "";

    for (int i = 0; i < maker->path->segments->nelts; i++) {
        const struct model_segment *segment =
            MODEL_AT(maker->path->segments, const struct model_segment, i);
        const char *name = segment->param != NULL ? segment->param->name : "";

        text = apr_pstrcat(pool, text, "/", urls_quote(pool, segment->prefix),
                           *name != '\0' ? "{" : "", name,
                           *name != '\0' ? "}" : "",
                           urls_quote(pool, segment->suffix), NULL);
    }
    return text;
}

static void
refuse_circle(struct maker *maker)
{
    if (maker->broken || strcmp(own_text(maker), maker->redirect->text) != 0) {
        return;
    }
    diag_error(maker->checker->diags, maker->stmt->u.redirect.target->span,
               E016, "a redirect to itself never ends");
    maker->broken = true;
}

/* ---- the redirect ---- */

/* The parameters are decoded as for a call, so that what is no value of its
 * type is 404 here, too. */
static void
read_params(struct checker *checker, struct model_route *route)
{
    static const struct ast_call all = {.has_args = false};
    struct args_reach reach = {.paths = route->paths};

    route->args = args_make(checker, NULL, &all, route, &reach);
}

static bool
read_path_of(struct maker *maker, struct model_route *route)
{
    struct model_path *path = paths_make(
        maker->checker, maker->frame->unit->scope, &maker->frame->base,
        maker->stmt->u.redirect.path, PATHS_ROUTE);

    if (path == NULL) {
        return false;
    }
    maker->path = path;
    APR_ARRAY_PUSH(route->paths, struct model_path *) = path;
    return true;
}

void
redirect_add(struct checker *checker, const struct frame *frame,
             const struct ast_stmt *stmt)
{
    const struct ast_value *status = stmt->u.redirect.status;
    struct model_redirect redirect = {0};
    struct maker maker = {.checker = checker,
                          .frame = frame,
                          .stmt = stmt,
                          .redirect = &redirect};
    struct clause_set set =
        clause_collect(checker, &stmt->body, CLAUSE_REDIRECT, false);
    struct model_route *route =
        route_make(checker, frame, methods_of(status->number), stmt->doc);
    struct route_site site = {.checker = checker,
                              .frame = frame,
                              .stmt = stmt,
                              .where = CLAUSE_REDIRECT,
                              .set = &set,
                              .what = "redirect …"};

    route->span = span_join(stmt->keyword, stmt->u.redirect.path->span);
    route->target = stmt->u.redirect.target->span;
    route->kind = ROUTES_ROUTE_REDIRECT;
    route->status = (int)status->number;
    route->body_limit = ROUTES_BODY_UNLIMITED; /* it is not read */
    maker.broken = !check_status(checker, status);
    if (read_path_of(&maker, route)) {
        site.what =
            apr_pstrcat(checker->pool, "redirect ", maker.path->text, NULL);
        read_target(&maker);
        refuse_circle(&maker);
        read_params(checker, route);
    }
    route->redirect = apr_pmemdup(checker->pool, &redirect, sizeof(redirect));
    route_decide(&site, route);
    route->limits.rates = frame->limits.rates;
    rates_govern(route->limits.rates, route);
    conduct_answer(checker, &frame->conduct, route);
    route_keep(&site, route, "redirect",
               frame->lost || maker.broken || maker.path == NULL);
}

/* ---- one that is not written ---- */

struct model_route *
redirect_make(struct checker *checker, const struct model_route *route,
              struct model_path *from, const struct model_path *to, int status)
{
    struct model_route *made =
        apr_pmemdup(checker->pool, route, sizeof(*route));
    struct maker maker = {.checker = checker, .path = from};

    maker.redirect = apr_pcalloc(checker->pool, sizeof(*maker.redirect));
    maker.redirect->own = 1;
    begin_target(&maker);
    add_path(&maker, to);
    add_query(&maker, false);
    end_target(&maker);
    made->kind = ROUTES_ROUTE_REDIRECT;
    made->redirect = maker.redirect;
    made->function = NULL;
    made->twin = route;
    made->named = 0;
    made->status = status;
    made->no_content = 0;
    made->strict = 0; /* where it leads judges the query */
    made->produce = ROUTES_PRODUCE_AUTO;
    made->media = NULL;
    made->formats = NULL;
    made->body_limit = ROUTES_BODY_UNLIMITED;
    made->limits = (struct model_limits){0};
    made->consumes = NULL;
    made->conduct.csrf = ROUTES_CSRF_NONE;
    made->paths = apr_array_make(checker->pool, 1, sizeof(from));
    APR_ARRAY_PUSH(made->paths, struct model_path *) = from;
    read_params(checker, made);
    return made;
}
