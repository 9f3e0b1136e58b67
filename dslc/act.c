/* SPDX-License-Identifier: Apache-2.0 */
/* act: the grammar's actions: each makes one node of the tree. */
#include "grammar/actions.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>

#include "dslc/parse_run.h"
#include "dslc/split.h"
#include "dslc/syntax.h"
#include "dslc/token.h"
#include "dslc/unexpected.h"

#define NEW(p, type)                                                          \
    ((struct type *)apr_pcalloc((p)->pool, sizeof(struct type)))
#define IS_PLACE(at) ((at).file != 0)

/* ---- lists ---- */

#define LIST(function, noun)                                                  \
    struct ast_##noun##_list *function(struct parse *p,                       \
                                       struct ast_##noun##_list *list,        \
                                       struct ast_##noun *more)               \
    {                                                                         \
        if (list == NULL) {                                                   \
            list = NEW(p, ast_##noun##_list);                                 \
        }                                                                     \
        if (more == NULL) {                                                   \
            return list;                                                      \
        }                                                                     \
        if (list->last != NULL) {                                             \
            list->last->next = more;                                          \
        }                                                                     \
        else {                                                                \
            list->first = more;                                               \
        }                                                                     \
        list->last = more;                                                    \
        return list;                                                          \
    }

LIST(act_args, arg)
LIST(act_codes, code)
LIST(act_limits, limit)
LIST(act_options, option)
LIST(act_parts, part)
LIST(act_paths, path)
LIST(act_pyrefs, pyref)
LIST(act_raises, raise)
LIST(act_results, result)
LIST(act_stmts, stmt)
LIST(act_targs, targ)
LIST(act_types, type)
LIST(act_values, value)
static LIST(add_expr, expr)

/* Gives a list to its owner; none is an empty one. */
#define TAKE(into, list)                                                      \
    do {                                                                      \
        if ((list) != NULL) {                                                 \
            (into) = *(list);                                                 \
        }                                                                     \
    } while (0)

    /* ---- comments that document ---- */

    /* The text of `##` lines; other comments between them are not in it. */
    static const char *read_doc(struct parse *p, struct span comments)
{
    size_t length;
    const char *c = token_bytes(p, comments, &length);
    const char *end = c + length;
    char *text = apr_palloc(p->pool, length + 2);
    char *out = text;

    while (c < end) {
        const char *line_end = memchr(c, '\n', (size_t)(end - c));
        const char *next = line_end != NULL ? line_end + 1 : end;

        c += strspn(c, " \t\r");
        if (c[0] == '#' && c[1] == '#' && c[2] != '#') {
            c += c[2] == ' ' ? 3 : 2;
            line_end = line_end != NULL ? line_end : end;
            if (c < line_end) {
                memcpy(out, c, (size_t)(line_end - c));
                out += line_end - c;
            }
            *out++ = '\n';
        }
        c = next;
    }
    *out = '\0';
    return text;
}

void
act_doc(struct parse *p, struct span comments, uint32_t before)
{
    struct parse_doc *doc = apr_array_push(p->docs);

    doc->before = before;
    doc->text = read_doc(p, comments);
}

/* The comment that stands before the token at an offset, or NULL. */
static const char *
find_doc(const struct parse *p, uint32_t before)
{
    int low = 0;
    int high = p->docs->nelts;

    while (low < high) {
        int middle = low + (high - low) / 2;
        const struct parse_doc *doc =
            &APR_ARRAY_IDX(p->docs, middle, struct parse_doc);

        if (doc->before == before) {
            return doc->text;
        }
        if (doc->before < before) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return NULL;
}

void
act_token(struct parse *p, int kind, struct span at)
{
    struct parse_token *token;

    if (p->tokens != NULL) {
        token = apr_array_push(p->tokens);
        token->kind = kind;
        token->at = at;
    }
}

/* ---- statements ---- */

/* The word that a place begins with, or all of it. */
static struct span
first_word(const struct parse *p, struct span at)
{
    size_t length;
    const char *bytes = token_bytes(p, at, &length);
    size_t word = 0;

    while (word < length && strchr(" \t\r\n(){},;/\"", bytes[word]) == NULL) {
        word++;
    }
    if (word > 0) {
        at.end = at.start + (uint32_t)word;
    }
    return at;
}

static struct ast_stmt *
make_stmt(struct parse *p, enum ast_kind kind, struct span at)
{
    struct ast_stmt *stmt = NEW(p, ast_stmt);

    stmt->kind = kind;
    stmt->span = at;
    stmt->keyword = first_word(p, at);
    stmt->doc = find_doc(p, at.start);
    return stmt;
}

/* Gives a statement its clauses and what stands in its braces. */
static struct ast_stmt *
give_body(struct ast_stmt *stmt, struct ast_stmt_list *line,
          struct ast_block *block)
{
    TAKE(stmt->body, line);
    for (struct ast_stmt *s = stmt->body.first; s != NULL; s = s->next) {
        s->on_line = true;
    }
    if (block == NULL) {
        return stmt;
    }
    stmt->braces = block->span;
    if (stmt->body.first == NULL) {
        TAKE(stmt->body, block->stmts);
    }
    else if (block->stmts != NULL && block->stmts->first != NULL) {
        stmt->body.last->next = block->stmts->first;
        stmt->body.last = block->stmts->last;
    }
    return stmt;
}

struct ast_block *
act_block(struct parse *p, struct span at, struct ast_stmt_list *stmts)
{
    struct ast_block *block = NEW(p, ast_block);

    block->span = at;
    block->stmts = stmts;
    return block;
}

void
act_version(struct parse *p, struct span at, struct span number)
{
    if (number.end == number.start) {
        return; /* it is missing, which was said */
    }
    p->file->version_span = span_join(at, number);
    p->file->version = token_integer(p, number);
    if (p->file->version != 1) {
        diag_help(diag_error(p->diags, number, E004,
                             "this compiler reads version 1 of the language"),
                  "write `routes 1`");
        p->file->version = 1;
    }
}

void
act_file(struct parse *p, struct span at, struct ast_stmt_list *stmts)
{
    p->file->span = at;
    TAKE(p->file->stmts, stmts);
}

/* ---- values ---- */

static struct ast_value *
make_value(struct parse *p, enum ast_value_kind kind, struct span at)
{
    struct ast_value *value = NEW(p, ast_value);

    value->kind = kind;
    value->span = at;
    value->text = token_text(p, at).text;
    return value;
}

struct ast_value *
act_string(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_STRING, at);

    value->text = token_string(p, at).text;
    return value;
}

struct ast_value *
act_number(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_INT, at);

    value->number = token_integer(p, at);
    value->real = (double)value->number;
    return value;
}

