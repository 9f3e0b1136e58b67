/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: a private httpd in the foreground that serves one table.
 *
 *     /tmp/routesc-XXXXXX/    root's, or ours
 *         mod_shop.so  httpd.conf  run/  htdocs/ (empty)
 *         app/                a copy of the folder, where one is needed
 */
#include "serve.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "account.h"
#include "backend.h"
#include "copytree.h"
#include "foreground.h"
#include "interrupt.h"
#include "mounted.h"
#include "process.h"
#include "realms.h"
#include "serve_conf.h"
#include "tempdir.h"
#include "watch.h"

#define FALLBACK_PLACE "/tmp"

/* A server under way; nothing more is done once driver has a problem or an
 * error. */
struct site {
    apr_pool_t *pool;
    struct driver *driver;
    const struct serve_job *job; /* its plan: until the build */
    struct account account;
    const apr_array_header_t *needed; /* paths that the account must read */
    struct serve_conf conf;
    const char *conf_path;
    const char *from; /* what is copied, or NULL */
};

static int
goes_on(const struct site *site)
{
    return site->driver->problem == NULL && interrupt_signal() == 0 &&
           diag_error_count(site->driver->diags) == 0;
}

static const char *
inside(const struct site *site, const char *name)
{
    return apr_pstrcat(site->pool, site->conf.dir, "/", name, NULL);
}

/* ---- the private folder ------------------------------------------------- */

/* Where the folder goes: where others go, unless the account that serves can't
 * enter there (a TMPDIR of root's own). */
static const char *
find_place(struct site *site)
{
    apr_array_header_t *paths =
        apr_array_make(site->pool, 1, sizeof(const char *));
    const char *place = FALLBACK_PLACE;

    if (apr_temp_dir_get(&place, site->pool) != APR_SUCCESS) {
        return FALLBACK_PLACE;
    }
    APR_ARRAY_PUSH(paths, const char *) = place;
    return site->conf.account != NULL &&
                   account_refused(site->pool, &site->account, paths) != NULL
               ? FALLBACK_PLACE
               : place;
}

static void
make_folder(struct site *site)
{
    const char *place = FALLBACK_PLACE;
    apr_status_t rv = APR_SUCCESS;
    char message[120];

    if (!goes_on(site)) {
        return;
    }
    place = find_place(site);
    rv = tempdir_make(site->pool, place, "routesc-", &site->conf.dir);
    if (rv == APR_SUCCESS && (chmod(site->conf.dir, 0711) != 0 ||
                              mkdir(inside(site, "run"), 0700) != 0 ||
                              mkdir(inside(site, "htdocs"), 0700) != 0 ||
                              chmod(inside(site, "htdocs"), 0755) != 0)) {
        rv = errno;
    }
    if (rv != APR_SUCCESS) {
        site->driver->problem =
            apr_psprintf(site->pool, "cannot make a folder in `%s`: %s", place,
                         apr_strerror(rv, message, sizeof(message)));
    }
}

static void
build(struct site *site)
{
    struct backend_job job = {
        .plan = site->job->plan,
        .plan_pool = site->driver->work,
        .tools = site->job->tools,
        .compiler = driver_compiler,
        .dir = site->conf.dir,
    };
    struct backend_outcome outcome;

    if (goes_on(site)) {
        outcome = backend_build(site->pool, &job, site->driver->diags);
        site->conf.module = outcome.module;
        site->driver->problem = outcome.problem;
    }
}

/* ---- root serves as another user ---------------------------------------- */

static void
choose_account(struct site *site)
{
    if (geteuid() != 0) {
        return;
    }
    if (!account_choose(site->pool, site->job->file, &site->account)) {
        site->driver->problem = "root serves as the owner of the file, "
                                "www-data, apache or nobody, and there is "
                                "none of them";
        return;
    }
    site->conf.account = &site->account;
}

/* Serves from a copy, because of a file that the account can't read. */
static void
use_copy(struct site *site, const char *unreadable)
{
    const char *from = site->conf.root;
    const char *to = inside(site, "app");
    const char *problem = copytree_make(site->pool, from, to, &site->account);

    if (problem != NULL) {
        site->driver->problem = apr_psprintf(
            site->pool,
            "%s can't read `%s`, and `%s` can't be copied for it: %s",
            site->account.name, unreadable, from, problem);
        return;
    }
    diag_say(apr_psprintf(site->pool,
                          "%s can't read %s: serving from a copy of %s, which "
                          "is removed at the end\n",
                          site->account.name, unreadable, from),
             stderr);
    site->conf.root = to;
    site->from = from;
}

