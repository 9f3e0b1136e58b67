/* SPDX-License-Identifier: Apache-2.0 */
/* wire: what an argument is called in the request. */
#include "dslc/wire.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

/* What httpd consumes, what belongs to the connection, and credentials. */
static const struct {
    const char *name;
    const char *help; /* or NULL */
} reserved[] = {
    {"Authorization", "`require` and realms say who calls"},
    {"Connection", NULL},
    {"Content-Length", NULL},
    {"Cookie", "write `from cookie`, which reads one cookie"},
    {"Expect", NULL},
    {"Host", "a `host` block matches it, and may have a parameter"},
    {"Keep-Alive", NULL},
    {"Proxy-Authorization", NULL},
    {"Proxy-Connection", NULL},
    {"TE", NULL},
    {"Trailer", NULL},
    {"Transfer-Encoding", NULL},
    {"Upgrade", NULL},
};

#define N_RESERVED (sizeof(reserved) / sizeof(reserved[0]))

/* RFC 9110, 5.6.2 */
static bool
is_token(const char *text)
{
    const char *at = text;

    while (apr_isalnum(*at) ||
           (*at != '\0' && strchr("!#$%&'*+-.^_`|~", *at) != NULL)) {
        at++;
    }
    return at != text && *at == '\0';
}

static const struct ast_text *
written(const struct ast_arg *ast)
{
    return ast->source_name.text != NULL ? &ast->source_name : &ast->name;
}

bool
wire_check_token(struct checker *checker, const struct ast_text *name,
                 const char *what)
{
    if (is_token(name->text)) {
        return true;
    }
    diag_error(checker->diags, name->span, E516,
               "%s is no name of a %s: it is made of letters, digits and "
               "!#$%%&'*+-.^_`|~",
               checker_quote(checker, name->text), what);
    return false;
}

static bool
check_reserved(struct checker *checker, const struct ast_text *text,
               const char *name)
{
    for (size_t i = 0; i < N_RESERVED; i++) {
        struct diag *diag;

        if (strcasecmp(reserved[i].name, name) != 0) {
            continue;
        }
        diag = diag_error(checker->diags, text->span, E513,
                          "the header %s is no argument of a function",
                          reserved[i].name);
        if (reserved[i].help != NULL) {
            diag_help(diag, "%s", reserved[i].help);
        }
        return false;
    }
    return true;
}

const char *
wire_field(apr_pool_t *pool, const char *name)
{
    char *field = apr_pstrdup(pool, name);

    for (char *at = field; *at != '\0'; at++) {
        *at = (char)(*at == '_' ? '-' : *at);
    }
    return field;
}

/* `user_agent from header` reads User-Agent. */
static const char *
header_name(struct checker *checker, const struct ast_arg *ast)
{
    const struct ast_text *text = written(ast);
    char *name = apr_pstrdup(checker->pool, text->text);

    if (!wire_check_token(checker, text, "header")) {
        return NULL;
    }
    if (ast->source_name.text == NULL) {
        for (char *at = name; *at != '\0'; at++) {
            *at = (char)(*at == '_' ? '-' : *at);
        }
    }
    return check_reserved(checker, text, name) ? name : NULL;
}

const char *
wire_name(struct checker *checker, const struct ast_arg *ast,
          enum routes_source source)
{
    const struct ast_text *text = written(ast);

    if (source == ROUTES_FROM_RAW) {
        return "";
    }
    if (source == ROUTES_FROM_HEADER) {
        return header_name(checker, ast);
    }
    if (source == ROUTES_FROM_COOKIE &&
        !wire_check_token(checker, text, "cookie")) {
        return NULL;
    }
    return text->text;
}

const char *
wire_member(struct checker *checker, const struct ast_arg *ast,
            const char *name, enum routes_source source)
{
    struct ast_arg member = {
        .span = ast->span,
        .name = {.span = ast->span, .text = name},
    };

    return wire_name(checker, &member, source);
}

const char *
wire_key(struct checker *checker, const struct model_arg *arg)
{
    char *key =
        apr_psprintf(checker->pool, "%d %s", (int)arg->source, arg->wire);

    /* names of headers have no case */
    for (char *at = key; arg->source == ROUTES_FROM_HEADER && *at != '\0';
         at++) {
        *at = (char)apr_tolower(*at);
    }
    return key;
}
