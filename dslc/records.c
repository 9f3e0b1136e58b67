/* SPDX-License-Identifier: Apache-2.0 */
/* records: what a record declares: its members, its class. */
#include "dslc/records.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "dslc/callee.h"
#include "dslc/literal.h"
#include "dslc/pyword.h"
#include "dslc/raw.h"
#include "dslc/types.h"
#include "dslc/uploads.h"

struct model_record *
records_open(struct checker *checker, const struct scope_name *name)
{
    struct model_record *record = apr_pcalloc(checker->pool, sizeof(*record));

    record->name = name->name;
    record->members =
        apr_array_make(checker->pool, 8, sizeof(struct model_member *));
    record->open = name->stmt->u.record.ellipsis.file != 0;
    record->span = name->span;
    APR_ARRAY_PUSH(checker->model->records, struct model_record *) = record;
    record->number = (unsigned)checker->model->records->nelts;
    return record;
}

/* ---- members ---- */

/* One record being read. */
struct reader {
    struct checker *checker;
    struct scope *scope;
    struct model_record *record;
    apr_hash_t *names; /* in Python -> struct ast_arg * */
    apr_hash_t *wires; /* in the request -> struct ast_arg * */
};

static bool
refuse_name(struct reader *reader, const struct ast_arg *ast)
{
    struct diag_list *diags = reader->checker->diags;
    const struct ast_arg *before =
        apr_hash_get(reader->names, ast->name.text, APR_HASH_KEY_STRING);
    struct diag *diag;

    if (before != NULL) {
        diag = diag_error(diags, ast->name.span, E010,
                          "the member %s stands twice",
                          checker_quote(reader->checker, ast->name.text));
        diag_place(diag, before->name.span, "first here");
        return true;
    }
    apr_hash_set(reader->names, ast->name.text, APR_HASH_KEY_STRING, ast);
    if (reader->record->made != NULL && pyword_is(ast->name.text)) {
        diag = diag_error(diags, ast->name.span, E108,
                          "%s is a keyword of Python, so the class can't be "
                          "called with it",
                          checker_quote(reader->checker, ast->name.text));
        diag_help(diag, "give it another name: %s_: … from \"%s\"",
                  ast->name.text, ast->name.text);
        return true;
    }
    return false;
}

static bool
refuse_wire(struct reader *reader, const struct ast_arg *ast, const char *wire)
{
    const struct ast_arg *before =
        apr_hash_get(reader->wires, wire, APR_HASH_KEY_STRING);
    struct diag *diag;

    if (before == NULL) {
        apr_hash_set(reader->wires, wire, APR_HASH_KEY_STRING, ast);
        return false;
    }
    diag = diag_error(reader->checker->diags, ast->span, E105,
                      "%s of the request is read twice",
                      checker_quote(reader->checker, wire));
    diag_place(diag, before->span, "first here");
    return true;
}

static bool
check_type(struct reader *reader, const struct ast_arg *ast,
           const struct model_type *type)
{
    if (types_is_rest(type)) {
        diag_error(reader->checker->diags, ast->type->span, E112,
                   "%s is a type of path parameters", type->spelling);
        return false;
    }
    if (types_is_special(type)) {
        diag_error(reader->checker->diags, ast->type->span, E112,
                   "%s is a type of arguments of a call", type->spelling);
        return false;
    }
    if (uploads_is_type(type) || raw_is_type(type)) {
        diag_error(reader->checker->diags, ast->type->span, E112,
                   "%s is a type of arguments of a call: no text carries it",
                   type->spelling);
        return false;
    }
    return !types_broken(type);
}

static bool
read_member(struct reader *reader, const struct ast_arg *ast)
{
    const char *wire =
        ast->source_name.text != NULL ? ast->source_name.text : ast->name.text;
    struct model_member *member;
    struct model_type *type =
        types_resolve(reader->checker, reader->scope, ast->type);

    if (refuse_name(reader, ast) || refuse_wire(reader, ast, wire) ||
        !check_type(reader, ast, type)) {
        return false;
    }
    member = apr_pcalloc(reader->checker->pool, sizeof(*member));
    member->name = ast->name.text;
    member->wire = wire;
    member->type = type;
    member->span = ast->span;
    APR_ARRAY_PUSH(reader->record->members, struct model_member *) = member;
    if (ast->value != NULL) {
        member->constant =
            literal_default(reader->checker, reader->scope, ast->value, type);
        return member->constant != NULL;
    }
    return true;
}

