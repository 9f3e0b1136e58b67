/* SPDX-License-Identifier: Apache-2.0 */
/* mounts: what answers for all below a path. */
#include "dslc/mounts.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/args.h"
#include "dslc/callee.h"
#include "dslc/clause.h"
#include "dslc/consumes.h"
#include "dslc/pages.h"
#include "dslc/paths.h"
#include "dslc/phases.h"
#include "dslc/route.h"
#include "dslc/settings.h"
#include "dslc/slash.h"
#include "dslc/suggest.h"
#include "dslc/types.h"
#include "dslc/unmountable.h"

#define BELOW "path" /* the parameter that is what is below a mount */

enum form {
    FORM_FOLDER, /* a string, an absolute path */
    FORM_NAME,   /* a string, the name of a handler */
    FORM_URL,    /* a string, http://… */
    FORM_OBJECT, /* module:object */
    FORM_TABLE   /* the name of another table */
};

/* The kinds of the language. */
static const struct kind_row {
    const char *name;
    enum routes_mount_kind kind;
    enum form form;
} kinds[] = {
    {"asgi", ROUTES_MOUNT_ASGI, FORM_OBJECT},
    {"files", ROUTES_MOUNT_FILES, FORM_FOLDER},
    {"handler", ROUTES_MOUNT_HANDLER, FORM_NAME},
    {"proxy", ROUTES_MOUNT_PROXY, FORM_URL},
    {"routes", ROUTES_MOUNT_TABLE, FORM_TABLE},
    {"wsgi", ROUTES_MOUNT_WSGI, FORM_OBJECT},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The options of kinds.  `index` alone is no flag. */
static const struct option_row {
    const char *name;
    enum routes_mount_kind kind;
    enum routes_mount_flag flag; /* or 0 */
} mount_options[] = {
    {"dotfiles", ROUTES_MOUNT_FILES, ROUTES_MOUNT_DOTFILES},
    {"immutable", ROUTES_MOUNT_FILES, ROUTES_MOUNT_IMMUTABLE},
    {"index", ROUTES_MOUNT_FILES, 0},
    {"strip", ROUTES_MOUNT_ASGI, ROUTES_MOUNT_STRIP},
};

#define N_OPTIONS (sizeof(mount_options) / sizeof(mount_options[0]))

/* A mount being made. */
struct maker {
    struct checker *checker;
    const struct frame *frame; /* around it */
    const struct ast_stmt *stmt;
    const struct kind_row *kind;
    struct model_mount *mount;
    bool broken;
};

/* ---- kinds -------------------------------------------------------------- */

static const struct kind_row *
find_kind(struct checker *checker, const struct ast_text *kind)
{
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_KINDS, sizeof(const char *));
    struct diag *diag;

    for (size_t i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i].name, kind->text) == 0) {
            return &kinds[i];
        }
        APR_ARRAY_PUSH(words, const char *) = kinds[i].name;
    }
    diag = diag_error(checker->diags, kind->span, E016,
                      "unknown kind of mount %s",
                      checker_quote(checker, kind->text));
    suggest_help(checker->diags, diag, words, kind->text);
    diag_note(diag, "the kinds are %s",
              apr_array_pstrcat(checker->pool, words, ' '));
    return NULL;
}

/* ---- targets ------------------------------------------------------------ */

static void
refuse_target(struct maker *maker, const char *wanted)
{
    const struct ast_value *target = maker->stmt->u.mount.target;

    maker->broken = true;
    diag_error(maker->checker->diags, target->span, E016,
               "`mount … %s` takes %s, and not %s", maker->kind->name, wanted,
               checker_quote(maker->checker, target->text));
}

static bool
is_line(const struct ast_value *value)
{
    return value->kind == AST_STRING && *value->text != '\0' &&
           !checker_has_control(value->text);
}

/* "http://host:port/path": nothing that a caller's path could become. */
static bool
is_backend(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;

    return scheme > 0 && text[scheme] != '\0' && text[scheme] != '/' &&
           strpbrk(text, " \"<>\\^`{|}?#@%") == NULL;
}

