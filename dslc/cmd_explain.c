/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_explain: `routesc explain`: which route answers a request, and why.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "cmd.h"
#include "driver.h"
#include "explain.h"
#include "explain_json.h"
#include "explain_text.h"
#include "verb.h"

static const struct cli_option options[] = {
    {"as", 0, "CALLER", "who asks, such as \"user and role(staff)\""},
    {"host", 0, "HOST", "the host that is asked; none if not given"},
    {"header", 0, "NAME: VALUE", "a header, which variants are told by"},
    {"format", 0, "text|json", "text if not given"},
    {NULL, 0, NULL, NULL},
};

/* The operands and options, understood. */
struct request {
    const char *method;
    const char *url;
    const char *host; /* or NULL */
    const struct explain_caller *caller;
    apr_table_t *headers;
    int format;
};

static int
is_token(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) &&
            strchr("!#$%&'*+-.^_`|~", *at) == NULL) {
            return 0;
        }
    }
    return *text != '\0';
}

/* The host is that of --host, or of a whole URL; not of both. */
static enum cli_exit
read_url(const struct cli *cli, struct request *request)
{
    const char *named =
        explain_url_host(cli->pool, cli_operand(cli, 2), &request->url);

    request->host = cli_value(cli, "host", named);
    if (request->url == NULL) {
        return cli_fail(cli, "a URL begins with `/` or `http://HOST`");
    }
    if (named != NULL && cli_count(cli, "host") > 0) {
        return cli_fail(cli, "the URL and --host both name a host");
    }
    if (request->host != NULL &&
        explain_url_hostname(cli->pool, request->host) == NULL) {
        return cli_fail(cli, "`%s` is no host",
                        explain_url_shown(cli->pool, request->host,
                                          strlen(request->host)));
    }
    return CLI_FINE;
}

static enum cli_exit
read_headers(const struct cli *cli, struct request *request)
{
    const apr_array_header_t *given = cli_values(cli, "header");

    request->headers = apr_table_make(cli->pool, 4);
    for (int i = 0; i < given->nelts; i++) {
        const char *text = APR_ARRAY_IDX(given, i, const char *);
        const char *colon = strchr(text, ':');
        const char *name =
            colon != NULL
                ? apr_pstrmemdup(cli->pool, text, (apr_size_t)(colon - text))
                : "";

        if (!is_token(name)) {
            return cli_fail(cli, "--header: write `NAME: VALUE`");
        }
        colon++;
        colon += strspn(colon, " ");
        apr_table_mergen(request->headers, name, colon);
    }
    return CLI_FINE;
}

/* `get`: a method is its bytes, and this one answers nowhere. */
static int
is_small_verb(apr_pool_t *pool, const char *method)
{
    char *capitals = apr_pstrdup(pool, method);

    for (char *at = capitals; *at != '\0'; at++) {
        *at = (char)toupper((unsigned char)*at);
    }
    return strcmp(capitals, method) != 0 &&
           verb_of(capitals, strlen(capitals)) != ROUTES_METHOD_NONE &&
           verb_of(method, strlen(method)) == ROUTES_METHOD_NONE;
}

static enum cli_exit
read_request(const struct cli *cli, struct request *request)
{
    request->format = cli_format(cli);
    if (request->format < 0) {
        return CLI_USAGE;
    }
    request->method = cli_operand(cli, 1);
    if (!is_token(request->method)) {
        return cli_fail(cli, "`%s` is no method",
                        explain_url_shown(cli->pool, request->method,
                                          strlen(request->method)));
    }
    if (is_small_verb(cli->pool, request->method)) {
        return cli_fail(cli, "methods are written in capitals, and not `%s`",
                        request->method);
    }
    return read_headers(cli, request) == CLI_FINE ? read_url(cli, request)
                                                  : CLI_USAGE;
}

/* The rules that --as may name are those of the file. */
static enum cli_exit
read_caller(const struct cli *cli, const struct model *model,
            struct request *request)
{
    const char *as = cli_value(cli, "as", NULL);
    const char *problem = NULL;

    if (as != NULL) {
        request->caller = explain_caller_read(cli->pool, model, as, &problem);
    }
    return problem == NULL ? CLI_FINE : cli_fail(cli, "--as: %s", problem);
}

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    struct request request = {0};
    const struct explain *explain;
    struct plan *plan;

    if (read_request(cli, &request) != CLI_FINE) {
        return CLI_USAGE;
    }
    plan = driver_plan(driver, cli_operand(cli, 0));
    if (plan == NULL) {
        return driver_conclude(driver);
    }
    driver_flush(driver);
    if (read_caller(cli, plan->model, &request) != CLI_FINE) {
        return CLI_USAGE;
    }
    explain = explain_request(cli->pool, plan, request.method, request.host,
                              request.url, request.caller, request.headers);
    if (request.format == CLI_JSON) {
        explain_json_print(cli->pool, explain, stdout);
    }
    else {
        explain_text_print(cli->pool, explain, stdout);
    }
    return explain_granted(explain) ? CLI_FINE : CLI_ERRORS;
}

const struct cli_command cmd_explain = {
    .name = "explain",
    .operands = "FILE METHOD URL",
    .min_operands = 3,
    .max_operands = 3,
    .summary = "Say which route answers a request, why, and for whom.",
    .details =
        "Asks the matcher, the reader of arguments and the judge of "
        "requirements that\nserve, and says which lines of the source decide. "
        "FILE may be\n`-`, standard input.",
    .options = options,
    .run = run,
};