static void
read_members(struct reader *reader, const struct ast_arg_list *fields)
{
    int n = 0;

    for (const struct ast_arg *ast = fields->first; ast != NULL;
         ast = ast->next) {
        if (++n > ROUTES_MAX_MEMBERS) {
            checker_exceeds(reader->checker, ast->span,
                            apr_psprintf(reader->checker->pool,
                                         "a record of more than %d members",
                                         ROUTES_MAX_MEMBERS));
            return;
        }
        reader->record->unclear |= !read_member(reader, ast);
    }
}

static void
read_record(struct checker *checker, struct scope *scope,
            const struct scope_name *name)
{
    const struct ast_pyref *pyclass = name->stmt->u.record.pyclass;
    const struct model_type *type = name->meaning;
    struct reader reader = {.checker = checker,
                            .scope = scope,
                            .record = type->record,
                            .names = apr_hash_make(checker->pool),
                            .wires = apr_hash_make(checker->pool)};

    if (pyclass != NULL) {
        reader.record->target = pyclass->span;
        reader.record->made =
            callee_function(checker, scope, pyclass->module.text,
                            pyclass->object.text, pyclass->span);
    }
    read_members(&reader, &name->stmt->u.record.fields);
}

void
records_declare(struct checker *checker, struct scope *scope)
{
    const apr_array_header_t *names = scope_names(scope, SCOPE_TYPE);

    for (int i = 0; i < names->nelts; i++) {
        const struct scope_name *name =
            APR_ARRAY_IDX(names, i, struct scope_name *);

        if (name->stmt->kind == AST_RECORD) {
            read_record(checker, scope, name);
        }
    }
}

/* ---- circles ---- */

/* Each record is asked what it can't be without, depth first, on a stack of
 * its own. */
struct walk {
    struct checker *checker;
    unsigned char *state; /* by number: enum scope_state */
    struct model_record **stack;
    int *next; /* by depth: the member to be looked at */
    int depth;
};

/* The record that a value of the type has at least one of, or NULL. */
static struct model_record *
needs(const struct model_type *type)
{
    while (!type->optional && type->item != NULL && type->has_min &&
           type->min > 0) {
        type = type->item;
    }
    return type->optional ? NULL : type->record;
}

static void
say_circle(const struct walk *walk, const struct model_record *record,
           const struct model_member *member)
{
    struct diag *diag = diag_error(
        walk->checker->diags, member->span, E509,
        "a value of the record %s has one of its own inside, without end",
        checker_quote(walk->checker, record->name));

    for (int i = walk->depth - 1; walk->stack[i] != record; i--) {
        diag_place(diag, walk->stack[i]->span, "through this one");
    }
    diag_place(diag, record->span, "the record");
    diag_help(diag, "make a member on the way optional: %s: %s?", member->name,
              member->type->spelling);
}

static void
push(struct walk *walk, struct model_record *record)
{
    walk->state[record->number] = SCOPE_BUSY;
    walk->next[walk->depth] = 0;
    walk->stack[walk->depth++] = record;
}

static void
step(struct walk *walk)
{
    struct model_record *record = walk->stack[walk->depth - 1];
    int at = walk->next[walk->depth - 1]++;
    const struct model_member *member;
    struct model_record *inner;

    if (at == record->members->nelts) {
        walk->state[record->number] = SCOPE_KNOWN;
        walk->depth--;
        return;
    }
    member = MODEL_AT(record->members, const struct model_member, at);
    inner = needs(member->type);
    if (inner == NULL || walk->state[inner->number] == SCOPE_KNOWN) {
        return;
    }
    if (walk->state[inner->number] == SCOPE_BUSY) {
        say_circle(walk, inner, member);
        return;
    }
    push(walk, inner);
}

void
records_check_circles(struct checker *checker)
{
    const apr_array_header_t *records = checker->model->records;
    size_t n = (size_t)records->nelts + 1;
    struct walk walk = {.checker = checker};

    walk.state = apr_pcalloc(checker->pool, n);
    walk.stack = apr_palloc(checker->pool, n * sizeof(struct model_record *));
    walk.next = apr_palloc(checker->pool, n * sizeof(int));
    for (int i = 0; i < records->nelts; i++) {
        struct model_record *record =
            MODEL_AT(records, struct model_record, i);

        if (walk.state[record->number] == SCOPE_UNKNOWN) {
            push(&walk, record);
        }
        while (walk.depth > 0) {
            step(&walk);
        }
    }
}
