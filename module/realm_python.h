/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `python`: a function of the request says who calls.
 */
#ifndef REALM_PYTHON_H
#define REALM_PYTHON_H

#include "realm.h"

extern const struct realm_kind realm_python;

#endif
