/* SPDX-License-Identifier: Apache-2.0 */
/* link: the files of a program, its includes resolved, its names declared. */
#include "dslc/link.h"

#include <stdlib.h>
#include <string.h>

#include <apr_errno.h>
#include <apr_file_info.h>
#include <apr_fnmatch.h>
#include <apr_hash.h>
#include <apr_sha1.h>
#include <apr_strings.h>

#include "dslc/clause.h"
#include "dslc/parse.h"

/* What one file's text became; a file included twice is parsed once. */
struct parsed {
    const struct source_file *file;
    const struct ast_file *ast;
    apr_hash_t *damaged; /* of link_unit */
    bool broken;         /* it has syntax errors */
};

struct linker {
    apr_pool_t *pool;
    struct program *program;
    struct diag_list *diags;
    const char *folder;  /* of the root, with its slash, or "" */
    apr_hash_t *by_path; /* relative path -> struct parsed * */
    bool full;           /* LINK_MAX_UNITS was said */
};

static void link_includes(struct linker *linker, struct link_unit *unit,
                          const struct ast_stmt *stmts, unsigned depth);

/* ---- paths ---- */

/* "a/b/c.routes" -> "a/b/"; "" without a slash. */
static const char *
folder_of(apr_pool_t *pool, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL
               ? ""
               : apr_pstrmemdup(pool, path, (apr_size_t)(slash + 1 - path));
}

/* "admin/" and "../x.routes" -> "x.routes": "." and ".." go where they can,
 * so that one file has one path. */
static const char *
join_path(apr_pool_t *pool, const char *folder, const char *name)
{
    apr_array_header_t *parts = apr_array_make(pool, 8, sizeof(char *));
    char *rest = apr_pstrcat(pool, folder, name, NULL);
    char *state = NULL;

    for (char *part = apr_strtok(rest, "/", &state); part != NULL;
         part = apr_strtok(NULL, "/", &state)) {
        bool back = strcmp(part, "..") == 0;

        if (strcmp(part, ".") == 0) {
            continue;
        }
        if (back && parts->nelts > 0 &&
            strcmp(APR_ARRAY_IDX(parts, parts->nelts - 1, char *), "..") !=
                0) {
            apr_array_pop(parts);
            continue;
        }
        APR_ARRAY_PUSH(parts, char *) = part;
    }
    return apr_array_pstrcat(pool, parts, '/');
}

/* The file's name without its last extension. */
static const char *
stem_of(apr_pool_t *pool, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');

    return dot == NULL || dot == name
               ? name
               : apr_pstrmemdup(pool, name, (apr_size_t)(dot - name));
}

/* ---- what syntax errors took away ---- */

/* Where the clauses of a block stand: before what they govern. */
static struct span
head_of(struct span block, const struct ast_stmt *stmt)
{
    while (stmt != NULL && !clause_row(stmt->kind)->governed) {
        stmt = stmt->next;
    }
    if (stmt != NULL) {
        block.end = stmt->span.start;
    }
    return block;
}

static void
note_damage(struct linker *linker, struct parsed *parsed, struct span span,
            const void *what)
{
    const void **key;

    if (diag_said(linker->diags, span)) {
        key = apr_pmemdup(linker->pool, &what, sizeof(what));
        apr_hash_set(parsed->damaged, key, sizeof(what), what);
    }
}

static void
find_damage(struct linker *linker, struct parsed *parsed,
            const struct ast_stmt *stmts)
{
    for (const struct ast_stmt *stmt = stmts; stmt != NULL;
         stmt = stmt->next) {
        switch (stmt->kind) {
        case AST_LOCATION:
        case AST_HOST:
        case AST_PUBLISH:
            note_damage(linker, parsed,
                        head_of(stmt->braces, stmt->body.first), stmt);
            find_damage(linker, parsed, stmt->body.first);
            break;
        case AST_REALM:
        case AST_ROUTE:
        case AST_LINE:
        case AST_INCLUDE:
            note_damage(linker, parsed, stmt->span, stmt);
            break;
        default:
            break;
        }
    }
}

bool
link_damaged(const struct link_unit *unit, const void *what)
{
    return apr_hash_get(unit->damaged, &what, sizeof(what)) != NULL;
}

