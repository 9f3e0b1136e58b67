/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model: a whole program, includes and all, with every name resolved and
 * every clause combined.  link and check build it from the ASTs; overlap and
 * policy judge it; plan lays it out as a table.
 *
 *     model -> hosts -> (name patterns)
 *           -> places: file > host > location > ... (a tree by parent)
 *           -> routes: each with its place, paths, function, args, auth
 *
 * Everything is allocated in model->pool and lives as long as it.  Text is a
 * NUL-terminated string of that pool.  Arrays hold pointers unless said.
 * Order is the order of the source everywhere (included files by name, at the
 * place of their include), so that the same input gives the same model.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "../grammar/span.h"
#include "../runtime/routes_abi.h"

struct dfa;   /* dfa.h */
struct facts; /* facts.h */
struct trie;  /* trie.h */

struct model_record;

/* A type as LANGUAGE.md section 4 has it, names resolved.  Equal types may be
 * several of these: plan merges them by key. */
struct model_type {
    enum routes_type_kind kind;
    const char *name;     /* of a `type NAME = ...` that it is, or NULL */
    const char *spelling; /* canonical, as a fault says it: "int(1..1000)" */
    const char *key;      /* the spelling, but that two records of one name
                             (of different files) are told apart */
    int optional;         /* T? */
    int has_min, has_max;
    int64_t min, max;              /* str, int, bytes, path, list, map */
    double low, high;              /* float, decimal */
    apr_array_header_t *labels;    /* ENUM: const char *, as written */
    const struct model_type *item; /* LIST, MAP */
    struct model_record *record;   /* RECORD */
    const char *matching;          /* the r"..." text, or NULL */
    struct dfa *matching_dfa;      /* of `matching`, or NULL */
    struct dfa *path_dfa;          /* its language in a path, bounds included;
                                      made by dfa_of_type at first use */
    struct span span;
};

/* {name} or {name:type} in a path or host name. */
struct model_param {
    const char *name;
    struct model_type *type; /* never NULL; str where none is written */
    unsigned capture;        /* its index among the captures of the route,
                                host's first, then from the left */
    const struct model_segment *segment; /* that it is in; NULL: a host's */
    unsigned depth; /* which segment of the path that is, from 1 */
    int wanders;    /* another path of its route has it elsewhere */
    struct span span;
};

/* Between two '/': a literal (prefix alone), or a parameter with what stands
 * before and behind it. */
struct model_segment {
    const char *prefix;        /* decoded; "" for none */
    const char *suffix;        /* decoded; "" for none */
    struct model_param *param; /* NULL: literal */
    int rest;                  /* param takes all that is left (path, rawpath);
                                  the last segment then */
    struct span span;
};

/* A whole path from the root, prefixes of locations and includes included.
 * "/" has one segment, the empty literal; "/a/" has two. */
struct model_path {
    apr_array_header_t *segments; /* struct model_segment * */
    const char *text;             /* "/orders/{id:int}", canonical */
    struct span span;             /* as written at the route */
};

struct model_host {
    enum routes_host_kind kind;
    const char *name;          /* as routes_host.name has it; "" for ANY */
    const char *text;          /* as written */
    struct model_param *param; /* PARAM: the leftmost label */
    struct span span;
};

enum model_rule_op {
    MODEL_RULE_PUBLIC,
    MODEL_RULE_USER,
    MODEL_RULE_ROLE, /* text, or its parts */
    MODEL_RULE_AND,
    MODEL_RULE_OR,
    MODEL_RULE_NOT, /* of left */
    MODEL_RULE_ANONYMOUS,
    MODEL_RULE_SCOPE, /* the same */
    MODEL_RULE_CLAIM, /* name, and text: its value; or the parts of either */
    MODEL_RULE_REALM, /* realm; text: its name */
    MODEL_RULE_TLS,
    MODEL_RULE_IP,     /* networks */
    MODEL_RULE_METHOD, /* methods */
    MODEL_RULE_PYTHON, /* predicate, args */
    MODEL_RULE_APACHE  /* name of a provider of httpd; text: its arguments */
};

