/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may: requirements, rules with what they ask, realms.
 */
#include "check.h"

#include "args.h"
#include "network.h"
#include "option.h"

/* The values that an operator takes off the stack; it puts one back. */
static uint32_t
operands_of(uint32_t kind)
{
    switch ((enum routes_op_kind)kind) {
    case ROUTES_OP_AND:
    case ROUTES_OP_OR:
        return 2;
    case ROUTES_OP_NOT:
        return 1;
    case ROUTES_OP_NULL:
    case ROUTES_OP_PUBLIC:
    case ROUTES_OP_USER:
    case ROUTES_OP_ROLE:
    case ROUTES_OP_ANONYMOUS:
    case ROUTES_OP_SCOPE:
    case ROUTES_OP_CLAIM:
    case ROUTES_OP_REALM:
    case ROUTES_OP_TLS:
    case ROUTES_OP_IP:
    case ROUTES_OP_METHOD:
    case ROUTES_OP_PYTHON:
    case ROUTES_OP_APACHE:
        return 0;
    }
    return 0;
}

/* A requirement leaves one value on the stack and never takes more than are
 * there. */
static void
check_program(struct routes_check *c, const struct routes_auth *auth)
{
    uint32_t depth = 0;

    for (uint32_t i = 0; i < auth->n_ops; i++) {
        uint32_t taken = operands_of(c->table->ops[auth->ops + i].kind);

        routes_check_expect(
            c, c->table->ops[auth->ops + i].kind != ROUTES_OP_NULL,
            "a requirement with a null step");
        routes_check_expect(c, depth >= taken,
                            "a requirement that lacks an operand");
        depth = depth - (depth >= taken ? taken : depth) + 1;
    }
    routes_check_expect(c, depth == 1,
                        "a requirement that leaves more than one value");
}

static void
auths_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_auth *auth = &t->auths[i];

    routes_check_expect(c, auth->n_ops > 0 && auth->n_ops <= ROUTES_MAX_OPS,
                        "a requirement without steps, or with too many");
    routes_check_expect(c, routes_check_fits(auth->ops, auth->n_ops, t->n_ops),
                        "steps that are none");
    routes_check_expect(
        c, routes_check_fits(auth->realms, auth->n_realms, t->n_realm_sets),
        "realms that are none");
    routes_check_text(c, auth->text);
    if (c->refusal == NULL) {
        check_program(c, auth);
    }
}

/* What first and n name, by the kind. */
static void
check_operand(struct routes_check *c, const struct routes_op *op)
{
    const struct routes_table *t = c->table;

    switch (op->kind) {
    case ROUTES_OP_IP:
        routes_check_expect(
            c, op->n > 0 && routes_check_fits(op->first, op->n, t->n_networks),
            "networks that are none");
        return;
    case ROUTES_OP_PYTHON:
        routes_check_expect(c, op->n == 1, "several predicates");
        routes_check_row(c, op->first, t->n_predicates,
                         "a predicate that is none");
        return;
    case ROUTES_OP_APACHE:
        routes_check_expect(c, op->n == 1, "several providers");
        routes_check_row(c, op->first, t->n_authzs, "a provider that is none");
        return;
    default:
        routes_check_expect(c, op->first == 0 && op->n == 0,
                            "networks that are none");
    }
}

/* Names that requests make: a claim has two of them. */
static void
check_templates_of(struct routes_check *c, const struct routes_op *op)
{
    const struct routes_table *t = c->table;
    int has_text = op->kind == ROUTES_OP_ROLE || op->kind == ROUTES_OP_SCOPE ||
                   op->kind == ROUTES_OP_CLAIM;

    routes_check_index(c, op->text_template, t->n_templates,
                       "a template that is none");
    routes_check_index(c, op->name_template, t->n_templates,
                       "a template that is none");
    routes_check_expect(c, has_text || op->text_template == 0,
                        "a template of no name");
    routes_check_expect(c,
                        op->kind == ROUTES_OP_CLAIM || op->name_template == 0,
                        "a template of no name");
}

