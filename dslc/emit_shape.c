/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit_shape: the members of each row, with the names of their values.
 */
#include "emit_shape.h"

/* ---- the names of the ABI's enumerators; NULL behind the last ----------- */

static const char *const host_kinds[] = {
    "ROUTES_HOST_NULL",  "ROUTES_HOST_EXACT", "ROUTES_HOST_SUFFIX",
    "ROUTES_HOST_PARAM", "ROUTES_HOST_ANY",   NULL,
};
static const char *const pattern_kinds[] = {
    "ROUTES_PATTERN_NULL",  "ROUTES_PATTERN_SEGMENT", "ROUTES_PATTERN_REST",
    "ROUTES_PATTERN_GUARD", "ROUTES_PATTERN_ANY",     "ROUTES_PATTERN_DFA",
    "ROUTES_PATTERN_SET",   "ROUTES_PATTERN_INT",     NULL,
};
static const char *const literals[] = {
    "ROUTES_LITERALS_NONE",
    "ROUTES_LITERALS_BY_KEY",
    "ROUTES_LITERALS_DEEP",
    NULL,
};
static const char *const produces[] = {
    "ROUTES_PRODUCE_AUTO",
    "ROUTES_PRODUCE_HTML",
    "ROUTES_PRODUCE_TEXT",
    "ROUTES_PRODUCE_JSON",
    "ROUTES_PRODUCE_MEDIA",
    "ROUTES_PRODUCE_STREAM",
    NULL,
};
static const char *const sources[] = {
    "ROUTES_FROM_NULL",
    "ROUTES_FROM_PATH",
    "ROUTES_FROM_CONSTANT",
    "ROUTES_FROM_ARGUMENT",
    "ROUTES_FROM_QUERY",
    "ROUTES_FROM_FORM",
    "ROUTES_FROM_HEADER",
    "ROUTES_FROM_COOKIE",
    "ROUTES_FROM_REQUEST",
    "ROUTES_FROM_BODY",
    "ROUTES_FROM_RAW",
    "ROUTES_FROM_FILE",
    NULL,
};
static const char *const choice_kinds[] = {
    "ROUTES_BY_NULL", "ROUTES_BY_ACCEPT", "ROUTES_BY_VALUE",
    "ROUTES_BY_KEY",  "ROUTES_BY_HEADER", NULL,
};
static const char *const cache_kinds[] = {
    "ROUTES_CACHE_NONE",
    "ROUTES_CACHE_OFF",
    "ROUTES_CACHE_PUBLIC",
    "ROUTES_CACHE_PRIVATE",
    NULL,
};
static const char *const csrf_kinds[] = {
    "ROUTES_CSRF_NONE",
    "ROUTES_CSRF_ORIGIN",
    "ROUTES_CSRF_TOKEN",
    NULL,
};
static const char *const route_kinds[] = {
    "ROUTES_ROUTE_FUNCTION",
    "ROUTES_ROUTE_REDIRECT",
    "ROUTES_ROUTE_CHOICE",
    "ROUTES_ROUTE_MOUNT",
    NULL,
};
static const char *const mount_kinds[] = {
    "ROUTES_MOUNT_NULL",    "ROUTES_MOUNT_FILES",
    "ROUTES_MOUNT_HANDLER", "ROUTES_MOUNT_PROXY",
    "ROUTES_MOUNT_WSGI",    "ROUTES_MOUNT_ASGI",
    "ROUTES_MOUNT_TABLE",   NULL,
};
static const char *const mount_flags[] = {
    "ROUTES_MOUNT_DOTFILES",
    "ROUTES_MOUNT_IMMUTABLE",
    "ROUTES_MOUNT_STRIP",
    NULL,
};
static const char *const route_flags[] = {
    "ROUTES_ROUTE_STRICT",
    "ROUTES_ROUTE_NO_CONTENT",
    NULL,
};
static const char *const target_part_kinds[] = {
    "ROUTES_TARGET_NULL", "ROUTES_TARGET_TEXT",  "ROUTES_TARGET_SEGMENT",
    "ROUTES_TARGET_REST", "ROUTES_TARGET_QUERY", NULL,
};
static const char *const event_kinds[] = {
    "ROUTES_EVENT_NULL",
    "ROUTES_EVENT_CHILD_START",
    "ROUTES_EVENT_CHILD_STOP",
    NULL,
};
static const char *const pers[] = {
    "ROUTES_PER_ALL",   "ROUTES_PER_IP",      "ROUTES_PER_USER",
    "ROUTES_PER_ROUTE", "ROUTES_PER_CAPTURE", NULL,
};
static const char *const url_part_kinds[] = {
    "ROUTES_URL_NULL",    "ROUTES_URL_TEXT", "ROUTES_URL_LABEL",
    "ROUTES_URL_SEGMENT", "ROUTES_URL_REST", NULL,
};
static const char *const arg_flags[] = {
    "ROUTES_ARG_HAS_DEFAULT",
    "ROUTES_ARG_MEMBERS",
    NULL,
};
static const char *const takes[] = {
    "ROUTES_TAKES_FORM",   "ROUTES_TAKES_JSON",  "ROUTES_TAKES_RAW",
    "ROUTES_TAKES_STREAM", "ROUTES_TAKES_FILES", NULL,
};
static const char *const const_kinds[] = {
    "ROUTES_CONST_NULL",       "ROUTES_CONST_NONE",  "ROUTES_CONST_BOOL",
    "ROUTES_CONST_INT",        "ROUTES_CONST_FLOAT", "ROUTES_CONST_STR",
    "ROUTES_CONST_EMPTY_LIST", "ROUTES_CONST_TEXT",  NULL,
};
static const char *const type_kinds[] = {
    "ROUTES_TYPE_NULL",
    "ROUTES_TYPE_STR",
    "ROUTES_TYPE_INT",
    "ROUTES_TYPE_FLOAT",
    "ROUTES_TYPE_DECIMAL",
    "ROUTES_TYPE_BOOL",
    "ROUTES_TYPE_UUID",
    "ROUTES_TYPE_DATE",
    "ROUTES_TYPE_DATETIME",
    "ROUTES_TYPE_BYTES",
    "ROUTES_TYPE_PATH",
    "ROUTES_TYPE_RAWPATH",
    "ROUTES_TYPE_ENUM",
    "ROUTES_TYPE_LIST",
    "ROUTES_TYPE_MAP",
    "ROUTES_TYPE_RECORD",
    "ROUTES_TYPE_JSON",
    "ROUTES_TYPE_REQUEST",
    "ROUTES_TYPE_PRINCIPAL",
    "ROUTES_TYPE_METHOD",
    "ROUTES_TYPE_STREAM",
    "ROUTES_TYPE_UPLOAD",
    "ROUTES_TYPE_FILE",
    "ROUTES_TYPE_WEBSOCKET",
    NULL,
};
static const char *const type_flags[] = {
    "ROUTES_TYPE_MIN",
    "ROUTES_TYPE_MAX",
    "ROUTES_TYPE_OPTIONAL",
    "ROUTES_TYPE_PATH_DFA",
    NULL,
};
static const char *const op_kinds[] = {
    "ROUTES_OP_NULL",
    "ROUTES_OP_PUBLIC",
    "ROUTES_OP_USER",
    "ROUTES_OP_ROLE",
    "ROUTES_OP_AND",
    "ROUTES_OP_OR",
    "ROUTES_OP_NOT",
    "ROUTES_OP_ANONYMOUS",
    "ROUTES_OP_SCOPE",
    "ROUTES_OP_CLAIM",
    "ROUTES_OP_REALM",
    "ROUTES_OP_TLS",
    "ROUTES_OP_IP",
    "ROUTES_OP_METHOD",
    "ROUTES_OP_PYTHON",
    "ROUTES_OP_APACHE",
    NULL,
};
static const char *const families[] = {
    "ROUTES_FAMILY_NULL",
    "ROUTES_FAMILY_4",
    "ROUTES_FAMILY_6",
    NULL,
};
static const char *const realm_kinds[] = {
    "ROUTES_REALM_NULL",   "ROUTES_REALM_BASIC",
    "ROUTES_REALM_MTLS",   "ROUTES_REALM_APIKEY",
    "ROUTES_REALM_JWT",    "ROUTES_REALM_APACHE",
    "ROUTES_REALM_PYTHON", "ROUTES_REALM_SESSION",
    "ROUTES_REALM_HMAC",   NULL,
};
static const char *const option_keys[] = {
    "ROUTES_OPTION_NULL",      "ROUTES_OPTION_TITLE",
    "ROUTES_OPTION_FILE",      "ROUTES_OPTION_GROUPS",
    "ROUTES_OPTION_PROVIDER",  "ROUTES_OPTION_DN",
    "ROUTES_OPTION_CA",        "ROUTES_OPTION_USER",
    "ROUTES_OPTION_HEADER",    "ROUTES_OPTION_ISSUER",
    "ROUTES_OPTION_AUDIENCE",  "ROUTES_OPTION_KEYS",
    "ROUTES_OPTION_SECRET",    "ROUTES_OPTION_ALG",
    "ROUTES_OPTION_LEEWAY",    "ROUTES_OPTION_ROLES",
    "ROUTES_OPTION_SCOPES",    "ROUTES_OPTION_COOKIE",
    "ROUTES_OPTION_CHECK",     "ROUTES_OPTION_CHALLENGE",
    "ROUTES_OPTION_LOAD",      "ROUTES_OPTION_FAIL",
    "ROUTES_OPTION_MAX_AGE",   "ROUTES_OPTION_IDLE",
    "ROUTES_OPTION_FORMAT",    "ROUTES_OPTION_SIGNED",
    "ROUTES_OPTION_TIMESTAMP", "ROUTES_OPTION_TOLERANCE",
    "ROUTES_OPTION_BODY",      NULL,
};

