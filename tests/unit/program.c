/* SPDX-License-Identifier: Apache-2.0 */
/* program: a compiler's run over files that a test wrote, up to the model. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

static const char *
make_folder(apr_pool_t *pool)
{
    char *folder = apr_pstrdup(pool, "/tmp/routes-test-XXXXXX");

    assert_non_null(mkdtemp(folder));
    return folder;
}

struct program_run *
program_begin(void)
{
    struct program_run *run;
    apr_pool_t *pool;

    assert_int_equal(apr_pool_create(&pool, NULL), APR_SUCCESS);
    run = apr_pcalloc(pool, sizeof(*run));
    run->pool = pool;
    run->folder = make_folder(pool);
    run->sources = source_set_make(pool);
    run->diags = diag_list_make(pool);
    return run;
}

void
program_write(struct program_run *run, const char *path, const char *text)
{
    const char *whole = apr_pstrcat(run->pool, run->folder, "/", path, NULL);
    char *folder = apr_pstrdup(run->pool, whole);
    FILE *file;

    *strrchr(folder, '/') = '\0';
    assert_int_equal(
        apr_dir_make_recursive(folder, APR_FPROT_OS_DEFAULT, run->pool),
        APR_SUCCESS);
    file = fopen(whole, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

static const char *
print_all(struct program_run *run)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    const char *kept;

    assert_non_null(out);
    diag_print_all(run->diags, run->sources, DIAG_TEXT, false, out);
    fclose(out);
    kept = apr_pstrmemdup(run->pool, text, length);
    free(text);
    return kept;
}

void
program_check(struct program_run *run, const char *path)
{
    const char *whole = apr_pstrcat(run->pool, run->folder, "/", path, NULL);

    assert_int_equal(link_program(run->pool, run->sources, whole, run->diags,
                                  &run->program),
                     APR_SUCCESS);
    run->model = check_program(run->program, run->diags);
    run->said = print_all(run);
}

struct program_run *
program_of(const char *text)
{
    struct program_run *run = program_begin();

    program_write(run, "app.routes",
                  apr_pstrcat(run->pool, "routes 1\n", text, NULL));
    program_check(run, "app.routes");
    return run;
}

unsigned
program_said(const struct program_run *run, const char *code)
{
    unsigned count = 0;
    const char *at = run->said;

    for (at = strstr(at, code); at != NULL; at = strstr(at + 1, code)) {
        count++;
    }
    return count;
}

static void
remove_tree(apr_pool_t *pool, const char *path)
{
    apr_dir_t *dir;
    apr_finfo_t entry;

    if (apr_dir_open(&dir, path, pool) != APR_SUCCESS) {
        apr_file_remove(path, pool);
        return;
    }
    while (apr_dir_read(&entry, APR_FINFO_NAME, dir) == APR_SUCCESS) {
        if (strcmp(entry.name, ".") != 0 && strcmp(entry.name, "..") != 0) {
            remove_tree(pool, apr_pstrcat(pool, path, "/", entry.name, NULL));
        }
    }
    apr_dir_close(dir);
    apr_dir_remove(path, pool);
}

void
program_end(struct program_run *run)
{
    remove_tree(run->pool, run->folder);
    apr_pool_destroy(run->pool);
}
