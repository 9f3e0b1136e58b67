/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule evaluation: a compiled requirement against a caller, three-valued.
 */
#include "rule.h"

#include "network.h"
#include "table.h"

/* A program of n steps never holds more values than it has atoms. */
struct stack {
    enum routes_verdict values[ROUTES_MAX_OPS];
    size_t n;
};

/* Of what only a user can have. */
static enum routes_verdict
judge_user(const struct routes_caller *caller, int has)
{
    if (caller->user == NULL) {
        return ROUTES_NO_USER;
    }
    return has ? ROUTES_GRANTED : ROUTES_DENIED;
}

static enum routes_verdict
judge_fact(int holds)
{
    return holds ? ROUTES_GRANTED : ROUTES_DENIED;
}

static int
holds(const struct routes_table *table, const struct routes_op *op,
      const struct routes_network *network)
{
    for (uint32_t i = 0; i < op->n; i++) {
        if (routes_network_holds(&table->networks[op->first + i], network)) {
            return 1;
        }
    }
    return 0;
}

/* Whether it is, wherever it may be. */
static int
is_from(const struct routes_table *table, const struct routes_op *op,
        const struct routes_scene *scene)
{
    for (int i = 0; i < scene->n_from; i++) {
        if (!holds(table, op, &scene->from[i])) {
            return 0;
        }
    }
    return scene->n_from > 0;
}

static enum routes_verdict
negate(enum routes_verdict value)
{
    switch (value) {
    case ROUTES_DENIED:
        return ROUTES_GRANTED;
    case ROUTES_NO_USER:
        return ROUTES_NO_USER;
    case ROUTES_GRANTED:
        return ROUTES_DENIED;
    }
    return ROUTES_DENIED;
}

static int
push(struct stack *stack, enum routes_verdict value)
{
    stack->values[stack->n++] = value;
    return 1;
}

/* Replaces the two topmost values by the smaller (and), or the greater. */
static int
join(struct stack *stack, int greater)
{
    enum routes_verdict left;
    enum routes_verdict right;

    if (stack->n < 2) {
        return 0;
    }
    right = stack->values[--stack->n];
    left = stack->values[stack->n - 1];
    stack->values[stack->n - 1] = (left > right) == greater ? left : right;
    return 1;
}

static int
invert(struct stack *stack)
{
    if (stack->n < 1) {
        return 0;
    }
    stack->values[stack->n - 1] = negate(stack->values[stack->n - 1]);
    return 1;
}

/* Whether the step could be done. */
static int
do_step(const struct routes_table *table, const struct routes_op *op,
        const struct routes_scene *scene, struct stack *stack)
{
    const struct routes_caller *caller = scene->caller;
    const char *text = routes_table_text(table, op->text);

    switch ((enum routes_op_kind)op->kind) {
    case ROUTES_OP_NULL:
        return 0;
    case ROUTES_OP_PUBLIC:
        return push(stack, ROUTES_GRANTED);
    case ROUTES_OP_USER:
        return push(stack, judge_user(caller, 1));
    case ROUTES_OP_ROLE:
        return push(stack,
                    judge_user(caller, routes_caller_has_role(caller, text)));
    case ROUTES_OP_AND:
        return join(stack, 0);
    case ROUTES_OP_OR:
        return join(stack, 1);
    case ROUTES_OP_NOT:
        return invert(stack);
    case ROUTES_OP_ANONYMOUS:
        return push(stack, judge_fact(caller->user == NULL));
    case ROUTES_OP_SCOPE:
        return push(stack,
                    judge_user(caller, routes_caller_has_scope(caller, text)));
    case ROUTES_OP_CLAIM:
        return push(
            stack,
            judge_user(caller,
                       routes_caller_has_claim(
                           caller, routes_table_text(table, op->name), text)));
    case ROUTES_OP_REALM:
        return push(stack, judge_user(caller, caller->realm == op->realm));
    case ROUTES_OP_TLS:
        return push(stack, judge_fact(scene->tls));
    case ROUTES_OP_IP:
        return push(stack, judge_fact(is_from(table, op, scene)));
    case ROUTES_OP_METHOD:
        return push(stack, judge_fact((op->methods & scene->method) != 0));
    }
    return 0;
}

enum routes_verdict
routes_rule_judge(const struct routes_table *table, uint32_t auth,
                  const struct routes_scene *scene)
{
    const struct routes_auth *row = &table->auths[auth];
    struct stack stack;

    stack.n = 0;
    if (auth == 0 || row->n_ops > ROUTES_MAX_OPS) {
        return ROUTES_DENIED;
    }
    for (uint32_t i = 0; i < row->n_ops; i++) {
        if (!do_step(table, &table->ops[row->ops + i], scene, &stack)) {
            return ROUTES_DENIED;
        }
    }
    return stack.n == 1 ? stack.values[0] : ROUTES_DENIED;
}

/* What a step looks at. */
static unsigned
asks_of(const struct routes_op *op)
{
    switch ((enum routes_op_kind)op->kind) {
    case ROUTES_OP_ROLE:
    case ROUTES_OP_SCOPE:
    case ROUTES_OP_CLAIM:
        return ROUTES_ASKS_ROLES;
    case ROUTES_OP_TLS:
        return ROUTES_ASKS_TLS;
    case ROUTES_OP_IP:
        return ROUTES_ASKS_ADDRESS;
    case ROUTES_OP_METHOD:
        return ROUTES_ASKS_METHOD;
    case ROUTES_OP_NULL:
    case ROUTES_OP_PUBLIC:
    case ROUTES_OP_USER:
    case ROUTES_OP_AND:
    case ROUTES_OP_OR:
    case ROUTES_OP_NOT:
    case ROUTES_OP_ANONYMOUS:
    case ROUTES_OP_REALM:
        return 0;
    }
    return 0;
}

unsigned
routes_rule_asks(const struct routes_table *table, uint32_t auth)
{
    const struct routes_auth *row = &table->auths[auth];
    unsigned asks = 0;

    for (uint32_t i = 0; i < row->n_ops; i++) {
        asks |= asks_of(&table->ops[row->ops + i]);
    }
    return asks;
}

/* Whether a step asks about the request, or counts against a user. */
static int
asks_more(const struct routes_op *op)
{
    return op->kind == ROUTES_OP_ANONYMOUS ||
           (asks_of(op) & ~(unsigned)ROUTES_ASKS_ROLES) != 0;
}

int
routes_rule_public(const struct routes_table *table, uint32_t auth)
{
    static const struct routes_caller anonymous = {.user = NULL};
    const struct routes_scene scene = {.caller = &anonymous};
    const struct routes_auth *row = &table->auths[auth];

    for (uint32_t i = 0; i < row->n_ops; i++) {
        if (asks_more(&table->ops[row->ops + i])) {
            return 0;
        }
    }
    return routes_rule_judge(table, auth, &scene) == ROUTES_GRANTED;
}
