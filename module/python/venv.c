/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual environment's folder, read before CPython starts: a wrong one is
 * one plain message then, not a failed start deep inside getpath.
 */
#include "venv.h"

#include "config.h"
#include "py.h"

#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>

/* Longest line of a pyvenv.cfg that is looked at. */
#define VENV_MAX_LINE 4096

#define SERIES                                                                \
    Py_STRINGIFY(PY_MAJOR_VERSION) "." Py_STRINGIFY(PY_MINOR_VERSION)

/* The value if the line is `key = value` for this key, else NULL. */
static char *
value_of(char *line, const char *key)
{
    size_t len = strlen(key);
    if (strncmp(line, key, len) != 0) {
        return NULL;
    }
    char *at = line + len;
    at += strspn(at, " \t");
    if (*at != '=') {
        return NULL;
    }
    at++;
    at += strspn(at, " \t");
    at[strcspn(at, " \t\r\n")] = '\0';
    return at;
}

/* The version that pyvenv.cfg states (`version` of the standard library's
 * venv, `version_info` of virtualenv and uv), or NULL. */
static const char *
stated_version(apr_pool_t *pool, apr_file_t *file)
{
    char line[VENV_MAX_LINE];
    while (apr_file_gets(line, sizeof line, file) == APR_SUCCESS) {
        const char *version = value_of(line, "version");
        if (version == NULL) {
            version = value_of(line, "version_info");
        }
        if (version != NULL) {
            return apr_pstrdup(pool, version);
        }
    }
    return NULL;
}

static int
is_our_version(const char *version)
{
    size_t len = strlen(SERIES);
    return strncmp(version, SERIES, len) == 0 && !apr_isdigit(version[len]);
}

static const char *
fault_of(apr_pool_t *pool, const char *home)
{
    const char *path = apr_pstrcat(pool, home, "/pyvenv.cfg", NULL);
    apr_file_t *file = NULL;
    apr_status_t rv =
        apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BUFFERED,
                      APR_FPROT_OS_DEFAULT, pool);
    if (rv != APR_SUCCESS) {
        char text[128];
        return apr_psprintf(pool,
                            "%s can't be read (%s): RoutesPythonHome names "
                            "the folder of a virtual environment",
                            path, apr_strerror(rv, text, sizeof text));
    }
    const char *version = stated_version(pool, file);
    apr_file_close(file);
    if (version != NULL && !is_our_version(version)) {
        return apr_psprintf(pool,
                            "%s is a virtual environment of Python %s, but "
                            "this mod_routes was built for %s",
                            home, version, SERIES);
    }
    return NULL;
}

const char *
venv_program(apr_pool_t *pool, const char *home, const char **fault)
{
    *fault = NULL;
    if (home == NULL) {
        return PYTHON_PROGRAM;
    }
    *fault = fault_of(pool, home);
    if (*fault != NULL) {
        return NULL;
    }
    return apr_pstrcat(pool, home, "/bin/python", NULL);
}
