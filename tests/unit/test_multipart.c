/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Multipart forms: each body gives the same arguments and faults, whole, cut
 * in two at any place, and byte by byte.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "fence.h"
#include "runtime/args.h"
#include "runtime/disposition.h"
#include "runtime/write.h"
#include "table_builder.h"

#define TYPE "multipart/form-data; boundary=b"
#define LINE "\r\n"
/* The beginning of a part, up to its data. */
#define NAMED(name) "Content-Disposition: form-data; name=" name LINE LINE
#define FILED(name, filename)                                                 \
    "Content-Disposition: form-data; name=" name "; filename=" filename LINE
#define END "\r\n--b--\r\n"

static apr_pool_t *pool;
static const struct routes_table *table;

static int
set_up(void **state)
{
    struct builder *b;
    uint32_t route;

    (void)state;
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    route = builder_route(b, NULL, "POST", "/");
    builder_arg(b, route, "s", ROUTES_FROM_ARGUMENT, "str?", NULL);
    builder_arg(b, route, "n", ROUTES_FROM_FORM, "int(1..9)?", NULL);
    builder_arg(b, route, "t", ROUTES_FROM_ARGUMENT, "list<str>?", NULL);
    builder_arg(b, route, "f", ROUTES_FROM_FILE, "upload(1..9|text/*)?", NULL);
    builder_arg(b, route, "g", ROUTES_FROM_FILE, "list<upload(..9)>(..2)?",
                NULL);
    builder_arg(b, route, "q\"", ROUTES_FROM_ARGUMENT, "str?", NULL);
    table = builder_finish(b);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

/* ---- what is told of a body --------------------------------------------- */

static const char *
told_value(apr_pool_t *p, const struct routes_value *value)
{
    const char *text = "";

    switch (value->kind) {
    case ROUTES_VALUE_STR:
        return apr_pstrmemdup(p, value->u.text.at, value->u.text.len);
    case ROUTES_VALUE_INT:
        return apr_psprintf(p, "%" APR_INT64_T_FMT, value->u.integer);
    case ROUTES_VALUE_UPLOAD:
        return apr_psprintf(p, "<%s|%s|%s>", value->u.upload->filename,
                            value->u.upload->type,
                            value->u.upload->held == 0
                                ? ""
                                : apr_pstrmemdup(p, value->u.upload->data,
                                                 value->u.upload->held));
    case ROUTES_VALUE_LIST:
        for (size_t i = 0; i < value->u.list.n; i++) {
            text = apr_pstrcat(p, text, i > 0 ? " " : "",
                               told_value(p, &value->u.list.items[i]), NULL);
        }
        return text;
    default:
        return "?";
    }
}

static const char *
told_args(apr_pool_t *p, struct routes_parts *parts)
{
    struct routes_value values[ROUTES_MAX_ARGS];
    struct routes_problems problems;
    struct routes_input input = {.body_kind = ROUTES_BODY_PARTS,
                                 .parts = parts};
    const char *text = "";

    if (routes_args_decode(table, 1, &input, p, values, &problems) != 0) {
        for (unsigned i = 0; i < problems.n; i++) {
            text = apr_pstrcat(p, text, "!", problems.list[i].name, " ",
                               routes_fault_name(problems.list[i].fault), ";",
                               NULL);
        }
        return text;
    }
    for (uint32_t i = 0; i < table->routes[1].n_args; i++) {
        const struct routes_arg *arg = &table->args[table->routes[1].args + i];

        if (values[i].kind != ROUTES_VALUE_NONE) {
            text = apr_pstrcat(p, text, table->text + arg->wire.at, "=",
                               told_value(p, &values[i]), ";", NULL);
        }
    }
    return text;
}

static const char *
feed(struct routes_parts *parts, const char *text, size_t len)
{
    switch (routes_parts_feed(parts, fence_behind(text, len), len)) {
    case ROUTES_PARTS_MORE:
    case ROUTES_PARTS_FAULT:
        return NULL;
    case ROUTES_PARTS_TOO_LARGE:
        return "too large";
    case ROUTES_PARTS_UNKEPT:
        return "unkept";
    }
    return NULL;
}

/* Of a body in pieces of at most size, the first of which is shorter. */
static const char *
told_pieces(apr_pool_t *p, const char *body, size_t first, size_t size)
{
    struct routes_parts parts;
    size_t len = strlen(body);
    const char *said = NULL;

    assert_true(routes_parts_start(&parts, p, table, &table->routes[1],
                                   "/nonexistent", TYPE));
    while (said == NULL && len > 0 && parts.fault == ROUTES_FAULT_NONE) {
        size_t n = first > 0 ? first : size;

        n = n < len ? n : len;
        said = feed(&parts, body, n);
        body += n;
        len -= n;
        first = 0;
    }
    routes_parts_end(&parts);
    return said != NULL ? said : told_args(p, &parts);
}

static void
expect_told(const char *body, const char *wanted)
{
    apr_pool_t *p;
    size_t len = strlen(body);

    apr_pool_create(&p, pool);
    assert_string_equal(told_pieces(p, body, 0, len), wanted);
    for (size_t cut = 1; cut < len; cut++) {
        assert_string_equal(told_pieces(p, body, cut, len), wanted);
        apr_pool_clear(p);
    }
    assert_string_equal(told_pieces(p, body, 0, 1), wanted);
    apr_pool_destroy(p);
}

/* ---- bodies ------------------------------------------------------------- */

static const char *const good[][2] = {
    {"--b--", ""},
    {"--b--\r\nwhat follows", ""},
    {"a preamble\r\nof --b lines\r\n--b--", ""},
    {"--b" LINE NAMED("s") "x" END, "s=x;"},
    {"--b" LINE NAMED("\"s\"") "x" END, "s=x;"},
    {"--b \t" LINE NAMED("s") "x\r\n--b-- \r\n", "s=x;"},
    {"--b" LINE NAMED("s") END, "s=;"},
    {"--b" LINE NAMED("s") "\r\n" END, "s=\r\n;"},
    {"--b" LINE NAMED("s") "\r\r\n-\r\n--\r\n--a\n--b" END,
     "s=\r\r\n-\r\n--\r\n--a\n--b;"},
    {"--b" LINE NAMED("s") "--b--", "s=;"},
    {"--b" LINE NAMED("x") "1" LINE "--b" LINE NAMED("n") "5" END, "n=5;"},
    {"--b" LINE NAMED("t") "1" LINE "--b" LINE NAMED("t") "2" END, "t=1 2;"},
    {"--b" LINE "CONTENT-disposition:form-data;NAME=s \t\r\n"
     "content-type: text/plain; charset=\"UTF-8\"\r\nX-Other: 1\r\n"
     "Content-Transfer-Encoding: Binary\r\n\r\nx" END,
     "s=x;"},
    {"--b" LINE NAMED("\"q%22\"") "1" END, "q\"=1;"},
    {"--b" LINE NAMED("\"q\\\"\"") "1" END, "q\"=1;"},
    {"--b" LINE FILED("f", "\"a.txt\"") "Content-Type: text/x" LINE LINE
                                        "data" END,
     "f=<a.txt|text/x|data>;"},
    {"--b" LINE FILED("f", "a.txt") "Content-Type: TEXT/x;q=1" LINE LINE
                                    "123456789" END,
     "f=<a.txt|TEXT/x;q=1|123456789>;"},
    {"--b" LINE FILED("f", "\"\"") LINE END, ""},
    {"--b" LINE FILED("g", "x") LINE "1" LINE "--b" LINE FILED("g", "\"/y/z\"")
         LINE END,
     "g=<x|application/octet-stream|1> <z|application/octet-stream|>;"},
    {"--b" LINE NAMED("_charset_") "UTF-8" END, ""},
};

static void
bodies_are_taken_whole_and_in_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        expect_told(good[i][0], good[i][1]);
    }
}

