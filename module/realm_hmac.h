/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `hmac`: requests whose body is signed with a secret that sender
 * and server share.
 */
#ifndef REALM_HMAC_H
#define REALM_HMAC_H

#include "realm.h"

extern const struct realm_kind realm_hmac;

#endif
