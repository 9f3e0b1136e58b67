/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_auth: realms and requirements of a plan.
 */
#include "plan_auth.h"

#include <string.h>

#include <apr_strings.h>

#include "../runtime/network.h"
#include "../runtime/option.h"
#include "paths.h"
#include "plan_types.h"
#include "rule_text.h"
#include "rules.h"

/* ---- realms ------------------------------------------------------------- */

/* The first of a realm's options, which stand together. */
static uint32_t
plan_options(struct plan *plan, const struct model_realm *realm)
{
    struct rows *options = PLAN_ROWS(plan, options);
    uint32_t first = options->n;

    for (int i = 0; i < realm->options->nelts; i++) {
        const struct model_option *option =
            MODEL_AT(realm->options, struct model_option, i);
        struct routes_option row;

        memset(&row, 0, sizeof(row));
        row.key = (uint32_t)option->row->key;
        row.text = plan_text(plan, option->text);
        row.number = option->number;
        row.function = plan_row(plan, option->function);
        rows_add(options, &row,
                 apr_psprintf(plan->pool, "%s of %s", option->row->name,
                              realm->name));
    }
    return first;
}

void
plan_auth_realms(struct plan *plan)
{
    const apr_array_header_t *realms = plan->model->realms;

    for (int i = 0; i < realms->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(realms, struct model_realm, i);
        struct routes_realm row;

        memset(&row, 0, sizeof(row));
        row.kind = (uint32_t)realm->kind;
        row.name = plan_text(plan, realm->name);
        row.options = plan_options(plan, realm);
        row.n_options = (uint32_t)realm->options->nelts;
        row.source = plan_file(plan, realm->span);
        row.line = plan_line(plan, realm->span);
        plan_set_row(plan, realm,
                     rows_add(PLAN_ROWS(plan, realms), &row,
                              plan_note(plan, realm->name, realm->span)));
    }
}

/* The realms of a decision as a sequence of realm_sets[]. */
static uint32_t
plan_realm_set(struct plan *plan, const apr_array_header_t *realms)
{
    size_t n = (size_t)realms->nelts;
    uint32_t *set = apr_palloc(plan->pool, n * sizeof(*set));
    const char **names = apr_palloc(plan->pool, n * sizeof(*names));

    for (size_t i = 0; i < n; i++) {
        const struct model_realm *realm =
            MODEL_AT(realms, struct model_realm, i);

        set[i] = plan_row(plan, realm);
        names[i] = realm->name;
    }
    return rows_intern(PLAN_ROWS(plan, realm_sets), set, (uint32_t)n, names);
}

/* ---- requirements ------------------------------------------------------- */

/* A requirement in postfix order. */
struct postfix {
    const struct model_path *path; /* whose captures it asks; NULL: those of
                                      the path that it was read for */
    struct routes_op ops[ROUTES_MAX_OPS];
    const char *notes[ROUTES_MAX_OPS];
    int n;
};

static uint32_t
plan_networks(struct plan *plan, const apr_array_header_t *networks)
{
    size_t n = (size_t)networks->nelts;
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        notes[i] = routes_network_text(
            &APR_ARRAY_IDX(networks, i, struct routes_network), plan->pool);
    }
    return rows_intern(PLAN_ROWS(plan, networks), networks->elts, (uint32_t)n,
                       notes);
}

/* ---- texts that requests complete --------------------------------------- */

/* Which capture a parameter is on a path that may have it elsewhere. */
static uint32_t
capture_of(const struct model_path *path, const struct model_param *param)
{
    const struct model_param *own = paths_find(path, NULL, param->name);

    return own != NULL ? own->capture : param->capture;
}

static uint32_t
plan_template(struct plan *plan, const struct model_path *path,
              const apr_array_header_t *parts, const char *shown)
{
    struct routes_template row;
    struct routes_template_part *rows;
    const char **notes;

    if (parts == NULL) {
        return 0;
    }
    rows = apr_pcalloc(plan->pool, (size_t)parts->nelts * sizeof(*rows));
    notes = apr_palloc(plan->pool, (size_t)parts->nelts * sizeof(*notes));
    for (int i = 0; i < parts->nelts; i++) {
        const struct model_rule_part *part =
            &APR_ARRAY_IDX(parts, i, struct model_rule_part);

        rows[i].text = plan_text(plan, part->text);
        rows[i].capture =
            part->arg != NULL ? capture_of(path, part->arg->param) : 0;
        notes[i] = part->arg != NULL ? part->arg->text : part->text;
    }
    memset(&row, 0, sizeof(row));
    row.n_parts = (uint32_t)parts->nelts;
    row.parts =
        rows_intern(PLAN_ROWS(plan, template_parts), rows, row.n_parts, notes);
    return rows_intern(PLAN_ROWS(plan, templates), &row, 1, &shown);
}