static const char *const bad[][2] = {
    {"", "! type;"},
    {"a boundary that never comes", "! type;"},
    {"--b", "! type;"},
    {"--b-", "! type;"},
    {"--bb" LINE NAMED("s") "x" END, "! type;"},
    {"--b" LINE NAMED("s") "x", "! type;"},
    {"--b" LINE NAMED("s") "x\r\n--b\r\n", "! type;"},
    {"--b\n" NAMED("s") "x" END, "! type;"},
    {"--b" LINE "Content-Disposition: form-data\r\n\r\nx" END, "! type;"},
    {"--b" LINE "Content-Disposition: attachment; name=s\r\n\r\nx" END,
     "! type;"},
    {"--b" LINE "\r\nx" END, "! type;"},
    {"--b" LINE "no colon\r\n\r\nx" END, "! type;"},
    {"--b" LINE ": x\r\n\r\nx" END, "! type;"},
    {"--b" LINE "Content-Disposition: form-data; name=\"s\r\n\r\nx" END,
     "! type;"},
    {"--b" LINE "Content-Disposition: form-data; name=s; name=s\r\n\r\nx" END,
     "! type;"},
    {"--b" LINE "Content-Disposition: form-data; name=\"s\"x\r\n\r\nx" END,
     "! type;"},
    {"--b" LINE FILED("f", "a; filename=b") LINE "x" END, "! type;"},
    {"--b" LINE "Content-Transfer-Encoding: base64" LINE NAMED("s") "eA==" END,
     "! type;"},
    {"--b" LINE NAMED("s") "\xFF" END, "!s encoding;"},
    {"--b" LINE
     "Content-Type: text/plain; charset=latin1" LINE NAMED("s") "x" END,
     "!s encoding;"},
    {"--b" LINE
     "Content-Type: multipart/mixed; boundary=c" LINE NAMED("s") "--c" END,
     "!s type;"},
    {"--b" LINE NAMED("_charset_") "latin1" END, "! encoding;"},
    {"--b" LINE NAMED("n") "x" LINE "--b" LINE NAMED("n") "5" END, "!n type;"},
    {"--b" LINE NAMED("s") "1" LINE "--b" LINE NAMED("s") "2" END,
     "!s duplicate;"},
    {"--b" LINE NAMED("f") "text" END, "!f type;"},
    {"--b" LINE FILED("s", "x") LINE "1" END, "!s type;"},
    {"--b" LINE FILED("f", "x") LINE "1" END, "!f type;"},
    {"--b" LINE FILED("f", "x") "Content-Type: text/x" LINE LINE END,
     "!f length;"},
    {"--b" LINE FILED("g", "\"\x01\"") LINE "1" END, "!g[0] encoding;"},
    {"--b" LINE FILED("g", "x") LINE "1" LINE "--b" LINE FILED("g", "x") LINE
     "1" LINE "--b" LINE FILED("g", "x") LINE "1" END,
     "!g[2] length;"},
    {"--b" LINE FILED("g", "x") LINE "1234567890" END, "too large"},
};

