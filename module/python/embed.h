/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Apache side sees of CPython: an interpreter a child process, the
 * functions of each table resolved in it, and a call.  No type of Python.h
 * appears here.
 *
 * Life cycle: embed_start and embed_bind run once, in child_init, on its
 * thread; embed_call runs on any thread after that; embed_stop once, from the
 * hook that the MPM's rules allow (see embed_stop).
 */
#ifndef EMBED_H
#define EMBED_H

#include <httpd.h>
#include <apr_buckets.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "../../runtime/caller.h"
#include "../../runtime/match.h"
#include "../../runtime/problem.h"
#include "../../runtime/routes_abi.h"
#include "../../runtime/value.h"

/* One interpreter of this process.  Lives as long as the process. */
struct embed;

/* The functions of one table, resolved in one interpreter. */
struct embed_table;

/* A table, and where it is mounted for a request. */
struct embed_place {
    const struct routes_table *table;
    const char *prefix; /* as it stands in a URL: "", "/shop" */
};
/* Where a request is, for `above` 0 in the table that it matched, for 1 in the
 * one which that is mounted in, and so on.  0: there is none.  GIL: either. */
typedef int embed_place_fn(const request_rec *r, unsigned above,
                           struct embed_place *place);
/* Milliseconds that the tables around the request's give each call for it; 0:
 * any.  GIL: either. */
typedef uint32_t embed_time_fn(const request_rec *r);
/* Whether a function answers in place of a request's error of that status.
 * GIL: either. */
typedef int embed_page_fn(const request_rec *r, int status);
/* Who calls, as the gate found it; borrowed from the request. */
typedef const struct routes_caller *embed_caller_fn(const request_rec *r);

/* What sessions are, for Python.  Each may block (a database): GIL: not held.
 * What goes wrong is said in words, borrowed or of the request's pool. */
struct embed_sessions {
    const char *prefix;  /* of the entries that functions keep */
    apr_size_t max_size; /* of all names and values */
    /* All entries, live, or NULL with *fault. */
    apr_table_t *(*entries)(request_rec *r, const char **fault);
    /* They were changed. */
    void (*touch)(request_rec *r);
    /* Begin and end a login: NULL, or the fault.  realm: by name, or NULL for
     * the one in force. */
    const char *(*login)(request_rec *r, const char *realm, const char *user);
    const char *(*logout)(request_rec *r);
    /* The token of a form; NULL: there is no randomness. */
    const char *(*csrf_token)(request_rec *r);
};

/* A request's whole body. */
struct embed_body {
    int status;     /* OK, or why it could not be read: 413, 400, ... */
    int kind;       /* enum routes_body */
    const char *at; /* r->pool, or NULL */
    apr_size_t len;
    struct routes_parts *parts; /* r->pool: of ROUTES_BODY_PARTS */
};

/* The body that the arguments were decoded from, or else read now; the same at
 * each call.  0: an argument reads it, or none is to be had.  Blocks.
 * GIL: not held. */
typedef int embed_body_fn(request_rec *r, struct embed_body *body);

/* What applications are told of the server. */
struct embed_server {
    const char *software; /* "Apache/2.4.71 (Debian)", as long as the process;
                             or NULL */
    int threads;          /* a process may serve several requests at once */
    int processes;        /* there may be other processes that serve */
};

struct embed_options {
    embed_place_fn *place_of; /* or NULL: requests are of no table */
    embed_time_fn *time_of;   /* or NULL: none is around another */
    embed_page_fn *has_page;  /* or NULL: no error has a page */
    struct embed_server about;
    const char *home;          /* RoutesPythonHome: a venv's folder, or NULL */
    apr_array_header_t *paths; /* const char *: RoutesPythonPath of all
                                  servers, in order, no two alike */
    embed_caller_fn *caller_of;
    const struct embed_sessions *sessions;
    embed_body_fn *body_of; /* or NULL: bodies are not to be had */
    int ends_in_handler;    /* httpd ends the process in its handler of a
                               signal, on the thread that serves */
};

/* The rest of a body that Python makes while it is sent. */
struct embed_stream;

/* What a function raised, kept for an error page. */
struct embed_exception;

/* Why a request is not answered as its route would. */
struct embed_trouble {
    int status;
    const char *reason; /* "Not Found" */
    const struct routes_match *match;
    const struct routes_problems *problems; /* or NULL */
    struct embed_exception *exception;      /* or NULL */
};

/* What a function gave back, in C's terms.  All memory is of r->pool or of
 * buckets. */
struct reply {
    int status;           /* the answer's status */
    const char *line;     /* of an application: "404 Not here"; or NULL */
    const char *media;    /* its Content-Type, or NULL: none, or for a file
                             what its name says */
    apr_table_t *headers; /* set by the function, validated (no CR, LF or NUL;
                             names are tokens; no Content-Type, nothing that
                             frames the message), or NULL */
    apr_bucket *body;     /* one bucket holding the whole body, its memory in
                             r->pool or owned by the bucket; NULL: none */
    apr_off_t length;     /* of the body */
    struct embed_stream *stream; /* what follows the body, for embed_stream_end
                                    in any case; NULL: nothing */
    int flush;                   /* each chunk is to leave at once */
    const char *path;            /* the body is this file; or the name of the
                                    open one below, for its type; or NULL */
    int file;         /* the body is the rest of this open file, which is
                         closed with r->pool; -1: none */
    apr_off_t offset; /* where the rest begins */

