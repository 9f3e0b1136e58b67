/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a request can go: hosts, places, routes and what stands in their
 * place, URLs.
 */
#include "check.h"

#include <string.h>

#include "method.h"
#include "table.h"

/* A name as requests have it, and of no other method; or none. */
static void
methods_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    struct routes_text name = t->methods[i];
    const char *text;

    routes_check_expect(c, t->n_methods <= ROUTES_MAX_OWN_METHODS,
                        "too many methods");
    routes_check_text(c, name);
    if (c->refusal != NULL || name.len == 0) {
        return;
    }
    text = routes_table_text(t, name);
    routes_check_expect(
        c, strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == name.len,
        "a name that no method has");
    routes_check_expect(c,
                        (unsigned)routes_method_in(t, text, name.len) ==
                            ROUTES_METHOD_OWN + i,
                        "a method that is there already");
}

static void
files_row(struct routes_check *c, uint32_t i)
{
    routes_check_text(c, c->table->files[i].path);
}

/* 0: exact, 1: by suffix or parameter, 2: any. */
static int
class_of(const struct routes_host *host)
{
    return host->kind == ROUTES_HOST_EXACT ? 0
           : host->kind == ROUTES_HOST_ANY ? 2
                                           : 1;
}

/* Whether host i may stand behind the one before it. */
static int
is_host_order(const struct routes_table *t, uint32_t i)
{
    const struct routes_host *a = &t->hosts[i - 1];
    const struct routes_host *b = &t->hosts[i];

    if (class_of(a) != class_of(b)) {
        return class_of(a) < class_of(b);
    }
    switch (class_of(b)) {
    case 0:
        return routes_check_compare(t, a->name, b->name) < 0;
    case 1:
        return a->name.len >= b->name.len;
    default:
        return 0;
    }
}

static void
hosts_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_host *host = &t->hosts[i];

    routes_check_expect(
        c, host->kind >= ROUTES_HOST_EXACT && host->kind <= ROUTES_HOST_ANY,
        "a kind that is none");
    routes_check_text(c, host->name);
    routes_check_index(c, host->root, t->n_nodes, "a root that is no node");
    routes_check_place(c, host->place);
    if (host->kind == ROUTES_HOST_PARAM) {
        routes_check_row(c, host->type, t->n_types, "a type that is none");
    }
    if (c->refusal == NULL && i > 1) {
        routes_check_expect(c, is_host_order(t, i), "a host out of order");
    }
}

static void
ends_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_end *end = &t->ends[i];
    uint32_t n = (uint32_t)__builtin_popcountll(end->methods);

    routes_check_expect(c, (end->methods & ~routes_method_known(t)) == 0,
                        "a method without name");
    routes_check_expect(
        c, routes_check_fits(end->further, n > 0 ? n - 1 : 0, t->n_end_routes),
        "routes that are none");
    routes_check_expect(c,
                        n > 0 ? end->first != 0 && end->first < t->n_routes
                              : end->first == end->any,
                        "a first route that is none");
    routes_check_expect(
        c,
        end->lowest == (n > 0 ? (uint32_t)__builtin_ctzll(end->methods) : 0),
        "a first method that is none");
    routes_check_index(c, end->any, t->n_routes, "a route that is none");
    routes_check_place(c, end->place);
    routes_check_place(c, end->guard);
}

static void
end_routes_row(struct routes_check *c, uint32_t i)
{
    routes_check_row(c, c->table->end_routes[i], c->table->n_routes,
                     "a route that is none");
}

static void
places_row(struct routes_check *c, uint32_t i)
{
    const struct routes_place *place = &c->table->places[i];

    routes_check_text(c, place->path);
    routes_check_index(c, place->auth, c->table->n_auths,
                       "an auth that is none");
    routes_check_index(c, place->conduct, c->table->n_conducts,
                       "a conduct that is none");
    routes_check_index(c, place->limits, c->table->n_limits,
                       "limits that are none");
    routes_check_file(c, place->file);
}

