/* SPDX-License-Identifier: Apache-2.0 */
/* act_clauses: the actions of clauses: what is in force at a place. */
#include "dslc/act.h"

#include "dslc/token.h"

/* ---- clauses ---- */

struct ast_stmt *
act_override(struct parse *p, struct span at, struct ast_stmt *clause)
{
    clause->override = true;
    clause->span = at;
    clause->keyword = span_join(at, clause->keyword);
    clause->keyword.end =
        clause->keyword.end < at.end ? clause->keyword.end : at.end;
    clause->doc = act_find_doc(p, at.start);
    return clause;
}

struct ast_stmt *
act_public(struct parse *p, struct span at)
{
    return act_make_stmt(p, AST_PUBLIC, at);
}

struct ast_stmt *
act_require(struct parse *p, struct span at, struct ast_expr *expr)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_REQUIRE, at);

    stmt->u.expr = expr;
    return stmt;
}

struct ast_stmt *
act_auth(struct parse *p, struct span at, struct ast_value_list *realms)
{
    return act_make_names(p, AST_AUTH, at, realms);
}

struct ast_stmt *
act_limit_clause(struct parse *p, struct span at,
                 struct ast_limit_list *limits)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_LIMIT, at);

    ACT_TAKE(stmt->u.limits, limits);
    return stmt;
}

struct ast_limit *
act_limit(struct parse *p, struct span at, struct span what,
          struct ast_value *value, struct ast_limit *modifiers)
{
    struct ast_limit *limit =
        modifiers != NULL ? modifiers : ACT_NEW(p, ast_limit);

    limit->span = at;
    limit->what = token_name(p, what);
    limit->value = value;
    return limit;
}

struct ast_limit *
act_per(struct parse *p, struct ast_limit *modifiers, struct span per)
{
    struct ast_limit *limit =
        modifiers != NULL ? modifiers : ACT_NEW(p, ast_limit);

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
        modifiers != NULL ? modifiers : ACT_NEW(p, ast_limit);

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
    struct ast_stmt *stmt = act_make_stmt(p, kind, at);

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
    struct ast_stmt *stmt = act_make_stmt(p, kind, at);

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
    struct ast_stmt *stmt = act_make_stmt(p, kind, at);

    ACT_TAKE(stmt->u.formats, formats);
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
    return act_make_stmt(p, AST_QUERY, at);
}

struct ast_stmt *
act_returns(struct parse *p, struct span at, struct ast_result_list *results)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_RETURNS, at);

    ACT_TAKE(stmt->u.results, results);
    return stmt;
}

struct ast_result *
act_result(struct parse *p, struct span at, struct span status,
           struct ast_type *type, struct span mime)
{
    struct ast_result *result = ACT_NEW(p, ast_result);

    result->span = at;
    result->status = status.file != 0 ? act_number(p, status) : NULL;
    result->type = type;
    result->mime = token_text(p, mime);
    return result;
}

struct ast_stmt *
act_raises_clause(struct parse *p, struct span at,
                  struct ast_raise_list *raises)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_RAISES, at);

    ACT_TAKE(stmt->u.raises, raises);
    return stmt;
}

struct ast_raise *
act_raise(struct parse *p, struct span at, struct ast_pyref *exception,
          struct span status)
{
    struct ast_raise *raise = ACT_NEW(p, ast_raise);

    raise->span = at;
    raise->exception = exception;
    raise->status = act_number(p, status);
    return raise;
}

struct ast_stmt *
act_header(struct parse *p, struct span at, struct span name,
           struct span value)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_HEADER, at);

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
    struct ast_stmt *stmt = act_make_stmt(p, AST_CORS, at);

    stmt->u.cors.word = token_name(p, word);
    ACT_TAKE(stmt->u.cors.options, options);
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
    struct ast_stmt *stmt = act_make_stmt(p, AST_INTERPRETER, at);

    stmt->u.interpreter.name = token_name(p, name);
    stmt->u.interpreter.per = per != 0;
    return stmt;
}

struct ast_stmt *
act_option_clause(struct parse *p, struct span at, struct span name,
                  struct span value)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_OPTION, at);

    stmt->u.pair.name = token_name(p, name);
    stmt->u.pair.value = token_string(p, value);
    return stmt;
}

struct ast_stmt *
act_deprecated(struct parse *p, struct span at, struct span text)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_DEPRECATED, at);

    stmt->u.name = token_string(p, text);
    return stmt;
}

/* ---- phases ---- */

struct ast_stmt *
act_hook(struct parse *p, struct span at, struct span name,
         struct ast_pyref_list *pyrefs)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_HOOK, at);

    stmt->u.hook.name = token_name(p, name);
    ACT_TAKE(stmt->u.hook.pyrefs, pyrefs);
    return stmt;
}

struct ast_stmt *
act_filter(struct parse *p, struct span at, struct span name, struct span mime,
           struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_FILTER, at);

    stmt->u.filter.name = token_name(p, name);
    stmt->u.filter.mime = token_text(p, mime);
    stmt->u.filter.pyref = pyref;
    return stmt;
}

struct ast_stmt *
act_error(struct parse *p, struct span at, struct ast_code_list *codes,
          struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_ERROR, at);

    ACT_TAKE(stmt->u.error.codes, codes);
    stmt->u.error.pyref = pyref;
    return stmt;
}

struct ast_code *
act_code(struct parse *p, struct span at, struct span low, struct span high)
{
    struct ast_code *code = ACT_NEW(p, ast_code);

    code->span = at;
    code->low = act_number(p, low);
    code->high = low.start == high.start ? code->low : act_number(p, high);
    return code;
}

struct ast_stmt *
act_on(struct parse *p, struct span at, struct span name,
       struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_ON, at);

    stmt->u.hook.name = token_name(p, name);
    ACT_TAKE(stmt->u.hook.pyrefs, act_pyrefs(p, NULL, pyref));
    return stmt;
}
