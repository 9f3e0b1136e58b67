/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller of a request: who it is, and what a realm says of them.
 */
#ifndef ROUTES_CALLER_H
#define ROUTES_CALLER_H

#include <stddef.h>
#include <stdint.h>

#include <apr_tables.h>

/* One value of one claim.  A claim that is a list has a row for each member:
 * text as it is, true, false and whole numbers as JSON writes them; what is
 * inside objects has none. */
struct routes_claim {
    const char *name;
    const char *value;
};

/* All memory is borrowed, of the request's pool or longer. */
struct routes_caller {
    const char *user;         /* valid UTF-8, not empty; NULL: anonymous */
    uint32_t realm;           /* realms[]: which one knows them; 0: none */
    const char *const *roles; /* sorted by strcmp, none twice */
    size_t n_roles;
    const char *const *scopes; /* the same */
    size_t n_scopes;
    const struct routes_claim *claims; /* sorted by name, then by value */
    size_t n_claims;
    const char *claims_json; /* the claims as one JSON object, for functions
                                that want them whole; NULL: claims say all */
};

/* Sorts names (const char *) as a caller has them, and drops repeats. */
void routes_caller_sort(apr_array_header_t *names);

/* Give a caller the names (const char *) or claims (struct routes_claim) of
 * an array in any order, repeats included; the array is changed, and is the
 * caller's memory from then on. */
void routes_caller_set_roles(struct routes_caller *caller,
                             apr_array_header_t *names);
void routes_caller_set_scopes(struct routes_caller *caller,
                              apr_array_header_t *names);
void routes_caller_set_claims(struct routes_caller *caller,
                              apr_array_header_t *claims);

/* Whether the caller has it.  False of an anonymous one. */
int
routes_caller_has_role(const struct routes_caller *caller, const char *role);
int
routes_caller_has_scope(const struct routes_caller *caller, const char *scope);
int routes_caller_has_claim(const struct routes_caller *caller,
                            const char *name, const char *value);

#endif