struct ast_value *
act_decimal(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_FLOAT, at);

    value->text = token_name(p, at).text; /* `- 1.5` is -1.5 */
    value->real = strtod(value->text, NULL);
    return value;
}

struct ast_value *
act_size(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_SIZE, at);

    value->number = token_size(p, at);
    return value;
}

struct ast_value *
act_duration(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_DURATION, at);

    value->number = token_duration(p, at);
    return value;
}

struct ast_value *
act_rate(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_RATE, at);

    value->number = token_rate(p, at, &value->period);
    return value;
}

struct ast_value *
act_cidr(struct parse *p, struct span at)
{
    return make_value(p, AST_CIDR, at);
}

struct ast_value *
act_mime(struct parse *p, struct span at)
{
    return make_value(p, AST_MIME, at);
}

struct ast_value *
act_true(struct parse *p, struct span at)
{
    return make_value(p, AST_TRUE, at);
}

struct ast_value *
act_false(struct parse *p, struct span at)
{
    return make_value(p, AST_FALSE, at);
}

struct ast_value *
act_null(struct parse *p, struct span at)
{
    return make_value(p, AST_NULL, at);
}

struct ast_value *
act_empty_list(struct parse *p, struct span at)
{
    return make_value(p, AST_EMPTY_LIST, at);
}

struct ast_value *
act_dollar(struct parse *p, struct span at, struct span name)
{
    struct ast_value *value = make_value(p, AST_DOLLAR, at);

    value->text = token_name(p, name).text;
    return value;
}

struct ast_value *
act_word(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_WORD, at);

    value->text = token_name(p, at).text;
    return value;
}

struct ast_value *
act_pyref_value(struct parse *p, struct ast_pyref *pyref)
{
    struct ast_value *value = make_value(p, AST_PYREF, pyref->span);

    value->pyref = pyref;
    return value;
}

struct ast_value *
act_path_value(struct parse *p, struct ast_path *path)
{
    struct ast_value *value = make_value(p, AST_PATH, path->span);

    value->path = path;
    return value;
}

