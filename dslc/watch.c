/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: tells when a .routes file or a Python source changes, by inotify.
 *
 * Folders are watched and not files, since most editors write another file and
 * rename it, and since a file that is missing may come.
 */
#include "config.h"

#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#define QUIET_MS    60 /* without a change, and the writing is over */
#define MAX_SETTLES 50 /* of them; then we look all the same */

struct watch {
    apr_pool_t *pool;
    int descriptor;
};

int
watch_descriptor(const struct watch *watch)
{
    return watch->descriptor;
}

/* Whether a change of a file of this name is one of the program. */
static int
is_source(const char *name)
{
    const char *dot = strrchr(name, '.');

    return *name != '.' && dot != NULL &&
           (strcmp(dot, ".routes") == 0 || strcmp(dot, ".py") == 0);
}

#ifdef HAVE_SYS_INOTIFY_H

#include <sys/inotify.h>

#define MASK (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)

static apr_status_t
close_watch(void *data)
{
    close(((struct watch *)data)->descriptor);
    return APR_SUCCESS;
}

const char *
watch_open(apr_pool_t *pool, struct watch **watch)
{
    int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (descriptor < 0) {
        return apr_psprintf(pool, "cannot watch files: %s", strerror(errno));
    }
    *watch = apr_palloc(pool, sizeof(**watch));
    (*watch)->pool = pool;
    (*watch)->descriptor = descriptor;
    apr_pool_cleanup_register(pool, *watch, close_watch,
                              apr_pool_cleanup_null);
    return NULL;
}

/* A folder that is not there is no reason to stop. */
static void
add_folder(struct watch *watch, const char *path)
{
    inotify_add_watch(watch->descriptor, *path != '\0' ? path : ".", MASK);
}

/* Reads what there is; whether a source was among it. */
static int
read_events(struct watch *watch)
{
    union {
        struct inotify_event event;
        char bytes[8192];
    } buffer;
    int found = 0;
    ssize_t n;

    while ((n = read(watch->descriptor, &buffer, sizeof(buffer))) > 0) {
        const char *at = buffer.bytes;

        while (at < buffer.bytes + n) {
            const struct inotify_event *event = (const void *)at;

            found |= (event->mask & IN_Q_OVERFLOW) != 0 ||
                     (event->len > 0 && is_source(event->name));
            at += sizeof(*event) + event->len;
        }
    }
    return found;
}

#else

const char *
watch_open(apr_pool_t *pool, struct watch **watch)
{
    (void)pool;
    *watch = NULL;
    return "this system has no inotify, without which --watch can't tell that "
           "a file has changed";
}

static void
add_folder(struct watch *watch, const char *path)
{
    (void)watch;
    (void)path;
}

static int
read_events(struct watch *watch)
{
    (void)watch;
    return 0;
}

#endif

/* ---- folders ------------------------------------------------------------ */

static const char *
folder_of(apr_pool_t *pool, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? ""
           : slash == path
               ? "/"
               : apr_pstrmemdup(pool, path, (size_t)(slash - path));
}

/* The packages of a module below a folder: of a.b.c, a and a/b; and a/b/c,
 * which may be one, too. */
static void
add_packages(struct watch *watch, apr_pool_t *pool, const char *folder,
             const char *module)
{
    char *name = apr_pstrdup(pool, module);
    char *dot = name;

    do {
        dot = strchr(dot, '.');
        if (dot != NULL) {
            *dot = '\0';
        }
        add_folder(watch, apr_pstrcat(pool, *folder != '\0' ? folder : ".",
                                      "/", name, NULL));
        if (dot != NULL) {
            *dot++ = '/';
        }
    } while (dot != NULL);
}

static void
add_modules(struct watch *watch, apr_pool_t *pool, const struct model *model,
            const char *folder)
{
    add_folder(watch, folder);
    for (int i = 0; model != NULL && i < model->functions->nelts; i++) {
        add_packages(
            watch, pool, folder,
            MODEL_AT(model->functions, struct model_function, i)->module);
    }
}

void
watch_add(struct watch *watch, const struct watch_program *program)
{
    const apr_array_header_t *files = program->sources->files;
    apr_pool_t *pool;

    apr_pool_create(&pool, watch->pool);
    for (int i = 0; i < files->nelts; i++) {
        add_folder(
            watch,
            folder_of(pool,
                      MODEL_AT(files, const struct source_file, i)->path));
    }
    add_modules(watch, pool, program->model, folder_of(pool, program->file));
    for (int i = 0; i < program->paths->nelts; i++) {
        add_modules(watch, pool, program->model,
                    APR_ARRAY_IDX(program->paths, i, const char *));
    }
    apr_pool_destroy(pool);
}

/* ---- waiting ------------------------------------------------------------ */

/* Whether something came within a while; a signal ends it. */
static int
wait_for(const struct watch *watch, int wait_ms)
{
    struct pollfd poller = {.fd = watch->descriptor, .events = POLLIN};

    return poll(&poller, 1, wait_ms) > 0;
}

int
watch_changed(struct watch *watch, int wait_ms)
{
    if (!wait_for(watch, wait_ms) || !read_events(watch)) {
        return 0;
    }
    for (int i = 0; i < MAX_SETTLES && wait_for(watch, QUIET_MS); i++) {
        read_events(watch);
    }
    return 1;
}
