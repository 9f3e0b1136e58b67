/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that their sender signs: what the realm `hmac` says of the header
 * field and of the text that is signed, for the compiler that checks it and
 * for the server that reads requests by it.
 */
#ifndef ROUTES_SIGNED_H
#define ROUTES_SIGNED_H

#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

/* Signatures that one field may carry. */
#define ROUTES_MAX_SIGNATURES 8

/* What a part of the signed text is. */
enum routes_signed_kind {
    ROUTES_SIGNED_TEXT,      /* these bytes */
    ROUTES_SIGNED_BODY,      /* {body}, as it came */
    ROUTES_SIGNED_HEADER,    /* {header:NAME}, its value */
    ROUTES_SIGNED_TIMESTAMP, /* {timestamp}, as it stands in the request */
    ROUTES_SIGNED_METHOD,    /* {method} */
    ROUTES_SIGNED_TARGET     /* {target}, of the request's first line */
};

struct routes_signed_part {
    enum routes_signed_kind kind;
    const char *text; /* TEXT, and the name of HEADER */
    size_t len;
};

/* The options as they are written. */
struct routes_signed_words {
    const char *format;    /* or NULL: "{hex}" */
    const char *alg;       /* or NULL: what the format names, or sha256 */
    const char *template;  /* or NULL: "{body}" */
    const char *timestamp; /* the field that has it, or NULL */
    int64_t tolerance;     /* seconds, or -1: not given */
};

struct routes_signed {
    const char *alg;         /* sha1, sha256, sha384, sha512 */
    int base64;              /* signatures are, else hexadecimal */
    const char *lead;        /* what stands before a signature */
    const char *time_lead;   /* before the timestamp beside it, or NULL */
    const char *time_header; /* the field with the timestamp, or NULL */
    int64_t tolerance;       /* seconds from it and to it, or -1: there is no
                                timestamp */
    const apr_array_header_t *parts; /* struct routes_signed_part */
};

/* What a request's field says. */
struct routes_signature {
    const char *timestamp; /* beside the signatures, or NULL */
    const char *texts[ROUTES_MAX_SIGNATURES];
    unsigned n;
};

/* Reads the options; *made is of pool and borrows from the words.  NULL, or
 * what is wrong with them, in pool. */
const char *
routes_signed_make(apr_pool_t *pool, const struct routes_signed_words *words,
                   struct routes_signed *made);

/* Reads a field's value into *found, in pool.  0: it has no signature, too
 * many, or not the one timestamp that belongs to it. */
int routes_signed_read(const struct routes_signed *signing, apr_pool_t *pool,
                       const char *value, struct routes_signature *found);

/* Whether a timestamp, seconds since 1970 in decimal digits, is as near to now
 * as it must be.  NULL is none. */
int routes_signed_is_fresh(const struct routes_signed *signing,
                           const char *timestamp, int64_t now);

#endif
