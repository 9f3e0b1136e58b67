/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule evaluation: a compiled requirement against a caller, three-valued.
 */
#ifndef ROUTES_RULE_H
#define ROUTES_RULE_H

#include "caller.h"
#include "match.h"
#include "routes_abi.h"

/* Ordered: `and` is the smaller, `or` the greater, `not` swaps the ends and
 * keeps the middle (LANGUAGE.md P15). */
enum routes_verdict {
    ROUTES_DENIED,
    ROUTES_NO_USER,
    ROUTES_GRANTED
};

/* What a predicate, or a provider of httpd, says of a caller. */
enum routes_word {
    ROUTES_NO,
    ROUTES_YES,
    ROUTES_NOBODY, /* it would have to know who it is */
    ROUTES_SILENT, /* it can't be asked */
    ROUTES_FAILED  /* it did not answer: nobody else is to be asked */
};

/* Whether the no of one of httpd's providers is a no.  The others say it also
 * when a directory is down, a name server silent, a file or an expression
 * broken: theirs is ROUTES_SILENT, and ROUTES_NOBODY where nobody is known. */
int routes_rule_sure_no(const char *provider);

/* Asks what a step is about (PYTHON, APACHE) of the caller of a scene: of an
 * anonymous one only providers that are not of users.  Asked at most once for
 * each in one judgement, and only while the verdict depends on it; providers
 * before predicates, which cost more. */
typedef enum routes_word
routes_ask_fn(void *baton, const struct routes_op *op);

/* What a requirement is judged by. */
struct routes_scene {
    const struct routes_caller *caller; /* borrowed */
    int tls;                            /* the connection is encrypted */
    uint64_t method;                    /* the request's, as a bit */
    /* where the caller's address is: in one of them, which is not said; of a
     * request it is one address.  None: in no network that is asked for. */
    const struct routes_network *from;
    int n_from;
    const struct routes_capture *captures; /* of what matched; borrowed */
    uint32_t n_captures;
    routes_ask_fn *ask; /* NULL: all that would be asked is silent */
    void *baton;        /* of ask */
};

/* Judges auths[auth] in a scene.  Index 0, an empty or malformed program:
 * denied.  So is whoever depends on what is silent or has failed, or on a name
 * that the captures do not make (they lack one, it is no text, too long):
 * neither it nor its `not` grants anything. */
enum routes_verdict
routes_rule_judge(const struct routes_table *table, uint32_t auth,
                  const struct routes_scene *scene);

/* What a requirement looks at beside the user and the realm: bits. */
enum routes_asks {
    ROUTES_ASKS_ROLES = 1, /* roles, scopes, claims */
    ROUTES_ASKS_TLS = 2,
    ROUTES_ASKS_ADDRESS = 4,
    ROUTES_ASKS_METHOD = 8,
    ROUTES_ASKS_CAPTURES = 16, /* templates, predicates */
    ROUTES_ASKS_PYTHON = 32,   /* predicates; then roles, too */
    ROUTES_ASKS_APACHE = 64    /* httpd's providers */
};

unsigned routes_rule_asks(const struct routes_table *table, uint32_t auth);

/* Whether the requirement grants whoever calls, over whatever connection, so
 * that nobody needs to be asked. */
int routes_rule_public(const struct routes_table *table, uint32_t auth);

#endif
