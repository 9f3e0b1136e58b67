/* SPDX-License-Identifier: Apache-2.0 */
/* matching: the pattern that a type's text matches. */
#include "dslc/matching.h"

#include <string.h>

#include "dslc/builtin.h"
#include "dslc/dfa.h"
#include "dslc/types.h"

static void
say_irregular(struct checker *checker, const struct ast_text *pattern,
              const char *error, size_t at)
{
    const struct source_file *file =
        source_of(checker->program->sources, pattern->span);
    size_t length = strlen(pattern->text);
    struct span span = pattern->span;

    /* r"…": the byte is where the text says, when nothing was escaped */
    if (file != NULL && at < length && file->text[span.start] == 'r' &&
        span.end - span.start == length + 3) {
        span.start += (uint32_t)(2 + at);
        span.end = span.start + 1;
    }
    diag_error(checker->diags, span, E113, "%s", error);
}

/* A type that was named has its pattern where it is declared. */
static void
say_second(struct checker *checker, struct scope *scope,
           const struct ast_type *ast)
{
    const struct scope_name *name =
        scope_use(scope, SCOPE_TYPE, ast->name.text);
    struct diag *diag = diag_error(checker->diags, ast->matching.span, E018,
                                   "a type has one `matching`, and %s has it",
                                   checker_quote(checker, ast->name.text));

    diag_place(diag, name->span, "declared here");
    diag_help(diag, "write one pattern that says both, in a type of its own");
}

/* The automaton of a pattern; NULL, and said.  Large ones take time, so that a
 * run makes so many of them. */
static struct dfa *
compile_pattern(struct checker *checker, const struct ast_text *pattern)
{
    const char *error;
    size_t at;
    struct dfa *dfa;

    if (checker->large_patterns >= TYPES_MAX_LARGE) {
        diag_error(checker->diags, pattern->span, E113,
                   "%d patterns with large automata stand before this one, "
                   "and no more are compiled",
                   TYPES_MAX_LARGE);
        return NULL;
    }
    dfa = dfa_from_regex(checker->pool, pattern->text, strlen(pattern->text),
                         &error, &at);
    if (dfa == NULL) {
        checker->large_patterns += error == dfa_too_large;
        say_irregular(checker, pattern, error, at);
        return NULL;
    }
    if (dfa->n_states > DFA_LARGE_STATES) {
        checker->large_patterns++;
        diag_warn(checker->diags, pattern->span, W115,
                  "the automaton of this pattern has %u states",
                  dfa->n_states);
    }
    return dfa;
}

bool
matching_read(struct checker *checker, struct scope *scope,
              const struct ast_type *ast, struct model_type *type)
{
    if (ast->matching.text == NULL) {
        return true;
    }
    if (type->matching != NULL) {
        say_second(checker, scope, ast);
        return false;
    }
    if (type->kind == ROUTES_TYPE_LIST || type->kind == ROUTES_TYPE_MAP) {
        diag_error(checker->diags, ast->matching.span, E113,
                   "a %s has no text to match: write `matching` on its "
                   "item",
                   builtin_of(type)->name);
        return false;
    }
    if (type->kind == ROUTES_TYPE_RECORD || type->kind == ROUTES_TYPE_JSON ||
        type->kind == ROUTES_TYPE_UPLOAD) {
        diag_error(checker->diags, ast->matching.span, E113,
                   "%s has no text to match", ast->name.text);
        return false;
    }
    if (types_is_special(type)) {
        diag_error(checker->diags, ast->matching.span, E113,
                   "%s has no text to match", ast->name.text);
        return false;
    }
    type->matching = ast->matching.text;
    type->matching_dfa = compile_pattern(checker, &ast->matching);
    if (type->matching_dfa == NULL) {
        return false;
    }
    if (dfa_empty(type->matching_dfa)) {
        diag_error(checker->diags, ast->matching.span, E114,
                   "no text matches this pattern");
        return false;
    }
    return true;
}
