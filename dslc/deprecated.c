/* SPDX-License-Identifier: Apache-2.0 */
/* deprecated: routes that callers should leave: `deprecated`. */
#include "dslc/deprecated.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "../runtime/moment.h"

#define BASE_YEAR 1900 /* of tm_year */

/* ---- dates -------------------------------------------------------------- */

/* Four digits and a hyphen: it is meant to be a date. */
static bool
looks_like_date(const char *text)
{
    return strspn(text, "0123456789") == 4 && text[4] == '-';
}

/* The seconds of its first moment in UTC; false: it is no date, or one before
 * there were such seconds. */
static bool
read_date(const char *text, apr_time_t *seconds)
{
    struct routes_time date;
    apr_time_exp_t exploded = {0};
    apr_time_t when;

    if (!routes_moment_date(text, strlen(text), &date)) {
        return false;
    }
    exploded.tm_year = date.year - BASE_YEAR;
    exploded.tm_mon = date.month - 1;
    exploded.tm_mday = date.day;
    if (apr_time_exp_get(&when, &exploded) != APR_SUCCESS) {
        return false;
    }
    *seconds = apr_time_sec(when);
    return true;
}

static struct model_header *
make_header(struct checker *checker, const struct ast_stmt *stmt,
            apr_time_t seconds)
{
    struct model_header *header = apr_pcalloc(checker->pool, sizeof(*header));

    header->name = "Deprecation";
    header->value = apr_psprintf(checker->pool, "@%" APR_TIME_T_FMT, seconds);
    header->span = stmt->span;
    return header;
}

/* ---- the clause --------------------------------------------------------- */

/* Whether it can be shown in a line. */
static bool
is_line(const char *text)
{
    while ((unsigned char)*text >= ' ' && *text != 0x7f) {
        text++;
    }
    return *text == '\0';
}

void
deprecated_combine(struct checker *checker, const struct clause_set *set,
                   struct conduct_state *state)
{
    const struct ast_stmt *stmt = set->one[AST_DEPRECATED];
    const char *text;
    apr_time_t seconds;

    if (stmt == NULL) {
        return;
    }
    text = stmt->u.name.text != NULL ? stmt->u.name.text : "";
    state->deprecated = text;
    state->deprecation = NULL;
    if (read_date(text, &seconds)) {
        state->deprecation = make_header(checker, stmt, seconds);
    }
    else if (looks_like_date(text) || !is_line(text)) {
        diag_help(diag_error(checker->diags, stmt->u.name.span, E016,
                             "%s is no date and no line of text",
                             checker_quote(checker, text)),
                  "write the date since when, as in \"2027-01-31\", or why");
    }
}

void
deprecated_apply(struct checker *checker, const struct conduct_state *state,
                 struct model_conduct *conduct)
{
    apr_array_header_t *headers;

    conduct->deprecated = state->deprecated;
    if (state->deprecation == NULL) {
        return;
    }
    headers =
        conduct->headers != NULL
            ? apr_array_copy(checker->pool, conduct->headers)
            : apr_array_make(checker->pool, 1, sizeof(struct model_header *));
    APR_ARRAY_PUSH(headers, struct model_header *) = state->deprecation;
    conduct->headers = headers;
}

const char *
deprecated_text(apr_pool_t *pool, const struct model_conduct *conduct)
{
    const char *text = conduct->deprecated;

    if (text == NULL) {
        return NULL;
    }
    return *text == '\0' ? "deprecated"
                         : apr_pstrcat(pool, "deprecated: ", text, NULL);
}
