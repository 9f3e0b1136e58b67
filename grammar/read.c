/* SPDX-License-Identifier: Apache-2.0 */
/* read: sets up scanner and layout, and runs the parser. */
#include "grammar/read.h"

#include <stdlib.h>
#include <string.h>

#include "grammar/layout.h"
#include "grammar/routes.tab.h"
#include "grammar/routes.lex.h"

#define END_BYTES 2 /* NULs that flex wants behind its buffer */

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* flex writes into its buffer, and a last line may lack its newline. */
static char *
copy_text(const char *text, size_t length)
{
    char *copy = malloc(length + 1 + END_BYTES);

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\n';
        memset(copy + length + 1, '\0', END_BYTES);
    }
    return copy;
}

static int
parse_copy(struct layout *layout, char *copy, size_t bytes)
{
    int done = 0;

    if (scan_lex_init_extra(layout, &layout->scanner) != 0) {
        return 0;
    }
    if (scan__scan_buffer(copy, bytes, layout->scanner) != NULL) {
        done = grammar_parse(layout, layout->parse) != 2;
    }
    scan_lex_destroy(layout->scanner);
    return done;
}

int
read_text(struct parse *p, uint16_t file, const char *text, size_t length)
{
    size_t skip = strncmp(text, byte_order_mark, 3) == 0 ? 3 : 0;
    char *copy = copy_text(text + skip, length - skip);
    struct layout *layout = calloc(1, sizeof *layout);
    int done = 0;

    if (copy != NULL && layout != NULL) {
        layout->parse = p;
        layout->file = file;
        layout->offset = (uint32_t)skip;
        layout->length = (uint32_t)length;
        layout->line_start = true;
        done = parse_copy(layout, copy, length - skip + 1 + END_BYTES);
    }
    free(layout);
    free(copy);
    return done;
}