/* ---- predicates --------------------------------------------------------- */

static void
fill_arg(struct plan *plan, const struct model_path *path,
         struct routes_arg *row, const char *name,
         const struct model_rule_arg *arg)
{
    row->name = plan_text(plan, name);
    row->wire = plan_text(plan, arg->text);
    if (arg->param != NULL) {
        row->source = ROUTES_FROM_PATH;
        row->capture = (uint16_t)capture_of(path, arg->param);
        row->type = plan_types_in_path(plan, arg->param->type);
        return;
    }
    row->source = ROUTES_FROM_CONSTANT;
    row->type = plan_types_of(plan, arg->type);
    row->constant = plan_types_const(plan, arg->literal);
}

static uint32_t
plan_given(struct plan *plan, const struct model_path *path,
           const struct model_rule *rule)
{
    struct routes_arg rows[ROUTES_MAX_CAPTURES];
    const char *notes[ROUTES_MAX_CAPTURES];

    memset(rows, 0, sizeof(rows));
    for (int i = 0; i < rule->args->nelts; i++) {
        const struct model_param *declared =
            MODEL_AT(rule->predicate->params, const struct model_param, i);

        fill_arg(plan, path, &rows[i], declared->name,
                 MODEL_AT(rule->args, const struct model_rule_arg, i));
        notes[i] = declared->name;
    }
    return rows_intern(PLAN_ROWS(plan, args), rows,
                       (uint32_t)rule->args->nelts, notes);
}

/* The predicate with what it is given; the same question is one row. */
static uint32_t
plan_predicate(struct plan *plan, const struct model_path *path,
               const struct model_rule *rule)
{
    const struct model_predicate *predicate = rule->predicate;
    const char *note;
    struct routes_predicate row;

    memset(&row, 0, sizeof(row));
    row.name = plan_text(plan, predicate->name);
    row.function = plan_row(plan, predicate->function);
    row.args = plan_given(plan, path, rule);
    row.n_args = (uint32_t)rule->args->nelts;
    row.file = plan_file(plan, predicate->span);
    row.line = plan_line(plan, predicate->span);
    note = plan_note(plan, rule_text_of(plan->pool, rule), predicate->span);
    return rows_intern(PLAN_ROWS(plan, predicates), &row, 1, &note);
}

/* ---- httpd's providers -------------------------------------------------- */

static uint32_t
plan_authz(struct plan *plan, const struct model_rule *rule)
{
    const char *note =
        plan_note(plan, rule_text_of(plan->pool, rule), rule->span);
    struct routes_authz row;

    memset(&row, 0, sizeof(row));
    row.name = plan_text(plan, rule->name);
    row.args = plan_text(plan, rule->text);
    row.of_user = rules_of_user(rule);
    row.file = plan_file(plan, rule->span);
    row.line = plan_line(plan, rule->span);
    return rows_intern(PLAN_ROWS(plan, authzs), &row, 1, &note);
}

/* ---- programs ----------------------------------------------------------- */

