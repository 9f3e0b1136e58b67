/* SPDX-License-Identifier: Apache-2.0 */
/* spell: a type as it would be written. */
#ifndef DSLC_SPELL_H
#define DSLC_SPELL_H

#include "dslc/checker.h"
#include "dslc/model.h"

/* Sets the type's spelling and key; that of its item stands already.  Two
 * types with one key are one type: plan relies on it. */
void spell_type(struct checker *checker, struct model_type *type);

#endif
