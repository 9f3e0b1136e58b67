/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule evaluation: a compiled requirement against a caller, three-valued.
 */
#include "rule.h"

#include <string.h>

#include "network.h"
#include "table.h"
#include "template.h"

/* Between which verdicts a value lies; open is a step that would tell if it
 * were asked, or NULL. */
struct bounds {
    enum routes_verdict low;
    enum routes_verdict high;
    const struct routes_op *open;
};

/* A program of n steps never holds more values than it has atoms. */
struct stack {
    struct bounds values[ROUTES_MAX_OPS];
    size_t n;
};

/* What was said where it was asked. */
struct answer {
    const struct routes_op *op;
    enum routes_word word;
};

struct answers {
    struct answer list[ROUTES_MAX_OPS];
    size_t n;
};

/* One judgement. */
struct judgement {
    const struct routes_table *table;
    const struct routes_scene *scene;
    const struct answers *answers;
    struct stack stack;
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

/* ---- the stack ---------------------------------------------------------- */

static int
push(struct stack *stack, enum routes_verdict value)
{
    stack->values[stack->n++] = (struct bounds){value, value, NULL};
    return 1;
}

/* What nobody knows, until the step is asked (NULL: for good). */
static int
push_open(struct stack *stack, const struct routes_op *op)
{
    stack->values[stack->n++] =
        (struct bounds){ROUTES_DENIED, ROUTES_GRANTED, op};
    return 1;
}

static enum routes_verdict
choose(enum routes_verdict a, enum routes_verdict b, int greater)
{
    return (a > b) == greater ? a : b;
}

/* Which of two open steps to ask first: httpd is cheaper than Python. */
static const struct routes_op *
ask_first(const struct routes_op *left, const struct routes_op *right)
{
    if (left == NULL || (right != NULL && left->kind == ROUTES_OP_PYTHON &&
                         right->kind == ROUTES_OP_APACHE)) {
        return right;
    }
    return left;
}

/* Replaces the two topmost values by the smaller (and), or the greater. */
static int
join(struct stack *stack, int greater)
{
    struct bounds *left;
    const struct bounds *right;

    if (stack->n < 2) {
        return 0;
    }
    right = &stack->values[--stack->n];
    left = &stack->values[stack->n - 1];
    left->low = choose(left->low, right->low, greater);
    left->high = choose(left->high, right->high, greater);
    left->open =
        left->low == left->high ? NULL : ask_first(left->open, right->open);
    return 1;
}

static int
invert(struct stack *stack)
{
    struct bounds *top;
    enum routes_verdict low;

    if (stack->n < 1) {
        return 0;
    }
    top = &stack->values[stack->n - 1];
    low = negate(top->high);
    top->high = negate(top->low);
    top->low = low;
    return 1;
}

/* ---- atoms -------------------------------------------------------------- */

/* A name of the caller's, or what the request makes of a template; NULL: it
 * makes none. */
static const char *
name_of(const struct judgement *j, struct routes_text text, uint32_t template,
        char *room)
{
    if (template == 0) {
        return routes_table_text(j->table, text);
    }
    return routes_template_fill(j->table, template, j->scene->captures,
                                j->scene->n_captures, room)
               ? room
               : NULL;
}

static int
has_named(const struct routes_caller *caller, const struct routes_op *op,
          const char *name, const char *text)
{
    switch (op->kind) {
    case ROUTES_OP_ROLE:
        return routes_caller_has_role(caller, text);
    case ROUTES_OP_SCOPE:
        return routes_caller_has_scope(caller, text);
    default:
        return routes_caller_has_claim(caller, name, text);
    }
}

/* role, scope, claim */
static int
push_named(struct judgement *j, const struct routes_op *op)
{
    const struct routes_caller *caller = j->scene->caller;
    char text_room[ROUTES_MAX_TEMPLATE + 1];
    char name_room[ROUTES_MAX_TEMPLATE + 1];
    const char *text;
    const char *name;

    if (caller->user == NULL) {
        return push(&j->stack, ROUTES_NO_USER);
    }
    text = name_of(j, op->text, op->text_template, text_room);
    name = name_of(j, op->name, op->name_template, name_room);
    if (text == NULL || name == NULL) {
        return push_open(&j->stack, NULL);
    }
    return push(&j->stack, judge_fact(has_named(caller, op, name, text)));
}

int
routes_rule_sure_no(const char *provider)
{
    static const char *const sure[] = {"all",    "env",  "ip",        "local",
                                       "method", "user", "valid-user"};

    for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++) {
        if (strcmp(sure[i], provider) == 0) {
            return 1;
        }
    }
    return 0;
}

static int
push_word(struct judgement *j, enum routes_word word)
{
    switch (word) {
    case ROUTES_NO:
        return push(&j->stack, ROUTES_DENIED);
    case ROUTES_YES:
        return push(&j->stack, ROUTES_GRANTED);
    case ROUTES_NOBODY:
        return push(&j->stack, ROUTES_NO_USER);
    case ROUTES_SILENT:
    case ROUTES_FAILED:
        break;
    }
    return push_open(&j->stack, NULL);
}

