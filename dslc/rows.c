/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: one section of a table while it grows, its rows and what to say
 * behind each of them.
 */
#include "rows.h"

#include <string.h>

#include <apr_strings.h>

#define FIRST_ROOM 16

void
rows_init(struct rows *rows, apr_pool_t *pool, size_t size, int noted)
{
    memset(rows, 0, sizeof(*rows));
    rows->pool = pool;
    rows->size = (uint32_t)size;
    rows->noted = noted;
}

static void
grow(struct rows *rows, uint32_t room)
{
    char *at = apr_pcalloc(rows->pool, (size_t)room * rows->size);
    const char **notes = NULL;

    if (rows->n != 0) {
        memcpy(at, rows->at, (size_t)rows->n * rows->size);
    }
    if (rows->noted) {
        notes = apr_pcalloc(rows->pool, room * sizeof(*notes));
        if (rows->n != 0) {
            memcpy(notes, rows->notes, rows->n * sizeof(*notes));
        }
    }
    rows->at = at;
    rows->notes = notes;
    rows->room = room;
}

/* Makes room for count more rows; without it the section is full, and what
 * is there stays. */
static int
reserve(struct rows *rows, uint32_t count)
{
    uint32_t room = rows->room == 0 ? FIRST_ROOM : rows->room;

    if (count > UINT32_MAX / 2 - rows->n) {
        rows->overflow = 1;
        return 0;
    }
    while (room - rows->n < count) {
        room *= 2;
    }
    if (room != rows->room) {
        grow(rows, room);
    }
    return 1;
}

uint32_t
rows_add_zero(struct rows *rows, uint32_t count)
{
    uint32_t first = rows->n;

    if (!reserve(rows, count)) {
        return 0;
    }
    rows->n += count;
    return first;
}

uint32_t
rows_add(struct rows *rows, const void *row, const char *note)
{
    uint32_t index = rows_add_zero(rows, 1);

    if (!rows->overflow) {
        memcpy(rows_at(rows, index), row, rows->size);
        if (rows->noted) {
            rows->notes[index] = note;
        }
    }
    return index;
}

uint32_t
rows_intern(struct rows *rows, const void *sequence, uint32_t count,
            const char *const *notes)
{
    apr_ssize_t len = (apr_ssize_t)((size_t)count * rows->size);
    uint32_t *first;

    if (count == 0) {
        return 0;
    }
    if (rows->known == NULL) {
        rows->known = apr_hash_make(rows->pool);
    }
    first = apr_hash_get(rows->known, sequence, len);
    if (first == NULL) {
        first = apr_palloc(rows->pool, sizeof(*first));
        *first = rows_add_zero(rows, count);
        if (rows->overflow) {
            return 0;
        }
        memcpy(rows_at(rows, *first), sequence, (size_t)len);
        if (rows->noted && notes != NULL) {
            memcpy(rows->notes + *first, notes, count * sizeof(*notes));
        }
        apr_hash_set(rows->known,
                     apr_pmemdup(rows->pool, sequence, (apr_size_t)len), len,
                     first);
    }
    return *first;
}