struct ast_pyref *
act_pyref(struct parse *p, struct span at, struct span module,
          struct span object)
{
    struct ast_pyref *pyref = NEW(p, ast_pyref);

    pyref->span = at;
    pyref->module = token_name(p, module);
    pyref->object = token_name(p, object);
    return pyref;
}

/* ---- types ---- */

struct ast_type *
act_type(struct parse *p, struct span at, struct span name,
         struct ast_type_list *items, struct ast_targ_list *args)
{
    struct ast_type *type = NEW(p, ast_type);

    type->span = at;
    type->name = token_name(p, name);
    TAKE(type->items, items);
    TAKE(type->args, args);
    return type;
}

struct ast_type *
act_matching(struct parse *p, struct span at, struct ast_type *type,
             struct span pattern)
{
    if (type->matching.text != NULL) {
        diag_place(
            diag_error(p->diags, pattern, E018, "a type has one `matching`"),
            type->matching.span, "the first stands here");
    }
    type->span = at;
    type->matching = token_string(p, pattern);
    return type;
}

struct ast_type *
act_optional(struct parse *p, struct span at, struct ast_type *type)
{
    if (type->optional) {
        diag_error(p->diags, (struct span){at.end - 1, at.end, at.file}, E018,
                   "the type is optional already");
    }
    type->span = at;
    type->optional = true;
    return type;
}

struct ast_type *
act_enum(struct parse *p, struct span at, struct ast_targ_list *labels)
{
    struct ast_type *type = NEW(p, ast_type);

    (void)p;
    type->span = at;
    type->name.text = "enum";
    type->name.span = at;
    TAKE(type->args, labels);
    return type;
}

struct ast_targ *
act_range(struct parse *p, struct span at, struct ast_value *low,
          struct ast_value *high)
{
    struct ast_targ *targ = NEW(p, ast_targ);

    targ->span = at;
    targ->range = true;
    targ->low = low;
    targ->high = high;
    return targ;
}

struct ast_targ *
act_targ(struct parse *p, struct ast_value *value)
{
    struct ast_targ *targ = NEW(p, ast_targ);

    targ->span = value->span;
    targ->low = value;
    return targ;
}

/* ---- paths ---- */

struct ast_part *
act_literal(struct parse *p, struct span at)
{
    struct ast_part *part = NEW(p, ast_part);

    part->kind = AST_PART_TEXT;
    part->span = at;
    return part;
}

struct ast_part *
act_param(struct parse *p, struct span at, struct span name,
          struct ast_type *type)
{
    struct ast_part *part = NEW(p, ast_part);

    part->kind = AST_PART_PARAM;
    part->span = at;
    part->name_span = name;
    part->text = token_name(p, name).text;
    part->type = type;
    syntax_check_param(p, name, part->text);
    return part;
}

static struct ast_path *
make_path(struct parse *p, struct span at, const struct ast_part_list *parts,
          bool glob)
{
    struct ast_path *path = NEW(p, ast_path);

    path->span = at;
    split_path(p, path, parts, glob);
    return path;
}

struct ast_path *
act_path(struct parse *p, struct span at, struct ast_part_list *parts)
{
    return make_path(p, at, parts, false);
}

struct ast_path *
act_glob(struct parse *p, struct span at, struct ast_part_list *parts)
{
    return make_path(p, at, parts, true);
}

struct ast_path *
act_dot(struct parse *p, struct span at)
{
    struct ast_path *path = NEW(p, ast_path);

    path->span = at;
    path->dot = true;
    return path;
}

/* ---- declarations ---- */

struct ast_stmt *
act_import(struct parse *p, struct span at, struct span module,
           struct span alias)
{
    struct ast_stmt *stmt = make_stmt(p, AST_IMPORT, at);

    stmt->u.import.module = token_name(p, module);
    stmt->u.import.alias = token_name(p, alias);
    return stmt;
}

struct ast_stmt *
act_setting(struct parse *p, struct span at, struct span name,
            struct ast_type *type, struct ast_value *value)
{
    struct ast_stmt *stmt = make_stmt(p, AST_SETTING, at);

    stmt->u.setting.name = token_name(p, name);
    stmt->u.setting.type = type;
    stmt->u.setting.value = value;
    return stmt;
}

struct ast_stmt *
act_typedecl(struct parse *p, struct span at, struct span name,
             struct ast_type *type)
{
    struct ast_stmt *stmt = make_stmt(p, AST_TYPE, at);