/* An anonymous caller is nobody that Python could be asked about, or a
 * provider of users. */
static int
is_of_user(const struct judgement *j, const struct routes_op *op)
{
    return op->kind == ROUTES_OP_PYTHON ||
           j->table->authzs[op->first].of_user != 0;
}

static int
push_asked(struct judgement *j, const struct routes_op *op)
{
    if (j->scene->caller->user == NULL && is_of_user(j, op)) {
        return push(&j->stack, ROUTES_NO_USER);
    }
    for (size_t i = 0; i < j->answers->n; i++) {
        const struct answer *answer = &j->answers->list[i];

        if (answer->op->kind == op->kind && answer->op->first == op->first) {
            return push_word(j, answer->word);
        }
    }
    return push_open(&j->stack, j->scene->ask == NULL ? NULL : op);
}

/* Whether the step could be done. */
static int
do_step(struct judgement *j, const struct routes_op *op)
{
    const struct routes_scene *scene = j->scene;
    const struct routes_caller *caller = scene->caller;
    struct stack *stack = &j->stack;

    switch ((enum routes_op_kind)op->kind) {
    case ROUTES_OP_NULL:
        return 0;
    case ROUTES_OP_PUBLIC:
        return push(stack, ROUTES_GRANTED);
    case ROUTES_OP_USER:
        return push(stack, judge_user(caller, 1));
    case ROUTES_OP_AND:
        return join(stack, 0);
    case ROUTES_OP_OR:
        return join(stack, 1);
    case ROUTES_OP_NOT:
        return invert(stack);
    case ROUTES_OP_ANONYMOUS:
        return push(stack, judge_fact(caller->user == NULL));
    case ROUTES_OP_ROLE:
    case ROUTES_OP_SCOPE:
    case ROUTES_OP_CLAIM:
        return push_named(j, op);
    case ROUTES_OP_REALM:
        return push(stack, judge_user(caller, caller->realm == op->realm));
    case ROUTES_OP_TLS:
        return push(stack, judge_fact(scene->tls));
    case ROUTES_OP_IP:
        return push(stack, judge_fact(is_from(j->table, op, scene)));
    case ROUTES_OP_METHOD:
        return push(stack, judge_fact((op->methods & scene->method) != 0));
    case ROUTES_OP_PYTHON:
    case ROUTES_OP_APACHE:
        return push_asked(j, op);
    }
    return 0;
}

/* ---- judging ------------------------------------------------------------ */

/* What is known with these answers; denied what is malformed. */
static struct bounds
run_program(const struct routes_table *table, const struct routes_auth *row,
            const struct routes_scene *scene, const struct answers *answers)
{
    static const struct bounds denied = {ROUTES_DENIED, ROUTES_DENIED, NULL};
    struct judgement j;

    j.table = table;
    j.scene = scene;
    j.answers = answers;
    j.stack.n = 0;
    for (uint32_t i = 0; i < row->n_ops; i++) {
        if (!do_step(&j, &table->ops[row->ops + i])) {
            return denied;
        }
    }
    return j.stack.n == 1 ? j.stack.values[0] : denied;
}

enum routes_verdict
routes_rule_judge(const struct routes_table *table, uint32_t auth,
                  const struct routes_scene *scene)
{
    const struct routes_auth *row = &table->auths[auth];
    struct answers answers;

    answers.n = 0;
    if (auth == 0 || row->n_ops > ROUTES_MAX_OPS) {
        return ROUTES_DENIED;
    }
    for (;;) {
        struct bounds bounds = run_program(table, row, scene, &answers);
        struct answer *next = &answers.list[answers.n];

        if (bounds.low == bounds.high) {
            return bounds.low;
        }
        if (bounds.open == NULL || answers.n == ROUTES_MAX_OPS) {
            return ROUTES_DENIED;
        }
        next->op = bounds.open;
        next->word = scene->ask(scene->baton, bounds.open);
        if (next->word == ROUTES_FAILED) {
            return ROUTES_DENIED;
        }
        answers.n++;
    }
}

/* What a step looks at. */
static unsigned
asks_of(const struct routes_op *op)
{
    switch ((enum routes_op_kind)op->kind) {
    case ROUTES_OP_ROLE:
    case ROUTES_OP_SCOPE:
    case ROUTES_OP_CLAIM:
        return op->text_template != 0 || op->name_template != 0
                   ? ROUTES_ASKS_ROLES | ROUTES_ASKS_CAPTURES
                   : ROUTES_ASKS_ROLES;
    case ROUTES_OP_PYTHON:
        return ROUTES_ASKS_ROLES | ROUTES_ASKS_CAPTURES | ROUTES_ASKS_PYTHON;
    case ROUTES_OP_APACHE:
        return ROUTES_ASKS_APACHE;
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
