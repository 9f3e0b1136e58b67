/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `jwt`: bearer tokens (RFC 6750) that are signed JWTs (RFC 7519).
 * realm_jwt.c is built where cjose is there, realm_jwt_none.c elsewhere.
 */
#ifndef REALM_JWT_H
#define REALM_JWT_H

#include "realm.h"

extern const struct realm_kind realm_jwt;

#endif
