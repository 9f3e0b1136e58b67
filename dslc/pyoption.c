/* SPDX-License-Identifier: Apache-2.0 */
/* pyoption: the options that say where Python modules are. */
#include "pyoption.h"

#include <apr_file_info.h>
#include <apr_strings.h>

static int
is_kind(apr_pool_t *pool, const char *path, apr_filetype_e kind)
{
    apr_finfo_t info;

    return apr_stat(&info, path, APR_FINFO_TYPE, pool) == APR_SUCCESS &&
           info.filetype == kind;
}

static int
are_folders(const struct cli *cli, const apr_array_header_t *paths)
{
    for (int i = 0; i < paths->nelts; i++) {
        const char *path = APR_ARRAY_IDX(paths, i, const char *);

        if (!is_kind(cli->pool, path, APR_DIR)) {
            cli_fail(cli, "--python-path: there is no folder `%s`", path);
            return 0;
        }
    }
    return 1;
}

static int
is_home(const struct cli *cli, const char *home)
{
    if (home == NULL ||
        is_kind(cli->pool, apr_pstrcat(cli->pool, home, "/pyvenv.cfg", NULL),
                APR_REG)) {
        return 1;
    }
    cli_fail(cli,
             "--python-home: `%s` is no virtual environment: it has no "
             "pyvenv.cfg",
             home);
    return 0;
}

struct pycheck_options *
pyoption_read(const struct cli *cli)
{
    struct pycheck_options *options = apr_pcalloc(cli->pool, sizeof(*options));

    options->paths = cli_values(cli, "python-path");
    options->home = cli_value(cli, "python-home", NULL);
    return are_folders(cli, options->paths) && is_home(cli, options->home)
               ? options
               : NULL;
}

int
pyoption_apply(const struct cli *cli, struct driver *driver)
{
    struct pycheck_options *options = pyoption_read(cli);

    if (options == NULL) {
        return 0;
    }
    options->imports = cli_count(cli, "import") > 0;
    if (options->imports && cli_count(cli, "no-python") > 0) {
        cli_fail(cli, "--import and --no-python exclude each other");
        return 0;
    }
    driver->python = cli_count(cli, "no-python") > 0 ? NULL : options;
    return 1;
}