static void
faults_are_told_wherever_it_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_told(bad[i][0], bad[i][1]);
    }
}

/* Every body that ends before its end is one that is told. */
static void
a_cut_body_is_a_fault(void **state)
{
    static const char body[] =
        "--b" LINE NAMED("s") "x" LINE "--b" LINE FILED("g", "y") LINE
        "12" LINE "--b--";
    apr_pool_t *p;

    (void)state;
    apr_pool_create(&p, pool);
    for (size_t len = 0; len < sizeof(body) - 1; len++) {
        assert_string_equal(
            told_pieces(p, apr_pstrmemdup(p, body, len), 0, len + 1),
            "! type;");
    }
    apr_pool_destroy(p);
}

static void
what_is_long_is_refused(void **state)
{
    const char *x =
        apr_pstrmemdup(pool, memset(apr_palloc(pool, 5000), 'x', 5000), 5000);
    const char *part = "--b" LINE NAMED("x") LINE;
    struct routes_parts parts;
    int n = 0;

    (void)state;
    assert_string_equal(
        told_pieces(pool, apr_pstrcat(pool, "--b\r\nX: ", x, NULL), 0, 100),
        "! too-many;");
    routes_parts_start(&parts, pool, table, &table->routes[1], "/", TYPE);
    while (routes_parts_feed(&parts, part, strlen(part)) ==
           ROUTES_PARTS_MORE) {
        n++;
    }
    assert_int_equal(n, ROUTES_MAX_PARTS);
    assert_int_equal(parts.fault, ROUTES_FAULT_TOO_MANY);
}

static void
text_beside_uploads_is_limited(void **state)
{
    static const char lead[] = "--b" LINE NAMED("s");
    struct routes_parts parts;
    char data[4096];
    int n = 0;

    (void)state;
    memset(data, 'x', sizeof(data));
    routes_parts_start(&parts, pool, table, &table->routes[1], "/", TYPE);
    routes_parts_feed(&parts, lead, sizeof(lead) - 1);
    while (routes_parts_feed(&parts, data, sizeof(data)) ==
           ROUTES_PARTS_MORE) {
        n++;
    }
    assert_int_equal(n, ROUTES_MAX_PARTS_TEXT / sizeof(data));
}

/* ---- where nothing is declared ------------------------------------------ */

