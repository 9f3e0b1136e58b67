/* SPDX-License-Identifier: Apache-2.0 */
/* builtin: the types of the language, by name. */
#include "dslc/builtin.h"

#include <string.h>

static const struct builtin builtins[] = {
    {"str", ROUTES_TYPE_STR, BUILTIN_LENGTH},
    {"int", ROUTES_TYPE_INT, BUILTIN_WHOLE},
    {"float", ROUTES_TYPE_FLOAT, BUILTIN_REAL},
    {"decimal", ROUTES_TYPE_DECIMAL, BUILTIN_REAL},
    {"bool", ROUTES_TYPE_BOOL, BUILTIN_NONE},
    {"uuid", ROUTES_TYPE_UUID, BUILTIN_NONE},
    {"date", ROUTES_TYPE_DATE, BUILTIN_NONE},
    {"datetime", ROUTES_TYPE_DATETIME, BUILTIN_NONE},
    {"bytes", ROUTES_TYPE_BYTES, BUILTIN_BYTES},
    {"path", ROUTES_TYPE_PATH, BUILTIN_BYTES},
    {"rawpath", ROUTES_TYPE_RAWPATH, BUILTIN_BYTES},
    {"enum", ROUTES_TYPE_ENUM, BUILTIN_LABELS},
    {"list", ROUTES_TYPE_LIST, BUILTIN_LENGTH},
    {"map", ROUTES_TYPE_MAP, BUILTIN_LENGTH},
    {"json", ROUTES_TYPE_JSON, BUILTIN_NONE},
    {"upload", ROUTES_TYPE_UPLOAD, BUILTIN_UPLOAD},
    {"stream", ROUTES_TYPE_STREAM, BUILTIN_NONE},
    {"html", ROUTES_TYPE_NULL, BUILTIN_NONE}, /* of answers, as text is */
    {"text", ROUTES_TYPE_NULL, BUILTIN_NONE},
    {"file", ROUTES_TYPE_FILE, BUILTIN_NONE},
    {"status", ROUTES_TYPE_NULL, BUILTIN_NONE},
    {"request", ROUTES_TYPE_REQUEST, BUILTIN_NONE},
    {"principal", ROUTES_TYPE_PRINCIPAL, BUILTIN_NONE},
    {"method", ROUTES_TYPE_METHOD, BUILTIN_NONE},
    {"websocket", ROUTES_TYPE_WEBSOCKET, BUILTIN_NONE},
};

#define N_BUILTINS (sizeof(builtins) / sizeof(builtins[0]))

const struct builtin *
builtin_find(const char *name)
{
    for (size_t i = 0; i < N_BUILTINS; i++) {
        if (strcmp(builtins[i].name, name) == 0) {
            return &builtins[i];
        }
    }
    return NULL;
}

const struct builtin *
builtin_of(const struct model_type *type)
{
    for (size_t i = 0; i < N_BUILTINS; i++) {
        if (builtins[i].kind == type->kind) {
            return &builtins[i];
        }
    }
    return NULL;
}

apr_array_header_t *
builtin_names(apr_pool_t *pool)
{
    apr_array_header_t *names =
        apr_array_make(pool, (int)N_BUILTINS, sizeof(const char *));

    for (size_t i = 0; i < N_BUILTINS; i++) {
        APR_ARRAY_PUSH(names, const char *) = builtins[i].name;
    }
    return names;
}
