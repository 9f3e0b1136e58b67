/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An uploaded file while it arrives and afterwards.
 */
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "write.h"

#define FIRST_ROOM 4096 /* most forms have a small file or none */

static apr_status_t
close_file(void *data)
{
    struct routes_upload *upload = data;

    if (upload->fd >= 0) {
        close(upload->fd);
        upload->fd = -1;
    }
    return APR_SUCCESS;
}

struct routes_upload *
routes_upload_create(apr_pool_t *pool)
{
    struct routes_upload *upload = apr_pcalloc(pool, sizeof(*upload));

    upload->filename = "";
    upload->type = "";
    upload->fd = -1;
    return upload;
}

/* ---- the file ----------------------------------------------------------- */

/* A file that loses its name at once. */
static int
open_unlinked(apr_pool_t *pool, const char *folder)
{
    char *name = apr_pstrcat(pool, folder, "/routes-XXXXXX", NULL);
    int fd = mkostemp(name, O_CLOEXEC);

    if (fd >= 0) {
        unlink(name);
    }
    return fd;
}

/* A file that never has a name, where the file system makes such; its mode is
 * that of any new file, for the time when it gets one. */
static int
open_unnamed(struct routes_upload *upload, apr_pool_t *pool,
             const char *folder)
{
#ifdef O_TMPFILE
    upload->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
#endif
    if (upload->fd < 0) {
        upload->fd = open_unlinked(pool, folder);
    }
    return upload->fd;
}

static apr_status_t
flush(struct routes_upload *upload)
{
    int error = routes_write_all(upload->fd, upload->data, upload->held);

    upload->held = 0;
    return error;
}

/* ---- writing ------------------------------------------------------------ */

static void
grow(struct routes_upload *upload, apr_pool_t *pool, size_t len)
{
    size_t room = len <= FIRST_ROOM ? FIRST_ROOM : ROUTES_UPLOAD_MEMORY;
    char *data = apr_palloc(pool, room);

    if (upload->held > 0) {
        memcpy(data, upload->data, upload->held);
    }
    upload->data = data;
    upload->room = room;
}

/* Moves on to a file, whose buffer is what was its memory. */
static apr_status_t
spill(struct routes_upload *upload, apr_pool_t *pool, const char *folder)
{
    if (open_unnamed(upload, pool, folder) < 0) {
        return errno;
    }
    apr_pool_cleanup_register(pool, upload, close_file, apr_pool_cleanup_null);
    if (upload->room < ROUTES_UPLOAD_MEMORY) {
        grow(upload, pool, ROUTES_UPLOAD_MEMORY);
    }
    return APR_SUCCESS;
}

static void
hold(struct routes_upload *upload, const char *data, size_t len)
{
    memcpy(upload->data + upload->held, data, len);
    upload->held += len;
}

static apr_status_t
write_file(struct routes_upload *upload, const char *data, size_t len)
{
    apr_status_t rv = APR_SUCCESS;

    if (len > upload->room - upload->held) {
        rv = flush(upload);
    }
    if (rv == APR_SUCCESS && len > upload->room) {
        return routes_write_all(upload->fd, data, len);
    }
    if (rv == APR_SUCCESS) {
        hold(upload, data, len);
    }
    return rv;
}

apr_status_t
routes_upload_write(struct routes_upload *upload, apr_pool_t *pool,
                    const char *folder, const char *data, size_t len)
{
    upload->size += (int64_t)len;
    if (upload->fd < 0 && upload->size > ROUTES_UPLOAD_MEMORY) {
        apr_status_t rv = spill(upload, pool, folder);

        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    if (upload->fd >= 0) {
        return write_file(upload, data, len);
    }
    if (upload->held + len > upload->room) {
        grow(upload, pool, upload->held + len);
    }
    hold(upload, data, len);
    return APR_SUCCESS;
}

apr_status_t
routes_upload_end(struct routes_upload *upload)
{
    return upload->fd < 0 ? APR_SUCCESS : flush(upload);
}