static const char *
without_slash(struct checker *checker, const char *text)
{
    size_t length = strlen(text);

    while (length > 1 && text[length - 1] == '/') {
        length--;
    }
    return apr_pstrmemdup(checker->pool, text, length);
}

static void
read_object(struct maker *maker)
{
    const struct ast_value *target = maker->stmt->u.mount.target;

    if (target->kind != AST_PYREF || target->pyref->module.text == NULL) {
        refuse_target(maker, "an application, as module:name");
        return;
    }
    maker->mount->function = callee_function(
        maker->checker, maker->frame->unit->scope, target->pyref->module.text,
        target->pyref->object.text, target->span);
}

static void
read_text(struct maker *maker)
{
    const struct ast_value *target = maker->stmt->u.mount.target;
    const char *text = target->text;

    if (maker->kind->form == FORM_FOLDER) {
        if (!is_line(target) || *text != '/') {
            refuse_target(maker, "a string, the absolute path of a folder");
        }
        maker->mount->target = without_slash(maker->checker, text);
    }
    else if (maker->kind->form == FORM_URL) {
        if (!is_line(target) || !is_backend(text)) {
            refuse_target(maker, "a string, \"http://host:port/path\"");
        }
        maker->mount->target = without_slash(maker->checker, text);
    }
    else {
        if (!is_line(target) || strpbrk(text, " \t:/") != NULL) {
            refuse_target(maker, "a string, the name of a handler of httpd");
        }
        maker->mount->target = text;
    }
}

/* The stem of another file, which is no path: what is loaded beside this
 * table. */
static void
read_table(struct maker *maker)
{
    const struct ast_value *target = maker->stmt->u.mount.target;
    const char *name = maker->checker->model->name;

    if (target->kind != AST_WORD || strcmp(target->text, "routes") == 0) {
        refuse_target(maker, "the name of a table, as RoutesMount has it");
        return;
    }
    maker->mount->target = target->text;
    if (strcmp(maker->mount->target, name) == 0) {
        maker->broken = true;
        diag_help(diag_error(maker->checker->diags, target->span, E016,
                             "the table %s can't be mounted in itself",
                             checker_quote(maker->checker, name)),
                  "write what both places have in common in a file, and "
                  "`include` it in both");
    }
}

static void
read_target(struct maker *maker)
{
    const struct ast_value *target = maker->stmt->u.mount.target;

    if (maker->kind->form == FORM_TABLE) {
        read_table(maker);
    }
    else if (maker->kind->form == FORM_OBJECT) {
        read_object(maker);
    }
    else if (target->kind == AST_DOLLAR && maker->kind->form == FORM_FOLDER) {
        maker->mount->target = settings_text(
            maker->checker, maker->frame->unit->scope, target, E016);
        maker->broken |= maker->mount->target == NULL;
    }
    else {
        read_text(maker);
    }
}

/* ---- options ------------------------------------------------------------ */

static void
read_index(struct maker *maker, const struct ast_value *value)
{
    const char *text = value->text;

    if (!is_line(value) || strchr(text, '/') != NULL || *text == '.') {
        diag_error(maker->checker->diags, value->span, E016,
                   "`index` takes a string, the name of a file, and not %s",
                   checker_quote(maker->checker, text));
        return;
    }
    maker->mount->index = text;
}

static void
read_flag(struct maker *maker, const struct ast_option *option,
          enum routes_mount_flag flag)
{
    const struct ast_value *value = option->values.first;

    if (value->kind != AST_TRUE && value->kind != AST_FALSE) {
        diag_error(maker->checker->diags, value->span, E016,
                   "`%s` takes `true` or `false`, and not %s",
                   option->name.text,
                   checker_quote(maker->checker, value->text));
        return;
    }
    if (value->kind == AST_TRUE) {
        maker->mount->flags |= (unsigned)flag;
    }
}