    stmt->u.type.name = token_name(p, name);
    stmt->u.type.type = type;
    return stmt;
}

/* `...` came as a field without a name. */
static void
take_fields(struct parse *p, struct ast_stmt *stmt,
            struct ast_arg_list *fields)
{
    struct ast_arg_list *named = NULL;
    struct ast_arg *next;

    if (fields == NULL) {
        return;
    }
    for (struct ast_arg *field = fields->first; field != NULL; field = next) {
        next = field->next;
        field->next = NULL;
        if (field->name.text == NULL) {
            stmt->u.record.ellipsis = field->span;
        }
        else {
            named = act_args(p, named, field);
        }
    }
    TAKE(stmt->u.record.fields, named);
}

struct ast_stmt *
act_record(struct parse *p, struct span at, struct span name,
           struct ast_pyref *pyclass, struct ast_arg_list *fields)
{
    struct ast_stmt *stmt = make_stmt(p, AST_RECORD, at);

    stmt->u.record.name = token_name(p, name);
    stmt->u.record.pyclass = pyclass;
    take_fields(p, stmt, fields);
    return stmt;
}

struct ast_arg *
act_field(struct parse *p, struct span at, struct span name,
          struct ast_type *type, struct ast_value *value, struct span wire)
{
    struct ast_arg *arg = NEW(p, ast_arg);

    arg->span = at;
    arg->doc = find_doc(p, at.start);
    arg->name = token_name(p, name);
    arg->type = type;
    arg->value = value;
    arg->source_name = token_string(p, wire);
    return arg;
}

struct ast_arg *
act_ellipsis(struct parse *p, struct span at)
{
    struct ast_arg *arg = NEW(p, ast_arg);

    arg->span = at;
    return arg;
}

struct ast_stmt *
act_realm(struct parse *p, struct span at, struct span name, struct span kind,
          struct ast_option_list *options)
{
    struct ast_stmt *stmt = make_stmt(p, AST_REALM, at);

    stmt->u.realm.name = token_name(p, name);
    stmt->u.realm.kind = token_name(p, kind);
    TAKE(stmt->u.realm.options, options);
    return stmt;
}

struct ast_stmt *
act_rule(struct parse *p, struct span at, struct span name,
         struct ast_arg_list *params, struct ast_expr *expr,
         struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = make_stmt(p, AST_RULE, at);

    stmt->u.rule.name = token_name(p, name);
    TAKE(stmt->u.rule.params, params);
    stmt->u.rule.expr = expr;
    stmt->u.rule.pyref = pyref;
    return stmt;
}

struct ast_stmt *
act_interpreters(struct parse *p, struct span at, struct span name,
                 struct ast_option_list *options)
{
    struct ast_stmt *stmt = make_stmt(p, AST_INTERPRETER_DECL, at);

    stmt->u.realm.name = token_name(p, name);
    TAKE(stmt->u.realm.options, options);
    return stmt;
}

static struct ast_stmt *
make_names(struct parse *p, enum ast_kind kind, struct span at,
           struct ast_value_list *names)
{
    struct ast_stmt *stmt = make_stmt(p, kind, at);

    TAKE(stmt->u.names, names);
    return stmt;
}

struct ast_stmt *
act_methods(struct parse *p, struct span at, struct ast_value_list *names)
{
    return make_names(p, AST_METHOD, at, names);
}

struct ast_stmt *
act_unused(struct parse *p, struct span at, struct ast_value_list *names)
{
    return make_names(p, AST_UNUSED, at, names);
}

struct ast_option *
act_option(struct parse *p, struct span at, struct span name,
           struct ast_value_list *values)
{
    struct ast_option *option = NEW(p, ast_option);

    option->span = at;
    option->name = token_name(p, name);
    TAKE(option->values, values);
    return option;
}

/* ---- places and routes ---- */

struct ast_stmt *
act_location(struct parse *p, struct span at, struct ast_path *path,
             struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = make_stmt(p, AST_LOCATION, at);

    stmt->u.location.path = path;
    return give_body(stmt, line, block);
}

struct ast_stmt *
act_host(struct parse *p, struct span at, struct ast_value_list *names,
         struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = make_stmt(p, AST_HOST, at);

    TAKE(stmt->u.host.names, names);
    return give_body(stmt, line, block);
}

static struct ast_stmt *
make_route(struct parse *p, struct span at, struct ast_value_list *methods,
           struct ast_path_list *paths)
{
    struct ast_stmt *stmt = make_stmt(p, AST_ROUTE, at);

