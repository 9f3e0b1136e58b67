/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the realms of each kind declare.
 */
#include "option.h"

#include "table.h"

#define ROW(kind, key, name, lead, form, need)                                \
    {                                                                         \
        ROUTES_REALM_##kind, ROUTES_OPTION_##key, name, lead,                 \
            ROUTES_FORM_##form, ROUTES_NEED_##need                            \
    }

const struct routes_option_row routes_option_rows[] = {
    ROW(BASIC, FILE, "file", NULL, FILE, ONE),
    ROW(BASIC, PROVIDER, "provider", NULL, WORDS, ONE),
    ROW(BASIC, CHECK, "check", NULL, FUNCTION, ONE),
    ROW(BASIC, GROUPS, "groups", NULL, FILE, NONE),
    ROW(BASIC, TITLE, "title", NULL, TEXT, NONE),
    ROW(MTLS, DN, "dn", NULL, TEXT, NONE),
    ROW(MTLS, CA, "ca", NULL, TEXT, NONE),
    ROW(MTLS, USER, "user", NULL, WORD, NONE),
    ROW(APIKEY, HEADER, "header", NULL, FIELD, ALWAYS),
    ROW(APIKEY, FILE, "file", NULL, FILE, ALWAYS),
    ROW(JWT, ISSUER, "issuer", NULL, TEXT, ALWAYS),
    ROW(JWT, AUDIENCE, "audience", NULL, TEXT, ALWAYS),
    ROW(JWT, KEYS, "keys", NULL, FILE, ONE),
    ROW(JWT, SECRET, "secret", "file", FILE, ONE),
    ROW(JWT, ALG, "alg", NULL, WORDS, NONE),
    ROW(JWT, LEEWAY, "leeway", NULL, DURATION, NONE),
    ROW(JWT, ROLES, "roles", NULL, WORD, NONE),
    ROW(JWT, SCOPES, "scopes", NULL, WORD, NONE),
    ROW(JWT, COOKIE, "cookie", NULL, FIELD, NONE),
    ROW(JWT, HEADER, "token", "header", FIELD, NONE),
    ROW(JWT, COOKIE, "token", "cookie", FIELD, NONE),
    ROW(JWT, TITLE, "title", NULL, TEXT, NONE),
    ROW(HMAC, HEADER, "header", NULL, FIELD, ALWAYS),
    ROW(HMAC, FORMAT, "format", NULL, TEMPLATE, NONE),
    ROW(HMAC, SECRET, "secret", "file", FILE, ALWAYS),
    ROW(HMAC, SIGNED, "signed", NULL, TEMPLATE, NONE),
    ROW(HMAC, ALG, "alg", NULL, WORD, NONE),
    ROW(HMAC, TIMESTAMP, "timestamp", NULL, FIELD, NONE),
    ROW(HMAC, TOLERANCE, "tolerance", NULL, DURATION, NONE),
    ROW(APACHE, GROUPS, "groups", NULL, FILE, NONE),
    ROW(APACHE, TITLE, "title", NULL, TEXT, NONE),
    ROW(APACHE, ROLES, "roles", "env", WORD, NONE),
    ROW(PYTHON, CHECK, "check", NULL, FUNCTION, ALWAYS),
    ROW(PYTHON, CHALLENGE, "challenge", NULL, TEXT, NONE),
    ROW(PYTHON, BODY, "body", NULL, FLAG, NONE),
    ROW(SESSION, COOKIE, "cookie", NULL, FIELD, ALWAYS),
    ROW(SESSION, LOAD, "load", NULL, FUNCTION, NONE),
    ROW(SESSION, FAIL, "fail", "redirect", PATH, NONE),
    ROW(SESSION, MAX_AGE, "max-age", NULL, DURATION, NONE),
    ROW(SESSION, IDLE, "idle", NULL, DURATION, NONE),
    {.name = NULL},
};

const char *
routes_option_kind_name(enum routes_realm_kind kind)
{
    switch (kind) {
    case ROUTES_REALM_NULL:
        break;
    case ROUTES_REALM_BASIC:
        return "basic";
    case ROUTES_REALM_MTLS:
        return "mtls";
    case ROUTES_REALM_APIKEY:
        return "apikey";
    case ROUTES_REALM_JWT:
        return "jwt";
    case ROUTES_REALM_APACHE:
        return "apache";
    case ROUTES_REALM_PYTHON:
        return "python";
    case ROUTES_REALM_SESSION:
        return "session";
    case ROUTES_REALM_HMAC:
        return "hmac";
    }
    return "";
}

