/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pyask: asks the interpreter that will serve what modules define, by way of
 * signatures.py, which parses them and executes nothing of the user's, or of
 * imports.py, which does.
 */
#ifndef PYASK_H
#define PYASK_H

#include <apr_tables.h>
#include <jansson.h>

#define PYASK_MAX_ANSWER (256u << 20)          /* bytes */
#define PYASK_PATIENCE   apr_time_from_sec(60) /* for the whole answer */

struct pyask_question {
    const char *home;              /* a virtual environment, or NULL */
    apr_array_header_t *folders;   /* const char *: in order of search; "" is
                                     the working folder */
    apr_array_header_t *functions; /* const char *: "module:name" */
    apr_array_header_t *classes;   /* const char *: of exceptions, as above */
    apr_array_header_t *modules;   /* const char *: whose functions are asked
                                      for */
    int imports;                   /* the modules may be executed */
};

/*
 * One process, one answer: *answer lives as long as pool and has the members
 * functions, classes and modules, arrays of objects with a string `state`, in
 * the order of the question.  NULL if all is well, else what is wrong with the
 * environment, in pool.
 */
const char *pyask_run(apr_pool_t *pool, const struct pyask_question *question,
                      json_t **answer);

/* A member of an object, "" and 0 where it has none of this kind. */
const char *pyask_text(const json_t *object, const char *key);
int pyask_number(const json_t *object, const char *key);
int pyask_is(const json_t *object, const char *key);

/* The strings of a member that is a list: const char *, in pool. */
apr_array_header_t *
pyask_words(apr_pool_t *pool, const json_t *object, const char *key);

#endif