/* ---- loading ---- */

static struct parsed *
parse(struct linker *linker, const struct source_file *file)
{
    struct parsed *parsed = apr_pcalloc(linker->pool, sizeof(*parsed));
    unsigned before = diag_error_count(linker->diags);

    parsed->file = file;
    parsed->ast = parse_file(linker->pool, file, linker->diags);
    parsed->damaged = apr_hash_make(linker->pool);
    if (diag_error_count(linker->diags) > before) {
        note_damage(linker, parsed,
                    head_of(parsed->ast->span, parsed->ast->stmts.first),
                    parsed->ast);
        find_damage(linker, parsed, parsed->ast->stmts.first);
        parsed->broken = true;
    }
    return parsed;
}

static apr_status_t
load(struct linker *linker, const char *path, struct parsed **parsed)
{
    struct source_file *file;
    apr_status_t status;

    *parsed = apr_hash_get(linker->by_path, path, APR_HASH_KEY_STRING);
    if (*parsed != NULL) {
        return APR_SUCCESS;
    }
    status = source_load(linker->program->sources,
                         apr_pstrcat(linker->pool, linker->folder, path, NULL),
                         &file);
    if (status != APR_SUCCESS) {
        return status;
    }
    *parsed = parse(linker, file);
    apr_hash_set(linker->by_path, path, APR_HASH_KEY_STRING, *parsed);
    return APR_SUCCESS;
}

/* What was read from standard input is no file that an include could name. */
static apr_status_t
load_root(struct linker *linker, const char *name, bool is_stdin,
          struct parsed **parsed)
{
    struct source_file *file;
    apr_status_t status;

    if (!is_stdin) {
        return load(linker, name, parsed);
    }
    status = source_load_stdin(linker->program->sources, &file);
    if (status == APR_SUCCESS) {
        *parsed = parse(linker, file);
    }
    return status;
}

static struct link_unit *
add_unit(struct linker *linker, struct link_unit *outer,
         const struct ast_stmt *include, const char *path,
         const struct parsed *parsed)
{
    struct link_unit *unit = apr_pcalloc(linker->pool, sizeof(*unit));

    unit->outer = outer;
    unit->include = include;
    unit->path = path;
    unit->file = parsed->file;
    unit->ast = parsed->ast;
    unit->damaged = parsed->damaged;
    unit->scope = scope_make(linker->pool, outer == NULL ? NULL : outer->scope,
                             parsed->broken ? parsed->file->text : NULL);
    for (int i = 0; i < parsed->ast->torn->nelts; i++) {
        const struct span *line =
            &APR_ARRAY_IDX(parsed->ast->torn, i, struct span);

        scope_lose(unit->scope, parsed->file->text + line->start,
                   line->end - line->start);
    }
    unit->units = apr_array_make(linker->pool, 2, sizeof(unit));
    if (outer != NULL) {
        APR_ARRAY_PUSH(outer->units, struct link_unit *) = unit;
    }
    APR_ARRAY_PUSH(linker->program->units, struct link_unit *) = unit;
    scope_declare(unit->scope, unit->ast, linker->diags);
    return unit;
}

/* ---- one include ---- */

static struct diag *
say_include(struct linker *linker, const struct ast_stmt *include,
            const char *what)
{
    const struct ast_text *file = &include->u.include.file;

    return diag_error(linker->diags, file->span, E009, "%s: %s",
                      diag_quote(linker->diags, file->text), what);
}

static unsigned
line_of(const struct link_unit *unit, const struct ast_stmt *stmt)
{
    return source_place(unit->file, stmt->span.start).line;
}

/* From the file that is met again down to the include that meets it. */
static void
note_chain(struct linker *linker, struct diag *diag,
           const struct link_unit *unit, const char *path)
{
    apr_array_header_t *chain =
        apr_array_make(linker->pool, LINK_MAX_DEPTH, sizeof(unit));

    for (; unit != NULL; unit = unit->outer) {
        APR_ARRAY_PUSH(chain, const struct link_unit *) = unit;
        if (strcmp(unit->path, path) == 0) {
            break;
        }
    }
    for (int i = chain->nelts - 2; i >= 0; i--) {
        const struct link_unit *inner =
            APR_ARRAY_IDX(chain, i, const struct link_unit *);

        diag_note(diag, "%s:%u includes %s", inner->outer->path,
                  line_of(inner->outer, inner->include), inner->path);
    }
}

