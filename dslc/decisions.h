/* SPDX-License-Identifier: Apache-2.0 */
/* decisions: what is wrong with one requirement by itself. */
#ifndef DSLC_DECISIONS_H
#define DSLC_DECISIONS_H

#include "dslc/diag.h"
#include "dslc/model.h"

/* Says E306 and W307, each once for a `require`, and E324. */
void decisions_check(struct model *model, struct diag_list *diags);

#endif
