/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copytree: a folder copied for another user.
 */
#include "copytree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#define BLOCK (64 * 1024)

struct copy {
    apr_pool_t *pool;
    const char *from; /* real path */
    const char *to;
    const struct account *account;
    dev_t device; /* of the folder that `to` is in: it may be in `from` */
    ino_t inode;
    long n_files;
    long n_bytes;
    const char *problem;
};

/* One folder on the way. */
struct level {
    int from;
    int to;
    const char *path; /* below copy->from: "", "/data" */
    int depth;
};

static void
blame(struct copy *copy, const char *path, const char *name)
{
    if (copy->problem == NULL) {
        copy->problem =
            apr_psprintf(copy->pool, "%s/%s: %s", path, name, strerror(errno));
    }
}

static void
count(struct copy *copy, long files, long bytes)
{
    copy->n_files += files;
    copy->n_bytes += bytes;
    if (copy->n_files > COPYTREE_MAX_FILES) {
        copy->problem = apr_psprintf(copy->pool, "it has more than %d files",
                                     COPYTREE_MAX_FILES);
    }
    if (copy->n_bytes > COPYTREE_MAX_BYTES) {
        copy->problem = apr_psprintf(copy->pool, "it has more than %ld MB",
                                     COPYTREE_MAX_BYTES >> 20);
    }
}

/* Whether root may hand the account what it has opened.  Root's own folder is
 * root's to show; in the account's, only what the account can read once the
 * folders above let it in. */
static int
may_show(const struct copy *copy, const struct stat *info)
{
    const struct account *account = copy->account;

    return !account->is_owner || info->st_uid == account->uid ||
           (info->st_mode & S_IROTH) != 0 ||
           (info->st_gid == account->gid && (info->st_mode & S_IRGRP) != 0);
}

/* The state of what is open, as far as it may be shown; 0 with errno. */
static int
look(const struct copy *copy, int from, struct stat *info)
{
    if (from < 0 || fstat(from, info) != 0) {
        return 0;
    }
    errno = EACCES;
    return may_show(copy, info);
}

/* ---- links -------------------------------------------------------------- */

/* A link inside the folder becomes one inside the copy. */
static void
copy_link(struct copy *copy, const struct level *level, const char *name)
{
    size_t len = strlen(copy->from);
    char *target = realpath(
        apr_pstrcat(copy->pool, copy->from, level->path, "/", name, NULL),
        NULL);

    if (target != NULL && strncmp(target, copy->from, len) == 0 &&
        target[len] == '/' &&
        symlinkat(apr_pstrcat(copy->pool, copy->to, target + len, NULL),
                  level->to, name) != 0) {
        blame(copy, copy->to, name);
    }
    free(target);
}

/* ---- files -------------------------------------------------------------- */

static int
write_all(int fd, const char *block, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, block, n);

        if (written < 0 && errno != EINTR) {
            return 0;
        }
        if (written > 0) {
            block += written;
            n -= (size_t)written;
        }
    }
    return 1;
}

static void
copy_bytes(struct copy *copy, int from, int to, const char *name)
{
    char block[BLOCK];
    ssize_t n = 1;

    while (n > 0 && copy->problem == NULL) {
        n = read(from, block, sizeof(block));
        if (n < 0 || !write_all(to, block, (size_t)n)) {
            blame(copy, copy->from, name);
            return;
        }
        count(copy, 0, (long)n);
    }
}

static void
copy_file(struct copy *copy, const struct level *level, const char *name)
{
    int from = openat(level->from, name,
                      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info;
    int to;

    if (!look(copy, from, &info) || !S_ISREG(info.st_mode)) {
        blame(copy, copy->from, name);
        if (from >= 0) {
            close(from);
        }
        return;
    }
    to = openat(level->to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                0600 | (info.st_mode & 0100));
    if (to < 0 || fchown(to, copy->account->uid, copy->account->gid) != 0) {
        blame(copy, copy->to, name);
    }
    else {
        copy_bytes(copy, from, to, name);
    }
    if (to >= 0) {
        close(to);
    }
    close(from);
}

/* ---- folders ------------------------------------------------------------ */

static void copy_entries(struct copy *copy, const struct level *level);

static void
copy_folder(struct copy *copy, const struct level *level, const char *name)
{
    struct level inner = {
        .from = openat(level->from, name,
                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
        .to = -1,
        .path = apr_pstrcat(copy->pool, level->path, "/", name, NULL),
        .depth = level->depth + 1,
    };
    struct stat info;

    if (look(copy, inner.from, &info) && mkdirat(level->to, name, 0700) == 0) {
        inner.to = openat(level->to, name,
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (inner.to < 0 ||
        fchown(inner.to, copy->account->uid, copy->account->gid) != 0) {
        blame(copy, copy->from, name);
    }
    else if (inner.depth > COPYTREE_MAX_DEPTH) {
        copy->problem = apr_psprintf(
            copy->pool, "it is more than %d folders deep", COPYTREE_MAX_DEPTH);
    }
    else {
        copy_entries(copy, &inner);
    }
    if (inner.from >= 0) {
        close(inner.from);
    }
    if (inner.to >= 0) {
        close(inner.to);
    }
}

static void
copy_entry(struct copy *copy, const struct level *level, const char *name)
{
    struct stat info;

    if (fstatat(level->from, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return; /* gone in between */
    }
    if (info.st_dev == copy->device && info.st_ino == copy->inode) {
        return; /* where we copy to */
    }
    count(copy, 1, 0);
    if (S_ISLNK(info.st_mode)) {
        copy_link(copy, level, name);
    }
    else if (S_ISREG(info.st_mode)) {
        copy_file(copy, level, name);
    }
    else if (S_ISDIR(info.st_mode)) {
        copy_folder(copy, level, name);
    }
}

static void
copy_entries(struct copy *copy, const struct level *level)
{
    int again = openat(level->from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again >= 0 ? fdopendir(again) : NULL;
    struct dirent *entry;

    if (entries == NULL) {
        blame(copy, copy->from, level->path);
        return;
    }
    while (copy->problem == NULL && (entry = readdir(entries)) != NULL) {
        if (!account_skips(entry->d_name)) {
            copy_entry(copy, level, entry->d_name);
        }
    }
    closedir(entries);
}

static int
note_target(struct copy *copy, int to)
{
    struct stat info;

    if (fstatat(to, "..", &info, 0) != 0) {
        return 0;
    }
    copy->device = info.st_dev;
    copy->inode = info.st_ino;
    return 1;
}

const char *
copytree_make(apr_pool_t *pool, const char *from, const char *to,
              const struct account *account)
{
    struct copy copy = {
        .pool = pool, .from = from, .to = to, .account = account};
    struct level top = {.from = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                        .path = ""};

    top.to = mkdir(to, 0700) == 0
                 ? open(to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                 : -1;
    if (top.from < 0 || top.to < 0 || !note_target(&copy, top.to) ||
        fchown(top.to, account->uid, account->gid) != 0) {
        blame(&copy, from, "");
    }
    else {
        copy_entries(&copy, &top);
    }
    if (top.from >= 0) {
        close(top.from);
    }
    if (top.to >= 0) {
        close(top.to);
    }
    return copy.problem;
}
