/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table ABI: what a compiled .routes file hands to mod_routes.so.
 *
 * A table is one struct routes_table and the sections it points to.  Inside a
 * section there are offsets and indexes only, never pointers, so a table of
 * any size is read-only, shared between processes, and needs one relocation
 * a section.
 *
 *     table.hosts[i].root ---> nodes[] -children-> nodes[] .. --end-> ends[]
 *                                               \--> words[], dfas[],    |
 *                                                 bytes[],               |
 *                                                 patterns[] -> types[]  |
 *                                                                        |
 *     functions[] <--- routes[] <------------------------(end_routes[])--+
 *                       |  |  \--> auths[] -> ops[], realm_sets[] -> realms[]
 *                       |  |                    \--> networks[], templates[],
 *                       |  |                         predicates[] -> args[]
 *                       |  \-----> raises[], conducts[], limits[] -> rates[]
 *                       |  \-----> results[] -> types[], formats[]
 *                       |--------> args[] --> types[], consts[]
 *                       |                     \--> records[] -> members[]
 *                       \--------> redirects[] -> target_parts[], or mounts[]
 *
 * Rules that hold for every section:
 * - Row 0 is a null row (all zero), and index 0 means "none"; `text`, `cells`,
 *   `bytes`, `end_routes`, `realm_sets`, `labels` and `methods` are plain
 *   sequences without one.
 * - Every text is followed by a NUL in the pool, so text + at is a C string
 *   unless the text itself holds a NUL (routesc refuses those).  The pool
 *   begins with a NUL: {0, 0} is the empty text.
 * - Same input, same bytes: no date, no absolute path, no hash order.
 *
 * Change list (a new row, and ROUTES_ABI one higher, for every change that an
 * older mod_routes.so could misread):
 *   1  2026-11-23  first version
 *   2  2026-11-23  the children of a node stand side by side; no edges
 *   3  2026-11-23  patterns that are sets of bytes or ints
 */
#ifndef ROUTES_ABI_H
#define ROUTES_ABI_H

#include <stdint.h>

#define ROUTES_ABI_VERSION 3
#define ROUTES_ABI         "3" /* the same, as ap_register_provider wants it */

/* The provider group under which each table announces itself by its name. */
#define ROUTES_PROVIDER_GROUP "routes_table"

#define ROUTES_MAGIC 0x53545552u /* "RUTS" in a little-endian dump */

/* Parameters of one path, its host's included. */
#define ROUTES_MAX_CAPTURES 16
/* Segments of one path, which is how deep the tree of nodes may be. */
#define ROUTES_MAX_SEGMENTS 128
/* Arguments of one call. */
#define ROUTES_MAX_ARGS 64
/* Members of one record. */
#define ROUTES_MAX_MEMBERS 256
/* Microseconds of a request at the highest rate, and of the fullest bucket:
 * 366 days. */
#define ROUTES_MIN_INTERVAL 100
#define ROUTES_MAX_DEPTH    INT64_C(31622400000000)
/* Calls of one route at a time, where that has a limit. */
#define ROUTES_MAX_CONCURRENCY 4096
/* Milliseconds of `limit time`: a week. */
#define ROUTES_MAX_TIME 604800000
/* Variants of one route. */
#define ROUTES_MAX_VARIANTS 64
/* Formats of one route, of which a request chooses. */
#define ROUTES_MAX_FORMATS 16
/* Operators and atoms of one requirement. */
#define ROUTES_MAX_OPS 256
/* Tables that are mounted in each other, the outermost one counted. */
#define ROUTES_MAX_TABLES 8
/* Bytes of a text that a template makes. */
#define ROUTES_MAX_TEMPLATE 1024

/* A slice of the text pool. */
struct routes_text {
    uint32_t at;
    uint32_t len;
};

/* Methods that a table declares; httpd has room for 36 of all tables. */
#define ROUTES_MAX_OWN_METHODS 32

/* One bit a method in routes_end.methods.  The numbers are part of the ABI;
 * grammar/methods.def has the names. */
enum routes_method {
    ROUTES_METHOD_GET,
    ROUTES_METHOD_HEAD,
    ROUTES_METHOD_POST,
    ROUTES_METHOD_PUT,
    ROUTES_METHOD_DELETE,
    ROUTES_METHOD_PATCH,
    ROUTES_METHOD_OPTIONS,
    ROUTES_METHOD_CONNECT,
    ROUTES_METHOD_TRACE,
    ROUTES_METHOD_QUERY,
    ROUTES_METHOD_PROPFIND,
    ROUTES_METHOD_PROPPATCH,
    ROUTES_METHOD_MKCOL,
    ROUTES_METHOD_COPY,
    ROUTES_METHOD_MOVE,
    ROUTES_METHOD_LOCK,
    ROUTES_METHOD_UNLOCK,
    ROUTES_METHOD_REPORT,
    ROUTES_METHOD_SEARCH,
    ROUTES_METHOD_WEBSOCKET, /* a GET that asks for a websocket: no request
                                has such a method, and it stands alone */
    ROUTES_METHOD_OWN, /* methods[0] of the table, and the others behind it */
    ROUTES_N_METHODS = ROUTES_METHOD_OWN + ROUTES_MAX_OWN_METHODS
};
#define ROUTES_METHOD_NONE   ROUTES_N_METHODS /* not one the table knows */
#define ROUTES_METHOD_BIT(m) (UINT64_C(1) << (m))
/* Methods whose requests carry no form or JSON object of arguments. */
#define ROUTES_METHODS_BODILESS                                               \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |                                   \
     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |                                  \
     ROUTES_METHOD_BIT(ROUTES_METHOD_DELETE) |                                \
     ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS) |                               \
     ROUTES_METHOD_BIT(ROUTES_METHOD_CONNECT) |                               \
     ROUTES_METHOD_BIT(ROUTES_METHOD_TRACE) |                                 \
     ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET))

