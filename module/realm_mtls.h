/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `mtls`: the client certificate that mod_ssl has verified.
 */
#ifndef REALM_MTLS_H
#define REALM_MTLS_H

#include "realm.h"

extern const struct realm_kind realm_mtls;

#endif
