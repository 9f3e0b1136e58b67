/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_check: any bytes through parse, link, check, overlap and policy. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <apr_general.h>

#include "dslc/assertion.h"
#include "dslc/check.h"
#include "dslc/decisions.h"
#include "dslc/overlap.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/routes-fuzz-XXXXXX";
static char path[sizeof(folder) + sizeof("/app.routes")];
static FILE *nowhere;

static void
clean_up(void)
{
    remove(path);
    rmdir(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/app.routes", folder);
    atexit(clean_up);
    nowhere = fopen("/dev/null", "w");
    return nowhere == NULL ? -1 : 0;
}

/* link reads files, since includes are files. */
static int
write_input(const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "w");
    size_t written;

    if (file == NULL) {
        return 0;
    }
    written = fwrite(data, 1, size, file);
    return fclose(file) == 0 && written == size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source_set *sources;
    struct diag_list *diags;
    struct program *program;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 0;
    }
    diags = diag_list_make(pool);
    sources = source_set_make(pool);
    if (write_input(data, size) &&
        link_program(pool, sources, path, diags, &program) == APR_SUCCESS) {
        struct model *model = check_program(program, diags);

        overlap_check(model, diags);
        decisions_check(model, diags);
        assertion_check(model, sources, diags);

        diag_print_all(diags, sources, DIAG_TEXT, false, nowhere);
    }
    apr_pool_destroy(pool);
    return 0;
}