/* The parts that are kept of a body in pieces, or what is wrong with it. */
static const char *
told_all(apr_pool_t *p, const char *body, size_t size)
{
    struct routes_parts parts;
    size_t len = strlen(body);
    const char *text = "";

    assert_true(
        routes_parts_start(&parts, p, NULL, NULL, "/nonexistent", TYPE));
    while (len > 0 && parts.fault == ROUTES_FAULT_NONE) {
        size_t n = size < len ? size : len;

        assert_null(feed(&parts, body, n));
        body += n;
        len -= n;
    }
    routes_parts_end(&parts);
    for (unsigned i = 0; i < parts.n; i++) {
        const struct routes_item *item = &parts.items[i];
        struct routes_value value = {.kind = ROUTES_VALUE_UPLOAD,
                                     .u.upload = item->upload};

        text = apr_pstrcat(
            p, text, item->name, "=",
            item->fault != ROUTES_FAULT_NONE ? routes_fault_name(item->fault)
            : item->upload != NULL           ? told_value(p, &value)
            : item->len > 0 ? apr_pstrmemdup(p, item->text, item->len)
                            : "",
            ";", NULL);
    }
    return parts.fault == ROUTES_FAULT_NONE
               ? text
               : apr_pstrcat(p, "!", routes_fault_name(parts.fault), NULL);
}

static const char *const undeclared[][2] = {
    {"--b--", ""},
    {"--b" LINE NAMED("x") "1" LINE "--b" LINE NAMED("x") END, "x=1;x=;"},
    {"--b" LINE FILED("x", "\"a/n\"") LINE "1" LINE
                                           "--b" LINE NAMED("x") "2" END,
     "x=<n|application/octet-stream|1>;x=2;"},
    {"--b" LINE FILED("x", "n") "Content-Type: a/b\r\n\r\n" END,
     "x=<n|a/b|>;"},
    {"--b" LINE FILED("x", "\"\"") LINE END, ""},
    {"--b" LINE FILED("x", "\"%0A\"") LINE "1" END, "x=encoding;"},
    {"--b" LINE NAMED("_charset_") "utf-8" END, ""},
    {"--b" LINE NAMED("_charset_") "koi8-r" END, "!encoding"},
    {"--b" LINE NAMED("x") "1", "!type"},
};

static void
all_parts_are_kept_where_none_is_declared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(undeclared) / sizeof(undeclared[0]); i++) {
        for (size_t size = 1; size < 100; size++) {
            assert_string_equal(told_all(pool, undeclared[i][0], size),
                                undeclared[i][1]);
        }
    }
}

static void
of_all_parts_files_and_text_are_limited(void **state)
{
    static const char file[] = "--b" LINE FILED("x", "n") LINE LINE;
    static const char text[] = "--b" LINE NAMED("x");
    struct routes_parts parts;
    char data[4096];
    int n = 0;

    (void)state;
    routes_parts_start(&parts, pool, NULL, NULL, "/", TYPE);
    for (int i = 0; i < ROUTES_MAX_UPLOADS + 2; i++) {
        routes_parts_feed(&parts, file, sizeof(file) - 1);
    }
    assert_int_equal(parts.items[ROUTES_MAX_UPLOADS - 1].fault,
                     ROUTES_FAULT_NONE);
    assert_int_equal(parts.items[ROUTES_MAX_UPLOADS].fault,
                     ROUTES_FAULT_TOO_MANY);
    assert_null(parts.items[ROUTES_MAX_UPLOADS].upload);
    memset(data, 'x', sizeof(data));
    routes_parts_feed(&parts, text, sizeof(text) - 1);
    while (routes_parts_feed(&parts, data, sizeof(data)) ==
           ROUTES_PARTS_MORE) {
        n++;
    }
    assert_int_equal(n, ROUTES_MAX_PARTS_TEXT / sizeof(data));
}

/* ---- boundaries and names ----------------------------------------------- */

static void
a_content_type_has_a_boundary(void **state)
{
    static const char *const types[] = {
        "multipart/form-data; boundary=b",
        "Multipart/Form-Data;boundary=\"a b'()+_,-./:=?\"",
        "multipart/form-data ; charset=x; boundary=b;",
    };
    static const char *const others[] = {
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"b",
        "multipart/form-data; boundary=\"b \"",
        "multipart/form-data; boundary=b; boundary=c",
        "multipart/form-data; boundary=b\x7f",
        "multipart/form-data; boundary=\"b\\\"\"",
        "multipart/form-datas; boundary=b",
        "multipart/mixed; boundary=b",
        "multipart/form-data; boundary="
        "0123456789012345678901234567890123456789"
        "0123456789012345678901234567890",
    };
    struct routes_multipart m;

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        assert_true(routes_multipart_start(&m, types[i]));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_false(routes_multipart_start(&m, others[i]));
    }
}

