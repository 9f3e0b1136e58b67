/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual environment's folder: whether it fits the libpython at hand, and
 * which program CPython is told to be.
 */
#ifndef VENV_H
#define VENV_H

#include <apr_pools.h>

/* The program that CPython takes itself for: HOME/bin/python for a venv, the
 * python3 of the build for home NULL.  On a folder that is no venv of this
 * version NULL, and *fault says why, a message of pool.  GIL: either. */
const char *
venv_program(apr_pool_t *pool, const char *home, const char **fault);

#endif
