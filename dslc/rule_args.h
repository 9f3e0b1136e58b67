/* SPDX-License-Identifier: Apache-2.0 */
/* rule_args: what requirements are given: parameters, data, texts with
 * parameters in them. */
#ifndef DSLC_RULE_ARGS_H
#define DSLC_RULE_ARGS_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/rules.h"
#include "dslc/scope.h"

/* The parameters of a declared rule: struct model_param *; NULL after a
 * mistake, which was said (E105, E308). */
apr_array_header_t *
rule_args_params(struct checker *checker, struct scope *scope,
                 const struct ast_arg_list *params);

/* What an expression gives to the parameters of a declared rule: struct
 * model_rule_arg *; NULL after a mistake, which was said (E304, E308, E405,
 * E011). */
apr_array_header_t *
rule_args_read(struct checker *checker, struct scope *scope,
               const struct rules_reach *reach,
               const apr_array_header_t *params, const struct ast_expr *expr);

/* A declared rule's parameters, given to what it calls: struct
 * model_rule_arg *. */
apr_array_header_t *
rule_args_own(struct checker *checker, const apr_array_header_t *params);

/* The pieces of a text with `{name}` in it: struct model_rule_part; NULL after
 * a mistake, which was said (E304). */
apr_array_header_t *
rule_args_parts(struct checker *checker, const struct rules_reach *reach,
                const struct ast_value *value);

/* Whether the word is a parameter in reach; *span is where that stands. */
bool rule_args_is_param(const struct rules_reach *reach, const char *word,
                        struct span *span);

#endif
