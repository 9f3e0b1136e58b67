/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that htpasswd(1) writes, and group files: what they say.
 */
#include "userfile.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_md5.h>
#include <apr_strings.h>

#include "runtime/caller.h"

/* What an unknown user's password is held against in a file without users:
 * apr1, salt and digest of nothing in particular. */
#define NO_HASH "$apr1$ElNBfXwM$vVvBgDAcPcqGpYzSWFcCk/"

struct userfile_users {
    apr_hash_t *hashes; /* user -> const char * */
    const char *other;  /* of the file's first user: what it costs here */
};

struct userfile_groups {
    apr_pool_t *pool;
    apr_hash_t *members; /* user -> apr_array_header_t * of const char * */
};

/* ---- lines -------------------------------------------------------------- */

static char *
trim(char *line)
{
    char *end = line + strlen(line);

    while (end > line && apr_isspace(end[-1])) {
        end--;
    }
    *end = '\0';
    while (apr_isspace(*line)) {
        line++;
    }
    return line;
}

const char *
userfile_each_line(apr_pool_t *pool, char *text, const char *shape,
                   userfile_line_fn handle, void *baton)
{
    int number = 0;

    while (text != NULL) {
        char *next = strchr(text, '\n');

        number++;
        if (next != NULL) {
            *next++ = '\0';
        }
        char *line = trim(text);
        if (*line != '#' && *line != '\0') {
            char *colon = strchr(line, ':');

            if (colon != NULL) {
                *colon = '\0';
            }
            if (colon == NULL || colon == line ||
                !handle(baton, line, colon + 1)) {
                return apr_psprintf(pool, "line %d is no %s", number, shape);
            }
        }
        text = next;
    }
    return NULL;
}

/* ---- passwords ---------------------------------------------------------- */

/* The first line of a user counts. */
static int
add_user(void *baton, const char *name, char *rest)
{
    struct userfile_users *users = baton;

    rest[strcspn(rest, ":")] = '\0';
    if (users->other == NULL) {
        users->other = rest;
    }
    if (apr_hash_get(users->hashes, name, APR_HASH_KEY_STRING) == NULL) {
        apr_hash_set(users->hashes, name, APR_HASH_KEY_STRING, rest);
    }
    return 1;
}

const char *
userfile_read_users(apr_pool_t *pool, char *text, apr_size_t len,
                    const void **content)
{
    struct userfile_users *users = apr_pcalloc(pool, sizeof(*users));

    (void)len;
    users->hashes = apr_hash_make(pool);
    *content = users;
    return userfile_each_line(pool, text, "`user:hash`", add_user, users);
}

int
userfile_is_password(const struct userfile_users *users, const char *user,
                     const char *password)
{
    const char *hash = apr_hash_get(users->hashes, user, APR_HASH_KEY_STRING);
    const char *against = hash != NULL           ? hash
                          : users->other != NULL ? users->other
                                                 : NO_HASH;
    int equal = apr_password_validate(password, against) == APR_SUCCESS;

    return equal && hash != NULL;
}

/* ---- groups ------------------------------------------------------------- */

static void
add_member(struct userfile_groups *groups, const char *user, const char *group)
{
    apr_array_header_t *of =
        apr_hash_get(groups->members, user, APR_HASH_KEY_STRING);

    if (of == NULL) {
        of = apr_array_make(groups->pool, 4, sizeof(const char *));
        apr_hash_set(groups->members, user, APR_HASH_KEY_STRING, of);
    }
    APR_ARRAY_PUSH(of, const char *) = group;
}

static int
add_group(void *baton, const char *name, char *rest)
{
    char *state;

    for (char *user = apr_strtok(rest, " \t", &state); user != NULL;
         user = apr_strtok(NULL, " \t", &state)) {
        add_member(baton, user, name);
    }
    return 1;
}

const char *
userfile_read_groups(apr_pool_t *pool, char *text, apr_size_t len,
                     const void **content)
{
    struct userfile_groups *groups = apr_pcalloc(pool, sizeof(*groups));

    (void)len;
    groups->pool = pool;
    groups->members = apr_hash_make(pool);
    *content = groups;
    const char *fault =
        userfile_each_line(pool, text, "`group: user …`", add_group, groups);
    for (apr_hash_index_t *i = apr_hash_first(pool, groups->members);
         i != NULL; i = apr_hash_next(i)) {
        routes_caller_sort(apr_hash_this_val(i));
    }
    return fault;
}

const apr_array_header_t *
userfile_groups_of(const struct userfile_groups *groups, const char *user)
{
    return apr_hash_get(groups->members, user, APR_HASH_KEY_STRING);
}
