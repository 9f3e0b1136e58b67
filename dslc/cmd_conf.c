/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_conf: `routesc conf`: the lines of httpd.conf for a file's module.
 */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "cmd.h"
#include "driver.h"
#include "httpd_conf.h"
#include "mounted.h"
#include "toolchain.h"
#include "realms.h"

static const struct cli_option options[] = {
    {"mount", 0, "PREFIX", "below which URL, such as /shop; / if not given"},
    {NULL, 0, NULL, NULL},
};

/* As RoutesMount wants it. */
static int
is_prefix(const char *prefix)
{
    return prefix[0] == '/' && strpbrk(prefix, " \t\r\n\"'\\%?#{") == NULL;
}

static const char *
folder_of(apr_pool_t *pool, const char *file)
{
    return apr_pstrndup(pool, file, (size_t)(strrchr(file, '/') - file));
}

/* Each setting with its default, for whoever wants another; one without a
 * default must be filled in, so its line is no comment. */
static void
print_settings(apr_pool_t *pool, const struct model *model)
{
    for (int i = 0; i < model->settings->nelts; i++) {
        const struct model_setting *setting =
            MODEL_AT(model->settings, const struct model_setting, i);
        const char *value = setting->value != NULL
                                ? httpd_conf_word(pool, setting->shown)
                                : NULL;

        if (setting->value == NULL) {
            printf("# VALUE: %s\n", setting->type->spelling);
        }
        printf("%sRoutesSet %s %s\n", setting->value != NULL ? "# " : "",
               setting->name, value != NULL ? value : "VALUE");
    }
}

/* A passphrase is nobody's to print. */
static void
print_sessions(const struct model *model)
{
    const char *cookie = realms_session_cookie(model);

    if (cookie != NULL) {
        printf("# mod_session, mod_session_cookie and mod_session_crypto are "
               "to be loaded\n"
               "Session On\n"
               "SessionCookieName %s path=/\n"
               "SessionCryptoPassphraseFile FILE\n",
               cookie);
    }
}

static void
print_proxies(const struct model *model)
{
    if (mounted_has_proxy(model)) {
        printf("# mod_proxy and mod_proxy_http are to be loaded\n");
    }
}

/* "/srv/shop/mod_shop.so" as a word, or NULL. */
static const char *
module_word(apr_pool_t *pool, const char *folder, const char *name)
{
    return httpd_conf_word(
        pool, apr_pstrcat(pool, folder, "/mod_", name, ".so", NULL));
}

/* The tables that are mounted in this one: where it is itself, as far as we
 * know. */
static void
print_tables(apr_pool_t *pool, const struct model *model, const char *folder)
{
    const apr_array_header_t *tables = mounted_tables(pool, model);

    for (int i = 0; i < tables->nelts; i++) {
        const char *name = APR_ARRAY_IDX(tables, i, const char *);

        printf("LoadModule %s_routes_module %s\n", name,
               module_word(pool, folder, name));
    }
}

static enum cli_exit
print_lines(const struct cli *cli, const struct plan *plan, const char *prefix)
{
    apr_pool_t *pool = cli->pool;
    const char *name = plan->name;
    const char *file = httpd_conf_absolute(pool, cli_operand(cli, 0));
    const char *folder = file != NULL ? folder_of(pool, file) : "";
    const char *module = httpd_conf_word(pool, toolchain_module(pool));
    const char *table = module_word(pool, folder, name);
    const char *path = httpd_conf_word(pool, *folder != '\0' ? folder : "/");

    if (module == NULL || table == NULL || path == NULL) {
        return cli_fail(cli,
                        "httpd can't be told a path with a newline or "
                        "`${`: `%s`",
                        folder);
    }
    printf("LoadModule routes_module %s\n"
           "LoadModule %s_routes_module %s\n",
           module, name, table);
    print_tables(pool, plan->model, folder);
    printf("RoutesPythonPath %s\n"
           "RoutesMount %s%s%s\n",
           path, prefix, *prefix != '\0' ? " " : "", name);
    print_settings(pool, plan->model);
    print_sessions(plan->model);
    print_proxies(plan->model);
    return CLI_FINE;
}

static enum cli_exit
run(const struct cli *cli)
{
    const char *prefix = cli_value(cli, "mount", "");
    struct driver *driver = driver_make(cli->pool);
    struct plan *plan;
    enum cli_exit code;

    if (*prefix != '\0' && !is_prefix(prefix)) {
        return cli_fail(cli, "--mount is a path such as /shop, and not `%s`",
                        prefix);
    }
    plan = driver_plan(driver, cli_operand(cli, 0));
    code = driver_conclude(driver);
    if (plan == NULL) {
        return code;
    }
    return print_lines(cli, plan, prefix);
}

const struct cli_command cmd_conf = {
    .name = "conf",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "Print the lines of httpd.conf for a file's module.",
    .details =
        "The paths are those of FILE and of the installed mod_routes.so.",
    .no_stdin = "its lines have the file's folder and name",
    .options = options,
    .run = run,
};
