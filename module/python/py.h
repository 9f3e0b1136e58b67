/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one header of ours that includes CPython's: 3.11 to 3.13, with a GIL.
 */
#ifndef PY_H
#define PY_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <datetime.h>

#if PY_VERSION_HEX < 0x030b0000
#error "mod_routes needs CPython 3.11 or later"
#endif
#ifdef Py_GIL_DISABLED
#error "mod_routes is not built for a free-threaded CPython"
#endif

#endif