static void
target_parts_row(struct routes_check *c, uint32_t i)
{
    const struct routes_target_part *part = &c->table->target_parts[i];
    int captures = part->kind == ROUTES_TARGET_SEGMENT ||
                   part->kind == ROUTES_TARGET_REST;

    routes_check_expect(c,
                        part->kind >= ROUTES_TARGET_TEXT &&
                            part->kind <= ROUTES_TARGET_QUERY,
                        "a kind that is none");
    routes_check_text(c, part->text);
    routes_check_expect(c, captures ? part->text.len == 0 : part->capture == 0,
                        "a text beside a capture");
}

/* Whether the first part says where it leads, so that no capture can. */
static int
is_fixed(const struct routes_table *t, const struct routes_redirect *redirect)
{
    const struct routes_target_part *part = &t->target_parts[redirect->parts];
    const char *text = routes_table_text(t, part->text);

    if (part->kind != ROUTES_TARGET_TEXT) {
        return 0;
    }
    return redirect->own ? text[0] == '/' && text[1] != '/'
                         : strncmp(text, "http://", 7) == 0 ||
                               strncmp(text, "https://", 8) == 0;
}

static void
redirects_row(struct routes_check *c, uint32_t i)
{
    const struct routes_redirect *redirect = &c->table->redirects[i];

    routes_check_expect(c, redirect->own <= 1, "a flag that is none");
    routes_check_expect(c,
                        redirect->parts != 0 && redirect->n_parts != 0 &&
                            routes_check_fits(redirect->parts,
                                              redirect->n_parts,
                                              c->table->n_target_parts),
                        "parts that are none");
    if (c->refusal == NULL) {
        routes_check_expect(c, is_fixed(c->table, redirect),
                            "a target that is not ours");
    }
}

/* The options that mounts of a kind may have. */
static unsigned
flags_of(unsigned kind)
{
    switch (kind) {
    case ROUTES_MOUNT_FILES:
        return ROUTES_MOUNT_DOTFILES | ROUTES_MOUNT_IMMUTABLE;
    case ROUTES_MOUNT_ASGI:
        return ROUTES_MOUNT_STRIP;
    default:
        return 0;
    }
}

static void
mounts_row(struct routes_check *c, uint32_t i)
{
    const struct routes_mount *mount = &c->table->mounts[i];
    int calls =
        mount->kind == ROUTES_MOUNT_WSGI || mount->kind == ROUTES_MOUNT_ASGI;
    int files = mount->kind == ROUTES_MOUNT_FILES;

    routes_check_expect(c,
                        mount->kind >= ROUTES_MOUNT_FILES &&
                            mount->kind <= ROUTES_MOUNT_TABLE,
                        "a kind that is none");
    routes_check_text(c, mount->target);
    routes_check_text(c, mount->index);
    routes_check_expect(c, (mount->target.len != 0) != calls,
                        "not the target of its kind");
    routes_check_expect(c, calls == (mount->function != 0),
                        "not the function of its kind");
    routes_check_index(c, mount->function, c->table->n_functions,
                       "a function that is none");
    routes_check_expect(c,
                        (mount->flags & ~flags_of(mount->kind)) == 0 &&
                            (files || mount->index.len == 0),
                        "an option that its kind does not have");
}

/* What a route of websockets is called with, and how often. */
static unsigned
count_websockets(const struct routes_table *t,
                 const struct routes_route *route)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < route->n_args; i++) {
        n += t->types[t->args[route->args + i].type].kind ==
             ROUTES_TYPE_WEBSOCKET;
    }
    return n;
}

/* A function with a websocket is called for a handshake, any other for what is
 * none. */
static void
check_websocket(struct routes_check *c, const struct routes_route *route)
{
    const uint64_t bit = ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET);
    int is = routes_method_is_websocket(route->methods);

    routes_check_expect(
        c, is || !(route->methods & bit) || route->methods == UINT64_MAX,
        "a method that stands alone");
    routes_check_expect(c, count_websockets(c->table, route) == (is ? 1u : 0u),
                        "not the websocket of its method");
    routes_check_expect(c,
                        !is || (route->kind == ROUTES_ROUTE_FUNCTION &&
                                route->takes == 0 && route->n_results == 0 &&
                                route->n_formats == 0),
                        "a websocket that answers as a request");
}

