/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the fields of a form: each lies in the input or in the pool, and
 * every byte of the input is passed once.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "runtime/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The sum of all bytes, so that each is read. */
static unsigned
sum_of(const char *text, size_t len)
{
    unsigned sum = 0;

    for (size_t i = 0; i < len; i++) {
        sum += (unsigned char)text[i];
    }
    return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned sum = 0;
    char *text = malloc(size);
    const char *at = text;
    struct routes_field field;
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    for (;;) {
        const char *before = at;
        int found = routes_form_next(&at, text + size, pool, &field);

        if (found == 0) {
            break;
        }
        sum += sum_of(field.name, field.name_len) +
               sum_of(field.value, field.value_len);
        if (at <= before || at > text + size ||
            field.name_len + field.value_len > (size_t)(at - before)) {
            abort();
        }
    }
    if (at != text + size) {
        abort();
    }
    apr_pool_destroy(pool);
    apr_terminate();
    free(text);
    return sum == UINT32_MAX ? -1 : 0;
}
