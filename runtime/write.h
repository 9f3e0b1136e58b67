/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files written whole: every byte, and a name only when all of them are there.
 */
#ifndef ROUTES_WRITE_H
#define ROUTES_WRITE_H

#include <stddef.h>

/* What a file is to hold. */
struct routes_content {
    const char *data; /* borrowed, or NULL: what fd is open for */
    size_t len;       /* of data */
    int fd;           /* borrowed; of a regular file */
};

/* Writes all of it.  0 or errno. */
int routes_write_all(int fd, const char *data, size_t len);

/* Makes the content a file called path, in place of one that is there: beside
 * it and then renamed, so that nobody sees half of it.  A symbolic link is
 * replaced, not followed.  Mode and owner are those of any new file.  A file
 * that has no name gets this one, if it is of the same file system; else it
 * is copied.  0 or errno; then nothing is left. */
int routes_write_file(const struct routes_content *content, const char *path);

#endif