    /* where there is no reply, but an error that has a page: what the function
     * raised; of r->pool */
    struct embed_exception *exception;

    /* where there is no reply, but a 500 that was logged: */
    const char *head;  /* pool: "shop.routes:7: shop:show raised KeyError" */
    const char *trace; /* pool: the traceback, or NULL */
};

/* Where the answer of an application goes, which decides itself when it sends
 * what.  Called on the request's thread.  GIL: not held. */
struct embed_sink {
    /* The status, media type, headers and length (-1: not known) of a reply;
     * once, before anything else. */
    void (*begin)(struct embed_sink *sink, const struct reply *reply);
    /* Takes a bucket, or none; flushed, all that came leaves now.  An error:
     * the client is not there any more. */
    apr_status_t (*send)(struct embed_sink *sink, apr_bucket *bucket,
                         int flush);
    /* The same for a part of an open file, which r->pool closes. */
    apr_status_t (*send_file)(struct embed_sink *sink, int file,
                              apr_off_t offset, apr_off_t length);
};

/* What came over a websocket. */
enum embed_message {
    EMBED_NO_MESSAGE,
    EMBED_TEXT, /* UTF-8 */
    EMBED_BINARY
};

#define EMBED_REASON_MAX 123 /* bytes of why a websocket is closed */

/* A websocket (RFC 6455) of a request that asked for one.  Its functions are
 * called on the request's thread.  GIL: not held by accept and turn, which
 * may wait; for the others, either. */
struct embed_socket {
    const apr_array_header_t *offers; /* const char *: subprotocols that the
                                         client speaks, in its order */
    int open;                         /* the handshake was answered */
    int closed;         /* nothing can be sent, and nothing will come but
                           messages that have come before */
    unsigned code;      /* not 0: it closes, and why, as a close frame has it;
                           what is sent from then on is dropped */
    const char *reason; /* UTF-8, borrowed */
    int sending;        /* what was sent last has not left yet; once closed: it
                           is lost */
    enum embed_message message; /* one that came */
    const char *at;             /* borrowed until it is taken */
    apr_size_t len;

    /* Answers the handshake, with one of the offers or NULL, and headers that
     * were checked. */
    void (*accept)(struct embed_socket *socket, const char *protocol,
                   const apr_table_t *headers);
    /* Begins to send a message, whose bytes stay until it has left. */
    void (*send)(struct embed_socket *socket, enum embed_message kind,
                 const char *at, apr_size_t len);
    /* Closes it with a code and a reason of at most EMBED_REASON_MAX bytes,
     * once what is being sent has left. */
    void (*close)(struct embed_socket *socket, unsigned code,
                  const char *reason, apr_size_t len);
    /* The message was taken: the next one may come. */
    void (*take)(struct embed_socket *socket);
    /* Sends and receives what can be, and sleeps if nothing of the above has
     * changed: until it may have, the event is readable, or about a second
     * has gone by. */
    void (*turn)(struct embed_socket *socket, int event);
};

struct reader;

/* One request to an application that is mounted. */
struct embed_visit {
    struct embed_sink *sink;
    struct reader *body;
    struct embed_socket *socket; /* for ASGI: a websocket is asked for; or
                                    NULL */
    const char *path_info;       /* inside r->uri: what is below the mount */
    const char *server_name;     /* "www.example.com", "[::1]" */
    unsigned server_port;
    const char *scheme; /* "https" */
    /* Whether a header has credentials that are none of the application's.
     * GIL: either. */
    int (*is_secret)(const request_rec *r, const char *header);
    int strip; /* the application's path is what is below the mount */
    int begun; /* set by the call: the sink has been used */
};

/* Starts CPython in this child: compares Py_GetVersion() with the version
 * built for, refuses or adopts an interpreter that runs already, configures by
 * PyConfig (no signal handlers, the venv of options->home, safe_path), extends
 * sys.path, and leaves the GIL released.  Logs what fails, once, with its id;
 * then *embed is NULL and every route of Python answers 503.
 * GIL: not held. */
apr_status_t
embed_start(apr_pool_t *pchild, server_rec *server,
            const struct embed_options *options, struct embed **embed);

/* Imports the modules of a table and resolves and signature-checks each of its
 * functions and exception classes.  One that fails is logged with its line of
 * .routes, and its routes answer 503; *failures counts them.  The result is
 * never NULL unless embed is.  GIL: not held. */
apr_status_t embed_bind(struct embed *embed, apr_pool_t *pchild,
                        server_rec *server, const struct routes_table *table,
                        struct embed_table **bound, unsigned *failures);