/* The methods that change nothing (RFC 9110, and those of WebDAV). */
#define ROUTES_METHODS_SAFE                                                   \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |                                   \
     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |                                  \
     ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS) |                               \
     ROUTES_METHOD_BIT(ROUTES_METHOD_QUERY) |                                 \
     ROUTES_METHOD_BIT(ROUTES_METHOD_PROPFIND) |                              \
     ROUTES_METHOD_BIT(ROUTES_METHOD_REPORT) |                                \
     ROUTES_METHOD_BIT(ROUTES_METHOD_SEARCH))

/* ---- matching ---------------------------------------------------------- */

enum routes_host_kind {
    ROUTES_HOST_NULL,
    ROUTES_HOST_EXACT,  /* name is the whole host name, lower case */
    ROUTES_HOST_SUFFIX, /* "*.example.com": name is ".example.com" */
    ROUTES_HOST_PARAM,  /* "{t:T}.example.com": name is ".example.com" */
    ROUTES_HOST_ANY
};

/* Hosts stand in order of precedence: the exact ones first, sorted by name
 * (memcmp, then length), then suffix and parameter ones, longer first, then at
 * most one for any host. */
struct routes_host {
    uint8_t kind;            /* enum routes_host_kind */
    uint8_t reserved[3];     /* zero */
    struct routes_text name; /* see the kind */
    uint32_t type;           /* PARAM: types[] of the leftmost label */
    uint32_t root;           /* nodes[], before the first segment */
    uint32_t place;          /* places[] of the host itself */
};

/* What takes the segment that leads to a node. */
enum routes_pattern_kind {
    ROUTES_PATTERN_NULL,    /* a literal; or nothing leads there */
    ROUTES_PATTERN_SEGMENT, /* prefix{x}suffix: one segment */
    ROUTES_PATTERN_REST,    /* {x:path}: all that is left */
    ROUTES_PATTERN_GUARD,   /* what a location leaves unmatched: as REST, but
                               it captures nothing */
    ROUTES_PATTERN_ANY, /* a SEGMENT that takes all but the empty one, which
                               is what {x} is: no text around it, and its type
                               is str without bounds */
    ROUTES_PATTERN_DFA, /* a SEGMENT of which an automaton alone decides: no
                               text around it, and its type counts nothing
                               besides */
    ROUTES_PATTERN_SET, /* such a DFA that only counts bytes of at most four
                               ranges */
    ROUTES_PATTERN_INT  /* a SEGMENT of an int: no text around it */
};

/* How the literals of a node are hashed. */
enum routes_literals {
    ROUTES_LITERALS_NONE,
    ROUTES_LITERALS_BY_KEY,
    ROUTES_LITERALS_DEEP /* by the whole text, since many have one key; then
                            each slot has more, up to a free one */
};

/* A state of the matcher, between two segments, and what leads to it.  A path
 * is '/' and segments between '/'; "/a/" has the segments "a" and "" (the
 * empty one).  The nodes of a host are a tree (several hosts may have one),
 * and the children of a node stand side by side: first the patterns, the most
 * specific one last, then the literals, a hash table.
 *
 *     | {x} | {x:int} | "new" | (free) | "all" | (free) |
 *                       ^children                ^children + slots
 *
 * A literal stands at children + (routes_segment_hash(text, salt) & slots), or
 * in the next slot that is free, round about.  Distances are in bytes, and
 * from the row that has them, so that the matcher adds them as they are. */
struct routes_node {
    uint64_t key;      /* of a literal, as runtime/segment.h has it: of up to
                          seven bytes, all that is compared; SET: how many
                          bytes, as runtime/set.h has it; else 0 */
    uint32_t what;     /* a longer literal: words[]; DFA: dfas[]; SET: bytes[],
                          as runtime/block.h has them; SEGMENT, REST, INT:
                          patterns[]; else 0 */
    uint32_t children; /* bytes from this row to that of the first literal, and
                          behind that of the first pattern; 0: none */
    uint32_t slots;    /* bytes from the first slot to the last one; the number
                          of slots is a power of two */
    uint32_t salt;     /* so that literals have slots of their own */
    uint32_t end;      /* ends[]: the path stops here (behind a REST or GUARD
                          always), or 0 */
    uint8_t kind;      /* enum routes_pattern_kind */
    uint8_t more;      /* 1: there is more to look at, in the next slot; of a
                          pattern, the one before it is the next to be tried */
    uint8_t literals;  /* enum routes_literals: of the children */
    uint8_t first;     /* kind of the most specific pattern among them, NULL:
                          there is none */
};

/* A parameter with text around it, one that takes the rest, or an int. */
struct routes_pattern {
    struct routes_text prefix; /* literal before the parameter */
    struct routes_text suffix; /* literal behind it */
    uint64_t low;              /* INT: the least and the greatest that are */
    uint64_t high;             /* known as text, as runtime/digits.h has it */
    uint32_t type;             /* types[]: the language of the parameter */
};

