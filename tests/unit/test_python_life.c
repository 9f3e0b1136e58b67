/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module/python: how an interpreter starts, in which home, beside another
 * module's, and how it stops.  Each test is a process of its own.
 */
#include "module/python/py.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "python_site.h"

#define SERIES                                                                \
    Py_STRINGIFY(PY_MAJOR_VERSION) "." Py_STRINGIFY(PY_MINOR_VERSION)

static char folder[] = "/tmp/test_python_life.XXXXXX";

/* Fails the child's process, and so its test. */
static void
expect(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "expected: %s\n", what);
        _exit(1);
    }
}

static void
run_alone(void (*scenario)(void))
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        scenario();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static const char *
path_of(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    expect(file != NULL, path_of(name));
    fputs(text, file);
    fclose(file);
}

static void
expect_log(struct site *site, const char *text)
{
    const char *log = site_log(site);
    if (strstr(log, text) == NULL) {
        fprintf(stderr, "log: %s", log);
        expect(0, text);
    }
}

/* ---- homes -------------------------------------------------------------- */

static void
start_without_venv(void)
{
    struct site *site = site_create(folder);
    expect(site->embed == NULL, "no interpreter");
    expect_log(site, "2 ROUTES0103: ");
    expect(!Py_IsInitialized(), "no Python");
}

static void
start_in_old_venv(void)
{
    write_file("pyvenv.cfg", "home = /usr/bin\nversion = 3.1.4\n");
    struct site *site = site_create(folder);
    expect(site->embed == NULL, "no interpreter");
    expect_log(site, "is a virtual environment of Python 3.1.4, but this "
                     "mod_routes was built for " SERIES);
}

static void
start_in_venv(void)
{
    write_file("pyvenv.cfg", "include-system-site-packages = false\n"
                             "version_info = " SERIES ".0.final.0\n");
    mkdir(path_of("lib"), 0700);
    mkdir(path_of("lib/python" SERIES), 0700);
    mkdir(path_of("lib/python" SERIES "/site-packages"), 0700);
    write_file("lib/python" SERIES "/site-packages/only_here.py",
               "import sys\ndef where(): return sys.prefix\n");
    struct site *site = site_create(folder);
    expect(site->embed != NULL, "an interpreter");
    uint32_t where = site_route(site, "only_here:where");
    site_bind(site);
    expect(strcmp(site_get(site, where, ""), folder) == 0, "its prefix");
    unlink(path_of("pyvenv.cfg"));
}

static void
a_home_is_a_venv_of_this_version(void **state)
{
    (void)state;
    run_alone(start_without_venv);
    run_alone(start_in_old_venv);
    run_alone(start_in_venv);
}

/* ---- another module's interpreter --------------------------------------- */

static void
start_adopted(void)
{
    Py_InitializeEx(0);
    PyRun_SimpleString("import sys; sys.path.append('/elsewhere')");
    PyEval_SaveThread();
    struct site *site = site_create("/no/such/home");
    expect(site->embed != NULL, "an interpreter");
    expect_log(site, "4 ROUTES0106: ");
    uint32_t greet = site_route(site, "shop:greet");
    site_arg(site, "name", "str", NULL);
    site_bind(site);
    expect(strcmp(site_get(site, greet, "name=x"), "hi, x!") == 0, "a call");
    PyGILState_STATE held = PyGILState_Ensure();
    PyRun_SimpleString("import sys; assert '/elsewhere' in sys.path\n"
                       "assert type(sys.stdout).__module__ != 'apache'");
    PyGILState_Release(held);
    expect(strcmp(site_get(site, greet, "name=x"), "hi, x!") == 0, "a call");
}

static void
start_beside_holder(void)
{
    Py_InitializeEx(0);
    struct site *site = site_create(NULL);
    expect(site->embed == NULL, "no interpreter");
    expect_log(site, "2 ROUTES0101: ");
}

static void
another_interpreter_is_adopted_or_refused(void **state)
{
    (void)state;
    run_alone(start_adopted);
    run_alone(start_beside_holder);
}

/* ---- stop --------------------------------------------------------------- */

static double
stop_and_time(struct site *site)
{
    struct timespec from;
    struct timespec to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    embed_stop(site->embed);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) +
           (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static void
stop_quickly(void)
{
    struct site *site = site_create(NULL);
    uint32_t at_exit = site_route(site, "shop:register");
    site_arg(site, "path", "str", NULL);
    site_bind(site);
    site_get(site, at_exit,
             apr_pstrcat(site->pool, "path=", path_of("atexit"), NULL));
    expect(stop_and_time(site) < 1.0, "a quick stop");
    expect(stop_and_time(site) < 0.1, "a second stop that does nothing");
    expect_log(site, "5 ROUTES0130: atexit prints\n");
    char text[100] = "";
    FILE *file = fopen(path_of("atexit"), "r");
    expect(file != NULL && fgets(text, sizeof text, file) != NULL, "a file");
    expect(strcmp(text, "atexit ran\n") == 0, "what atexit wrote");
    expect(fgetc(file) == EOF, "that it ran once");
}

static void
stop_slowly(void)
{
    struct site *site = site_create(NULL);
    uint32_t at_exit = site_route(site, "shop:register_slow");
    site_bind(site);
    site_get(site, at_exit, "");
    double seconds = stop_and_time(site);
    expect(seconds > 2.0 && seconds < 3.0, "the deadline");
}

static struct site *stopped;

static void
stop_in_handler(int number)
{
    (void)number;
    expect(stop_and_time(stopped) < 3.0, "the deadline");
    _exit(0);
}

/* prefork: SIGTERM arrives inside the function that is called, which holds the
 * GIL, and the cleanups that destroy buckets run in the handler. */
static void
stop_inside_call(void)
{
    stopped = site_create(NULL);
    uint32_t spin = site_route(stopped, "shop:spin");
    site_arg(stopped, "n", "int", NULL);
    site_bind(stopped);
    signal(SIGALRM, stop_in_handler);
    alarm(1);
    site_get(stopped, spin, "n=1000000000");
    expect(0, "no return");
}

/* What is destroyed after the stop must not wait for the GIL. */
static void
destroy_after_stop(void)
{
    struct site *site = site_create(NULL);
    uint32_t give = site_route(site, "shop:give");
    site_arg(site, "which", "str", NULL);
    site_bind(site);
    struct visit *visit = visit_call(site, give, "which=large");
    embed_stop(site->embed);
    PyGILState_STATE held = PyGILState_Ensure();
    visit_end(visit);
    PyGILState_Release(held);
}

/* Threads end after the stop, the helper's own among them, and pchild is gone
 * by then. */
static void
destroy_pool_after_stop(void)
{
    struct site *site = site_create(NULL);
    uint32_t linger = site_route(site, "shop:linger");
    site_bind(site);
    site_get(site, linger, "");
    embed_stop(site->embed);
    apr_pool_destroy(site->pool); /* and the site with it */
    usleep(600000);
}

static void
atexit_runs_under_a_deadline(void **state)
{
    (void)state;
    run_alone(stop_quickly);
    run_alone(stop_slowly);
    run_alone(stop_inside_call);
    run_alone(destroy_after_stop);
    run_alone(destroy_pool_after_stop);
}

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_home_is_a_venv_of_this_version),
        cmocka_unit_test(another_interpreter_is_adopted_or_refused),
        cmocka_unit_test(atexit_runs_under_a_deadline),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