struct model_realm;
struct model_function;

/* What a named rule is given, or what `{name}` in a text stands for: a
 * parameter, or data.  With neither it is the parameter of that name of
 * whatever the requirement is asked of: inside a declared rule one of its own,
 * in an assertion one of the route at hand. */
struct model_rule_arg {
    const char *text;                    /* the name, or the data as text */
    const struct model_param *param;     /* or NULL */
    const struct model_literal *literal; /* or NULL */
    const struct model_type *type;       /* as declared; in a text NULL */
    struct span span;
};

/* A piece of a text that requests fill in. */
struct model_rule_part {
    const char *text;                 /* as it stands there, or NULL: */
    const struct model_rule_arg *arg; /* what is put there */
};

/* A rule that Python decides. */
struct model_predicate {
    const char *name; /* of the first rule that names the function */
    const struct model_function *function;
    apr_array_header_t *params; /* struct model_param *: behind the caller */
    struct span target;         /* where the function is named */
    struct span span;
};

/* A requirement as an expression. */
struct model_rule {
    enum model_rule_op op;
    const char *text;
    const char *name;
    const struct model_realm *realm;
    apr_array_header_t *networks; /* struct routes_network */
    uint64_t methods;             /* ROUTES_METHOD_BIT; HEAD wherever GET is */
    apr_array_header_t *parts;    /* struct model_rule_part: what text shows is
                                     filled in by requests; or NULL */
    apr_array_header_t *name_parts; /* the same for name */
    const struct model_predicate *predicate;
    apr_array_header_t *args; /* struct model_rule_arg *, by its params */
    const struct model_rule *left;
    const struct model_rule *right;
    struct span span;
};

struct routes_option_row;

/* One value of an option; which member has it, the form of the row says. */
struct model_option {
    const struct routes_option_row *row; /* runtime/option.h */
    const char *text;                    /* or NULL */
    int64_t number;
    const struct model_function *function; /* or NULL */
    struct span span;                      /* of its value */
};

struct model_realm {
    const char *name;
    enum routes_realm_kind kind;
    apr_array_header_t *options; /* struct model_option *, as written */
    int browser; /* a browser sends its credentials by itself */
    int signs;   /* the body is among its credentials */
    struct span span;
};

/* An effective authorisation decision. */
struct model_auth {
    const struct model_rule *rule; /* the AND of all in force; never NULL */
    apr_array_header_t *realms;    /* struct model_realm *, in order of trial;
                                      may be empty */
    uint64_t methods;  /* ROUTES_METHOD_BIT: of the requests it is asked about;
                         0: of any */
    struct span asked; /* the `auth` that put the realms in force, if one did
                          and it is of one place alone */
};

/* A header of every answer. */
struct model_header {
    const char *name;
    const char *value;
    struct span span;
};

/* Which other sites' scripts may call and read, as the row has it; texts
 * NULL where nothing is written. */
struct model_cors {
    const char *origins;
    const char *methods;
    const char *headers;
    const char *expose;
    int credentials;
    uint32_t max_age;
};

/* What answers in place of an error with a status in a range. */
struct model_page {
    int low, high;
    struct model_function *function;
    enum routes_produce produce; /* as in force where it is written */
    const char *media;           /* for ROUTES_PRODUCE_MEDIA, else NULL */
    uint32_t time;               /* milliseconds; 0: no limit stands there */
    struct span span;            /* of the range */
};

/* A function that is called by position, beside those of routes. */
struct model_call {
    struct model_function *function;
    size_t n_args;
    const char *what;  /* "an error page", for messages */
    const char *given; /* "the error" */
    struct span span;  /* where it is named */
};
struct model_place;