/* Where a path may end: one route a method. */
struct routes_end {
    uint64_t methods; /* the methods that have a route of their own here */
    uint32_t first;   /* routes[] for the lowest bit of methods, or any */
    uint32_t further; /* end_routes[]: one index into routes[] for each other
                         bit of methods, lowest bit first */
    uint32_t any;     /* routes[] for ANY (not TRACE, CONNECT, automatic
                         OPTIONS), or 0 */
    uint32_t place;   /* places[]: whose requirement guards OPTIONS and 405 */
    uint32_t guard;  /* places[] of a location that keeps what nothing matched:
                         no less specific route may answer (404, or 405 if
                         the path is known under other methods); 0: none */
    uint32_t lowest; /* enum routes_method: the first one's */
};

/* ---- what a route is --------------------------------------------------- */

/* A scope of the source: the file, a host, a location. */
struct routes_place {
    struct routes_text path; /* as written, "/orders/{id:int}" */
    uint32_t auth;           /* auths[]: the requirement in force there, 0 if
                                there is no decision (nothing is guarded) */
    uint32_t conduct;        /* conducts[] of what no route of it answers */
    uint32_t limits;         /* limits[], whose rates are of the same */
    uint32_t file;           /* files[] */
    uint32_t line;
};

/* The media type of a plain result. */
enum routes_produce {
    ROUTES_PRODUCE_AUTO,  /* str: text/plain, bytes: octet-stream, else JSON */
    ROUTES_PRODUCE_HTML,  /* str: text/html */
    ROUTES_PRODUCE_TEXT,  /* str: text/plain */
    ROUTES_PRODUCE_JSON,  /* everything is JSON, str included */
    ROUTES_PRODUCE_MEDIA, /* str and bytes: the media type of the route */
    ROUTES_PRODUCE_STREAM /* as AUTO; the route says that it streams */
};

/* routes_route.body_limit: any length. */
#define ROUTES_BODY_UNLIMITED (-1)

/* What of a request's body the arguments of a route may take: bits. */
enum routes_takes {
    ROUTES_TAKES_FORM = 1,
    ROUTES_TAKES_JSON = 2,
    ROUTES_TAKES_RAW = 4,    /* the whole of it, of any type */
    ROUTES_TAKES_STREAM = 8, /* the same, unread, and nothing else */
    ROUTES_TAKES_FILES = 16  /* the files of a multipart form, and its fields;
                                FORM takes the fields of one, too */
};

enum routes_route_flag {
    ROUTES_ROUTE_STRICT = 1,    /* no keys of a query but its arguments' */
    ROUTES_ROUTE_NO_CONTENT = 2 /* the status admits no body (204, 304) */
};

/* What answers a route. */
enum routes_route_kind {
    ROUTES_ROUTE_FUNCTION, /* function: a call */
    ROUTES_ROUTE_REDIRECT, /* target: redirects[], with the route's status */
    ROUTES_ROUTE_CHOICE,   /* target: choices[]; the route itself answers when
                              none of its variants does */
    ROUTES_ROUTE_MOUNT     /* target: mounts[] */
};

struct routes_route {
    struct routes_text name;    /* `as NAME`, or module.function */
    struct routes_text pattern; /* "/orders/{id:int}", for logs */
    uint64_t methods;           /* that it was declared for; all bits: ANY */
    uint32_t function;          /* functions[], 0 of another kind */
    uint32_t args;              /* args[]: first */
    uint16_t n_args;
    uint16_t n_captures;
    uint32_t auth;    /* auths[], never 0 */
    uint32_t place;   /* places[] */
    uint32_t conduct; /* conducts[], 0 for a plain route */
    uint32_t raises;  /* raises[]: first, innermost first */
    uint16_t n_raises;
    uint16_t status;          /* of a plain result: 200 unless declared */
    uint8_t produce;          /* enum routes_produce */
    uint8_t flags;            /* enum routes_route_flag */
    uint8_t takes;            /* enum routes_takes: of the body */
    uint8_t kind;             /* enum routes_route_kind */
    struct routes_text media; /* MEDIA: the media type */
    uint32_t file;            /* files[] */
    uint32_t line;
    uint32_t target;     /* which section it is of, the kind says; or 0 */
    uint32_t results;    /* results[]: first */
    int64_t body_limit;  /* bytes of a body, inflated, or
                           ROUTES_BODY_UNLIMITED */
    uint32_t consumes;   /* labels[]: media types of a body, in lower case,
                           "type/" followed by a star among them */
    uint16_t n_consumes; /* 0: whatever the arguments can be read from */
    uint16_t n_results;  /* 0: no answer has a type */
    uint32_t limits;     /* limits[], or 0: none but the body's */
    uint32_t params;     /* labels[]: the names of its n_captures */
    uint32_t formats;    /* formats[]: first, with produce and media of the
                            route itself */
    uint32_t n_formats;  /* at least two, else 0: there is no choice */
};

/* One of several formats that an answer may have.  The request chooses by
 * Accept; of those that are wanted alike the first counts. */
struct routes_format {
    uint32_t produce;         /* HTML, TEXT, JSON, MEDIA */
    struct routes_text media; /* what Accept is asked about: "text/html" */
};

/* What the body of an answer must be: that of the first row with its status,
 * and a success (2xx) without one has the row of the status 0. */
struct routes_result {
    uint32_t status;
    uint32_t type; /* types[]; 0: anything may leave */
};

/* What a call may take of the server. */
struct routes_limits {
    uint32_t time;  /* milliseconds that the function may run, 0: any */
    uint32_t rates; /* rates[]: first; each must admit a request */
    uint32_t n_rates;
    uint32_t concurrency;     /* calls that run at a time, 0: any */
    struct routes_text calls; /* whose: the same for the rows of one route */
};

