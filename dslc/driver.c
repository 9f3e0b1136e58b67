/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver: runs the passes over a .routes file, in their order.
 */
#include "config.h"

#include "driver.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../runtime/table.h"
#include "assertion.h"
#include "check.h"
#include "footprint.h"
#include "link.h"
#include "overlap.h"
#include "pedantic.h"
#include "planner.h"
#include "decisions.h"
#include "progress.h"

const char driver_compiler[] = "routesc " PACKAGE_VERSION;

/* A pool that keeps nothing when it is destroyed: others hand their memory to
 * their parent's allocator. */
static apr_pool_t *
make_work(apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_pool_t *pool;

    apr_allocator_create(&allocator);
    apr_pool_create_ex(&pool, parent, NULL, allocator);
    apr_allocator_owner_set(allocator, pool);
    return pool;
}

struct driver *
driver_make(apr_pool_t *pool)
{
    struct driver *driver = apr_pcalloc(pool, sizeof(*driver));

    driver->pool = pool;
    driver->work = make_work(pool);
    driver->sources = source_set_make(pool);
    driver->diags = diag_list_make(pool);
    return driver;
}

/* ---- passes ------------------------------------------------------------- */

/* Passes 1 to 3: source, parse, link. */
static struct program *
read_program(struct driver *driver, const char *path)
{
    struct program *program;
    char message[120];
    apr_status_t rv = link_program(driver->work, driver->sources, path,
                                   driver->diags, &program);

    if (program == NULL) {
        driver->problem =
            apr_psprintf(driver->pool, "cannot read `%s`: %s", path,
                         apr_strerror(rv, message, sizeof(message)));
    }
    return program;
}

/* The other half of pass 4: what is called exists, and can be called so. */
static void
check_python(struct driver *driver, const char *path,
             const struct model *model)
{
    struct pycheck_job job = {
        .options = driver->python,
        .file = path,
        .model = model,
        .sources = driver->sources,
        .diags = driver->diags,
    };

    if (driver->python != NULL) {
        driver->problem = pycheck_run(driver->work, &job);
    }
}

struct model *
driver_check(struct driver *driver, const char *path)
{
    struct program *program;
    struct model *model;

    driver->problem = NULL;
    progress_step(driver->progress, "reading");
    program = read_program(driver, path);
    if (program == NULL) {
        return NULL;
    }
    progress_step(driver->progress, "checking");
    model = check_program(program, driver->diags); /* 4 */
    progress_step(driver->progress, "looking at Python");
    check_python(driver, path, model);
    progress_step(driver->progress, "comparing routes");
    overlap_check(model, driver->diags);   /* 5 */
    decisions_check(model, driver->diags); /* 6 */
    assertion_check(model, driver->sources, driver->diags);
    if (driver->pedantic) {
        pedantic_check(model, driver->diags);
    }
    return driver->problem == NULL ? model : NULL;
}

/* The name of a table becomes part of a C name and of a file's. */
static int
is_name(const char *name)
{
    if (!isalpha((unsigned char)*name)) {
        return 0;
    }
    while (isalnum((unsigned char)*name) || *name == '_') {
        name++;
    }
    return *name == '\0';
}

static void
check_name(struct driver *driver, const struct model *model)
{
    struct diag *diag;

    if (is_name(model->name) && strcmp(model->name, "routes") != 0) {
        return;
    }
    diag = diag_error(driver->diags, (struct span){0}, E705,
                      "%s can't be the name of a table",
                      diag_quote(driver->diags, model->name));
    if (is_name(model->name)) {
        diag_note(diag, "its module would be mod_routes.so, which is taken");
    }
    diag_help(diag, "rename the file: the table is called after it, and "
                    "a name is a letter, then letters, digits and `_`");
}

/* Asks what mod_routes.so will ask: that it takes the table. */
static int
is_sound(struct driver *driver, const struct plan *plan)
{
    struct routes_table table;
    const char *refusal;

    if (plan->excess != NULL) {
        diag_error(driver->diags, plan->where, E706,
                   "too large for a table: %s", plan->excess);
        return 0;
    }
    planner_table(plan, driver_compiler, &table);
    refusal = routes_table_refusal(&table, driver->work);
    if (refusal != NULL) {
        driver->problem = apr_psprintf(
            driver->pool, "this is a mistake of routesc: %s", refusal);
        return 0;
    }
    footprint_check(&table, driver->diags);
    return 1;
}

struct plan *
driver_plan(struct driver *driver, const char *path)
{
    struct model *model = driver_check(driver, path);
    struct plan *plan;

    if (model != NULL) {
        check_name(driver, model);
    }
    if (model == NULL || diag_error_count(driver->diags) > 0) {
        return NULL;
    }
    progress_step(driver->progress, "laying out");
    plan = planner_lay_out(driver->work, model, driver->sources); /* 7 */
    return is_sound(driver, plan) ? plan : NULL;
}

/* ---- messages ----------------------------------------------------------- */

static bool
wants_colour(FILE *out)
{
    const char *term = getenv("TERM");
    const char *no = getenv("NO_COLOR");

    return isatty(fileno(out)) && term != NULL && strcmp(term, "dumb") != 0 &&
           (no == NULL || *no == '\0');
}

void
driver_report(struct driver *driver, enum diag_format format, FILE *out)
{
    progress_end(driver->progress);
    diag_print_all(driver->diags, driver->sources, format, wants_colour(out),
                   out);
}

void
driver_flush(struct driver *driver)
{
    driver_report(driver, DIAG_TEXT, stderr);
    driver->diags = diag_list_make(driver->pool);
}

enum cli_exit
driver_conclude(struct driver *driver)
{
    driver_report(driver, DIAG_TEXT, stderr);
    if (driver->problem != NULL) {
        fputs("routesc: ", stderr);
        diag_say(driver->problem, stderr);
        putc('\n', stderr);
        return CLI_USAGE;
    }
    return diag_error_count(driver->diags) > 0 ? CLI_ERRORS : CLI_FINE;
}