/* What the route's own arguments need of it. */
static void
check_route_args(struct routes_check *c, const struct routes_route *route)
{
    for (uint32_t i = 0; i < route->n_args; i++) {
        const struct routes_arg *arg = &c->table->args[route->args + i];

        routes_check_expect(c,
                            arg->source != ROUTES_FROM_PATH ||
                                arg->capture < route->n_captures,
                            "an argument from a capture that is none");
    }
}

/* What answers it: a function, or a row of the section of its kind. */
static void
check_route_kind(struct routes_check *c, const struct routes_route *route)
{
    const struct routes_table *t = c->table;
    int calls = route->kind == ROUTES_ROUTE_FUNCTION;

    if (calls) {
        routes_check_row(c, route->function, t->n_functions,
                         "a function that is none");
    }
    routes_check_expect(c, calls || route->function == 0,
                        "a function that is not called");
    switch ((enum routes_route_kind)route->kind) {
    case ROUTES_ROUTE_FUNCTION:
        routes_check_expect(c, route->target == 0,
                            "a target beside a function");
        return;
    case ROUTES_ROUTE_REDIRECT:
        routes_check_row(c, route->target, t->n_redirects,
                         "a redirect that is none");
        routes_check_expect(c, route->status >= 301 && route->status <= 308,
                            "a redirect with another status");
        return;
    case ROUTES_ROUTE_CHOICE:
        routes_check_row(c, route->target, t->n_choices,
                         "a choice that is none");
        return;
    case ROUTES_ROUTE_MOUNT:
        routes_check_row(c, route->target, t->n_mounts,
                         "a mount that is none");
        return;
    }
    routes_check_refuse(c, "a kind that is none");
}

/* Whether the captures that a redirect sends back are the route's. */
static void
check_redirect_of(struct routes_check *c, const struct routes_route *route)
{
    const struct routes_table *t = c->table;
    const struct routes_redirect *redirect = &t->redirects[route->target];

    for (uint32_t i = 0; i < redirect->n_parts; i++) {
        const struct routes_target_part *part =
            &t->target_parts[redirect->parts + i];

        routes_check_expect(c,
                            (part->kind != ROUTES_TARGET_SEGMENT &&
                             part->kind != ROUTES_TARGET_REST) ||
                                part->capture < route->n_captures,
                            "a part from a capture that is none");
    }
}

static void
routes_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_route *route = &t->routes[i];

    routes_check_text(c, route->name);
    routes_check_text(c, route->pattern);
    routes_check_text(c, route->media);
    check_route_kind(c, route);
    routes_check_row(c, route->auth, t->n_auths, "an auth that is none");
    routes_check_place(c, route->place);
    routes_check_index(c, route->conduct, t->n_conducts,
                       "a conduct that is none");
    routes_check_file(c, route->file);
    routes_check_expect(c, route->n_args <= ROUTES_MAX_ARGS,
                        "too many arguments");
    routes_check_expect(c, route->n_captures <= ROUTES_MAX_CAPTURES,
                        "too many captures");
    routes_check_expect(
        c, routes_check_fits(route->args, route->n_args, t->n_args),
        "arguments that are none");
    routes_check_expect(
        c, routes_check_fits(route->raises, route->n_raises, t->n_raises),
        "exceptions that are none");
    routes_check_expect(c, route->produce <= ROUTES_PRODUCE_STREAM,
                        "an unknown result");
    routes_check_expect(c, route->takes < 2 * ROUTES_TAKES_FILES,
                        "a body that is none");
    routes_check_expect(c, route->flags < 2 * ROUTES_ROUTE_NO_CONTENT,
                        "a flag that is none");
    routes_check_expect(c, route->body_limit >= ROUTES_BODY_UNLIMITED,
                        "a limit that is none");
    routes_check_expect(
        c, routes_check_fits(route->consumes, route->n_consumes, t->n_labels),
        "media types that are none");
    routes_check_index(c, route->limits, t->n_limits, "limits that are none");
    routes_check_expect(
        c, routes_check_fits(route->params, route->n_captures, t->n_labels),
        "names of captures that are none");
    routes_check_expect(
        c, routes_check_fits(route->results, route->n_results, t->n_results),
        "results that are none");
    routes_check_expect(
        c,
        route->n_formats <= ROUTES_MAX_FORMATS && route->n_formats != 1 &&
            routes_check_fits(route->formats, route->n_formats, t->n_formats),
        "formats that are none");
    if (c->refusal == NULL) {
        check_route_args(c, route);
        check_websocket(c, route);
    }
    if (c->refusal == NULL && route->kind == ROUTES_ROUTE_REDIRECT) {
        check_redirect_of(c, route);
    }
    if (c->refusal == NULL && route->kind == ROUTES_ROUTE_MOUNT) {
        routes_check_expect(
            c, t->mounts[route->target].below <= route->n_captures,
            "a path below that is no capture");
        routes_check_expect(c,
                            (routes_table_application(t, route) != NULL) ==
                                (route->takes == ROUTES_TAKES_STREAM),
                            "not the body of its kind of mount");
    }
}

