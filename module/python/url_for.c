/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.url_for: the URL of a named route, from its table.
 *
 *     "shop:order" -> table, row of urls[] -> parts, then arguments
 *                                                \--> one growing text
 */
#include "url_for.h"

#include <string.h>

#include "apache_module.h"
#include "interpreter.h"
#include "spelling.h"

#include "../../runtime/url.h"

#define FIRST_ROOM 256

/* One call. */
struct call {
    struct apache_state *state;       /* borrowed */
    const struct routes_table *table; /* of the route */
    const struct routes_url *url;
    const char *prefix;      /* of the mount, or NULL: it is not known */
    const char *host;        /* of the request, or NULL */
    PyObject *base;          /* borrowed; NULL: not given */
    PyObject *const *values; /* borrowed, of the keywords */
    PyObject *keywords;      /* borrowed, or NULL */
    Py_ssize_t used;         /* keywords that were asked for */
    char *text;              /* PyMem */
    size_t len;
    size_t room;
    enum routes_url_role role; /* of the argument that is added */
    int told;                  /* the query has what chooses the variant */
};

/* ---- text --------------------------------------------------------------- */

static int
reserve(struct call *call, size_t more)
{
    size_t room = call->room == 0 ? FIRST_ROOM : call->room;
    while (room - call->len < more) {
        room *= 2;
    }
    if (room == call->room) {
        return 0;
    }
    char *text = PyMem_Realloc(call->text, room);
    if (text == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    call->text = text;
    call->room = room;
    return 0;
}

static int
add(struct call *call, const char *text, size_t len)
{
    if (reserve(call, len) != 0) {
        return -1;
    }
    memcpy(call->text + call->len, text, len);
    call->len += len;
    return 0;
}

static int
add_encoded(struct call *call, const char *text, size_t len, int slashes)
{
    if (reserve(call, 3 * len) != 0) {
        return -1;
    }
    call->len += routes_url_encode(text, len, slashes, call->text + call->len);
    return 0;
}

/* ---- what is wrong ------------------------------------------------------ */

/* "id: int(1..99) is wanted, and not 'x'", or "and 'x' is of the class str";
 * replaces the exception that is set, if it is one of a value. */
static int
refuse(const struct call *call, const char *name,
       const struct routes_type *type, PyObject *value)
{
    const char *want = call->table->text + type->spelling.at;
    PyObject *class = NULL;
    PyObject *said = NULL;
    PyObject *trace = NULL;

    if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError) &&
        !PyErr_ExceptionMatches(PyExc_ValueError)) {
        return -1;
    }
    int wrong_class = PyErr_ExceptionMatches(PyExc_TypeError);
    PyErr_Fetch(&class, &said, &trace);
    if (wrong_class) {
        PyErr_Format(PyExc_TypeError, "%s: %s is wanted, and %R is %S", name,
                     want, value, said);
    }
    else {
        PyErr_Format(PyExc_ValueError, "%s: %s is wanted, and not %R", name,
                     want, value);
    }
    Py_XDECREF(class);
    Py_XDECREF(said);
    Py_XDECREF(trace);
    return -1;
}

static int
refuse_missing(const struct call *call, const char *name)
{
    PyErr_Format(PyExc_TypeError, "the URL of %s needs %s",
                 call->table->text + call->url->name.at, name);
    return -1;
}

/* ---- values ------------------------------------------------------------- */

/* The value of a keyword, borrowed; NULL: it was not given. */
static PyObject *
find_value(struct call *call, const char *name)
{
    Py_ssize_t n =
        call->keywords != NULL ? PyTuple_GET_SIZE(call->keywords) : 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PyUnicode_CompareWithASCIIString(
                PyTuple_GET_ITEM(call->keywords, i), name) == 0) {
            call->used++;
            return call->values[i];
        }
    }
    return NULL;
}

/* Whether another variant of the route would take the request. */
static int
is_another(const struct call *call, enum routes_url_part_kind kind,
           const char *text, size_t len)
{
    return kind == ROUTES_URL_NULL && call->role == ROUTES_URL_ELSE &&
           routes_url_is_key(call->table, call->url, text, len);
}

