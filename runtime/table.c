/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of a table before it is trusted.  One pass over every section, and
 * one over the trees of nodes; both stop at the first thing that is wrong.
 */
#include "table.h"

#include <string.h>

#include <apr_strings.h>

#include "args.h"
#include "method.h"
#include "network.h"
#include "option.h"
#include "segment.h"
#include "setting.h"

struct check {
    const struct routes_table *table;
    apr_pool_t *pool;
    const char *section; /* of the row at hand */
    uint32_t row;
    const char *refusal; /* pool; the first one, NULL as long as all is well */
};

/* ---- saying no ---------------------------------------------------------- */

static void
refuse(struct check *c, const char *what)
{
    if (c->refusal == NULL) {
        c->refusal =
            apr_psprintf(c->pool, "the table %s is damaged: row %u of %s: %s",
                         c->table->name, (unsigned)c->row, c->section, what);
    }
}

static void
expect(struct check *c, int holds, const char *what)
{
    if (!holds) {
        refuse(c, what);
    }
}

/* Whether [at, at + n) lies in a section of `limit` rows. */
static int
fits(uint32_t at, uint64_t n, uint32_t limit)
{
    return at <= limit && n <= limit - at;
}

static void
expect_text(struct check *c, struct routes_text text)
{
    const struct routes_table *t = c->table;

    expect(c,
           text.at < t->n_text && text.len < t->n_text - text.at &&
               t->text[text.at + text.len] == '\0',
           "a text that is none");
}

/* An index that may be 0. */
static void
expect_index(struct check *c, uint32_t index, uint32_t n, const char *what)
{
    expect(c, index < n, what);
}

/* An index that may not. */
static void
expect_row(struct check *c, uint32_t index, uint32_t n, const char *what)
{
    expect(c, index != 0 && index < n, what);
}

/* ---- rows, section by section ------------------------------------------- */

static void
check_labels(struct check *c, uint32_t i)
{
    expect_text(c, c->table->labels[i]);
}

/* A name as requests have it, and of no other method; or none. */
static void
check_methods(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    struct routes_text name = t->methods[i];
    const char *text;

    expect(c, t->n_methods <= ROUTES_MAX_OWN_METHODS, "too many methods");
    expect_text(c, name);
    if (c->refusal != NULL || name.len == 0) {
        return;
    }
    text = routes_table_text(t, name);
    expect(c, strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == name.len,
           "a name that no method has");
    expect(c,
           (unsigned)routes_method_in(t, text, name.len) ==
               ROUTES_METHOD_OWN + i,
           "a method that is there already");
}

static void
check_files(struct check *c, uint32_t i)
{
    expect_text(c, c->table->files[i].path);
}

static void
check_place_of(struct check *c, uint32_t place)
{
    expect_index(c, place, c->table->n_places, "a place that is none");
}

static void
check_file_of(struct check *c, uint32_t file)
{
    expect_index(c, file, c->table->n_files, "a file that is none");
}

/* 0: exact, 1: by suffix or parameter, 2: any. */
static int
class_of(const struct routes_host *host)
{
    return host->kind == ROUTES_HOST_EXACT ? 0
           : host->kind == ROUTES_HOST_ANY ? 2
                                           : 1;
}

static int
compare_text(const struct routes_table *t, struct routes_text a,
             struct routes_text b)
{
    int order =
        memcmp(t->text + a.at, t->text + b.at, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
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
        return compare_text(t, a->name, b->name) < 0;
    case 1:
        return a->name.len >= b->name.len;
    default:
        return 0;
    }
}

static void
check_hosts(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_host *host = &t->hosts[i];

    expect(c, host->kind >= ROUTES_HOST_EXACT && host->kind <= ROUTES_HOST_ANY,
           "a kind that is none");
    expect_text(c, host->name);
    expect_index(c, host->root, t->n_nodes, "a root that is no node");
    check_place_of(c, host->place);
    if (host->kind == ROUTES_HOST_PARAM) {
        expect_row(c, host->type, t->n_types, "a type that is none");
    }
    if (c->refusal == NULL && i > 1) {
        expect(c, is_host_order(t, i), "a host out of order");
    }
}

static void
check_ends(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_end *end = &t->ends[i];
    uint32_t n = (uint32_t)__builtin_popcountll(end->methods);

    expect(c, (end->methods & ~routes_method_known(t)) == 0,
           "a method without name");
    expect(c, fits(end->routes, n, t->n_end_routes), "routes that are none");
    expect_index(c, end->any, t->n_routes, "a route that is none");
    check_place_of(c, end->place);
    check_place_of(c, end->guard);
}

static void
check_end_routes(struct check *c, uint32_t i)
{
    expect_row(c, c->table->end_routes[i], c->table->n_routes,
               "a route that is none");
}

static void
check_places(struct check *c, uint32_t i)
{
    const struct routes_place *place = &c->table->places[i];

    expect_text(c, place->path);
    expect_index(c, place->auth, c->table->n_auths, "an auth that is none");
    expect_index(c, place->conduct, c->table->n_conducts,
                 "a conduct that is none");
    expect_index(c, place->limits, c->table->n_limits, "limits that are none");
    check_file_of(c, place->file);
}

/* What the route's own arguments need of it. */
static void
check_route_args(struct check *c, const struct routes_route *route)
{
    for (uint32_t i = 0; i < route->n_args; i++) {
        const struct routes_arg *arg = &c->table->args[route->args + i];

        expect(c,
               arg->source != ROUTES_FROM_PATH ||
                   arg->capture < route->n_captures,
               "an argument from a capture that is none");
    }
}

/* What answers it: a function, or a row of the section of its kind. */
static void
check_route_kind(struct check *c, const struct routes_route *route)
{
    const struct routes_table *t = c->table;
    int calls = route->kind == ROUTES_ROUTE_FUNCTION;

    if (calls) {
        expect_row(c, route->function, t->n_functions,
                   "a function that is none");
    }
    expect(c, calls || route->function == 0, "a function that is not called");
    switch ((enum routes_route_kind)route->kind) {
    case ROUTES_ROUTE_FUNCTION:
        expect(c, route->target == 0, "a target beside a function");
        return;
    case ROUTES_ROUTE_REDIRECT:
        expect_row(c, route->target, t->n_redirects,
                   "a redirect that is none");
        expect(c, route->status >= 301 && route->status <= 308,
               "a redirect with another status");
        return;
    case ROUTES_ROUTE_CHOICE:
        expect_row(c, route->target, t->n_choices, "a choice that is none");
        return;
    case ROUTES_ROUTE_MOUNT:
        expect_row(c, route->target, t->n_mounts, "a mount that is none");
        return;
    }
    refuse(c, "a kind that is none");
}

