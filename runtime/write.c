/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files written whole.
 */
#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_AT_ONCE (1024 * 1024 * 1024) /* of one sendfile */
#define MOST_NAMES   100 /* that are tried until one is free */

int
routes_write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* ---- content ------------------------------------------------------------ */

static int
copy_file(int to, int from, off_t size)
{
    off_t at = 0;

    while (at < size) {
        off_t left = size - at;
        ssize_t n = sendfile(
            to, from, &at, left < MOST_AT_ONCE ? (size_t)left : MOST_AT_ONCE);

        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n == 0) {
            return EIO; /* it has become shorter */
        }
    }
    return 0;
}

static int
fill(int to, const struct routes_content *content)
{
    struct stat info;

    if (content->data != NULL) {
        return routes_write_all(to, content->data, content->len);
    }
    return fstat(content->fd, &info) == 0
               ? copy_file(to, content->fd, info.st_size)
               : errno;
}

/* ---- a name for it ------------------------------------------------------ */

/* A name in the folder of path that nobody guesses; 0: it is too long. */
static int
make_name(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - path);
    unsigned long long number;
    int len;

    if (strlen(path) >= size ||
        getrandom(&number, sizeof(number), 0) != sizeof(number)) {
        return 0;
    }
    len = snprintf(name, size, "%.*s.routes-%llx", folder, path, number);
    return len > 0 && (size_t)len < size;
}

/* Only a file without a name is given one: two names would make what is
 * written to one file appear in the other. */
static int
link_name(const struct routes_content *content, const char *name)
{
    char self[64];
    struct stat info;

    if (content->data != NULL || fstat(content->fd, &info) != 0 ||
        info.st_nlink != 0) {
        return EXDEV;
    }
    snprintf(self, sizeof(self), "/proc/self/fd/%d", content->fd);
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
               ? 0
               : errno;
}

static int
copy_name(const struct routes_content *content, const char *name)
{
    int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    int error;

    if (fd < 0) {
        return errno;
    }
    error = fill(fd, content);
    if (close(fd) != 0 && error == 0) {
        error = errno;
    }
    if (error != 0) {
        unlink(name);
    }
    return error;
}

/* Makes the content a file of that name, which nobody has yet. */
static int
make_file(const struct routes_content *content, const char *name)
{
    int error = link_name(content, name);

    /* another file system, no /proc: whatever it is, a copy tells better */
    return error == 0 || error == EEXIST ? error : copy_name(content, name);
}

int
routes_write_file(const struct routes_content *content, const char *path)
{
    char name[PATH_MAX];
    int error = EEXIST;

    for (int i = 0; i < MOST_NAMES && error == EEXIST; i++) {
        if (!make_name(path, name, sizeof(name))) {
            return ENAMETOOLONG;
        }
        error = make_file(content, name);
    }
    if (error == 0 && rename(name, path) != 0) {
        error = errno;
        unlink(name);
    }
    return error;
}