static int
add_value(struct call *call, const char *name, uint32_t index,
          enum routes_url_part_kind kind, PyObject *value)
{
    const struct routes_type *type = &call->table->types[index];
    PyObject *spelt = spelling_of(call->state, type, value); /* new */
    if (spelt == NULL) {
        return refuse(call, name, type, value);
    }
    const char *text = PyBytes_AS_STRING(spelt);
    size_t len = (size_t)PyBytes_GET_SIZE(spelt);
    int failed = routes_url_takes(call->table, index, kind, text, len) &&
                         !is_another(call, kind, text, len)
                     ? add_encoded(call, text, len, kind == ROUTES_URL_REST)
                     : refuse(call, name, type, value);
    Py_DECREF(spelt);
    return failed;
}

/* ---- host and path ------------------------------------------------------ */

static int
add_part(struct call *call, const struct routes_url_part *part)
{
    const char *text = call->table->text + part->text.at;
    if (part->kind == ROUTES_URL_TEXT) {
        return add(call, text, part->text.len);
    }
    PyObject *value = find_value(call, text);
    if (value == NULL) {
        return refuse_missing(call, text);
    }
    return add_value(call, text, part->type,
                     (enum routes_url_part_kind)part->kind, value);
}

static int
add_parts(struct call *call, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (add_part(call, &call->table->url_parts[call->url->parts + i]) !=
            0) {
            return -1;
        }
    }
    return 0;
}

static int
is_own_host(const struct call *call, size_t start)
{
    return call->host != NULL && strlen(call->host) == call->len - start &&
           memcmp(call->host, call->text + start, call->len - start) == 0;
}

/* The host is made even where it is left out: its value must be one. */
static int
add_host(struct call *call)
{
    if (call->url->n_host == 0) {
        return 0;
    }
    if (add(call, "//", 2) != 0 ||
        add_parts(call, 0, call->url->n_host) != 0) {
        return -1;
    }
    if (call->base != NULL || is_own_host(call, 2)) {
        call->len = 0;
    }
    return 0;
}

static int
add_base(struct call *call)
{
    if (call->base == NULL) {
        return add(call, call->prefix, strlen(call->prefix));
    }
    Py_ssize_t len = 0;
    const char *base = PyUnicode_AsUTF8AndSize(call->base, &len);
    if (base == NULL) {
        return -1;
    }
    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    return add(call, base, (size_t)len);
}

static int
add_path(struct call *call)
{
    size_t start = call->len;
    if (add_parts(call, call->url->n_host, call->url->n_parts) != 0) {
        return -1;
    }
    if (!routes_url_is_stable(call->text + start, call->len - start)) {
        PyErr_Format(PyExc_ValueError,
                     "the URL of %s would have a segment that is empty, `.` "
                     "or `..`, which httpd takes out",
                     call->table->text + call->url->name.at);
        return -1;
    }
    return 0;
}

/* ---- the query string --------------------------------------------------- */

static int
add_field(struct call *call, const struct routes_arg *arg, uint32_t type,
          char *mark, PyObject *value)
{
    const char *text = call->table->text;
    if (add(call, mark, 1) != 0 ||
        add_encoded(call, text + arg->wire.at, arg->wire.len, 0) != 0 ||
        add(call, "=", 1) != 0) {
        return -1;
    }
    *mark = '&';
    return add_value(call, text + arg->name.at, type, ROUTES_URL_NULL, value);
}

static int
add_items(struct call *call, const struct routes_arg *arg, char *mark,
          PyObject *items)
{
    const struct routes_type *type = &call->table->types[arg->type];
    Py_ssize_t n = PySequence_Fast_GET_SIZE(items);
    if (((type->flags & ROUTES_TYPE_MIN) && n < type->min) ||
        ((type->flags & ROUTES_TYPE_MAX) && n > type->max) ||
        (n == 0 && call->role == ROUTES_URL_TELLS)) {
        return refuse(call, call->table->text + arg->name.at, type, items);
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(items, i));
        int failed = add_field(call, arg, type->item, mark, item);
        Py_DECREF(item);
        if (failed) {
            return -1;
        }
    }
    return 0;
}

static int
add_list(struct call *call, const struct routes_arg *arg, char *mark,
         PyObject *value)
{
    const struct routes_type *type = &call->table->types[arg->type];
    if (PyUnicode_Check(value) || PyBytes_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "no list");
        return refuse(call, call->table->text + arg->name.at, type, value);
    }
    PyObject *items = PySequence_Tuple(value); /* new */
    if (items == NULL) {
        return refuse(call, call->table->text + arg->name.at, type, value);
    }
    int failed = add_items(call, arg, mark, items);
    Py_DECREF(items);
    return failed;
}