/* How requests are met, beside who may and what is called. */
struct model_conduct {
    enum routes_csrf csrf;
    enum routes_cache cache;
    uint32_t max_age;              /* seconds, of PUBLIC and PRIVATE */
    const char *vary;              /* "Cookie", or NULL */
    apr_array_header_t *headers;   /* struct model_header *, or NULL */
    const struct model_cors *cors; /* or NULL */
    apr_array_header_t *pages;     /* struct model_page *, the one that counts
                                      first; or NULL */
    const char *deprecated;        /* why, since when, or ""; NULL: it isn't */
    int masked;                    /* who may not sees nothing there */
    const struct model_place *mask; /* masked: whose 404 they see; NULL:
                                       httpd's */
};

enum model_place_kind {
    MODEL_PLACE_FILE,
    MODEL_PLACE_HOST,
    MODEL_PLACE_LOCATION,
    MODEL_PLACE_INCLUDE,
    MODEL_PLACE_PUBLISH
};

/* A scope of the source that governs routes. */
struct model_place {
    enum model_place_kind kind;
    struct model_place *parent;    /* NULL: the file */
    apr_array_header_t *hosts;     /* struct model_host *: of the host block
                                     around it, or the one ANY host */
    struct model_path *path;       /* prefix from the root; FILE, HOST: NULL */
    const struct model_auth *auth; /* the decision that is in force there, or
                                      NULL: none was made */
    int guards; /* keeps what nothing under it matches (P12): a location,
                   what says `unmatched 404` */
    struct model_conduct conduct;    /* of what no route of it answers */
    const apr_array_header_t *rates; /* of the same: struct model_rate *, or
                                        NULL */
    int says_csrf;                   /* a `csrf` is in force there */
    enum routes_csrf csrf;           /* and what it asks */
    struct span span;
};

struct model_function {
    const char *module;
    const char *qualname;
    struct span span; /* where it is first named */
};

/* A value that the server's configuration gives (RoutesSet). */
struct model_setting {
    const char *name;
    const char *text; /* "$name": what stands for it where a text does, known
                         by this address */
    struct model_type *type;
    struct model_literal *value; /* the default, or NULL */
    const char *shown;           /* the default as RoutesSet would have it */
    struct span span;
};

/* A literal: a default or a constant. */
struct model_literal {
    enum routes_const_kind kind;
    const char *text;                    /* STR, TEXT */
    int64_t i;                           /* INT, BOOL */
    double f;                            /* FLOAT */
    const struct model_setting *setting; /* that gives the value, which above
                                            is its default (NONE: it has none),
                                            or NULL */
    const struct model_type *type;       /* then: of what it must be */
    struct span span;
};

/* A member of a record. */
struct model_member {
    const char *name; /* in Python */
    const char *wire; /* in the request, and in the answer */
    struct model_type *type;
    struct model_literal *constant; /* its value when it is absent, or NULL */
    struct span span;
};

struct model_record {
    const char *name;
    apr_array_header_t *members; /* struct model_member *, as written */
    int open;                    /* undeclared members are dropped */
    int unclear;                 /* its members were not all understood */
    struct model_function *made; /* the class of its objects, or NULL: dict */
    struct span target;          /* where the class is named */
    unsigned number;             /* in model->records, from 1 */
    struct span span;
};

struct model_arg {
    const char *name;
    const char *wire; /* its name in the request */
    enum routes_source source;
    const struct model_param *param; /* PATH */
    struct model_type *type;         /* NULL for a constant */
    struct model_literal *constant;  /* a constant's or default's value */
    int by_member; /* a record whose members are fields of the source */
    struct span span;
};

struct model_raise {
    const char *module; /* "builtins" for a bare name */
    const char *qualname;
    int status;
    struct span span;
};

/* A format that an answer may have. */
struct model_format {
    enum routes_produce produce;
    const char *media; /* for ROUTES_PRODUCE_MEDIA, else NULL */
};

/* What an answer with a status must be. */
struct model_result {
    int status;              /* 0: any success that is not listed */
    struct model_type *type; /* NULL: anything */
    struct span span;
};

/* A piece of the Location of a redirect. */
struct model_target_part {
    enum routes_target_part_kind kind;
    const char *text;                /* TEXT, encoded; QUERY: "?" or "&" */
    const struct model_param *param; /* SEGMENT, REST */
};

