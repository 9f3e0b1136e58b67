/* SPDX-License-Identifier: Apache-2.0 */
/* source: loads the files of a run and keeps their text for messages. */
#ifndef DSLC_SOURCE_H
#define DSLC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "grammar/span.h"

#define SOURCE_MAX_BYTES (64u << 20) /* of one file */
#define SOURCE_MAX_FILES 4096        /* of one run, includes counted */

struct source_file {
    const char *path; /* pool: as messages show it */
    const char *text; /* pool: the bytes, and a NUL that isn't counted */
    size_t length;    /* bytes of text */
    uint32_t *lines;  /* pool: offset of each line's first byte */
    size_t line_count;
    uint16_t id; /* the file number of spans */
};

struct source_set {
    apr_pool_t *pool;          /* of the set and its files */
    apr_array_header_t *files; /* pool: struct source_file *, [id - 1] */
};

/* The 1-based line and column of a byte; a column is one UTF-8 character. */
struct source_place {
    unsigned line;
    unsigned column;
};

/* An empty set; it and its files live in pool. */
struct source_set *source_set_make(apr_pool_t *pool);

/*
 * Reads the file at path into the set.  The path is kept as it is, for
 * messages.  Returns what APR says, EFBIG as an apr_status_t for a file over
 * SOURCE_MAX_BYTES, APR_EINVAL for what is no regular file, APR_ENOSPC past
 * SOURCE_MAX_FILES.
 */
apr_status_t source_load(struct source_set *set, const char *path,
                         struct source_file **file);

/* Whether a path of the command line, and never one of an include, stands for
 * standard input: "-". */
bool source_is_stdin(const char *path);

/*
 * Reads standard input to its end, as "<stdin>", waiting as long as that
 * takes.  Returns what source_load does, and for no descriptor 0 EBADF as an
 * apr_status_t.
 */
apr_status_t
source_load_stdin(struct source_set *set, struct source_file **file);

/*
 * Adds text under a name that need not exist (tests, editors).  The text is
 * copied.  NULL past one of the two limits.
 */
struct source_file *source_add(struct source_set *set, const char *path,
                               const char *text, size_t length);

/* The file of a span, or NULL for a span without a place. */
const struct source_file *
source_of(const struct source_set *set, struct span span);

/* Where an offset stands; offsets past the end count as the end. */
struct source_place
source_place(const struct source_file *file, uint32_t offset);

/* The bytes of a 1-based line, without its newline. */
const char *
source_line(const struct source_file *file, unsigned line, size_t *length);

enum source_fault {
    SOURCE_FINE,
    SOURCE_NUL,
    SOURCE_NOT_UTF8,
    SOURCE_BIDI /* a control that shows text in another order */
};

/*
 * Looks from an offset on for what no text has, or what would deceive its
 * reader.  Unless SOURCE_FINE, *at is the place of the first.  Linear.
 */
enum source_fault source_find_fault(const struct source_file *file,
                                    uint32_t offset, struct span *at);

/* The length of the UTF-8 character at text, 0 if there is none. */
size_t source_utf8(const char *text, const char *end, uint32_t *character);

#endif
