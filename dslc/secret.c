/* SPDX-License-Identifier: Apache-2.0 */
/* secret: arguments that look like a secret and travel where logs see them. */
#include "dslc/secret.h"

#include <string.h>

/* Methods whose undeclared source may be a form or a JSON object. */
#define URL_METHODS                                                           \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |                                   \
     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |                                  \
     ROUTES_METHOD_BIT(ROUTES_METHOD_DELETE) |                                \
     ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET))

/* As a whole name, or behind an underscore: new_password, client_secret. */
static const char *const words[] = {
    "password",    "passwd",     "pwd",         "passphrase",
    "secret",      "api_key",    "apikey",      "access_key",
    "private_key", "credential", "credentials",
};

/* Only as a whole name: page_token and csrf_token are none. */
static const char *const names[] = {
    "token",         "access_token",  "auth_token", "bearer_token",
    "refresh_token", "session_token", "id_token",   "reset_token",
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))
#define N_NAMES (sizeof(names) / sizeof(names[0]))

static bool
ends_in(const char *name, const char *word)
{
    size_t length = strlen(name);
    size_t end = strlen(word);

    return length >= end && strcmp(name + length - end, word) == 0 &&
           (length == end || name[length - end - 1] == '_');
}

bool
secret_is_name(const char *name)
{
    for (size_t i = 0; i < N_WORDS; i++) {
        if (ends_in(name, words[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < N_NAMES; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A truth value or a number called so is none. */
static bool
is_text(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_STR || type->kind == ROUTES_TYPE_BYTES ||
           (type->kind == ROUTES_TYPE_LIST && is_text(type->item));
}

static void
say_anywhere(struct checker *checker, const struct model_arg *arg)
{
    struct diag *diag = diag_error(
        checker->diags, arg->span, E309,
        "%s looks like a secret and may be sent in the URL, where logs keep "
        "it",
        checker_quote(checker, arg->name));

    diag_help(diag, "say where it comes from: `from form`, on a route "
                    "without GET");
}

static void
warn_url(struct checker *checker, const struct model_arg *arg)
{
    diag_warn(checker->diags, arg->span, W309,
              "%s looks like a secret and stands in the URL, where logs keep "
              "it",
              checker_quote(checker, arg->name));
}

static bool
is_in_url(enum routes_source source)
{
    return source == ROUTES_FROM_PATH || source == ROUTES_FROM_QUERY ||
           source == ROUTES_FROM_ARGUMENT;
}

/* A record that stands in the URL member by member. */
static void
check_members(struct checker *checker, const struct model_arg *arg)
{
    const apr_array_header_t *members = arg->type->record->members;

    for (int i = 0; i < members->nelts; i++) {
        const struct model_member *member =
            MODEL_AT(members, struct model_member, i);
        struct model_arg one = {.name = member->wire, .span = arg->span};

        if (is_text(member->type) && secret_is_name(member->wire)) {
            warn_url(checker, &one);
        }
    }
}

void
secret_check(struct checker *checker, const struct model_route *route,
             const struct model_arg *arg)
{
    if (arg->by_member && arg->source == ROUTES_FROM_QUERY) {
        check_members(checker, arg);
        return;
    }
    if (arg->type == NULL || !is_text(arg->type) ||
        !secret_is_name(arg->name)) {
        return;
    }
    if (arg->source == ROUTES_FROM_ARGUMENT &&
        (route->any || (route->methods & ~URL_METHODS) != 0)) {
        say_anywhere(checker, arg);
    }
    else if (is_in_url(arg->source)) {
        warn_url(checker, arg);
    }
}