static void
of_a_filename_the_base_is_left(void **state)
{
    static const char *const names[][2] = {
        {"a", "a"},     {"/a/b", "b"},  {"C:\\a\\b c", "b c"},
        {"a/", ""},     {"..", ""},     {"a/..", ""},
        {".", ""},      {"...", "..."}, {"..a", "..a"},
        {"a\\/b", "b"}, {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t len = strlen(names[i][0]);
        const char *base =
            routes_disposition_base(fence_behind(names[i][0], len), &len);

        assert_string_equal(apr_pstrmemdup(pool, base, len), names[i][1]);
    }
}

/* ---- files -------------------------------------------------------------- */

static void
expect_file(const char *path, const char *data, size_t len)
{
    char found[200000];
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_int_equal(fread(found, 1, sizeof(found), file), len);
    assert_memory_equal(found, data, len);
    fclose(file);
}

static char *
make_folder(void)
{
    char *folder = apr_pstrdup(pool, "/tmp/routes-unit-XXXXXX");

    assert_non_null(mkdtemp(folder));
    return folder;
}

/* Writes data as an upload in pieces, and it then to a file, twice. */
static void
try_upload(const char *folder, const char *data, size_t len, size_t piece)
{
    const char *path = apr_pstrcat(pool, folder, "/saved", NULL);
    struct routes_content content = {.fd = -1};
    struct routes_upload *upload;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    upload = routes_upload_create(p);
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;

        assert_int_equal(routes_upload_write(upload, p, folder, data + at, n),
                         0);
    }
    assert_int_equal(routes_upload_end(upload), 0);
    assert_int_equal(upload->size, len);
    assert_int_equal(upload->fd >= 0, len > ROUTES_UPLOAD_MEMORY);
    content.data = upload->fd < 0 ? (len > 0 ? upload->data : "") : NULL;
    content.len = len;
    content.fd = upload->fd;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(routes_write_file(&content, path), 0);
        expect_file(path, data, len);
    }
    unlink(path);
    apr_pool_destroy(p);
    assert_int_equal(rmdir(folder), 0); /* nothing was left */
    assert_int_equal(mkdir(folder, 0700), 0);
}

static void
an_upload_is_kept_and_saved(void **state)
{
    static const size_t sizes[] = {0,     1,     4096,  4097,   65535,
                                   65536, 65537, 70000, 131073, 190000};
    static const size_t pieces[] = {977, 8192, 65536, 200000};
    char *folder = make_folder();
    char *data = apr_palloc(pool, 200000);

    (void)state;
    for (size_t i = 0; i < 200000; i++) {
        data[i] = (char)(i * 2654435761u >> 13);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t j = 0; j < sizeof(pieces) / sizeof(pieces[0]); j++) {
            try_upload(folder, data, sizes[i], pieces[j]);
        }
    }
    rmdir(folder);
}

static void
what_can_not_be_written_is_told(void **state)
{
    struct routes_upload *upload = routes_upload_create(pool);
    const struct routes_content content = {.data = "x", .len = 1, .fd = -1};
    char *data = apr_pcalloc(pool, ROUTES_UPLOAD_MEMORY + 1);
    char *folder = make_folder();

    (void)state;
    assert_int_equal(routes_upload_write(upload, pool, "/nonexistent", data,
                                         ROUTES_UPLOAD_MEMORY + 1),
                     ENOENT);
    assert_int_equal(routes_write_file(&content, "/nonexistent/x"), ENOENT);
    assert_int_equal(routes_write_file(&content, folder), EISDIR);
    assert_int_equal(
        routes_write_file(&content, apr_pstrcat(pool, folder, "/", NULL)),
        ENOTDIR);
    assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_taken_whole_and_in_pieces),
        cmocka_unit_test(faults_are_told_wherever_it_is_cut),
        cmocka_unit_test(a_cut_body_is_a_fault),
        cmocka_unit_test(what_is_long_is_refused),
        cmocka_unit_test(text_beside_uploads_is_limited),
        cmocka_unit_test(all_parts_are_kept_where_none_is_declared),
        cmocka_unit_test(of_all_parts_files_and_text_are_limited),
        cmocka_unit_test(a_content_type_has_a_boundary),
        cmocka_unit_test(of_a_filename_the_base_is_left),
        cmocka_unit_test(an_upload_is_kept_and_saved),
        cmocka_unit_test(what_can_not_be_written_is_told),
    };
    int failed;

    apr_initialize();
    failed =
        cmocka_run_group_tests_name("multipart", tests, set_up, tear_down);
    apr_terminate();
    return failed;
}
