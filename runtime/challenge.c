/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Challenges of realms.
 */
#include "challenge.h"

#include <string.h>

#include <apr_strings.h>

#include "option.h"
#include "table.h"

/* What shows as the realm's name: its title, or the name it has in the
 * .routes file. */
static const char *
title_of(const struct routes_table *table, const struct routes_realm *realm)
{
    return routes_option_text(table, realm, ROUTES_OPTION_TITLE,
                              routes_table_text(table, realm->name));
}

int
routes_challenge_is(const char *text)
{
    size_t scheme = strspn(text, "!#$%&'*+-.^_`|~0123456789"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz");

    for (const char *at = text; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~') {
            return 0;
        }
    }
    return scheme > 0 && (text[scheme] == '\0' || text[scheme] == ' ');
}

/* A quoted-string of RFC 9110, without the quotes. */
static const char *
escape(apr_pool_t *pool, const char *text)
{
    char *made = apr_palloc(pool, 2 * strlen(text) + 1);
    char *at = made;

    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            *at++ = '\\';
        }
        *at++ = *text;
    }
    *at = '\0';
    return made;
}

const char *
routes_challenge(const struct routes_table *table, uint32_t index,
                 apr_pool_t *pool)
{
    const struct routes_realm *realm = &table->realms[index];
    const char *title = escape(pool, title_of(table, realm));

    switch ((enum routes_realm_kind)realm->kind) {
    case ROUTES_REALM_NULL:
    case ROUTES_REALM_MTLS:
    case ROUTES_REALM_APIKEY:
    case ROUTES_REALM_APACHE:
    case ROUTES_REALM_SESSION:
    case ROUTES_REALM_HMAC:
        break;
    case ROUTES_REALM_PYTHON:
        return routes_option_text(table, realm, ROUTES_OPTION_CHALLENGE, NULL);
    case ROUTES_REALM_JWT:
        return apr_psprintf(pool, "Bearer realm=\"%s\"", title);
    case ROUTES_REALM_BASIC:
        return apr_psprintf(pool, "Basic realm=\"%s\", charset=\"UTF-8\"",
                            title);
    }
    return NULL;
}