static int
add_argument(struct call *call, const struct routes_route *route,
             const struct routes_arg *arg, char *mark)
{
    const char *name = call->table->text + arg->name.at;
    call->role = routes_url_role(call->table, call->url, arg->wire);
    if (call->role == ROUTES_URL_FIXED) {
        return 0;
    }
    PyObject *value = find_value(call, name);
    if (value == NULL || value == Py_None) {
        return call->role != ROUTES_URL_TELLS &&
                       routes_url_is_optional(call->table, route, arg)
                   ? 0
                   : refuse_missing(call, name);
    }
    call->told |= call->role == ROUTES_URL_TELLS;
    return call->table->types[arg->type].kind == ROUTES_TYPE_LIST
               ? add_list(call, arg, mark, value)
               : add_field(call, arg, arg->type, mark, value);
}

/* Of a record that stands in the query each member is a parameter. */
static int
add_members(struct call *call, const struct routes_route *route,
            const struct routes_arg *arg, char *mark)
{
    const struct routes_table *table = call->table;
    const struct routes_type *type = &table->types[arg->type];
    const struct routes_record *record = &table->records[type->item];
    for (uint32_t i = 0; i < record->n_members; i++) {
        const struct routes_member *row = &table->members[record->members + i];
        int optional =
            row->constant != 0 || (type->flags & ROUTES_TYPE_OPTIONAL) != 0;
        struct routes_arg one = {.name = row->name,
                                 .wire = row->wire,
                                 .source = arg->source,
                                 .flags =
                                     optional ? ROUTES_ARG_HAS_DEFAULT : 0,
                                 .type = row->type};
        if (add_argument(call, route, &one, mark) != 0) {
            return -1;
        }
    }
    return 0;
}

/* What chooses the variant, unless a value told it. */
static int
add_key(struct call *call, const char *mark)
{
    const char *text = call->table->text;
    const struct routes_choice *choice =
        &call->table->choices[call->url->choice];
    const struct routes_text *key = routes_url_key(call->table, call->url);
    if (key == NULL || call->told) {
        return 0;
    }
    if (add(call, mark, 1) != 0) {
        return -1;
    }
    if (choice->by == ROUTES_BY_VALUE &&
        (add_encoded(call, text + choice->name.at, choice->name.len, 0) != 0 ||
         add(call, "=", 1) != 0)) {
        return -1;
    }
    return add_encoded(call, text + key->at, key->len, 0);
}

static int
add_query(struct call *call)
{
    const struct routes_route *route = &call->table->routes[call->url->route];
    char mark = '?';
    for (uint32_t i = 0; i < route->n_args; i++) {
        const struct routes_arg *arg = &call->table->args[route->args + i];
        if (!routes_url_is_query(route, arg)) {
            continue;
        }
        if ((arg->flags & ROUTES_ARG_MEMBERS
                 ? add_members(call, route, arg, &mark)
                 : add_argument(call, route, arg, &mark)) != 0) {
            return -1;
        }
    }
    return add_key(call, &mark);
}

/* ---- which route -------------------------------------------------------- */

int
url_for_add(struct interpreter *interpreter, const struct routes_table *table)
{
    size_t n = interpreter->n_tables;
    const struct routes_table **tables = PyMem_RawRealloc(
        interpreter->tables, (n + 1) * sizeof(const struct routes_table *));
    if (tables == NULL) {
        return -1;
    }
    tables[n] = table;
    interpreter->tables = tables;
    interpreter->n_tables = n + 1;
    return 0;
}

/* "shop:order", or "order" of whichever table. */
struct wanted {
    const char *table;
    size_t table_len; /* 0: any */
    const char *name;
    size_t name_len;
};

static struct wanted
read_name(const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    if (colon == NULL) {
        return (struct wanted){.table = "", .name = text, .name_len = len};
    }
    size_t table_len = (size_t)(colon - text);
    return (struct wanted){.table = text,
                           .table_len = table_len,
                           .name = colon + 1,
                           .name_len = len - table_len - 1};
}

