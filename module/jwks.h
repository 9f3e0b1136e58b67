/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that verify signatures of tokens: JWK sets (RFC 7517), and files with
 * one secret.
 */
#ifndef JWKS_H
#define JWKS_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <cjose/cjose.h>

struct jwks_key {
    cjose_jwk_t *jwk;
    const char *kid;   /* or NULL */
    const char *alg;   /* the one it is for, or NULL */
    const char *type;  /* "RSA", "EC", "oct" */
    const char *curve; /* of EC: "P-256"; else NULL */
};

/* Readers for watched.h; the content is an array of struct jwks_key.  A set
 * has public keys only: a secret or a private key in it is a fault.  Keys of
 * types that are not known, or for encryption, are passed over. */
const char *
jwks_read(apr_pool_t *pool, char *text, apr_size_t len, const void **content);

/* A secret is the file without the newline at its end, at least as long as
 * the digest of the longest algorithm that it is used with. */
const char *jwks_read_secret32(apr_pool_t *pool, char *text, apr_size_t len,
                               const void **content);
const char *jwks_read_secret48(apr_pool_t *pool, char *text, apr_size_t len,
                               const void **content);
const char *jwks_read_secret64(apr_pool_t *pool, char *text, apr_size_t len,
                               const void **content);

/* Whether a token that names this algorithm and key may be verified by it:
 * the type and the curve must be the algorithm's own. */
int jwks_fits(const struct jwks_key *key, const char *alg, const char *kid);

#endif
