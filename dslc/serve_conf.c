/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve_conf: the configuration of the private httpd of `routesc serve`.
 */
#include "serve_conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_escape.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "httpd_conf.h"

/* In order of preference; httpd has one built in, or loads one. */
static const char *const mpms[] = {"event", "worker", "prefork"};

/* What it needs beside an MPM. */
static const char *const modules[] = {"unixd", "authz_core", "log_config"};

#define N_MPMS (sizeof(mpms) / sizeof(mpms[0]))
/* Where distributions keep the types of file names. */
#define TYPES_FILE "/etc/mime.types"

/* And for sessions. */
static const char *const of_sessions[] = {"session", "session_cookie",
                                          "session_crypto"};

/* And for backends. */
static const char *const of_proxies[] = {"proxy", "proxy_http"};

#define N_OF_SESSIONS (sizeof(of_sessions) / sizeof(of_sessions[0]))
#define N_OF_PROXIES  (sizeof(of_proxies) / sizeof(of_proxies[0]))
#define N_MODULES     (sizeof(modules) / sizeof(modules[0]))

struct writer {
    apr_pool_t *pool;
    const struct serve_conf *conf;
    const char *built_in;
    FILE *out;
    const char *problem;
};

/* "DIRECTIVE "PATH"". */
static void
write_path(struct writer *w, const char *directive, const char *path)
{
    const char *word = httpd_conf_word(w->pool, path);

    if (word == NULL) {
        w->problem = apr_psprintf(w->pool,
                                  "httpd can't be told a text with a newline "
                                  "or `${`: `%s`",
                                  path);
        return;
    }
    fprintf(w->out, "%s %s\n", directive, word);
}

static const char *
inside(const struct writer *w, const char *name)
{
    return apr_pstrcat(w->pool, w->conf->dir, "/", name, NULL);
}

/* ---- modules ------------------------------------------------------------ */

/* Whether `httpd -l` has the line "  FILE". */
static int
is_built_in(const struct writer *w, const char *file)
{
    const char *line = apr_pstrcat(w->pool, "  ", file, "\n", NULL);

    return strstr(w->built_in, line) != NULL;
}

static const char *
module_path(const struct writer *w, const char *name)
{
    return apr_pstrcat(w->pool, w->conf->tools->libexecdir, "/mod_", name,
                       ".so", NULL);
}

static void
load_module(struct writer *w, const char *record, const char *path)
{
    write_path(w, apr_psprintf(w->pool, "LoadModule %s_module", record), path);
}

static void
load_mpm(struct writer *w)
{
    for (size_t i = 0; i < N_MPMS; i++) {
        if (is_built_in(w, apr_pstrcat(w->pool, mpms[i], ".c", NULL))) {
            return;
        }
    }
    for (size_t i = 0; i < N_MPMS; i++) {
        const char *name = apr_pstrcat(w->pool, "mpm_", mpms[i], NULL);

        if (access(module_path(w, name), R_OK) == 0) {
            load_module(w, name, module_path(w, name));
            return;
        }
    }
    w->problem = apr_psprintf(w->pool, "httpd has no MPM in `%s`",
                              w->conf->tools->libexecdir);
}

/* What the types of files are asked of, where a list of them is. */
static void
load_types(struct writer *w)
{
    const char *path = module_path(w, "mime");

    if (access(TYPES_FILE, R_OK) != 0) {
        return;
    }
    if (!is_built_in(w, "mod_mime.c")) {
        if (access(path, R_OK) != 0) {
            return;
        }
        load_module(w, "mime", path);
    }
    write_path(w, "TypesConfig", TYPES_FILE);
}

static void
load_all(struct writer *w, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *file = apr_pstrcat(w->pool, "mod_", names[i], ".c", NULL);

        if (!is_built_in(w, file)) {
            load_module(w, names[i], module_path(w, names[i]));
        }
    }
}

const char *
serve_conf_table(apr_pool_t *pool, const char *path)
{
    const char *file = apr_filepath_name_get(path);
    size_t len = strlen(file);
    const char *name;

    if (len <= strlen("mod_.so") || strncmp(file, "mod_", 4) != 0 ||
        strcmp(file + len - 3, ".so") != 0) {
        return NULL;
    }
    name = apr_pstrndup(pool, file + 4, len - strlen("mod_.so"));
    for (const char *at = name; *at != '\0'; at++) {
        if (!apr_isalnum(*at) && *at != '_') {
            return NULL;
        }
    }
    return name;
}

