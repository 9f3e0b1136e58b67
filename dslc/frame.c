/* SPDX-License-Identifier: Apache-2.0 */
/* frame: what is in force inside one place of the source. */
#include "dslc/frame.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/consumes.h"
#include "dslc/hostname.h"
#include "dslc/pages.h"
#include "dslc/phases.h"
#include "dslc/slash.h"

#define HTTP_NOT_FOUND 404

static struct model_place *
add_place(struct checker *checker, const struct model_place *like,
          enum model_place_kind kind, struct span span)
{
    struct model_place *place = apr_pcalloc(checker->pool, sizeof(*place));

    if (like != NULL) {
        *place = *like;
    }
    place->kind = kind;
    place->auth = NULL;
    place->guards = kind == MODEL_PLACE_LOCATION;
    place->span = span;
    APR_ARRAY_PUSH(checker->model->places, struct model_place *) = place;
    return place;
}

/* The root as a prefix: paths below it begin with their own slash. */
static struct model_path *
make_root(struct checker *checker, struct span span)
{
    struct model_path *root = apr_pcalloc(checker->pool, sizeof(*root));

    root->segments =
        apr_array_make(checker->pool, 1, sizeof(struct model_segment *));
    root->text = "/";
    root->span = span;
    return root;
}

/* The root as a path: one empty segment. */
static struct model_path *
make_slash(struct checker *checker, struct span span)
{
    struct model_path *path = make_root(checker, span);
    struct model_segment *empty = apr_pcalloc(checker->pool, sizeof(*empty));

    empty->prefix = "";
    empty->suffix = "";
    empty->span = span;
    APR_ARRAY_PUSH(path->segments, struct model_segment *) = empty;
    return path;
}

/* `unmatched 404` keeps what no route takes, `unmatched pass` lets it go on.
 */
static void
apply_unmatched(struct checker *checker, struct frame *frame,
                const struct ast_stmt *stmt)
{
    const struct ast_value *value = stmt->u.value;
    struct model_place *place = frame->place;

    if (value->kind == AST_WORD && strcmp(value->text, "pass") == 0) {
        place->guards = 0;
        return;
    }
    if (value->kind != AST_INT || value->number != HTTP_NOT_FOUND) {
        diag_error(checker->diags, value->span, E016,
                   "`unmatched` takes 404 or `pass`, and not %s",
                   checker_quote(checker, value->text));
        return;
    }
    place->guards = !frame->lost;
    if (place->path == NULL) {
        place->path = make_slash(checker, stmt->span);
    }
}

struct frame
frame_root(struct checker *checker)
{
    struct link_unit *unit = checker->program->root;
    struct frame frame = {.unit = unit, .names = ""};

    frame.place = add_place(checker, NULL, MODEL_PLACE_FILE, unit->ast->span);
    frame.place->hosts =
        apr_array_make(checker->pool, 1, sizeof(struct model_host *));
    APR_ARRAY_PUSH(frame.place->hosts, struct model_host *) =
        hostname_any(checker);
    frame.auths = auths_none(checker);
    frame.results = results_none(checker);
    frame.limits = limits_none();
    return frame;
}

struct frame
frame_open(struct checker *checker, const struct frame *outer,
           enum model_place_kind kind, struct span span)
{
    struct frame frame = *outer;

    frame.outer = outer;
    frame.depth++;
    frame.place = add_place(checker, outer->place, kind, span);
    frame.place->parent = outer->place;
    return frame;
}

void
frame_apply(struct checker *checker, struct frame *frame,
            const struct clause_set *set, enum clause_where where,
            const void *of)
{
    struct rules_reach reach = {.path = frame->base.prefix,
                                .host_param = frame->base.host_param,
                                .unclear = frame->lost};

    frame->auths = auths_combine(checker, frame->unit->scope, &frame->auths,
                                 set, where, &reach);
    if (link_damaged(frame->unit, of)) {
        frame->auths.broken_rule = true;
        frame->auths.broken_realms = true;
    }
    frame->results =
        results_combine(checker, frame->unit->scope, &frame->results, set);
    frame->conduct =
        conduct_combine(checker, &frame->conduct, set, frame->place->parent);
    frame->limits = link_damaged(frame->unit, of)
                        ? limits_any()
                        : limits_combine(checker, &frame->limits, set, &reach);
    frame->conduct.pages =
        pages_combine(checker, frame->unit->scope, frame->conduct.pages, set,
                      &frame->results, &frame->limits);
    frame->slash = slash_combine(checker, frame->slash, set);
    frame->place->rates = frame->limits.rates;
    frame->consumes = consumes_combine(checker, frame->consumes, set);
    phases_check(checker, frame->unit->scope, set, where);
    conduct_place(&frame->conduct, frame->place);
    if (set->one[AST_UNMATCHED] != NULL) {
        apply_unmatched(checker, frame, set->one[AST_UNMATCHED]);
    }
    frame->place->auth = frame->auths.auth;
}

void
frame_prefix(struct checker *checker, struct frame *frame,
             struct model_path *prefix)
{
    struct model_place *place = frame->place;

    frame->base.prefix = prefix;
    place->path = prefix;
    if (prefix == NULL) {
        /* what is inside is looked through as if at the root */
        frame->lost = true;
        checker->model->partial = 1;
        frame->base.prefix = make_root(checker, place->span);
        place->guards = 0;
    }
    else if (prefix->segments->nelts == 0) {
        place->path = make_slash(checker, prefix->span);
    }
}

const char *
frame_names(struct checker *checker, const struct frame *frame,
            const struct clause_set *set)
{
    const struct ast_stmt *as = set->one[AST_AS];

    return as == NULL ? frame->names
                      : apr_pstrcat(checker->pool, frame->names,
                                    as->u.name.text, ".", NULL);
}
