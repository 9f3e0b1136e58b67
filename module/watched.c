/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are read again when they have changed.
 */
#include "watched.h"

#include <string.h>

#include <ap_mpm.h>
#include <http_log.h>
#include <apr_file_io.h>
#include <apr_siphash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include "log.h"

#define MAX_BYTES (64 * 1024 * 1024)

/* A clock may tick as seldom as this: of two changes within it the second may
 * leave no sign. */
#define SETTLED apr_time_from_sec(2)

#define WANTED                                                                \
    (APR_FINFO_TYPE | APR_FINFO_SIZE | APR_FINFO_MTIME | APR_FINFO_CTIME |    \
     APR_FINFO_INODE | APR_FINFO_DEV)

/* What tells one version of a file from another. */
struct stamp {
    apr_time_t mtime;
    apr_time_t ctime;
    apr_uint64_t device;
    apr_uint64_t inode;
    apr_uint64_t size;
};

/* A version that was understood. */
struct version {
    apr_pool_t *pool; /* its own, and nobody's child */
    const void *content;
    apr_uint64_t number;
    unsigned holders; /* requests, and watched while it is the current one */
    struct watched *watched;
};

struct watched {
    const char *path;
    watched_read_fn read;
    apr_thread_mutex_t *lock; /* of what follows; NULL with one thread */
    struct version *current;  /* the last one understood, or NULL */
    struct stamp seen;        /* of the last look, understood or not */
    int settled;              /* that was long enough after its change */
};

/* ---- reading ------------------------------------------------------------ */

static struct stamp
stamp_of(const apr_finfo_t *info)
{
    struct stamp stamp;

    memset(&stamp, 0, sizeof(stamp));
    stamp.mtime = info->mtime;
    stamp.ctime = info->ctime;
    stamp.device = (apr_uint64_t)info->device;
    stamp.inode = (apr_uint64_t)info->inode;
    stamp.size = (apr_uint64_t)info->size;
    return stamp;
}

static apr_uint64_t
number_of(const struct stamp *stamp)
{
    static const unsigned char key[APR_SIPHASH_KSIZE] = "mod_routes file";
    apr_uint64_t number = apr_siphash24(stamp, sizeof(*stamp), key);

    return number + (number == 0);
}

static int
is_settled(const struct stamp *stamp, apr_time_t now)
{
    return stamp->mtime + SETTLED < now && stamp->ctime + SETTLED < now;
}

static apr_status_t
read_open(apr_pool_t *pool, apr_file_t *file, struct stamp *stamp, char **text,
          apr_size_t *len)
{
    apr_finfo_t info;
    apr_status_t rv = apr_file_info_get(&info, WANTED, file);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (info.filetype != APR_REG || info.size > MAX_BYTES) {
        return info.filetype != APR_REG ? APR_EBADPATH : APR_ENOSPC;
    }
    *stamp = stamp_of(&info);
    *text = apr_palloc(pool, (apr_size_t)info.size + 1);
    rv = apr_file_read_full(file, *text, (apr_size_t)info.size, len);
    (*text)[*len] = '\0';
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

static apr_status_t
read_file(apr_pool_t *pool, const char *path, struct stamp *stamp, char **text,
          apr_size_t *len)
{
    apr_file_t *file;
    apr_status_t rv =
        apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY,
                      APR_FPROT_OS_DEFAULT, pool);

    if (rv == APR_SUCCESS) {
        rv = read_open(pool, file, stamp, text, len);
        apr_file_close(file);
    }
    return rv;
}

static const char *
understand(const struct watched *watched, apr_pool_t *pool, char *text,
           apr_size_t len, const void **content)
{
    return memchr(text, '\0', len) != NULL
               ? "it has a NUL byte"
               : watched->read(pool, text, len, content);
}

/* ---- holding ------------------------------------------------------------ */

/* prefork ends a child inside a signal handler, which may have interrupted
 * whoever holds a lock: where there is one thread, there is none. */
static void
lock(const struct watched *watched)
{
    if (watched->lock != NULL) {
        apr_thread_mutex_lock(watched->lock);
    }
}

static void
unlock(const struct watched *watched)
{
    if (watched->lock != NULL) {
        apr_thread_mutex_unlock(watched->lock);
    }
}

/* ---- making ------------------------------------------------------------- */

static void
drop(struct version *version)
{
    if (--version->holders == 0) {
        apr_pool_destroy(version->pool);
    }
}

static apr_status_t
drop_current(void *data)
{
    struct watched *watched = data;

    if (watched->current != NULL) {
        drop(watched->current);
        watched->current = NULL;
    }
    return APR_SUCCESS;
}

struct watched *
watched_make(apr_pool_t *pconf, const char *path, watched_read_fn read)
{
    struct watched *watched = apr_pcalloc(pconf, sizeof(*watched));
    int threaded = 0;

    watched->path = path;
    watched->read = read;
    ap_mpm_query(AP_MPMQ_IS_THREADED, &threaded);
    if (threaded) {
        apr_thread_mutex_create(&watched->lock, APR_THREAD_MUTEX_DEFAULT,
                                pconf);
    }
    apr_pool_cleanup_register(pconf, watched, drop_current,
                              apr_pool_cleanup_null);
    return watched;
}

