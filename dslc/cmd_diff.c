/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_diff: `routesc diff`: what changed from one version to the next.
 */
#include <stdbool.h>
#include <stdio.h>

#include <apr_strings.h>
#include <jansson.h>

#include "cmd.h"
#include "columns.h"
#include "diff.h"
#include "driver.h"

static const struct cli_option options[] = {
    {"fail-on", 0, "weaker|any|none", "end with 1 for these"},
    {"format", 0, "text|json", "text if not given"},
    {NULL, 0, NULL, NULL},
};

enum gate {
    GATE_NONE,
    GATE_WEAKER,
    GATE_ANY
};

static const char *const gates[] = {
    [GATE_NONE] = "none",
    [GATE_WEAKER] = "weaker",
    [GATE_ANY] = "any",
    NULL,
};

static const char *const kinds[] = {
    [DIFF_WEAKER] = "weaker",     [DIFF_INCOMPARABLE] = "incomparable",
    [DIFF_STRONGER] = "stronger", [DIFF_ADDED] = "added",
    [DIFF_REMOVED] = "removed",   [DIFF_CHANGED] = "changed",
};

static const char *const whats[] = {
    [DIFF_REQUIREMENT] = "requirement",
    [DIFF_GUARD] = "guard",
    [DIFF_REALM] = "realm",
    [DIFF_ROUTE] = "route",
    [DIFF_PATH] = "path",
    [DIFF_FUNCTION] = "function",
    [DIFF_ARGUMENTS] = "arguments",
    [DIFF_BODY] = "body",
    [DIFF_LIMITS] = "limits",
    [DIFF_RESULT] = "result",
    [DIFF_HEADERS] = "headers",
    [DIFF_DEPRECATED] = "deprecated",
    [DIFF_PAGES] = "errors",
    [DIFF_CORS] = "cors",
    [DIFF_CSRF] = "csrf",
    [DIFF_DENY] = "deny",
};

static const struct diff_change *
change_at(const apr_array_header_t *changes, int i)
{
    return &APR_ARRAY_IDX(changes, i, struct diff_change);
}

/* ---- text --------------------------------------------------------------- */

/* "role(boss) by staff (old.routes:7)" */
static const char *
side_text(const struct driver *driver, const struct diff_side *side)
{
    const struct source_file *file = source_of(driver->sources, side->span);

    if (side->text == NULL || file == NULL) {
        return side->text != NULL ? side->text : "nothing";
    }
    return apr_psprintf(driver->pool, "%s (%s:%u)", side->text, file->path,
                        source_place(file, side->span.start).line);
}

/* "now granted to {anonymous}, no longer to {user, role: boss}" */
static const char *
note_text(apr_pool_t *pool, const struct diff_change *change)
{
    const char *text =
        change->gains != NULL
            ? apr_pstrcat(pool, "now granted to ", change->gains, NULL)
            : "";

    if (change->loses != NULL) {
        text = apr_pstrcat(pool, text,
                           *text != '\0' ? ", no longer"
                                         : "no "
                                           "longer granted",
                           " to ", change->loses, NULL);
    }
    return text;
}

#define N_COLUMNS 8 /* of make_row */

static struct columns_row
make_row(const struct driver *driver, const struct diff_change *change)
{
    return (struct columns_row){{
        kinds[change->kind],
        change->method != NULL ? change->method : "-",
        change->path,
        whats[change->what],
        side_text(driver, &change->before),
        "->",
        side_text(driver, &change->after),
        note_text(driver->pool, change),
    }};
}

static void
print_text(const struct driver *driver, const apr_array_header_t *changes)
{
    apr_array_header_t *rows =
        apr_array_make(driver->pool, 16, sizeof(struct columns_row));

    for (int i = 0; i < changes->nelts; i++) {
        APR_ARRAY_PUSH(rows, struct columns_row) =
            make_row(driver, change_at(changes, i));
    }
    columns_print(rows, N_COLUMNS, stdout);
}

/* ---- JSON --------------------------------------------------------------- */

static json_t *
make_side(const struct driver *driver, const struct diff_side *side)
{
    const struct source_file *file = source_of(driver->sources, side->span);

    if (side->text == NULL) {
        return json_null();
    }
    if (file == NULL) {
        return json_pack("{s:s}", "text", side->text);
    }
    return json_pack("{s:s, s:s, s:i}", "text", side->text, "file", file->path,
                     "line", (int)source_place(file, side->span.start).line);
}

static json_t *
make_change(const struct driver *driver, const struct diff_change *change)
{
    return json_pack("{s:s, s:s, s:s*, s:s, s:o, s:o, s:s*, s:s*, s:b}",
                     "kind", kinds[change->kind], "what", whats[change->what],
                     "method", change->method, "path", change->path, "before",
                     make_side(driver, &change->before), "after",
                     make_side(driver, &change->after), "granted",
                     change->gains, "denied", change->loses, "weakens",
                     change->weakens);
}

static void
print_json(const struct driver *driver, const apr_array_header_t *changes)
{
    json_t *made = json_array();

    for (int i = 0; i < changes->nelts; i++) {
        json_array_append_new(made,
                              make_change(driver, change_at(changes, i)));
    }
    json_dumpf(made, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(made);
}

/* ---- the command -------------------------------------------------------- */

static bool
offends(const apr_array_header_t *changes, enum gate gate)
{
    for (int i = 0; i < changes->nelts; i++) {
        if (gate == GATE_ANY ||
            (gate == GATE_WEAKER && change_at(changes, i)->weakens)) {
            return true;
        }
    }
    return false;
}

static enum cli_exit
compare(struct driver *driver, enum gate gate, enum cli_format format,
        const struct model *before, const struct model *after)
{
    const apr_array_header_t *changes =
        diff_models(driver->pool, before, after);

    if (format == CLI_JSON) {
        print_json(driver, changes);
    }
    else {
        print_text(driver, changes);
    }
    return offends(changes, gate) ? CLI_ERRORS : CLI_FINE;
}

static enum cli_exit
run(const struct cli *cli)
{
    struct driver *driver = driver_make(cli->pool);
    int gate = cli_choice(cli, "fail-on", gates);
    int format = cli_format(cli);
    struct model *before, *after = NULL;
    enum cli_exit code;

    if (gate < 0 || format < 0) {
        return CLI_USAGE;
    }
    before = driver_check(driver, cli_operand(cli, 0));
    if (before != NULL) {
        after = driver_check(driver, cli_operand(cli, 1));
    }
    code = driver_conclude(driver);
    return code == CLI_FINE ? compare(driver, (enum gate)gate,
                                      (enum cli_format)format, before, after)
                            : code;
}

const struct cli_command cmd_diff = {
    .name = "diff",
    .operands = "OLD NEW",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "Say which routes, and who may call them, changed.",
    .details =
        "Compares what answers each host, path and method, and who may call "
        "it. A\nversion in which somebody may do more than before is weaker. "
        "OLD or NEW\nmay be `-`, standard input.",
    .options = options,
    .run = run,
};
