/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pyask: asks the interpreter that will serve what modules define, by way of
 * signatures.py, which parses them and executes nothing of the user's, or of
 * imports.py, which does.
 */
#include "pyask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "process.h"
#include "toolchain.h"

/* ---- members ------------------------------------------------------------ */

const char *
pyask_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

int
pyask_number(const json_t *object, const char *key)
{
    return (int)json_integer_value(json_object_get(object, key));
}

int
pyask_is(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

apr_array_header_t *
pyask_words(apr_pool_t *pool, const json_t *object, const char *key)
{
    const json_t *list = json_object_get(object, key);
    apr_array_header_t *words = apr_array_make(pool, 16, sizeof(const char *));

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));

        if (word != NULL) {
            APR_ARRAY_PUSH(words, const char *) = word;
        }
    }
    return words;
}

/* ---- the question ------------------------------------------------------- */

static json_t *
make_list(const apr_array_header_t *names)
{
    json_t *list = json_array();

    for (int i = 0; i < names->nelts; i++) {
        json_array_append_new(
            list, json_string(APR_ARRAY_IDX(names, i, const char *)));
    }
    return list;
}

static const char *
make_text(apr_pool_t *pool, const struct pyask_question *question)
{
    json_t *made = json_pack("{s:o, s:o, s:o}", "functions",
                             make_list(question->functions), "classes",
                             make_list(question->classes), "modules",
                             make_list(question->modules));
    char *text = json_dumps(made, JSON_COMPACT);
    const char *kept = apr_pstrdup(pool, text);

    json_decref(made);
    free(text);
    return kept;
}

/* Isolated, without site-packages (whose .pth files may hold code), without
 * writing byte code; folders are words, for a path may be no text. */
static const char *const *
make_words(apr_pool_t *pool, const struct pyask_question *question)
{
    static const char *const first[] = {DSLC_PYTHON, "-I", "-S",
                                        "-B",        "-W", "ignore"};
    apr_array_header_t *words = apr_array_make(pool, 16, sizeof(const char *));

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        APR_ARRAY_PUSH(words, const char *) = first[i];
    }
    APR_ARRAY_PUSH(words, const char *) = question->imports
                                              ? toolchain_imports(pool)
                                              : toolchain_signatures(pool);
    APR_ARRAY_PUSH(words, const char *) =
        question->home != NULL ? question->home : "";
    apr_array_cat(words, question->folders);
    APR_ARRAY_PUSH(words, const char *) = NULL;
    return (const char *const *)(void *)words->elts;
}

/* ---- the answer --------------------------------------------------------- */

static apr_status_t
free_answer(void *answer)
{
    json_decref(answer);
    return APR_SUCCESS;
}

/* Whether a list has an object for each name that was asked about. */
static int
is_complete(const json_t *answer, const char *key,
            const apr_array_header_t *names)
{
    const json_t *list = json_object_get(answer, key);
    size_t n = (size_t)names->nelts;

    if (json_array_size(list) != n) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (*pyask_text(json_array_get(list, i), "state") == '\0') {
            return 0;
        }
    }
    return 1;
}

/* What a terminal may be shown of the last line. */
static const char *
last_line(apr_pool_t *pool, const char *errors)
{
    size_t length = strlen(errors);
    const char *start;
    char *line;

    while (length > 0 && errors[length - 1] == '\n') {
        length--;
    }
    start = errors + length;
    while (start > errors && start[-1] != '\n') {
        start--;
    }
    line = apr_pstrmemdup(pool, start, (size_t)(errors + length - start));
    for (char *c = line; *c != '\0'; c++) {
        if (iscntrl((unsigned char)*c)) {
            *c = '?';
        }
    }
    return line;
}

static const char *
explain(apr_pool_t *pool, apr_status_t rv, const struct process_result *result)
{
    char message[120];
    const char *why = apr_strerror(rv, message, sizeof(message));

    if (APR_STATUS_IS_TIMEUP(rv)) {
        why = "it takes too long";
    }
    else if (rv == APR_ENOSPC) {
        why = "it says too much";
    }
    else if (rv == APR_SUCCESS && result->code == 0) {
        why = "its answer is not understood";
    }
    else if (rv == APR_SUCCESS) {
        why = apr_psprintf(pool, "it ended with %d%s%s", result->code,
                           *result->errors != '\0' ? ": " : "",
                           last_line(pool, result->errors));
    }
    return apr_psprintf(pool,
                        "cannot check the Python functions with `%s`: %s "
                        "(--no-python leaves them unchecked)",
                        DSLC_PYTHON, why);
}

const char *
pyask_run(apr_pool_t *pool, const struct pyask_question *question,
          json_t **answer)
{
    struct process_question ask = {.input = make_text(pool, question),
                                   .max_output = PYASK_MAX_ANSWER,
                                   .patience = PYASK_PATIENCE};
    struct process_result result;
    apr_status_t rv;

    ask.length = strlen(ask.input);
    rv = process_ask(pool, make_words(pool, question), &ask, &result);
    if (rv != APR_SUCCESS || result.code != 0) {
        return explain(pool, rv, &result);
    }
    *answer = json_loadb(result.output, result.length, JSON_ALLOW_NUL, NULL);
    if (*answer == NULL) {
        return explain(pool, rv, &result);
    }
    apr_pool_cleanup_register(pool, *answer, free_answer,
                              apr_pool_cleanup_null);
    return is_complete(*answer, "functions", question->functions) &&
                   is_complete(*answer, "classes", question->classes) &&
                   (question->modules->nelts == 0 ||
                    is_complete(*answer, "modules", question->modules))
               ? NULL
               : explain(pool, rv, &result);
}