    TAKE(stmt->u.route.methods, methods);
    TAKE(stmt->u.route.paths, paths);
    return stmt;
}

struct ast_stmt *
act_route(struct parse *p, struct span at, struct ast_value_list *methods,
          struct ast_path_list *paths, struct ast_call *call,
          struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = make_route(p, at, methods, paths);

    stmt->u.route.call = call;
    return give_body(stmt, line, block);
}

struct ast_stmt *
act_variants(struct parse *p, struct span at, struct ast_value_list *methods,
             struct ast_path_list *paths, struct span selector,
             struct span name, struct ast_stmt_list *line,
             struct ast_stmt_list *variants)
{
    struct ast_stmt *stmt = make_route(p, at, methods, paths);

    stmt->u.route.selector = token_name(p, selector);
    stmt->u.route.selector_name = token_string(p, name);
    TAKE(stmt->u.route.variants, variants);
    return give_body(stmt, line, NULL);
}

struct ast_stmt *
act_variant(struct parse *p, struct span at, struct ast_value *key,
            struct ast_call *call, struct ast_stmt_list *line)
{
    struct ast_stmt *stmt = make_stmt(p, AST_VARIANT, at);

    stmt->u.variant.key = key;
    stmt->u.variant.call = call;
    return give_body(stmt, line, NULL);
}

struct ast_stmt *
act_publish(struct parse *p, struct span at, struct ast_value_list *methods,
            struct ast_path *path, struct span module,
            struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = make_stmt(p, AST_PUBLISH, at);

    TAKE(stmt->u.publish.methods, methods);
    stmt->u.publish.path = path;
    stmt->u.publish.module = token_name(p, module);
    give_body(stmt, line, block);
    for (struct ast_stmt *s = stmt->body.first; s != NULL; s = s->next) {
        if (s->kind == AST_LINE) {
            s->u.line.call->target->module = stmt->u.publish.module;
        }
    }
    return stmt;
}

struct ast_stmt *
act_function(struct parse *p, struct span at, struct span name,
             struct ast_arg_list *args, struct ast_stmt_list *line)
{
    struct ast_stmt *stmt = make_stmt(p, AST_LINE, at);
    struct ast_pyref *target =
        act_pyref(p, name, (struct span){0, 0, 0}, name);

    stmt->u.line.call = act_call(p, name, target, 1, args);
    return give_body(stmt, line, NULL);
}

struct ast_call *
act_call(struct parse *p, struct span at, struct ast_pyref *target,
         int has_args, struct ast_arg_list *args)
{
    struct ast_call *call = NEW(p, ast_call);

    call->span = at;
    call->target = target;
    call->has_args = has_args != 0;
    TAKE(call->args, args);
    return call;
}

struct ast_arg *
act_arg(struct parse *p, struct span at, struct span name,
        struct ast_type *type, struct ast_value *value, struct ast_arg *source)
{
    struct ast_arg *arg = source != NULL ? source : NEW(p, ast_arg);

    arg->span = at;
    arg->name = token_name(p, name);
    arg->type = type;
    arg->value = value;
    syntax_check_param(p, name, arg->name.text);
    return arg;
}

struct ast_arg *
act_source(struct parse *p, struct span source, struct span name)
{
    struct ast_arg *arg = NEW(p, ast_arg);

    arg->source = token_name(p, source);
    arg->source_name = token_string(p, name);
    return arg;
}

struct ast_stmt *
act_mount(struct parse *p, struct span at, struct ast_path *path,
          struct span kind, struct ast_value *target,
          struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = make_stmt(p, AST_MOUNT, at);

    stmt->u.mount.path = path;
    stmt->u.mount.kind = token_name(p, kind);
    stmt->u.mount.target = target;
    return give_body(stmt, line, block);
}

struct ast_stmt *
act_mount_option(struct parse *p, struct ast_option *option)
{
    struct ast_stmt *stmt = make_stmt(p, AST_MOUNT_OPTION, option->span);

    stmt->u.option = option;
    return stmt;
}

struct ast_stmt *
act_redirect(struct parse *p, struct span at, struct ast_path *path,
             struct span status, struct ast_value *target,
             struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = make_stmt(p, AST_REDIRECT, at);

    stmt->u.redirect.path = path;
    stmt->u.redirect.status = act_number(p, status);
    stmt->u.redirect.target = target;
    return give_body(stmt, line, block);
}