/* What the account must read: the folder, the file, and those of the modules
 * that the table names which stand in the folder. */
static apr_array_header_t *
needed_paths(struct site *site)
{
    const apr_array_header_t *functions = site->job->plan->model->functions;
    apr_hash_t *seen = apr_hash_make(site->pool);
    apr_array_header_t *paths =
        apr_array_make(site->pool, 64, sizeof(const char *));

    APR_ARRAY_PUSH(paths, const char *) = site->conf.root;
    APR_ARRAY_PUSH(paths, const char *) = site->job->file;
    for (int i = 0; i < functions->nelts; i++) {
        const char *module =
            MODEL_AT(functions, struct model_function, i)->module;
        const char *name =
            apr_pstrmemdup(site->pool, module, strcspn(module, "."));

        if (apr_hash_get(seen, name, APR_HASH_KEY_STRING) == NULL) {
            apr_hash_set(seen, name, APR_HASH_KEY_STRING, name);
            account_add_module(paths, site->conf.root, name);
        }
    }
    return paths;
}

/* Folders of --python-path are never copied. */
static void
check_reading(struct site *site)
{
    const char *refused;

    if (!goes_on(site) || site->conf.account == NULL) {
        return;
    }
    refused = account_refused(site->pool, &site->account, site->needed);
    if (refused != NULL) {
        use_copy(site, refused);
    }
    refused = account_refused(site->pool, &site->account, site->job->paths);
    if (refused != NULL) {
        site->driver->problem = apr_psprintf(site->pool, "%s can't read `%s`",
                                             site->account.name, refused);
    }
}

/* ---- httpd -------------------------------------------------------------- */

/* Runs httpd with one or two words; its output if it ends well, else it is
 * the problem. */
static const char *
ask_httpd(struct site *site, const char *const *argv)
{
    struct process_result result;
    char message[120];
    apr_status_t rv = process_run(site->pool, argv, NULL, &result);

    if (rv != APR_SUCCESS) {
        site->driver->problem =
            apr_psprintf(site->pool, "cannot run `%s`: %s", argv[0],
                         apr_strerror(rv, message, sizeof(message)));
        return "";
    }
    if (result.code != 0) {
        site->driver->problem = apr_psprintf(
            site->pool, "httpd does not take its configuration:\n%s",
            result.output);
    }
    return result.output;
}

static void
write_conf(struct site *site)
{
    const char *const argv[] = {site->job->tools->httpd, "-l", NULL};
    apr_array_header_t *paths =
        apr_array_make(site->pool, 4, sizeof(const char *));
    const char *built_in;

    if (!goes_on(site)) {
        return;
    }
    built_in = ask_httpd(site, argv);
    APR_ARRAY_PUSH(paths, const char *) = site->conf.root;
    apr_array_cat(paths, site->job->paths);
    site->conf.paths = paths;
    site->conf_path = inside(site, "httpd.conf");
    if (goes_on(site)) {
        site->driver->problem = serve_conf_write(site->pool, &site->conf,
                                                 built_in, site->conf_path);
    }
}

static void
test_conf(struct site *site)
{
    const char *const argv[] = {site->job->tools->httpd, "-t", "-f",
                                site->conf_path, NULL};

    if (goes_on(site)) {
        ask_httpd(site, argv);
    }
}

static void
announce(void *data)
{
    const struct site *site = data;

    printf("serving %s at http://%s/ (Ctrl-C ends it)\n",
           apr_filepath_name_get(site->job->file), site->job->listen.text);
    fflush(stdout);
}

/* ---- another version ---------------------------------------------------- */

static void
watch_site(const struct site *site, const struct driver *driver,
           const struct model *model)
{
    const struct watch_program program = {
        .sources = driver->sources,
        .model = model,
        .file = site->job->file,
        .paths = site->job->paths,
    };

    watch_add(site->job->watch, &program);
}

/* The table of the files as they are now, in the place of the one before. */
static void
rebuild(const struct site *site, struct driver *driver)
{
    struct backend_job job = {
        .plan = driver_plan(driver, site->job->file),
        .plan_pool = driver->work,
        .tools = site->job->tools,
        .compiler = driver_compiler,
        .dir = site->conf.dir,
    };

    watch_site(site, driver, job.plan != NULL ? job.plan->model : NULL);
    if (job.plan != NULL) {
        driver->problem =
            backend_build(driver->pool, &job, driver->diags).problem;
    }
}