static void
say_unknown_option(struct maker *maker, const struct ast_option *option)
{
    struct checker *checker = maker->checker;
    apr_array_header_t *words =
        apr_array_make(checker->pool, 3, sizeof(const char *));
    struct diag *diag = diag_error(checker->diags, option->name.span, E016,
                                   "a mount of the kind `%s` has no option %s",
                                   maker->kind->name,
                                   checker_quote(checker, option->name.text));

    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (mount_options[i].kind == maker->kind->kind) {
            APR_ARRAY_PUSH(words, const char *) = mount_options[i].name;
        }
    }
    if (words->nelts == 0) {
        diag_note(diag, "it has none");
        return;
    }
    suggest_help(checker->diags, diag, words, option->name.text);
    diag_note(diag, "its options are %s",
              apr_array_pstrcat(checker->pool, words, ' '));
}

static const struct option_row *
find_option(const struct maker *maker, const char *name)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (mount_options[i].kind == maker->kind->kind &&
            strcmp(mount_options[i].name, name) == 0) {
            return &mount_options[i];
        }
    }
    return NULL;
}

static void
read_option(struct maker *maker, const struct ast_option *option)
{
    const struct ast_value *value = option->values.first;
    const struct option_row *row = find_option(maker, option->name.text);

    if (row == NULL) {
        say_unknown_option(maker, option);
    }
    else if (value == NULL || value->next != NULL) {
        diag_error(maker->checker->diags, option->span, E016,
                   "`%s` takes one value", row->name);
    }
    else if (row->flag != 0) {
        read_flag(maker, option, row->flag);
    }
    else {
        read_index(maker, value);
    }
}

/* The option of that name before it, or NULL. */
static const struct ast_option *
find_before(const struct ast_stmt *first, const struct ast_stmt *stmt)
{
    for (; first != stmt; first = first->next) {
        if (first->kind == AST_MOUNT_OPTION &&
            strcmp(first->u.option->name.text, stmt->u.option->name.text) ==
                0) {
            return first->u.option;
        }
    }
    return NULL;
}

static void
read_options(struct maker *maker)
{
    const struct ast_stmt *first = maker->stmt->body.first;

    for (const struct ast_stmt *stmt = first; stmt != NULL;
         stmt = stmt->next) {
        const struct ast_option *before;

        if (stmt->kind != AST_MOUNT_OPTION) {
            continue;
        }
        before = find_before(first, stmt);
        if (before != NULL) {
            struct diag *diag = diag_error(
                maker->checker->diags, stmt->span, E018, "%s stands twice",
                checker_quote(maker->checker, stmt->u.option->name.text));

            diag_place(diag, before->span, "first here");
            continue;
        }
        read_option(maker, stmt->u.option);
    }
}

/* ---- clauses ------------------------------------------------------------ */

static void
combine(struct maker *maker, const struct route_site *site,
        struct model_route *route)
{
    struct checker *checker = maker->checker;
    const struct frame *frame = maker->frame;
    struct scope *scope = frame->unit->scope;
    struct rules_reach reach = {
        .path = route->paths->nelts > 0
                    ? MODEL_AT(route->paths, struct model_path, 0)
                    : NULL,
        .host_param = frame->base.host_param};
    struct conduct_state conduct =
        conduct_combine(checker, &frame->conduct, site->set, frame->place);
    struct limits_state limits =
        limits_combine(checker, &frame->limits, site->set, &reach);
    struct auths_state auths = route_decide(site, route);
    bool table = maker->kind->form == FORM_TABLE;

    if (table && !limits.body.written) {
        limits.body.value = LIMITS_OFF; /* its routes have limits */
    }

    conduct.pages = pages_combine(checker, scope, conduct.pages, site->set,
                                  &frame->results, &limits);
    conduct_apply(checker, &conduct, &auths, route, site->what);
    limits_apply(checker, &limits, route);
    unmountable_drop(maker->mount->kind, route);
    slash_combine(checker, frame->slash, site->set);
    phases_check(checker, scope, site->set, CLAUSE_MOUNT);
    unmountable_refuse(checker, maker->mount->kind, site->set);
    if (maker->kind->kind != ROUTES_MOUNT_FILES) {
        route->consumes =
            table ? NULL
                  : consumes_combine(checker, frame->consumes, site->set);
        if (!table) {
            auths_check_public(checker, &auths, route, site->what);
        }
        route->methods = conduct.cors == NULL
                             ? ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS)
                             : 0;
    }
}