static const char *const use_kinds[] = {
    "ROUTES_USE_NULL",
    "ROUTES_USE_TEXT",
    "ROUTES_USE_HOST",
    "ROUTES_USE_CONST",
    NULL,
};

/* ---- the columns of each section ---------------------------------------- */

#define NAMED(row, member, how, of)                                           \
    {                                                                         \
        .title = #member, .offset = offsetof(struct routes_##row, member),    \
        .cell = how, .names = of                                              \
    }
#define COLUMN(row, member, how) NAMED(row, member, how, NULL)
#define BARE(how)                                                             \
    {                                                                         \
        .cell = how                                                           \
    }

/* Every member, in the order of runtime/routes_abi.h; tests/unit/test_emit
 * compares a compiled table with its plan byte for byte. */
static const struct emit_column text_columns[] = {BARE(CELL_U8)};
static const struct emit_column bytes_columns[] = {BARE(CELL_U8)};
static const struct emit_column cells_columns[] = {BARE(CELL_U16)};
static const struct emit_column labels_columns[] = {BARE(CELL_TEXT)};
static const struct emit_column methods_columns[] = {BARE(CELL_TEXT)};
static const struct emit_column files_columns[] = {
    COLUMN(file, path, CELL_TEXT),
};
static const struct emit_column hosts_columns[] = {
    NAMED(host, kind, CELL_KIND8, host_kinds),
    COLUMN(host, reserved, CELL_ZEROS),
    COLUMN(host, name, CELL_TEXT),
    COLUMN(host, type, CELL_U32),
    COLUMN(host, root, CELL_U32),
    COLUMN(host, place, CELL_U32),
};
static const struct emit_column words_columns[] = {BARE(CELL_MASK)};
static const struct emit_column nodes_columns[] = {
    COLUMN(node, key, CELL_MASK),
    COLUMN(node, what, CELL_U32),
    COLUMN(node, children, CELL_U32),
    COLUMN(node, slots, CELL_U32),
    COLUMN(node, salt, CELL_U32),
    COLUMN(node, end, CELL_U32),
    NAMED(node, kind, CELL_KIND8, pattern_kinds),
    COLUMN(node, more, CELL_U8),
    NAMED(node, literals, CELL_KIND8, literals),
    NAMED(node, first, CELL_KIND8, pattern_kinds),
};
static const struct emit_column patterns_columns[] = {
    COLUMN(pattern, prefix, CELL_TEXT), COLUMN(pattern, suffix, CELL_TEXT),
    COLUMN(pattern, low, CELL_MASK),    COLUMN(pattern, high, CELL_MASK),
    COLUMN(pattern, type, CELL_U32),
};
static const struct emit_column ends_columns[] = {
    COLUMN(end, methods, CELL_MASK), COLUMN(end, first, CELL_U32),
    COLUMN(end, further, CELL_U32),  COLUMN(end, any, CELL_U32),
    COLUMN(end, place, CELL_U32),    COLUMN(end, guard, CELL_U32),
    COLUMN(end, lowest, CELL_U32),
};
static const struct emit_column end_routes_columns[] = {BARE(CELL_U32)};
static const struct emit_column places_columns[] = {
    COLUMN(place, path, CELL_TEXT),   COLUMN(place, auth, CELL_U32),
    COLUMN(place, conduct, CELL_U32), COLUMN(place, limits, CELL_U32),
    COLUMN(place, file, CELL_U32),    COLUMN(place, line, CELL_U32),
};
static const struct emit_column routes_columns[] = {
    COLUMN(route, name, CELL_TEXT),
    COLUMN(route, pattern, CELL_TEXT),
    COLUMN(route, methods, CELL_MASK),
    COLUMN(route, function, CELL_U32),
    COLUMN(route, args, CELL_U32),
    COLUMN(route, n_args, CELL_U16),
    COLUMN(route, n_captures, CELL_U16),
    COLUMN(route, auth, CELL_U32),
    COLUMN(route, place, CELL_U32),
    COLUMN(route, conduct, CELL_U32),
    COLUMN(route, raises, CELL_U32),
    COLUMN(route, n_raises, CELL_U16),
    COLUMN(route, status, CELL_U16),
    NAMED(route, produce, CELL_KIND8, produces),
    NAMED(route, flags, CELL_FLAGS8, route_flags),
    NAMED(route, takes, CELL_FLAGS8, takes),
    NAMED(route, kind, CELL_KIND8, route_kinds),
    COLUMN(route, media, CELL_TEXT),
    COLUMN(route, file, CELL_U32),
    COLUMN(route, line, CELL_U32),
    COLUMN(route, target, CELL_U32),
    COLUMN(route, results, CELL_U32),
    COLUMN(route, body_limit, CELL_I64),
    COLUMN(route, consumes, CELL_U32),
    COLUMN(route, n_consumes, CELL_U16),
    COLUMN(route, n_results, CELL_U16),
    COLUMN(route, limits, CELL_U32),
    COLUMN(route, params, CELL_U32),
    COLUMN(route, formats, CELL_U32),
    COLUMN(route, n_formats, CELL_U32),
};
static const struct emit_column urls_columns[] = {
    COLUMN(url, name, CELL_TEXT),   COLUMN(url, route, CELL_U32),
    COLUMN(url, parts, CELL_U32),   COLUMN(url, n_host, CELL_U16),
    COLUMN(url, n_parts, CELL_U16), COLUMN(url, choice, CELL_U32),
};
static const struct emit_column url_parts_columns[] = {
    NAMED(url_part, kind, CELL_KIND32, url_part_kinds),
    COLUMN(url_part, text, CELL_TEXT),
    COLUMN(url_part, type, CELL_U32),
};
static const struct emit_column redirects_columns[] = {
    COLUMN(redirect, parts, CELL_U32),
    COLUMN(redirect, n_parts, CELL_U16),
    COLUMN(redirect, own, CELL_U16),
};
static const struct emit_column target_parts_columns[] = {
    NAMED(target_part, kind, CELL_KIND32, target_part_kinds),
    COLUMN(target_part, text, CELL_TEXT),
    COLUMN(target_part, capture, CELL_U32),
};
static const struct emit_column mounts_columns[] = {
    NAMED(mount, kind, CELL_KIND8, mount_kinds),
    NAMED(mount, flags, CELL_FLAGS8, mount_flags),
    COLUMN(mount, below, CELL_U16),
    COLUMN(mount, function, CELL_U32),
    COLUMN(mount, target, CELL_TEXT),
    COLUMN(mount, index, CELL_TEXT),
};
static const struct emit_column functions_columns[] = {
    COLUMN(function, module, CELL_TEXT),
    COLUMN(function, qualname, CELL_TEXT),
    COLUMN(function, file, CELL_U32),
    COLUMN(function, line, CELL_U32),
};
static const struct emit_column events_columns[] = {
    NAMED(event, kind, CELL_KIND32, event_kinds),
    COLUMN(event, function, CELL_U32),
    COLUMN(event, file, CELL_U32),
    COLUMN(event, line, CELL_U32),
};
static const struct emit_column args_columns[] = {
    COLUMN(arg, name, CELL_TEXT),
    COLUMN(arg, wire, CELL_TEXT),
    NAMED(arg, source, CELL_KIND8, sources),
    NAMED(arg, flags, CELL_FLAGS8, arg_flags),
    COLUMN(arg, capture, CELL_U16),
    COLUMN(arg, type, CELL_U32),
    COLUMN(arg, constant, CELL_U32),
};
static const struct emit_column consts_columns[] = {
    NAMED(const, kind, CELL_KIND32, const_kinds),
    COLUMN(const, text, CELL_TEXT),
    COLUMN(const, i, CELL_I64),
    COLUMN(const, f, CELL_F64),
};
static const struct emit_column choices_columns[] = {
    NAMED(choice, by, CELL_KIND32, choice_kinds),
    COLUMN(choice, name, CELL_TEXT),
    COLUMN(choice, expected, CELL_TEXT),
    COLUMN(choice, variants, CELL_U32),
    COLUMN(choice, n_variants, CELL_U32),
    COLUMN(choice, rest, CELL_U32),
};
static const struct emit_column variants_columns[] = {
    COLUMN(variant, key, CELL_TEXT),
    COLUMN(variant, route, CELL_U32),
};
static const struct emit_column conducts_columns[] = {
    NAMED(conduct, csrf, CELL_KIND8, csrf_kinds),
    NAMED(conduct, cache, CELL_KIND8, cache_kinds),
    COLUMN(conduct, n_headers, CELL_U16),
    COLUMN(conduct, headers, CELL_U32),
    COLUMN(conduct, max_age, CELL_U32),
    COLUMN(conduct, vary, CELL_TEXT),
    COLUMN(conduct, cors, CELL_U32),
    COLUMN(conduct, pages, CELL_U32),
    COLUMN(conduct, n_pages, CELL_U32),
    COLUMN(conduct, deny, CELL_U32),
    COLUMN(conduct, mask, CELL_U32),
};
static const struct emit_column pages_columns[] = {
    COLUMN(page, low, CELL_U16),
    COLUMN(page, high, CELL_U16),
    NAMED(page, produce, CELL_KIND8, produces),
    COLUMN(page, reserved, CELL_ZEROS),
    COLUMN(page, media, CELL_TEXT),
    COLUMN(page, function, CELL_U32),
    COLUMN(page, time, CELL_U32),
    COLUMN(page, file, CELL_U32),
    COLUMN(page, line, CELL_U32),
};
static const struct emit_column limits_columns[] = {
    COLUMN(limits, time, CELL_U32),    COLUMN(limits, rates, CELL_U32),
    COLUMN(limits, n_rates, CELL_U32), COLUMN(limits, concurrency, CELL_U32),
    COLUMN(limits, calls, CELL_TEXT),
};
static const struct emit_column rates_columns[] = {
    COLUMN(rate, name, CELL_TEXT),   COLUMN(rate, interval, CELL_I64),
    COLUMN(rate, depth, CELL_I64),   NAMED(rate, per, CELL_KIND32, pers),
    COLUMN(rate, capture, CELL_U32),
};
static const struct emit_column cors_columns[] = {
    COLUMN(cors, origins, CELL_TEXT),    COLUMN(cors, methods, CELL_TEXT),
    COLUMN(cors, headers, CELL_TEXT),    COLUMN(cors, expose, CELL_TEXT),
    COLUMN(cors, credentials, CELL_U32), COLUMN(cors, max_age, CELL_U32),
};
static const struct emit_column headers_columns[] = {
    COLUMN(header, name, CELL_TEXT),
    COLUMN(header, value, CELL_TEXT),
};
static const struct emit_column raises_columns[] = {
    COLUMN(raise, module, CELL_TEXT),
    COLUMN(raise, qualname, CELL_TEXT),
    COLUMN(raise, status, CELL_U32),
};
static const struct emit_column results_columns[] = {
    COLUMN(result, status, CELL_U32),
    COLUMN(result, type, CELL_U32),
};
static const struct emit_column formats_columns[] = {
    NAMED(format, produce, CELL_KIND32, produces),
    COLUMN(format, media, CELL_TEXT),
};
static const struct emit_column records_columns[] = {
    COLUMN(record, name, CELL_TEXT),     COLUMN(record, members, CELL_U32),
    COLUMN(record, n_members, CELL_U16), COLUMN(record, flags, CELL_U16),
    COLUMN(record, made, CELL_U32),      COLUMN(record, file, CELL_U32),
    COLUMN(record, line, CELL_U32),
};
static const struct emit_column members_columns[] = {
    COLUMN(member, name, CELL_TEXT),
    COLUMN(member, wire, CELL_TEXT),
    COLUMN(member, type, CELL_U32),
    COLUMN(member, constant, CELL_U32),
};
static const struct emit_column types_columns[] = {
    NAMED(type, kind, CELL_KIND8, type_kinds),
    NAMED(type, flags, CELL_FLAGS8, type_flags),
    COLUMN(type, n_labels, CELL_U16),
    COLUMN(type, labels, CELL_U32),
    COLUMN(type, item, CELL_U32),
    COLUMN(type, dfa, CELL_U32),
    COLUMN(type, spelling, CELL_TEXT),
    COLUMN(type, min, CELL_I64),
    COLUMN(type, max, CELL_I64),
    COLUMN(type, low, CELL_F64),
    COLUMN(type, high, CELL_F64),
};
static const struct emit_column dfas_columns[] = {
    COLUMN(dfa, classes, CELL_U32), COLUMN(dfa, n_classes, CELL_U32),
    COLUMN(dfa, cells, CELL_U32),   COLUMN(dfa, n_states, CELL_U32),
    COLUMN(dfa, accept, CELL_U32),  COLUMN(dfa, start, CELL_U32),
    COLUMN(dfa, min, CELL_U32),     COLUMN(dfa, max, CELL_U32),
};
static const struct emit_column auths_columns[] = {
    COLUMN(auth, ops, CELL_U32),      COLUMN(auth, n_ops, CELL_U16),
    COLUMN(auth, n_realms, CELL_U16), COLUMN(auth, realms, CELL_U32),
    COLUMN(auth, text, CELL_TEXT),
};
static const struct emit_column ops_columns[] = {
    NAMED(op, kind, CELL_KIND32, op_kinds),
    COLUMN(op, text, CELL_TEXT),
    COLUMN(op, name, CELL_TEXT),
    COLUMN(op, realm, CELL_U32),
    COLUMN(op, first, CELL_U32),
    COLUMN(op, n, CELL_U32),
    COLUMN(op, text_template, CELL_U32),
    COLUMN(op, name_template, CELL_U32),
    COLUMN(op, methods, CELL_MASK),
};
static const struct emit_column templates_columns[] = {
    COLUMN(template, parts, CELL_U32),
    COLUMN(template, n_parts, CELL_U32),
};
static const struct emit_column template_parts_columns[] = {
    COLUMN(template_part, text, CELL_TEXT),
    COLUMN(template_part, capture, CELL_U32),
};
static const struct emit_column predicates_columns[] = {
    COLUMN(predicate, name, CELL_TEXT), COLUMN(predicate, function, CELL_U32),
    COLUMN(predicate, args, CELL_U32),  COLUMN(predicate, n_args, CELL_U32),
    COLUMN(predicate, file, CELL_U32),  COLUMN(predicate, line, CELL_U32),
};
static const struct emit_column authzs_columns[] = {
    COLUMN(authz, name, CELL_TEXT),   COLUMN(authz, args, CELL_TEXT),
    COLUMN(authz, of_user, CELL_U32), COLUMN(authz, file, CELL_U32),
    COLUMN(authz, line, CELL_U32),
};
static const struct emit_column networks_columns[] = {
    COLUMN(network, high, CELL_MASK),
    COLUMN(network, low, CELL_MASK),
    COLUMN(network, bits, CELL_U32),
    NAMED(network, family, CELL_KIND32, families),
};
static const struct emit_column realm_sets_columns[] = {BARE(CELL_U32)};
static const struct emit_column options_columns[] = {
    NAMED(option, key, CELL_KIND32, option_keys),
    COLUMN(option, function, CELL_U32),
    COLUMN(option, text, CELL_TEXT),
    COLUMN(option, number, CELL_I64),
};
static const struct emit_column realms_columns[] = {
    NAMED(realm, kind, CELL_KIND32, realm_kinds),
    COLUMN(realm, name, CELL_TEXT),
    COLUMN(realm, options, CELL_U32),
    COLUMN(realm, n_options, CELL_U32),
    COLUMN(realm, source, CELL_U32),
    COLUMN(realm, line, CELL_U32),
};

