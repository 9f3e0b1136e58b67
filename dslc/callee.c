/* SPDX-License-Identifier: Apache-2.0 */
/* callee: the function that a module and a name mean. */
#include "dslc/callee.h"

#include <apr_strings.h>

/* What an import calls this much of a module's name, or NULL. */
static const char *
find_import(struct checker *checker, struct scope *scope, const char *module,
            size_t length)
{
    struct scope_name *name = scope_use(
        scope, SCOPE_MODULE, apr_pstrmemdup(checker->pool, module, length));

    return name == NULL ? NULL : name->stmt->u.import.module.text;
}

/* As much of a module's name as an import may stand for. */
static size_t
beginning(const char *module)
{
    size_t length = 0;

    for (int dots = 0; module[length] != '\0'; length++) {
        dots += module[length] == '.';
        if (dots == CALLEE_MAX_PACKAGES) {
            break;
        }
    }
    return length;
}

/* The longest beginning that is imported counts: of a.b.c, a.b before a. */
const char *
callee_module(struct checker *checker, struct scope *scope, const char *module)
{
    size_t length = beginning(module);

    while (length > 0) {
        const char *import = find_import(checker, scope, module, length);

        if (import != NULL) {
            return apr_pstrcat(checker->pool, import, module + length, NULL);
        }
        do {
            length--;
        } while (length > 0 && module[length] != '.');
    }
    return module;
}

struct model_function *
callee_function(struct checker *checker, struct scope *scope,
                const char *module, const char *name, struct span span)
{
    const char *real = callee_module(checker, scope, module);
    const char *key = apr_pstrcat(checker->pool, real, ":", name, NULL);
    struct model_function *function =
        apr_hash_get(checker->functions, key, APR_HASH_KEY_STRING);

    if (function != NULL) {
        return function;
    }
    function = apr_pcalloc(checker->pool, sizeof(*function));
    function->module = real;
    function->qualname = name;
    function->span = span;
    apr_hash_set(checker->functions, key, APR_HASH_KEY_STRING, function);
    APR_ARRAY_PUSH(checker->model->functions, struct model_function *) =
        function;
    return function;
}
