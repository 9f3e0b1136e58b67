/* SPDX-License-Identifier: Apache-2.0 */
/* diag_print: sorts messages and hands them to a writer. */
#include "dslc/diag.h"

#include <stdlib.h>
#include <string.h>

#include "dslc/diag_list.h"

static int
compare_places(const struct diag *a, const struct diag *b)
{
    if (a->span.file != b->span.file) {
        return a->span.file < b->span.file ? -1 : 1;
    }
    if (a->span.start != b->span.start) {
        return a->span.start < b->span.start ? -1 : 1;
    }
    return 0;
}

static int
compare_diags(const void *left, const void *right)
{
    const struct diag *a = *(const struct diag *const *)left;
    const struct diag *b = *(const struct diag *const *)right;
    int order = compare_places(a, b);

    return order != 0 ? order : a->order < b->order ? -1 : a->order > b->order;
}

/* What could not be read (E001 to E008) has no second fault. */
static bool
says_enough(const struct diag *before, const struct diag *diag)
{
    if (before->span.end != diag->span.end) {
        return false;
    }
    return (before->code <= E008 && before->span.file != 0) ||
           (before->code == diag->code &&
            strcmp(before->message, diag->message) == 0);
}

/* True when one of those kept, which stand last and near, is enough. */
static bool
is_repeated(const apr_array_header_t *kept, const struct diag *diag)
{
    for (int i = kept->nelts - 1; i >= 0; i--) {
        const struct diag *other = APR_ARRAY_IDX(kept, i, struct diag *);

        if (compare_places(other, diag) != 0) {
            return false;
        }
        if (says_enough(other, diag)) {
            return true;
        }
    }
    return false;
}

/* Keeps each message once and the first DIAG_MAX_ERRORS errors. */
static apr_array_header_t *
select_diags(const struct diag_list *list, unsigned *hidden)
{
    apr_array_header_t *kept = apr_array_make(
        list->pool, list->diags->nelts + 1, sizeof(struct diag *));
    unsigned errors = 0;

    *hidden = list->errors + list->warnings - (unsigned)list->diags->nelts;
    for (int i = 0; i < list->diags->nelts; i++) {
        struct diag *diag = APR_ARRAY_IDX(list->diags, i, struct diag *);

        if (is_repeated(kept, diag)) {
            continue;
        }
        if (diag_info(diag->code)->severity == DIAG_ERROR &&
            ++errors > DIAG_MAX_ERRORS) {
            ++*hidden;
            continue;
        }
        APR_ARRAY_PUSH(kept, struct diag *) = diag;
    }
    return kept;
}

void
diag_print_all(struct diag_list *list, const struct source_set *set,
               enum diag_format format, bool colour, FILE *out)
{
    struct diag_view view = {.set = set, .colour = colour};

    qsort(list->diags->elts, (size_t)list->diags->nelts, sizeof(struct diag *),
          compare_diags);
    view.diags = select_diags(list, &view.hidden);
    switch (format) {
    case DIAG_TEXT:
        diag_text_write(&view, out);
        break;
    case DIAG_JSON:
        diag_json_write(&view, out);
        break;
    case DIAG_SARIF:
        diag_json_write_sarif(&view, out);
        break;
    case DIAG_GITHUB:
        diag_json_write_github(&view, out);
        break;
    }
}