/* What the parts of one URL have in their order: parameters of the host are
 * labels, and only they. */
static void
check_url_parts_of(struct routes_check *c, const struct routes_url *url)
{
    for (uint32_t i = 0; i < url->n_parts; i++) {
        uint32_t kind = c->table->url_parts[url->parts + i].kind;

        routes_check_expect(c,
                            kind == ROUTES_URL_TEXT ||
                                (kind == ROUTES_URL_LABEL) ==
                                    (i < url->n_host),
                            "a part in a wrong place");
    }
}

static void
url_parts_row(struct routes_check *c, uint32_t i)
{
    const struct routes_url_part *part = &c->table->url_parts[i];

    routes_check_expect(
        c, part->kind >= ROUTES_URL_TEXT && part->kind <= ROUTES_URL_REST,
        "a kind that is none");
    routes_check_text(c, part->text);
    if (part->kind != ROUTES_URL_TEXT) {
        routes_check_row(c, part->type, c->table->n_types,
                         "a type that is none");
    }
}

static void
urls_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_url *url = &t->urls[i];

    routes_check_text(c, url->name);
    routes_check_row(c, url->route, t->n_routes, "a route that is none");
    routes_check_index(c, url->choice, t->n_choices, "a choice that is none");
    routes_check_expect(
        c,
        url->parts != 0 &&
            routes_check_fits(url->parts, url->n_parts, t->n_url_parts) &&
            url->n_host < url->n_parts,
        "parts that are none");
    if (c->refusal == NULL) {
        check_url_parts_of(c, url);
    }
    if (c->refusal == NULL && i > 1) {
        routes_check_expect(
            c, routes_check_compare(t, t->urls[i - 1].name, url->name) < 0,
            "a name out of order");
    }
}

static void
choices_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_choice *choice = &t->choices[i];

    routes_check_expect(
        c, choice->by >= ROUTES_BY_ACCEPT && choice->by <= ROUTES_BY_HEADER,
        "a kind that is none");
    routes_check_text(c, choice->name);
    routes_check_text(c, choice->expected);
    routes_check_expect(c,
                        choice->n_variants <= ROUTES_MAX_VARIANTS &&
                            routes_check_fits(choice->variants,
                                              choice->n_variants,
                                              t->n_variants),
                        "variants that are none");
    routes_check_index(c, choice->rest, t->n_routes, "a route that is none");
    routes_check_expect(c, choice->by == ROUTES_BY_KEY || choice->name.len > 0,
                        "a choice by nothing");
    for (uint32_t v = 0; c->refusal == NULL && v < choice->n_variants; v++) {
        struct routes_text key = t->variants[choice->variants + v].key;

        routes_check_text(c, key);
        routes_check_expect(
            c,
            choice->by != ROUTES_BY_ACCEPT ||
                (c->refusal == NULL &&
                 strchr(routes_table_text(t, key), '/') != NULL),
            "a key that is no media type");
    }
}

static void
variants_row(struct routes_check *c, uint32_t i)
{
    routes_check_text(c, c->table->variants[i].key);
    routes_check_row(c, c->table->variants[i].route, c->table->n_routes,
                     "a route that is none");
}