/* ---- a new version ------------------------------------------------------ */

static void
replace_current(struct watched *watched, struct version *version)
{
    drop_current(watched);
    version->holders = 1;
    version->watched = watched;
    watched->current = version;
}

/* Reads the file in a pool that becomes the version's.  *fault, in that pool:
 * it can't be understood, and there is no version. */
static apr_status_t
read_version(struct watched *watched, apr_pool_t *pool,
             struct version **version, const char **fault)
{
    struct version *made = apr_pcalloc(pool, sizeof(*made));
    struct stamp stamp;
    char *text;
    apr_size_t len;

    *version = NULL;
    *fault = NULL;
    apr_status_t rv = read_file(pool, watched->path, &stamp, &text, &len);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    watched->settled = is_settled(&stamp, apr_time_now());
    watched->seen = stamp;
    *fault = understand(watched, pool, text, len, &made->content);
    if (*fault == NULL) {
        made->pool = pool;
        made->number = number_of(&stamp);
        *version = made;
    }
    return APR_SUCCESS;
}

/* Reads the file and makes what it says current, if it says something; else
 * *fault, in scratch.  With the lock held. */
static apr_status_t
read_again(struct watched *watched, apr_pool_t *scratch, const char **fault)
{
    apr_pool_t *pool;
    struct version *version;

    apr_status_t rv = apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = read_version(watched, pool, &version, fault);
    if (version != NULL) {
        replace_current(watched, version);
        return rv;
    }
    *fault = apr_pstrdup(scratch, *fault);
    apr_pool_destroy(pool);
    return rv;
}

const char *
watched_load(struct watched *watched, apr_pool_t *pool)
{
    const char *fault = NULL;

    lock(watched);
    apr_status_t rv = read_again(watched, pool, &fault);
    /* another process may read what this one has, or may not */
    watched->settled = 0;
    if (watched->current != NULL) {
        fault = NULL; /* what was read before stays in use */
    }
    unlock(watched);
    if (rv != APR_SUCCESS) {
        return apr_psprintf(pool, "can't read '%s': %pm", watched->path, &rv);
    }
    return fault == NULL
               ? NULL
               : apr_psprintf(pool, "'%s': %s", watched->path, fault);
}

/* ---- for requests ------------------------------------------------------- */

/* Whether the file is as it was seen; an error if it is not there. */
static apr_status_t
look(const struct watched *watched, apr_pool_t *pool, int *same)
{
    apr_finfo_t info;
    apr_status_t rv = apr_stat(&info, watched->path, WANTED, pool);

    if (rv == APR_SUCCESS) {
        struct stamp stamp = stamp_of(&info);

        *same = watched->settled &&
                memcmp(&stamp, &watched->seen, sizeof(stamp)) == 0;
    }
    return rv;
}

static void
log_broken(const struct watched *watched, request_rec *r, const char *fault)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  LOGNO(0051) "'%s' has changed and can't be used: %s (%s)",
                  watched->path, fault,
                  watched->current != NULL
                      ? "what it said before stays in use"
                      : "requests that need it are refused");
}

/* Makes current what the file says; with the lock held. */
static apr_status_t
refresh(struct watched *watched, request_rec *r)
{
    const char *fault = NULL;
    int same = 0;
    apr_status_t rv = look(watched, r->pool, &same);

    if (rv == APR_SUCCESS && !same) {
        rv = read_again(watched, r->pool, &fault);
    }
    if (fault != NULL) {
        log_broken(watched, r, fault);
    }
    if (rv == APR_SUCCESS && watched->current == NULL) {
        rv = APR_EGENERAL;
    }
    if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r,
                      LOGNO(0020) "'%s' can't be read: the request is refused",
                      watched->path);
    }
    return rv;
}

apr_status_t
watched_version(struct watched *watched, request_rec *r, apr_uint64_t *version)
{
    lock(watched);
    apr_status_t rv = refresh(watched, r);
    if (rv == APR_SUCCESS) {
        *version = watched->settled ? watched->current->number : 0;
    }
    unlock(watched);
    return rv;
}

static apr_status_t
let_go(void *data)
{
    struct version *version = data;
    struct watched *watched = version->watched;

    lock(watched);
    drop(version);
    unlock(watched);
    return APR_SUCCESS;
}

const void *
watched_content(struct watched *watched, request_rec *r, apr_uint64_t *version)
{
    const void *content = NULL;

    lock(watched);
    if (refresh(watched, r) == APR_SUCCESS) {
        struct version *current = watched->current;

        current->holders++;
        content = current->content;
        *version = watched->settled ? current->number : 0;
        apr_pool_cleanup_register(r->pool, current, let_go,
                                  apr_pool_cleanup_null);
    }
    unlock(watched);
    return content;
}
