/* SPDX-License-Identifier: Apache-2.0 */
/* clause: where each statement may stand, and the clauses of one block. */
#include "dslc/clause.h"

#include <apr_strings.h>
#include <apr_tables.h>

#define F CLAUSE_FILE
#define H CLAUSE_HOST
#define L CLAUSE_LOCATION
#define I CLAUSE_INCLUDE
#define R CLAUSE_ROUTE
#define P (CLAUSE_PUBLISH | CLAUSE_LINE)
#define M CLAUSE_MOUNT
#define D CLAUSE_REDIRECT
#define V (CLAUSE_CHOICE | CLAUSE_FORMAT)

static const struct clause_row rows[AST_KINDS] = {
    /* declarations */
    [AST_IMPORT] = {.where = F},
    [AST_SETTING] = {.where = F},
    [AST_TYPE] = {.where = F},
    [AST_RECORD] = {.where = F},
    [AST_REALM] = {.where = F},
    [AST_RULE] = {.where = F},
    [AST_INTERPRETER_DECL] = {.where = F, .waits = true},
    [AST_METHOD] = {.where = F},
    [AST_UNUSED] = {.where = F},
    /* what clauses govern */
    [AST_LOCATION] = {.where = F | H | L, .governed = true},
    [AST_HOST] = {.where = F, .governed = true},
    [AST_ROUTE] = {.where = F | H | L, .governed = true},
    [AST_VARIANT] = {.where = R},
    [AST_PUBLISH] = {.where = F | H | L, .governed = true},
    [AST_LINE] = {.where = CLAUSE_PUBLISH, .governed = true},
    [AST_MOUNT] = {.where = F | H | L, .governed = true},
    [AST_MOUNT_OPTION] = {.where = M},
    [AST_REDIRECT] = {.where = F | H | L, .governed = true},
    [AST_INCLUDE] = {.where = F | H | L, .governed = true},
    /* assertions */
    [AST_ASSERT_EVERY] = {.where = F | H},
    [AST_ASSERT_PUBLIC] = {.where = F | H},
    [AST_ASSERT_ROUTE] = {.where = F | H},
    /* phases */
    [AST_HOOK] = {.where = F | H | L | R | M, .waits = true},
    [AST_FILTER] = {.where = F | H | L | R | M, .waits = true},
    [AST_ERROR] = {.where = F | H | L | R | M},
    [AST_ON] = {.where = F},
    /* clauses */
    [AST_AS] = {.where = R | CLAUSE_LINE | V | I | M | D},
    [AST_AUTH] = {.where = F | H | L | I | R | P | M,
                  .override = H | L | I | R | P | M | D},
    [AST_REQUIRE] = {.where = F | H | L | I | R | P | M | D | CLAUSE_CHOICE,
                     .override = H | L | I | R | P | M | D,
                     .repeats = true},
    [AST_PUBLIC] = {.where = F | H | L | I | R | P | M | D,
                    .override = H | L | I | R | P | M | D},
    [AST_DENY] = {.where = F | H | L | I | R | P | M},
    [AST_UNMATCHED] = {.where = F | H | L},
    [AST_LIMIT] = {.where = F | H | L | I | R | P | M | V,
                   .override = H | L | I | R | P | M},
    [AST_PRODUCES] = {.where = F | H | L | I | R | P | M | V},
    [AST_CONSUMES] = {.where = F | H | L | I | R | P | M | V},
    [AST_QUERY] = {.where = F | H | L | I | R | P | M},
    [AST_RETURNS] = {.where = R | CLAUSE_LINE | V},
    [AST_RAISES] = {.where = F | H | L | I | R | P | V, .repeats = true},
    [AST_HEADER] = {.where = F | H | L | I | R | P | M, .repeats = true},
    [AST_CACHE] = {.where = F | H | L | I | R | P | M | V},
    [AST_CORS] = {.where = F | H | L | I | R | P | M},
    [AST_CSRF] = {.where = F | H | L | I | R | P | M},
    [AST_SLASH] = {.where = F | H | L | I | R | P | M},
    [AST_INTERPRETER] = {.where = F | H | L | I | R | P | M, .waits = true},
    [AST_OPTION] = {.where = F | H | L | I | R | P | M,
                    .repeats = true,
                    .waits = true},
    [AST_DEPRECATED] = {.where = F | H | L | I | R | P | M},
};

