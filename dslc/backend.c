/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backend: a plan as a loadable module in a folder, all of it or nothing.
 */
#include "backend.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_mmap.h>
#include <apr_portable.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "emit.h"
#include "interrupt.h"
#include "process.h"
#include "tempdir.h"
#include "testload.h"

#define COPY_BYTES 16384

/* A job under way.  One of the two may become true, and then nothing more is
 * done: problem is set, or diags have the error. */
struct work {
    apr_pool_t *pool;
    const struct backend_job *job; /* its plan: until write_c is done */
    struct diag_list *diags;
    const char *place;  /* where temporary files go */
    const char *folder; /* the private one, there */
    const char *c_name;
    const char *so_name;
    const char *record; /* the name of the module's record */
    const char *problem;
    int failed;
};

static int
goes_on(struct work *work)
{
    if (work->problem == NULL && interrupt_signal() != 0) {
        work->problem = "interrupted";
    }
    return work->problem == NULL && !work->failed;
}

static void
blame(struct work *work, const char *what, const char *path, apr_status_t rv)
{
    char message[120];

    work->problem = apr_psprintf(work->pool, "cannot %s `%s`: %s", what, path,
                                 apr_strerror(rv, message, sizeof(message)));
}

static const char *
in_folder(const struct work *work, const char *folder, const char *name)
{
    return apr_pstrcat(work->pool, folder, "/", name, NULL);
}

/* ---- the C -------------------------------------------------------------- */

const char *
backend_write_c(apr_pool_t *pool, const struct plan *plan,
                const char *compiler, const char *path)
{
    FILE *out = fopen(path, "wx");
    int failed;

    if (out == NULL) {
        return apr_psprintf(pool, "cannot write `%s`: %s", path,
                            strerror(errno));
    }
    emit_c(plan, compiler, out);
    failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        return apr_psprintf(pool, "cannot write `%s`: %s", path,
                            strerror(errno));
    }
    return NULL;
}

static void
write_c(struct work *work)
{
    if (goes_on(work)) {
        work->problem =
            backend_write_c(work->pool, work->job->plan, work->job->compiler,
                            in_folder(work, work->folder, work->c_name));
    }
    if (work->job->plan_pool != NULL) {
        apr_pool_destroy(work->job->plan_pool);
    }
}

/* ---- the compiler ------------------------------------------------------- */

static const char *const *
compile_command(struct work *work)
{
    const char *const flags[] = {"-I",         work->job->tools->include_dir,
                                 "-shared",    "-fPIC",
                                 "-O2",        "-g0",
                                 "-o",         work->so_name,
                                 work->c_name, NULL};
    const char *const *word = work->job->tools->cc;
    apr_array_header_t *words =
        apr_array_make(work->pool, 32, sizeof(const char *));

    for (; *word != NULL; word++) {
        APR_ARRAY_PUSH(words, const char *) = *word;
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        APR_ARRAY_PUSH(words, const char *) = flags[i];
    }
    return (const char *const *)(void *)words->elts;
}

/* E703: a routesc and a routes_abi.h that don't belong together. */
static void
say_other_abi(struct work *work)
{
    struct diag *diag =
        diag_error(work->diags, (struct span){0}, E703,
                   "routes_abi.h in `%s` is of another version than routesc",
                   work->job->tools->include_dir);

    diag_help(diag, "install routesc, routes_abi.h and mod_routes.so of one "
                    "version");
    work->failed = 1;
}

/* E701 with the compiler's output, a note a line. */
static void
say_compiler_failed(struct work *work, const char *compiler,
                    const struct process_result *result)
{
    struct diag *diag =
        diag_error(work->diags, (struct span){0}, E701,
                   "the C compiler `%s` failed with exit code %d", compiler,
                   result->code);
    char *output = apr_pstrdup(work->pool, result->output);
    char *rest = output;
    char *line = apr_strtok(output, "\r\n", &rest);

    for (int i = 0; line != NULL && i < BACKEND_MAX_LINES; i++) {
        diag_note(diag, "%s", line);
        line = apr_strtok(NULL, "\r\n", &rest);
    }
    work->failed = 1;
}

static void
compile(struct work *work)
{
    struct process_result result;
    const char *const *argv;
    apr_status_t rv;

    if (!goes_on(work)) {
        return;
    }
    argv = compile_command(work);
    rv = process_run(work->pool, argv, work->folder, &result);
    if (rv != APR_SUCCESS) {
        blame(work, "run the C compiler", argv[0], rv);
    }
    else if (interrupt_signal() != 0) {
        return;
    }
    else if (result.code != 0 &&
             strstr(result.output, EMIT_OTHER_ABI) != NULL) {
        say_other_abi(work);
    }
    else if (result.code != 0) {
        say_compiler_failed(work, argv[0], &result);
    }
}

/* ---- the module --------------------------------------------------------- */

static void
load(struct work *work)
{
    const char *path;
    const char *reason;

    if (!goes_on(work)) {
        return;
    }
    path = in_folder(work, work->folder, work->so_name);
    reason = testload_check(work->pool, path, work->record);
    if (reason != NULL) {
        struct diag *diag = diag_error(work->diags, (struct span){0}, E702,
                                       "the built module does not load");

        diag_note(diag, "%s", reason);
        diag_help(diag,
                  "if `%s` is mounted noexec, set TMPDIR to another "
                  "folder",
                  work->place);
        work->failed = 1;
    }
}

/* Whether a file is a table of this name: it holds the name of its module
 * record, as every such module does. */