struct ast_stmt *
act_include(struct parse *p, struct span at, struct span file,
            struct ast_path *prefix, struct ast_stmt_list *line,
            struct ast_block *block)
{
    struct ast_stmt *stmt = make_stmt(p, AST_INCLUDE, at);

    stmt->u.include.file = token_string(p, file);
    stmt->u.include.at = prefix;
    return give_body(stmt, line, block);
}

/* ---- clauses ---- */

struct ast_stmt *
act_override(struct parse *p, struct span at, struct ast_stmt *clause)
{
    clause->override = true;
    clause->span = at;
    clause->keyword = span_join(at, clause->keyword);
    clause->keyword.end =
        clause->keyword.end < at.end ? clause->keyword.end : at.end;
    clause->doc = find_doc(p, at.start);
    return clause;
}

struct ast_stmt *
act_public(struct parse *p, struct span at)
{
    return make_stmt(p, AST_PUBLIC, at);
}

struct ast_stmt *
act_require(struct parse *p, struct span at, struct ast_expr *expr)
{
    struct ast_stmt *stmt = make_stmt(p, AST_REQUIRE, at);

    stmt->u.expr = expr;
    return stmt;
}

struct ast_stmt *
act_auth(struct parse *p, struct span at, struct ast_value_list *realms)
{
    return make_names(p, AST_AUTH, at, realms);
}

struct ast_stmt *
act_limit_clause(struct parse *p, struct span at,
                 struct ast_limit_list *limits)
{
    struct ast_stmt *stmt = make_stmt(p, AST_LIMIT, at);

    TAKE(stmt->u.limits, limits);
    return stmt;
}

struct ast_limit *
act_limit(struct parse *p, struct span at, struct span what,
          struct ast_value *value, struct ast_limit *modifiers)
{
    struct ast_limit *limit =
        modifiers != NULL ? modifiers : NEW(p, ast_limit);

    limit->span = at;
    limit->what = token_name(p, what);
    limit->value = value;
    return limit;
}

struct ast_limit *
act_per(struct parse *p, struct ast_limit *modifiers, struct span per)
{
    struct ast_limit *limit =
        modifiers != NULL ? modifiers : NEW(p, ast_limit);

    if (limit->per.text != NULL) {
        diag_place(diag_error(p->diags, per, E018, "a limit has one `per`"),
                   limit->per.span, "the first stands here");
    }
    limit->per = token_name(p, per);
    return limit;
}

struct ast_limit *
act_burst(struct parse *p, struct ast_limit *modifiers, struct span burst)
{
    struct ast_limit *limit =
        modifiers != NULL ? modifiers : NEW(p, ast_limit);

    if (limit->burst != NULL) {
        diag_place(
            diag_error(p->diags, burst, E018, "a limit has one `burst`"),
            limit->burst->span, "the first stands here");
    }
    limit->burst = act_number(p, burst);
    return limit;
}

static struct ast_stmt *
make_named(struct parse *p, enum ast_kind kind, struct span at,
           struct span name)
{
    struct ast_stmt *stmt = make_stmt(p, kind, at);

    stmt->u.name = token_name(p, name);
    return stmt;
}

struct ast_stmt *
act_as(struct parse *p, struct span at, struct span name)
{
    return make_named(p, AST_AS, at, name);
}

static struct ast_stmt *
make_valued(struct parse *p, enum ast_kind kind, struct span at,
            struct ast_value *value)
{
    struct ast_stmt *stmt = make_stmt(p, kind, at);

    stmt->u.value = value;
    return stmt;
}

struct ast_stmt *
act_deny(struct parse *p, struct span at, struct span status)
{
    return make_valued(p, AST_DENY, at, act_number(p, status));
}

struct ast_stmt *
act_unmatched(struct parse *p, struct span at, struct ast_value *value)
{
    return make_valued(p, AST_UNMATCHED, at, value);
}

static struct ast_stmt *
make_formats(struct parse *p, enum ast_kind kind, struct span at,
             struct ast_value_list *formats)
{
    struct ast_stmt *stmt = make_stmt(p, kind, at);

    TAKE(stmt->u.formats, formats);
    return stmt;
}

struct ast_stmt *
act_produces(struct parse *p, struct span at, struct ast_value_list *formats)
{
    return make_formats(p, AST_PRODUCES, at, formats);
}

