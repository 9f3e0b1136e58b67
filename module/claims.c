/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claims of a token.
 */
#include "claims.h"

#include <string.h>

#include <apr_strings.h>

/* ---- whether they hold -------------------------------------------------- */

static int
is_string(const json_t *value, const char *text)
{
    return json_is_string(value) &&
           json_string_length(value) == strlen(text) &&
           strcmp(json_string_value(value), text) == 0;
}

/* The audience is one text, or a list that has it. */
static int
is_for(const json_t *audience, const char *us)
{
    for (size_t i = 0; i < json_array_size(audience); i++) {
        if (is_string(json_array_get(audience, i), us)) {
            return 1;
        }
    }
    return is_string(audience, us);
}

const char *
claims_fault(const json_t *claims, const struct claims_wanted *wanted,
             apr_time_t now)
{
    double seconds = (double)apr_time_sec(now);
    double leeway = (double)wanted->leeway;
    const json_t *end = json_object_get(claims, "exp");
    const json_t *begin = json_object_get(claims, "nbf");

    if (!json_is_number(end)) {
        return "the token has no end";
    }
    if (json_number_value(end) + leeway <= seconds) {
        return "the token has expired";
    }
    if (begin != NULL && (!json_is_number(begin) ||
                          json_number_value(begin) - leeway > seconds)) {
        return "the token does not hold yet";
    }
    if (!is_string(json_object_get(claims, "iss"), wanted->issuer)) {
        return "the token is of another issuer";
    }
    if (!is_for(json_object_get(claims, "aud"), wanted->audience)) {
        return "the token is for another audience";
    }
    return NULL;
}

/* ---- what they say ------------------------------------------------------ */

/* A claim by its name; else by a path with dots. */
static const json_t *
find_claim(apr_pool_t *pool, const json_t *claims, const char *name)
{
    const json_t *found = json_object_get(claims, name);
    char *state;

    if (found != NULL || strchr(name, '.') == NULL) {
        return found;
    }
    found = claims;
    for (char *part = apr_strtok(apr_pstrdup(pool, name), ".", &state);
         part != NULL; part = apr_strtok(NULL, ".", &state)) {
        found = json_object_get(found, part);
    }
    return found;
}

static void
add_words(apr_array_header_t *names, const char *text)
{
    char *state;

    for (char *word = apr_strtok(apr_pstrdup(names->pool, text), " ", &state);
         word != NULL; word = apr_strtok(NULL, " ", &state)) {
        APR_ARRAY_PUSH(names, const char *) = word;
    }
}

/* The members of a list, or the words of a text. */
static apr_array_header_t *
names_of(apr_pool_t *pool, const json_t *claims, const char *name)
{
    apr_array_header_t *names = apr_array_make(pool, 4, sizeof(const char *));
    const json_t *value = find_claim(pool, claims, name);

    if (json_is_string(value)) {
        add_words(names, json_string_value(value));
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *text = json_string_value(json_array_get(value, i));

        if (text != NULL) {
            APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(pool, text);
        }
    }
    return names;
}

static void
add_claim(apr_array_header_t *rows, const char *name, const json_t *value)
{
    apr_pool_t *pool = rows->pool;
    const char *text = NULL;

    if (json_is_string(value)) {
        text = apr_pstrdup(pool, json_string_value(value));
    }
    else if (json_is_boolean(value)) {
        text = json_is_true(value) ? "true" : "false";
    }
    else if (json_is_integer(value)) {
        text = apr_psprintf(pool, "%" JSON_INTEGER_FORMAT,
                            json_integer_value(value));
    }
    if (text != NULL) {
        struct routes_claim *row = apr_array_push(rows);

        row->name = name;
        row->value = text;
    }
}

static apr_array_header_t *
claims_of(apr_pool_t *pool, const json_t *claims)
{
    apr_array_header_t *rows =
        apr_array_make(pool, 8, sizeof(struct routes_claim));
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)claims, key, value)
    {
        const char *name = apr_pstrdup(pool, key);

        add_claim(rows, name, value);
        for (size_t i = 0; i < json_array_size(value); i++) {
            add_claim(rows, name, json_array_get(value, i));
        }
    }
    return rows;
}

void
claims_fill(apr_pool_t *pool, const json_t *claims,
            const struct claims_wanted *wanted, struct routes_caller *caller)
{
    caller->user =
        apr_pstrdup(pool, json_string_value(json_object_get(claims, "sub")));
    routes_caller_set_roles(caller, names_of(pool, claims, wanted->roles));
    routes_caller_set_scopes(caller, names_of(pool, claims, wanted->scopes));
    routes_caller_set_claims(caller, claims_of(pool, claims));
}

void
claims_read(apr_pool_t *pool, struct routes_caller *caller)
{
    json_t *claims = json_loads(caller->claims_json, 0, NULL);

    routes_caller_set_claims(caller, claims_of(pool, claims));
    json_decref(claims);
}
