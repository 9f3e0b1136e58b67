/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `apikey`: a random key in a header field, against a file of
 * digests.
 */
#ifndef REALM_APIKEY_H
#define REALM_APIKEY_H

#include "realm.h"

extern const struct realm_kind realm_apikey;

#endif