/* ---- paths -------------------------------------------------------------- */

/* An application or a table gets the path as it came, and the parameters
 * before it are decoded as for a call: what is no value of its type is 404
 * here, too. */
static void
read_params(struct maker *maker, struct model_path *own,
            struct model_route *route)
{
    static const struct ast_call all = {.has_args = false};
    apr_array_header_t *paths =
        apr_array_make(maker->checker->pool, 1, sizeof(struct model_path *));
    struct args_reach reach = {.paths = paths,
                               .host_param = maker->frame->base.host_param};

    APR_ARRAY_PUSH(paths, struct model_path *) = own;
    route->args = args_make(maker->checker, maker->frame->unit->scope, &all,
                            route, &reach);
}

static bool
read_paths(struct maker *maker, struct model_route *route)
{
    struct checker *checker = maker->checker;
    const struct frame *frame = maker->frame;
    struct model_path *own =
        paths_make(checker, frame->unit->scope, &frame->base,
                   maker->stmt->u.mount.path, PATHS_PREFIX);
    bool object =
        maker->kind->form == FORM_OBJECT || maker->kind->form == FORM_TABLE;
    struct model_path *below =
        own == NULL
            ? NULL
            : paths_below(checker, &frame->base, own, BELOW,
                          types_named(checker, object ? "rawpath" : "path"));

    if (below == NULL) {
        return false;
    }
    if (object) {
        read_params(maker, own, route);
    }
    APR_ARRAY_PUSH(route->paths, struct model_path *) = below;
    if (own->segments->nelts > 0) {
        APR_ARRAY_PUSH(route->paths, struct model_path *) = own;
    }
    return true;
}

/* ---- the mount ---------------------------------------------------------- */

static struct methods
methods_of(const struct kind_row *kind)
{
    struct methods get = {ROUTES_METHOD_BIT(ROUTES_METHOD_GET), false};
    struct methods any = {0, true};

    return kind->kind == ROUTES_MOUNT_FILES ? get : any;
}

/* A mount whose kind is none: its clauses are looked at. */
static void
refuse(struct maker *maker, struct clause_set *set)
{
    struct checker *checker = maker->checker;

    checker->model->partial = 1;
    phases_check(checker, maker->frame->unit->scope, set, CLAUSE_MOUNT);
}

void
mounts_add(struct checker *checker, const struct frame *frame,
           const struct ast_stmt *stmt)
{
    struct maker maker = {.checker = checker,
                          .frame = frame,
                          .stmt = stmt,
                          .kind = find_kind(checker, &stmt->u.mount.kind)};
    struct clause_set set =
        clause_collect(checker, &stmt->body, CLAUSE_MOUNT, false);
    struct route_site site = {.checker = checker,
                              .frame = frame,
                              .stmt = stmt,
                              .where = CLAUSE_MOUNT,
                              .set = &set,
                              .what = "mount …"};
    struct model_route *route;
    bool lost;

    maker.mount = apr_pcalloc(checker->pool, sizeof(*maker.mount));
    if (maker.kind == NULL) {
        refuse(&maker, &set);
        return;
    }
    read_target(&maker);
    read_options(&maker);
    maker.mount->kind = maker.kind->kind;
    route = route_make(checker, frame, methods_of(maker.kind), stmt->doc);
    route->kind = ROUTES_ROUTE_MOUNT;
    route->mount = maker.mount;
    route->span = span_join(stmt->keyword, stmt->u.mount.path->span);
    route->target = stmt->u.mount.target->span;
    lost = !read_paths(&maker, route);
    if (!lost) {
        site.what = apr_pstrcat(
            checker->pool, "mount ",
            MODEL_AT(route->paths, struct model_path, 0)->text, NULL);
    }
    combine(&maker, &site, route);
    route_keep(&site, route,
               apr_pstrcat(checker->pool, "mount ", maker.kind->name, NULL),
               frame->lost || maker.broken || lost);
}