/* What requests are counted by. */
enum routes_per {
    ROUTES_PER_ALL,    /* all that the rate is for together */
    ROUTES_PER_IP,     /* the caller's address */
    ROUTES_PER_USER,   /* the user, or the address of an anonymous caller */
    ROUTES_PER_ROUTE,  /* as ALL: each route has a row of its own */
    ROUTES_PER_CAPTURE /* what the parameter stands for */
};

/* A rate: a bucket that holds so many requests and is filled evenly. */
struct routes_rate {
    struct routes_text name; /* of its buckets, and of no other rate's: two
                                tables with one name and rate share them */
    int64_t interval;        /* microseconds that earn a request */
    int64_t depth;           /* microseconds that fill it, interval or more */
    uint32_t per;            /* enum routes_per */
    uint32_t capture;        /* CAPTURE: index into the captures */
};

struct routes_function {
    struct routes_text module;   /* "shop.orders" */
    struct routes_text qualname; /* "show", "Class.method" */
    uint32_t file;               /* files[]: where it is first named */
    uint32_t line;
};

/* ---- variants ----------------------------------------------------------- */

/* By what a request is for one variant or another. */
enum routes_choice_by {
    ROUTES_BY_NULL,
    ROUTES_BY_ACCEPT, /* what it accepts; keys are media types */
    ROUTES_BY_VALUE,  /* the value of a key of the query */
    ROUTES_BY_KEY,    /* which of these keys the query has */
    ROUTES_BY_HEADER  /* the value of a header */
};

/* Functions of one URL and method.  No other row has a variant's route. */
struct routes_choice {
    uint32_t by;             /* enum routes_choice_by */
    struct routes_text name; /* ACCEPT: "Accept"; VALUE: the key; HEADER: the
                                 field */
    struct routes_text expected; /* what a fault expects */
    uint32_t variants;           /* variants[]: first; of equal ones the first
                                    counts */
    uint32_t n_variants;
    uint32_t rest; /* routes[] of the variant for the rest, or 0 */
};

struct routes_variant {
    struct routes_text key;
    uint32_t route; /* routes[]: with the captures of the choice's route, and
                       a requirement of its own */
};

/* ---- answers without a function ----------------------------------------- */

/* A Location, in its order. */
struct routes_redirect {
    uint32_t parts; /* target_parts[]: first */
    uint16_t n_parts;
    uint16_t own; /* 1: it begins with a path of this table, before which the
                     prefix of its mount stands */
};

enum routes_target_part_kind {
    ROUTES_TARGET_NULL,
    ROUTES_TARGET_TEXT,    /* text, as it is sent */
    ROUTES_TARGET_SEGMENT, /* a capture, encoded */
    ROUTES_TARGET_REST,    /* a capture, encoded but for its '/' */
    ROUTES_TARGET_QUERY    /* the request's query string, if it has one, behind
                              text: "?" or "&" */
};

struct routes_target_part {
    uint32_t kind; /* enum routes_target_part_kind */
    struct routes_text text;
    uint32_t capture; /* SEGMENT, REST: index into the captures */
};

enum routes_mount_kind {
    ROUTES_MOUNT_NULL,
    ROUTES_MOUNT_FILES,   /* target: a folder */
    ROUTES_MOUNT_HANDLER, /* target: the name of a handler of httpd */
    ROUTES_MOUNT_PROXY,   /* target: "http://…", without '/' at its end */
    ROUTES_MOUNT_WSGI,    /* function: the application */
    ROUTES_MOUNT_ASGI,    /* the same */
    ROUTES_MOUNT_TABLE    /* target: the name of another table */
};

enum routes_mount_flag {
    ROUTES_MOUNT_DOTFILES = 1,  /* FILES: names that begin with a dot, too */
    ROUTES_MOUNT_IMMUTABLE = 2, /* FILES: as long as it is cached */
    ROUTES_MOUNT_STRIP = 4      /* ASGI: the path is what is below the mount */
};

/* What answers for all below a path.  One row for the path itself, one for
 * what is below it. */
struct routes_mount {
    uint8_t kind;      /* enum routes_mount_kind */
    uint8_t flags;     /* enum routes_mount_flag */
    uint16_t below;    /* which capture is the path below, from 1; 0: none */
    uint32_t function; /* WSGI, ASGI: functions[], else 0 */
    struct routes_text target; /* of the others */
    struct routes_text index;  /* FILES: the file of a folder, or empty */
};

enum routes_source {
    ROUTES_FROM_NULL,
    ROUTES_FROM_PATH,     /* capture */
    ROUTES_FROM_CONSTANT, /* constant, never from the request */
    ROUTES_FROM_ARGUMENT, /* query, and where the method has a body the form's
                             fields or the JSON object's members */
    ROUTES_FROM_QUERY,
    ROUTES_FROM_FORM,
    ROUTES_FROM_HEADER, /* wire: the field's name, in any case */
    ROUTES_FROM_COOKIE,
    ROUTES_FROM_REQUEST, /* what the type says: the request itself, who calls,
                            or the method */
    ROUTES_FROM_BODY,    /* the whole JSON body */
    ROUTES_FROM_RAW,     /* the body as it came */
    ROUTES_FROM_FILE     /* a file of a multipart form */
};

enum routes_arg_flag {
    ROUTES_ARG_HAS_DEFAULT = 1, /* constant is the value when it is absent */
    ROUTES_ARG_MEMBERS = 2 /* a record, each member a field of the source */
};