static const struct emit_column settings_columns[] = {
    COLUMN(setting, name, CELL_TEXT),     COLUMN(setting, type, CELL_U32),
    COLUMN(setting, has_value, CELL_U32), COLUMN(setting, value, CELL_TEXT),
    COLUMN(setting, file, CELL_U32),      COLUMN(setting, line, CELL_U32),
};
static const struct emit_column uses_columns[] = {
    NAMED(use, kind, CELL_KIND32, use_kinds),
    COLUMN(use, setting, CELL_U32),
    COLUMN(use, section, CELL_U32),
    COLUMN(use, row, CELL_U32),
    COLUMN(use, offset, CELL_U32),
    COLUMN(use, type, CELL_U32),
};

static const struct emit_shape shapes[] = {
#define X(section, row)                                                       \
    [ROUTES_SECTION_##section] = {#section, #row, section##_columns,          \
                                  sizeof(section##_columns) /                 \
                                      sizeof(section##_columns[0])},
    ROUTES_SECTIONS(X)
#undef X
};

const struct emit_shape *
emit_shape_of(enum routes_section section)
{
    return &shapes[section];
}

int
emit_shape_text(enum routes_section section, unsigned n, size_t *offset)
{
    const struct emit_shape *shape = &shapes[section];

    for (unsigned i = 0; i < shape->n_columns; i++) {
        if (shape->columns[i].cell == CELL_TEXT && n-- == 0) {
            *offset = shape->columns[i].offset;
            return 1;
        }
    }
    return 0;
}