static int
find_in(struct call *call, const struct routes_table *table,
        const struct wanted *wanted)
{
    if (wanted->table_len != 0 &&
        (strlen(table->name) != wanted->table_len ||
         memcmp(table->name, wanted->table, wanted->table_len) != 0)) {
        return 0;
    }
    uint32_t row = routes_url_find(table, wanted->name, wanted->name_len);
    if (row != 0) {
        call->table = table;
        call->url = &table->urls[row];
    }
    return row != 0;
}

/* In how many of all tables it is.  One that virtual hosts give values of
 * their own is there once for each. */
static int
find_anywhere(struct call *call, const struct wanted *wanted)
{
    const struct interpreter *interpreter = call->state->interpreter;
    int found = 0;
    for (size_t i = 0; i < interpreter->n_tables; i++) {
        const struct routes_table *table = interpreter->tables[i];
        if (call->table == NULL ||
            strcmp(call->table->name, table->name) != 0) {
            found += find_in(call, table, wanted);
        }
    }
    return found;
}

/* In the tables of the request at hand, if this thread serves one: in its own,
 * then in those that lead to it, whose prefixes are known. */
static int
find_here(struct call *call, const struct wanted *wanted)
{
    struct interpreter *interpreter = call->state->interpreter;
    struct interpreter_thread *thread = interpreter_thread(interpreter);
    struct embed_place place;
    if (thread == NULL || thread->scope.request == NULL ||
        interpreter->place_of == NULL) {
        return 0;
    }
    call->host = thread->scope.request->hostname;
    for (unsigned above = 0;
         interpreter->place_of(thread->scope.request, above, &place);
         above++) {
        if (find_in(call, place.table, wanted)) {
            call->prefix = place.prefix;
            return 1;
        }
    }
    return 0;
}

static int
find_route(struct call *call, PyObject *object)
{
    Py_ssize_t len = 0;
    const char *name = PyUnicode_AsUTF8AndSize(object, &len);
    if (name == NULL) {
        return -1;
    }
    const struct wanted wanted = read_name(name, (size_t)len);
    int found = find_here(call, &wanted) ? 1 : find_anywhere(call, &wanted);
    if (found == 0) {
        PyErr_Format(PyExc_LookupError, "no route is called %R", object);
        return -1;
    }
    if (found > 1) {
        PyErr_Format(PyExc_LookupError,
                     "routes of several tables are called %R: write "
                     "'TABLE:NAME'",
                     object);
        return -1;
    }
    return 0;
}

/* ---- the call ----------------------------------------------------------- */

static int
read_base(struct call *call)
{
    call->base = find_value(call, "_base");
    if (call->base == Py_None) {
        call->base = NULL;
    }
    if (call->base != NULL && !PyUnicode_Check(call->base)) {
        PyErr_SetString(PyExc_TypeError, "_base: a str is wanted");
        return -1;
    }
    if (call->base == NULL && call->prefix == NULL) {
        PyErr_SetString(PyExc_RuntimeError,
                        "no request to this table is at hand, so where it is "
                        "mounted is not known: give _base");
        return -1;
    }
    return 0;
}

/* A keyword that nothing asked for. */
static int
check_keywords(const struct call *call)
{
    if (call->keywords == NULL ||
        call->used == PyTuple_GET_SIZE(call->keywords)) {
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "the URL of %s has other parameters than %R",
                 call->table->text + call->url->name.at, call->keywords);
    return -1;
}

PyObject *
url_for_make(PyObject *module, PyObject *const *args, Py_ssize_t n,
             PyObject *keywords)
{
    struct call call = {.state = apache_module_state(module),
                        .values = args + n,
                        .keywords = keywords};
    PyObject *made = NULL; /* new */
    if (n != 1 || !PyUnicode_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError,
                        "url_for takes the name of a route, and values by "
                        "their names");
        return NULL;
    }
    if (find_route(&call, args[0]) == 0 && read_base(&call) == 0 &&
        add_host(&call) == 0 && add_base(&call) == 0 && add_path(&call) == 0 &&
        add_query(&call) == 0 && check_keywords(&call) == 0) {
        made = PyUnicode_DecodeUTF8(call.text, (Py_ssize_t)call.len, NULL);
    }
    PyMem_Free(call.text);
    return made;
}