struct routes_arg {
    struct routes_text name; /* the Python parameter */
    struct routes_text wire; /* its name in the request */
    uint8_t source;          /* enum routes_source */
    uint8_t flags;           /* enum routes_arg_flag */
    uint16_t capture;        /* PATH: index into the captures */
    uint32_t type;           /* types[], 0 for a constant */
    uint32_t constant;       /* consts[]: a constant's or default's value */
};

enum routes_const_kind {
    ROUTES_CONST_NULL,
    ROUTES_CONST_NONE,
    ROUTES_CONST_BOOL, /* i */
    ROUTES_CONST_INT,  /* i */
    ROUTES_CONST_FLOAT,
    ROUTES_CONST_STR,
    ROUTES_CONST_EMPTY_LIST,
    ROUTES_CONST_TEXT /* text, to be parsed as the argument's type (decimal,
                         uuid, date, datetime, bytes); routesc has checked */
};

struct routes_const {
    uint32_t kind; /* enum routes_const_kind */
    struct routes_text text;
    int64_t i;
    double f;
};

enum routes_csrf {
    ROUTES_CSRF_NONE,   /* another site may send what changes something */
    ROUTES_CSRF_ORIGIN, /* it may not, by Sec-Fetch-Site or Origin */
    ROUTES_CSRF_TOKEN   /* the same, and a token that our pages have */
};

enum routes_cache {
    ROUTES_CACHE_NONE,
    ROUTES_CACHE_OFF,    /* no-store */
    ROUTES_CACHE_PUBLIC, /* by anyone on the way */
    ROUTES_CACHE_PRIVATE /* by the caller alone */
};

/* How requests of a route are met, beside who may and what is called. */
struct routes_conduct {
    uint8_t csrf;            /* enum routes_csrf */
    uint8_t cache;           /* enum routes_cache */
    uint16_t n_headers;      /* headers[] of every answer */
    uint32_t headers;        /* the first */
    uint32_t max_age;        /* PUBLIC, PRIVATE: seconds */
    struct routes_text vary; /* PUBLIC, PRIVATE: the answer differs by these
                                headers; or empty */
    uint32_t cors;           /* cors[]: who else may read; 0: nobody */
    uint32_t pages;          /* pages[]: the first; the first of them that has
                                a status counts */
    uint32_t n_pages;
    uint32_t deny; /* what who may not is told: 0 as it is, 404 that nothing
                      is there */
    uint32_t mask; /* 404: places[] that answers a URL which nothing has; 0:
                      httpd does */
};

/* A function that answers in place of an error. */
struct routes_page {
    uint16_t low; /* the statuses that it is for, 400 to 599 */
    uint16_t high;
    uint8_t produce;          /* enum routes_produce */
    uint8_t reserved[3];      /* zero */
    struct routes_text media; /* MEDIA: the media type */
    uint32_t function;        /* functions[]: called with the error alone */
    uint32_t time;            /* milliseconds that it may run; 0: those of the
                                 route whose error it is for */
    uint32_t file;            /* files[] */
    uint32_t line;
};

/* Which other sites' scripts may call and read. */
struct routes_cors {
    struct routes_text origins; /* "https://a https://b", or "*" */
    struct routes_text methods; /* "GET, PUT"; empty: those of the path */
    struct routes_text headers; /* that a request may have; may be empty */
    struct routes_text expose;  /* that a script may read; may be empty */
    uint32_t credentials;       /* 1: with the caller's; never with "*" */
    uint32_t max_age;           /* of a preflight, in seconds; 0: unsaid */
};

struct routes_header {
    struct routes_text name;
    struct routes_text value;
};

/* An exception that is an answer: `raises ValueError as 422`. */
struct routes_raise {
    struct routes_text module;   /* "builtins" for a bare name */
    struct routes_text qualname; /* "ValueError" */
    uint32_t status;
};

/* ---- URLs of named routes ---------------------------------------------- */

enum routes_url_part_kind {
    ROUTES_URL_NULL,
    ROUTES_URL_TEXT,    /* text stands there as it is, encoded */
    ROUTES_URL_LABEL,   /* the parameter `text`, as a label of a host */
    ROUTES_URL_SEGMENT, /* the parameter `text`, without '/' */
    ROUTES_URL_REST     /* the parameter `text`, with '/' */
};

struct routes_url_part {
    uint32_t kind; /* enum routes_url_part_kind */
    struct routes_text text;
    uint32_t type; /* types[] of a parameter */
};

/* How the URL of a named route is made; sorted by name (memcmp, length). */
struct routes_url {
    struct routes_text name;
    uint32_t route;  /* routes[]: whose arguments the query string has */
    uint32_t parts;  /* url_parts[]: first; the host, then the path */
    uint16_t n_host; /* parts of the host, 0: the URL begins with the path */
    uint16_t n_parts;
    uint32_t choice; /* choices[] by the query that calls the route: its key
                        stands in the query string; or 0 */
};

/* ---- types ------------------------------------------------------------- */

