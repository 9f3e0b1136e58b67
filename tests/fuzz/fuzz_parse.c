/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_parse: any bytes through scanner, layout, grammar and messages. */
#include <stdint.h>
#include <stdlib.h>

#include <apr_general.h>

#include "dslc/parse.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *nowhere;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    nowhere = fopen("/dev/null", "w");
    return nowhere == NULL ? -1 : 0;
}

/* The length chooses how messages are written: seeds are plain files. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list *diags;
    struct source_set *set;
    struct source_file *file;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 0;
    }
    diags = diag_list_make(pool);
    set = source_set_make(pool);
    file = source_add(set, "fuzz.routes", (const char *)data + 1, size - 1);
    if (file != NULL) {
        parse_file(pool, file, diags);
        diag_print_all(diags, set, (enum diag_format)(size % 4), false,
                       nowhere);
    }
    apr_pool_destroy(pool);
    return 0;
}
