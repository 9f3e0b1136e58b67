/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urls_write: the functions of URLs as Python.
 */
#ifndef URLS_WRITE_H
#define URLS_WRITE_H

#include <stdio.h>

#include "source.h"
#include "urls.h"

struct urls_write_job {
    const struct model *model;
    const struct source_set *sources;
    const apr_array_header_t *functions; /* struct urls_function */
    const char *compiler;                /* "routesc 0.1.0" */
    const char *kit;                     /* what is in urlkit.py */
    int stub; /* the .pyi: without what the functions do */
};

/* Writes a module of Python. */
void urls_write_module(const struct urls_write_job *job, FILE *out);

#endif