enum routes_type_kind {
    ROUTES_TYPE_NULL,
    ROUTES_TYPE_STR,       /* min..max characters (code points) */
    ROUTES_TYPE_INT,       /* min..max */
    ROUTES_TYPE_FLOAT,     /* low..high, finite */
    ROUTES_TYPE_DECIMAL,   /* low..high */
    ROUTES_TYPE_BOOL,      /* true false 1 0 on off */
    ROUTES_TYPE_UUID,      /* RFC 9562; lower case in a path */
    ROUTES_TYPE_DATE,      /* RFC 3339 full-date */
    ROUTES_TYPE_DATETIME,  /* RFC 3339 date-time */
    ROUTES_TYPE_BYTES,     /* min..max bytes, any */
    ROUTES_TYPE_PATH,      /* rest of a path, min..max bytes, UTF-8 */
    ROUTES_TYPE_RAWPATH,   /* rest of a path, min..max bytes, any */
    ROUTES_TYPE_ENUM,      /* labels */
    ROUTES_TYPE_LIST,      /* min..max of item */
    ROUTES_TYPE_MAP,       /* min..max entries: any str to item */
    ROUTES_TYPE_RECORD,    /* item is its row */
    ROUTES_TYPE_JSON,      /* any JSON */
    ROUTES_TYPE_REQUEST,   /* apache.Request; this and those below are of
                             arguments FROM_REQUEST alone */
    ROUTES_TYPE_PRINCIPAL, /* apache.Principal; optional: None for anonymous */
    ROUTES_TYPE_METHOD,    /* str: the request's method */
    ROUTES_TYPE_STREAM,    /* the body, to be read by the function */
    ROUTES_TYPE_UPLOAD,    /* min..max bytes of a media type in labels, if
                              there are any; it, and a list of it, is of
                              arguments FROM_FILE alone */
    ROUTES_TYPE_FILE,      /* a path or an open file; of results alone */
    ROUTES_TYPE_WEBSOCKET  /* FROM_REQUEST: one argument of each route of the
                              method WEBSOCKET, and of no other */
};

enum routes_type_flag {
    ROUTES_TYPE_MIN = 1,      /* min, or low for float and decimal, is set */
    ROUTES_TYPE_MAX = 2,      /* max, or high */
    ROUTES_TYPE_OPTIONAL = 4, /* T?: absent is None */
    ROUTES_TYPE_PATH_DFA = 8  /* in a path, dfa alone decides (else the kind,
                                 its bounds, and dfa if there is one) */
};

/* A row with PATH_DFA serves parameters of paths and hosts, where a value has
 * one spelling; elsewhere the type has another row, and its dfa is that of
 * `matching` alone. */
struct routes_type {
    uint8_t kind;                /* enum routes_type_kind */
    uint8_t flags;               /* enum routes_type_flag */
    uint16_t n_labels;           /* ENUM, UPLOAD */
    uint32_t labels;             /* labels[], sorted by memcmp, length; UPLOAD:
                                    as routes_route.consumes */
    uint32_t item;               /* LIST, MAP: types[]; RECORD: records[] */
    uint32_t dfa;                /* dfas[]: the whole value must be in it too
                                    (`matching`), 0: none */
    struct routes_text spelling; /* "int(1..1000)", what a fault expects */
    int64_t min;
    int64_t max;
    double low;
    double high;
};

enum routes_record_flag {
    ROUTES_RECORD_OPEN = 1 /* undeclared members are dropped, not refused */
};

/* A JSON object, or several fields of a query or form. */
struct routes_record {
    struct routes_text name; /* "NewOrder" */
    uint32_t members;        /* members[]: first */
    uint16_t n_members;
    uint16_t flags; /* enum routes_record_flag */
    uint32_t made;  /* functions[]: the class of its objects; 0: dict */
    uint32_t file;  /* files[] */
    uint32_t line;
};

struct routes_member {
    struct routes_text name; /* in Python */
    struct routes_text wire; /* in the request and in the answer; no two of a
                                record have the same */
    uint32_t type;           /* types[] */
    uint32_t constant;       /* consts[]: the value when it is absent, or 0 */
};

/* A DFA over bytes.  State 0 is dead, the states from `accept` on accept (so
 * the start has a number of its own: it may accept the empty text).  next =
 * cells[cells + state * n_classes + class], class = bytes[classes + byte].
 *
 * One without states takes min to max bytes of class 1; the others of its
 * classes are 0.  That is what most `matching` are: [A-Za-z0-9-]{1,39}. */
struct routes_dfa {
    uint32_t classes; /* bytes[]: 256 byte classes */
    uint32_t n_classes;
    uint32_t cells; /* cells[]: n_states rows of n_classes */
    uint32_t n_states;
    uint32_t accept;
    uint32_t start;
    uint32_t min; /* without states, else 0 */
    uint32_t max;
};

/* ---- authorisation ----------------------------------------------------- */

enum routes_op_kind {
    ROUTES_OP_NULL,
    ROUTES_OP_PUBLIC, /* granted to anyone */
    ROUTES_OP_USER,   /* any authenticated caller */
    ROUTES_OP_ROLE,   /* text: the caller has this role */
    ROUTES_OP_AND,    /* of the two results before it */
    ROUTES_OP_OR,
    ROUTES_OP_NOT,
    ROUTES_OP_ANONYMOUS, /* nobody */
    ROUTES_OP_SCOPE,     /* text: the caller has this scope */
    ROUTES_OP_CLAIM,     /* name, text: the caller has this claim */
    ROUTES_OP_REALM,     /* realm: that one knows the caller */
    ROUTES_OP_TLS,       /* the connection is encrypted */
    ROUTES_OP_IP,        /* networks: the caller's address is in one of them */
    ROUTES_OP_METHOD,    /* methods: the request's is one of them */
    ROUTES_OP_PYTHON,    /* predicates: Python says yes */
    ROUTES_OP_APACHE     /* authzs: a provider of httpd says yes */
};