static void
add_op(struct plan *plan, struct postfix *program, enum routes_op_kind kind,
       const struct model_rule *rule)
{
    struct routes_op *op = &program->ops[program->n];

    memset(op, 0, sizeof(*op));
    op->kind = (uint32_t)kind;
    if (rule->realm != NULL) {
        op->realm = plan_row(plan, rule->realm);
    }
    else if (rule->op == MODEL_RULE_APACHE) {
        op->first = plan_authz(plan, rule);
        op->n = 1;
    }
    else {
        op->text_template =
            plan_template(plan, program->path, rule->parts, rule->text);
        op->name_template =
            plan_template(plan, program->path, rule->name_parts, rule->name);
        op->text = plan_text(plan, rule->parts == NULL ? rule->text : NULL);
        op->name =
            plan_text(plan, rule->name_parts == NULL ? rule->name : NULL);
    }
    if (rule->predicate != NULL) {
        op->first = plan_predicate(plan, program->path, rule);
        op->n = 1;
    }
    op->methods = rule->methods;
    if (rule->networks != NULL) {
        op->first = plan_networks(plan, rule->networks);
        op->n = (uint32_t)rule->networks->nelts;
    }
    program->notes[program->n] = rule->predicate != NULL
                                     ? rule->predicate->name
                                 : rule->op == MODEL_RULE_APACHE ? rule->name
                                                                 : rule->text;
    program->n++;
}

/* Whether one more operator fits; no rule is deeper than it is long. */
static int
has_room(struct plan *plan, const struct postfix *program, int depth)
{
    if (program->n < ROUTES_MAX_OPS && depth < ROUTES_MAX_OPS) {
        return 1;
    }
    plan_exceed(plan, (struct span){0}, "a requirement of more than %d steps",
                ROUTES_MAX_OPS);
    return 0;
}

static void
add_rule(struct plan *plan, struct postfix *program,
         const struct model_rule *rule, int depth)
{
    static const enum routes_op_kind kinds[] = {
        [MODEL_RULE_PUBLIC] = ROUTES_OP_PUBLIC,
        [MODEL_RULE_USER] = ROUTES_OP_USER,
        [MODEL_RULE_ROLE] = ROUTES_OP_ROLE,
        [MODEL_RULE_AND] = ROUTES_OP_AND,
        [MODEL_RULE_OR] = ROUTES_OP_OR,
        [MODEL_RULE_NOT] = ROUTES_OP_NOT,
        [MODEL_RULE_ANONYMOUS] = ROUTES_OP_ANONYMOUS,
        [MODEL_RULE_SCOPE] = ROUTES_OP_SCOPE,
        [MODEL_RULE_CLAIM] = ROUTES_OP_CLAIM,
        [MODEL_RULE_REALM] = ROUTES_OP_REALM,
        [MODEL_RULE_TLS] = ROUTES_OP_TLS,
        [MODEL_RULE_IP] = ROUTES_OP_IP,
        [MODEL_RULE_METHOD] = ROUTES_OP_METHOD,
        [MODEL_RULE_PYTHON] = ROUTES_OP_PYTHON,
        [MODEL_RULE_APACHE] = ROUTES_OP_APACHE,
    };

    if (!has_room(plan, program, depth)) {
        return;
    }
    if (rule->left != NULL) {
        add_rule(plan, program, rule->left, depth + 1);
    }
    if (rule->right != NULL) {
        add_rule(plan, program, rule->right, depth + 1);
    }
    if (has_room(plan, program, depth)) {
        add_op(plan, program, kinds[rule->op], rule);
    }
}

uint32_t
plan_auth_on(struct plan *plan, const struct model_auth *auth,
             const struct model_path *path)
{
    struct postfix program = {.path = path};
    struct rows *auths = PLAN_ROWS(plan, auths);
    struct routes_auth row;
    uint32_t made;

    add_rule(plan, &program, auth->rule, 0);
    memset(&row, 0, sizeof(row));
    row.ops = rows_intern(PLAN_ROWS(plan, ops), program.ops,
                          (uint32_t)program.n, program.notes);
    row.n_ops = plan_count(plan, program.n, "steps of a requirement");
    row.n_realms = plan_count(plan, auth->realms->nelts, "realms");
    row.realms = plan_realm_set(plan, auth->realms);
    row.text = plan_text(plan, rule_text_of(plan->pool, auth->rule));
    made = rows_intern(auths, &row, 1, NULL);
    if (rows_note(auths, made) == NULL) {
        rows_set_note(auths, made, rule_text_of(plan->pool, auth->rule));
    }
    return made;
}

uint32_t
plan_auth_of(struct plan *plan, const struct model_auth *auth)
{
    uint32_t known = auth != NULL ? plan_row(plan, auth) : 0;

    if (auth != NULL && known == 0) {
        known = plan_auth_on(plan, auth, NULL);
        plan_set_row(plan, auth, known);
    }
    return known;
}
