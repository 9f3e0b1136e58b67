/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_fmt: any bytes are laid out or refused; what was laid out stays so. */
#include <stdint.h>
#include <stdlib.h>

#include <apr_general.h>

#include "dslc/fmt.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return apr_initialize() == APR_SUCCESS ? 0 : -1;
}

static enum fmt_outcome
lay_out(apr_pool_t *pool, const char *text, size_t length,
        struct fmt_text *result)
{
    struct source_file *file =
        source_add(source_set_make(pool), "fuzz.routes", text, length);

    return fmt_source(pool, file, diag_list_make(pool), result);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fmt_text once;
    struct fmt_text twice;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 0;
    }
    switch (lay_out(pool, (const char *)data, size, &once)) {
    case FMT_FINE:
        if (lay_out(pool, once.text, once.length, &twice) != FMT_FINE ||
            twice.changed) {
            abort();
        }
        break;
    case FMT_BROKEN:
        abort();
    case FMT_ERRORS:
    case FMT_LARGE:
        break;
    }
    apr_pool_destroy(pool);
    return 0;
}
