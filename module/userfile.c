/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that htpasswd(1) writes, and group files, read line by line.
 */
#include "userfile.h"

#include <stdlib.h>
#include <string.h>

#include <httpd.h>
#include <http_config.h>
#include <util_varbuf.h>
#include <apr_md5.h>
#include <apr_strings.h>

#define LINE_MAX_BYTES  (1024 * 1024) /* of a line; a group may be long */
#define LINE_FIRST_SIZE 256

/* What an unknown user's password is held against in a file without users:
 * apr1, salt and digest of nothing in particular. */
#define NO_HASH "$apr1$ElNBfXwM$vVvBgDAcPcqGpYzSWFcCk/"

typedef int (*line_fn)(void *baton, char *line);

/* Calls visit for each line that is not empty and no comment, until it
 * returns 0 or the file ends. */
static apr_status_t
each_line(apr_pool_t *pool, const char *path, line_fn visit, void *baton)
{
    ap_configfile_t *file;
    struct ap_varbuf line;
    apr_status_t rv = ap_pcfg_openfile(&file, pool, path);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    ap_varbuf_init(pool, &line, LINE_FIRST_SIZE);
    do {
        rv = ap_varbuf_cfg_getline(&line, file, LINE_MAX_BYTES);
    } while (rv == APR_SUCCESS && (line.buf[0] == '#' || line.buf[0] == '\0' ||
                                   visit(baton, line.buf)));
    ap_varbuf_free(&line);
    ap_cfg_closefile(file);
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

struct search {
    apr_pool_t *pool;
    const char *user;
    const char *hash;  /* of the user, or NULL */
    const char *other; /* of the file's first user: what it costs here */
};

static int
find_hash(void *baton, char *line)
{
    struct search *search = baton;
    char *colon = strchr(line, ':');

    if (colon == NULL) {
        return 1;
    }
    *colon = '\0';
    size_t len = strcspn(colon + 1, ":");
    if (search->other == NULL) {
        search->other = apr_pstrmemdup(search->pool, colon + 1, len);
    }
    if (strcmp(line, search->user) != 0) {
        return 1;
    }
    search->hash = apr_pstrmemdup(search->pool, colon + 1, len);
    return 0;
}

apr_status_t
userfile_password(apr_pool_t *pool, const char *path, const char *user,
                  const char *password, int *good)
{
    struct search search = {.pool = pool, .user = user};

    *good = 0;
    apr_status_t rv = each_line(pool, path, find_hash, &search);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    const char *hash = search.hash != NULL    ? search.hash
                       : search.other != NULL ? search.other
                                              : NO_HASH;
    int equal = apr_password_validate(password, hash) == APR_SUCCESS;
    *good = equal && search.hash != NULL;
    return APR_SUCCESS;
}

struct membership {
    apr_pool_t *pool;
    const char *user;
    size_t user_len;
    apr_array_header_t *groups;
};

static int
lists_user(const struct membership *member, const char *names)
{
    static const char blanks[] = " \t";

    names += strspn(names, blanks);
    while (*names != '\0') {
        size_t len = strcspn(names, blanks);

        if (len == member->user_len && memcmp(names, member->user, len) == 0) {
            return 1;
        }
        names += len;
        names += strspn(names, blanks);
    }
    return 0;
}

static int
collect_group(void *baton, char *line)
{
    struct membership *member = baton;
    char *colon = strchr(line, ':');

    if (colon != NULL && lists_user(member, colon + 1)) {
        APR_ARRAY_PUSH(member->groups, const char *) =
            apr_pstrmemdup(member->pool, line, (apr_size_t)(colon - line));
    }
    return 1;
}

apr_status_t
userfile_groups(apr_pool_t *pool, const char *path, const char *user,
                apr_array_header_t **groups)
{
    struct membership member = {
        .pool = pool,
        .user = user,
        .user_len = strlen(user),
        .groups = apr_array_make(pool, 4, sizeof(const char *))};
    apr_status_t rv = each_line(pool, path, collect_group, &member);

    *groups = member.groups;
    return rv;
}

apr_status_t
userfile_readable(apr_pool_t *pool, const char *path)
{
    ap_configfile_t *file;
    apr_status_t rv = ap_pcfg_openfile(&file, pool, path);

    if (rv == APR_SUCCESS) {
        ap_cfg_closefile(file);
    }
    return rv;
}