/* Those who serve from a copy need a new one: made beside the old one, which
 * goes when its place is taken. */
static void
copy_again(struct site *site, struct driver *driver)
{
    const char *fresh = inside(site, "fresh");
    const char *stale = inside(site, "stale");
    const char *app = inside(site, "app");

    if (site->from == NULL) {
        return;
    }
    driver->problem =
        copytree_make(driver->pool, site->from, fresh, &site->account);
    if (driver->problem == NULL &&
        (rename(app, stale) != 0 || rename(fresh, app) != 0)) {
        driver->problem = apr_psprintf(driver->pool, "cannot rename `%s`: %s",
                                       fresh, strerror(errno));
    }
    tempdir_remove(stale);
}

/* A configuration error at SIGUSR1 would end the server. */
static void
take_over(struct site *site, struct driver *driver, pid_t pid)
{
    struct site asked = *site;

    asked.pool = driver->pool;
    asked.driver = driver;
    test_conf(&asked);
    if (goes_on(&asked)) {
        kill(pid, SIGUSR1);
    }
}

static int
is_good(const struct driver *driver)
{
    return driver->problem == NULL && diag_error_count(driver->diags) == 0;
}

/* Something stirred in a watched folder. */
static void
renew(void *data, pid_t pid)
{
    struct site *site = data;
    struct driver *driver;
    apr_pool_t *pool;

    if (!watch_changed(site->job->watch, 0)) {
        return;
    }
    apr_pool_create(&pool, site->pool);
    driver = driver_make(pool);
    driver->python = site->driver->python;
    rebuild(site, driver);
    if (is_good(driver)) {
        copy_again(site, driver);
    }
    if (is_good(driver)) {
        take_over(site, driver, pid);
    }
    if (interrupt_signal() == 0) {
        puts(driver_conclude(driver) == CLI_FINE
                 ? "changed: serving the new version"
                 : "changed: the version before goes on");
        fflush(stdout);
    }
    apr_pool_destroy(pool);
}

static void
run_httpd(struct site *site)
{
    const char *const argv[] = {site->job->tools->httpd, "-DFOREGROUND", "-f",
                                site->conf_path, NULL};
    struct foreground_job job = {
        .argv = argv,
        .listen = &site->job->listen,
        .ready = announce,
        .data = site,
    };

    if (site->job->watch != NULL) {
        job.watched = watch_descriptor(site->job->watch);
        job.stirred = renew;
    }
    if (goes_on(site)) {
        site->driver->problem = foreground_run(site->pool, &job);
    }
}

/* ---- all of it ---------------------------------------------------------- */

/* Takes what is needed of the plan, which the build gives up. */
static void
use_plan(struct site *site)
{
    const struct plan *plan = site->job->plan;
    const char *cookie = realms_session_cookie(plan->model);

    site->conf.name = apr_pstrdup(site->pool, plan->name);
    site->conf.cookie =
        cookie != NULL ? apr_pstrdup(site->pool, cookie) : NULL;
    site->conf.proxies = mounted_has_proxy(plan->model);
    if (site->conf.account != NULL) {
        site->needed = needed_paths(site);
    }
    if (site->job->watch != NULL) {
        watch_site(site, site->driver, plan->model);
    }
}

enum cli_exit
serve_run(struct driver *driver, const struct serve_job *job)
{
    struct site site = {.pool = driver->pool, .driver = driver, .job = job};
    enum cli_exit code;

    site.conf.tools = job->tools;
    site.conf.listen = job->listen.text;
    site.conf.home = job->home;
    site.conf.settings = job->settings;
    site.conf.tables = job->tables;
    site.conf.root = apr_pstrndup(
        site.pool, job->file, (size_t)(strrchr(job->file, '/') - job->file));
    interrupt_catch();
    choose_account(&site);
    use_plan(&site);
    make_folder(&site);
    build(&site);
    check_reading(&site);
    write_conf(&site);
    test_conf(&site);
    run_httpd(&site);
    if (site.conf.dir != NULL) {
        tempdir_remove(site.conf.dir);
    }
    code = driver_conclude(driver);
    return code == CLI_FINE ? CLI_FINE : CLI_USAGE;
}