struct ast_stmt *
act_consumes(struct parse *p, struct span at, struct ast_value_list *formats)
{
    return make_formats(p, AST_CONSUMES, at, formats);
}

struct ast_stmt *
act_query(struct parse *p, struct span at)
{
    return make_stmt(p, AST_QUERY, at);
}

struct ast_stmt *
act_returns(struct parse *p, struct span at, struct ast_result_list *results)
{
    struct ast_stmt *stmt = make_stmt(p, AST_RETURNS, at);

    TAKE(stmt->u.results, results);
    return stmt;
}

struct ast_result *
act_result(struct parse *p, struct span at, struct span status,
           struct ast_type *type, struct span mime)
{
    struct ast_result *result = NEW(p, ast_result);

    result->span = at;
    result->status = IS_PLACE(status) ? act_number(p, status) : NULL;
    result->type = type;
    result->mime = token_text(p, mime);
    return result;
}

struct ast_stmt *
act_raises_clause(struct parse *p, struct span at,
                  struct ast_raise_list *raises)
{
    struct ast_stmt *stmt = make_stmt(p, AST_RAISES, at);

    TAKE(stmt->u.raises, raises);
    return stmt;
}

struct ast_raise *
act_raise(struct parse *p, struct span at, struct ast_pyref *exception,
          struct span status)
{
    struct ast_raise *raise = NEW(p, ast_raise);

    raise->span = at;
    raise->exception = exception;
    raise->status = act_number(p, status);
    return raise;
}

struct ast_stmt *
act_header(struct parse *p, struct span at, struct span name,
           struct span value)
{
    struct ast_stmt *stmt = make_stmt(p, AST_HEADER, at);

    stmt->u.pair.name = token_string(p, name);
    stmt->u.pair.value = token_string(p, value);
    return stmt;
}

struct ast_stmt *
act_cache(struct parse *p, struct span at, struct ast_value *value)
{
    return make_valued(p, AST_CACHE, at, value);
}

struct ast_stmt *
act_cors(struct parse *p, struct span at, struct span word,
         struct ast_option_list *options)
{
    struct ast_stmt *stmt = make_stmt(p, AST_CORS, at);

    stmt->u.cors.word = token_name(p, word);
    TAKE(stmt->u.cors.options, options);
    return stmt;
}

struct ast_stmt *
act_csrf(struct parse *p, struct span at, struct span word)
{
    return make_named(p, AST_CSRF, at, word);
}

struct ast_stmt *
act_slash(struct parse *p, struct span at, struct span word)
{
    return make_named(p, AST_SLASH, at, word);
}

struct ast_stmt *
act_interpreter(struct parse *p, struct span at, struct span name, int per)
{
    struct ast_stmt *stmt = make_stmt(p, AST_INTERPRETER, at);

    stmt->u.interpreter.name = token_name(p, name);
    stmt->u.interpreter.per = per != 0;
    return stmt;
}

struct ast_stmt *
act_option_clause(struct parse *p, struct span at, struct span name,
                  struct span value)
{
    struct ast_stmt *stmt = make_stmt(p, AST_OPTION, at);

    stmt->u.pair.name = token_name(p, name);
    stmt->u.pair.value = token_string(p, value);
    return stmt;
}

struct ast_stmt *
act_deprecated(struct parse *p, struct span at, struct span text)
{
    struct ast_stmt *stmt = make_stmt(p, AST_DEPRECATED, at);

    stmt->u.name = token_string(p, text);
    return stmt;
}

/* ---- rules ---- */

static struct ast_expr *
make_expr(struct parse *p, enum ast_expr_kind kind, struct span at)
{
    struct ast_expr *expr = NEW(p, ast_expr);

    expr->kind = kind;
    expr->span = at;
    return expr;
}

static void
add_item(struct parse *p, struct ast_expr *expr, struct ast_expr *item)
{
    add_expr(p, &expr->items, item);
}

/* `a or b or c` is one node with three items: no depth for a long list. */
static struct ast_expr *
join_exprs(struct parse *p, enum ast_expr_kind kind, struct span at,
           struct ast_expr *left, struct ast_expr *right)
{
    struct ast_expr *expr = left;

    if (left->kind != kind || left->parens) {
        expr = make_expr(p, kind, at);
        add_item(p, expr, left);
    }
    expr->span = at;
    add_item(p, expr, right);
    return expr;
}

struct ast_expr *
act_or(struct parse *p, struct span at, struct ast_expr *left,
       struct ast_expr *right)
{
    return join_exprs(p, AST_OR, at, left, right);
}