/* One step of a requirement in postfix order. */
struct routes_op {
    uint32_t kind; /* enum routes_op_kind */
    struct routes_text text;
    struct routes_text name;
    uint32_t realm;         /* realms[] */
    uint32_t first;         /* IP: networks[]; PYTHON: predicates[]; APACHE:
                               authzs[] */
    uint32_t n;             /* IP: how many; PYTHON, APACHE: 1 */
    uint32_t text_template; /* templates[] that makes the text, or 0 */
    uint32_t name_template; /* the same for the name */
    uint64_t methods;       /* METHOD: bits; that of HEAD wherever GET's is */
};

/* A text that a request completes. */
struct routes_template {
    uint32_t parts; /* template_parts[]: first */
    uint32_t n_parts;
};

struct routes_template_part {
    struct routes_text text; /* as it stands there, or empty: */
    uint32_t capture;        /* index into the captures */
};

/* A function that says whether a caller may: the caller is its first
 * argument. */
struct routes_predicate {
    struct routes_text name; /* of the rule */
    uint32_t function;       /* functions[] */
    uint32_t args;           /* args[]: first; FROM_PATH and FROM_CONSTANT */
    uint32_t n_args;
    uint32_t file; /* files[] */
    uint32_t line;
};

/* A line of `Require` that one of httpd's providers is asked. */
struct routes_authz {
    struct routes_text name; /* of the provider */
    struct routes_text args; /* what stands behind it there, or empty */
    uint32_t of_user;        /* 1: of an anonymous caller it is not asked */
    uint32_t file;           /* files[] */
    uint32_t line;
};

enum routes_family {
    ROUTES_FAMILY_NULL,
    ROUTES_FAMILY_4, /* IPv4 */
    ROUTES_FAMILY_6  /* IPv6, without what maps IPv4 */
};

/* Addresses that share their first bits: high and low are an address of IPv6
 * (of IPv4, the mapped one, ::ffff:10.0.0.0), without bits beyond them. */
struct routes_network {
    uint64_t high;
    uint64_t low;
    uint32_t bits;   /* of 128; IPv4: 96 and more */
    uint32_t family; /* enum routes_family */
};

struct routes_auth {
    uint32_t ops; /* ops[]: first */
    uint16_t n_ops;
    uint16_t n_realms;
    uint32_t realms; /* realm_sets[]: first; each is an index into realms[],
                        tried in this order */
    struct routes_text text; /* as it would be written, for logs */
};

enum routes_realm_kind {
    ROUTES_REALM_NULL,
    ROUTES_REALM_BASIC,
    ROUTES_REALM_MTLS,
    ROUTES_REALM_APIKEY,
    ROUTES_REALM_JWT,
    ROUTES_REALM_APACHE,
    ROUTES_REALM_PYTHON,
    ROUTES_REALM_SESSION,
    ROUTES_REALM_HMAC
};

/* What an option of a realm says.  runtime/option.c has which kind of realm
 * takes which, and how its value is kept. */
enum routes_option_key {
    ROUTES_OPTION_NULL,
    ROUTES_OPTION_TITLE,    /* of the challenge */
    ROUTES_OPTION_FILE,     /* BASIC: htpasswd file; APIKEY: of keys */
    ROUTES_OPTION_GROUPS,   /* group file */
    ROUTES_OPTION_PROVIDER, /* BASIC: authn providers of httpd, in order */
    ROUTES_OPTION_DN,       /* MTLS: the end of the subject's name */
    ROUTES_OPTION_CA,       /* MTLS: the end of the issuer's name */
    ROUTES_OPTION_USER,     /* MTLS: mod_ssl's variable with the user's name */
    ROUTES_OPTION_HEADER,   /* APIKEY, HMAC: the header field; JWT: that
                               with the token */
    ROUTES_OPTION_ISSUER,   /* JWT: `iss` */
    ROUTES_OPTION_AUDIENCE, /* JWT: `aud`, or one of it */
    ROUTES_OPTION_KEYS,     /* JWT: file with a JWK set */
    ROUTES_OPTION_SECRET,   /* JWT, HMAC: file with a secret */
    ROUTES_OPTION_ALG,      /* JWT: algorithms, one a row; HMAC: the hash */
    ROUTES_OPTION_LEEWAY,   /* JWT: seconds that clocks may differ */
    ROUTES_OPTION_ROLES,    /* JWT: the claim with the roles; APACHE: the
                               variable */
    ROUTES_OPTION_SCOPES,   /* JWT: the claim with the scopes */
    ROUTES_OPTION_COOKIE,   /* JWT: a cookie that has a token, too;
                               SESSION: the cookie */
    ROUTES_OPTION_CHECK,    /* BASIC, PYTHON: the function that is asked */
    ROUTES_OPTION_CHALLENGE, /* PYTHON: a whole challenge */
    ROUTES_OPTION_LOAD,      /* SESSION: the function that is asked */
    ROUTES_OPTION_FAIL,      /* SESSION: the path of the login page */
    ROUTES_OPTION_MAX_AGE,   /* SESSION: seconds from the login */
    ROUTES_OPTION_IDLE,      /* SESSION: seconds without a request */
    ROUTES_OPTION_FORMAT,    /* HMAC: of the header field */
    ROUTES_OPTION_SIGNED,    /* HMAC: the text that is signed */
    ROUTES_OPTION_TIMESTAMP, /* HMAC: the field with the time */
    ROUTES_OPTION_TOLERANCE, /* HMAC: seconds that this may be off */
    ROUTES_OPTION_BODY       /* PYTHON: the function sees the body */
};

struct routes_option {
    uint32_t key;      /* enum routes_option_key */
    uint32_t function; /* functions[], or 0 */
    struct routes_text text;
    int64_t number;
};

