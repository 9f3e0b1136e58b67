/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tempdir: a private folder that is there while something is made.
 */
#include "tempdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

apr_status_t
tempdir_make(apr_pool_t *pool, const char *in, const char *prefix,
             const char **path)
{
    char *name = apr_pstrcat(pool, in, "/", prefix, "XXXXXX", NULL);

    if (mkdtemp(name) == NULL) {
        return errno;
    }
    *path = name;
    return APR_SUCCESS;
}

static void empty_folder(int folder, int depth);

/* Removes an entry, with what is in it if it is a folder. */
static void
remove_entry(int folder, const char *name, int depth)
{
    int inner;

    if (unlinkat(folder, name, 0) == 0 || depth == TEMPDIR_MAX_DEPTH) {
        return;
    }
    inner =
        openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner >= 0) {
        empty_folder(inner, depth + 1);
        unlinkat(folder, name, AT_REMOVEDIR);
    }
}

/* Takes the descriptor and closes it. */
static void
empty_folder(int folder, int depth)
{
    DIR *entries = fdopendir(folder);
    struct dirent *entry;

    if (entries == NULL) {
        close(folder);
        return;
    }
    while ((entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            remove_entry(folder, entry->d_name, depth);
        }
    }
    closedir(entries);
}

void
tempdir_remove(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (folder >= 0) {
        empty_folder(folder, 0);
        rmdir(path);
    }
}
