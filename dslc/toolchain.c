/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toolchain: the programs and folders outside of us: what apxs knows, and what
 * stands beside routesc or was installed with it.
 */
#include "toolchain.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "process.h"

/* All are relative to the folder of the program. */
#define TREE_INCLUDE    "../runtime"
#define TREE_MODULE     "../module/.libs/mod_routes.so"
#define TREE_IMPORTS    "../dslc/imports.py"
#define TREE_SIGNATURES "../dslc/signatures.py"
#define TREE_URLKIT     "../dslc/urlkit.py"

/* What apxs is asked for, in this order. */
enum answer {
    ANSWER_CC,
    ANSWER_CFLAGS,
    ANSWER_CPPFLAGS,
    ANSWER_INCLUDES,
    ANSWER_INCLUDEDIR,
    ANSWER_LIBEXECDIR,
    ANSWER_SBINDIR,
    ANSWER_PROGNAME,
    N_ANSWERS
};

/* ---- where things are --------------------------------------------------- */

static int
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* The folder of the running program, or NULL. */
static const char *
program_folder(apr_pool_t *pool)
{
    char path[APR_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (n <= 0) {
        return NULL;
    }
    path[n] = '\0';
    *strrchr(path, '/') = '\0';
    return apr_pstrdup(pool, path);
}

/* The path beside the program if it exists, without "..", else the installed
 * one. */
static const char *
find_place(apr_pool_t *pool, const char *beside, const char *installed)
{
    const char *folder = program_folder(pool);
    char *path = NULL;

    if (folder != NULL &&
        apr_filepath_merge(&path, folder, beside, APR_FILEPATH_NATIVE, pool) ==
            APR_SUCCESS &&
        is_there(path)) {
        return path;
    }
    return installed;
}

static const char *
find_include_dir(apr_pool_t *pool)
{
    const char *header = find_place(pool, TREE_INCLUDE "/routes_abi.h", NULL);

    return header != NULL
               ? apr_pstrndup(pool, header,
                              (size_t)(strrchr(header, '/') - header))
               : DSLC_INCLUDEDIR;
}

const char *
toolchain_module(apr_pool_t *pool)
{
    return find_place(pool, TREE_MODULE, DSLC_MODULEDIR "/mod_routes.so");
}

const char *
toolchain_signatures(apr_pool_t *pool)
{
    return find_place(pool, TREE_SIGNATURES, DSLC_PKGDATADIR "/signatures.py");
}

const char *
toolchain_imports(apr_pool_t *pool)
{
    return find_place(pool, TREE_IMPORTS, DSLC_PKGDATADIR "/imports.py");
}

const char *
toolchain_urlkit(apr_pool_t *pool)
{
    return find_place(pool, TREE_URLKIT, DSLC_PKGDATADIR "/urlkit.py");
}

/* ---- apxs --------------------------------------------------------------- */

/* Splits what apxs says, "CC;;CFLAGS;;...". */
static int
split_answers(apr_pool_t *pool, const char *output, const char **answers)
{
    const char *end = output + strcspn(output, "\r\n");

    for (int i = 0; i < N_ANSWERS; i++) {
        const char *stop = strstr(output, ";;");

        if (stop == NULL || stop > end) {
            stop = end;
        }
        answers[i] = apr_pstrmemdup(pool, output, (size_t)(stop - output));
        if (stop == end) {
            return i == N_ANSWERS - 1;
        }
        output = stop + 2;
    }
    return 0;
}

static const char *
ask_apxs(apr_pool_t *pool, const char *apxs, const char **answers)
{
    const char *const argv[] = {apxs,
                                "-q",
                                "CC",
                                "CFLAGS",
                                "EXTRA_CPPFLAGS",
                                "EXTRA_INCLUDES",
                                "INCLUDEDIR",
                                "LIBEXECDIR",
                                "SBINDIR",
                                "PROGNAME",
                                NULL};
    struct process_result result;
    char message[120];
    apr_status_t rv = process_run(pool, argv, NULL, &result);

    if (rv != APR_SUCCESS) {
        return apr_psprintf(pool, "cannot run apxs `%s`: %s", apxs,
                            apr_strerror(rv, message, sizeof(message)));
    }
    if (result.code != 0 || !split_answers(pool, result.output, answers)) {
        return apr_psprintf(pool, "apxs `%s` does not say what it should: %s",
                            apxs, result.output);
    }
    return NULL;
}

/* ---- the compiler's words ----------------------------------------------- */

static void
add_word(apr_array_header_t *words, const char *word)
{
    APR_ARRAY_PUSH(words, const char *) = word;
}

/* Splits as a shell would, quotes included, and expands nothing. */
static void
add_words(apr_array_header_t *words, const char *text)
{
    char **split;

    if (apr_tokenize_to_argv(text, &split, words->pool) == APR_SUCCESS) {
        for (; *split != NULL; split++) {
            add_word(words, *split);
        }
    }
}

/* Folders of headers, as system headers: what they would be warned about is
 * not ours.  Not `.`, which is wherever the user stands. */
static void
add_includes(apr_array_header_t *words, const char *text)
{
    char **split;

    if (apr_tokenize_to_argv(text, &split, words->pool) != APR_SUCCESS) {
        return;
    }
    for (; *split != NULL; split++) {
        if (strncmp(*split, "-I/", 3) == 0 &&
            strcmp(*split, "-I/usr/include") != 0) {
            add_word(words, "-isystem");
            add_word(words, *split + 2);
        }
    }
}

static const char *const *
compiler_words(apr_pool_t *pool, const char **answers)
{
    apr_array_header_t *words = apr_array_make(pool, 16, sizeof(const char *));

    add_words(words, answers[ANSWER_CC]);
    add_words(words, answers[ANSWER_CFLAGS]);
    add_words(words, answers[ANSWER_CPPFLAGS]);
    add_includes(words, apr_pstrcat(pool, "-I", answers[ANSWER_INCLUDEDIR],
                                    " ", answers[ANSWER_INCLUDES], NULL));
    add_word(words, NULL);
    return (const char *const *)(void *)words->elts;
}

/* ---- all of it ---------------------------------------------------------- */

const char *
toolchain_find(apr_pool_t *pool, struct toolchain *tools)
{
    const char *answers[N_ANSWERS];
    const char *asked = getenv("APXS");
    const char *named = getenv("HTTPD");
    const char *problem;

    tools->apxs = asked != NULL && *asked != '\0' ? asked : DSLC_APXS;
    problem = ask_apxs(pool, tools->apxs, answers);
    if (problem != NULL) {
        return problem;
    }
    tools->cc = compiler_words(pool, answers);
    tools->libexecdir = answers[ANSWER_LIBEXECDIR];
    tools->include_dir = find_include_dir(pool);
    tools->module = toolchain_module(pool);
    tools->httpd = DSLC_HTTPD;
    if (tools->apxs == asked) {
        tools->httpd = apr_pstrcat(pool, answers[ANSWER_SBINDIR], "/",
                                   answers[ANSWER_PROGNAME], NULL);
    }
    if (named != NULL && *named != '\0') {
        tools->httpd = named;
    }
    return NULL;
}