static int
is_table(struct work *work, apr_file_t *file, apr_off_t size)
{
    apr_mmap_t *map;

    return apr_mmap_create(&map, file, 0, (apr_size_t)size, APR_MMAP_READ,
                           work->pool) == APR_SUCCESS &&
           memmem(map->mm, map->size, work->record,
                  strlen(work->record) + 1) != NULL;
}

/* Refuses to replace what is not ours: httpd has modules of its own that are
 * called mod_status.so and the like. */
static void
check_target(struct work *work, const char *path)
{
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t rv =
        apr_file_open(&file, path, APR_FOPEN_READ, 0, work->pool);

    if (APR_STATUS_IS_ENOENT(rv)) {
        return;
    }
    if (rv == APR_SUCCESS) {
        rv = apr_file_info_get(&info, APR_FINFO_TYPE | APR_FINFO_SIZE, file);
    }
    if (rv != APR_SUCCESS) {
        blame(work, "replace", path, rv);
    }
    else if (info.filetype != APR_REG ||
             (info.size > 0 && !is_table(work, file, info.size))) {
        work->problem = apr_psprintf(
            work->pool, "`%s` exists and is no table of routesc: it stays",
            path);
    }
    if (rv == APR_SUCCESS) {
        apr_file_close(file);
    }
}

/* The mode of a new file that is data for httpd. */
static mode_t
file_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0644 & ~mask;
}

static int
descriptor(apr_file_t *file)
{
    apr_os_file_t fd = -1;

    apr_os_file_get(&fd, file);
    return fd;
}

static void
unstage(const char *path)
{
    if (path != NULL) {
        unlink(path);
    }
}

/* Copies a file to the end of another. */
static apr_status_t
copy(struct work *work, const char *from, apr_file_t *to)
{
    char buffer[COPY_BYTES];
    apr_size_t n = sizeof(buffer);
    apr_file_t *in;
    apr_status_t rv = apr_file_open(&in, from, APR_FOPEN_READ, 0, work->pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    while ((rv = apr_file_read(in, buffer, &n)) == APR_SUCCESS &&
           (rv = apr_file_write_full(to, buffer, n, NULL)) == APR_SUCCESS) {
        n = sizeof(buffer);
    }
    apr_file_close(in);
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

/* Puts what was made beside its final place, under a name of its own; NULL,
 * and the problem, if that can't be. */
static const char *
stage(struct work *work, const char *name)
{
    char *path =
        apr_pstrcat(work->pool, work->job->dir, "/.", name, ".XXXXXX", NULL);
    apr_file_t *out;
    apr_status_t rv;

    if (!goes_on(work)) {
        return NULL;
    }
    rv = apr_file_mktemp(&out, path,
                         APR_FOPEN_CREATE | APR_FOPEN_EXCL | APR_FOPEN_WRITE,
                         work->pool);
    if (rv != APR_SUCCESS) {
        blame(work, "write to", work->job->dir, rv);
        return NULL;
    }
    rv = copy(work, in_folder(work, work->folder, name), out);
    if (rv == APR_SUCCESS && fchmod(descriptor(out), file_mode()) != 0) {
        rv = errno;
    }
    apr_file_close(out);
    if (rv != APR_SUCCESS) {
        blame(work, "write to", work->job->dir, rv);
    }
    return path;
}

static void
rename_staged(struct work *work, const char *staged, const char *name)
{
    const char *to = in_folder(work, work->job->dir, name);
    apr_status_t rv;

    if (staged == NULL || !goes_on(work)) {
        return;
    }
    rv = apr_file_rename(staged, to, work->pool);
    if (rv != APR_SUCCESS) {
        blame(work, "replace", to, rv);
    }
}

/* Both files are there, whole, before one of them takes its place. */
static void
install(struct work *work)
{
    const char *c = NULL;
    const char *so;

    if (goes_on(work)) {
        check_target(work, in_folder(work, work->job->dir, work->so_name));
    }
    if (work->job->keep_c) {
        c = stage(work, work->c_name);
    }
    so = stage(work, work->so_name);
    rename_staged(work, c, work->c_name);
    rename_staged(work, so, work->so_name);
    if (!goes_on(work)) {
        unstage(c);
        unstage(so);
    }
}

/* ---- all of it ---------------------------------------------------------- */

/* What is called after the table. */
static void
name_things(struct work *work)
{
    const char *name = work->job->plan->name;

    work->c_name = apr_pstrcat(work->pool, name, ".routes.c", NULL);
    work->so_name = apr_pstrcat(work->pool, "mod_", name, ".so", NULL);
    work->record = apr_pstrcat(work->pool, name, "_routes_module", NULL);
}

struct backend_outcome
backend_build(apr_pool_t *pool, const struct backend_job *job,
              struct diag_list *diags)
{
    struct work work = {.pool = pool, .job = job, .diags = diags};
    struct backend_outcome outcome = {NULL, NULL};
    apr_status_t rv;

    name_things(&work);
    interrupt_catch();
    rv = apr_temp_dir_get(&work.place, pool);
    if (rv == APR_SUCCESS) {
        rv = tempdir_make(pool, work.place, "routesc-", &work.folder);
    }
    if (rv != APR_SUCCESS) {
        blame(&work, "make", "a temporary folder", rv);
        outcome.problem = work.problem;
        return outcome;
    }
    write_c(&work);
    compile(&work);
    load(&work);
    install(&work);
    tempdir_remove(work.folder);
    outcome.problem = work.problem;
    if (work.problem == NULL && !work.failed) {
        outcome.module = in_folder(&work, job->dir, work.so_name);
    }
    return outcome;
}