struct ast_expr *
act_and(struct parse *p, struct span at, struct ast_expr *left,
        struct ast_expr *right)
{
    return join_exprs(p, AST_AND, at, left, right);
}

struct ast_expr *
act_not(struct parse *p, struct span at, struct ast_expr *expr)
{
    struct ast_expr *made = make_expr(p, AST_NOT, at);

    add_item(p, made, expr);
    return made;
}

struct ast_expr *
act_parens(struct parse *p, struct span at, struct ast_expr *expr)
{
    (void)p;
    expr->span = at;
    expr->parens = true;
    return expr;
}

struct ast_expr *
act_atom(struct parse *p, struct span at, struct span name, int has_args,
         struct ast_value_list *args)
{
    struct ast_expr *expr = make_expr(p, AST_ATOM, at);

    expr->name = token_name(p, name);
    expr->has_args = has_args != 0;
    TAKE(expr->args, args);
    return expr;
}

/* ---- phases ---- */

struct ast_stmt *
act_hook(struct parse *p, struct span at, struct span name,
         struct ast_pyref_list *pyrefs)
{
    struct ast_stmt *stmt = make_stmt(p, AST_HOOK, at);

    stmt->u.hook.name = token_name(p, name);
    TAKE(stmt->u.hook.pyrefs, pyrefs);
    return stmt;
}

struct ast_stmt *
act_filter(struct parse *p, struct span at, struct span name, struct span mime,
           struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = make_stmt(p, AST_FILTER, at);

    stmt->u.filter.name = token_name(p, name);
    stmt->u.filter.mime = token_text(p, mime);
    stmt->u.filter.pyref = pyref;
    return stmt;
}

struct ast_stmt *
act_error(struct parse *p, struct span at, struct ast_code_list *codes,
          struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = make_stmt(p, AST_ERROR, at);

    TAKE(stmt->u.error.codes, codes);
    stmt->u.error.pyref = pyref;
    return stmt;
}

struct ast_code *
act_code(struct parse *p, struct span at, struct span low, struct span high)
{
    struct ast_code *code = NEW(p, ast_code);

    code->span = at;
    code->low = act_number(p, low);
    code->high = low.start == high.start ? code->low : act_number(p, high);
    return code;
}

struct ast_stmt *
act_on(struct parse *p, struct span at, struct span name,
       struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = make_stmt(p, AST_ON, at);

    stmt->u.hook.name = token_name(p, name);
    TAKE(stmt->u.hook.pyrefs, act_pyrefs(p, NULL, pyref));
    return stmt;
}

/* ---- policy ---- */

struct ast_stmt *
act_assert_every(struct parse *p, struct span at,
                 struct ast_value_list *methods, struct ast_path_list *globs,
                 struct ast_expr *expr, struct ast_path_list *except)
{
    struct ast_stmt *stmt = make_stmt(p, AST_ASSERT_EVERY, at);

    TAKE(stmt->u.every.methods, methods);
    TAKE(stmt->u.every.globs, globs);
    stmt->u.every.expr = expr;
    TAKE(stmt->u.every.except, except);
    return stmt;
}

struct ast_stmt *
act_assert_public(struct parse *p, struct span at, struct ast_path_list *globs)
{
    struct ast_stmt *stmt = make_stmt(p, AST_ASSERT_PUBLIC, at);

    TAKE(stmt->u.every.globs, globs);
    return stmt;
}

struct ast_stmt *
act_assert_route(struct parse *p, struct span at,
                 struct ast_value_list *methods, struct ast_path *url,
                 struct ast_expr *caller, struct ast_value *outcome)
{
    struct ast_stmt *stmt = make_stmt(p, AST_ASSERT_ROUTE, at);

    TAKE(stmt->u.outcome.methods, methods);
    stmt->u.outcome.url = url;
    stmt->u.outcome.caller = caller;
    stmt->u.outcome.outcome = outcome;
    return stmt;
}

/* ---- faults ---- */

void
act_fault(struct parse *p, struct span at, enum act_fault fault)
{
    syntax_fault(p, at, fault);
}

void
act_unexpected(struct parse *p, struct span at, const char *found,
               const char *const *expected, int count)
{
    unexpected_tell(p, at, found, expected, count);
}

int
act_enough(const struct parse *p)
{
    return diag_error_count(p->diags) - p->errors_before > PARSE_MAX_ERRORS;
}