static void
ops_row(struct routes_check *c, uint32_t i)
{
    const struct routes_op *op = &c->table->ops[i];

    routes_check_expect(c, op->kind <= ROUTES_OP_APACHE,
                        "a kind that is none");
    routes_check_text(c, op->text);
    routes_check_text(c, op->name);
    routes_check_expect(c,
                        op->kind == ROUTES_OP_REALM
                            ? op->realm != 0 && op->realm < c->table->n_realms
                            : op->realm == 0,
                        "a realm that is none");
    check_operand(c, op);
    check_templates_of(c, op);
    routes_check_expect(
        c,
        op->kind == ROUTES_OP_METHOD
            ? op->methods != 0 &&
                  (op->methods & ~routes_method_known(c->table)) == 0
            : op->methods == 0,
        "a method without name");
}

static void
networks_row(struct routes_check *c, uint32_t i)
{
    routes_check_expect(c, routes_network_valid(&c->table->networks[i]),
                        "a network that is none");
}

static void
templates_row(struct routes_check *c, uint32_t i)
{
    const struct routes_template *row = &c->table->templates[i];

    routes_check_expect(c,
                        row->n_parts > 0 &&
                            routes_check_fits(row->parts, row->n_parts,
                                              c->table->n_template_parts),
                        "parts that are none");
}

static void
template_parts_row(struct routes_check *c, uint32_t i)
{
    const struct routes_template_part *part = &c->table->template_parts[i];

    routes_check_text(c, part->text);
    routes_check_expect(c,
                        part->text.len > 0
                            ? part->capture == 0
                            : part->capture < ROUTES_MAX_CAPTURES,
                        "a capture that is none");
}

/* Its arguments are read before there is a body; that a request has the
 * captures is looked at then. */
static void
predicates_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_predicate *row = &t->predicates[i];

    routes_check_text(c, row->name);
    routes_check_row(c, row->function, t->n_functions,
                     "a function that is none");
    routes_check_file(c, row->file);
    routes_check_expect(
        c,
        row->n_args < ROUTES_MAX_CAPTURES &&
            routes_check_fits(row->args, row->n_args, t->n_args),
        "arguments that are none");
    for (uint32_t k = 0; c->refusal == NULL && k < row->n_args; k++) {
        const struct routes_arg *arg = &t->args[row->args + k];

        routes_check_expect(c,
                            arg->type != 0 && arg->flags == 0 &&
                                (arg->source == ROUTES_FROM_PATH ||
                                 arg->source == ROUTES_FROM_CONSTANT),
                            "an argument that rules do not see");
    }
}

static void
authzs_row(struct routes_check *c, uint32_t i)
{
    const struct routes_authz *row = &c->table->authzs[i];

    routes_check_text(c, row->name);
    routes_check_text(c, row->args);
    routes_check_expect(c, row->name.len > 0, "a provider without name");
    routes_check_expect(c, row->of_user <= 1,
                        "a provider of neither users nor anyone");
    routes_check_file(c, row->file);
}

static void
realm_sets_row(struct routes_check *c, uint32_t i)
{
    routes_check_row(c, c->table->realm_sets[i], c->table->n_realms,
                     "a realm that is none");
}

static void
options_row(struct routes_check *c, uint32_t i)
{
    const struct routes_option *option = &c->table->options[i];

    routes_check_text(c, option->text);
    routes_check_index(c, option->function, c->table->n_functions,
                       "a function that is none");
}

static void
realms_row(struct routes_check *c, uint32_t i)
{
    const struct routes_realm *realm = &c->table->realms[i];

    routes_check_text(c, realm->name);
    routes_check_file(c, realm->source);
    routes_check_expect(c,
                        routes_check_fits(realm->options, realm->n_options,
                                          c->table->n_options),
                        "options that are none");
    if (c->refusal == NULL) {
        const char *fault = routes_option_fault(c->table, realm);

        routes_check_expect(c, fault == NULL, fault);
    }
}

void
routes_check_auth(struct routes_check *c)
{
    CHECK_ROWS(c, ops)
    CHECK_ROWS(c, networks)
    CHECK_ROWS(c, templates)
    CHECK_ROWS(c, template_parts)
    CHECK_ROWS(c, predicates)
    CHECK_ROWS(c, authzs)
    CHECK_ROWS(c, auths)
    CHECK_ROWS(c, realm_sets)
    CHECK_ROWS(c, options)
    CHECK_ROWS(c, realms)
}