/* ---- the check of a table ----------------------------------------------- */

static const struct routes_option_row *
find_row(uint32_t kind, uint32_t key)
{
    const struct routes_option_row *row = routes_option_rows;

    while (row->name != NULL && (row->kind != kind || row->key != key)) {
        row++;
    }
    return row->name != NULL ? row : NULL;
}

static int
is_form(const struct routes_option_row *row,
        const struct routes_option *option)
{
    int has_text = option->text.len != 0;
    int has_function = option->function != 0;

    switch (row->form) {
    case ROUTES_FORM_TEXT:
    case ROUTES_FORM_FILE:
    case ROUTES_FORM_WORD:
    case ROUTES_FORM_WORDS:
    case ROUTES_FORM_FIELD:
    case ROUTES_FORM_PATH:
    case ROUTES_FORM_TEMPLATE:
        return has_text && !has_function && option->number == 0;
    case ROUTES_FORM_DURATION:
        return !has_text && !has_function && option->number >= 0;
    case ROUTES_FORM_FLAG:
        return !has_text && !has_function &&
               (option->number == 0 || option->number == 1);
    case ROUTES_FORM_FUNCTION:
        return !has_text && has_function && option->number == 0;
    }
    return 0;
}

static uint32_t
count_key(const struct routes_table *table, const struct routes_realm *realm,
          uint32_t key)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < realm->n_options; i++) {
        n += table->options[realm->options + i].key == key;
    }
    return n;
}

static const char *
find_bad_option(const struct routes_table *table,
                const struct routes_realm *realm)
{
    for (uint32_t i = 0; i < realm->n_options; i++) {
        const struct routes_option *option =
            &table->options[realm->options + i];
        const struct routes_option_row *row =
            find_row(realm->kind, option->key);

        if (row == NULL) {
            return "an option that its kind does not take";
        }
        if (!is_form(row, option)) {
            return "an option whose value has another form";
        }
        if (row->form != ROUTES_FORM_WORDS &&
            count_key(table, realm, option->key) != 1) {
            return "an option that stands twice";
        }
    }
    return NULL;
}

/* Whether all is there that the kind needs. */
static int
has_needs(const struct routes_table *table, const struct routes_realm *realm)
{
    int needs_one = 0;
    uint32_t ones = 0;

    for (const struct routes_option_row *row = routes_option_rows;
         row->name != NULL; row++) {
        if (row->kind != realm->kind) {
            continue;
        }
        uint32_t n = count_key(table, realm, row->key);
        if (row->need == ROUTES_NEED_ALWAYS && n == 0) {
            return 0;
        }
        if (row->need == ROUTES_NEED_ONE) {
            needs_one = 1;
            ones += n > 0;
        }
    }
    return !needs_one || ones == 1;
}

const char *
routes_option_fault(const struct routes_table *table,
                    const struct routes_realm *realm)
{
    if (*routes_option_kind_name((enum routes_realm_kind)realm->kind) ==
        '\0') {
        return "a kind that is none";
    }
    const char *fault = find_bad_option(table, realm);
    if (fault != NULL) {
        return fault;
    }
    return has_needs(table, realm) ? NULL : "not the options its kind needs";
}

/* ---- values ------------------------------------------------------------- */

const struct routes_option *
routes_option_find(const struct routes_table *table,
                   const struct routes_realm *realm,
                   enum routes_option_key key)
{
    for (uint32_t i = 0; i < realm->n_options; i++) {
        const struct routes_option *option =
            &table->options[realm->options + i];

        if (option->key == (uint32_t)key) {
            return option;
        }
    }
    return NULL;
}

const char *
routes_option_text(const struct routes_table *table,
                   const struct routes_realm *realm,
                   enum routes_option_key key, const char *other)
{
    const struct routes_option *option = routes_option_find(table, realm, key);

    return option == NULL ? other : routes_table_text(table, option->text);
}

int64_t
routes_option_number(const struct routes_table *table,
                     const struct routes_realm *realm,
                     enum routes_option_key key, int64_t other)
{
    const struct routes_option *option = routes_option_find(table, realm, key);

    return option == NULL ? other : option->number;
}