/* Calls the function of routes[route] with the values of its args[], in their
 * order, and turns the result into *reply, in the format formats[format]; 0:
 * in the route's own.  Returns OK with the reply, or an
 * HTTP status when there is none: 503 for a function that was not resolved,
 * 500 for an exception or a result that can't be sent (logged with the
 * traceback and the route's line), or the status that a `raises` of the route
 * names; or DONE: the client went away while an async function ran.  With a
 * 500 of these, *reply has its head and trace; with any that has an error
 * page, the exception.
 * The GIL is taken after the caller has everything in hand and is released
 * before this returns.  GIL: not held. */
int embed_call(struct embed_table *bound, request_rec *r, uint32_t route,
               uint32_t format, const struct routes_value *values,
               struct reply *reply);

/* Calls the function of routes[route] for a websocket, with the values of its
 * args[], of which that one is filled in.  The function answers the handshake
 * (socket->open), sends and receives; the websocket may still be open when
 * this returns.  OK: it is over.  Else a status: 403, it was refused; or what
 * embed_call has, with the head, trace and exception of *reply.
 * GIL: not held. */
int embed_talk(struct embed_table *bound, request_rec *r, uint32_t route,
               struct routes_value *values, struct embed_socket *socket,
               struct reply *reply);

/* Calls the function of pages[page] with the error and turns the result into
 * *reply, whose status is the error's unless the function gave another.
 * Returns OK, or another status when there is no reply: it was logged why.
 * The exception is given up.  GIL: not held. */
int embed_page(struct embed_table *bound, request_rec *r, uint32_t page,
               const struct embed_trouble *trouble, struct reply *reply);

/* What a realm asks a function. */
enum embed_ask {
    EMBED_ASK_PASSWORD, /* f(user, password) */
    EMBED_ASK_REQUEST,  /* f(request) */
    EMBED_ASK_SESSION   /* f(login) */
};

struct embed_question {
    enum embed_ask kind;
    uint32_t function;    /* functions[] */
    uint32_t route;       /* routes[] that is called, or 0 */
    const char *user;     /* UTF-8: whom True means; NULL: True is no answer */
    const char *password; /* PASSWORD: UTF-8 */
    const char *id;       /* SESSION: of this login */
    apr_int64_t since;    /* SESSION: when it was, in seconds since 1970 */
};

/* What it says of the caller. */
enum embed_word {
    EMBED_NOTHING, /* None: nothing that it knows */
    EMBED_NO,      /* False: wrong */
    EMBED_YES      /* who it is */
};

/* Asks a function that an option of a realm names who calls.  Returns OK with
 * *word, and for EMBED_YES the caller, of r->pool: with claims_json, but
 * without claims.  Else a status: 503 for a function that was not resolved,
 * 500 for an exception or what is no answer, 504 past the time of the route
 * (all logged); or DONE: the client went away meanwhile.  GIL: not held. */
int embed_identify(struct embed_table *bound, request_rec *r,
                   const struct embed_question *question,
                   enum embed_word *word, struct routes_caller *caller);

/* What a rule asks of a caller. */
struct embed_case {
    uint32_t predicate;                 /* predicates[] */
    uint32_t route;                     /* routes[] that is called, or 0 */
    const struct routes_caller *caller; /* no anonymous one; borrowed */
    const struct routes_value *values;  /* of its arguments; borrowed */
};

/* Asks the function of a predicate.  Returns OK with *truth; or a status: 503
 * for a function that was not resolved, 500 for an exception or what says
 * neither yes nor no, 504 past the time of the route (all logged); or DONE:
 * the client went away meanwhile.  GIL: not held. */
int embed_judge(struct embed_table *bound, request_rec *r,
                const struct embed_case *about, int *truth);

/* Calls the application of a mount, and lets it send its answer.  OK: it was
 * sent but for its end; DONE: the client went away.  Else an HTTP status, as
 * embed_call has it, with the head and trace of *fault and its exception if
 * a page may ask for it; if visit->begun, the answer has broken off.
 * GIL: not held. */
int embed_visit_app(struct embed_table *bound, request_rec *r, uint32_t route,
                    struct embed_visit *visit, struct reply *fault);

/* Sets *chunk to the next bucket of a stream, NULL for an empty one.  Returns
 * APR_EOF at the end, APR_EGENERAL if the function raised (logged),
 * APR_ECONNABORTED if the client went away meanwhile.
 * GIL: not held. */
apr_status_t
embed_stream_next(struct embed_stream *stream, apr_bucket **chunk);

/* Ends a stream, wherever it is: the function's `finally` runs.
 * GIL: not held. */
void embed_stream_end(struct embed_stream *stream);

/* Runs atexit callbacks in the helper thread that embed_start made, and waits
 * at most a named limit below 3 seconds.  Only writes to a pipe and polls, so
 * it may be called inside a signal handler (prefork's child_stopping).
 * GIL: not held. */
void embed_stop(struct embed *embed);

#endif