/* A variant answers with the captures of the route that chooses it, and
 * chooses nothing itself. */
static void
check_variant_route(struct check *c, const struct routes_route *route,
                    uint32_t index)
{
    const struct routes_table *t = c->table;

    expect_row(c, index, t->n_routes, "a variant without a route");
    if (c->refusal == NULL) {
        const struct routes_route *variant = &t->routes[index];

        expect(c, variant->kind == ROUTES_ROUTE_FUNCTION,
               "a variant that calls nothing");
        expect(c,
               variant->n_captures == route->n_captures &&
                   variant->methods == route->methods,
               "a variant of another route");
    }
}

/* When all rows were checked for themselves. */
static void
check_choice_routes(struct check *c)
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
}

static void
check_choices(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_choice *choice = &t->choices[i];

    expect(c, choice->by >= ROUTES_BY_ACCEPT && choice->by <= ROUTES_BY_HEADER,
           "a kind that is none");
    expect_text(c, choice->name);
    expect_text(c, choice->expected);
    expect(c,
           choice->n_variants <= ROUTES_MAX_VARIANTS &&
               fits(choice->variants, choice->n_variants, t->n_variants),
           "variants that are none");
    expect_index(c, choice->rest, t->n_routes, "a route that is none");
    expect(c, choice->by == ROUTES_BY_KEY || choice->name.len > 0,
           "a choice by nothing");
    for (uint32_t v = 0; c->refusal == NULL && v < choice->n_variants; v++) {
        struct routes_text key = t->variants[choice->variants + v].key;

        expect_text(c, key);
        expect(c,
               choice->by != ROUTES_BY_ACCEPT ||
                   (c->refusal == NULL &&
                    strchr(routes_table_text(t, key), '/') != NULL),
               "a key that is no media type");
    }
}