/* Whether a route of an end is called as what it is declared for. */
static void
check_end_route(struct routes_check *c, uint32_t route, int handshake)
{
    uint64_t methods = c->table->routes[route].methods;

    routes_check_expect(c, routes_method_is_websocket(methods) == handshake,
                        "a websocket under another method");
}

static void
check_ends(struct routes_check *c)
{
    const struct routes_table *t = c->table;

    c->section = "ends";
    for (c->row = 1; c->row < t->n_ends && c->refusal == NULL; c->row++) {
        const struct routes_end *end = &t->ends[c->row];
        uint32_t n = 0;

        for (uint64_t left = end->methods; left != 0; left &= left - 1) {
            uint64_t bit = left & (0 - left);

            check_end_route(
                c, n == 0 ? end->first : t->end_routes[end->further + n - 1],
                routes_method_is_websocket(bit));
            n++;
        }
        if (end->any != 0) {
            check_end_route(c, end->any, 0);
        }
    }
}

void
routes_check_routes(struct routes_check *c)
{
    CHECK_ROWS(c, methods)
    CHECK_ROWS(c, files)
    CHECK_ROWS(c, hosts)
    CHECK_ROWS(c, ends)
    CHECK_ROWS(c, end_routes)
    CHECK_ROWS(c, places)
    CHECK_ROWS(c, target_parts)
    CHECK_ROWS(c, redirects)
    CHECK_ROWS(c, mounts)
    CHECK_ROWS(c, routes)
    CHECK_ROWS(c, url_parts)
    CHECK_ROWS(c, urls)
    CHECK_ROWS(c, choices)
    CHECK_ROWS(c, variants)
    if (c->refusal == NULL) {
        check_ends(c);
    }
}

/* A variant answers with the captures of the route that chooses it, and
 * chooses nothing itself. */
static void
check_variant_route(struct routes_check *c, const struct routes_route *route,
                    uint32_t index)
{
    const struct routes_table *t = c->table;

    routes_check_row(c, index, t->n_routes, "a variant without a route");
    if (c->refusal == NULL) {
        const struct routes_route *variant = &t->routes[index];

        routes_check_expect(c, variant->kind == ROUTES_ROUTE_FUNCTION,
                            "a variant that calls nothing");
        routes_check_expect(c,
                            variant->n_captures == route->n_captures &&
                                variant->methods == route->methods,
                            "a variant of another route");
    }
}

static int
calls(const struct routes_table *t, const struct routes_choice *choice,
      uint32_t route)
{
    for (uint32_t i = 0; i < choice->n_variants; i++) {
        if (t->variants[choice->variants + i].route == route) {
            return 1;
        }
    }
    return choice->rest == route;
}

/* A URL's choice calls its route, by what a URL has. */
static void
check_url_choices(struct routes_check *c)
{
    const struct routes_table *t = c->table;

    c->section = "urls";
    for (c->row = 1; c->row < t->n_urls && c->refusal == NULL; c->row++) {
        const struct routes_url *url = &t->urls[c->row];
        const struct routes_choice *choice = &t->choices[url->choice];

        routes_check_expect(c,
                            url->choice == 0 ||
                                ((choice->by == ROUTES_BY_KEY ||
                                  choice->by == ROUTES_BY_VALUE) &&
                                 calls(t, choice, url->route)),
                            "a choice that does not call its route");
    }
}

void
routes_check_choices(struct routes_check *c)
{
    const struct routes_table *t = c->table;

    c->section = "routes";
    for (c->row = 1; c->row < t->n_routes && c->refusal == NULL; c->row++) {
        const struct routes_route *route = &t->routes[c->row];
        const struct routes_choice *choice = &t->choices[route->target];

        if (route->kind != ROUTES_ROUTE_CHOICE) {
            continue;
        }
        for (uint32_t i = 0; i < choice->n_variants; i++) {
            check_variant_route(c, route,
                                t->variants[choice->variants + i].route);
        }
        if (choice->rest != 0) {
            check_variant_route(c, route, choice->rest);
        }
    }
    if (c->refusal == NULL) {
        check_url_choices(c);
    }
}
