/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: one section of a table while it grows, its rows and what to say
 * behind each of them.
 *
 *     rows   | row 0 (null) | row 1 | row 2 | ...
 *     notes  | NULL         | "..." | "..." | ...
 *
 * A sequence of rows that was added before may be found again, so that equal
 * ones are stored once.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stddef.h>
#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>

struct rows {
    apr_pool_t *pool;
    char *at; /* n rows of size bytes; moves when rows are added */
    uint32_t n;
    uint32_t room;
    uint32_t size;
    const char **notes; /* by row, each may be NULL; NULL: not kept */
    apr_hash_t *known;  /* bytes of a sequence -> its first index */
    int noted;
    int overflow; /* there were too many rows for an index */
};

/* An empty section of rows of this size, in pool; noted: notes are kept. */
void rows_init(struct rows *rows, apr_pool_t *pool, size_t size, int noted);

/* Adds one row; the note is kept, not copied, and may be NULL.  Returns its
 * index. */
uint32_t rows_add(struct rows *rows, const void *row, const char *note);

/* Adds count zeroed rows and returns the index of the first. */
uint32_t rows_add_zero(struct rows *rows, uint32_t count);

/* The index of a sequence of count rows equal to these, byte for byte; added
 * when there was none by this function before.  notes: one for each, or NULL.
 * 0 when count is 0. */
uint32_t rows_intern(struct rows *rows, const void *sequence, uint32_t count,
                     const char *const *notes);

/* A row, valid until the next one is added. */
static inline void *
rows_at(const struct rows *rows, uint32_t index)
{
    return rows->at + (size_t)index * rows->size;
}

/* What to say behind a row, or NULL. */
static inline const char *
rows_note(const struct rows *rows, uint32_t index)
{
    return rows->notes != NULL ? rows->notes[index] : NULL;
}

/* Says something behind a row of a section whose notes are kept. */
static inline void
rows_set_note(const struct rows *rows, uint32_t index, const char *note)
{
    if (index < rows->n) {
        rows->notes[index] = note;
    }
}

#endif