#undef F
#undef H
#undef L
#undef I
#undef R
#undef P
#undef M
#undef D
#undef V

static const struct {
    enum clause_where where;
    const char *word;
} places[] = {
    {CLAUSE_FILE, "a file"},         {CLAUSE_HOST, "a host"},
    {CLAUSE_LOCATION, "a location"}, {CLAUSE_INCLUDE, "an include"},
    {CLAUSE_ROUTE, "a route"},       {CLAUSE_PUBLISH, "a publish"},
    {CLAUSE_LINE, "a function"},     {CLAUSE_MOUNT, "a mount"},
    {CLAUSE_REDIRECT, "a redirect"}, {CLAUSE_CHOICE, "a variant"},
    {CLAUSE_FORMAT, "a variant"},
};

#define N_PLACES (sizeof(places) / sizeof(places[0]))

const struct clause_row *
clause_row(enum ast_kind kind)
{
    return &rows[kind];
}

/* What messages call the place: "a location". */
static const char *
where_word(enum clause_where where)
{
    for (size_t i = 0; i < N_PLACES; i++) {
        if (places[i].where == where) {
            return places[i].word;
        }
    }
    return "a block";
}

/* "`override limit`", as it was written. */
static const char *
quote_keyword(struct checker *checker, const struct ast_stmt *stmt)
{
    return apr_pstrcat(checker->pool, "`", stmt->override ? "override " : "",
                       ast_kind_word(stmt->kind), "`", NULL);
}

/* "a host, a location or a route" */
static const char *
join_places(struct checker *checker, unsigned where)
{
    const char *joined = NULL;
    const char *last = NULL;

    for (size_t i = 0; i < N_PLACES; i++) {
        if ((where & places[i].where) == 0 ||
            places[i].where == CLAUSE_FORMAT) {
            continue;
        }
        if (last != NULL) {
            joined = joined == NULL ? last
                                    : apr_pstrcat(checker->pool, joined, ", ",
                                                  last, NULL);
        }
        last = places[i].word;
    }
    return joined == NULL
               ? last
               : apr_pstrcat(checker->pool, joined, " or ", last, NULL);
}

static bool
decides(const struct ast_stmt *stmt)
{
    return stmt->kind == AST_REQUIRE || stmt->kind == AST_PUBLIC;
}

static void
say_misplaced(struct checker *checker, const struct ast_stmt *stmt,
              enum clause_where where)
{
    const struct clause_row *row = &rows[stmt->kind];
    unsigned allowed = stmt->override ? row->override : row->where;
    const char *keyword = quote_keyword(checker, stmt);
    struct diag *diag;

    if ((where & (CLAUSE_CHOICE | CLAUSE_FORMAT)) != 0 &&
        (decides(stmt) || stmt->kind == AST_AUTH)) {
        diag = diag_error(checker->diags, stmt->keyword, E321,
                          "%s stands in a variant", keyword);
        diag_help(diag, "who may call is decided before the variant is "
                        "chosen: write it on the route");
        return;
    }
    diag = diag_error(checker->diags, stmt->keyword, E015,
                      "%s is not allowed in %s", keyword, where_word(where));
    if (allowed != 0) {
        diag_help(diag, "it stands in %s", join_places(checker, allowed));
    }
}

/* False, and said, when the table has no such cell. */
static bool
check_place(struct checker *checker, const struct ast_stmt *stmt,
            enum clause_where where)
{
    const struct clause_row *row = &rows[stmt->kind];

    if (((stmt->override ? row->override : row->where) & where) != 0) {
        return true;
    }
    say_misplaced(checker, stmt, where);
    return false;
}

