/* SPDX-License-Identifier: Apache-2.0 */
/* test_rewrite: a file is the old one or the new one, and nothing is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "dslc/rewrite.h"

#define NOBODY 65534

static apr_pool_t *pool;
static char folder[32];
static const char *path;

static void
write_text(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
assert_text(const char *text)
{
    char bytes[64];
    FILE *file = fopen(path, "r");
    size_t length;

    assert_non_null(file);
    length = fread(bytes, 1, sizeof bytes - 1, file);
    bytes[length] = '\0';
    fclose(file);
    assert_string_equal(bytes, text);
}

/* The entries of the folder, without `.` and `..`. */
static int
count_files(void)
{
    DIR *dir = opendir(folder);
    int count = -2;

    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count;
}

static int
set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test_rewrite-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    path = apr_pstrcat(pool, folder, "/a.routes", NULL);
    write_text("old");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void
the_file_gets_the_new_content_and_keeps_its_mode(void **state)
{
    struct stat info;

    (void)state;
    assert_int_equal(chmod(path, 0604), 0);
    assert_null(rewrite_file(pool, path, "old", 3, "newer", 5));
    assert_text("newer");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0604);
    assert_int_equal(count_files(), 1);
}

static void
what_was_changed_meanwhile_stays(void **state)
{
    const char *problem;

    (void)state;
    write_text("the user's");
    problem = rewrite_file(pool, path, "old", 3, "newer", 5);
    assert_non_null(problem);
    assert_non_null(strstr(problem, "was changed meanwhile"));
    assert_text("the user's");
    assert_int_equal(count_files(), 1);
}

static void
what_is_gone_is_not_made_again(void **state)
{
    (void)state;
    unlink(path);
    assert_non_null(rewrite_file(pool, path, "old", 3, "newer", 5));
    assert_int_equal(count_files(), 0);
}

/* Root may write everywhere: it becomes another user for the time. */
static void
a_file_that_may_not_be_written_stays(void **state)
{
    bool root = geteuid() == 0;
    const char *problem;

    (void)state;
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    if (root) {
        assert_int_equal(setresuid(NOBODY, NOBODY, 0), 0);
    }
    problem = rewrite_file(pool, path, "old", 3, "newer", 5);
    if (root) {
        assert_int_equal(setresuid(0, 0, 0), 0);
    }
    assert_non_null(problem);
    assert_text("old");
    assert_int_equal(count_files(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_gets_the_new_content_and_keeps_its_mode),
        TEST(what_was_changed_meanwhile_stays),
        TEST(what_is_gone_is_not_made_again),
        TEST(a_file_that_may_not_be_written_stays),
    };
    int failed;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