struct routes_realm {
    uint32_t kind; /* enum routes_realm_kind */
    struct routes_text name;
    uint32_t options; /* options[]: first; one key may have several */
    uint32_t n_options;
    uint32_t source; /* files[] */
    uint32_t line;
};

/* ---- the life of a process ---------------------------------------------- */

enum routes_event_kind {
    ROUTES_EVENT_NULL,
    ROUTES_EVENT_CHILD_START, /* before the first request */
    ROUTES_EVENT_CHILD_STOP   /* after the last one */
};

/* A function without arguments that is called once an interpreter. */
struct routes_event {
    uint32_t kind;     /* enum routes_event_kind */
    uint32_t function; /* functions[] */
    uint32_t file;     /* files[] */
    uint32_t line;
};

/* ---- settings ---------------------------------------------------------- */

/* A value that the server's configuration gives.  The rows of a table have
 * the defaults in their places; routes_setting_bind makes the table that is
 * served. */
struct routes_setting {
    struct routes_text name;
    uint32_t type;            /* types[]: one value, not optional */
    uint32_t has_value;       /* 1: value is the default, else there is none */
    struct routes_text value; /* as RoutesSet would have it */
    uint32_t file;            /* files[] */
    uint32_t line;
};

enum routes_use_kind {
    ROUTES_USE_NULL,
    ROUTES_USE_TEXT, /* a struct routes_text at offset in the row */
    ROUTES_USE_HOST, /* the name of a row of hosts[], which is EXACT */
    ROUTES_USE_CONST /* a row of consts[], of the type */
};

/* A place in the table where the value of a setting stands. */
struct routes_use {
    uint32_t kind;    /* enum routes_use_kind */
    uint32_t setting; /* settings[] */
    uint32_t section; /* enum routes_section */
    uint32_t row;
    uint32_t offset; /* TEXT: bytes into the row */
    uint32_t type;   /* CONST: types[] that the value must be of, too */
};

/* ---- the table --------------------------------------------------------- */

/* A source file, in the order of reading; the first is the one compiled. */
struct routes_file {
    struct routes_text path; /* relative to the folder of the first */
};

/* section, row type */
#define ROUTES_SECTIONS(X)                                                    \
    X(text, char)                                                             \
    X(bytes, uint8_t)                                                         \
    X(cells, uint16_t)                                                        \
    X(labels, struct routes_text)                                             \
    X(methods, struct routes_text)                                            \
    X(files, struct routes_file)                                              \
    X(hosts, struct routes_host)                                              \
    X(nodes, struct routes_node)                                              \
    X(words, uint64_t)                                                        \
    X(patterns, struct routes_pattern)                                        \
    X(ends, struct routes_end)                                                \
    X(end_routes, uint32_t)                                                   \
    X(places, struct routes_place)                                            \
    X(routes, struct routes_route)                                            \
    X(urls, struct routes_url)                                                \
    X(url_parts, struct routes_url_part)                                      \
    X(redirects, struct routes_redirect)                                      \
    X(target_parts, struct routes_target_part)                                \
    X(mounts, struct routes_mount)                                            \
    X(functions, struct routes_function)                                      \
    X(events, struct routes_event)                                            \
    X(args, struct routes_arg)                                                \
    X(consts, struct routes_const)                                            \
    X(choices, struct routes_choice)                                          \
    X(variants, struct routes_variant)                                        \
    X(conducts, struct routes_conduct)                                        \
    X(limits, struct routes_limits)                                           \
    X(rates, struct routes_rate)                                              \
    X(headers, struct routes_header)                                          \
    X(pages, struct routes_page)                                              \
    X(cors, struct routes_cors)                                               \
    X(raises, struct routes_raise)                                            \
    X(results, struct routes_result)                                          \
    X(formats, struct routes_format)                                          \
    X(records, struct routes_record)                                          \
    X(members, struct routes_member)                                          \
    X(types, struct routes_type)                                              \
    X(dfas, struct routes_dfa)                                                \
    X(auths, struct routes_auth)                                              \
    X(ops, struct routes_op)                                                  \
    X(networks, struct routes_network)                                        \
    X(templates, struct routes_template)                                      \
    X(template_parts, struct routes_template_part)                            \
    X(predicates, struct routes_predicate)                                    \
    X(authzs, struct routes_authz)                                            \
    X(realm_sets, uint32_t)                                                   \
    X(options, struct routes_option)                                          \
    X(realms, struct routes_realm)                                            \
    X(settings, struct routes_setting)                                        \
    X(uses, struct routes_use)

enum routes_section {
#define X(section, row) ROUTES_SECTION_##section,
    ROUTES_SECTIONS(X)
#undef X
    ROUTES_N_SECTIONS
};

/* The size of each section's row as the compiler of the table saw it. */
#define ROUTES_ROW_SIZE(section, row) (uint16_t)sizeof(row),

/* The first five members never move: any version of mod_routes.so can read
 * them in any table and say what does not fit. */
struct routes_table {
    uint32_t magic;       /* ROUTES_MAGIC */
    uint32_t abi;         /* ROUTES_ABI_VERSION */
    uint32_t size;        /* sizeof(struct routes_table) */
    uint32_t language;    /* the N of `routes N` */
    const char *compiler; /* "routesc 0.1.0" */
    const char *name;     /* "shop" */
    const char *checksum; /* of the sources, hexadecimal */
    uint16_t row_sizes[ROUTES_N_SECTIONS];
#define X(section, row)                                                       \
    const row *section;                                                       \
    uint32_t n_##section;
    ROUTES_SECTIONS(X)
#undef X
};

#endif
