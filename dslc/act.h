/* SPDX-License-Identifier: Apache-2.0 */
/* act: what the files of the grammar's actions share, for these files alone.
 *
 * The actions themselves are declared in grammar/actions.h; all of them are
 * `act_…`, whichever of the files has them.
 */
#ifndef DSLC_ACT_H
#define DSLC_ACT_H

#include "dslc/parse_run.h"

/* A zeroed node, in the parse's pool. */
#define ACT_NEW(p, type)                                                      \
    ((struct type *)apr_pcalloc((p)->pool, sizeof(struct type)))

/* Gives a list to its owner; none is an empty one. */
#define ACT_TAKE(into, list)                                                  \
    do {                                                                      \
        if ((list) != NULL) {                                                 \
            (into) = *(list);                                                 \
        }                                                                     \
    } while (0)

/* Defines the action that adds to a list of a noun. */
#define ACT_LIST(function, noun)                                              \
    struct ast_##noun##_list *function(struct parse *p,                       \
                                       struct ast_##noun##_list *list,        \
                                       struct ast_##noun *more)               \
    {                                                                         \
        if (list == NULL) {                                                   \
            list = ACT_NEW(p, ast_##noun##_list);                             \
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

/* A statement at a place, with the comment that documents it. */
struct ast_stmt *
act_make_stmt(struct parse *p, enum ast_kind kind, struct span at);

/* A statement that is a list of names. */
struct ast_stmt *act_make_names(struct parse *p, enum ast_kind kind,
                                struct span at, struct ast_value_list *names);

/* Gives a statement its clauses and what stands in its braces. */
struct ast_stmt *
act_give_body(struct ast_stmt *stmt, struct ast_stmt_list *line,
              struct ast_block *block);

/* The text of the `##` lines before the token at an offset, or NULL. */
const char *act_find_doc(const struct parse *p, uint32_t before);

#endif
