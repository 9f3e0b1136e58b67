/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `basic`: RFC 7617 against an htpasswd file and a group file.
 */
#ifndef REALM_BASIC_H
#define REALM_BASIC_H

#include "realm.h"

extern const struct realm_kind realm_basic;

#endif
