/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account: who serves when root starts a server, and what that user can read.
 */
#include "account.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <apr_thread_proc.h>

static const char *const names[] = {"www-data", "apache", "nobody"};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

/* ---- who ---------------------------------------------------------------- */

/* The owner of a file, unless that is root or has no name.  httpd needs the
 * name: where it finds none, it says so and goes on as root. */
static const struct passwd *
owner_of(const char *file)
{
    struct stat info;

    return stat(file, &info) == 0 && info.st_uid != 0 ? getpwuid(info.st_uid)
                                                      : NULL;
}

int
account_choose(apr_pool_t *pool, const char *file, struct account *account)
{
    const struct passwd *entry = owner_of(file);

    account->is_owner = entry != NULL;
    for (size_t i = 0; entry == NULL && i < N_NAMES; i++) {
        entry = getpwnam(names[i]);
    }
    if (entry == NULL || entry->pw_uid == 0) {
        return 0;
    }
    account->uid = entry->pw_uid;
    account->gid = entry->pw_gid;
    account->name = apr_pstrdup(pool, entry->pw_name);
    return 1;
}

/* ---- what must be readable ---------------------------------------------- */

int
account_skips(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
           strcmp(name, ".git") == 0 || strcmp(name, "__pycache__") == 0;
}

static int
is_python(const char *name)
{
    size_t len = strlen(name);

    return len > 3 && strcmp(name + len - 3, ".py") == 0;
}

/* Adds a folder and the Python source below it, as root sees them. */
static void
list_python(apr_array_header_t *paths, const char *folder, int depth)
{
    DIR *entries = opendir(folder);
    struct dirent *entry;

    APR_ARRAY_PUSH(paths, const char *) = folder;
    while (entries != NULL && (entry = readdir(entries)) != NULL &&
           paths->nelts < ACCOUNT_MAX_FILES) {
        const char *path;
        struct stat info;

        if (account_skips(entry->d_name)) {
            continue;
        }
        path = apr_pstrcat(paths->pool, folder, "/", entry->d_name, NULL);
        if (lstat(path, &info) != 0) {
            continue;
        }
        if (S_ISDIR(info.st_mode) && depth < ACCOUNT_MAX_DEPTH) {
            list_python(paths, path, depth + 1);
        }
        else if (S_ISREG(info.st_mode) && is_python(entry->d_name)) {
            APR_ARRAY_PUSH(paths, const char *) = path;
        }
    }
    if (entries != NULL) {
        closedir(entries);
    }
}

void
account_add_module(apr_array_header_t *paths, const char *folder,
                   const char *name)
{
    const char *package = apr_pstrcat(paths->pool, folder, "/", name, NULL);
    struct stat info;

    APR_ARRAY_PUSH(paths, const char *) =
        apr_pstrcat(paths->pool, package, ".py", NULL);
    if (stat(package, &info) == 0 && S_ISDIR(info.st_mode)) {
        list_python(paths, package, 0);
    }
}

/* ---- asking as the account ---------------------------------------------- */

static int
become(const struct account *account)
{
    return setgroups(1, &account->gid) == 0 && setgid(account->gid) == 0 &&
           setuid(account->uid) == 0;
}

static int
is_refused(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0) {
        return errno == EACCES || errno == EPERM;
    }
    close(fd);
    return 0;
}

/* In the child: says through the pipe what the account can't read. */
static void
try_paths(const struct account *account, const apr_array_header_t *paths,
          apr_file_t *out)
{
    if (!become(account)) {
        _exit(1);
    }
    for (int i = 0; i < paths->nelts; i++) {
        const char *path = APR_ARRAY_IDX(paths, i, const char *);

        if (is_refused(path)) {
            apr_file_puts(path, out);
            break;
        }
    }
    _exit(0);
}

static const char *
read_answer(apr_pool_t *pool, apr_file_t *in, apr_proc_t *child)
{
    char *answer = apr_palloc(pool, APR_PATH_MAX);
    apr_exit_why_e why;
    apr_size_t n = 0;
    int code = 0;

    apr_file_read_full(in, answer, APR_PATH_MAX - 1, &n);
    answer[n] = '\0';
    apr_proc_wait(child, &code, &why, APR_WAIT);
    return n > 0 ? answer : NULL;
}

const char *
account_refused(apr_pool_t *pool, const struct account *account,
                const apr_array_header_t *paths)
{
    const char *answer = NULL;
    apr_file_t *in;
    apr_file_t *out;
    apr_proc_t child;
    apr_status_t rv;

    if (apr_file_pipe_create(&in, &out, pool) != APR_SUCCESS) {
        return NULL;
    }
    rv = apr_proc_fork(&child, pool);
    if (rv == APR_INCHILD) {
        try_paths(account, paths, out);
    }
    apr_file_close(out);
    if (rv == APR_INPARENT) {
        answer = read_answer(pool, in, &child);
    }
    apr_file_close(in);
    return answer;
}
