/* SPDX-License-Identifier: Apache-2.0 */
/* pyoption: the options that say where Python modules are. */
#ifndef PYOPTION_H
#define PYOPTION_H

#include "cli.h"
#include "driver.h"

/* Rows for the options of a command that looks at Python. */
#define PYOPTION_PLACES                                                       \
    {"python-path", 0, "DIR", "look for modules here, too; may be repeated"}, \
    {                                                                         \
        "python-home", 0, "DIR", "a virtual environment that modules are in"  \
    }
#define PYOPTION_ROWS                                                         \
    PYOPTION_PLACES,                                                          \
        {"import", 0, NULL, "execute the modules, to know what they define"}, \
    {                                                                         \
        "no-python", 0, NULL, "leave the Python functions unchecked"          \
    }

/* What PYOPTION_PLACES say; NULL, and a message, when one names a folder that
 * is none. */
struct pycheck_options *pyoption_read(const struct cli *cli);

/* Tells the driver what PYOPTION_ROWS say.  0, and a message, as above. */
int pyoption_apply(const struct cli *cli, struct driver *driver);

#endif