static void
check_variants(struct check *c, uint32_t i)
{
    expect_text(c, c->table->variants[i].key);
    expect_row(c, c->table->variants[i].route, c->table->n_routes,
               "a route that is none");
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
check_redirects(struct check *c, uint32_t i)
{
    const struct routes_redirect *redirect = &c->table->redirects[i];

    expect(c, redirect->own <= 1, "a flag that is none");
    expect(
        c,
        redirect->parts != 0 && redirect->n_parts != 0 &&
            fits(redirect->parts, redirect->n_parts, c->table->n_target_parts),
        "parts that are none");
    if (c->refusal == NULL) {
        expect(c, is_fixed(c->table, redirect), "a target that is not ours");
    }
}

static void
check_target_parts(struct check *c, uint32_t i)
{
    const struct routes_target_part *part = &c->table->target_parts[i];
    int captures = part->kind == ROUTES_TARGET_SEGMENT ||
                   part->kind == ROUTES_TARGET_REST;

    expect(c,
           part->kind >= ROUTES_TARGET_TEXT &&
               part->kind <= ROUTES_TARGET_QUERY,
           "a kind that is none");
    expect_text(c, part->text);
    expect(c, captures ? part->text.len == 0 : part->capture == 0,
           "a text beside a capture");
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
check_mounts(struct check *c, uint32_t i)
{
    const struct routes_mount *mount = &c->table->mounts[i];
    int calls =
        mount->kind == ROUTES_MOUNT_WSGI || mount->kind == ROUTES_MOUNT_ASGI;
    int files = mount->kind == ROUTES_MOUNT_FILES;

    expect(c,
           mount->kind >= ROUTES_MOUNT_FILES &&
               mount->kind <= ROUTES_MOUNT_ASGI,
           "a kind that is none");
    expect_text(c, mount->target);
    expect_text(c, mount->index);
    expect(c, (mount->target.len != 0) != calls, "not the target of its kind");
    expect(c, calls == (mount->function != 0), "not the function of its kind");
    expect_index(c, mount->function, c->table->n_functions,
                 "a function that is none");
    expect(c,
           (mount->flags & ~flags_of(mount->kind)) == 0 &&
               (files || mount->index.len == 0),
           "an option that its kind does not have");
}

/* Whether the captures that a redirect sends back are the route's. */
static void
check_redirect_of(struct check *c, const struct routes_route *route)
{
    const struct routes_table *t = c->table;
    const struct routes_redirect *redirect = &t->redirects[route->target];

    for (uint32_t i = 0; i < redirect->n_parts; i++) {
        const struct routes_target_part *part =
            &t->target_parts[redirect->parts + i];

        expect(c,
               (part->kind != ROUTES_TARGET_SEGMENT &&
                part->kind != ROUTES_TARGET_REST) ||
                   part->capture < route->n_captures,
               "a part from a capture that is none");
    }
}

static void
check_routes(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_route *route = &t->routes[i];

    expect_text(c, route->name);
    expect_text(c, route->pattern);
    expect_text(c, route->media);
    check_route_kind(c, route);
    expect_row(c, route->auth, t->n_auths, "an auth that is none");
    check_place_of(c, route->place);
    expect_index(c, route->conduct, t->n_conducts, "a conduct that is none");
    check_file_of(c, route->file);
    expect(c, route->n_args <= ROUTES_MAX_ARGS, "too many arguments");
    expect(c, route->n_captures <= ROUTES_MAX_CAPTURES, "too many captures");
    expect(c, fits(route->args, route->n_args, t->n_args),
           "arguments that are none");
    expect(c, fits(route->raises, route->n_raises, t->n_raises),
           "exceptions that are none");
    expect(c, route->produce <= ROUTES_PRODUCE_STREAM, "an unknown result");
    expect(c, route->takes < 2 * ROUTES_TAKES_FILES, "a body that is none");
    expect(c, route->flags < 2 * ROUTES_ROUTE_NO_CONTENT,
           "a flag that is none");
    expect(c, route->body_limit >= ROUTES_BODY_UNLIMITED,
           "a limit that is none");
    expect(c, fits(route->consumes, route->n_consumes, t->n_labels),
           "media types that are none");
    expect_index(c, route->limits, t->n_limits, "limits that are none");
    expect(c, fits(route->params, route->n_captures, t->n_labels),
           "names of captures that are none");
    expect(c, fits(route->results, route->n_results, t->n_results),
           "results that are none");
    expect(c,
           route->n_formats <= ROUTES_MAX_FORMATS && route->n_formats != 1 &&
               fits(route->formats, route->n_formats, t->n_formats),
           "formats that are none");
    if (c->refusal == NULL) {
        check_route_args(c, route);
    }
    if (c->refusal == NULL && route->kind == ROUTES_ROUTE_REDIRECT) {
        check_redirect_of(c, route);
    }
    if (c->refusal == NULL && route->kind == ROUTES_ROUTE_MOUNT) {
        expect(c, t->mounts[route->target].below <= route->n_captures,
               "a path below that is no capture");
        expect(c,
               (routes_table_application(t, route) != NULL) ==
                   (route->takes == ROUTES_TAKES_STREAM),
               "not the body of its kind of mount");
    }
}

/* What the parts of one URL have in their order: parameters of the host are
 * labels, and only they. */
static void
check_url_parts_of(struct check *c, const struct routes_url *url)
{
    for (uint32_t i = 0; i < url->n_parts; i++) {
        uint32_t kind = c->table->url_parts[url->parts + i].kind;

        expect(c,
               kind == ROUTES_URL_TEXT ||
                   (kind == ROUTES_URL_LABEL) == (i < url->n_host),
               "a part in a wrong place");
    }
}

static void
check_urls(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_url *url = &t->urls[i];

    expect_text(c, url->name);
    expect_row(c, url->route, t->n_routes, "a route that is none");
    expect(c,
           url->parts != 0 && fits(url->parts, url->n_parts, t->n_url_parts) &&
               url->n_host < url->n_parts,
           "parts that are none");
    if (c->refusal == NULL) {
        check_url_parts_of(c, url);
    }
    if (c->refusal == NULL && i > 1) {
        expect(c, compare_text(t, t->urls[i - 1].name, url->name) < 0,
               "a name out of order");
    }
}

static void
check_url_parts(struct check *c, uint32_t i)
{
    const struct routes_url_part *part = &c->table->url_parts[i];

    expect(c, part->kind >= ROUTES_URL_TEXT && part->kind <= ROUTES_URL_REST,
           "a kind that is none");
    expect_text(c, part->text);
    if (part->kind != ROUTES_URL_TEXT) {
        expect_row(c, part->type, c->table->n_types, "a type that is none");
    }
}

static void
check_functions(struct check *c, uint32_t i)
{
    const struct routes_function *function = &c->table->functions[i];

    expect_text(c, function->module);
    expect_text(c, function->qualname);
    check_file_of(c, function->file);
}

/* What is no text of the request, but itself. */
static int
is_of_request(const struct routes_type *type)
{
    return type->kind == ROUTES_TYPE_REQUEST ||
           type->kind == ROUTES_TYPE_PRINCIPAL ||
           type->kind == ROUTES_TYPE_METHOD;
}

/* What no text or JSON is. */
static int
is_of_call(const struct routes_type *type)
{
    return is_of_request(type) || type->kind == ROUTES_TYPE_STREAM ||
           type->kind == ROUTES_TYPE_UPLOAD || type->kind == ROUTES_TYPE_FILE;
}

/* A stream has no text: nothing but the body gives one, and never none. */
static void
check_stream(struct check *c, const struct routes_arg *arg)
{
    const struct routes_table *t = c->table;

    expect(c,
           t->types[arg->type].kind != ROUTES_TYPE_STREAM ||
               (arg->source == ROUTES_FROM_RAW && arg->constant == 0),
           "a stream that is not the body");
}

/* What is a file, and what may have none, is so of both. */
static void
check_upload(struct check *c, const struct routes_arg *arg)
{
    const struct routes_table *t = c->table;
    const struct routes_type *type = &t->types[arg->type];
    /* an item that is none is refused where types are */
    const struct routes_type *one =
        type->kind == ROUTES_TYPE_LIST && type->item < t->n_types
            ? &t->types[type->item]
            : type;
    uint32_t kind = t->consts[arg->constant].kind;

    expect(c,
           (one->kind == ROUTES_TYPE_UPLOAD) ==
               (arg->source == ROUTES_FROM_FILE),
           "a file that comes from elsewhere");
    expect(c,
           arg->source != ROUTES_FROM_FILE || kind == ROUTES_CONST_NULL ||
               kind == ROUTES_CONST_NONE || kind == ROUTES_CONST_EMPTY_LIST,
           "a file that is a constant");
}

static void
check_args(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_arg *arg = &t->args[i];
    int is_constant = arg->source == ROUTES_FROM_CONSTANT;

    expect_text(c, arg->name);
    expect_text(c, arg->wire);
    expect(c,
           arg->source != ROUTES_FROM_NULL && arg->source <= ROUTES_FROM_FILE,
           "a source that is none");
    expect(c,
           (arg->flags & ~(ROUTES_ARG_HAS_DEFAULT | ROUTES_ARG_MEMBERS)) == 0,
           "a flag that is none");
    expect_index(c, arg->type, t->n_types, "a type that is none");
    expect_index(c, arg->constant, t->n_consts, "a constant that is none");
    expect(c, is_constant || arg->type != 0, "no type");
    expect(c,
           c->refusal != NULL || t->types[arg->type].kind != ROUTES_TYPE_FILE,
           "a type that no argument has");
    if (c->refusal == NULL) {
        check_stream(c, arg);
        check_upload(c, arg);
    }
    expect(c,
           arg->constant != 0 ||
               !(is_constant || (arg->flags & ROUTES_ARG_HAS_DEFAULT)),
           "no constant");
    if (c->refusal == NULL) {
        expect(c,
               is_of_request(&t->types[arg->type]) ==
                   (arg->source == ROUTES_FROM_REQUEST),
               "a type that its source does not give");
    }
    if (c->refusal == NULL && (arg->flags & ROUTES_ARG_MEMBERS)) {
        expect(c,
               t->types[arg->type].kind == ROUTES_TYPE_RECORD &&
                   arg->constant == 0 &&
                   (arg->source == ROUTES_FROM_QUERY ||
                    arg->source == ROUTES_FROM_FORM ||
                    arg->source == ROUTES_FROM_HEADER ||
                    arg->source == ROUTES_FROM_COOKIE),
               "members of what is no record of fields");
    }
}

static void
check_consts(struct check *c, uint32_t i)
{
    expect(c, c->table->consts[i].kind <= ROUTES_CONST_TEXT,
           "a kind that is none");
    expect_text(c, c->table->consts[i].text);
}

static void
check_conducts(struct check *c, uint32_t i)
{
    const struct routes_conduct *conduct = &c->table->conducts[i];

    expect(c, conduct->csrf <= ROUTES_CSRF_TOKEN, "an unknown csrf");
    expect(c, conduct->cache <= ROUTES_CACHE_PRIVATE, "an unknown cache");
    expect(c, fits(conduct->headers, conduct->n_headers, c->table->n_headers),
           "headers that are none");
    expect_text(c, conduct->vary);
    expect_index(c, conduct->cors, c->table->n_cors, "a cors that is none");
    expect(c, fits(conduct->pages, conduct->n_pages, c->table->n_pages),
           "pages that are none");
    expect(c, conduct->deny == 0 || conduct->deny == 404, "an unknown denial");
    check_place_of(c, conduct->mask);
    /* what answers for it must not be masked, or nothing ever answers */
    expect(
        c,
        conduct->mask == 0 ||
            (conduct->deny == 404 && c->refusal == NULL &&
             c->table->places[conduct->mask].conduct < c->table->n_conducts &&
             c->table->conducts[c->table->places[conduct->mask].conduct]
                     .deny == 0),
        "a mask that is none");
}

static void
check_pages(struct check *c, uint32_t i)
{
    static const struct routes_page zero;
    const struct routes_page *page = &c->table->pages[i];

    expect(c, page->low >= 400 && page->low <= page->high && page->high <= 599,
           "statuses that are none");
    expect(c, page->produce <= ROUTES_PRODUCE_STREAM, "an unknown result");
    expect(c,
           memcmp(page->reserved, zero.reserved, sizeof(zero.reserved)) == 0,
           "a reserved byte that is not zero");
    expect_text(c, page->media);
    expect_row(c, page->function, c->table->n_functions,
               "a function that is none");
    expect(c, page->time <= ROUTES_MAX_TIME, "a time that is none");
    check_file_of(c, page->file);
}

static void
check_events(struct check *c, uint32_t i)
{
    const struct routes_event *event = &c->table->events[i];

    expect(c,
           event->kind == ROUTES_EVENT_CHILD_START ||
               event->kind == ROUTES_EVENT_CHILD_STOP,
           "a kind that is none");
    expect_row(c, event->function, c->table->n_functions,
               "a function that is none");
    check_file_of(c, event->file);
}

static void
check_limits(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_limits *limits = &t->limits[i];

    expect(c, limits->time <= ROUTES_MAX_TIME, "a time that is none");
    expect(c,
           fits(limits->rates, limits->n_rates, t->n_rates) &&
               (limits->n_rates == 0 || limits->rates > 0),
           "rates that are none");
    expect(c, limits->concurrency <= ROUTES_MAX_CONCURRENCY,
           "a concurrency that is none");
    expect_text(c, limits->calls);
    expect(c,
           limits->time > 0 || limits->n_rates > 0 || limits->concurrency > 0,
           "no limit");
}

static void
check_rates(struct check *c, uint32_t i)
{
    const struct routes_rate *rate = &c->table->rates[i];

    expect_text(c, rate->name);
    expect(c, rate->per <= ROUTES_PER_CAPTURE, "a per that is none");
    expect(c, rate->capture < ROUTES_MAX_CAPTURES, "a capture that is none");
    expect(c,
           rate->interval >= ROUTES_MIN_INTERVAL &&
               rate->depth >= rate->interval &&
               rate->depth <= ROUTES_MAX_DEPTH,
           "a rate that is none");
}

static void
check_cors(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_cors *cors = &t->cors[i];

    expect_text(c, cors->origins);
    expect_text(c, cors->methods);
    expect_text(c, cors->headers);
    expect_text(c, cors->expose);
    expect(c, cors->credentials <= 1 && cors->origins.len > 0,
           "a cors without origins, or with unknown credentials");
    if (c->refusal == NULL) {
        expect(c,
               !cors->credentials || cors->origins.len > 1 ||
                   t->text[cors->origins.at] != '*',
               "a cors with credentials for all");
    }
}

static void
check_headers(struct check *c, uint32_t i)
{
    expect_text(c, c->table->headers[i].name);
    expect_text(c, c->table->headers[i].value);
}

static void
check_raises(struct check *c, uint32_t i)
{
    expect_text(c, c->table->raises[i].module);
    expect_text(c, c->table->raises[i].qualname);
}

/* What leaves is data: no stream, and nothing that only a request has. */
static void
check_results(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_result *result = &t->results[i];

    expect(c,
           result->status == 0 ||
               (result->status >= 200 && result->status <= 599),
           "a status that is none");
    expect_index(c, result->type, t->n_types, "a type that is none");
    expect(c,
           c->refusal != NULL ||
               t->types[result->type].kind < ROUTES_TYPE_REQUEST ||
               t->types[result->type].kind == ROUTES_TYPE_FILE,
           "a type that no result has");
}

static void
check_formats(struct check *c, uint32_t i)
{
    const struct routes_format *format = &c->table->formats[i];

    expect(c,
           format->produce >= ROUTES_PRODUCE_HTML &&
               format->produce <= ROUTES_PRODUCE_MEDIA,
           "a kind that is none");
    expect_text(c, format->media);
    /* Accept is held against type and subtype */
    expect(c,
           c->refusal != NULL ||
               strchr(routes_table_text(c->table, format->media), '/') != NULL,
           "a media type that is none");
}

/* Whether the labels of an enum stand as a binary search wants them. */
static int
are_labels_sorted(const struct routes_table *t, const struct routes_type *type)
{
    for (uint32_t i = 1; i < type->n_labels; i++) {
        if (compare_text(t, t->labels[type->labels + i - 1],
                         t->labels[type->labels + i]) >= 0) {
            return 0;
        }
    }
    return 1;
}

/* What the type is made of.  Types that are made of others stand behind them,
 * but for what goes through a record, so that there is no circle. */
static void
check_item(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_type *type = &t->types[i];

    switch (type->kind) {
    case ROUTES_TYPE_LIST:
    case ROUTES_TYPE_MAP:
        expect_row(c, type->item, i, "an item that is no type before it");
        expect(c,
               c->refusal != NULL || !is_of_call(&t->types[type->item]) ||
                   (type->kind == ROUTES_TYPE_LIST &&
                    t->types[type->item].kind == ROUTES_TYPE_UPLOAD),
               "a list of requests");
        break;
    case ROUTES_TYPE_RECORD:
        expect_row(c, type->item, t->n_records, "a record that is none");
        break;
    default:
        expect(c, type->item == 0, "an item of a type without items");
    }
}

static void
check_records(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_record *record = &t->records[i];

    expect_text(c, record->name);
    expect(c, record->n_members <= ROUTES_MAX_MEMBERS, "too many members");
    expect(c, fits(record->members, record->n_members, t->n_members),
           "members that are none");
    expect(c, (record->flags & ~ROUTES_RECORD_OPEN) == 0,
           "a flag that is none");
    expect_index(c, record->made, t->n_functions, "a class that is none");
    check_file_of(c, record->file);
}

static void
check_members(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_member *member = &t->members[i];

    expect_text(c, member->name);
    expect_text(c, member->wire);
    expect_row(c, member->type, t->n_types, "a type that is none");
    expect(c, c->refusal != NULL || !is_of_call(&t->types[member->type]),
           "a member that is a request");
    expect_index(c, member->constant, t->n_consts, "a constant that is none");
}

static void
check_types(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_type *type = &t->types[i];

    expect(c, type->kind != ROUTES_TYPE_NULL && type->kind <= ROUTES_TYPE_FILE,
           "a kind that is none");
    expect_text(c, type->spelling);
    check_item(c, i);
    expect_index(c, type->dfa, t->n_dfas, "a DFA that is none");
    expect(c, !(type->flags & ROUTES_TYPE_PATH_DFA) || type->dfa != 0,
           "no DFA");
    expect(c, fits(type->labels, type->n_labels, t->n_labels),
           "labels that are none");
    if (c->refusal == NULL) {
        expect(c, are_labels_sorted(t, type), "labels out of order");
    }
}

static void
check_dfas(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_dfa *dfa = &t->dfas[i];
    uint64_t n_cells = (uint64_t)dfa->n_states * dfa->n_classes;

    expect(c, fits(dfa->classes, 256, t->n_bytes), "classes that are none");
    expect(c, fits(dfa->cells, n_cells, t->n_cells), "cells that are none");
    expect(c,
           dfa->start != 0 && dfa->start < dfa->n_states && dfa->accept != 0 &&
               dfa->n_classes > 0,
           "no states");
    if (c->refusal != NULL) {
        return;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        expect(c, t->bytes[dfa->classes + byte] < dfa->n_classes,
               "a class that is none");
    }
    for (uint64_t cell = 0; cell < n_cells; cell++) {
        expect(c, t->cells[dfa->cells + cell] < dfa->n_states,
               "a state that is none");
    }
}

/* The values that an operator takes off the stack; it puts one back. */
static uint32_t
operands_of(uint32_t kind)
{
    switch ((enum routes_op_kind)kind) {
    case ROUTES_OP_AND:
    case ROUTES_OP_OR:
        return 2;
    case ROUTES_OP_NOT:
        return 1;
    case ROUTES_OP_NULL:
    case ROUTES_OP_PUBLIC:
    case ROUTES_OP_USER:
    case ROUTES_OP_ROLE:
    case ROUTES_OP_ANONYMOUS:
    case ROUTES_OP_SCOPE:
    case ROUTES_OP_CLAIM:
    case ROUTES_OP_REALM:
    case ROUTES_OP_TLS:
    case ROUTES_OP_IP:
    case ROUTES_OP_METHOD:
    case ROUTES_OP_PYTHON:
    case ROUTES_OP_APACHE:
        return 0;
    }
    return 0;
}

/* A requirement leaves one value on the stack and never takes more than are
 * there. */
static void
check_program(struct check *c, const struct routes_auth *auth)
{
    uint32_t depth = 0;

    for (uint32_t i = 0; i < auth->n_ops; i++) {
        uint32_t taken = operands_of(c->table->ops[auth->ops + i].kind);

        expect(c, c->table->ops[auth->ops + i].kind != ROUTES_OP_NULL,
               "a requirement with a null step");
        expect(c, depth >= taken, "a requirement that lacks an operand");
        depth = depth - (depth >= taken ? taken : depth) + 1;
    }
    expect(c, depth == 1, "a requirement that leaves more than one value");
}

static void
check_auths(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_auth *auth = &t->auths[i];

    expect(c, auth->n_ops > 0 && auth->n_ops <= ROUTES_MAX_OPS,
           "a requirement without steps, or with too many");
    expect(c, fits(auth->ops, auth->n_ops, t->n_ops), "steps that are none");
    expect(c, fits(auth->realms, auth->n_realms, t->n_realm_sets),
           "realms that are none");
    expect_text(c, auth->text);
    if (c->refusal == NULL) {
        check_program(c, auth);
    }
}

/* What first and n name, by the kind. */
static void
check_operand(struct check *c, const struct routes_op *op)
{
    const struct routes_table *t = c->table;

    switch (op->kind) {
    case ROUTES_OP_IP:
        expect(c, op->n > 0 && fits(op->first, op->n, t->n_networks),
               "networks that are none");
        return;
    case ROUTES_OP_PYTHON:
        expect(c, op->n == 1, "several predicates");
        expect_row(c, op->first, t->n_predicates, "a predicate that is none");
        return;
    case ROUTES_OP_APACHE:
        expect(c, op->n == 1, "several providers");
        expect_row(c, op->first, t->n_authzs, "a provider that is none");
        return;
    default:
        expect(c, op->first == 0 && op->n == 0, "networks that are none");
    }
}

/* Names that requests make: a claim has two of them. */
static void
check_templates_of(struct check *c, const struct routes_op *op)
{
    const struct routes_table *t = c->table;
    int has_text = op->kind == ROUTES_OP_ROLE || op->kind == ROUTES_OP_SCOPE ||
                   op->kind == ROUTES_OP_CLAIM;

    expect_index(c, op->text_template, t->n_templates,
                 "a template that is none");
    expect_index(c, op->name_template, t->n_templates,
                 "a template that is none");
    expect(c, has_text || op->text_template == 0, "a template of no name");
    expect(c, op->kind == ROUTES_OP_CLAIM || op->name_template == 0,
           "a template of no name");
}

static void
check_ops(struct check *c, uint32_t i)
{
    const struct routes_op *op = &c->table->ops[i];

    expect(c, op->kind <= ROUTES_OP_APACHE, "a kind that is none");
    expect_text(c, op->text);
    expect_text(c, op->name);
    expect(c,
           op->kind == ROUTES_OP_REALM
               ? op->realm != 0 && op->realm < c->table->n_realms
               : op->realm == 0,
           "a realm that is none");
    check_operand(c, op);
    check_templates_of(c, op);
    expect(c,
           op->kind == ROUTES_OP_METHOD
               ? op->methods != 0 &&
                     (op->methods & ~routes_method_known(c->table)) == 0
               : op->methods == 0,
           "a method without name");
}

static void
check_templates(struct check *c, uint32_t i)
{
    const struct routes_template *row = &c->table->templates[i];

    expect(c,
           row->n_parts > 0 &&
               fits(row->parts, row->n_parts, c->table->n_template_parts),
           "parts that are none");
}

static void
check_template_parts(struct check *c, uint32_t i)
{
    const struct routes_template_part *part = &c->table->template_parts[i];

    expect_text(c, part->text);
    expect(c,
           part->text.len > 0 ? part->capture == 0
                              : part->capture < ROUTES_MAX_CAPTURES,
           "a capture that is none");
}

/* Its arguments are read before there is a body; that a request has the
 * captures is looked at then. */
static void
check_predicates(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_predicate *row = &t->predicates[i];

    expect_text(c, row->name);
    expect_row(c, row->function, t->n_functions, "a function that is none");
    check_file_of(c, row->file);
    expect(c,
           row->n_args < ROUTES_MAX_CAPTURES &&
               fits(row->args, row->n_args, t->n_args),
           "arguments that are none");
    for (uint32_t k = 0; c->refusal == NULL && k < row->n_args; k++) {
        const struct routes_arg *arg = &t->args[row->args + k];

        expect(c,
               arg->type != 0 && arg->flags == 0 &&
                   (arg->source == ROUTES_FROM_PATH ||
                    arg->source == ROUTES_FROM_CONSTANT),
               "an argument that rules do not see");
    }
}

static void
check_authzs(struct check *c, uint32_t i)
{
    const struct routes_authz *row = &c->table->authzs[i];

    expect_text(c, row->name);
    expect_text(c, row->args);
    expect(c, row->name.len > 0, "a provider without name");
    expect(c, row->of_user <= 1, "a provider of neither users nor anyone");
    check_file_of(c, row->file);
}

static void
check_networks(struct check *c, uint32_t i)
{
    expect(c, routes_network_valid(&c->table->networks[i]),
           "a network that is none");
}

static void
check_realm_sets(struct check *c, uint32_t i)
{
    expect_row(c, c->table->realm_sets[i], c->table->n_realms,
               "a realm that is none");
}

static void
check_options(struct check *c, uint32_t i)
{
    const struct routes_option *option = &c->table->options[i];

    expect_text(c, option->text);
    expect_index(c, option->function, c->table->n_functions,
                 "a function that is none");
}

static void
check_realms(struct check *c, uint32_t i)
{
    const struct routes_realm *realm = &c->table->realms[i];

    expect_text(c, realm->name);
    check_file_of(c, realm->source);
    expect(c, fits(realm->options, realm->n_options, c->table->n_options),
           "options that are none");
    if (c->refusal == NULL) {
        const char *fault = routes_option_fault(c->table, realm);

        expect(c, fault == NULL, fault);
    }
}

/* One value, as a line of configuration can say it. */
static int
is_setting_type(const struct routes_type *type)
{
    return type->kind < ROUTES_TYPE_LIST && type->kind != ROUTES_TYPE_PATH &&
           type->kind != ROUTES_TYPE_RAWPATH &&
           !(type->flags & ROUTES_TYPE_OPTIONAL);
}

static void
check_settings(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_setting *setting = &t->settings[i];

    expect_text(c, setting->name);
    expect_text(c, setting->value);
    expect_row(c, setting->type, t->n_types, "a type that is none");
    check_file_of(c, setting->file);
    if (c->refusal == NULL) {
        expect(c, is_setting_type(&t->types[setting->type]),
               "a type of several values");
        expect(c, setting->has_value <= 1, "a flag that is none");
    }
}

/* A slice of text inside a row. */
static void
check_use_text(struct check *c, const struct routes_use *use)
{
    size_t size;
    uint32_t n = routes_setting_rows(c->table, use->section, &size);

    expect(c, use->row < n, "a row that is none");
    expect(c,
           use->offset % 4 == 0 && size >= sizeof(struct routes_text) &&
               use->offset <= size - sizeof(struct routes_text),
           "a text that is none");
}

static void
check_uses(struct check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_use *use = &t->uses[i];

    expect_row(c, use->setting, t->n_settings, "a setting that is none");
    switch ((enum routes_use_kind)use->kind) {
    case ROUTES_USE_TEXT:
        check_use_text(c, use);
        return;
    case ROUTES_USE_HOST:
        expect(c,
               use->row != 0 && use->row < t->n_hosts &&
                   t->hosts[use->row].kind == ROUTES_HOST_EXACT,
               "a host that is none");
        return;
    case ROUTES_USE_CONST:
        expect_row(c, use->row, t->n_consts, "a constant that is none");
        expect_row(c, use->type, t->n_types, "a type that is none");
        return;
    case ROUTES_USE_NULL:
        break;
    }
    refuse(c, "a kind that is none");
}

/* ---- the trees ---------------------------------------------------------- */

/* What is known of a node once its parent was seen. */
struct visit {
    uint8_t seen;
    uint8_t depth;
    uint8_t n_captures;
};

struct trees {
    struct visit *visits; /* one a node */
    uint32_t *queue;      /* nodes seen, their rows not yet checked */
    uint32_t n_queued;
    uint64_t n_slots; /* of all nodes so far: none shares them */
    uint64_t n_patterns;
};

static void
visit_node(struct check *c, struct trees *trees, uint32_t node, uint32_t depth,
           uint32_t n_captures)
{
    expect_row(c, node, c->table->n_nodes, "a node that is none");
    expect(c, depth <= ROUTES_MAX_SEGMENTS, "a path of too many segments");
    expect(c, n_captures <= ROUTES_MAX_CAPTURES, "too many captures");
    if (c->refusal != NULL) {
        return;
    }
    expect(c, !trees->visits[node].seen, "a node that is reached twice");
    trees->visits[node] =
        (struct visit){1, (uint8_t)depth, (uint8_t)n_captures};
    if (c->refusal == NULL) {
        trees->queue[trees->n_queued++] = node;
    }
}

static void
check_captures(struct check *c, uint32_t route, uint32_t n_captures)
{
    expect(c, c->table->routes[route].n_captures <= n_captures,
           "an end without all captures of its route");
}

/* Whether each route of an end finds its captures there. */
static void
visit_end(struct check *c, uint32_t index, uint32_t n_captures)
{
    const struct routes_table *t = c->table;
    const struct routes_end *end;
    uint32_t n;

    expect_index(c, index, t->n_ends, "an end that is none");
    if (c->refusal != NULL) {
        return;
    }
    end = &t->ends[index];
    n = (uint32_t)__builtin_popcountll(end->methods);
    check_captures(c, end->any, n_captures);
    for (uint32_t i = 0; i < n; i++) {
        check_captures(c, t->end_routes[end->routes + i], n_captures);
    }
}

/* Whether the matcher will find the edge in slot i: the compiler hashed as we
 * do, and left no free slot before it. */
static int
is_findable(const struct routes_table *t, const struct routes_node *node,
            uint32_t i)
{
    const struct routes_edge *edges = &t->edges[node->edges];
    struct routes_text text = edges[i].text;
    uint32_t mask = node->n_slots - 1;
    uint32_t slot = routes_segment_hash(t->text + text.at, text.len) & mask;

    while (slot != i && edges[slot].node != 0) {
        slot = (slot + 1) & mask;
    }
    return slot == i;
}

static void
visit_edges(struct check *c, struct trees *trees,
            const struct routes_node *node, const struct visit *visit)
{
    const struct routes_table *t = c->table;

    trees->n_slots += node->n_slots;
    expect(c, (node->n_slots & (node->n_slots - 1)) == 0,
           "a hash table whose size is no power of two");
    expect(c,
           trees->n_slots <= t->n_edges &&
               fits(node->edges, node->n_slots, t->n_edges),
           "edges that are none");
    for (uint32_t i = 0; i < node->n_slots && c->refusal == NULL; i++) {
        const struct routes_edge *edge = &t->edges[node->edges + i];

        if (edge->node == 0) {
            continue;
        }
        expect_text(c, edge->text);
        if (c->refusal == NULL) {
            expect(c, is_findable(t, node, i), "an edge in a wrong slot");
        }
        visit_node(c, trees, edge->node, visit->depth + 1u, visit->n_captures);
    }
}

static void
visit_pattern(struct check *c, struct trees *trees,
              const struct routes_pattern *pattern, const struct visit *visit)
{
    const struct routes_table *t = c->table;
    uint32_t n_captures = visit->n_captures;

    expect_text(c, pattern->prefix);
    expect_text(c, pattern->suffix);
    expect(c, pattern->kind <= ROUTES_PATTERN_ANY, "a kind that is none");
    if (c->refusal != NULL) {
        return;
    }
    switch ((enum routes_pattern_kind)pattern->kind) {
    case ROUTES_PATTERN_NULL:
        refuse(c, "a null pattern");
        break;
    case ROUTES_PATTERN_ANY:
    case ROUTES_PATTERN_SEGMENT:
        expect_row(c, pattern->type, t->n_types, "a type that is none");
        visit_node(c, trees, pattern->next, visit->depth + 1u, n_captures + 1);
        break;
    case ROUTES_PATTERN_REST:
        expect_row(c, pattern->type, t->n_types, "a type that is none");
        expect(c, n_captures < ROUTES_MAX_CAPTURES, "too many captures");
        visit_end(c, pattern->next, n_captures + 1);
        break;
    case ROUTES_PATTERN_GUARD:
        visit_end(c, pattern->next, n_captures);
        expect(c, c->refusal == NULL && t->ends[pattern->next].guard != 0,
               "a guard that keeps nothing");
        break;
    }
}

static void
visit_patterns(struct check *c, struct trees *trees,
               const struct routes_node *node, const struct visit *visit)
{
    const struct routes_table *t = c->table;

    trees->n_patterns += node->n_patterns;
    expect(c,
           trees->n_patterns <= t->n_patterns &&
               fits(node->patterns, node->n_patterns, t->n_patterns),
           "patterns that are none");
    expect(c, node->n_patterns == 0 || visit->depth < ROUTES_MAX_SEGMENTS,
           "a path of too many segments");
    for (uint32_t i = 0; i < node->n_patterns && c->refusal == NULL; i++) {
        visit_pattern(c, trees, &t->patterns[node->patterns + i], visit);
    }
}

/* Puts the root of a host into the queue.  Hosts of one block share a tree,
 * if they capture alike. */
static void
queue_root(struct check *c, struct trees *trees,
           const struct routes_host *host)
{
    const struct visit *visit = &trees->visits[host->root];
    uint32_t n_captures = host->kind == ROUTES_HOST_PARAM;

    if (!visit->seen) {
        visit_node(c, trees, host->root, 0, n_captures);
        return;
    }
    expect(c, visit->n_captures == n_captures,
           "a tree of hosts that capture differently");
}

static void
queue_roots(struct check *c, struct trees *trees)
{
    const struct routes_table *t = c->table;

    c->section = "hosts";
    for (c->row = 1; c->row < t->n_hosts && c->refusal == NULL; c->row++) {
        if (t->hosts[c->row].root != 0) {
            queue_root(c, trees, &t->hosts[c->row]);
        }
    }
}

/* Checks the nodes below every host: each is reached once, so there is no
 * cycle, and what a way captures fits. */
static void
check_trees(struct check *c)
{
    const struct routes_table *t = c->table;
    struct trees trees = {.n_queued = 0};
    apr_pool_t *scratch;

    apr_pool_create(&scratch, c->pool);
    trees.visits = apr_pcalloc(scratch, t->n_nodes * sizeof(*trees.visits));
    trees.queue = apr_palloc(scratch, t->n_nodes * sizeof(*trees.queue));
    queue_roots(c, &trees);
    c->section = "nodes";
    while (trees.n_queued > 0 && c->refusal == NULL) {
        const struct routes_node *node;

        c->row = trees.queue[--trees.n_queued];
        node = &t->nodes[c->row];
        visit_end(c, node->end, trees.visits[c->row].n_captures);
        visit_edges(c, &trees, node, &trees.visits[c->row]);
        visit_patterns(c, &trees, node, &trees.visits[c->row]);
    }
    apr_pool_destroy(scratch);
}

/* Whether every default is a value of its type. */
static void
check_defaults(struct check *c)
{
    struct routes_value value;

    c->section = "args";
    for (c->row = 1; c->row < c->table->n_args; c->row++) {
        const struct routes_arg *arg = &c->table->args[c->row];

        expect(c,
               arg->constant == 0 ||
                   routes_value_constant(c->table, arg->type, arg->constant,
                                         &value) == ROUTES_FAULT_NONE,
               "a default that is no value of its type");
    }
    c->section = "members";
    for (c->row = 1; c->row < c->table->n_members; c->row++) {
        const struct routes_member *member = &c->table->members[c->row];

        expect(c,
               member->constant == 0 ||
                   routes_value_constant(c->table, member->type,
                                         member->constant,
                                         &value) == ROUTES_FAULT_NONE,
               "a default that is no value of its type");
    }
}

/* ---- sections ----------------------------------------------------------- */

/* Sections without a null row, and those without a check of their rows. */
#define PLAIN(section) (ROUTES_SECTION_##section)

static int
is_plain(enum routes_section section)
{
    return section == PLAIN(text) || section == PLAIN(bytes) ||
           section == PLAIN(cells) || section == PLAIN(labels) ||
           section == PLAIN(methods) || section == PLAIN(end_routes) ||
           section == PLAIN(realm_sets);
}

static int
is_zero(const void *row, size_t size)
{
    const unsigned char *bytes = row;

    while (size > 0 && bytes[size - 1] == 0) {
        size--;
    }
    return size == 0;
}

/* Whether a section is there: a pointer where there are rows, and a null row
 * where there must be one. */
static void
check_section(struct check *c, enum routes_section section, const void *rows,
              uint32_t n, size_t size)
{
    c->row = 0;
    if (is_plain(section)) {
        expect(c, n == 0 || rows != NULL, "no rows");
        return;
    }
    expect(c, n > 0 && rows != NULL && is_zero(rows, size), "no null row");
}

static void
check_sections(struct check *c)
{
    const struct routes_table *t = c->table;

#define X(name, row_type)                                                     \
    c->section = #name;                                                       \
    check_section(c, ROUTES_SECTION_##name, t->name, t->n_##name,             \
                  sizeof(row_type));
    ROUTES_SECTIONS(X)
#undef X
    c->section = "text";
    expect(c, t->text != NULL && t->n_text > 0 && t->text[0] == '\0',
           "no empty text");
}

/* Checks each row of a section for itself. */
static void
check_rows(struct check *c)
{
    const struct routes_table *t = c->table;

#define ROWS(name)                                                            \
    c->section = #name;                                                       \
    for (c->row = !is_plain(ROUTES_SECTION_##name);                           \
         c->row < t->n_##name && c->refusal == NULL; c->row++) {              \
        check_##name(c, c->row);                                              \
    }
    ROWS(labels)
    ROWS(methods)
    ROWS(files)
    ROWS(hosts)
    ROWS(ends)
    ROWS(end_routes)
    ROWS(places)
    ROWS(args)
    ROWS(target_parts)
    ROWS(redirects)
    ROWS(mounts)
    ROWS(routes)
    ROWS(functions)
    ROWS(events)
    ROWS(url_parts)
    ROWS(urls)
    ROWS(consts)
    ROWS(choices)
    ROWS(variants)
    ROWS(conducts)
    ROWS(limits)
    ROWS(rates)
    ROWS(headers)
    ROWS(pages)
    ROWS(cors)
    ROWS(raises)
    ROWS(results)
    ROWS(formats)
    ROWS(dfas)
    ROWS(records)
    ROWS(members)
    ROWS(types)
    ROWS(ops)
    ROWS(networks)
    ROWS(templates)
    ROWS(template_parts)
    ROWS(predicates)
    ROWS(authzs)
    ROWS(auths)
    ROWS(realm_sets)
    ROWS(options)
    ROWS(realms)
    ROWS(settings)
    ROWS(uses)
#undef ROWS
}

/* ---- the head ----------------------------------------------------------- */

/* The first section whose rows have another size, or ROUTES_N_SECTIONS. */
static unsigned
differing_section(const struct routes_table *table)
{
    static const uint16_t sizes[] = {ROUTES_SECTIONS(ROUTES_ROW_SIZE)};
    unsigned i = 0;

    while (i < ROUTES_N_SECTIONS && table->row_sizes[i] == sizes[i]) {
        i++;
    }
    return i;
}

/* Checks what any version can read; the rest of the table is not touched
 * unless this agrees. */
static const char *
refuse_head(const struct routes_table *table, apr_pool_t *pool)
{
    static const char *const names[] = {
#define X(name, row_type) #name,
        ROUTES_SECTIONS(X)
#undef X
    };
    unsigned section;

    if (table->magic != ROUTES_MAGIC) {
        return apr_psprintf(pool, "no table of routesc (it begins with %08x)",
                            (unsigned)table->magic);
    }
    if (table->abi != ROUTES_ABI_VERSION) {
        return apr_psprintf(
            pool, "built by %s for ABI %u, this mod_routes reads ABI %u",
            table->compiler, (unsigned)table->abi, ROUTES_ABI_VERSION);
    }
    if (table->size != sizeof(*table)) {
        return apr_psprintf(pool,
                            "built by %s with a table of %u bytes, this "
                            "mod_routes reads %u",
                            table->compiler, (unsigned)table->size,
                            (unsigned)sizeof(*table));
    }
    section = differing_section(table);
    if (section < ROUTES_N_SECTIONS) {
        return apr_psprintf(pool,
                            "built by %s with other rows of %s than this "
                            "mod_routes reads",
                            table->compiler, names[section]);
    }
    return NULL;
}

const char *
routes_table_refusal(const struct routes_table *table, apr_pool_t *pool)
{
    struct check c = {.table = table, .pool = pool};
    const char *refusal = refuse_head(table, pool);

    if (refusal != NULL) {
        return refusal;
    }
    check_sections(&c);
    if (c.refusal == NULL) {
        check_rows(&c);
    }
    if (c.refusal == NULL) {
        check_trees(&c);
    }
    if (c.refusal == NULL) {
        check_defaults(&c);
    }
    if (c.refusal == NULL) {
        check_choice_routes(&c);
    }
    return c.refusal;
}
