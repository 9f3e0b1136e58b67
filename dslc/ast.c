/* SPDX-License-Identifier: Apache-2.0 */
/* ast: what is known of the kinds of statement. */
#include "dslc/ast.h"

const char *
ast_kind_word(enum ast_kind kind)
{
    static const char *const words[] = {
#define STMT(kind, word) [AST_##kind] = word,
#include "grammar/stmts.def"
#undef STMT
    };

    return words[kind];
}

bool
ast_is_clause(enum ast_kind kind)
{
    return kind >= AST_AS && kind <= AST_DEPRECATED;
}