struct model_redirect {
    apr_array_header_t *parts; /* struct model_target_part */
    int own;                   /* to a path of this program */
    const char *text;          /* "/catalog/{rest}", as it is shown */
};

/* A function that runs when a process starts or stops. */
struct model_event {
    enum routes_event_kind kind;
    struct model_function *function;
    struct span span;
};

/* How often routes may be called: those that one clause governs together. */
struct model_rate {
    enum routes_per per;
    const struct model_param *param; /* CAPTURE */
    int64_t interval;                /* microseconds that earn a request */
    int64_t depth;                   /* those that earn a whole burst */
    const char *text;                /* "5/min" */
    const char *burst;               /* as written, or NULL */
    const struct model_path *path;   /* of the place, or NULL */
    int used;                        /* it governs a route */
    int known;                       /* and a realm may tell its callers */
    struct span span;
};

/* What a call may take of the server, beside its body. */
struct model_limits {
    const apr_array_header_t *rates; /* struct model_rate *, innermost first,
                                        or NULL */
    uint32_t time;                   /* milliseconds, or 0: any */
    uint32_t concurrency;            /* calls at a time, or 0: any */
};

/* What answers for all below a path. */
struct model_mount {
    enum routes_mount_kind kind;
    const char *target;              /* FILES, HANDLER, PROXY, TABLE */
    struct model_function *function; /* WSGI, ASGI */
    const char *index;               /* FILES: or NULL */
    unsigned flags;                  /* enum routes_mount_flag */
};

/* The form of a path with a slash more or less at its end. */
enum model_slash {
    MODEL_SLASH_STRICT,   /* is another path */
    MODEL_SLASH_REDIRECT, /* leads to the one that is written */
    MODEL_SLASH_BOTH      /* is the same route */
};

/* One function of several for one URL and method. */
struct model_variant {
    const char *key; /* of the request; ACCEPT: a media type */
    struct model_route *route;
    struct span span; /* of the key */
};

struct model_choice {
    enum routes_choice_by by;
    const char *name;             /* as the row has it */
    const char *expected;         /* what a request without one is told */
    apr_array_header_t *variants; /* struct model_variant *, as written */
    struct model_variant *rest;   /* `default`, or NULL */
    struct span span;             /* by what, as written */
};

struct model_route {
    const char *name;          /* `as NAME`, else module.function, or what the
                                  target says */
    int named;                 /* `as` was written */
    uint64_t methods;          /* ROUTES_METHOD_BIT; 0 with any */
    int any;                   /* ANY */
    apr_array_header_t *paths; /* struct model_path *, at least one */
    struct model_place *place;
    enum routes_route_kind kind;
    struct model_function *function;     /* FUNCTION, else NULL */
    struct model_redirect *redirect;     /* REDIRECT, else NULL */
    struct model_choice *choice;         /* CHOICE, else NULL */
    const struct model_route *choice_of; /* the route that chooses this one,
                                            which is on no path by itself; or
                                            NULL */
    const char *variant;                 /* then: "by accept: text/html" */
    struct model_mount *mount;           /* MOUNT, else NULL: the first path is
                                            all below the second, which `/` has
                                            not */
    enum model_slash slash;
    const struct model_route *twin; /* the route that this, which is not
                                       written, redirects to; or NULL */
    struct span target;             /* where the route names what answers */
    int unclear;                    /* its arguments were not all understood */
    apr_array_header_t *args; /* struct model_arg *, in order of the call */
    const struct model_auth *auth; /* never NULL in a model without errors */
    struct model_conduct conduct;
    apr_array_header_t *raises; /* struct model_raise *, innermost first */
    int says_returns;           /* `returns` was written */
    int status;                 /* of a plain result */
    int no_content;             /* the status admits no body */
    int strict;                 /* no keys of a query but its arguments' */
    enum routes_produce produce;
    const char *media; /* for ROUTES_PRODUCE_MEDIA, else NULL */
    const apr_array_header_t *formats; /* struct model_format: those of which
                                          a request chooses, produce and media
                                          first; NULL: it has no choice */
    apr_array_header_t *results; /* struct model_result *, that of the status
                                    0 last; NULL: none has a type */
    int64_t body_limit;          /* bytes, or ROUTES_BODY_UNLIMITED */
    struct model_limits limits;
    const apr_array_header_t *consumes; /* const char *: media types of a body;
                                           NULL: what the arguments take */
    const char *doc;  /* its `##` lines joined by newlines, or NULL */
    struct span span; /* METHOD path, what a caret marks */
};

