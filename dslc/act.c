/* SPDX-License-Identifier: Apache-2.0 */
/* act: the grammar's actions: the file, lists, statements, comments. */
#include "dslc/act.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/syntax.h"
#include "dslc/token.h"
#include "dslc/unexpected.h"

/* ---- lists ---- */

ACT_LIST(act_args, arg)
ACT_LIST(act_codes, code)
ACT_LIST(act_limits, limit)
ACT_LIST(act_options, option)
ACT_LIST(act_parts, part)
ACT_LIST(act_paths, path)
ACT_LIST(act_pyrefs, pyref)
ACT_LIST(act_raises, raise)
ACT_LIST(act_results, result)
ACT_LIST(act_stmts, stmt)
ACT_LIST(act_targs, targ)
ACT_LIST(act_types, type)
ACT_LIST(act_values, value)

/* ---- comments that document ---- */

/* The text of `##` lines; other comments between them are not in it. */
static const char *
read_doc(struct parse *p, struct span comments)
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
const char *
act_find_doc(const struct parse *p, uint32_t before)
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

struct ast_stmt *
act_make_stmt(struct parse *p, enum ast_kind kind, struct span at)
{
    struct ast_stmt *stmt = ACT_NEW(p, ast_stmt);

    stmt->kind = kind;
    stmt->span = at;
    stmt->keyword = first_word(p, at);
    stmt->doc = act_find_doc(p, at.start);
    return stmt;
}

/* Gives a statement its clauses and what stands in its braces. */
struct ast_stmt *
act_give_body(struct ast_stmt *stmt, struct ast_stmt_list *line,
              struct ast_block *block)
{
    ACT_TAKE(stmt->body, line);
    for (struct ast_stmt *s = stmt->body.first; s != NULL; s = s->next) {
        s->on_line = true;
    }
    if (block == NULL) {
        return stmt;
    }
    stmt->braces = block->span;
    if (stmt->body.first == NULL) {
        ACT_TAKE(stmt->body, block->stmts);
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
    struct ast_block *block = ACT_NEW(p, ast_block);

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
    ACT_TAKE(p->file->stmts, stmts);
}

struct ast_stmt *
act_make_names(struct parse *p, enum ast_kind kind, struct span at,
               struct ast_value_list *names)
{
    struct ast_stmt *stmt = act_make_stmt(p, kind, at);

    ACT_TAKE(stmt->u.names, names);
    return stmt;
}

/* ---- faults ---- */

/* What stands on the line of a mistake may be lost.  False if it was. */
static bool
note_torn(struct parse *p, struct span at)
{
    apr_array_header_t *torn = p->file->torn;
    const char *text = p->source->text;

    for (int i = torn->nelts - 1; i >= 0; i--) {
        const struct span *line = &APR_ARRAY_IDX(torn, i, struct span);

        if (line->start <= at.start && at.start <= line->end) {
            return false;
        }
    }
    while (at.start > 0 && text[at.start - 1] != '\n') {
        at.start--;
    }
    at.end = at.start + (uint32_t)strcspn(text + at.start, "\n");
    APR_ARRAY_PUSH(torn, struct span) = at;
    return true;
}

void
act_fault(struct parse *p, struct span at, enum act_fault fault)
{
    bool first = note_torn(p, at);

    p->file->astray |= fault == ACT_OPEN_BLOCK;
    if (first || fault != ACT_OPEN_BLOCK) {
        syntax_fault(p, at, fault);
    }
}

int
act_unexpected(struct parse *p, struct span at, const char *found,
               const char *const *expected, int count, int follows)
{
    return note_torn(p, at) &&
           unexpected_tell(p, at, found, expected, count, follows != 0);
}

int
act_enough(const struct parse *p)
{
    return diag_error_count(p->diags) - p->errors_before > PARSE_MAX_ERRORS;
}