static bool
is_cycle(const struct link_unit *unit, const char *path)
{
    for (; unit != NULL; unit = unit->outer) {
        if (strcmp(unit->path, path) == 0) {
            return true;
        }
    }
    return false;
}

/* Says what forbids one more unit; true when nothing does. */
static bool
may_include(struct linker *linker, struct link_unit *outer,
            const struct ast_stmt *include, const char *path, unsigned depth)
{
    if (is_cycle(outer, path)) {
        struct diag *diag = say_include(
            linker, include,
            apr_pstrcat(linker->pool, path, " includes itself", NULL));

        note_chain(linker, diag, outer, path);
        return false;
    }
    if (depth > LINK_MAX_DEPTH) {
        say_include(linker, include,
                    apr_psprintf(linker->pool,
                                 "includes are nested deeper than %d",
                                 LINK_MAX_DEPTH));
        return false;
    }
    if (linker->program->units->nelts >= LINK_MAX_UNITS) {
        if (!linker->full) {
            say_include(linker, include,
                        apr_psprintf(linker->pool, "more than %d includes",
                                     LINK_MAX_UNITS));
        }
        linker->full = true;
        return false;
    }
    return true;
}

static void
include_file(struct linker *linker, struct link_unit *outer,
             const struct ast_stmt *include, const char *path, unsigned depth)
{
    struct parsed *parsed;
    struct link_unit *unit;
    apr_status_t status;
    char reason[120];

    if (!may_include(linker, outer, include, path, depth)) {
        return;
    }
    status = load(linker, path, &parsed);
    if (status != APR_SUCCESS) {
        apr_strerror(status, reason, sizeof(reason));
        diag_error(linker->diags, include->u.include.file.span, E009,
                   "cannot read %s: %s", diag_quote(linker->diags, path),
                   reason);
        return;
    }
    unit = add_unit(linker, outer, include, path, parsed);
    link_includes(linker, unit, unit->ast->stmts.first, depth);
}

/* ---- patterns ---- */

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder that a pattern matches, sorted. */
static apr_array_header_t *
matching_names(struct linker *linker, const char *folder, const char *pattern)
{
    apr_array_header_t *names =
        apr_array_make(linker->pool, 8, sizeof(const char *));
    const char *at = apr_pstrcat(linker->pool, linker->folder, folder, NULL);
    apr_dir_t *dir;
    apr_finfo_t entry;

    if (apr_dir_open(&dir, *at == '\0' ? "." : at, linker->pool) !=
        APR_SUCCESS) {
        return names;
    }
    while (apr_dir_read(&entry, APR_FINFO_NAME, dir) == APR_SUCCESS) {
        if (apr_fnmatch(pattern, entry.name, APR_FNM_PERIOD) == APR_SUCCESS) {
            APR_ARRAY_PUSH(names, const char *) =
                apr_pstrdup(linker->pool, entry.name);
        }
    }
    apr_dir_close(dir);
    qsort(names->elts, (size_t)names->nelts, sizeof(const char *),
          compare_names);
    return names;
}

static void
include_pattern(struct linker *linker, struct link_unit *outer,
                const struct ast_stmt *include, const char *path,
                unsigned depth)
{
    const char *folder = folder_of(linker->pool, path);
    apr_array_header_t *names;

    if (apr_fnmatch_test(folder)) {
        say_include(linker, include,
                    "a pattern may stand in the file's name, not in a folder");
        return;
    }
    names = matching_names(linker, folder, path + strlen(folder));
    if (names->nelts == 0) {
        say_include(linker, include, "matches no file");
    }
    for (int i = 0; i < names->nelts; i++) {
        include_file(linker, outer, include,
                     apr_pstrcat(linker->pool, folder,
                                 APR_ARRAY_IDX(names, i, const char *), NULL),
                     depth);
    }
}