static void
load_tables(struct writer *w)
{
    for (int i = 0; i < w->conf->tables->nelts; i++) {
        const char *path = APR_ARRAY_IDX(w->conf->tables, i, const char *);

        load_module(w,
                    apr_pstrcat(w->pool, serve_conf_table(w->pool, path),
                                "_routes", NULL),
                    path);
    }
}

static void
load_modules(struct writer *w)
{
    load_mpm(w);
    load_all(w, modules, N_MODULES);
    if (w->conf->cookie != NULL) {
        load_all(w, of_sessions, N_OF_SESSIONS);
    }
    if (w->conf->proxies) {
        load_all(w, of_proxies, N_OF_PROXIES);
    }
    load_types(w);
    load_module(w, "routes", w->conf->tools->module);
    load_module(w, apr_pstrcat(w->pool, w->conf->name, "_routes", NULL),
                w->conf->module);
    load_tables(w);
}

/* ---- the rest ----------------------------------------------------------- */

static void
write_server(struct writer *w)
{
    const struct account *account = w->conf->account;

    write_path(w, "ServerRoot", w->conf->root);
    write_path(w, "DefaultRuntimeDir", inside(w, "run"));
    write_path(w, "PidFile", inside(w, "run/httpd.pid"));
    fprintf(w->out, "ServerName %s\nListen %s\n", w->conf->listen,
            w->conf->listen);
    load_modules(w);
    if (account != NULL) {
        fprintf(w->out, "User #%lu\nGroup #%lu\n", (unsigned long)account->uid,
                (unsigned long)account->gid);
    }
}

/* Both logs reach us through standard error, with what the functions print;
 * what no route takes finds an empty folder; TRACE would only echo; one
 * process is enough to look at. */
static void
write_manners(struct writer *w)
{
    fputs("ErrorLog /proc/self/fd/2\n"
          "LogLevel warn routes:notice\n"
          "TraceEnable off\n"
          "LogFormat \"%h \\\"%r\\\" %>s %b\" short\n"
          "CustomLog /proc/self/fd/2 short\n"
          "StartServers 1\n"
          "<IfModule !mpm_prefork_module>\n"
          "    MinSpareThreads 1\n"
          "</IfModule>\n",
          w->out);
    write_path(w, "DocumentRoot", inside(w, "htdocs"));
}

/* Encrypted by what nobody knows: logins end with the server. */
static void
write_sessions(struct writer *w)
{
    unsigned char key[32];

    if (apr_generate_random_bytes(key, sizeof(key)) != APR_SUCCESS) {
        w->problem = "there are no random bytes to encrypt sessions by";
        return;
    }
    fprintf(w->out,
            "Session On\n"
            "SessionCookieName %s path=/\n"
            "SessionCryptoPassphrase %s\n",
            w->conf->cookie, apr_pescape_hex(w->pool, key, sizeof(key), 0));
}

/* "NAME=VALUE" as a line. */
static void
write_setting(struct writer *w, const char *text)
{
    const char *equals = strchr(text, '=');
    const char *name = apr_pstrndup(w->pool, text, (size_t)(equals - text));

    write_path(w, apr_pstrcat(w->pool, "RoutesSet ", name, NULL), equals + 1);
}

static void
write_routes(struct writer *w)
{
    for (int i = 0; i < w->conf->settings->nelts; i++) {
        write_setting(w, APR_ARRAY_IDX(w->conf->settings, i, const char *));
    }
    for (int i = 0; i < w->conf->paths->nelts; i++) {
        write_path(w, "RoutesPythonPath",
                   APR_ARRAY_IDX(w->conf->paths, i, const char *));
    }
    if (w->conf->home != NULL) {
        write_path(w, "RoutesPythonHome", w->conf->home);
    }
    if (w->conf->cookie != NULL) {
        write_sessions(w);
    }
    fprintf(w->out, "RoutesMount %s\n", w->conf->name);
}

const char *
serve_conf_write(apr_pool_t *pool, const struct serve_conf *conf,
                 const char *built_in, const char *path)
{
    struct writer w = {.pool = pool, .conf = conf, .built_in = built_in};

    w.out = fopen(path, "wx");
    if (w.out == NULL) {
        return apr_psprintf(pool, "cannot write `%s`: %s", path,
                            strerror(errno));
    }
    write_server(&w);
    write_manners(&w);
    write_routes(&w);
    if (fclose(w.out) != 0 && w.problem == NULL) {
        w.problem =
            apr_psprintf(pool, "cannot write `%s`: %s", path, strerror(errno));
    }
    return w.problem;
}
