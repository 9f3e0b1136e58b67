/* SPDX-License-Identifier: Apache-2.0 */
/* expected: what could stand where a token does not fit. */
#ifndef DSLC_EXPECTED_H
#define DSLC_EXPECTED_H

#include "dslc/seen.h"

/* "expected …, found …" */
void expected_tell(const struct seen *s);

#endif