static void
say_twice(struct checker *checker, const struct ast_stmt *stmt,
          const struct ast_stmt *before)
{
    bool two = decides(stmt) && (stmt->override != before->override ||
                                 stmt->kind != before->kind);
    struct diag *diag =
        two ? diag_error(checker->diags, stmt->keyword, E319,
                         "%s is the second decision of this block",
                         quote_keyword(checker, stmt))
            : diag_error(checker->diags, stmt->keyword, E018,
                         "%s stands twice in this block",
                         quote_keyword(checker, stmt));

    diag_place(diag, before->keyword, two ? "the first one" : "first here");
}

/* The clause that one may not stand beside, or NULL. */
static const struct ast_stmt *
find_rival(const struct clause_set *set, const struct ast_stmt *stmt)
{
    const struct ast_stmt *same = set->one[stmt->kind];

    if (decides(stmt)) {
        const struct ast_stmt *other =
            set->one[stmt->kind == AST_PUBLIC ? AST_REQUIRE : AST_PUBLIC];

        if (other != NULL) {
            return other;
        }
    }
    if (same != NULL && rows[stmt->kind].repeats && !stmt->override &&
        !same->override) {
        return NULL;
    }
    return same;
}

static void
say_late(struct checker *checker, const struct ast_stmt *stmt,
         const struct ast_stmt *governed)
{
    struct diag *diag = diag_error(checker->diags, stmt->keyword, E014,
                                   "%s stands after what it would govern",
                                   quote_keyword(checker, stmt));

    diag_place(diag, governed->keyword, "this %s stands before it",
               ast_kind_word(governed->kind));
    diag_help(diag,
              "clauses come first in a block; a clause for one %s "
              "stands on its line or in its braces",
              ast_kind_word(governed->kind));
}

/* Whether it is about which routes there are, who may call them, or what an
 * assertion would see of them; then the model is not whole without it. */
static bool
shapes(enum ast_kind kind)
{
    switch ((int)kind) {
    case AST_RECORD:
    case AST_RULE:
    case AST_METHOD:
    case AST_VARIANT:
    case AST_DENY:
    case AST_UNMATCHED:
        return true;
    }
    return false;
}

static void
say_waits(struct checker *checker, const struct ast_stmt *stmt)
{
    const char *keyword = quote_keyword(checker, stmt);

    if (shapes(stmt->kind)) {
        checker_waits(checker, stmt->keyword, keyword);
    }
    else {
        checker_later(checker, stmt->keyword, keyword);
    }
}

static void
add_clause(struct checker *checker, struct clause_set *set,
           const struct ast_stmt *stmt, bool refused)
{
    const struct ast_stmt *rival = find_rival(set, stmt);

    if (rival != NULL) {
        say_twice(checker, stmt, rival);
        return;
    }
    if (rows[stmt->kind].waits && !refused) {
        say_waits(checker, stmt);
    }
    if (set->one[stmt->kind] == NULL) {
        set->one[stmt->kind] = stmt;
    }
}

static void
add_statement(struct checker *checker, const struct ast_stmt *stmt,
              bool refused)
{
    if (rows[stmt->kind].waits && !refused) {
        say_waits(checker, stmt);
    }
}

struct clause_set
clause_collect(struct checker *checker, const struct ast_stmt_list *body,
               enum clause_where where, bool refused)
{
    struct clause_set set = {.first = body->first};
    const struct ast_stmt *governed = NULL;

    for (const struct ast_stmt *stmt = body->first; stmt != NULL;
         stmt = stmt->next) {
        if (!check_place(checker, stmt, where)) {
            set.misplaced |= decides(stmt) || stmt->kind == AST_AUTH;
            continue;
        }
        if (!ast_is_clause(stmt->kind)) {
            add_statement(checker, stmt, refused);
            if (governed == NULL && rows[stmt->kind].governed) {
                governed = stmt;
            }
            continue;
        }
        if (governed != NULL) {
            say_late(checker, stmt, governed);
        }
        add_clause(checker, &set, stmt, refused);
    }
    return set;
}

const struct ast_stmt *
clause_next(const struct ast_stmt *stmt)
{
    const struct ast_stmt *next = stmt->next;

    while (next != NULL &&
           (next->kind != stmt->kind || next->override != stmt->override)) {
        next = next->next;
    }
    return stmt->override ? NULL : next;
}