/* A path of an assertion: `*` is one segment that is not empty, `**` at the
 * end the path before it, its slash form and all below. */
struct model_glob {
    apr_array_header_t *segments; /* struct model_segment *; NULL: `*` */
    int below;                    /* `**` behind them */
    struct span span;
};

enum model_assertion_kind {
    MODEL_ASSERT_EVERY,
    MODEL_ASSERT_PUBLIC,
    MODEL_ASSERT_OUTCOME
};

/* What must hold of the program, or it is refused (LANGUAGE.md section 6). */
struct model_assertion {
    enum model_assertion_kind kind;
    const struct model_place *place; /* FILE, HOST, INCLUDE: where it stands */
    uint64_t methods;                /* ROUTES_METHOD_BIT; UINT64_MAX: all */
    apr_array_header_t *globs;       /* struct model_glob *; EVERY, PUBLIC */
    apr_array_header_t *except;      /* struct model_glob *; EVERY */
    const struct model_rule *rule;   /* EVERY: what is required */
    const char *url;                 /* OUTCOME: the path, decoded */
    int has_caller;                  /* OUTCOME: `as` was written */
    struct facts *facts;             /* OUTCOME: all that is true of it */
    int status;                      /* OUTCOME; 0: the function */
    const char *module;
    const char *qualname;
    struct span span; /* what a caret marks */
};

struct model {
    apr_pool_t *pool;
    const char *name;              /* the table's: the file's stem */
    int partial;                   /* something of it waits for a later
                                      version, and is not in it */
    int language;                  /* the N of `routes N` */
    const char *checksum;          /* of all sources, hexadecimal */
    apr_array_header_t *files;     /* const char *: paths relative to the first
                                     one's folder; index = span.file */
    apr_array_header_t *hosts;     /* struct model_host * */
    apr_array_header_t *places;    /* struct model_place *; [0] is the file */
    apr_array_header_t *realms;    /* struct model_realm * */
    apr_array_header_t *settings;  /* struct model_setting *, no two of one
                                      name */
    apr_array_header_t *records;   /* struct model_record * */
    apr_array_header_t *functions; /* struct model_function *, no two alike */
    apr_array_header_t *routes;    /* struct model_route * */
    uint64_t methods;              /* ROUTES_METHOD_BIT: that it declares */
    apr_array_header_t *events;    /* struct model_event * */
    apr_array_header_t *calls;     /* struct model_call * */
    apr_array_header_t *predicates; /* struct model_predicate * */
    apr_array_header_t *assertions; /* struct model_assertion * */
    struct trie *trie;              /* made by trie_of at first use */
    struct search_run *searches;    /* made by policy_run at first use */
};

/* The I-th pointer of an array of TYPE *. */
#define MODEL_AT(array, type, i) (((type **)(void *)(array)->elts)[i])

/* Whether an application, WSGI or ASGI, answers the route. */
static inline int
model_is_application(const struct model_route *route)
{
    return route->kind == ROUTES_ROUTE_MOUNT &&
           (route->mount->kind == ROUTES_MOUNT_WSGI ||
            route->mount->kind == ROUTES_MOUNT_ASGI);
}

/* Whether another table answers the route, and decides further. */
static inline int
model_is_table(const struct model_route *route)
{
    return route->kind == ROUTES_ROUTE_MOUNT &&
           route->mount->kind == ROUTES_MOUNT_TABLE;
}

#endif
