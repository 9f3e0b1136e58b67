/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite: a file of the user's with a new content, or as it was. */
#include "dslc/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "dslc/source.h"

/* The file that is there, and the one that takes its place. */
struct rewrite {
    apr_pool_t *pool;
    const char *path; /* without links */
    char *fresh;      /* beside it */
    struct stat info; /* of the old one */
};

/* True when the file is as it was read. */
static bool
is_unchanged(const struct rewrite *rewrite, const char *old, size_t length)
{
    struct source_file *file;

    return source_load(source_set_make(rewrite->pool), rewrite->path, &file) ==
               APR_SUCCESS &&
           file->length == length && memcmp(file->text, old, length) == 0;
}

static int
write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);

        if (written < 0 && errno != EINTR) {
            return -1;
        }
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

/* Who owns the file stays, as far as we may; a set-id bit goes with it. */
static int
keep_owner_and_mode(int fd, const struct stat *info)
{
    mode_t mode = info->st_mode & 07777;

    if (fchown(fd, info->st_uid, info->st_gid) != 0) {
        mode &= 0777;
    }
    return fchmod(fd, mode);
}

/* Writes the new file, whole and on the disk. */
static int
write_fresh(struct rewrite *rewrite, const char *text, size_t length)
{
    int fd = mkstemp(rewrite->fresh);
    int failed;

    if (fd < 0) {
        rewrite->fresh = NULL;
        return -1;
    }
    failed = write_all(fd, text, length) != 0 ||
             keep_owner_and_mode(fd, &rewrite->info) != 0 || fsync(fd) != 0;
    if (failed) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return close(fd);
}

/* "/dir/app.routes" gives "/dir/.app.routes.XXXXXX". */
static char *
name_fresh(apr_pool_t *pool, const char *path)
{
    const char *slash = strrchr(path, '/');
    int dir = slash != NULL ? (int)(slash - path) + 1 : 0;

    return apr_psprintf(pool, "%.*s.%s.XXXXXX", dir, path, path + dir);
}

/* The path without links, and what its file is; false: errno says why. */
static bool
find_file(struct rewrite *rewrite, const char *path)
{
    char *real = realpath(path, NULL);

    if (real == NULL) {
        return false;
    }
    rewrite->path = apr_pstrdup(rewrite->pool, real);
    rewrite->fresh = name_fresh(rewrite->pool, real);
    free(real);
    return stat(rewrite->path, &rewrite->info) == 0 &&
           access(rewrite->path, W_OK) == 0;
}

const char *
rewrite_file(apr_pool_t *pool, const char *path, const char *old,
             size_t old_length, const char *text, size_t length)
{
    struct rewrite rewrite = {.pool = pool};
    const char *problem;

    if (!find_file(&rewrite, path)) {
        return apr_psprintf(pool, "cannot write `%s`: %s", path,
                            strerror(errno));
    }
    if (write_fresh(&rewrite, text, length) != 0) {
        problem = apr_psprintf(pool, "cannot write beside `%s`: %s", path,
                               strerror(errno));
    }
    else if (!is_unchanged(&rewrite, old, old_length)) {
        problem = apr_psprintf(pool, "`%s` was changed meanwhile", path);
    }
    else if (rename(rewrite.fresh, rewrite.path) != 0) {
        problem =
            apr_psprintf(pool, "cannot write `%s`: %s", path, strerror(errno));
    }
    else {
        return NULL;
    }
    if (rewrite.fresh != NULL) {
        unlink(rewrite.fresh);
    }
    return problem;
}