static void
link_include(struct linker *linker, struct link_unit *outer,
             const struct ast_stmt *include, unsigned depth)
{
    const char *name = include->u.include.file.text;
    const char *path =
        join_path(linker->pool, folder_of(linker->pool, outer->path), name);

    if (name[0] == '/') {
        say_include(linker, include,
                    "an include is relative to the file it stands in");
    }
    else if (*path == '\0' || name[strlen(name) - 1] == '/') {
        say_include(linker, include, "names no file");
    }
    else if (apr_fnmatch_test(path)) {
        include_pattern(linker, outer, include, path, depth);
    }
    else {
        include_file(linker, outer, include, path, depth);
    }
}

/* Includes stand in files, hosts and locations. */
static void
link_includes(struct linker *linker, struct link_unit *unit,
              const struct ast_stmt *stmts, unsigned depth)
{
    for (const struct ast_stmt *stmt = stmts; stmt != NULL;
         stmt = stmt->next) {
        if (stmt->kind == AST_INCLUDE) {
            link_include(linker, unit, stmt, depth + 1);
        }
        else if (stmt->kind == AST_LOCATION || stmt->kind == AST_HOST) {
            link_includes(linker, unit, stmt->body.first, depth);
        }
    }
}

/* ---- the program ---- */

/* The paths by file number. */
static void
list_files(struct program *program)
{
    const apr_array_header_t *files = program->sources->files;

    program->files =
        apr_array_make(program->pool, files->nelts + 1, sizeof(const char *));
    for (int i = 0; i <= files->nelts; i++) {
        APR_ARRAY_PUSH(program->files, const char *) = "";
    }
    for (int i = 0; i < program->units->nelts; i++) {
        const struct link_unit *unit =
            APR_ARRAY_IDX(program->units, i, const struct link_unit *);

        APR_ARRAY_IDX(program->files, unit->file->id, const char *) =
            unit->path;
    }
}

/* Over each file's path, length and text, in the order of reading. */
static void
sum_files(struct program *program)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    char hex[2 * APR_SHA1_DIGESTSIZE + 1];
    apr_sha1_ctx_t sha;

    apr_sha1_init(&sha);
    for (int i = 1; i < program->files->nelts; i++) {
        const char *path = APR_ARRAY_IDX(program->files, i, const char *);
        const struct source_file *file = APR_ARRAY_IDX(
            program->sources->files, i - 1, const struct source_file *);
        const char *head = apr_psprintf(
            program->pool, "%s:%" APR_SIZE_T_FMT ":", path, file->length);

        if (*path != '\0') {
            apr_sha1_update(&sha, head, (unsigned)strlen(head));
            apr_sha1_update(&sha, file->text, (unsigned)file->length);
        }
    }
    apr_sha1_final(digest, &sha);
    for (int i = 0; i < APR_SHA1_DIGESTSIZE; i++) {
        apr_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    program->checksum = apr_pstrdup(program->pool, hex);
}

apr_status_t
link_program(apr_pool_t *pool, struct source_set *sources, const char *path,
             struct diag_list *diags, struct program **program)
{
    struct linker linker = {.pool = pool, .diags = diags};
    const char *folder = folder_of(pool, path);
    bool is_stdin = source_is_stdin(path);
    const char *name = is_stdin ? "<stdin>" : path + strlen(folder);
    struct parsed *parsed;
    apr_status_t status;

    *program = NULL;
    linker.program = apr_pcalloc(pool, sizeof(**program));
    linker.program->pool = pool;
    linker.program->sources = sources;
    linker.program->name = is_stdin ? "stdin" : stem_of(pool, name);
    linker.program->units =
        apr_array_make(pool, 4, sizeof(struct link_unit *));
    linker.folder = folder;
    linker.by_path = apr_hash_make(pool);
    status = load_root(&linker, name, is_stdin, &parsed);
    if (status != APR_SUCCESS) {
        return status;
    }
    linker.program->root = add_unit(&linker, NULL, NULL, name, parsed);
    link_includes(&linker, linker.program->root, parsed->ast->stmts.first, 0);
    list_files(linker.program);
    sum_files(linker.program);
    *program = linker.program;
    return APR_SUCCESS;
}
